"""Write the four roles and their permissions."""

from typing import Any

from django.core.management.base import BaseCommand

from registrations.roles import load_roles


class Command(BaseCommand):
    help = "Tạo hoặc cập nhật bốn nhóm quyền: Xác minh, Cán bộ hỗ trợ, Lãnh đạo, Quản trị."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in load_roles().items():
            self.stdout.write(f"{name}: {count} quyền")
