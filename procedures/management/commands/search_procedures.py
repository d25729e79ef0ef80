"""`manage.py search_procedures`: a phrase a line on stdin, a JSON object a line on stdout, as soon as it is known."""

import io
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from procedures.current_index import current_index, index_of_file
from procedures.loading import PACKAGED_FILE
from procedures.search import search
from procedures.search_index import Index


class Command(BaseCommand):
    help = 'Đọc mỗi dòng một câu, trả mỗi dòng một đối tượng JSON: {"text", "verdict", "codes"}.'
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--explain", action="store_true", help="thêm “why” và nơi tiếp nhận nếu không thuộc phạm vi"
        )

    def handle(self, *args: Any, explain: bool, **options: Any) -> None:
        index = _index()
        for line in _lines():
            result = search(line, index)
            answer: dict[str, Any] = {"text": line, "verdict": result.verdict, "codes": result.codes}
            if explain:
                answer["why"] = [*result.why, *(reason for hit in result.hits[:1] for reason in hit.why)]
                answer["refer_to"] = result.referral.refer_to if result.referral else ""
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            self.stdout.flush()


def _index() -> Index:
    """The stored catalogue; the packaged one where the database holds none or cannot be asked."""
    try:
        index = current_index()
    except DatabaseError:
        return index_of_file(PACKAGED_FILE)
    return index if index.row_by_key else index_of_file(PACKAGED_FILE)


def _lines() -> Any:
    # Bytes that are no UTF-8 must cost one line its letters, not everybody their answer.
    stdin = sys.stdin
    if hasattr(stdin, "buffer"):
        stdin = io.TextIOWrapper(stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    for line in stdin:
        yield line.rstrip("\r\n")
