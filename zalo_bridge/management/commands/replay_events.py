"""Handle failed events again, or verify quarantined ones against today's key."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from zalo_bridge.models import WebhookEvent
from zalo_bridge.replay import replay_events, verify_again


def read_since(text: str) -> datetime:
    """`2026-11-23T08:00`, local time unless it says otherwise, or `90m`, `6h`, `2d` ago."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    if text[:-1].isdigit() and text[-1:] in units:
        return timezone.now() - timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"{text!r} is no time. Write 2026-11-23T08:00, or 90m, 6h, 2d for so long ago.")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = "Xử lý lại sự kiện lỗi (failed), hoặc xác minh lại sự kiện bị cách ly (quarantined). Chạy nhiều lần vô hại."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", choices=["failed", "quarantined"], default="failed")
        parser.add_argument("--since", default="7d", help="2026-11-23T08:00, or 90m, 6h, 2d ago (default 7d)")
        parser.add_argument("--id", type=int, action="append", help="only this event; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        events = WebhookEvent.objects.filter(state=options["state"], received_at__gte=read_since(options["since"]))
        if options["id"]:
            events = events.filter(pk__in=options["id"])
        event_ids = list(events.order_by("happened_at", "id").values_list("pk", flat=True))
        if options["state"] == "failed":
            self.stdout.write(f"{len(replay_events(event_ids=event_ids))} sự kiện được xử lý lại.")
            return
        taken, refused = verify_again(event_ids=event_ids, oa_id=settings.ZALO_OA_ID)
        self.stdout.write(f"{len(taken)} sự kiện đúng chữ ký, đưa vào xử lý; {refused} vẫn không đúng.")
