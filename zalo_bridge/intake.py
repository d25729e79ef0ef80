"""From a request body to a stored event: verify, store once, announce. Nothing is acted on here.

Everything is answered 200 (a 401 makes Zalo say "cannot connect" while it is being set up, and a run of failures
switches the webhook off), except when the event could not be stored: then Zalo must deliver it again.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils import timezone

from zalo_bridge import doorbell, signature, storing
from zalo_bridge.envelope import Envelope, read_envelope
from zalo_bridge.models import WebhookEvent
from zalo_bridge.reading import tidy

log = logging.getLogger(__name__)

# Zalo's events are a few kilobytes. Larger bodies are somebody else's.
LARGEST_BODY = 256 * 1024


class Verdict(StrEnum):
    STORED = "stored"
    KNOWN = "known"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"


def receive(raw: bytes, headers: Mapping[str, str]) -> Verdict:
    """Take in one delivery. `headers`: signature, server, num_retry, as far as they came (`headers_of`).

    Raises `django.db.Error` when it could not be stored: the caller answers 5xx and Zalo delivers again.
    """
    envelope = read_envelope(raw, oa_id=settings.ZALO_OA_ID) if len(raw) <= LARGEST_BODY else None
    if envelope is None:
        # The probe `{}` of Zalo's console ends here too.
        log.info("Webhook: a body of %d bytes that is no event was dropped", len(raw))
        return Verdict.DROPPED
    reason = reason_to_distrust(envelope, raw, headers.get("signature", ""))
    if reason and (settings.ZALO_SIGNATURE == "enforce" or envelope.app_id != settings.ZALO_APP_ID):
        return _quarantine(envelope, raw, dict(headers), reason)
    if reason:
        log.warning("Webhook: signature not right, accepted because ZALO_SIGNATURE=log: %s", reason)
    return store(envelope, raw, dict(headers), note=f"chữ ký: {reason}" if reason else "")


def headers_of(meta: Mapping[str, Any]) -> dict[str, str]:
    """The headers worth keeping, from `request.META`: they decide later what an event is, or let it be verified again.

    The documentation writes num_retry with an underscore, which many servers drop.
    """
    found = {
        "signature": meta.get("HTTP_X_ZEVENT_SIGNATURE", "")[:100],
        "server": meta.get("HTTP_X_ZEVENT_SERVER", "")[:20],
        "num_retry": meta.get("HTTP_NUM_RETRY", "")[:8],
    }
    return {name: tidy(value) for name, value in found.items() if value}


def store(envelope: Envelope, raw: bytes, headers: dict[str, str], *, note: str = "") -> Verdict:
    """Write a trusted event, once, and announce it."""
    now = timezone.now()
    state = WebhookEvent.State.RECEIVED
    if envelope.oa_id not in ("", settings.ZALO_OA_ID):
        # The signed sample that Zalo's console sends names an OA that is not ours.
        state, note = WebhookEvent.State.IGNORED, "không phải OA của mình (tin thử từ trang cấu hình)"
    event_id = storing.insert(
        (
            envelope.dedupe_key,
            envelope.name,
            envelope.user_id,
            raw,
            json.dumps(headers),
            envelope.happened_at or now,
            now,
            state,
            note,
        )
    )
    if event_id is None:
        return Verdict.KNOWN
    if state == WebhookEvent.State.RECEIVED:
        doorbell.ring(doorbell.HANDLE_EVENTS, event_id)
    return Verdict.STORED


def reason_to_distrust(envelope: Envelope, raw: bytes, header: str) -> str:
    """Why this delivery may not be Zalo's, as a sentence; "" when it is."""
    if envelope.app_id != settings.ZALO_APP_ID:
        return "mã ứng dụng trong nội dung khác ZALO_APP_ID"
    if settings.ZALO_SIGNATURE == "off":
        return ""
    app_id, timestamp = settings.ZALO_APP_ID, envelope.timestamp
    if signature.is_valid(header=header, app_id=app_id, raw=raw, timestamp=timestamp, secret=settings.ZALO_OA_SECRET):
        return ""
    return signature.explain_mismatch(
        header=header,
        app_id=app_id,
        oa_id=settings.ZALO_OA_ID,
        raw=raw,
        timestamp=timestamp,
        oa_secret=settings.ZALO_OA_SECRET,
        app_secret=settings.ZALO_APP_SECRET,
    )


def _quarantine(envelope: Envelope, raw: bytes, headers: dict[str, str], reason: str) -> Verdict:
    """Keep what could be ours but does not prove it: after a wrong key is mended it can be verified again.

    Capped, because anybody can post here; and under a key of its own, because a forgery must not take the place of the
    real event.
    """
    count = quarantine_size()
    log.warning("Webhook: event put in quarantine (%s)", reason)
    if count >= settings.ZALO_QUARANTINE_CAP:
        return Verdict.DROPPED
    now = timezone.now()
    key = f"q:{hashlib.sha256(raw).hexdigest()}"
    values = (key, envelope.name, "", raw, json.dumps(headers), envelope.happened_at or now, now)
    storing.insert((*values, WebhookEvent.State.QUARANTINED, reason))
    return Verdict.QUARANTINED


def quarantine_size() -> int:
    """How many are kept. The partial index holds only what needs staff, so it is a short count."""
    return WebhookEvent.objects.filter(state=WebhookEvent.State.QUARANTINED).count()
