"""What the webhook missed while it was down, read back from the conversations themselves.

Zalo has no way to replay events; it keeps the chats. Each citizen's message found there is stored as the event it would
have been, under the same key, so one that Zalo still delivers later is recognised. Follows and forms leave no trace in
a chat and cannot be recovered this way. Source: developers.zalo.me, "Lấy thông tin tin nhắn trong hội thoại".
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from zalo_bridge import client, intake, lookup, throttle, tokens
from zalo_bridge.envelope import clean_id, read_envelope, text_of
from zalo_bridge.models import Contact

# Names of the conversation's `type` where they differ from the event's.
EVENT_OF_TYPE = {"photo": "image", "voice": "audio", "links": "link", "sticker": "sticker", "nosupport": "file"}
# Hidden queries show up in conversations with this in front.
HIDDEN = "query:"
MOST_PAGES = 100


@dataclass(frozen=True)
class Filled:
    people: int
    found: int
    stored: int


def fill(*, since: datetime, user_ids: list[str] | None = None) -> Filled:
    """Read back everything citizens wrote since a time. Raises `lookup.CannotLook` or `TokenUnusable`.

    Without `user_ids`: everybody with a chat since then, as Zalo lists them, and every contact we knew.
    """
    people = list(dict.fromkeys(user_ids if user_ids is not None else _people_since(since)))
    found = stored = 0
    for user_id in people:
        for raw in _missing_events(user_id, since):
            found += 1
            envelope = read_envelope(raw, oa_id=settings.ZALO_OA_ID)
            if envelope is None:
                continue
            verdict = intake.store(envelope, raw, {"source": "conversation"}, note="đọc lại từ cuộc trò chuyện")
            stored += verdict is intake.Verdict.STORED
    return Filled(len(people), found, stored)


def _people_since(since: datetime) -> Iterator[str]:
    for page in range(MOST_PAGES):
        rows = _recent(page * 10)
        for row in rows:
            sender = row.get("from_id") if text_of(row.get("src")) == "1" else row.get("to_id")
            if user_id := clean_id(sender):
                yield user_id
        oldest = lookup.row_time(rows[-1]) if rows else None
        if oldest is None or oldest < since:
            break
    recent = Contact.objects.filter(oa_id=settings.ZALO_OA_ID, last_event_at__gte=since)
    yield from recent.order_by("-last_event_at").values_list("user_id", flat=True)


def _recent(offset: int) -> list[dict[str, Any]]:
    if not throttle.wait_for_turn():
        raise lookup.CannotLook("đang hết lượt gọi")
    token = tokens.access_token()
    try:
        answer = client.recent_chats(token, offset=offset)
        if answer.code in (-216, -220, -124):
            answer = client.recent_chats(tokens.refresh_after_refusal(token), offset=offset)
    except client.NoAnswer as error:
        raise lookup.CannotLook(error.what) from error
    if not answer.is_success:
        raise lookup.CannotLook(f"mã {answer.code}")
    return [row for row in answer.data if isinstance(row, dict)] if isinstance(answer.data, list) else []


def _missing_events(user_id: str, since: datetime) -> Iterator[bytes]:
    for page in range(MOST_PAGES):
        rows = lookup.read_page(user_id, offset=page * 10)
        for row in rows:
            at = lookup.row_time(row)
            if at and at >= since and text_of(row.get("src")) == "1" and (raw := as_event(user_id, row)):
                yield raw
        oldest = lookup.row_time(rows[-1]) if rows else None
        if oldest is None or oldest < since:
            return


def as_event(user_id: str, row: dict[str, Any]) -> bytes | None:
    """The webhook body that this line of a conversation would have been; None when it has no id."""
    message_id = clean_id(row.get("message_id"))
    if not message_id:
        return None
    kind = text_of(row.get("type")) or "text"
    kind = EVENT_OF_TYPE.get(kind, kind) if kind.isalpha() else "text"
    message: dict[str, Any] = {"msg_id": message_id}
    if text := text_of(row.get("message")).removeprefix(HIDDEN):
        message["text"] = text
    if kind != "text":
        payload = {name: row[name] for name in ("url", "thumbnail", "description", "location") if row.get(name)}
        message["attachments"] = [{"type": kind, "payload": payload}]
    body = {
        "app_id": settings.ZALO_APP_ID,
        "sender": {"id": user_id},
        "recipient": {"id": settings.ZALO_OA_ID},
        "event_name": f"user_send_{kind}",
        "message": message,
        "timestamp": text_of(row.get("time")),
    }
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
