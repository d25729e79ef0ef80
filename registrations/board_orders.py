"""Orders given on the day board, carried out as the use cases they are: change → schedule → notice.

Scheduling opens the transaction and keeps the record of who moved what; the state of the request, its history and the
word to the citizen are done here. How soon the citizen is told is part of the order.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from registrations.errors import RegistrationError
from registrations.models import Registration
from registrations.notices import REPLACES, Notice, subject_of, words_so_far
from registrations.states import State
from registrations.transitions import Actor
from registrations.visits import assign, change_time, reassign, unassign
from scheduling.errors import SchedulingError
from scheduling.services import Order, staff_of
from zalo_bridge import outbox
from zalo_bridge.services import OutboundMessage, messages_about

TOLD_OF_MOVES = (Notice.ASSIGNED.value, Notice.REASSIGNED.value, Notice.MOVED.value)
SOON = timedelta(minutes=2)


def carry_out(order: Order) -> dict[str, Any] | None:
    """Do what the order says to the request this visit is for; None when it is for none.

    Answers with what to know when it is taken back: which words waited before, and the newest of all. Raises
    SchedulingError with the sentence of whatever refused.
    """
    registration = Registration.objects.filter(appointment=order.appointment).select_related("appointment").first()
    if registration is None:
        return None
    subject = subject_of(registration)
    memo = words_so_far(subject)
    try:
        _do(order, registration)
    except RegistrationError as error:
        raise SchedulingError(error.sentence) from error
    if order.undoes is not None:
        _unsay(subject, change=order.undoes, undoing=memo)
    elif order.telling == "no":
        _say_nothing(subject, memo)
    elif order.telling == "soon":
        outbox.postpone(subject=subject, kinds=TOLD_OF_MOVES, until=timezone.now() + SOON)
    return memo


def _do(order: Order, registration: Registration) -> None:
    actor = Actor.staff(order.by)
    if order.slot_id is not None:
        change_time(registration=registration, slot_id=order.slot_id, actor=actor)
    registration = Registration.objects.select_related("appointment", "citizen", "procedure").get(pk=registration.pk)
    lead = next(iter(staff_of(order.appointment)), None)
    if order.staff is None:
        if lead is not None:
            unassign(registration=registration, reason=order.reason or "Bỏ phân công trên bảng lịch", actor=actor)
    elif order.staff != lead:
        send = reassign if registration.state == State.ASSIGNED else assign
        send(registration=registration, staff=order.staff, actor=actor, reason=order.reason)


def _say_nothing(subject: str, memo: dict[str, Any]) -> None:
    """Drop the words of this order, except those that stand in for earlier ones, still owed when it came.

    Somebody decided that the citizen hears of an earlier change. With no word at all they would go on believing what
    was true before it, with the earlier one what is true no longer: they read how it stands now, at the earlier time.
    """
    waited = messages_about(subject).filter(pk__in=memo["waiting"], state="superseded")
    replaced = dict(waited.order_by("-next_attempt_at").values_list("kind", "next_attempt_at"))
    needless = [kind for kind in TOLD_OF_MOVES if not replaced.keys() & {each.value for each in REPLACES[kind]}]
    outbox.supersede(subject=subject, kinds=needless, because="cán bộ chọn không báo", after=memo["newest_message"])
    if replaced:
        outbox.postpone(subject=subject, kinds=TOLD_OF_MOVES, until=min(replaced.values()))


def _unsay(subject: str, *, change: dict[str, Any], undoing: dict[str, Any]) -> None:
    """Take back the words of the change that is undone; what they had replaced is owed again.

    Where they have left, the citizen must read the correction: the words that undoing it has just written stay.
    """
    newest = change.get("newest_message", 0)
    told = messages_about(subject).filter(kind__in=TOLD_OF_MOVES, pk__gt=newest, pk__lte=undoing["newest_message"])
    if told.exclude(state__in=("superseded", *OutboundMessage.UNSENT_STATES)).exists():
        return
    outbox.supersede(subject=subject, kinds=TOLD_OF_MOVES, because="đã hoàn tác trên bảng lịch", after=newest)
    others = set(undoing["waiting"]) - set(told.values_list("pk", flat=True))
    outbox.reinstate(ids=[*change.get("waiting", ()), *others])
