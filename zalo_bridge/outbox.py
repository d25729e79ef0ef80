"""The door for whoever owes a citizen a message. Write the message in the same transaction as the change it tells of.

Nothing here talks to Zalo: rows are sent after commit by `delivery.py`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from zalo_bridge import doorbell
from zalo_bridge.models import Contact, OutboundMessage
from zalo_bridge.parts import LONGEST_TEXT, MOST_BUTTONS, Card, Choice, Link, payload_of, split_text

__all__ = [
    "LONGEST_TEXT",
    "MOST_BUTTONS",
    "Card",
    "Choice",
    "Link",
    "OutboundMessage",
    "enqueue",
    "postpone",
    "reinstate",
    "split_text",
    "supersede",
]

# When nobody says how long a message stays worth sending: an answer hours later only confuses.
GIVE_UP_REPLY_AFTER = timedelta(hours=3)
GIVE_UP_NOTICE_AFTER = timedelta(days=3)


def enqueue(
    *,
    kind: str,
    dedupe_key: str,
    contact: Contact | None = None,
    phone: str = "",
    text: str = "",
    choices: Sequence[Choice] = (),
    link: Link | None = None,
    card: Card | None = None,
    params: Mapping[str, str] | None = None,
    subject: str = "",
    is_reply: bool = False,
    not_before: datetime | None = None,
    give_up_at: datetime | None = None,
    written_by: str = "",
) -> OutboundMessage:
    """Owe somebody a message. Call it in the business transaction; it is sent after commit.

    `dedupe_key` names the notice, not the attempt: a second call with the same key returns the row of the first and
    changes nothing. At least one of `contact` and `phone` (E.164) must be given; with both, the phone is the last step
    of the ladder chat → template by user → template by phone. `text` must make sense alone, numbered choices included;
    `choices` and `link` become buttons only where Zalo takes them (else the link is added as the last line).
    `params` fill the template that carries this `kind` when the chat window is closed. `is_reply` answers what the
    citizen just did: it may go out at night and is tried even where our record says the window is closed. After
    `give_up_at` the message is not sent any more (default: 3 hours for a reply, 3 days for a notice, counted from
    `not_before`). Longer texts become several messages, each a row of its own, in order. `written_by` is the
    name of the person who wrote it.

    Raises `ValueError` when there is nobody to reach or nothing to say.
    """
    if contact is None and not phone:
        raise ValueError("a message needs a contact or a phone number")
    if "~" in dedupe_key or "#" in dedupe_key:
        raise ValueError("~ and # in dedupe keys belong to the pieces and steps of a message")
    text = unicodedata.normalize("NFC", text).replace("\x00", "").strip()
    if not text and card is None and not params:
        raise ValueError("a message needs a text, a card or template parameters")
    # Zalo takes a card without words beside it, so words and card are two messages.
    pieces = split_text(text) if text or card is None else []
    contents: list[tuple[str, Card | None]] = [(piece, None) for piece in pieces] + ([("", card)] if card else [])
    now = timezone.now()
    due_at = max(not_before or now, now)
    give_up_at = give_up_at or due_at + (GIVE_UP_REPLY_AFTER if is_reply else GIVE_UP_NOTICE_AFTER)
    rows = []
    for number, (piece, piece_card) in enumerate(contents, start=1):
        is_last = number == len(pieces)
        rows.append(
            OutboundMessage(
                contact=contact,
                phone=phone,
                channel=OutboundMessage.Channel.CHAT if contact else OutboundMessage.Channel.TEMPLATE_BY_PHONE,
                kind=kind,
                dedupe_key=dedupe_key if number == 1 else f"{dedupe_key}~{number}",
                payload=payload_of(
                    text=piece,
                    choices=choices if is_last else (),
                    link=link if is_last else None,
                    card=piece_card,
                    params=params,
                ),
                subject=subject,
                is_reply=is_reply,
                next_attempt_at=due_at,
                give_up_at=give_up_at,
                written_by=written_by,
            )
        )
        if contact is None:
            break  # A template has one text, its own.
    with transaction.atomic(savepoint=False):  # in a transaction it stands or falls with the rest
        # The unique constraint decides between two callers at once; the loser gets the winner's row.
        OutboundMessage.objects.bulk_create(rows, ignore_conflicts=True)
        first = OutboundMessage.objects.get(dedupe_key=dedupe_key)
        if due_at <= now:
            doorbell.ring(doorbell.DELIVER_MESSAGES, first.pk)
    return first


def supersede(*, subject: str, kinds: Iterable[str], because: str, after: int = 0) -> int:
    """Messages about `subject` that still wait to be sent are not needed any more. Returns how many there were.

    `after`: only those newer than this one. One that is being sent at this moment is left alone: it cannot be called
    back.
    """
    needless = _unsent(subject, kinds).filter(pk__gt=after)
    return needless.update(state=OutboundMessage.State.SUPERSEDED, note=because[:500])


def postpone(*, subject: str, kinds: Iterable[str], until: datetime) -> int:
    """Messages about `subject` that still wait leave no earlier than `until`. Returns how many there were.

    For a change somebody may take back: call it in the transaction that enqueued them.
    """
    return _unsent(subject, kinds).filter(next_attempt_at__lt=until).update(next_attempt_at=until)


def _unsent(subject: str, kinds: Iterable[str]) -> QuerySet[OutboundMessage]:
    states = OutboundMessage.UNSENT_STATES
    return OutboundMessage.objects.filter(subject=subject, kind__in=list(kinds), state__in=states)


def reinstate(*, ids: Iterable[int]) -> int:
    """Of these messages, those superseded meanwhile are owed again: the change that replaced them was taken back."""
    now = timezone.now()
    again = OutboundMessage.objects.filter(pk__in=list(ids), state=OutboundMessage.State.SUPERSEDED, give_up_at__gt=now)
    numbers = list(again.values_list("pk", flat=True))
    count = again.update(state=OutboundMessage.State.QUEUED, note="", next_attempt_at=Greatest("next_attempt_at", now))
    for number in numbers:
        doorbell.ring(doorbell.DELIVER_MESSAGES, number)
    return count
