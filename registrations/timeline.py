"""Everything that happened to one request, in one list: steps, edits, calls, notes, looks, assignments, messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from registrations.attachments import RECEIPT
from registrations.history import FIELD_LABELS
from registrations.models import ContactAttempt, Registration
from registrations.phones import mask_phone_in
from registrations.states import State
from registrations.wordings import clock_or_day
from scheduling.services import Assignment, staff_name
from zalo_bridge import services as zalo

KINDS = {
    "step": "Các bước",
    "call": "Cuộc gọi",
    "message": "Tin gửi đi",
    "chat": "Trò chuyện",
    "assignment": "Phân công",
    "edit": "Chỉnh sửa",
    "note": "Ghi chú",
    "paper": "Giấy tờ",
    "look": "Ai đã xem",
}
MARKS = {
    "queued": "chờ gửi",
    "sending": "đang gửi",
    "retry": "chờ gửi lại",
    "sent": "đã gửi",
    "delivered": "đã nhận",
    "seen": "đã xem",
    "unknown": "chưa rõ đã tới",
    "failed": "không gửi được",
    "expired": "quá hạn gửi",
    "superseded": "đã thay",
}
BAD_MARKS = {"failed", "expired", "unknown"}


@dataclass(frozen=True)
class Item:
    """One line. `tone` colours the dot; `mark` is a message's delivery, in words."""

    at: datetime
    kind: str
    title: str
    who: str = ""
    detail: str = ""
    mark: str = ""
    tone: str = ""
    url: str = ""  # where what it tells of can be opened


def timeline_of(registration: Registration, *, with_chat: bool = True) -> list[Item]:
    """Newest first. A fixed number of queries however long the story is."""
    items = [
        *_steps(registration),
        *_edits(registration),
        *_calls(registration),
        *_notes(registration),
        *_looks(registration),
        *_assignments(registration),
        *_messages(registration),
        *_papers(registration),
    ]
    if with_chat:
        items += _chat(registration)
    return sorted(items, key=lambda item: item.at, reverse=True)


def name_of(user: User | None, kind: str = "staff") -> str:
    if user is not None:
        return staff_name(user)
    return {"citizen": "Người dân", "system": "Hệ thống"}.get(kind, "")


def _steps(registration: Registration) -> Iterator[Item]:
    tones = {State.COMPLETED: "go", State.REJECTED: "stop", State.CANCELLED: "stop", State.NO_SHOW: "stop"}
    for line in registration.transitions.select_related("actor").order_by("at", "id"):
        label = State(line.to_state).label
        title = f"Đăng ký ({registration.get_channel_display()})" if not line.from_state else f"{label}"
        yield Item(
            line.at,
            "step",
            title,
            name_of(line.actor, line.actor_kind),
            line.reason,
            tone=tones.get(State(line.to_state), "sea"),
        )


def _edits(registration: Registration) -> Iterator[Item]:
    for change in registration.changes.select_related("actor").order_by("at", "id"):
        label = FIELD_LABELS.get(change.field, change.field)
        yield Item(
            change.at,
            "edit",
            f"Sửa {label.lower()}",
            name_of(change.actor, change.actor_kind),
            f"{change.old or '(trống)'} → {change.new or '(trống)'}",
        )


def _calls(registration: Registration) -> Iterator[Item]:
    outcomes = dict(ContactAttempt.Outcome.choices)
    for call in registration.calls.select_related("by").order_by("at", "id"):
        is_owed = call.outcome == ContactAttempt.Outcome.OWED
        title = "Cần gọi thay tin nhắn" if is_owed else f"Gọi: {outcomes[call.outcome].lower()}"
        yield Item(call.at, "call", title, name_of(call.by), call.note, tone="wait" if is_owed else "")


def _notes(registration: Registration) -> Iterator[Item]:
    for note in registration.notes.select_related("author").order_by("at", "id"):
        yield Item(note.at, "note", "Ghi chú nội bộ", name_of(note.author), note.text, tone="plan")


def _looks(registration: Registration) -> Iterator[Item]:
    for look in registration.looks.select_related("user").order_by("at", "id"):
        yield Item(look.at, "look", f"Xem {look.what}", name_of(look.user))


def _assignments(registration: Registration) -> Iterator[Item]:
    if registration.appointment_id is None:
        return
    rows = Assignment.objects.filter(appointment_id=registration.appointment_id).select_related("staff", "assigned_by")
    for row in rows.order_by("assigned_at", "pk"):
        yield Item(
            row.assigned_at, "assignment", f"Cử {row.staff.name}", name_of(row.assigned_by), row.reason, tone="sea"
        )
        if row.ended_at is not None:
            yield Item(row.ended_at, "assignment", f"Thôi cử {row.staff.name}", "", row.end_reason)


def _messages(registration: Registration) -> Iterator[Item]:
    for message in zalo.messages_about(f"registration:{registration.pk}").order_by("created_at", "pk"):
        yield Item(
            message.seen_at or message.delivered_at or message.sent_at or message.created_at,
            "message",
            f"Tin: {message.title}",
            message.written_by,
            message.note if message.state in BAD_MARKS else "",
            mark=_mark(MARKS.get(message.state, message.state), message.waits_until),
            tone="stop" if message.state in BAD_MARKS else "",
        )


def _mark(words: str, due_at: datetime | None) -> str:
    """How a message stands; of one that rests for the night or after a failure, until when."""
    return f"{words} lúc {clock_or_day(due_at, timezone.now())}" if due_at is not None else words


def _papers(registration: Registration) -> Iterator[Item]:
    for paper in registration.attachments.select_related("added_by").order_by("at", "id"):
        detail = f"Không lưu: {paper.refused_because}" if paper.refused_because else paper.name
        yield Item(
            paper.at,
            "paper",
            "Ảnh biên nhận" if paper.kind == RECEIPT else "Người dân gửi tệp",
            name_of(paper.added_by, "citizen"),
            detail,
            url=reverse("chats:attachment", args=[paper.pk]) if paper.file else "",
        )


def _chat(registration: Registration) -> Iterable[Item]:
    contact = registration.citizen.contact
    if contact is None:
        return []
    who = {"citizen": "Người dân", "bot": "Trợ lý tự động", "staff": "Cán bộ", "colleague": "Cán bộ (Zalo OA)"}
    return [
        Item(
            line.at,
            "chat",
            f"“{mask_phone_in(line.text, registration.citizen.phone)}”",
            line.author or who.get(line.who, ""),
            mark=_mark(line.state.lower(), line.due_at),
        )
        for line in zalo.chat_lines(contact=contact, limit=200)
        # What the bot wrote about this request is listed as a message with its delivery mark.
        if line.who in ("citizen", "staff", "colleague")
    ]
