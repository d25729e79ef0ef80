"""How well and how fast times, addresses and telephone numbers are read, and which phrases were misread."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import thread_time
from typing import Any

from registrations.dialogue.times import read_time
from registrations.phones import read_phone
from scheduling.addresses import resolve

TESTS = Path(__file__).parent.parent
NOW = datetime.fromisoformat("2026-11-23T09:00")
SURE = {"inside", "outside"}


def run() -> list[dict[str, Any]]:
    """Rows of name, value, unit, goal and whether it holds; what was misread is printed and kept under `failures`."""
    times = _rows(TESTS / "registrations" / "times_report.jsonl")
    places = _rows(TESTS / "scheduling" / "addresses_report.jsonl")
    wrong_times = [row["text"] for row in times if _time(row) != (row["day"], row["time"], row["part"])]
    read_places = [(row, resolve(row["text"])) for row in places]
    wrong_places = [row["text"] for row, got in read_places if (got.verdict, got.ward) != (row["verdict"], row["ward"])]
    wrong_and_sure = [row["text"] for row, got in read_places if got.verdict in SURE and row["text"] in wrong_places]
    return [
        _share("times read rightly (report half)", len(times), wrong_times),
        _share("addresses read rightly (report half)", len(places), wrong_places),
        {
            "name": "addresses answered surely and wrongly",
            "value": len(wrong_and_sure),
            "unit": "of " + str(len(places)),
            "goal": 0,
            "holds": not wrong_and_sure,
            "failures": wrong_and_sure,
        },
        _speed("a time read, p99", [row["text"] for row in times], lambda text: read_time(text, NOW)),
        _speed("an address read, p99", [row["text"] for row in places], resolve),
        _speed(
            "a telephone number read, p99", ["0900 000 012", "số em 0900.000.012 ạ", "01200000012"] * 100, read_phone
        ),
    ]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _time(row: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    reading = read_time(row["text"], datetime.fromisoformat(row["now"]) if "now" in row else NOW)
    day = reading.day.isoformat() if reading.day else None
    return day, f"{reading.time:%H:%M}" if reading.time else None, reading.part


def _share(name: str, total: int, wrong: list[str]) -> dict[str, Any]:
    for text in wrong:
        print(f"\n  misread: {text}", end="")
    right = round(100 * (total - len(wrong)) / total, 1)
    return {"name": name, "value": right, "unit": "%", "goal": 95, "holds": right >= 95, "failures": wrong}


def _speed(name: str, texts: list[str], read: Callable[[str], object]) -> dict[str, Any]:
    for text in texts[:20]:
        read(text)
    taken = [min(_once_ms(read, text) for _ in range(3)) for text in texts]  # processor time
    p99 = round(quantiles(taken, n=100)[98], 2)
    return {"name": name, "value": p99, "unit": "ms", "goal": 5, "holds": p99 < 5}


def _once_ms(read: Callable[[str], object], text: str) -> float:
    started = thread_time()
    read(text)
    return (thread_time() - started) * 1000
