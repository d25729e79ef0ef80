"""How requests are written on screen."""

from datetime import datetime
from typing import Any

from django.template import Library
from django.utils import timezone

from registrations import rows, wordings
from registrations.models import Registration
from registrations.phones import mask_phone, show_phone
from registrations.queue import COUNT_UP_TO
from scheduling.services import staff_name

register = Library()

register.filter("phone", show_phone)
register.filter("masked", mask_phone)
register.filter("short_when", wordings.short_when)
register.filter("long_day", wordings.long_day)
register.filter("lead_of", wordings.lead_of)


@register.filter
def headline(registration: Registration) -> rows.Headline:
    return rows.headline(rows.facts_of(registration), timezone.now())


@register.filter
def span(appointment: Any) -> str:
    return wordings.long_span(appointment.starts_at, appointment.ends_at)


@register.filter
def clock_or_day(at: datetime) -> str:
    return wordings.clock_or_day(at, timezone.now())


@register.filter
def capped(count: int) -> str:
    """A count that stopped at its limit says so."""
    return f"{COUNT_UP_TO}+" if count > COUNT_UP_TO else str(count)


@register.filter
def person(user: Any) -> str:
    """A member of staff by full name, else by the name they sign in with."""
    return staff_name(user) if user is not None else ""


@register.filter
def unlocalize_number(number: float) -> str:
    """A coordinate: SVG wants a point where Vietnamese writes a comma."""
    return f"{number:g}"
