"""Look after the OA's tokens from a terminal. Never prints them."""

import getpass
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from zalo_bridge import tokens
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import OACredential


class Command(BaseCommand):
    help = "Xem, dán, làm mới token của OA; mã hóa lại sau khi đổi khóa. Không bao giờ in token."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--paste", action="store_true", help="read a pair: two lines on stdin, or asked for")
        what.add_argument("--refresh", action="store_true", help="spend the refresh token for a new pair now")
        what.add_argument("--reseal", action="store_true", help="encrypt under the newest of ZALO_TOKEN_KEYS")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["paste"]:
            self._paste()
        elif options["refresh"]:
            self._refresh()
        elif options["reseal"]:
            self.stdout.write(f"Đã mã hóa lại token của {tokens.reseal_all()} OA.")
        self._show()

    def _paste(self) -> None:
        if sys.stdin.isatty():
            access, refresh = getpass.getpass("Access token: "), getpass.getpass("Refresh token: ")
        else:
            access, refresh = sys.stdin.readline(), sys.stdin.readline()
        access, refresh = access.strip(), refresh.strip()
        if not access or not refresh:
            raise CommandError("Cần hai dòng: access token, rồi refresh token.")
        tokens.store_pair(access=access, refresh=refresh)

    def _refresh(self) -> None:
        try:
            tokens.refresh_after_refusal(tokens.access_token())
        except TokenUnusable as error:
            raise CommandError(error.sentence) from error

    def _show(self) -> None:
        credential = OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).first()
        if credential is None:
            self.stdout.write("Chưa lưu token nào.")
            return
        until, since = (timezone.localtime(at) for at in (credential.expires_at, credential.refreshed_at))
        self.stdout.write(f"OA {credential.oa_id}: làm mới {since:%H:%M %d/%m/%Y}, hết hạn {until:%H:%M %d/%m/%Y}.")
        if credential.needs_reauthorisation:
            self.stdout.write(f"CẦN CẤP QUYỀN LẠI. {credential.note}")
