"""What citizens are told, when something about their request changes. Called inside the transaction of the change.

A notice is a row that commits with the change it tells of; the bridge sends it later by chat or by template, or has
staff call.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from procedures.services import papers_as_promised, papers_for
from registrations.call_clock import promised_by
from registrations.dialogue.clock import long_time
from registrations.models import Registration, Reminder
from registrations.phones import show_phone
from registrations.picker_links import visit_link
from registrations.states import State
from registrations.wording import Wording
from zalo_bridge import outbox
from zalo_bridge.services import OutboundMessage, messages_about, rest_until


class Notice(models.TextChoices):
    CONFIRMATION = "confirmation", "Xác nhận đăng ký"
    NEEDS_INFO = "needs_info", "Cần bổ sung"
    VERIFIED = "verified", "Đã xác minh"
    REJECTED = "rejected", "Từ chối"
    ASSIGNED = "assigned", "Cán bộ sẽ đến"
    REASSIGNED = "reassigned", "Đổi cán bộ"
    MOVED = "moved", "Đổi giờ hẹn"
    PROCEDURE_CHANGED = "procedure_changed", "Đổi thủ tục"
    CANCELLED = "cancelled", "Đã hủy"
    REMINDER_DAY_BEFORE = "reminder_day_before", "Nhắc hôm trước"
    REMINDER_SOON = "reminder_soon", "Nhắc sắp đến giờ"
    ON_THE_WAY = "on_the_way", "Cán bộ đang đến"
    DELAYED = "delayed", "Cán bộ đến muộn"
    COMPLETED = "completed", "Đã nộp hồ sơ"
    NO_SHOW = "no_show", "Không gặp được"
    UNREACHABLE = "unreachable", "Gọi không gặp"
    ASK_RATING = "ask_rating", "Xin đánh giá"
    PLACE_OFFERED = "place_offered", "Có giờ trống"
    PLACE_TAKEN = "place_taken", "Đã nhận giờ trống"


# Notices about a visit that is not going to happen like that any more must not arrive late.
ABOUT_THE_VISIT = (
    Notice.VERIFIED,
    Notice.ASSIGNED,
    Notice.REASSIGNED,
    Notice.REMINDER_DAY_BEFORE,
    Notice.REMINDER_SOON,
    Notice.ON_THE_WAY,
    Notice.DELAYED,
    Notice.PLACE_OFFERED,
)
REPLACES: dict[str, tuple[Notice, ...]] = {
    Notice.MOVED: (*ABOUT_THE_VISIT, Notice.MOVED),
    Notice.CANCELLED: (*ABOUT_THE_VISIT, Notice.MOVED, Notice.NEEDS_INFO, Notice.UNREACHABLE),
    Notice.REJECTED: (*ABOUT_THE_VISIT, Notice.MOVED, Notice.NEEDS_INFO, Notice.UNREACHABLE),
    Notice.REASSIGNED: (Notice.ASSIGNED, Notice.REASSIGNED),
    Notice.ASSIGNED: (Notice.VERIFIED,),
    Notice.DELAYED: (Notice.DELAYED, Notice.REMINDER_SOON),
    Notice.NO_SHOW: ABOUT_THE_VISIT,
    Notice.COMPLETED: ABOUT_THE_VISIT,
}
# Answers to what the citizen has just done in the chat: sent at once, at night too.
ANSWERS = (Notice.CONFIRMATION, Notice.MOVED, Notice.CANCELLED, Notice.PLACE_TAKEN)
WITH_LINK = (
    Notice.CONFIRMATION,
    Notice.VERIFIED,
    Notice.ASSIGNED,
    Notice.REASSIGNED,
    Notice.MOVED,
    Notice.REMINDER_DAY_BEFORE,
    Notice.PROCEDURE_CHANGED,
    Notice.PLACE_OFFERED,
)
REMIND_AT_HOUR = 16  # of the day before
REMIND_SOON = timedelta(hours=2)
# The earliest a telephone may buzz for a reminder; a visit at 07:00 is not announced at 05:00.
EARLIEST = (6, 15)
RATING_SCALE = tuple(outbox.Choice(f"{stars} sao", f"#danhgia:{stars}") for stars in range(1, 6))
CHOICES = {
    Notice.COMPLETED: RATING_SCALE,
    Notice.ASK_RATING: RATING_SCALE,
    Notice.PLACE_OFFERED: (outbox.Choice("Nhận giờ này", "#nhan"),),
}
STATES_REMINDED = (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED)


def subject_of(registration: Registration) -> str:
    """How messages about this request are marked in the outbox."""
    return f"registration:{registration.pk}"


def dedupe_key(registration: Registration, kind: Notice, occasion: str) -> str:
    return f"notice:{kind.value}:{registration.pk}:{occasion}"


def tell(
    *, registration: Registration, kind: Notice, occasion: str, by: str = "", **facts: str
) -> outbox.OutboundMessage | None:
    """Owe the citizen a notice. `occasion` names the change it belongs to, so that each change is told once.

    `by`: the kind of actor who made that change; a citizen's own is answered at night, too. `facts` overrule what the
    request itself says: `reason`, `dossier_number`, `old_time`, `time`, `until`.
    Returns the message, or None when there is nobody to reach (personal data were erased).
    """
    citizen = registration.citizen
    if citizen.erased_at is not None or (citizen.contact_id is None and not citizen.phone):
        return None
    if kind is Notice.MOVED and (known := _time_still_believed(registration)):
        facts["old_time"] = known
    if kinds := REPLACES.get(kind):
        outbox.supersede(
            subject=subject_of(registration), kinds=[each.value for each in kinds], because=f"thay bằng “{kind.label}”"
        )
    wording = Wording.current()
    values = values_of(registration, **facts)
    key = f"notice_{kind.value}"
    if kind is Notice.CONFIRMATION and not values["gio_hen"]:
        key = "notice_confirmation_no_time"
    values["gio_hen"] = facts.get("time") or values["gio_hen"] or "cán bộ gọi để hẹn"
    is_answer = by == "citizen" and kind in ANSWERS
    link = None
    if kind in WITH_LINK and citizen.contact_id is not None:
        link = outbox.Link("Xem, đổi hoặc hủy lịch", visit_link(registration))
    return outbox.enqueue(
        kind=kind.value,
        dedupe_key=dedupe_key(registration, kind, occasion),
        contact=citizen.contact,
        phone=citizen.phone,
        text=wording.render(key, **values),
        choices=CHOICES.get(kind, ()),
        link=link,
        params=params_of(registration, values),
        subject=subject_of(registration),
        # The bridge holds back notices at night; an answer to the citizen's own tap must come even then.
        is_reply=is_answer and rest_until(timezone.now()) is not None,
        give_up_at=_worth_until(registration, kind),
    )


def words_so_far(subject: str) -> dict[str, Any]:
    """Which messages about a request wait, and the newest of all: kept before a change that may be taken back."""
    messages = messages_about(subject)
    waiting = messages.filter(state__in=OutboundMessage.UNSENT_STATES).order_by("pk")
    return {
        "waiting": list(waiting.values_list("pk", flat=True)),
        "newest_message": messages.order_by("-pk").values_list("pk", flat=True).first() or 0,
    }


def nobody_goes(*, registration: Registration) -> None:
    """Words that somebody will come, where they have not left, must not arrive once nobody is sent."""
    kinds = [Notice.ASSIGNED.value, Notice.REASSIGNED.value]
    outbox.supersede(subject=subject_of(registration), kinds=kinds, because="không còn ai được phân công")


def values_of(registration: Registration, **facts: str) -> dict[str, str]:
    """Everything a notice may say about a request, by placeholder."""
    citizen, procedure = registration.citizen, registration.procedure
    appointment, due_at = registration.appointment, registration.call_due_at
    starts_at = appointment.starts_at if appointment is not None and appointment.is_live else None
    papers: list[str] = []
    if procedure is not None:
        version = registration.procedure_version
        papers = papers_as_promised(procedure=procedure, version=version) if version else papers_for(procedure)
    title = title_of(registration)
    return {
        "xung_ho": title,
        "Xung_ho": title[:1].upper() + title[1:],
        "ten_goi": f"{title} {citizen.name.split()[-1]}" if citizen.name.split() else title,
        "ho_ten": citizen.name,
        "dien_thoai": show_phone(citizen.phone) if citizen.phone else "của anh/chị",
        "dia_chi": address_of(registration),
        "thu_tuc": procedure.short_name if procedure else (registration.words[:150] or "cán bộ sẽ hỏi rõ khi gọi"),
        "giay_to": "\n".join(f"- {paper}" for paper in papers) or "- Cán bộ sẽ đọc danh sách giấy tờ khi gọi",
        "gio_hen": long_time(timezone.localtime(starts_at)) if starts_at else "",
        "luc": facts.get("until", ""),
        "gio_cu": _told_time(facts.get("old_time", "")),
        "ma": registration.code,
        "ma_ho_so": facts.get("dossier_number") or registration.dossier_number,
        "can_bo": staff_words(registration),
        "ly_do": facts.get("reason") or registration.state_reason,
        "can_bo_sung": facts.get("reason") or registration.state_reason,
        "han_goi": long_time(timezone.localtime(promised_by(due_at, starts_at))) if due_at else "giờ hẹn",
        "loi": registration.time_wish or "giờ nào cũng được",
    }


def params_of(registration: Registration, values: dict[str, str]) -> dict[str, str]:
    """The same facts under the names templates by phone are filled from."""
    return {
        "name": values["ho_ten"],
        "code": values["ma"],
        "procedure": values["thu_tuc"],
        "time": values["gio_hen"],
        "old_time": values["gio_cu"],
        "address": values["dia_chi"],
        "staff": values["can_bo"],
        "reason": values["ly_do"],
        "dossier_number": values["ma_ho_so"],
        "office_phone": Wording().fill("{dien_thoai_co_quan}"),
    }


def title_of(registration: Registration) -> str:
    """How the citizen is addressed: as their own form said, else anh/chị."""
    contact = registration.citizen.contact
    dialogue = getattr(contact, "dialogue", None) if contact is not None else None
    return str(dialogue.data.get("title") or "anh/chị") if dialogue is not None else "anh/chị"


def address_of(registration: Registration) -> str:
    """Where the visit goes, the ward named once."""
    line = registration.address_line.strip()
    ward = registration.ward.name if registration.ward else ""
    if not line or line.lower() == ward.lower():
        return ward or "cán bộ sẽ hỏi khi gọi"
    return line if not ward or ward.lower() in line.lower() else f"{line}, {ward}"


def staff_words(registration: Registration) -> str:
    """Who comes: "chị Lan, điện thoại 0900 000 021"; "" while nobody is assigned."""
    appointment = registration.appointment
    if appointment is None:
        return ""
    going = (
        appointment.assignments.filter(is_active=True).select_related("staff").order_by("-is_lead", "assigned_at", "id")
    )
    names = []
    for assignment in going:
        staff = assignment.staff
        name = f"{staff.title or 'cán bộ'} {staff.name}"
        names.append(f"{name}, điện thoại {show_phone(staff.phone)}" if staff.phone else name)
    words = " và ".join(names)
    return words[:1].upper() + words[1:]


def _time_still_believed(registration: Registration) -> str:
    """The old time that words of an earlier move, not sent yet, would have named: nobody has read the one after it."""
    moves = messages_about(subject_of(registration)).filter(kind=Notice.MOVED.value)
    unsent = moves.filter(state__in=OutboundMessage.UNSENT_STATES)
    payload = unsent.order_by("pk").values_list("payload", flat=True).first()
    return str(payload.get("params", {}).get("old_time", "")) if payload else ""


def _told_time(written: str) -> str:
    """A time from the history (`08:00 25/11/2026`) as citizens are told it."""
    try:
        return long_time(timezone.make_aware(datetime.strptime(written, "%H:%M %d/%m/%Y")))  # noqa: DTZ007
    except ValueError:
        return written


def _worth_until(registration: Registration, kind: Notice) -> datetime | None:
    """When a notice is not worth sending any more; None leaves it to the bridge."""
    appointment = registration.appointment
    if kind in (Notice.ON_THE_WAY, Notice.DELAYED):
        return timezone.now() + timedelta(hours=1)
    if appointment is not None and kind in ABOUT_THE_VISIT:
        # Never in the past: a late change of a visit under way is still told, for a while.
        return max(appointment.starts_at, timezone.now() + timedelta(minutes=30))
    return None


# --- reminders ---


def reminders_due(starts_at: datetime) -> dict[str, datetime]:
    """When each reminder of a visit is to go out, whether or not that moment has passed."""
    local = timezone.localtime(starts_at)
    day_before = (local - timedelta(days=1)).replace(hour=REMIND_AT_HOUR, minute=0, second=0, microsecond=0)
    earliest = local.replace(hour=EARLIEST[0], minute=EARLIEST[1], second=0, microsecond=0)
    return {
        Reminder.Kind.DAY_BEFORE.value: day_before,
        Reminder.Kind.SOON.value: max(local - REMIND_SOON, earliest),
    }


def recompute_reminders(*, registration: Registration) -> None:
    """Owe the reminders that fit the visit as it stands now, and no others. What was sent stays on record."""
    now = timezone.now()
    appointment = registration.appointment
    due: dict[str, datetime] = {}
    if registration.state in STATES_REMINDED and appointment is not None and appointment.is_live:
        due = {kind: at for kind, at in reminders_due(appointment.starts_at).items() if at > now}
    for reminder in registration.reminders.filter(sent_at__isnull=True):
        if due.get(reminder.kind) != reminder.due_at:
            reminder.delete()
    Reminder.objects.bulk_create(
        [Reminder(registration=registration, kind=kind, due_at=at) for kind, at in due.items()], ignore_conflicts=True
    )
