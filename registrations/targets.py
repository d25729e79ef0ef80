"""What the office has promised itself, and which requests will break it: shown before it happens.

The targets are settings (`WorkRules`). A request stands here once its time is near, and until somebody has acted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from registrations.models import Registration, WorkRules
from registrations.queue import silent_since
from registrations.states import State
from scheduling import services as scheduling

LISTED = 200
KEPT_S = 30
# Until somebody is sent, a visit can still be missed.
NOT_YET_THERE = (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED, State.NO_SHOW)


@dataclass(frozen=True)
class Due:
    """One request and its target. `why` says what is known of it."""

    code: str
    name: str
    due_at: datetime
    is_late: bool
    why: str


@dataclass(frozen=True)
class Target:
    """A target, its setting in words, and what breaks it, the most pressing first."""

    slug: str
    title: str
    rule: str
    dues: list[Due]

    @property
    def late(self) -> str:
        """How many are late, "" for none; a list that is full says that there may be more."""
        return self._said(sum(due.is_late for due in self.dues))

    @property
    def soon(self) -> str:
        return self._said(sum(not due.is_late for due in self.dues))

    def _said(self, count: int) -> str:
        return f"{count}{'+' if len(self.dues) >= LISTED else ''}" if count else ""


@dataclass(frozen=True)
class Summary:
    """A target and how many are late or soon will be, in words: nobody's name, so that it can be kept."""

    slug: str
    title: str
    rule: str
    late: str
    soon: str


def overview(now: datetime) -> list[Summary]:
    """The counts of every target, at most half a minute old."""
    known: list[Summary] | None = cache.get("registrations:targets")
    if known is None:
        known = [Summary(t.slug, t.title, t.rule, t.late, t.soon) for t in standing(now)]
        cache.set("registrations:targets", known, KEPT_S)
    return known


def standing(now: datetime) -> list[Target]:
    """Every target with what is late and what soon will be, at most LISTED requests each. As many queries for all."""
    rules = WorkRules.current()
    found = (
        ("goi", "Gọi xác minh", f"trong {rules.call_within_minutes} phút làm việc", _calls(now, rules)),
        ("phan-cong", "Phân công", f"trước giờ hẹn {rules.assign_before_hours} giờ", _assignments(now, rules)),
        ("den-nha", "Đến nhà", f"trong {rules.visit_within_days} ngày làm việc", _visits(now, rules)),
        ("bao-ket-qua", "Báo kết quả", "khi hết giờ hẹn", _results(now)),
        ("bo-sung", "Người dân bổ sung", f"trong {rules.needs_info_days} ngày làm việc", _answers(now, rules)),
    )
    return [
        Target(slug, title, rule, sorted(dues, key=lambda due: due.due_at)[:LISTED])
        for slug, title, rule, dues in found
    ]


def _calls(now: datetime, rules: WorkRules) -> Iterator[Due]:
    border = now + timedelta(minutes=rules.warn_before_minutes)
    for row in _first(Registration.objects.filter(state=State.SUBMITTED, call_due_at__lt=border), "call_due_at"):
        if row.call_due_at is not None:
            why = f"đã gọi {row.missed_calls} lần chưa gặp" if row.missed_calls else "chưa gọi"
            yield _due(row, row.call_due_at, now, why)


def _assignments(now: datetime, rules: WorkRules) -> Iterator[Due]:
    lead = timedelta(hours=rules.assign_before_hours)
    border = now + lead + timedelta(hours=rules.warn_before_hours)
    waiting = Registration.objects.filter(
        state=State.VERIFIED, appointment__is_live=True, appointment__starts_at__lt=border
    )
    for row in _first(waiting, "appointment__starts_at"):
        if row.appointment is not None:
            yield _due(row, row.appointment.starts_at - lead, now, f"hẹn {_clock(row.appointment.starts_at)}")


def _visits(now: datetime, rules: WorkRules) -> Iterator[Due]:
    """Booked for later than promised, or with no time at all while the days run out."""
    # So many working days never take fewer calendar days: whoever is within those needs no look at the calendar.
    shortest = timedelta(days=rules.visit_within_days)
    booked_late = Q(appointment__is_live=True, appointment__starts_at__gt=F("created_at") + shortest)
    without_time = Q(appointment__isnull=True) | Q(appointment__is_live=False) | Q(state=State.NO_SHOW)
    near = Q(created_at__lt=now - shortest + timedelta(hours=rules.warn_before_hours))
    open_ones = Registration.objects.filter(state__in=NOT_YET_THERE).filter(booked_late | (without_time & near))
    # An expression, so that the open states lead to the rows: in order of coming in a million closed ones stand first.
    # Many of them: most are booked within their working days after all.
    rows = list(_first(open_ones, F("created_at") + timedelta(0), most=5 * LISTED))
    for row, due in zip(rows, _deadlines([row.created_at for row in rows], rules.visit_within_days), strict=True):
        visit = row.appointment if row.state != State.NO_SHOW else None
        if visit is not None and visit.is_live:
            if visit.starts_at > due:
                yield _due(row, due, now, f"hẹn {_clock(visit.starts_at)}, sau hạn")
        elif due < now + timedelta(hours=rules.warn_before_hours):
            yield _due(row, due, now, "chưa có giờ hẹn")


def _results(now: datetime) -> Iterator[Due]:
    over = Registration.objects.filter(
        state__in=[State.ASSIGNED, State.IN_PROGRESS], appointment__is_live=True, appointment__ends_at__lt=now
    )
    for row in _first(over, "appointment__ends_at"):
        if row.appointment is not None:
            yield _due(row, row.appointment.ends_at, now, str(row.get_state_display()).lower())


def _answers(now: datetime, rules: WorkRules) -> Iterator[Due]:
    tomorrow = timezone.localdate(now + timedelta(hours=rules.warn_before_hours))
    border = silent_since(tomorrow, rules.needs_info_days) + timedelta(days=1)
    asked = Registration.objects.filter(state=State.NEEDS_INFO, state_changed_at__lt=border)
    rows = list(_first(asked, "state_changed_at"))
    for row, due in zip(rows, _deadlines([row.state_changed_at for row in rows], rules.needs_info_days), strict=True):
        if due < now + timedelta(hours=rules.warn_before_hours):
            yield _due(row, due, now, row.state_reason)


def _first(rows: QuerySet[Registration], by: str | Combinable, most: int = LISTED) -> QuerySet[Registration]:
    return rows.select_related("citizen", "appointment").order_by(by, "pk")[:most]


def _due(row: Registration, due_at: datetime, now: datetime, why: str) -> Due:
    return Due(row.code, row.citizen.name, due_at, due_at < now, why)


def _deadlines(starts: list[datetime], working_days: int) -> list[datetime]:
    """The end of the last of so many working days after each moment."""
    last_days = scheduling.each_working_day_after({timezone.localdate(at) for at in starts}, working_days)
    return [_end_of(last_days[timezone.localdate(at)]) for at in starts]


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m}"
