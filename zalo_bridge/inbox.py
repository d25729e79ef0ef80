"""Handling stored events: in order per contact, each exactly once, one stuck contact holding up nobody else.

received → processing (committed, so that one that kills its worker is counted) → done | ignored | retried | failed.
The listener's writes and the step to done are one transaction: acted on means done, not done means not acted on.
"""

import logging
import random
import traceback
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from zalo_bridge import receipts
from zalo_bridge.contacts import locked_contact, note_event
from zalo_bridge.envelope import parse
from zalo_bridge.events import EventKind, GivenUp, InboundEvent, Rating
from zalo_bridge.listeners import tell_event, tell_given_up
from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent
from zalo_bridge.notes import Verdict, note_account_event
from zalo_bridge.reading import INTERACTIONS, KINDS, Content, is_phone_template, read_content
from zalo_bridge.turns import Line, turn

log = logging.getLogger(__name__)

# Waits before the next try. Later events of the same contact wait too, so the whole ladder stays within five minutes.
RETRY_AFTER = (2, 8, 30, 60, 120)
# They name no user: whose they are, the template they answer tells.
ANSWERS_TO_TEMPLATES = ("user_feedback", "user_click_response_button")
# Enough for a burst of one person; a task must end some time, and the sweep comes back for the rest.
MOST_PER_TURN = 200
# An event normally is done within a fraction of a second; after this long its announcement was lost.
LOST_AFTER = timedelta(seconds=2)

CLAIM = """
UPDATE zalo_bridge_webhookevent SET state = 'processing', attempts = attempts + 1, started_at = %(now)s
WHERE id = (
    SELECT id FROM zalo_bridge_webhookevent
    WHERE user_id = %(user_id)s AND state IN ('received', 'processing') ORDER BY happened_at, id LIMIT 1
) AND state IN ('received', 'processing') AND (next_attempt_at IS NULL OR next_attempt_at <= %(now)s)
RETURNING *
"""

State = WebhookEvent.State


def waiting_events() -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(state__in=WebhookEvent.WAITING_STATES)


def handle(event_ids: Iterable[int]) -> int:
    """Handle what waits for the contacts of these events. Returns how many events were finished."""
    users = WebhookEvent.objects.filter(pk__in=list(event_ids)).order_by("id").values_list("user_id", flat=True)
    return sum(handle_contact(user_id) for user_id in dict.fromkeys(users))


def handle_contact(user_id: str) -> int:
    """Handle everything that waits for one contact, oldest first. "" means events of the Official Account as a whole.

    Leaves at once when another worker has the turn: that worker looks again after it has given the turn back, so an
    event stored meanwhile is never left lying.
    """
    finished = 0
    for _ in range(MOST_PER_TURN):
        with turn(Line.INBOX, user_id) as is_ours:
            if not is_ours:
                return finished
            while finished < MOST_PER_TURN and (event := _claim_next(user_id)):
                if not _handle_one(event):
                    break
                finished += 1
        if not _has_due(user_id):
            return finished
    return finished


def handle_waiting(*, limit: int = 500) -> int:
    """Handle everything that is due, here and now, without a worker. A running system's sweep is the next function."""
    now = timezone.now()
    users = (
        waiting_events()
        .filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
        .order_by()
        .values_list("user_id", flat=True)
        .distinct()[:limit]
    )
    return sum(handle_contact(user_id) for user_id in list(users))


def overdue_event_ids(*, limit: int = 1000) -> list[int]:
    """One waiting event per contact whose wake-up call seems lost, or whose time to try again has come."""
    now = timezone.now()
    lost = Q(next_attempt_at__isnull=True, received_at__lt=now - LOST_AFTER) | Q(next_attempt_at__lte=now)
    overdue = waiting_events().filter(lost).order_by("user_id", "happened_at").distinct("user_id")
    return list(overdue.values_list("pk", flat=True)[:limit])


def _claim_next(user_id: str) -> WebhookEvent | None:
    """The oldest waiting event of a contact, marked as being processed and committed; None when there is none, or when
    the oldest must wait: later ones then wait with it."""
    claimed = list(WebhookEvent.objects.raw(CLAIM, {"user_id": user_id, "now": timezone.now()}))
    return claimed[0] if claimed else None


def _has_due(user_id: str) -> bool:
    first = (
        waiting_events().filter(user_id=user_id).order_by("happened_at", "id").values_list("next_attempt_at").first()
    )
    return first is not None and (first[0] is None or first[0] <= timezone.now())


def _handle_one(event: WebhookEvent) -> bool:
    """Act and finish in one transaction, record a failure in another. False when the contact must wait."""
    if event.attempts > len(RETRY_AFTER) + 1:
        # It took its worker down each time: it never got as far as recording a failure itself.
        _fail(event, "tiến trình xử lý bị ngắt giữa chừng nhiều lần")
        return True
    try:
        with transaction.atomic():
            verdict = act_on(event)
            # The last word, should two workers ever believe they have the turn (a connection cut and reborn): the
            # second finds the event finished, and everything it did meanwhile is undone.
            finished = WebhookEvent.objects.filter(pk=event.pk, state=State.PROCESSING).update(
                state=verdict.state, note=verdict.note, finished_at=timezone.now(), next_attempt_at=None
            )
            if not finished:
                transaction.set_rollback(True)
    except (OperationalError, InterfaceError):
        # The database went away or refused: that is not the event's fault. The sweep comes back.
        raise
    except Exception as error:
        return _record_failure(event, error)
    return True


def act_on(event: WebhookEvent) -> Verdict:
    """What an event means. Runs inside the transaction that finishes the event."""
    body = parse(bytes(event.raw))
    if body is None:
        return Verdict.ignored("nội dung không còn đọc được")
    content, name = read_content(body), event.event_name
    if name in ("user_received_message", "user_seen_message"):
        is_template = is_phone_template(body, event.headers)
        return receipts.note_receipt(name=name, content=content, at=event.happened_at, is_template=is_template)
    if not _is_about_a_contact(event):
        return note_account_event(name, body)
    if name.startswith("oa_send_") and not content.admin_id and receipts.is_known(content):
        return Verdict.done()  # The usual case, two of three events: it needs no contact and no lock.
    message = _answered_template(content) if name in ANSWERS_TO_TEMPLATES else None
    contact = locked_contact(event.user_id) if event.user_id else message.contact if message else None
    if contact is None:
        return Verdict.ignored("không rõ của ai")
    if name.startswith("oa_send_"):
        return _note_echo(event, contact, content)
    note_event(contact=contact, name=name, at=event.happened_at)
    kind = KINDS.get(name)
    if kind is None:  # a call: it opens the chat's window, and that is all
        return note_account_event(name, body)
    tell_event(_inbound(event, kind, contact, content, message))
    return Verdict.done()


def _is_about_a_contact(event: WebhookEvent) -> bool:
    """Whether it may make somebody a contact of ours. Anonymous visitors of a web page and members of a group chat do
    not become one: they never said a word to us here, and we could not answer."""
    name = event.event_name
    if name in ANSWERS_TO_TEMPLATES:
        return True
    is_echo = name.startswith("oa_send_") and not name.startswith("oa_send_anonymous_")
    return bool(event.user_id) and (is_echo or name in KINDS or name in INTERACTIONS)


def _note_echo(event: WebhookEvent, contact: Contact, content: Content) -> Verdict:
    """Our own message coming back, or a colleague writing in oa.zalo.me: then the bot must stop talking over them."""
    if not content.admin_id:
        return receipts.note_echo(contact=contact, content=content, at=event.happened_at)
    tell_event(_inbound(event, EventKind.COLLEAGUE_WROTE, contact, content, None))
    return Verdict.done("đồng nghiệp nhắn từ oa.zalo.me")


def _inbound(
    event: WebhookEvent, kind: EventKind, contact: Contact, content: Content, message: OutboundMessage | None
) -> InboundEvent:
    rating = None
    if kind is EventKind.RATED:
        rating = Rating(
            content.stars, content.words, message.pk if message else None, message.subject if message else ""
        )
    return InboundEvent(
        id=event.pk,
        kind=kind,
        contact=contact,
        at=event.happened_at,
        text=content.text,
        info=content.info,
        attachments=content.attachments,
        rating=rating,
        quoted_vendor_id=content.quoted_id,
        by_colleague=content.admin_id,
    )


def _answered_template(content: Content) -> OutboundMessage | None:
    """Ratings and answers to templates name no user, only our tracking id or Zalo's message id."""
    found = None
    if content.tracking_id.startswith("tn") and content.tracking_id[2:].isdecimal():
        found = OutboundMessage.objects.filter(pk=int(content.tracking_id[2:][:18])).first()
    if found is None and content.message_ids:
        found = OutboundMessage.objects.filter(vendor_id=content.message_ids[0]).order_by("id").first()
    return found


def _record_failure(event: WebhookEvent, error: Exception) -> bool:
    """Try again later, or give it to staff. True when the contact's next event may go on."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    # The class and the place, never the message: messages quote what people wrote.
    what = f"{type(error).__name__} tại {where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
    log.error("Event %s failed on attempt %d: %s", event.pk, event.attempts, what)
    if event.attempts > len(RETRY_AFTER):
        _fail(event, what)
        return True
    wait = RETRY_AFTER[event.attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    WebhookEvent.objects.filter(pk=event.pk, state=State.PROCESSING).update(
        state=State.RECEIVED, next_attempt_at=timezone.now() + timedelta(seconds=wait), note=what
    )
    return False


def _fail(event: WebhookEvent, note: str) -> None:
    """The end of an event nobody could handle. Whoever answers citizens is told in the same transaction."""
    with transaction.atomic():
        failed = WebhookEvent.objects.filter(pk=event.pk, state=State.PROCESSING).update(
            state=State.FAILED, finished_at=timezone.now(), next_attempt_at=None, note=note
        )
        kind = KINDS.get(event.event_name)
        if not failed or kind is None or not event.user_id:
            return
        try:
            # A savepoint: an event that has failed must stay failed, or the sweep would try it for ever.
            with transaction.atomic():
                tell_given_up(GivenUp(event.pk, kind, locked_contact(event.user_id), event.happened_at))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.error("Nobody could be told that event %s failed: %s", event.pk, type(error).__name__)


def oldest_waiting_at() -> datetime | None:
    return waiting_events().order_by("received_at").values_list("received_at", flat=True).first()


def prune(*, now: datetime) -> int:
    """Delete finished events older than the retention period, in small batches. Returns how many."""
    border = now - timedelta(days=settings.ZALO_EVENT_RETENTION_DAYS)
    deleted = 0
    for _ in range(1000):
        old = WebhookEvent.objects.filter(received_at__lt=border).exclude(state__in=WebhookEvent.WAITING_STATES)
        count, _ = WebhookEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:5000])).delete()
        deleted += count
        if not count:
            break
    return deleted
