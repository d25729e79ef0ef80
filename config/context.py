from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.navigation import Item, items_for
from registrations.services import waiting_for


def office(request: HttpRequest) -> dict[str, Any]:
    """The office's name and place, and the navigation, for every template."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_place": settings.OFFICE_PLACE,
        "office_phone": settings.OFFICE_PHONE,
        "simulator_is_on": settings.ZALO_SIMULATOR,
        # Only pages with the navigation pay for its counts.
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
    }


def _navigation(request: HttpRequest) -> list[Item]:
    return items_for(request, waiting_for(request.user)) if isinstance(request.user, User) else []
