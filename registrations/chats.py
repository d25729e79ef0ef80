"""A person takes the chat over: reading, writing, handing back to the bot. Who waits for a person, longest first."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registrations.dialogue import commands
from registrations.dialogue.clock import short_time
from registrations.errors import MissingFact, RegistrationError
from registrations.models import Attachment, Citizen, Dialogue, Registration
from registrations.phones import mask_phone_in
from scheduling.services import staff_name
from zalo_bridge import outbox
from zalo_bridge.services import ChatLine, Contact, Window, chat_lines, window

LINES_SHOWN = 60


@dataclass(frozen=True)
class Chat:
    """What staff see of one citizen's chat."""

    contact: Contact
    dialogue: Dialogue
    citizen: Citizen | None
    registrations: list[Registration]
    lines: list[ChatLine]
    papers: list[Attachment]
    window: Window

    @property
    def name(self) -> str:
        return self.citizen.name if self.citizen is not None else str(self.contact)

    @property
    def fingerprint(self) -> str:
        """Changes with any line, and with who has the chat: the poll of an open page answers "nothing new" by it."""
        lines = [(line.at, line.who, line.text, line.state, line.due_at) for line in self.lines]
        turn = (self.is_paused, self.dialogue.paused_by, self.dialogue.wants_human_since)
        facts = repr((lines, turn, self.dialogue.wants_human_because))
        return hashlib.sha256(facts.encode()).hexdigest()[:12]

    @property
    def is_paused(self) -> bool:
        return commands.is_paused(self.dialogue, timezone.now())

    @property
    def window_words(self) -> str:
        """How long Zalo still lets us write, and at what price."""
        if self.window.kind == "closed" or self.window.until is None:
            return "Đã quá 7 ngày từ lần người dân nhắn gần nhất: Zalo không cho nhắn nữa, hãy gọi điện."
        until = short_time(timezone.localtime(self.window.until))
        if self.window.kind == "free":
            return f"Nhắn miễn phí tới {until}."
        return f"Quá 48 giờ: mỗi tin trừ vào hạn mức của gói OA, tới {until}."


def chat_of(*, contact: Contact) -> Chat:
    dialogue, _ = Dialogue.objects.get_or_create(contact=contact)
    citizen = Citizen.objects.filter(contact=contact, erased_at__isnull=True).order_by("-created_at").first()
    registrations = list(citizen.registrations.order_by("-created_at")[:5]) if citizen is not None else []
    return Chat(
        contact=contact,
        dialogue=dialogue,
        citizen=citizen,
        registrations=registrations,
        # As everywhere else: the number in full is shown on asking, and who asked is written down.
        lines=[
            replace(line, text=mask_phone_in(line.text, citizen.phone if citizen is not None else ""))
            for line in chat_lines(contact=contact, limit=LINES_SHOWN)
        ],
        papers=list(Attachment.objects.filter(contact=contact).order_by("-at", "-id")[:30]),
        window=window(contact, timezone.now()),
    )


def waiting() -> QuerySet[Dialogue]:
    """Chats that need a person, longest waiting first."""
    return (
        Dialogue.objects.filter(wants_human_since__isnull=False)
        .select_related("contact")
        .order_by("wants_human_since", "id")
    )


def write(*, contact: Contact, text: str, user: User, key: str, now: datetime | None = None) -> outbox.OutboundMessage:
    """Answer the citizen in the office's name; the bot is silent from now on. `key` makes a second tap the same
    message.

    Raises MissingFact (nothing written, too long) and RegistrationError (Zalo's window is closed).
    """
    now = now or timezone.now()
    text = text.strip()
    if not text:
        raise MissingFact("Hãy viết nội dung tin nhắn.")
    if len(text) > outbox.LONGEST_TEXT:
        raise MissingFact(f"Tin dài {len(text)} ký tự; Zalo chỉ nhận {outbox.LONGEST_TEXT}.")
    if not window(contact, now).is_open:
        raise RegistrationError("Zalo không cho nhắn nữa vì đã quá 7 ngày. Hãy gọi điện cho người dân.")
    with transaction.atomic():
        # The contact first, as the chat's own events do.
        Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact.pk)
        dialogue, _ = Dialogue.objects.select_for_update().get_or_create(contact=contact)
        message = outbox.enqueue(
            kind="staff",
            dedupe_key=f"staff:{contact.pk}:{key}",
            contact=contact,
            text=text,
            is_reply=True,
            written_by=staff_name(user),
            subject=f"chat:{contact.pk}",
        )
        commands.pause(dialogue=dialogue, by=staff_name(user), now=now)
        dialogue.save(update_fields=["paused_until", "paused_by", "wants_human_since", "wants_human_because"])
    return message


def take_over(*, contact: Contact, user: User, now: datetime | None = None) -> Dialogue:
    """The bot is silent for a while, though nothing has been written yet."""
    with transaction.atomic():
        dialogue, _ = Dialogue.objects.select_for_update().get_or_create(contact=contact)
        commands.pause(dialogue=dialogue, by=staff_name(user), now=now or timezone.now())
        dialogue.save(update_fields=["paused_until", "paused_by", "wants_human_since", "wants_human_because"])
    return dialogue


def hand_back(*, contact: Contact) -> Dialogue:
    """The bot answers again, from where it was."""
    with transaction.atomic():
        dialogue, _ = Dialogue.objects.select_for_update().get_or_create(contact=contact)
        dialogue.paused_until, dialogue.paused_by = None, ""
        dialogue.wants_human_since, dialogue.wants_human_because = None, ""
        if dialogue.step == "human":
            dialogue.step = "idle"
        dialogue.save()
    return dialogue
