"""The daily report of what does not agree; empty when all is well."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from registrations.models import ContactAttempt, Registration, Reminder, Transition
from registrations.notifying import tell_managers as tell
from registrations.queue import today_span
from registrations.states import CLOSED_STATES, State
from scheduling import services as scheduling
from scheduling.services import Appointment, Assignment
from zalo_bridge.services import OutboundMessage

SHOWN = 50


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree, or `count` more of the same. `code` opens the request, where there is one."""

    what: str
    detail: str
    code: str = ""
    count: int = 1


def findings(now: datetime | None = None) -> list[Finding]:
    """Everything found now, most dangerous first; at most SHOWN of a kind by name, the rest as a number."""
    at = now or timezone.now()
    return [
        *_overlaps(at),
        *_without_staff(at),
        *_states_that_disagree(),
        *_history_that_disagrees(at),
        *_outside_hours(at),
        *_miscounted(at),
        *_notices_owed(at),
    ]


def tell_managers(now: datetime | None = None) -> int:
    """A line to every manager where something does not agree; nothing when all is well. How many were told."""
    count = sum(finding.count for finding in findings(now))
    return tell(registration=None, text=f"Kiểm tra hằng ngày: {count} điều không khớp.") if count else 0


def _shown(what: str, rest: int) -> list[Finding]:
    return [Finding(what, f"và {rest} trường hợp nữa", count=rest)] if rest > 0 else []


def _listed(
    what: str, rows: QuerySet[Registration], detail: Callable[[Registration], str] | None = None
) -> list[Finding]:
    rows = rows.select_related("appointment")
    say = detail or (lambda row: _at(row.appointment))
    # Not by the bare key: the database would then look for few open requests among a million closed ones.
    found = [Finding(what, say(row), row.code) for row in rows.order_by(F("pk") + 0)[:SHOWN]]
    return [*found, *_shown(what, rows.count() - SHOWN if len(found) == SHOWN else 0)]


def _first(what: str, found: Iterable[Finding]) -> list[Finding]:
    rows = iter(found)
    return [*islice(rows, SHOWN), *_shown(what, sum(1 for _ in rows))]


def _overlaps(now: datetime) -> list[Finding]:
    what = "Một người ở hai nơi"
    live = Assignment.objects.filter(is_active=True, appointment__is_live=True, appointment__ends_at__gte=now)
    rows = list(live.select_related("staff", "appointment").order_by("staff_id", "appointment__starts_at"))
    pairs = (
        Finding(what, f"{one.staff.name}: {_at(one.appointment)} và {_at(other.appointment)}")
        for one, other in zip(rows, rows[1:], strict=False)
        if one.staff_id == other.staff_id and other.appointment.starts_at < one.appointment.ends_at
    )
    return _first(what, pairs)


def _without_staff(now: datetime) -> list[Finding]:
    sent = Q(appointment__assignments__is_active=True)
    assigned = Registration.objects.filter(state__in=[State.ASSIGNED, State.IN_PROGRESS])
    lacking = assigned.annotate(going=Count("appointment__assignments", filter=sent)).filter(going=0)
    _, tonight = today_span(now)
    today = Registration.objects.filter(
        state__in=[State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED],
        appointment__is_live=True,
        appointment__starts_at__lt=tonight,
    )
    return [
        *_listed("Đã phân công mà không có ai đi", lacking),
        *_listed(
            "Đến ngày hẹn mà chưa cử ai",
            today,
            lambda row: f"{_at(row.appointment)}, {str(row.get_state_display()).lower()}",
        ),
    ]


def _states_that_disagree() -> list[Finding]:
    """A request that is over still holds a place; a coming visit has lost its place."""
    over = Registration.objects.filter(state__in=[State.CANCELLED, State.REJECTED], appointment__is_live=True)
    lost = Registration.objects.filter(state__in=[State.ASSIGNED, State.IN_PROGRESS], appointment__is_live=False)
    return [*_listed("Hồ sơ đã kết thúc còn giữ chỗ", over), *_listed("Sắp đi mà lịch đã trả chỗ", lost)]


def _history_that_disagrees(now: datetime) -> list[Finding]:
    """Of what changed in the last days: the newest line of the history must say where the request stands."""
    what = "Lịch sử không khớp tình trạng"
    recent = Registration.objects.filter(state_changed_at__gte=now - timedelta(days=7)).order_by("pk")
    last: dict[int, str] = {}
    for pk, to in (
        Transition.objects.filter(registration__in=recent).order_by("at", "id").values_list("registration", "to_state")
    ):
        last[pk] = to
    differing = (
        Finding(what, f"đang “{State(state).label}”", code)
        for pk, code, state in recent.values_list("pk", "code", "state")
        if last.get(pk) != state
    )
    return _first(what, differing)


def _outside_hours(now: datetime) -> list[Finding]:
    codes = dict(
        Registration.objects.filter(appointment__is_live=True, appointment__starts_at__gte=now).values_list(
            "appointment", "code"
        )
    )
    visits, slots = "Lịch hẹn ngoài giờ làm việc", "Khung giờ mở ngoài giờ làm việc"
    return [
        *_first(visits, (Finding(visits, _at(v), codes.get(v.pk, "")) for v in scheduling.misfits(now=now))),
        *_first(slots, (Finding(slots, _clock(s.starts_at)) for s in scheduling.slots_outside_hours(now=now))),
    ]


def _miscounted(now: datetime) -> list[Finding]:
    what = "Khung giờ đếm sai chỗ"
    rows = scheduling.miscounted_slots(now=now)
    words = (f"{_clock(start)}: ghi {said} chỗ đã đặt, thật có {real} lịch hẹn" for start, said, real in rows)
    return _first(what, (Finding(what, detail) for detail in words))


def _notices_owed(now: datetime) -> list[Finding]:
    """Reminders past due, calls that stand for a message nobody got, messages that have waited too long."""
    reminders, calls = "Nhắc hẹn chưa gửi", "Tin không tới mà chưa ai gọi báo"
    late = Reminder.objects.filter(sent_at__isnull=True, due_at__lt=now - timedelta(minutes=30)).exclude(
        registration__state__in=CLOSED_STATES
    )
    owed = ContactAttempt.objects.filter(outcome=ContactAttempt.Outcome.OWED, at__lt=now - timedelta(days=1))
    waiting = OutboundMessage.objects.filter(
        state__in=OutboundMessage.WAITING_STATES, next_attempt_at__lt=now - timedelta(hours=1)
    ).exclude(give_up_at__lt=F("next_attempt_at"))
    found = [
        *_first(
            reminders,
            (
                Finding(reminders, f"{row.get_kind_display()}, hạn {_clock(row.due_at)}", row.registration.code)
                for row in late.select_related("registration").order_by("due_at")
            ),
        ),
        *_first(
            calls,
            (
                Finding(calls, f"từ {_clock(row.at)}", row.registration.code)
                for row in owed.select_related("registration").order_by("at")
            ),
        ),
    ]
    if count := waiting.count():
        found.append(Finding("Tin nhắn chờ gửi quá một giờ", f"{count} tin, xem ở trang Zalo", count=count))
    return found


def _at(visit: Appointment | None) -> str:
    return _clock(visit.starts_at) if visit is not None else "chưa có giờ"


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"
