"""What was said between one person and the office, for people to read; and its removal when consent is withdrawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zalo_bridge.envelope import parse
from zalo_bridge.memory import remember
from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent
from zalo_bridge.reading import read_content

# A wish to be forgotten by Zalo, carried out by a chore: `forget:<user id>`.
FORGET = "forget:"
ERASED = "(đã xóa theo yêu cầu)"

KIND_WORDS = {
    "follow": "Bấm Quan tâm OA",
    "unfollow": "Bỏ quan tâm OA",
    "user_click_chatnow": "Mở khung chat",
    "user_submit_info": "Gửi phiếu chia sẻ thông tin",
    "user_withdraw": "Rút đồng ý trên Zalo",
    "user_send_image": "Gửi ảnh",
    "user_send_gif": "Gửi ảnh động",
    "user_send_audio": "Gửi ghi âm",
    "user_send_video": "Gửi video",
    "user_send_file": "Gửi tệp",
    "user_send_sticker": "Gửi nhãn dán",
    "user_send_location": "Gửi vị trí",
    "user_send_business_card": "Gửi danh thiếp",
    "user_reacted_message": "Thả cảm xúc",
}
IN_CHAT = ("follow", "unfollow", "user_click_chatnow", "user_submit_info", "user_withdraw", "user_reacted_message")


@dataclass(frozen=True)
class ChatLine:
    """One line of a chat. `state` is the outgoing message's state in words, "" for what came in."""

    at: datetime
    who: Literal["citizen", "bot", "staff", "colleague"]
    text: str
    state: str = ""
    author: str = ""
    has_file: bool = False


def chat_lines(*, contact: Contact, limit: int = 200) -> list[ChatLine]:
    """The newest `limit` lines of both directions, oldest first."""
    events = WebhookEvent.objects.filter(user_id=contact.user_id).exclude(state__in=(WebhookEvent.State.QUARANTINED,))
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
    State = OutboundMessage.State
    with transaction.atomic():
        WebhookEvent.objects.filter(user_id=contact.user_id).update(raw=empty, note=ERASED)
        mine = OutboundMessage.objects.filter(contact=contact)
        mine.filter(state__in=(State.QUEUED, State.RETRY), is_reply=False).update(
            state=State.SUPERSEDED, note="người dân rút đồng ý"
        )
        mine.exclude(state__in=OutboundMessage.WAITING_STATES).update(payload={"text": ERASED}, phone="")
        Contact.objects.filter(pk=contact.pk).update(display_name="", withdrawn_at=timezone.now())
        remember(f"{FORGET}{contact.user_id}", {})


def erase_last_words() -> int:
    """What was still on its way when somebody withdrew (the answer that says so) loses its content once it is sent."""
    withdrawn = OutboundMessage.objects.filter(
        contact__withdrawn_at__isnull=False, created_at__lte=F("contact__withdrawn_at") + timedelta(minutes=5)
    )
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
    return ChatLine(event.happened_at, "citizen", text or KIND_WORDS.get(name, "Gửi tin"), has_file=has_file)


def _line_of_message(message: OutboundMessage) -> ChatLine:
    card = message.payload.get("card")
    text = str(message.payload.get("text") or (card and f"Phiếu: {card['title']}") or "Mẫu tin")
    return ChatLine(
        at=message.sent_at or message.created_at,
        who="staff" if message.written_by else "bot",
        text=text,
        state=message.get_state_display(),
        author=message.written_by,
    )
