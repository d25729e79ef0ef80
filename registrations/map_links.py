"""A place on a map of somebody else's, for who has to find the door. What that map is told: docs/decisions/0061."""

from urllib.parse import quote

from django.conf import settings

from scheduling.services import Ward


def map_url(address_line: str, ward: Ward | None) -> str:
    """Where a press on "Bản đồ" leads: the house, ward and province, never who lives there. "": maps are off."""
    if not settings.MAP_URL:
        return ""
    place = [address_line, ward.name, ward.province] if ward is not None else [address_line]
    # As people write it, without the kind: maps know "Khánh Hòa" better than "Tỉnh Khánh Hòa".
    words = [part.removeprefix("Tỉnh ").removeprefix("Thành phố ").strip() for part in place]
    return settings.MAP_URL.replace("{place}", quote(", ".join(word for word in words if word), safe=""))
