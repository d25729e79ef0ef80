"""Sending what is owed, in three steps: claim and commit; call Zalo with no transaction open; record and commit.

One person's messages go out in order; different people never wait for each other. A worker that dies in between leaves
a row that says "being sent": nobody knows whether it arrived, so `lookup.py` asks Zalo before it is sent again.
"""

import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from zalo_bridge import client, incidents, interactions, ladder, lookup, throttle, tokens
from zalo_bridge.call import Call, call_for
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.memory import remember
from zalo_bridge.models import DeliveryAttempt, OutboundMessage
from zalo_bridge.refusals import (
    BUTTONS_REFUSED,
    STOPS_EVERYTHING,
    WINDOW_CLOSED,
    Refusal,
    Remedy,
    back_off,
    refusal_of,
    reschedule_at,
)
from zalo_bridge.turns import Line, turn
from zalo_bridge.windows import rest_until, window

log = logging.getLogger(__name__)

State = OutboundMessage.State
Channel = OutboundMessage.Channel

MOST_PER_TURN = 100
# A question of moments: the token or the network will be back.
SOON = timedelta(seconds=15)
# So many calls in a row without a readable answer, and the channel stops: better some messages late than many unknown.
STRIKES = 3
CHAT_PAID = "chat_paid"
OUT_OF_QUOTA = -211
QUOTA_EVERY_S = 60.0
_quota_noted_at: dict[str, float] = {}


@dataclass(frozen=True)
class Recipient:
    """Whose messages keep their order: a contact, or a bare phone number."""

    contact_id: int | None
    phone: str = ""

    @classmethod
    def of(cls, message: OutboundMessage) -> "Recipient":
        return cls(message.contact_id) if message.contact_id else cls(None, message.phone)

    @property
    def key(self) -> str:
        return f"c{self.contact_id}" if self.contact_id else f"p{self.phone}"

    def waiting(self) -> QuerySet[OutboundMessage]:
        mine = Q(contact_id=self.contact_id) if self.contact_id else Q(contact=None, phone=self.phone)
        waiting = OutboundMessage.objects.filter(mine, state__in=OutboundMessage.WAITING_STATES)
        return waiting.select_related("contact").order_by("id")


def deliver(message_ids: Iterable[int]) -> int:
    """Send what is due for the recipients of these messages. Returns how many messages moved on."""
    rows = OutboundMessage.objects.filter(pk__in=list(message_ids)).order_by("id").only("contact_id", "phone")
    return sum(deliver_to(recipient) for recipient in dict.fromkeys(map(Recipient.of, rows)))


def deliver_due(*, limit: int = 200, until: datetime | None = None) -> int:
    """The sweep: everything due now, whoever was to be told. Several may run at once."""
    moved = 0
    while True:
        recipients = due_recipients(limit=limit)
        random.shuffle(recipients)  # so that several sweeps do not queue for the same turns
        moved_now = 0
        for recipient in recipients:
            moved_now += deliver_to(recipient)
            if until and timezone.now() >= until:
                return moved + moved_now
        moved += moved_now
        if not moved_now:
            return moved


def due_recipients(*, limit: int = 200) -> list[Recipient]:
    now = timezone.now()
    stopped = incidents.stopped_lanes(now)
    if incidents.EVERYTHING in stopped:
        return []
    orphaned = now - timedelta(seconds=client.longest_call_s())
    due = (
        Q(state__in=(State.QUEUED, State.RETRY, State.UNKNOWN), next_attempt_at__lte=now)
        | Q(state=State.SENDING, claimed_at__lte=orphaned)
        | Q(state__in=OutboundMessage.UNSENT_STATES, give_up_at__lte=now)
    )
    rows = (
        OutboundMessage.objects.filter(due)
        .exclude(channel__in=stopped - {CHAT_PAID}, state__in=OutboundMessage.UNSENT_STATES)
        .order_by("next_attempt_at", "id")
        .only("contact_id", "phone")[:limit]
    )
    return list(dict.fromkeys(map(Recipient.of, rows)))


def deliver_to(recipient: Recipient) -> int:
    """Send everything due for one recipient, in order. Leaves at once when another worker has the turn.

    Looks again after giving the turn back, so that a message queued at that moment does not wait for the sweep.
    """
    moved = 0
    for _ in range(MOST_PER_TURN):
        with turn(Line.OUTBOX, recipient.key) as is_ours:
            if not is_ours:
                return moved
            while moved < MOST_PER_TURN and (message := next_due(recipient)):
                if not _advance(message):
                    return moved
                moved += 1
        if next_due(recipient) is None:
            break
    return moved


def next_due(recipient: Recipient) -> OutboundMessage | None:
    """The message whose turn it is.

    One that waits to be tried again, or whose fate is unknown, holds up the later ones; one that is planned for later
    (a reminder, a notice kept for the morning) does not.
    """
    now = timezone.now()
    for message in recipient.waiting()[:100]:
        if message.give_up_at and message.give_up_at <= now and message.state in OutboundMessage.UNSENT_STATES:
            return message
        if message.state == State.SENDING:
            claimed_at = message.claimed_at or message.created_at
            is_orphan = (now - claimed_at).total_seconds() > client.longest_call_s()
            return message if is_orphan else None
        if message.next_attempt_at <= now:
            return message
        if message.state != State.QUEUED:
            return None
    return None


def _advance(message: OutboundMessage) -> bool:
    """One step for one message, in its turn. False when it must wait and the recipient's later messages with it."""
    now = timezone.now()
    if message.state == State.SENDING:
        # Its sender died (a call cannot take this long). One look suffices: nothing of it can still be on its way.
        lookup.orphaned(message)
        message.refresh_from_db()
    if message.state == State.UNKNOWN:
        return lookup.settle(message)
    if message.give_up_at and message.give_up_at <= now:
        _finish(message, State.EXPIRED, "Quá giờ nên không gửi nữa.")
        return True
    if not message.is_reply and (later := rest_until(now)):
        later = min(later, message.give_up_at) if message.give_up_at else later
        OutboundMessage.objects.filter(pk=message.pk, state__in=OutboundMessage.UNSENT_STATES).update(
            state=State.QUEUED, next_attempt_at=later, note="chờ hết giờ nghỉ đêm"
        )
        return True
    if message.channel == Channel.CHAT and not message.is_reply and not _chat_is_open(message, now):
        _finish(message, State.FAILED, "Người dân không nhắn cho OA trong 7 ngày qua.")
        return True
    return _send(message)


def _chat_is_open(message: OutboundMessage, now: datetime) -> bool:
    if message.contact is None:
        return False
    if not window(message.contact, now).is_open:
        interactions.ask_zalo(message.contact)
    return window(message.contact, now).is_open


def _send(message: OutboundMessage) -> bool:
    lanes = _lanes(message)
    known = list(incidents.open_incidents())
    if not incidents.may_send(lanes, known):
        if CHAT_PAID in lanes:
            # The sweep cannot leave these out as it does a lane that stands still for everybody: let others come first.
            _wait(message, SOON, "Chờ hạn mức tin trả phí.")
        return False
    try:
        token = tokens.access_token()
        call = call_for(message)
    except TokenUnusable as error:
        _wait(message, SOON, error.sentence)
        return False
    except LookupError as error:
        _finish(message, State.FAILED, str(error))
        return True
    if not throttle.wait_for_turn() or not claim(message):
        return False
    outcome = _attempt(message, call, token)
    if isinstance(outcome, client.Answer) and _remedy(message, outcome) is Remedy.TOKEN:
        try:
            token = tokens.refresh_after_refusal(token)
        except TokenUnusable as error:
            _wait(message, SOON, error.sentence)
            return False
        outcome = _attempt(message, call, token)
    if isinstance(outcome, client.Answer) and outcome.code in BUTTONS_REFUSED and call.shape != "none":
        plain = call_for(message, shape="none")
        refused, outcome = outcome, _attempt(message, plain, token)
        if isinstance(outcome, client.Answer) and outcome.is_success:
            # Only now is it certain that the buttons were at fault and not the recipient.
            remember(f"buttons-refused:{call.shape}", {"code": refused.code})
    recorded = record(message, outcome, lanes)
    if known and isinstance(outcome, client.Answer) and outcome.is_success:
        _end_incidents(message, lanes)
    return recorded


def claim(message: OutboundMessage) -> bool:
    """Committed before the call: whoever finds this row later knows that a message may be on its way."""
    now = timezone.now()
    claimed = OutboundMessage.objects.filter(pk=message.pk, state__in=OutboundMessage.UNSENT_STATES).update(
        state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1, look_count=0
    )
    message.attempts += 1
    message.claimed_at = now
    return bool(claimed)


def _attempt(message: OutboundMessage, call: Call, token: str) -> client.Answer | client.NoAnswer:
    """One HTTP call, and its line in the trail. No transaction is open meanwhile."""
    started_at = timezone.now()
    try:
        outcome: client.Answer | client.NoAnswer = call.make(token)
    except client.NoAnswer as error:
        outcome = error
    if isinstance(outcome, client.Answer):
        code, words = outcome.code, outcome.message
        result = "ok" if outcome.is_success else "refused"
    else:
        code, words, result = None, outcome.what, type(outcome).__name__.lower()
    DeliveryAttempt.objects.create(
        message=message,
        started_at=started_at,
        duration_ms=outcome.duration_ms,
        http_status=outcome.http_status,
        error_code=code,
        outcome=result,
        detail=words[:500],
    )
    return outcome


def record(message: OutboundMessage, outcome: client.Answer | client.NoAnswer, lanes: list[str]) -> bool:
    """Write down how the call ended. False when the recipient's later messages must wait."""
    if isinstance(outcome, client.NotSent):
        incidents.report(
            cause=f"{incidents.NO_ANSWER}{message.channel}",
            detail=f"Không nối được tới Zalo ({outcome.what}).",
            channel=message.channel,
            strikes=STRIKES,
        )
        _wait(message, back_off(timedelta(seconds=5), message.attempts), "Không nối được tới Zalo.")
        return False
    if isinstance(outcome, client.NoAnswer):
        incidents.report(
            cause=f"{incidents.NO_ANSWER}{message.channel}",
            detail=f"Zalo không trả lời đọc được ({outcome.what}).",
            channel=message.channel,
            strikes=STRIKES,
        )
        lookup.doubt(message, outcome.what)
        return False
    if outcome.is_success:
        _record_success(message, outcome)
        return True
    return _record_refusal(message, outcome, lanes)


def _record_success(message: OutboundMessage, answer: client.Answer) -> None:
    now = timezone.now()
    quota = answer.data.get("quota") if isinstance(answer.data, dict) else None
    said = {
        "vendor_id": answer.message_id[:64],
        "counted_as": str(quota.get("quota_type", ""))[:20] if isinstance(quota, dict) else "",
    }
    sent = OutboundMessage.objects.filter(pk=message.pk, state=State.SENDING).update(
        state=State.SENT, sent_at=now, error_code=None, note="", **said
    )
    if not sent:
        # A receipt or an echo was faster and moved the row on; what Zalo answered is still ours to add.
        OutboundMessage.objects.filter(pk=message.pk, vendor_id="").update(**said)
    if isinstance(quota, dict) and quota:
        known = {
            name: str(quota[name])[:40] for name in ("quota_type", "remain", "total", "remainingQuota") if name in quota
        }
        _note_quota(message.channel, known)


def _note_quota(channel: str, known: dict[str, str]) -> None:
    """What Zalo says is left, at most once a minute per process: a row that each message writes would be a queue."""
    now = time.monotonic()
    if now - _quota_noted_at.get(channel, -QUOTA_EVERY_S) >= QUOTA_EVERY_S or known.get("remain") in ("0", "1"):
        _quota_noted_at[channel] = now
        remember(f"quota:{channel}", known)


def _end_incidents(message: OutboundMessage, lanes: list[str]) -> None:
    """Zalo took a message: what had stopped its lanes is over, and calls without an answer are no longer in a row."""
    over = [f"{incidents.NO_ANSWER}{message.channel}"]
    if message.error_code == OUT_OF_QUOTA:
        over.append(f"{message.channel}:{OUT_OF_QUOTA}")
    incidents.note_success(lanes=lanes, causes=over)


def _remedy(message: OutboundMessage, answer: client.Answer) -> Remedy | None:
    return None if answer.is_success else _refusal(message, answer.code).remedy


def _refusal(message: OutboundMessage, code: int) -> Refusal:
    return refusal_of(code, is_business=message.channel == Channel.TEMPLATE_BY_PHONE)


def _record_refusal(message: OutboundMessage, answer: client.Answer, lanes: list[str]) -> bool:
    refusal = _refusal(message, answer.code)
    note = f"{refusal.sentence} (mã {answer.code})"
    cause = f"{message.channel}:{answer.code}"
    if refusal.alerts:
        incidents.report(cause=cause, detail=note)
    if refusal.remedy is Remedy.TOKEN:
        tokens.report_unusable("Zalo từ chối cả token vừa làm mới.")
        _wait(message, SOON, note, code=answer.code)
        return False
    if refusal.remedy is Remedy.CONFIGURATION:
        incidents.report(cause=cause, detail=note, channel=_lane_stopped_by(answer.code, message.channel))
        _wait(message, incidents.FIRST_PROBE, note, code=answer.code)
        return False
    if refusal.remedy is Remedy.BACK_OFF and message.attempts < refusal.tries:
        wait = back_off(refusal.wait, 1 if refusal.tries > 10 else message.attempts) * random.uniform(0.8, 1.0)  # noqa: S311
        _wait(message, wait, note, code=answer.code)
        return False
    # Zalo looked at this person or this message: whatever stopped the channel as a whole is over.
    incidents.note_success(lanes=lanes, causes=[f"{incidents.NO_ANSWER}{message.channel}"])
    if refusal.remedy is Remedy.RESCHEDULE:
        OutboundMessage.objects.filter(pk=message.pk, state=State.SENDING).update(
            state=State.QUEUED,
            next_attempt_at=reschedule_at(refusal, timezone.now()),
            error_code=answer.code,
            note=note,
        )
        return True
    if answer.code in WINDOW_CLOSED and message.contact and message.claimed_at:
        interactions.note_closed(message.contact, at=message.claimed_at)
    _finish(message, State.FAILED, note, code=answer.code)
    return True


def _wait(message: OutboundMessage, wait: timedelta, note: str, *, code: int | None = None) -> None:
    waiting = (State.SENDING, State.QUEUED, State.RETRY)
    OutboundMessage.objects.filter(pk=message.pk, state__in=waiting).update(
        state=State.RETRY, next_attempt_at=timezone.now() + wait, error_code=code, note=note
    )


def _finish(message: OutboundMessage, state: str, note: str, *, code: int | None = None) -> None:
    """The end of this channel for this notice; the next step of the ladder is queued in the same transaction."""
    with transaction.atomic():
        ended = OutboundMessage.objects.filter(pk=message.pk, state__in=OutboundMessage.WAITING_STATES).update(
            state=state, note=note, error_code=code
        )
        if ended:
            # What nobody wants any more (a reminder after the visit) is not carried to another channel.
            ladder.step_down(message, why=note, may_have_arrived=state == State.EXPIRED)


def _lanes(message: OutboundMessage) -> list[str]:
    if message.channel != Channel.CHAT or message.contact is None:
        return [message.channel]
    is_free = window(message.contact, timezone.now()).kind == "free"
    return [message.channel] if is_free else [message.channel, CHAT_PAID]


def _lane_stopped_by(code: int, channel: str) -> str:
    if code in STOPS_EVERYTHING:
        return incidents.EVERYTHING
    # Without quota, answers within 48 hours are still free.
    return CHAT_PAID if code == OUT_OF_QUOTA and channel == Channel.CHAT else channel
