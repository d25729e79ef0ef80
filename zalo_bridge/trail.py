"""What was said between one person and the office, for people to read; and its removal when consent is withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from zalo_bridge.envelope import parse
from zalo_bridge.memory import remember
from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent
from zalo_bridge.names import FROM_CITIZENS
from zalo_bridge.reading import read_content

# A wish to be forgotten by Zalo, carried out by a chore: `forget:<user id>`.
FORGET = "forget:"
ERASED = "(đã xóa theo yêu cầu)"
STILL_ON_ITS_WAY = timedelta(minutes=5)
NO_NUMBER = "(đã xóa)"

IN_CHAT = ("follow", "unfollow", "user_click_chatnow", "user_submit_info", "user_withdraw", "user_reacted_message")


@dataclass(frozen=True)
class ChatLine:
    """One line of a chat. `state` is the outgoing message's state in words, "" for what came in; `due_at` until when it
    waits, None for what is on its way or there."""

    at: datetime
    who: Literal["citizen", "bot", "staff", "colleague"]
    text: str
    state: str = ""
    due_at: datetime | None = None
    author: str = ""
    has_file: bool = False


def chat_lines(*, contact: Contact, limit: int = 200) -> list[ChatLine]:
    """The newest `limit` lines of both directions, oldest first."""
    events = WebhookEvent.objects.about(contact.user_id).exclude(state=WebhookEvent.State.QUARANTINED)
    messages = OutboundMessage.objects.filter(contact=contact).exclude(state=OutboundMessage.State.SUPERSEDED)
    # Echoes of our own messages would take the places of what people wrote, so the net is cast wider.
    lines = [line for event in events.order_by("-happened_at")[: limit * 3] if (line := _line_of_event(event))]
    lines += [_line_of_message(message) for message in messages.order_by("-created_at")[:limit]]
    return sorted(lines, key=lambda line: line.at)[-limit:]


def erase_contact(*, contact: Contact) -> None:
    """Remove what is personal about a contact from inbox and outbox, and have Zalo forget them.

    Rows stay (what was handled stays handled), their content goes. Waiting messages are not sent any more. The chore
    `forget_followers` calls Zalo's deletefollowerinfo after commit.
    """
    empty = b"{}"
    with transaction.atomic():
        WebhookEvent.objects.about(contact.user_id).update(raw=empty, note=ERASED)
        _erase(OutboundMessage.objects.filter(contact=contact))
        Contact.objects.filter(pk=contact.pk).update(display_name="", withdrawn_at=timezone.now())
        remember(f"{FORGET}{contact.user_id}", {})


def erase_messages(*, subjects: Iterable[str]) -> int:
    """The same for messages about these subjects, to whomever they went. How many lost their content.

    Who has no Zalo is no contact: a template to their number is known by what it is about and by nothing else. One that
    is being sent at this moment keeps its content; call this again later.
    """
    with transaction.atomic():
        return _erase(OutboundMessage.objects.filter(subject__in=[subject for subject in subjects if subject]))


def _erase(mine: QuerySet[OutboundMessage]) -> int:
    State = OutboundMessage.State
    mine.filter(state__in=OutboundMessage.UNSENT_STATES, is_reply=False).update(
        state=State.SUPERSEDED, note="người dân rút đồng ý"
    )
    settled = mine.exclude(state__in=OutboundMessage.WAITING_STATES).exclude(payload={"text": ERASED})
    # A message has somebody to reach: where that was a number alone, something must stand in its place.
    to_numbers = settled.filter(contact__isnull=True).update(payload={"text": ERASED}, phone=NO_NUMBER)
    return to_numbers + settled.filter(contact__isnull=False).update(payload={"text": ERASED}, phone="")


def erase_last_words() -> int:
    """What was still on its way when somebody withdrew (the answer that says so) loses its content once it is sent,
    and so does its echo."""
    withdrawn = OutboundMessage.objects.filter(
        contact__withdrawn_at__isnull=False, created_at__lte=F("contact__withdrawn_at") + STILL_ON_ITS_WAY
    )
    recently = Contact.objects.filter(withdrawn_at__gte=timezone.now() - timedelta(days=7))
    for user_id, until in recently.values_list("user_id", F("withdrawn_at") + STILL_ON_ITS_WAY):
        echoes = WebhookEvent.objects.about(user_id).filter(event_name__startswith="oa_send_", received_at__lte=until)
        echoes.update(raw=b"{}", note=ERASED)
    finished = withdrawn.exclude(state__in=OutboundMessage.WAITING_STATES).exclude(payload={"text": ERASED})
    return finished.update(payload={"text": ERASED}, phone="")


def _line_of_event(event: WebhookEvent) -> ChatLine | None:
    name = event.event_name
    if not name.startswith(("user_send_", "oa_send_")) and name not in IN_CHAT:
        return None
    body = parse(bytes(event.raw))
    content = read_content(body) if body else None
    has_file = bool(content and content.attachments)
    text = content.text if content else ""
    if name.startswith("oa_send_"):
        if not content or not content.admin_id:
            return None
        return ChatLine(event.happened_at, "colleague", text or "Gửi tệp", has_file=has_file)
    return ChatLine(event.happened_at, "citizen", text or FROM_CITIZENS.get(name, "Gửi tin"), has_file=has_file)


def _line_of_message(message: OutboundMessage) -> ChatLine:
    card = message.payload.get("card")
    text = str(message.payload.get("text") or (card and f"Phiếu: {card['title']}") or "Mẫu tin")
    return ChatLine(
        at=message.sent_at or message.created_at,
        who="staff" if message.written_by else "bot",
        text=text,
        state=message.get_state_display(),
        due_at=message.waits_until,
        author=message.written_by,
    )
