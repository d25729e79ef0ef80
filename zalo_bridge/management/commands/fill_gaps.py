"""Recover what citizens wrote while the webhook was down."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zalo_bridge.errors import BridgeError
from zalo_bridge.gaps import fill
from zalo_bridge.lookup import CannotLook
from zalo_bridge.management.commands.replay_events import read_since


class Command(BaseCommand):
    help = "Đọc lại tin người dân đã nhắn trong lúc webhook không nhận được. Chạy nhiều lần vô hại."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", default="6h", help="2026-11-23T08:00, or 90m, 6h, 2d ago (default 6h)")
        parser.add_argument("--user", action="append", help="only this Zalo user id; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            filled = fill(since=read_since(options["since"]), user_ids=options["user"])
        except CannotLook as error:
            raise CommandError(f"Không đọc được cuộc trò chuyện từ Zalo: {error}.") from error
        except BridgeError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{filled.people} người, {filled.found} tin, {filled.stored} tin chưa có được đưa vào xử lý.")
