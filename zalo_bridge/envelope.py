"""The outside of a vendor event: enough to verify it, store it once, and know whose it is. Never raises on content.

Source: developers.zalo.me, "Webhook", the envelope of each event.
"""

import hashlib
import json
import re
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

# Ids are strings of digits beyond 2^53; anonymous ids are hex. Anything else is no id of Zalo's.
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
NAME = re.compile(r"[a-z0-9_]{1,64}")
# Receipts of phone templates name a phone number or its SHA-256 where chat receipts name a user: personal data, no id.
PHONE_OR_HASH = re.compile(r"\+?[0-9]{1,12}|[0-9a-f]{64}")
# Events without an id of their own: the same person cannot do the same thing twice in one millisecond.
ONCE_A_MOMENT = {"follow", "unfollow", "user_click_chatnow", "user_withdraw", "user_submit_info"}
DEEPEST = 50
# Epoch milliseconds. The documentation's own samples lie outside of what is believed.
EARLIEST_MS, A_DAY_MS = 1_420_070_400_000, 86_400_000


class Envelope(NamedTuple):
    app_id: str
    name: str
    user_id: str
    """Whose conversation it belongs to, "" for what concerns the Official Account as a whole."""
    oa_id: str
    """The Official Account named in it, "" when none is."""
    timestamp: str
    """As text, exactly as it enters the signature."""
    happened_at: datetime | None
    dedupe_key: str
    from_oa: bool


def read_envelope(raw: bytes, *, oa_id: str) -> Envelope | None:
    """The envelope of a request body, or None when it is no event: no JSON object, no name, or nonsense."""
    body = parse(raw)
    if body is None or not isinstance(name := body.get("event_name"), str) or not NAME.fullmatch(name):
        return None
    app_id, timestamp = text_of(body.get("app_id")), text_of(body.get("timestamp"))
    happened_at = moment(timestamp)
    sender, recipient = id_in(body.get("sender")), id_in(body.get("recipient"))
    user_id, named_oa = "", ""
    if sender or recipient:
        # Receipts and echoes come from the OA, messages go to it; who is who is decided by our own id, not by the name.
        if oa_id in (sender, recipient):
            named_oa, user_id = oa_id, recipient if sender == oa_id else sender
        else:
            named_oa, user_id = (sender, recipient) if name.startswith("oa_") else (recipient, sender)
        if name == "user_received_message" and PHONE_OR_HASH.fullmatch(user_id):
            user_id = ""
    else:
        named_oa = clean_id(body.get("oa_id")) or clean_id(body.get("oaId"))
        user_id = id_in(body.get("follower")) or clean_id(body.get("user_id"))
    return Envelope(
        app_id=app_id,
        name=name,
        user_id=user_id,
        oa_id=named_oa,
        timestamp=timestamp,
        happened_at=happened_at,
        dedupe_key=_dedupe_key(body, raw, app_id, name, user_id, timestamp if happened_at else ""),
        from_oa=sender == oa_id,
    )


def parse(raw: bytes) -> dict[str, Any] | None:
    """The JSON object in `raw`, or None. Depth is bounded: a thousand brackets would overflow the parser's stack."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    may_be_deep = raw.count(b"{") + raw.count(b"[") > DEEPEST
    return body if isinstance(body, dict) and (not may_be_deep or _is_shallow(body)) else None


def text_of(value: object) -> str:
    """A scalar as text, "" for anything else. Real bodies hold numbers where the documentation says text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        # Python refuses to print integers beyond 4300 digits; no field of Zalo's is longer than 30.
        return str(value) if value.bit_length() < 256 else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return ""


def clean_id(value: object) -> str:
    text = text_of(value)
    return text if ID.fullmatch(text) else ""


def id_in(value: object) -> str:
    """The `id` of a `sender`, `recipient` or `follower` object."""
    return clean_id(value.get("id")) if isinstance(value, dict) else ""


def moment(timestamp: str) -> datetime | None:
    """Epoch milliseconds as an aware time; None when unreadable, before 2015 or more than a day ahead."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
        return None
    at_ms = int(timestamp)
    if not EARLIEST_MS <= at_ms <= time.time() * 1000 + A_DAY_MS:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _dedupe_key(body: dict[str, Any], raw: bytes, app_id: str, name: str, user_id: str, timestamp: str) -> str:
    """What makes two deliveries the same event. Reactions and template answers name somebody else's message id.

    `timestamp` is "" when it is no believable time.
    """
    message = body.get("message")
    message = message if isinstance(message, dict) else {}
    message_id = clean_id(message.get("msg_id"))
    app = app_id if ID.fullmatch(app_id) else "?"
    if message_id and name.startswith(("user_send_", "user_asking_", "oa_send_", "anonymous_send_", "user_received_")):
        # Without the kind of attachment: gap repair reads messages back without knowing it exactly.
        family = name if name.startswith("user_received_") else f"{name.partition('_')[0]}_send"
        return f"{app}:{family}:{message_id}"
    if name == "user_seen_message" and isinstance(seen := message.get("msg_ids"), list) and seen:
        return f"{app}:{name}:{_sha(' '.join(sorted(text_of(one) for one in seen)))}"
    if name in ONCE_A_MOMENT and user_id and timestamp:
        content = _sha(json.dumps(body["info"], sort_keys=True))[:16] if "info" in body else ""
        return f"{app}:{name}:{user_id}:{timestamp}:{content}"
    return f"{app}:{name}:{hashlib.sha256(raw).hexdigest()}"


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _is_shallow(body: dict[str, Any]) -> bool:
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return True
    return False
