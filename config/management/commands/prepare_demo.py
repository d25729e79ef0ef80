"""Bring the demo's database up to date in one process: tables, catalogue, wards, made-up people. Safe to repeat."""

from io import StringIO
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import OperationalError, connection

STEPS = [
    ("migrate", "Bảng dữ liệu"),
    ("load_catalogue", "Danh mục thủ tục"),
    ("load_wards", "Phường, xã"),
    ("load_demo", "Hồ sơ mẫu"),
]


class Command(BaseCommand):
    help = "Chuẩn bị dữ liệu cho bản chạy thử (make demo gọi lệnh này)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"Không kết nối được PostgreSQL ở DATABASE_URL: {error}") from error
        for name, label in STEPS:
            if name not in get_commands():
                continue
            self.stdout.write(f"  {label} …")
            call_command(name, verbosity=0, stdout=StringIO())  # what they print is for whoever runs them alone
