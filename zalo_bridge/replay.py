"""A second try, asked for by a person: events that failed or whose signature did not fit, messages that did not go.

Every function is a guarded UPDATE: pressed twice, the second press finds nothing to do.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from zalo_bridge import doorbell, incidents, intake, ladder
from zalo_bridge.chores import QUARANTINE
from zalo_bridge.envelope import read_envelope
from zalo_bridge.errors import NotReplayable
from zalo_bridge.models import OutboundMessage, WebhookEvent
from zalo_bridge.trail import ERASED

# How long a message sent again by hand stays worth sending.
RESEND_WITHIN = timedelta(hours=12)

EventState = WebhookEvent.State
MessageState = OutboundMessage.State


def replay_events(*, event_ids: Iterable[int]) -> list[int]:
    """Handle failed events once more, from the start. Returns which; done events are never handled again."""
    taken = []
    for event_id in event_ids:
        with transaction.atomic():
            again = WebhookEvent.objects.filter(pk=event_id, state=EventState.FAILED).update(
                state=EventState.RECEIVED, attempts=0, next_attempt_at=None, finished_at=None
            )
            if again:
                doorbell.ring(doorbell.HANDLE_EVENTS, event_id)
                taken.append(event_id)
    return taken


def verify_again(*, event_ids: Iterable[int], oa_id: str) -> tuple[list[WebhookEvent], int]:
    """Check quarantined events against today's key. (taken in, how many still refused)

    What fits now goes the way of any event, under its real key: one that Zalo delivered again meanwhile is not doubled.
    """
    taken, refused = [], 0
    for event in WebhookEvent.objects.filter(pk__in=list(event_ids), state=EventState.QUARANTINED).order_by(
        "happened_at"
    ):
        raw = bytes(event.raw)
        envelope = read_envelope(raw, oa_id=oa_id)
        reason = "nội dung không đọc được"
        if envelope:
            reason = intake.reason_to_distrust(envelope, raw, event.headers.get("signature", ""))
        if envelope is None or reason:
            refused += 1
            WebhookEvent.objects.filter(pk=event.pk).update(note=reason)
            continue
        with transaction.atomic():
            gone, _ = WebhookEvent.objects.filter(pk=event.pk, state=EventState.QUARANTINED).delete()
            if gone:
                intake.store(envelope, raw, event.headers, note="đã xác minh lại sau khi cách ly")
                taken.append(event)
    if not WebhookEvent.objects.filter(state=EventState.QUARANTINED).exists():
        incidents.close(cause=QUARANTINE)
    return taken, refused


def discard(*, event_ids: Iterable[int]) -> int:
    """Quarantined events that are not Zalo's: gone for good."""
    count, _ = WebhookEvent.objects.filter(pk__in=list(event_ids), state=EventState.QUARANTINED).delete()
    if not WebhookEvent.objects.filter(state=EventState.QUARANTINED).exists():
        incidents.close(cause=QUARANTINE)
    return count


def resend(*, message: OutboundMessage, by: str) -> None:
    """Send a failed or expired message once more. Raises `NotReplayable` when it arrived, waits or went another way."""
    with transaction.atomic():
        following = OutboundMessage.objects.filter(replaces=message)
        if following.exclude(state__in=(MessageState.FAILED, MessageState.EXPIRED)).exists():
            raise NotReplayable("Tin này đã chuyển sang kênh khác, không gửi lại để tránh trùng.")
        now = timezone.now()
        ended = OutboundMessage.objects.filter(pk=message.pk, state__in=(MessageState.FAILED, MessageState.EXPIRED))
        if ended.filter(payload={"text": ERASED}).exists():
            raise NotReplayable("Nội dung tin đã xóa theo yêu cầu của người dân nên không còn gì để gửi.")
        again = ended.update(
            state=MessageState.RETRY,
            attempts=0,
            next_attempt_at=now,
            give_up_at=now + RESEND_WITHIN,
            error_code=None,
            note=f"{by} yêu cầu gửi lại",
        )
        if not again:
            raise NotReplayable
        doorbell.ring(doorbell.DELIVER_MESSAGES, message.pk)


def give_up(*, message: OutboundMessage, by: str, reason: str) -> None:
    """Stop trying. Whoever owes the notice is told, so that somebody calls. Raises `NotReplayable` when it is over."""
    note = f"{by} cho dừng gửi: {reason}"[:500]
    stoppable = (MessageState.QUEUED, MessageState.RETRY, MessageState.UNKNOWN)
    with transaction.atomic():
        ended = OutboundMessage.objects.filter(pk=message.pk, state__in=stoppable).update(
            state=MessageState.FAILED, note=note
        )
        if not ended:
            raise NotReplayable
        ladder.step_down(message, why=note, may_have_arrived=True)
