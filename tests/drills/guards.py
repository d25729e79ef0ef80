"""Each guard the drills rely on, and how the application would be without it. A drill must then fail: its control."""

import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from scheduling import booking
from scheduling.models import Slot
from zalo_bridge import chores, delivery, envelope, inbox, incidents, intake, ladder, notes, outbox, receipts, tokens
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import OutboundMessage, WebhookEvent
from zalo_bridge.reading import INTERACTIONS

# Read by the listener of the drill: the transaction around it is cut in two.
commits_early = False


def _answer_200_in_any_case() -> None:
    real = intake.receive

    def receive(raw: bytes, headers: Any) -> Any:
        try:
            return real(raw, headers)
        except DatabaseError:
            return intake.Verdict.DROPPED

    intake.receive = receive


def _store_every_delivery() -> None:
    envelope._dedupe_key = lambda *args: uuid.uuid4().hex


def _commit_in_the_middle() -> None:
    global commits_early
    commits_early = True


def _handle_in_any_order() -> None:
    inbox.CLAIM = inbox.CLAIM.replace("ORDER BY happened_at, id", "ORDER BY random()")


def _forget_interrupted_events() -> None:
    inbox.CLAIM = inbox.CLAIM.replace("state IN ('received', 'processing') ORDER", "state = 'received' ORDER")


def _let_everybody_handle() -> None:
    """No turns, and nobody looks at the end whether somebody else has finished the event meanwhile."""

    def handle_one(event: WebhookEvent) -> bool:
        with transaction.atomic():
            verdict = inbox.act_on(event)
            WebhookEvent.objects.filter(pk=event.pk).update(state=verdict.state, finished_at=timezone.now())
        return True

    inbox.turn, inbox._handle_one = _everybodys_turn, handle_one


def _fail_at_once() -> None:
    def give_up(event: WebhookEvent, error: Exception) -> bool:
        inbox._fail(event, "không thử lại")
        return True

    inbox._record_failure = give_up


def _believe_the_latest() -> None:
    def note_event(*, contact: Any, name: str, at: Any) -> None:
        if name in INTERACTIONS:
            contact.last_interaction_at = at
            contact.save(update_fields=["last_interaction_at"])

    inbox.note_event = note_event


def _owe_under_a_new_key() -> None:
    real = outbox.enqueue

    def enqueue(*, dedupe_key: str, **rest: Any) -> OutboundMessage:
        return real(dedupe_key=f"{dedupe_key}:{uuid.uuid4().hex}", **rest)

    outbox.enqueue = enqueue


def _send_without_a_claim() -> None:
    def claim(message: OutboundMessage) -> bool:
        message.attempts += 1
        return True

    delivery.claim = claim


def _send_the_newest_first() -> None:
    State = OutboundMessage.State

    def next_due(recipient: delivery.Recipient) -> OutboundMessage | None:
        due = recipient.waiting().filter(state__in=(State.QUEUED, State.RETRY, State.UNKNOWN))
        return due.filter(next_attempt_at__lte=timezone.now()).order_by("-id").first()

    delivery.next_due = next_due


def _never_look() -> None:
    delivery.lookup._find = lambda *args, **kwargs: None


def _ignore_echoes() -> None:
    receipts.note_echo = lambda **kwargs: notes.Verdict.done()


def _wait_for_dead_senders() -> None:
    delivery.client.longest_call_s = lambda: 10_000.0


def _hurry() -> None:
    delivery.throttle.wait_for_turn = lambda **kwargs: True


def _never_probe() -> None:
    def may_send(lanes: Any, known: Any) -> bool:
        return not any(incident.channel in {*lanes, incidents.EVERYTHING} for incident in known)

    incidents.may_send = may_send
    chores._probe = lambda incident: None


def _refresh_all_at_once() -> None:
    tokens.turn, tokens.SETTLING = _everybodys_turn, timedelta(0)


def _keep_the_refused_token() -> None:
    def refresh_after_refusal(refused_token: str) -> str:
        raise TokenUnusable

    tokens.refresh_after_refusal = refresh_after_refusal


def _tell_nobody() -> None:
    ladder.tell_undelivered = lambda undelivered: None


def _trust_the_bell_alone() -> None:
    inbox.overdue_event_ids = lambda **kwargs: []


def _never_sweep_the_outbox() -> None:
    delivery.due_recipients = lambda **kwargs: []


def _give_any_place() -> None:
    def take(held: Any, **kwargs: Any) -> None:
        Slot.objects.filter(pk__in=[slot.id for slot in held]).update(booked=F("booked") + 1)

    booking._take, booking._take_at_once = take, lambda visit, **kwargs: False


@contextmanager
def _everybodys_turn(*args: Any, **kwargs: Any) -> Any:
    yield True


TAKE_OUT: dict[str, Callable[[], None]] = {
    # In
    "200 only for what is stored": _answer_200_in_any_case,
    "stored once": _store_every_delivery,
    "one transaction per event": _commit_in_the_middle,
    "oldest event first": _handle_in_any_order,
    "interrupted events are taken up again": _forget_interrupted_events,
    "one worker at a time per person, and the last word": _let_everybody_handle,
    "failed events are tried again": _fail_at_once,
    "late news does not overwrite newer": _believe_the_latest,
    "sweep of the inbox": _trust_the_bell_alone,
    # Out
    "one row per notice": _owe_under_a_new_key,
    "claim before sending": _send_without_a_claim,
    "later messages wait": _send_the_newest_first,
    "look before sending again": _never_look,
    "believe the echo": _ignore_echoes,
    "messages of dead senders are found": _wait_for_dead_senders,
    "rate limit": _hurry,
    "stopped channels are probed": _never_probe,
    "sweep of the outbox": _never_sweep_the_outbox,
    "somebody is told to call": _tell_nobody,
    # The token
    "one refresh at a time": _refresh_all_at_once,
    "refresh after a refusal": _keep_the_refused_token,
    # The office
    "places are taken under guard": _give_any_place,
}
