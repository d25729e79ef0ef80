from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.navigation import items_for


def office(request: HttpRequest) -> dict[str, Any]:
    """The office's name and place, and the navigation, for every template."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_place": settings.OFFICE_PLACE,
        "office_phone": settings.OFFICE_PHONE,
        "simulator_is_on": settings.ZALO_SIMULATOR,
        # Only pages with the navigation pay for its counts.
        "navigation": SimpleLazyObject(lambda: items_for(request, {})),
    }
