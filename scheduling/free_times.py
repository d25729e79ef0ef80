"""Which times are free: plain functions over the slots of a day, and the searches built on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils import timezone

from scheduling.hours import ZONE, OfficeCalendar, day_bounds
from scheduling.models import BookingRules, Slot, Ward
from scheduling.office_facts import OfficeFacts, office_facts
from scheduling.room import room_in

Audience = Literal["public", "staff"]
DayPart = Literal["morning", "noon", "afternoon"]
USUAL_VISIT_MINUTES = 45


@dataclass(frozen=True)
class FreeSlot:
    """A start time with room. `places` is how many more bookings of that audience, length and ward fit at least."""

    id: int
    starts_at: datetime
    ends_at: datetime
    places: int


@dataclass(frozen=True)
class FreeDay:
    """A day of the picker. `closed_because` names the holiday or weekday when the office is shut, else ""."""

    day: date
    is_open: bool
    closed_because: str
    slots: list[FreeSlot] = field(default_factory=list)


@dataclass(frozen=True)
class SlotFacts:
    """What the search needs to know of a slot."""

    id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    reserved: int
    booked: int
    booked_by_staff: int
    is_open: bool = True

    def places(self, audience: Audience) -> int:
        """Free places for that audience: staff bookings use the reserve first, so both pools stay whole."""
        if audience == "staff":
            return self.capacity - self.booked
        kept = max(self.reserved, self.booked_by_staff)
        return max(0, self.capacity - kept - (self.booked - self.booked_by_staff))


def held_slots(*, start: SlotFacts, of_the_day: Iterable[SlotFacts], busy_until: datetime) -> list[SlotFacts]:
    """The slots in which a visit keeps a person busy: its own and each later one it runs into, travel included."""
    later = [slot for slot in of_the_day if start.starts_at < slot.starts_at < busy_until]
    return [start, *sorted(later, key=lambda slot: slot.starts_at)]


def fits_before_closing(calendar: OfficeCalendar, starts_at: datetime, minutes: int) -> bool:
    """Whether a visit begins in an open stretch and ends by its closing minute."""
    closes = calendar.closes_after(starts_at)
    return closes is not None and starts_at + timedelta(minutes=minutes) <= closes


def free_among(
    slots: Sequence[SlotFacts],
    *,
    minutes: int,
    travel_minutes: int,
    audience: Audience,
    calendar: OfficeCalendar,
    room: Mapping[int, int] | None = None,
) -> list[FreeSlot]:
    """The slots of one day in which a visit of that length still fits, in order.

    `room`: slot id → how many visits of the citizen's ward are left, where that may be fewer than the places.
    """
    room = room or {}
    free = []
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    for slot in ordered:
        if not slot.is_open or not slot.places(audience) or not fits_before_closing(calendar, slot.starts_at, minutes):
            continue
        busy_until = slot.starts_at + timedelta(minutes=minutes + travel_minutes)
        held = held_slots(start=slot, of_the_day=ordered, busy_until=busy_until)
        places = min(min(each.places(audience), room.get(each.id, each.capacity)) for each in held)
        if places > 0:
            free.append(FreeSlot(id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, places=places))
    return free


def booking_window(
    *, calendar: OfficeCalendar, rules: BookingRules, audience: Audience, now: datetime
) -> tuple[datetime, datetime | None]:
    """The first and last moment a visit may start. Staff may book anything still to come."""
    if audience == "staff":
        return now, None
    soonest = calendar.add_working_minutes(now, rules.soonest_minutes)
    last_day = calendar.working_days_after(now.astimezone(ZONE).date(), rules.latest_days)
    return soonest, day_bounds(last_day)[1]


def free_days(
    *,
    days: int = 14,
    audience: Audience = "public",
    minutes: int = USUAL_VISIT_MINUTES,
    now: datetime | None = None,
    first: date | None = None,
    ward: Ward | None = None,
) -> list[FreeDay]:
    """Each calendar day from today (or `first`) on, open or closed, with its free times. Two queries.

    `ward`: only times at which somebody who covers it is left (for citizens; three queries more where some of the crew
    do not cover it and a slot has filled up so far that it matters).
    """
    now = now or timezone.now()
    office = office_facts()
    calendar = office.calendar
    start = first or now.astimezone(ZONE).date()
    window = booking_window(calendar=calendar, rules=office.rules, audience=audience, now=now)
    by_day = slots_by_day(first=start, last=start + timedelta(days=days - 1), window=window)
    room = {}
    if ward is not None and audience == "public":
        room = _room_for(ward, [slot for day in by_day.values() for slot in day], office)
    found = []
    for day in (start + timedelta(days=offset) for offset in range(days)):
        slots = free_among(
            by_day.get(day, []),
            minutes=minutes,
            travel_minutes=office.least_ride,
            audience=audience,
            calendar=calendar,
            room=room,
        )
        is_open = bool(calendar.hours_on(day))
        found.append(FreeDay(day=day, is_open=is_open, closed_because=calendar.closed_because(day), slots=slots))
    return found


def _room_for(ward: Ward, slots: Iterable[SlotFacts], office: OfficeFacts) -> dict[int, int]:
    """Slot id → how many visits of the ward are left at least. People are matched only where counting leaves a doubt:
    where those left over might all be people who do not cover it."""
    strangers = office.strangers(ward.pk)
    if not strangers:
        return {}
    room = {slot.id: slot.capacity - strangers - slot.booked for slot in slots if slot.places("public")}
    doubtful = [slot_id for slot_id, places in room.items() if places <= 0]
    return room | (room_in(doubtful, ward_id=ward.pk, office=office) if doubtful else {})


def slots_by_day(*, first: date, last: date, window: tuple[datetime, datetime | None]) -> dict[date, list[SlotFacts]]:
    """Open slots that start within the window, by day (one query)."""
    soonest, latest = window
    rows = Slot.objects.filter(
        starts_at__gte=max(day_bounds(first)[0], soonest), starts_at__lt=day_bounds(last)[1], is_open=True
    )
    if latest is not None:
        rows = rows.filter(starts_at__lt=latest)
    by_day: dict[date, list[SlotFacts]] = {}
    for row in rows.order_by("starts_at").values_list(*SLOT_COLUMNS):
        slot = SlotFacts(*row)
        by_day.setdefault(slot.starts_at.astimezone(ZONE).date(), []).append(slot)
    return by_day


SLOT_COLUMNS = ("id", "starts_at", "ends_at", "capacity", "reserved", "booked", "booked_by_staff", "is_open")


def nearest_free(
    *,
    count: int = 3,
    after: datetime | None = None,
    part: DayPart | None = None,
    minutes: int = USUAL_VISIT_MINUTES,
    audience: Audience = "public",
    now: datetime | None = None,
    ward: Ward | None = None,
) -> list[FreeSlot]:
    """The first free times from `after` on (from now if not given), of that part of the day if one is named."""
    now = now or timezone.now()
    first = max(after or now, now).astimezone(ZONE).date()
    everything = free_days(days=60, audience=audience, minutes=minutes, now=now, first=first, ward=ward)
    return list(_first(count, _from(everything, after, part)))


def find_slot(
    *,
    starts_at: datetime,
    minutes: int = USUAL_VISIT_MINUTES,
    audience: Audience = "public",
    now: datetime | None = None,
    ward: Ward | None = None,
) -> FreeSlot | None:
    """The slot that starts exactly then, if a visit of that length may still be booked in it."""
    day = starts_at.astimezone(ZONE).date()
    (found,) = free_days(days=1, first=day, audience=audience, minutes=minutes, now=now, ward=ward)
    return next((slot for slot in found.slots if slot.starts_at == starts_at), None)


def _from(days: Iterable[FreeDay], after: datetime | None, part: DayPart | None) -> Iterator[FreeSlot]:
    for free_day in days:
        for slot in free_day.slots:
            if (after is None or slot.starts_at >= after) and (part is None or _is_in(slot.starts_at, part)):
                yield slot


def _first(count: int, slots: Iterator[FreeSlot]) -> Iterator[FreeSlot]:
    for _, slot in zip(range(count), slots, strict=False):
        yield slot


def _is_in(at: datetime, part: DayPart) -> bool:
    day = at.astimezone(ZONE).date()
    bounds = {"morning": (0, 12), "noon": (10, 14), "afternoon": (12, 24)}[part]
    opens, closes = (day_bounds(day)[0] + timedelta(hours=hour) for hour in bounds)
    return opens <= at < closes
