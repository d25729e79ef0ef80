from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling.slots import open_slots


class Command(BaseCommand):
    help = "Mở các khung giờ sắp tới và chỉnh số chỗ theo người đi được."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="số ngày làm việc; mặc định theo quy tắc đặt lịch")

    def handle(self, *args: Any, **options: Any) -> None:
        opened = open_slots(horizon_days=options["days"])
        self.stdout.write(f"Mở thêm {opened.added} khung giờ, chỉnh {opened.refitted}, đóng {opened.shut}.")
