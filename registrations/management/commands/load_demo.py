"""A made-up week for trying things out."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registrations.demo import load_demo


class Command(BaseCommand):
    help = "Nạp dữ liệu mẫu: người dùng, cán bộ, khoảng 40 hồ sơ quanh hôm nay. Chạy lại không thêm gì."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or settings.IS_LOCAL):
            raise CommandError("Chỉ nạp dữ liệu mẫu trên máy chạy thử (PUBLIC_URL là 127.0.0.1).")
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("Hãy đặt DEMO_PASSWORD: mật khẩu chung của các tài khoản mẫu.")
        added = load_demo(password=password)
        self.stdout.write(f"Đã thêm {added} hồ sơ mẫu." if added else "Dữ liệu mẫu đã có sẵn.")
