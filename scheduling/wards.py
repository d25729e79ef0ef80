"""The wards of today that this office serves."""

from scheduling.models import Ward


def served_wards() -> list[Ward]:
    """Today's wards in the served area, by name."""
    return list(Ward.objects.filter(is_served=True, valid_to__isnull=True).order_by("name"))
