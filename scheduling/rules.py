"""The office's booking rules, with the defaults that hold until somebody edits them."""

from scheduling.models import BookingRules


def current_rules() -> BookingRules:
    """The one row, or unsaved defaults where nobody has edited them."""
    return BookingRules.objects.filter(pk=1).first() or BookingRules(pk=1)
