from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.navigation import Item, items_for
from registrations.services import waiting_for
from zalo_bridge.services import standing_still


def office(request: HttpRequest) -> dict[str, Any]:
    """The office's name and place, and the navigation, for every template."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_place": settings.OFFICE_PLACE,
        "office_phone": settings.OFFICE_PHONE,
        "simulator_is_on": settings.ZALO_SIMULATOR,
        "zalo_stands_still": SimpleLazyObject(lambda: _standing_still(request)),
        # Only pages with the navigation pay for its counts.
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
    }


def _standing_still(request: HttpRequest) -> list[str]:
    """For staff: why no messages leave at the moment. No query, see the bridge."""
    return standing_still() if isinstance(getattr(request, "user", None), User) else []


def _navigation(request: HttpRequest) -> list[Item]:
    return items_for(request, waiting_for(request.user)) if isinstance(request.user, User) else []
