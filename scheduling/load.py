"""How full days, people and wards are: the week and month boards."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.board import given_name_key
from scheduling.hours import WEEKDAY_NAMES, ZONE, current_calendar, day_bounds
from scheduling.models import LIVE, Absence, Appointment, Assignment, Slot, StaffMember


@dataclass(frozen=True)
class DayLoad:
    """One day: visits, how many nobody goes to yet, places still free, why it is closed ("" when open)."""

    day: date
    weekday: str
    visits: int
    unassigned: int
    free: int
    closed_because: str


@dataclass(frozen=True)
class PersonDay:
    day: date
    visits: int
    minutes: int
    away: str


@dataclass(frozen=True)
class PersonLoad:
    id: int
    name: str
    days: list[PersonDay]

    @property
    def visits(self) -> int:
        return sum(day.visits for day in self.days)

    @property
    def hours(self) -> float:
        return sum(day.minutes for day in self.days) / 60


@dataclass(frozen=True)
class Load:
    days: list[DayLoad]
    people: list[PersonLoad]
    wards: list[tuple[str, list[int]]] = field(default_factory=list)


def load_between(first: date, last: date) -> Load:
    """Both days included. Eight queries."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    calendar = current_calendar()
    visits = list(
        Appointment.objects.filter(is_live=True, starts_at__gte=start, starts_at__lt=end).values_list(
            "pk", "starts_at", "ends_at", "ward__short_name"
        )
    )
    going = list(
        Assignment.objects.filter(
            LIVE, appointment__is_live=True, appointment__starts_at__gte=start, appointment__starts_at__lt=end
        ).values_list("appointment_id", "staff_id")
    )
    taken = {visit_id for visit_id, _ in going}
    per_day = Counter(_day(begins) for _, begins, _, _ in visits)
    loose = Counter(_day(begins) for visit_id, begins, _, _ in visits if visit_id not in taken)
    free = _free_places(start, end)
    return Load(
        days=[
            DayLoad(
                day=day,
                weekday=WEEKDAY_NAMES[day.weekday()],
                visits=per_day[day],
                unassigned=loose[day],
                free=free.get(day, 0),
                closed_because=calendar.closed_because(day),
            )
            for day in days
        ],
        people=_people(days, visits, going, _away(start, end)),
        wards=_wards(days, visits),
    )


VisitRow = tuple[int, datetime, datetime, str]


def _people(
    days: list[date], visits: list[VisitRow], going: list[tuple[int, int]], away: dict[tuple[int, date], str]
) -> list[PersonLoad]:
    spans = {visit_id: (begins, ends) for visit_id, begins, ends, _ in visits}
    counts: Counter[tuple[int, date]] = Counter()
    minutes: Counter[tuple[int, date]] = Counter()
    for visit_id, staff_id in going:
        begins, ends = spans[visit_id]
        counts[staff_id, _day(begins)] += 1
        minutes[staff_id, _day(begins)] += int((ends - begins).total_seconds() // 60)
    people = StaffMember.objects.filter(is_active=True).values_list("pk", "name")
    return [
        PersonLoad(
            id=pk,
            name=name,
            days=[PersonDay(day, counts[pk, day], minutes[pk, day], away.get((pk, day), "")) for day in days],
        )
        for pk, name in sorted(people, key=lambda row: given_name_key(row[1]))
    ]


def _wards(days: list[date], visits: list[VisitRow]) -> list[tuple[str, list[int]]]:
    per_ward: dict[str, Counter[date]] = defaultdict(Counter)
    for _, begins, _, ward in visits:
        per_ward[ward][_day(begins)] += 1
    return [(ward, [per_ward[ward][day] for day in days]) for ward in sorted(per_ward)]


def _free_places(start: datetime, end: datetime) -> dict[date, int]:
    rows = Slot.objects.filter(is_open=True, starts_at__gte=max(start, timezone.now()), starts_at__lt=end)
    free: Counter[date] = Counter()
    for begins, capacity, booked in rows.values_list("starts_at", "capacity", "booked"):
        free[_day(begins)] += capacity - booked
    return dict(free)


def _away(start: datetime, end: datetime) -> dict[tuple[int, date], str]:
    found: dict[tuple[int, date], str] = {}
    for staff_id, period, reason in Absence.objects.filter(period__overlap=(start, end)).values_list(
        "staff", "period", "reason"
    ):
        day, last = _day(max(period.lower, start)), _day(min(period.upper, end) - timedelta(microseconds=1))
        while day <= last:
            found[staff_id, day] = Absence.Reason(reason).label.lower()
            day += timedelta(days=1)
    return found


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
