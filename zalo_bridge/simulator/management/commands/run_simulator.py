"""Run the stand-in for Zalo as a process of its own."""

import logging
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from zalo_bridge.simulator import tokens
from zalo_bridge.simulator.server import SimulatorServer
from zalo_bridge.simulator.store import Store, store_from_settings


class Command(BaseCommand):
    help = "Chạy Zalo giả lập: API, OAuth, tin theo mẫu và webhook, trên máy này."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8011)
        parser.add_argument("--file", type=Path, help="SQLite file; default: the setting ZALO_SIMULATOR_FILE")
        parser.add_argument(
            "--webhook", help="where events are posted; default: PUBLIC_URL/zalo/webhook/ the first time"
        )
        parser.add_argument("--ladder-scale", type=float, help="multiplies the 30 s, 5 min … between redeliveries")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ZALO_SIMULATOR:
            raise CommandError(
                "ZALO_SIMULATOR is off: set ZALO_SIMULATOR=1 (and DEBUG=1) to play Zalo on this machine."
            )
        store = store_from_settings(settings, options["file"])
        prepare(store, webhook=options["webhook"] or "", ladder_scale=options["ladder_scale"])
        seed_people(store)
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        try:
            server = SimulatorServer(store, port=options["port"])
        except OSError as problem:
            raise CommandError(
                f"Port {options['port']} cannot be used: {problem.strerror}. Choose another --port."
            ) from None
        with server:
            logging.getLogger(__name__).info("Zalo giả lập: %s, webhook %s", server.url, store.options().webhook_url)
            stop.wait()
        store.close()


def prepare(store: Store, *, webhook: str = "", ladder_scale: float | None = None) -> None:
    """Settle what the platform needs to know before it starts; what was chosen on `/gia-lap/` earlier stays."""
    if not store.has_options():
        store.set_options(button_shapes=settings.ZALO_BUTTONS if settings.ZALO_BUTTONS != "none" else "")
    if webhook or not store.options().webhook_url:
        store.set_options(webhook_url=webhook or f"{settings.PUBLIC_URL}/zalo/webhook/")
    if ladder_scale is not None:
        store.set_options(ladder_scale=ladder_scale)
    if settings.ZALO_ACCESS_TOKEN and settings.ZALO_REFRESH_TOKEN:
        tokens.issue_pair(store, access_token=settings.ZALO_ACCESS_TOKEN, refresh_token=settings.ZALO_REFRESH_TOKEN)


def seed_people(store: Store) -> None:
    """Three plainly made-up citizens, so that the first look at `/gia-lap/` has somebody to play.

    Named unlike the made-up week's citizens: their first request must not open with "Có thể trùng người".
    """
    if not store.people():
        for name, phone in (
            ("Trần Mẫu An", "84900000014"),
            ("Lê Mẫu Bình", "84900000015"),
            ("Phạm Mẫu Chi", "84900000016"),
        ):
            store.add_person(name=name, phone=phone)
