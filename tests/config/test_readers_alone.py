"""The commands other tools pipe phrases into work on a bare checkout: no server, no setting, no locale."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("command", "phrase", "wanted"),
    [
        (["search_procedures"], "bán rượu", ("codes", ["2.000620", "2.000615", "2.001240"])),
        (["read_times", "--now", "2026-11-23T09:00"], "14h30 ngày 5/12", ("day", "2026-12-05")),
        (["read_addresses"], "phường Vĩnh Hải, Nha Trang", ("ward", "22333")),
    ],
)
def test_a_phrase_is_read_with_nothing_set_up(command: list[str], phrase: str, wanted: tuple[str, object]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        input=f"{phrase}\n".encode(),
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "POSIX"},
        check=True,
        timeout=60,
    )
    (line,) = done.stdout.decode().splitlines()
    answer = json.loads(line)
    assert answer["text"] == phrase
    assert answer[wanted[0]] == wanted[1]
