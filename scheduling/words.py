"""Times and people as sentences need them."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError

from scheduling.hours import WEEKDAY_NAMES, ZONE


def when(at: datetime) -> str:
    """ "08:00 Thứ Tư 25/11"."""
    local = at.astimezone(ZONE)
    return f"{local:%H:%M} {WEEKDAY_NAMES[local.weekday()]} {local:%d/%m}"


def span(start: datetime, end: datetime) -> str:
    """ "08:00–09:00"; with the date where it ends on another day."""
    first, last = start.astimezone(ZONE), end.astimezone(ZONE)
    if first.date() == last.date():
        return f"{first:%H:%M}–{last:%H:%M}"
    return f"{first:%H:%M %d/%m} – {last:%H:%M %d/%m}"


def day_name(day: date) -> str:
    """ "Thứ Tư, 25/11/2026"."""
    return f"{WEEKDAY_NAMES[day.weekday()]}, {day:%d/%m/%Y}"


def sentence(text: str) -> str:
    """The text with its first letter capital, the rest untouched."""
    return text[:1].upper() + text[1:]


def parse_day(text: str) -> date | None:
    """A day as addresses (2026-11-25) or people (25/11/2026) write it; None for nonsense and years nobody plans in."""
    try:
        day = forms.DateField(required=False).clean(text)
    except ValidationError:
        return None
    return day if day and 2020 <= day.year <= 2100 else None
