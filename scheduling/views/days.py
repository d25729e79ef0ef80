"""Days in addresses and the permissions of the boards."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from scheduling.words import parse_day

SEE = "scheduling.view_appointment"
CHANGE = "registrations.assign_registration"
MANAGE = "scheduling.change_appointment"


def day_from(request: HttpRequest) -> date:
    """The day a page's address names (`?ngay=2026-11-25`); today for none, and for nonsense with a word about it."""
    text = request.GET.get("ngay", "").strip()
    day = parse_day(text)
    if text and day is None:
        words = f"“{text[:20]}” không phải một ngày có trong lịch (viết như 25/11/2026), nên đây là hôm nay."
        messages.warning(request, words)
    return day or timezone.localdate()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
