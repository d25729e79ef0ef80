"""Orders given on the day board, carried out as the use cases they are: change → schedule → notice.

Scheduling opens the transaction and keeps the record of who moved what; the state of the request, its history and the
word to the citizen are done here. How soon the citizen is told is part of the order.
"""

from datetime import timedelta

from django.utils import timezone

from registrations.errors import RegistrationError
from registrations.models import Registration
from registrations.notices import Notice, subject_of
from registrations.states import State
from registrations.transitions import Actor
from registrations.visits import assign, change_time, reassign, unassign
from scheduling.errors import SchedulingError
from scheduling.services import Order, staff_of
from zalo_bridge import outbox
from zalo_bridge.services import messages_about

TOLD_OF_MOVES = (Notice.ASSIGNED.value, Notice.REASSIGNED.value, Notice.MOVED.value)
SOON = timedelta(minutes=2)


def carry_out(order: Order) -> bool:
    """Do what the order says to the request this visit is for; False when it is for none.

    Raises SchedulingError with the sentence of whatever refused.
    """
    registration = Registration.objects.filter(appointment=order.appointment).select_related("appointment").first()
    if registration is None:
        return False
    telling = order.telling
    subject = subject_of(registration)
    if order.is_undo:
        # Words that have not left yet are simply taken back, and so is the need for others.
        held_back = outbox.supersede(subject=subject, kinds=TOLD_OF_MOVES, because="đã hoàn tác trên bảng lịch")
        telling = "no" if held_back or not _was_told(subject) else "now"
    try:
        _do(order, registration)
    except RegistrationError as error:
        raise SchedulingError(error.sentence) from error
    if telling == "no":
        outbox.supersede(subject=subject, kinds=TOLD_OF_MOVES, because="cán bộ chọn không báo")
    elif telling == "soon":
        outbox.postpone(subject=subject, kinds=TOLD_OF_MOVES, until=timezone.now() + SOON)
    return True


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


def _was_told(subject: str) -> bool:
    """Whether words about a move of this visit have just left."""
    recent = messages_about(subject).filter(kind__in=TOLD_OF_MOVES, created_at__gte=timezone.now() - 2 * SOON)
    return recent.exclude(state="superseded").exists()
