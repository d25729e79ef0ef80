"""Opening slots ahead of time, and keeping their places true to who can go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from scheduling.hours import ZONE, OfficeCalendar, current_calendar, day_bounds, on
from scheduling.models import OVER, Absence, Appointment, Slot, StaffMember
from scheduling.rules import current_rules

# (start, end) of one slot
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Opened:
    """What one run changed: slots added, reopened or refitted, shut."""

    added: int
    refitted: int
    shut: int


def spans_on(calendar: OfficeCalendar, day: date, slot_minutes: int) -> list[Span]:
    """The slots of a day: back to back from each opening, none running past a closing minute."""
    length = timedelta(minutes=slot_minutes)
    spans = []
    for opens, closes in calendar.hours_on(day):
        start = on(day, opens)
        while start + length <= on(day, closes):
            spans.append((start, start + length))
            start += length
    return spans


def who_can_go(span: Span, *, people: Sequence[int], absences: Sequence[tuple[int, datetime, datetime]]) -> int:
    """How many of these people are not away at any moment of the slot."""
    start, end = span
    away = {staff for staff, begins, ends in absences if begins < end and start < ends}
    return len(set(people) - away)


def open_slots(*, now: datetime | None = None, horizon_days: int | None = None) -> Opened:
    """Open the slots of the coming working days (the rules say how many) and refit those already there.

    Safe to run at any time and twice at once. Slots set by hand are left alone; booked places are never taken back:
    where fewer people can go than places are booked, the slot is simply full (the board lists what cannot be served).
    """
    now = now or timezone.now()
    rules, calendar = current_rules(), current_calendar()
    today = now.astimezone(ZONE).date()
    last = calendar.working_days_after(today, horizon_days or rules.horizon_days)
    first_moment, last_moment = day_bounds(today)[0], day_bounds(last)[1]
    people = list(StaffMember.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    absences = [
        (staff, period.lower, period.upper)
        for staff, period in Absence.objects.filter(period__overlap=(first_moment, last_moment)).values_list(
            "staff", "period"
        )
    ]
    wanted: dict[datetime, Span] = {}
    for offset in range((last - today).days + 1):
        for span in spans_on(calendar, today + timedelta(days=offset), rules.slot_minutes):
            wanted[span[0]] = span
    with transaction.atomic():
        there = {
            slot.starts_at: slot for slot in Slot.objects.filter(starts_at__gte=first_moment, starts_at__lt=last_moment)
        }
        shut = _shut(slot for start, slot in there.items() if start not in wanted)
        left_over = _visits_outside(wanted, first_moment, last_moment)
        new: list[Slot] = []
        amiss: dict[int, tuple[datetime, int, int]] = {}
        for start, span in sorted(wanted.items()):
            able = who_can_go(span, people=people, absences=absences)
            able = max(0, able - sum(1 for begins, ends in left_over if begins < span[1] and span[0] < ends))
            allowed = (span[1], able, rules.reserved_places)
            slot = there.get(start)
            if slot is None:
                slot = Slot(starts_at=start)
                _fit(slot, *allowed)
                new.append(slot)
            elif not slot.is_set_by_hand and _fit(slot, *allowed):
                amiss[slot.pk] = allowed
        refitted = _refit(amiss)
        Slot.objects.bulk_create(new, ignore_conflicts=True)
    return Opened(added=len(new), refitted=refitted, shut=shut)


def _fit(slot: Slot, ends_at: datetime, able: int, reserve: int) -> bool:
    """Bring one slot to what the day allows; whether that changed it. Nothing is stored."""
    before = (slot.capacity, slot.reserved, slot.is_open, slot.ends_at)
    slot.capacity = max(slot.booked, able)
    # However few can go, one place stays for the public.
    slot.reserved = min(reserve, max(0, slot.capacity - 1))
    slot.is_open, slot.ends_at = True, ends_at
    return before != (slot.capacity, slot.reserved, slot.is_open, slot.ends_at)


def _refit(amiss: Mapping[int, tuple[datetime, int, int]]) -> int:
    """Refit those that were amiss when they were read: read again, so that nobody books in them meanwhile."""
    locked = list(Slot.objects.select_for_update().filter(pk__in=amiss, is_set_by_hand=False).order_by("pk"))
    changed = [slot for slot in locked if _fit(slot, *amiss[slot.pk])]
    return Slot.objects.bulk_update(changed, ["capacity", "reserved", "is_open", "ends_at"])


def _shut(slots: Iterable[Slot]) -> int:
    ids = sorted(slot.pk for slot in slots if slot.is_open and not slot.is_set_by_hand)
    return Slot.objects.filter(pk__in=ids).update(is_open=False)


def _visits_outside(wanted: dict[datetime, Span], first: datetime, last: datetime) -> list[Span]:
    """Live visits booked under earlier hours: they keep people busy though their slot is gone."""
    rows = Appointment.objects.filter(is_live=True, starts_at__gte=first, starts_at__lt=last)
    return [span for span in rows.values_list("starts_at", "ends_at") if span[0] not in wanted]


def misfits(*, now: datetime | None = None) -> list[Appointment]:
    """Coming visits that no longer fit the office hours (after a change of hours or a closure), in order."""
    now = now or timezone.now()
    calendar = current_calendar()
    coming = Appointment.objects.filter(is_live=True, starts_at__gt=now).exclude(registration__state__in=OVER)
    coming = coming.select_related("ward", "slot", "field", "registration__citizen")
    found = []
    for visit in coming.order_by("starts_at", "pk"):
        closes = calendar.closes_after(visit.starts_at)
        if closes is None or visit.ends_at > closes:
            found.append(visit)
    return found
