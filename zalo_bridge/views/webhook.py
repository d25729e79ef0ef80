"""Where Zalo posts its events."""

import logging
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zalo_bridge import intake

log = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Store first, answer 200, work later. 503 only when the event could not be stored: Zalo then delivers it again."""
    try:
        raw = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return empty(200)
    try:
        intake.receive(raw, intake.headers_of(request.META))
    except DatabaseError as error:
        log.error("Webhook: event not stored (%s), Zalo will deliver it again", type(error).__name__)
        return empty(503)
    return empty(200)


def empty(status: int) -> HttpResponse:
    """With its length, or the server sends the nothing in chunks: a second packet for each event."""
    return HttpResponse(status=status, headers={"Content-Length": "0"})


class WebhookFirst:
    """Middleware, the first of all: the webhook needs no session, user, policy or redirect, and they cost more than it.

    It is protected by its signature alone, whatever the host name and the scheme; the answer has no content.
    """

    PATHS = frozenset({"/zalo/webhook/", "/zalo/webhook"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in self.PATHS:
            return webhook(request)
        return self.get_response(request)
