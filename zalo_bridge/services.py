"""The bridge's door: who listens to the chat, what was said, how it is doing. Messages go out by `outbox.py`."""

from django.db.models import QuerySet

from zalo_bridge import client
from zalo_bridge.events import EventKind, GivenUp, InboundEvent, Rating, ReceivedFile, SharedInfo, Undelivered
from zalo_bridge.health import Check, health
from zalo_bridge.incidents import announced as standing_still
from zalo_bridge.incidents import open_incidents
from zalo_bridge.listeners import ask_office_hours, on_event, on_given_up, on_undeliverable
from zalo_bridge.models import Contact, Incident, NoticeTemplate, OutboundMessage, WebhookEvent
from zalo_bridge.names import Subject, kind_title, name_kinds, name_subjects
from zalo_bridge.trail import ChatLine, chat_lines, erase_contact, erase_messages
from zalo_bridge.windows import Window, rest_until, window

__all__ = [
    "ChatLine",
    "Check",
    "Contact",
    "EventKind",
    "GivenUp",
    "InboundEvent",
    "Incident",
    "NoticeTemplate",
    "OutboundMessage",
    "Rating",
    "ReceivedFile",
    "SharedInfo",
    "Subject",
    "Undelivered",
    "WebhookEvent",
    "Window",
    "ask_office_hours",
    "chat_lines",
    "erase_contact",
    "erase_messages",
    "fetch_file",
    "health",
    "kind_title",
    "messages_about",
    "name_kinds",
    "name_subjects",
    "on_event",
    "on_given_up",
    "on_undeliverable",
    "open_incidents",
    "rest_until",
    "standing_still",
    "window",
]


def messages_about(subject: str) -> QuerySet[OutboundMessage]:
    """Every message enqueued with this `subject`, oldest first, steps of the ladder included."""
    return OutboundMessage.objects.filter(subject=subject).order_by("created_at", "id")


def fetch_file(file: ReceivedFile, *, most_bytes: int = 10 * 1024 * 1024) -> tuple[bytes, str]:
    """A file a citizen sent: (bytes, content type as Zalo's server names it; do not trust it).

    An HTTP call: never inside a transaction. Raises `errors.FileUnavailable` with a sentence.
    """
    return client.download(file.url, most_bytes=most_bytes)
