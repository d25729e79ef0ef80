"""Messages of unknown fate: the call left, no answer came. Zalo has no idempotency key, so look before sending again.

An echo or a receipt settles it without a question (`receipts.py`). Otherwise the conversation is read: soon, because a
person is waiting, and again until Zalo has had ample time to show a message it did take, because a slow Zalo may still
be working on what we no longer wait for. How much time that is, its own pace tells: see `_sure_at`.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from zalo_bridge import client, ladder, throttle, tokens
from zalo_bridge.envelope import clean_id, text_of
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import DeliveryAttempt, OutboundMessage
from zalo_bridge.receipts import CLOCK_SKEW, mark_arrived, says_the_same
from zalo_bridge.refusals import Remedy, refusal_of

log = logging.getLogger(__name__)

State = OutboundMessage.State

FIRST_LOOK = timedelta(seconds=1)
NEXT_LOOK = timedelta(seconds=5)
# A message counts as not taken when Zalo has not shown it for so many times its usual pace, within these limits.
TIMES_ITS_PACE = 3
LEAST_PATIENCE, MOST_PATIENCE = timedelta(seconds=3), timedelta(seconds=10)
# A gateway answered in the place of the machine behind it, which may still be at work.
GATEWAY = (502, 504)
# Without any way to look (the API refuses, Zalo is down) for this long, a person has to ask the citizen.
GIVE_UP_AFTER = timedelta(minutes=30)
# Templates do not show in the conversation as we wrote them: only a receipt can tell, within moments or never.
RECEIPT_WITHIN = timedelta(minutes=2)
PAGES = 3

PACE = """
SELECT extract(epoch FROM max(greatest(sent.sent_at, echo.received_at) - sent.claimed_at))::float, count(echo.id)
FROM (
    SELECT vendor_id, claimed_at, sent_at FROM zalo_bridge_outboundmessage
    WHERE channel = 'chat' AND state IN ('sent', 'delivered', 'seen') AND vendor_id <> ''
    ORDER BY id DESC LIMIT 30
) sent
LEFT JOIN zalo_bridge_webhookevent echo ON echo.dedupe_key = %(app_id)s || ':oa_send:' || sent.vendor_id
"""


class CannotLook(Exception):
    """The conversation could not be read."""


def doubt(message: OutboundMessage, what: str) -> None:
    """A call ended without a readable answer."""
    OutboundMessage.objects.filter(pk=message.pk, state=State.SENDING).update(
        state=State.UNKNOWN, next_attempt_at=timezone.now() + FIRST_LOOK, note=f"chưa rõ đã tới: {what}"
    )


def orphaned(message: OutboundMessage) -> None:
    """The worker that sent it is gone, longer ago than any call takes: what it sent has arrived or never will."""
    OutboundMessage.objects.filter(pk=message.pk, state=State.SENDING).update(
        state=State.UNKNOWN,
        next_attempt_at=timezone.now(),
        note="tiến trình gửi bị ngắt, đang kiểm tra tin đã tới chưa",
    )


def settle(message: OutboundMessage) -> bool:
    """Find out, or plan the next look. True when the fate is known and later messages may go."""
    now = timezone.now()
    claimed_at = message.claimed_at or message.created_at
    if message.channel != OutboundMessage.Channel.CHAT:
        if now - claimed_at < RECEIPT_WITHIN:
            _look_again(message, RECEIPT_WITHIN - (now - claimed_at))
            return False
        _leave_to_staff(message, "Không rõ mẫu tin đã tới máy người dân hay chưa.")
        return True
    try:
        found = _find(message, since=claimed_at - CLOCK_SKEW)
    except CannotLook as error:
        if now - claimed_at > GIVE_UP_AFTER:
            _leave_to_staff(message, "Không rõ tin đã tới hay chưa, và không hỏi lại Zalo được.")
            return True
        _look_again(message, NEXT_LOOK, note=f"chưa rõ đã tới; chưa hỏi lại được Zalo ({error})")
        return False
    if found:
        vendor_id, at = found
        return mark_arrived(message, vendor_id=vendor_id, at=at, note="nhận ra trong cuộc trò chuyện")
    # Judged by the time before the look: what the look did not show was not there then.
    sure_at = _sure_at(message)
    if now < sure_at:
        _look_again(message, min(sure_at - now, NEXT_LOOK))
        return False
    OutboundMessage.objects.filter(pk=message.pk, state=State.UNKNOWN).update(
        state=State.RETRY, next_attempt_at=now, note="không thấy trong cuộc trò chuyện nên gửi lại"
    )
    return True


def _sure_at(message: OutboundMessage) -> datetime:
    """When a message that does not show in the conversation was not taken.

    The vendor promises no time. So it is measured: from our call to the echo, or to the answer, of the last messages;
    the slowest counts. Twice as long when Zalo itself gave no answer: what we do not wait for may still be going on.
    """
    claimed_at = message.claimed_at or message.created_at
    call = DeliveryAttempt.objects.filter(message=message, started_at__gte=claimed_at).order_by("-id").first()
    patience = min(max(TIMES_ITS_PACE * pace(), LEAST_PATIENCE), MOST_PATIENCE)
    if call is None:
        return claimed_at + 2 * patience
    ended_at = call.started_at + timedelta(milliseconds=call.duration_ms)
    if call.http_status is None or call.http_status in GATEWAY:
        return max(call.started_at + 2 * patience, ended_at + LEAST_PATIENCE)
    return ended_at + patience


def pace() -> timedelta:
    """How long Zalo took at most, of the last messages, to answer a call and to show the message to us again."""
    with connection.cursor() as cursor:
        cursor.execute(PACE, {"app_id": settings.ZALO_APP_ID})
        slowest, echoes = cursor.fetchone()
    # Without a single echo (the event is switched off in Zalo's console, or all is new) nothing is known.
    return timedelta(seconds=slowest) if echoes else MOST_PATIENCE


def read_page(user_id: str, *, offset: int) -> list[dict[str, object]]:
    """Ten rows of a conversation, newest first. Raises `CannotLook`."""
    try:
        token = tokens.access_token()
        if not throttle.wait_for_turn():
            raise CannotLook("đang hết lượt gọi")
        answer = client.conversation(token, user_id, offset=offset)
        if not answer.is_success and refusal_of(answer.code, is_business=False).remedy is Remedy.TOKEN:
            token = tokens.refresh_after_refusal(token)
            answer = client.conversation(token, user_id, offset=offset)
    except TokenUnusable as error:
        raise CannotLook("token") from error
    except client.NoAnswer as error:
        raise CannotLook(error.what) from error
    if not answer.is_success:
        raise CannotLook(f"mã {answer.code}")
    return [row for row in answer.data if isinstance(row, dict)] if isinstance(answer.data, list) else []


def row_time(row: dict[str, object]) -> datetime | None:
    text = text_of(row.get("time"))
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdigit() and len(text) < 15 else None


def _find(message: OutboundMessage, *, since: datetime) -> tuple[str, datetime] | None:
    user_id = message.contact.user_id if message.contact else ""
    for page in range(PAGES):
        rows = read_page(user_id, offset=page * 10)
        candidates = []
        for row in rows:
            at, vendor_id = row_time(row), clean_id(row.get("message_id"))
            if at and at >= since and text_of(row.get("src")) == "0" and vendor_id:
                candidates.append((vendor_id, at, text_of(row.get("message"))))
        taken = set(
            OutboundMessage.objects.filter(vendor_id__in=[one[0] for one in candidates]).values_list(
                "vendor_id", flat=True
            )
        )
        # Oldest first: when the same words were sent twice, each message gets its own.
        for vendor_id, at, text in reversed(candidates):
            if vendor_id not in taken and says_the_same(message, text, (text,)):
                return vendor_id, at
        oldest = row_time(rows[-1]) if rows else None
        if oldest is None or oldest < since:
            break
    return None


def _look_again(message: OutboundMessage, wait: timedelta, *, note: str = "") -> None:
    fields: dict[str, object] = {"next_attempt_at": timezone.now() + wait, "look_count": F("look_count") + 1}
    if note:
        fields["note"] = note[:500]
    OutboundMessage.objects.filter(pk=message.pk, state=State.UNKNOWN).update(**fields)


def _leave_to_staff(message: OutboundMessage, why: str) -> None:
    with transaction.atomic():
        ended = OutboundMessage.objects.filter(pk=message.pk, state=State.UNKNOWN).update(state=State.FAILED, note=why)
        if ended:
            ladder.step_down(message, why=why, may_have_arrived=True)
