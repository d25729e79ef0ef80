"""Days in addresses and the permissions of the boards."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.utils import timezone

SEE = "scheduling.view_appointment"
CHANGE = "registrations.assign_registration"
MANAGE = "scheduling.change_appointment"


def day_from(request: HttpRequest, name: str = "ngay") -> date:
    """The day an address names (`?ngay=2026-11-25`), today for none or nonsense."""
    return parse_day(request.GET.get(name, "")) or timezone.localdate()


def parse_day(text: str) -> date | None:
    """A day as addresses and date fields write it; None for nonsense and for years nobody plans in."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2100 else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
