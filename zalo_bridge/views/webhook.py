"""Where Zalo posts its events."""

import logging

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
    """Store first, answer 200, work later. 503 only when the event could not be stored, so that Zalo delivers it again."""
    try:
        raw = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return HttpResponse(status=200)
    try:
        intake.receive(raw, request.headers)
    except DatabaseError as error:
        log.error("Webhook: event not stored (%s), Zalo will deliver it again", type(error).__name__)
        return HttpResponse(status=503)
    return HttpResponse(status=200)
