from typing import Any

from django.core.management.base import BaseCommand

from scheduling.office_data import prepare_office


class Command(BaseCommand):
    help = "Nhập giờ làm việc, phút đi đường, ngày nghỉ dự kiến còn thiếu, rồi mở các khung giờ."

    def handle(self, *args: Any, **options: Any) -> None:
        opened = prepare_office()
        self.stdout.write(f"Mở thêm {opened.added} khung giờ, chỉnh {opened.refitted}, đóng {opened.shut}.")
