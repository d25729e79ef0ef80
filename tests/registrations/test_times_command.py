"""`manage.py read_times`, as another program uses it."""

import json
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command


def answers(monkeypatch: pytest.MonkeyPatch, typed: str, now: str) -> list[dict[str, str | None]]:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(typed.encode()), encoding="ascii"))
    out = StringIO()
    call_command("read_times", now=now, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_gets_one_answer_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = "thứ 5 tuần sau 2h chiều\n\nlúc nào cũng được\r\nmốt"
    assert answers(monkeypatch, typed, "2026-11-23T09:00") == [
        {"text": "thứ 5 tuần sau 2h chiều", "day": "2026-12-03", "time": "14:00", "part": "afternoon"},
        {"text": "", "day": None, "time": None, "part": None},
        {"text": "lúc nào cũng được", "day": None, "time": None, "part": None},
        {"text": "mốt", "day": "2026-11-25", "time": None, "part": None},
    ]


def test_a_moment_with_its_zone_is_taken_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers(monkeypatch, "mai\n", "2026-11-23T20:00:00Z")[0]["day"] == "2026-11-25"


@pytest.mark.parametrize("now", ["hôm qua", "2026-13-45T09:00"])
def test_a_moment_that_is_none_is_refused_in_words(now: str) -> None:
    with pytest.raises(CommandError, match="--now"):
        call_command("read_times", now=now)
