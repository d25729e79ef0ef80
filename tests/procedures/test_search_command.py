"""`manage.py search_procedures` as another program uses it: a line in, a line out, at once."""

import json
import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories.procedures import ProcedureFactory

ROOT = Path(__file__).resolve().parents[2]


def ask(monkeypatch, typed: bytes) -> list[dict]:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(typed), encoding="utf-8"))
    out = StringIO()
    call_command("search_procedures", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_each_line_is_answered_by_one_object(monkeypatch, catalogue):
    answers = ask(monkeypatch, "rượu\nhộ chiếu\n\nbán rượu và thuốc lá".encode())
    assert [answer["text"] for answer in answers] == ["rượu", "hộ chiếu", "", "bán rượu và thuốc lá"]
    assert [answer["verdict"] for answer in answers] == ["match", "none", "none", "ambiguous"]
    assert answers[0]["codes"][0] == "2.000620"
    assert set(answers[0]) == {"text", "verdict", "codes"}


@pytest.mark.django_db
def test_a_procedure_without_a_national_code_is_named_by_its_local_id(monkeypatch, catalogue):
    assert ask(monkeypatch, "thực phẩm\n".encode())[0]["codes"][0] == "X-ATTP-GCN"


@pytest.mark.django_db
def test_an_empty_database_answers_from_the_packaged_catalogue(monkeypatch):
    assert ask(monkeypatch, b"gas\n")[0]["codes"][0] == "2.001283"


@pytest.mark.django_db
def test_a_catalogue_in_the_database_is_the_one_that_answers(monkeypatch):
    ProcedureFactory(code="9.000400", keywords=["chim yến"])
    assert [answer["codes"] for answer in ask(monkeypatch, "gas\nchim yến\n".encode())] == [[], ["9.000400"]]


@pytest.mark.django_db
def test_bytes_that_are_no_text_cost_only_their_own_line(monkeypatch, catalogue):
    answers = ask(monkeypatch, b"\xff\xfe\nthuoc la\r\n")
    assert [answer["verdict"] for answer in answers] == ["none", "match"]


def test_without_a_database_it_answers_before_the_next_line_is_written():
    env = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "search_procedures"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, encoding="utf-8", bufsize=1,
    ) as program:  # fmt: skip
        assert program.stdin is not None
        assert program.stdout is not None
        answers = []
        for words in ["ruou", "rươi"]:
            program.stdin.write(words + "\n")
            program.stdin.flush()
            answers.append(json.loads(program.stdout.readline())["verdict"])
        program.stdin.close()
    assert answers == ["match", "none"]
