from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling.holiday_proposals import propose_holidays


class Command(BaseCommand):
    help = "Nhập các ngày lễ của một năm ở dạng dự kiến, chờ lãnh đạo chốt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        new = propose_holidays(year=options["year"])
        for row in new:
            self.stdout.write(f"{row.date:%d/%m/%Y}  {row.get_kind_display():<8} {row.name}")
        self.stdout.write(f"{len(new)} ngày mới, chờ chốt tại màn hình Ngày nghỉ.")
