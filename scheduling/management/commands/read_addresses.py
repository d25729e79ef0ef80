"""Read addresses from standard input, one a line; print what each means, one JSON object a line."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from scheduling.addresses import resolve


class Command(BaseCommand):
    help = "Đọc mỗi dòng một địa chỉ, in ra có thuộc địa bàn không và phường nay (JSON)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        for line in sys.stdin:
            text = line.rstrip("\r\n")
            reading = resolve(text)
            row = {"text": text, "verdict": reading.verdict, "ward": reading.ward}
            self.stdout.write(json.dumps(row, ensure_ascii=False))
            self.stdout.flush()
