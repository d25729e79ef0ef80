"""The office's booking rules, with the defaults that hold until somebody edits them."""

from datetime import timedelta

from django.core.cache import cache

from scheduling.models import BookingRules


def current_rules() -> BookingRules:
    """The one row, or unsaved defaults where nobody has edited them."""
    return BookingRules.objects.filter(pk=1).first() or BookingRules(pk=1)


def late_after() -> timedelta:
    """How long after the expected time somebody who has not arrived is late; a minute old at most."""
    minutes = cache.get_or_set("scheduling-late-after", lambda: current_rules().late_after_minutes, 60)
    return timedelta(minutes=minutes or BookingRules().late_after_minutes)
