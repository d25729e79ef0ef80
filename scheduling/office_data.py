"""First data of a new office: hours, travel minutes, rules, this and next year's holidays, slots."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from scheduling.holiday_proposals import propose_holidays
from scheduling.hours import USUAL_WEEK, ZONE
from scheduling.models import BookingRules, TravelTime, WorkingHours
from scheduling.slots import Opened, open_slots
from scheduling.travel import USUAL_MINUTES

FIRST_DAY = date(2024, 1, 1)


def prepare_office(*, now: datetime | None = None) -> Opened:
    """Enter what is still missing and open the slots; what the office has entered is left alone. Safe to run again."""
    now = now or timezone.now()
    with transaction.atomic():
        if not WorkingHours.objects.exists():
            WorkingHours.objects.bulk_create(
                WorkingHours(weekday=row.weekday, opens_at=row.opens_at, closes_at=row.closes_at, valid_from=FIRST_DAY)
                for row in USUAL_WEEK
            )
        for distance, minutes in USUAL_MINUTES.items():
            TravelTime.objects.get_or_create(distance=distance, defaults={"minutes": minutes})
        BookingRules.objects.get_or_create(pk=1)
        year = now.astimezone(ZONE).year
        for each in (year, year + 1):
            propose_holidays(year=each)
    return open_slots(now=now)
