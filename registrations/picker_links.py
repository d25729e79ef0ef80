"""Links to the page of open times: signed, short-lived, naming a draft or a request by its number and nothing else.

Whoever holds a link may act on that one visit, so it is sent only into the citizen's own chat and dies after some days.
"""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing
from django.urls import reverse

from registrations.models import Dialogue, Registration

SALT = "registrations.picker"
DRAFT_DAYS = 3
VISIT_DAYS = 7


class LinkExpired(Exception):
    """It was ours, but is too old."""


class LinkUnknown(Exception):
    """It was never ours, or was changed on the way."""


@dataclass(frozen=True)
class LinkTarget:
    """`draft`: a dialogue's number and the draft it was made for. `visit`: a registration's number."""

    kind: Literal["draft", "visit"]
    number: int
    draft: str = ""


def _url(facts: list[str | int]) -> str:
    token = signing.dumps(facts, salt=SALT, compress=True)
    return settings.PUBLIC_URL.rstrip("/") + reverse("citizen:picker", args=[token])


def draft_link(dialogue: Dialogue) -> str:
    """The full address for choosing the time of the draft in this dialogue."""
    return _url(["d", dialogue.pk, str(dialogue.data.get("draft", ""))])


def visit_link(registration: Registration) -> str:
    """The full address for seeing, changing or cancelling a booked visit."""
    return _url(["v", registration.pk])


def read_token(token: str) -> LinkTarget:
    """What a token names. Raises LinkExpired or LinkUnknown."""
    try:
        facts = signing.loads(token, salt=SALT, max_age=VISIT_DAYS * 86400)
        if facts[0] == "d":
            signing.loads(token, salt=SALT, max_age=DRAFT_DAYS * 86400)
            return LinkTarget("draft", int(facts[1]), str(facts[2]))
        return LinkTarget("visit", int(facts[1]))
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError, TypeError, IndexError, KeyError, UnicodeError) as error:
        raise LinkUnknown from error
