"""Bring a database up to date in one go: tables, roles, and what is still missing of the office's own data.

Safe to repeat, after every upgrade and at every start: what the office has changed since stays as it is.
"""

from io import StringIO
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import OperationalError, connection

from procedures.services import Procedure


class Command(BaseCommand):
    help = "Cập nhật cơ sở dữ liệu: bảng, nhóm quyền, danh mục, phường xã, lịch làm việc. Chạy lại vô hại."
    requires_system_checks: list[str] = []  # `migrate` runs them, the database's included

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="thêm tài khoản và hồ sơ mẫu (make demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"Không kết nối được PostgreSQL ở DATABASE_URL: {error}") from error
        self._step("Bảng dữ liệu", "migrate")
        self._step("Nhóm quyền", "load_roles")
        if not Procedure.objects.exists():  # afterwards the catalogue is the office's
            self._step("Danh mục thủ tục", "load_catalogue")
        self._step("Phường, xã", "load_wards")
        if options["demo"]:
            self._step("Tài khoản và hồ sơ mẫu", "load_demo")
        else:
            self._step("Giờ làm việc, ngày nghỉ, khung giờ", "load_calendar")

    def _step(self, label: str, command: str) -> None:
        self.stdout.write(f"  {label} …")
        self.stdout.flush()
        call_command(command, verbosity=0, stdout=StringIO())  # what it prints is for whoever runs it alone
