"""What Zalo tells us about our own messages: arrived, seen, the echo of all the OA sends. States only move forward."""

import unicodedata
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from zalo_bridge.models import Contact, OutboundMessage
from zalo_bridge.notes import Verdict
from zalo_bridge.reading import Content

State = OutboundMessage.State

# How far Zalo's clock and ours may differ when a message is recognised by its words.
CLOCK_SKEW = timedelta(seconds=30)
# States in which an echo is news. FAILED and EXPIRED too: a late success must stop the next step of the ladder.
UNPROVEN = (State.SENDING, State.UNKNOWN, State.RETRY, State.FAILED, State.EXPIRED)


def note_receipt(*, name: str, content: Content, at: datetime, is_template: bool) -> Verdict:
    """`user_received_message` and `user_seen_message`, of chats and of templates by phone."""
    ours = Q(vendor_id__in=content.message_ids)
    if is_template and content.tracking_id.startswith("tn") and content.tracking_id[2:].isdecimal():
        ours |= Q(pk=int(content.tracking_id[2:][:18]))
    messages = list(OutboundMessage.objects.filter(ours).order_by("id"))
    for message in messages:
        if name == "user_seen_message":
            _move(message, State.SEEN, at, content)
        else:
            _move(message, State.DELIVERED, at, content)
    return Verdict.done() if messages else Verdict.ignored("biên nhận của tin không do hệ thống gửi")


def note_echo(*, contact: Contact, content: Content, at: datetime) -> Verdict:
    """The echo of a message sent by API. It proves that a message whose answer we never saw did arrive."""
    vendor_id = content.message_ids[0] if content.message_ids else ""
    candidates = OutboundMessage.objects.filter(
        contact=contact,
        channel=OutboundMessage.Channel.CHAT,
        vendor_id="",
        state__in=UNPROVEN,
        claimed_at__lte=at + CLOCK_SKEW,
        claimed_at__gte=at - timedelta(hours=1),
    ).order_by("claimed_at", "id")
    for message in candidates:
        if says_the_same(message, content.text, content.titles):
            mark_arrived(message, vendor_id=vendor_id, at=at, note="nhận ra qua tin vọng lại")
            return Verdict.done("tin đã tới dù chưa thấy trả lời")
    return Verdict.ignored("tin của OA gửi từ nơi khác")


def is_known(content: Content) -> bool:
    """Whether this is the echo of a message whose answer we saw ourselves."""
    return bool(content.message_ids) and OutboundMessage.objects.filter(vendor_id=content.message_ids[0]).exists()


def says_the_same(message: OutboundMessage, text: str, titles: tuple[str, ...] = ()) -> bool:
    """Whether words seen in the chat are those of `message`. Cards have no text, only a title."""
    if "card" in message.payload:
        title = message.payload["card"]["title"]
        return title in titles or (bool(text) and title in text)
    return bool(text) and _plain(text).startswith(_plain(message.payload["text"]))


def mark_arrived(message: OutboundMessage, *, vendor_id: str, at: datetime, note: str) -> bool:
    """A message of unknown fate did reach the chat. Steps that were to replace it are not needed any more."""
    moved = OutboundMessage.objects.filter(pk=message.pk, state__in=UNPROVEN).update(
        state=State.SENT, vendor_id=vendor_id, sent_at=at, note=note, error_code=None
    )
    if moved:
        OutboundMessage.objects.filter(replaces=message, state__in=OutboundMessage.UNSENT_STATES).update(
            state=State.SUPERSEDED, note="tin trước đã tới"
        )
    return bool(moved)


def _move(message: OutboundMessage, state: str, at: datetime, content: Content) -> None:
    at = min(at, timezone.now())
    if message.state in UNPROVEN:
        mark_arrived(message, vendor_id=content.message_ids[0] if content.message_ids else "", at=at, note="biên nhận")
    order = (State.SENT, State.DELIVERED, State.SEEN)
    fields: dict[str, object] = {}
    if message.delivered_at is None:
        fields["delivered_at"] = at
    if state == State.SEEN and message.seen_at is None:
        fields["seen_at"] = at
    lower = order[: order.index(state)]
    OutboundMessage.objects.filter(pk=message.pk, state__in=lower).update(state=state)
    if fields:
        OutboundMessage.objects.filter(pk=message.pk).update(**fields)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
