"""Read phrases about time from standard input, one a line; print what each means, one JSON object a line."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from registrations.dialogue.times import read_time


class Command(BaseCommand):
    help = "Đọc mỗi dòng một câu nói về thời gian, in ra ngày, giờ, buổi (JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now", help="thời điểm người dân viết, giờ Việt Nam, ví dụ 2026-11-23T09:00 (bỏ trống: bây giờ)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = _moment(options["now"])
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        for line in sys.stdin:
            text = line.rstrip("\r\n")
            reading = read_time(text, now)
            row = {
                "text": text,
                "day": reading.day.isoformat() if reading.day else None,
                "time": f"{reading.time:%H:%M}" if reading.time else None,
                "part": reading.part,
            }
            self.stdout.write(json.dumps(row, ensure_ascii=False))
            self.stdout.flush()


def _moment(given: str | None) -> datetime:
    if not given:
        return timezone.localtime()
    try:
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--now phải có dạng 2026-11-23T09:00, không phải {given!r}")
    return moment if timezone.is_naive(moment) else timezone.localtime(moment)
