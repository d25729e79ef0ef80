from typing import Any

from django.conf import settings
from django.http import HttpRequest


def office(request: HttpRequest) -> dict[str, Any]:
    """The office's name and place, for every template."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_place": settings.OFFICE_PLACE,
        "office_phone": settings.OFFICE_PHONE,
        "simulator_is_on": settings.ZALO_SIMULATOR,
    }
