from typing import Any

from django.core.management.base import BaseCommand

from scheduling.ward_file import load_wards


class Command(BaseCommand):
    help = "Nạp danh mục phường, xã (đơn vị cũ, đơn vị nay, địa bàn phục vụ, phường giáp ranh)."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_wards()
        self.stdout.write(f"{loaded.units} phường, xã; {loaded.served} thuộc địa bàn phục vụ.")
