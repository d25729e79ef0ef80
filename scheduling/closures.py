"""Shutting a day or part of one. Existing visits stay until somebody rehomes them; none slips in meanwhile."""

from collections.abc import Sequence
from datetime import date, time

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from scheduling.errors import SchedulingError
from scheduling.hours import OfficeCalendar, current_calendar, day_bounds, on
from scheduling.models import OVER, Appointment, Closure, Slot
from scheduling.slots import open_slots


def visits_in(day: date, starts_at: time | None = None, ends_at: time | None = None) -> list[Appointment]:
    """Live visits to come that touch a day, or a stretch of it, in order."""
    start, end = day_bounds(day)
    if starts_at and ends_at:
        start, end = on(day, starts_at), on(day, ends_at)
    # What has begun or was made early is behind us: there is nobody left to move or to call.
    rows = Appointment.objects.filter(is_live=True, starts_at__lt=end, ends_at__gt=start, starts_at__gt=timezone.now())
    rows = rows.exclude(registration__state__in=OVER)
    return list(rows.select_related("ward", "slot", "field", "registration__citizen").order_by("starts_at", "pk"))


def close(
    *,
    day: date,
    name: str,
    by: User | None,
    starts_at: time | None = None,
    ends_at: time | None = None,
    source: str = "",
) -> list[Appointment]:
    """Enter a confirmed closure and return the visits it hits.

    The slots are shut before the visits are read: a booking that commits before that is in the list, one that comes
    after finds its slot shut. So no visit is both booked and unseen.
    """
    if (starts_at is None) != (ends_at is None) or (starts_at and ends_at and ends_at <= starts_at):
        raise SchedulingError("Giờ kết thúc phải sau giờ bắt đầu; nghỉ cả ngày thì để trống cả hai.")
    with transaction.atomic():
        row, _ = Closure.objects.update_or_create(
            date=day,
            kind=Closure.Kind.OFF,
            starts_at=starts_at,
            defaults={
                "ends_at": ends_at,
                "name": name,
                "source": source,
                "status": Closure.Status.CONFIRMED,
                "decided_by": by,
                "decided_at": timezone.now(),
            },
        )
        _shut_slots(row.date, current_calendar())
        return visits_in(day, starts_at, ends_at)


def decide(*, days: Sequence[Closure], status: str, by: User) -> None:
    """Confirm or dismiss proposed days; their slots follow at once."""
    with transaction.atomic():
        ids = [closure.pk for closure in days]
        Closure.objects.filter(pk__in=ids).update(status=status, decided_by=by, decided_at=timezone.now())
        calendar = current_calendar()
        for day in sorted({closure.date for closure in days}):
            _shut_slots(day, calendar)
        open_slots()


def _shut_slots(day: date, calendar: OfficeCalendar) -> None:
    """Shut the slots of a day that no longer lie in open hours, locked in order."""
    start, end = day_bounds(day)
    slots = Slot.objects.select_for_update().filter(starts_at__gte=start, starts_at__lt=end).order_by("pk")
    shut = []
    for slot in slots:
        closes = calendar.closes_after(slot.starts_at)
        if slot.is_open and (closes is None or slot.ends_at > closes):
            shut.append(slot.pk)
    Slot.objects.filter(pk__in=shut).update(is_open=False)
