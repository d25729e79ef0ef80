"""The daily report of what does not agree; empty when all is well."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.utils import timezone

from registrations.models import Registration, Reminder, Transition
from registrations.states import CLOSED_STATES, State
from scheduling import services as scheduling
from scheduling.services import Appointment, Assignment
from zalo_bridge.services import OutboundMessage

SHOWN = 50


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree. `code` opens the request, where there is one."""

    what: str
    detail: str
    code: str = ""


def findings(now: datetime | None = None) -> list[Finding]:
    """Everything found now, most dangerous first."""
    at = now or timezone.now()
    return [
        *_overlaps(at),
        *_without_staff(at),
        *_states_that_disagree(),
        *_history_that_disagrees(at),
        *_outside_hours(at),
        *_notices_owed(at),
    ]


def _overlaps(now: datetime) -> list[Finding]:
    live = Assignment.objects.filter(is_active=True, appointment__is_live=True, appointment__ends_at__gte=now)
    rows = list(live.select_related("staff", "appointment").order_by("staff_id", "appointment__starts_at"))
    return [
        Finding("Một người ở hai nơi", f"{one.staff.name}: {_at(one.appointment)} và {_at(other.appointment)}")
        for one, other in zip(rows, rows[1:], strict=False)
        if one.staff_id == other.staff_id and other.appointment.starts_at < one.appointment.ends_at
    ]


def _without_staff(now: datetime) -> list[Finding]:
    lacking = (
        Registration.objects.filter(state__in=[State.ASSIGNED, State.IN_PROGRESS])
        .annotate(leads=Count("appointment__assignments", filter=Q(appointment__assignments__is_active=True)))
        .filter(leads=0)
        .select_related("appointment")
    )
    return [
        Finding("Đã phân công mà không có ai đi", _at(row.appointment), row.code)
        for row in lacking.order_by("pk")[:SHOWN]
    ]


def _states_that_disagree() -> list[Finding]:
    """A request that is over still holds a place; a coming visit has lost its place."""
    over = Registration.objects.filter(
        state__in=[State.CANCELLED, State.REJECTED], appointment__is_live=True
    ).select_related("appointment")
    lost = Registration.objects.filter(
        state__in=[State.ASSIGNED, State.IN_PROGRESS], appointment__is_live=False
    ).select_related("appointment")
    return [
        *[
            Finding("Hồ sơ đã kết thúc còn giữ chỗ", _at(row.appointment), row.code)
            for row in over.order_by("pk")[:SHOWN]
        ],
        *[Finding("Sắp đi mà lịch đã trả chỗ", _at(row.appointment), row.code) for row in lost.order_by("pk")[:SHOWN]],
    ]


def _history_that_disagrees(now: datetime) -> list[Finding]:
    """Of what changed in the last days: the newest line of the history must say where the request stands."""
    recent = Registration.objects.filter(state_changed_at__gte=now - timedelta(days=7)).order_by("pk")
    last: dict[int, str] = {}
    for pk, to in (
        Transition.objects.filter(registration__in=recent).order_by("at", "id").values_list("registration", "to_state")
    ):
        last[pk] = to
    return [
        Finding("Lịch sử không khớp tình trạng", f"đang “{State(state).label}”", code)
        for pk, code, state in recent.values_list("pk", "code", "state")
        if last.get(pk) != state
    ][:SHOWN]


def _outside_hours(now: datetime) -> list[Finding]:
    codes = dict(
        Registration.objects.filter(appointment__is_live=True, appointment__starts_at__gte=now).values_list(
            "appointment", "code"
        )
    )
    return [
        Finding("Lịch hẹn ngoài giờ làm việc", _at(visit), codes.get(visit.pk, ""))
        for visit in scheduling.misfits(now=now)[:SHOWN]
    ]


def _notices_owed(now: datetime) -> list[Finding]:
    """Reminders past due, and messages that have waited too long to be sent."""
    late = Reminder.objects.filter(sent_at__isnull=True, due_at__lt=now - timedelta(minutes=30)).exclude(
        registration__state__in=CLOSED_STATES
    )
    waiting = OutboundMessage.objects.filter(
        state__in=OutboundMessage.WAITING_STATES, next_attempt_at__lt=now - timedelta(hours=1)
    ).exclude(give_up_at__lt=F("next_attempt_at"))
    found = [
        Finding("Nhắc hẹn chưa gửi", f"{row.get_kind_display()}, hạn {_clock(row.due_at)}", row.registration.code)
        for row in late.select_related("registration").order_by("due_at")[:SHOWN]
    ]
    if count := waiting.count():
        found.append(Finding("Tin nhắn chờ gửi quá một giờ", f"{count} tin, xem ở trang Zalo"))
    return found


def _at(visit: Appointment | None) -> str:
    return _clock(visit.starts_at) if visit is not None else "chưa có giờ"


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"
