"""`manage.py read_addresses`, as another program uses it."""

import json
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import call_command


def test_each_line_gets_one_answer_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = "phường Tân Lập, TP Nha Trang\nHà Nội\n\nNha Trang\n"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(typed.encode()), encoding="ascii"))
    out = StringIO()
    call_command("read_addresses", stdout=out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"text": "phường Tân Lập, TP Nha Trang", "verdict": "inside", "ward": "22366"},
        {"text": "Hà Nội", "verdict": "outside", "ward": None},
        {"text": "", "verdict": "unknown", "ward": None},
        {"text": "Nha Trang", "verdict": "ambiguous", "ward": None},
    ]
