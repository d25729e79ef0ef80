"""From a new request to one worth a visit: calls, the checklist, the answer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from registrations import notices
from registrations.errors import MissingFact, StaleState
from registrations.models import Checklist, ContactAttempt, Registration, WorkRules
from registrations.notices import Notice
from registrations.states import CLOSED_STATES, State
from registrations.transitions import Actor, move
from scheduling import services as scheduling

MISSED = (ContactAttempt.Outcome.NO_ANSWER, ContactAttempt.Outcome.BUSY, ContactAttempt.Outcome.WRONG_NUMBER)


def verify(*, registration: Registration, actor: Actor, note: str = "", now: datetime | None = None) -> Registration:
    """Promise the visit: identity, procedure, papers, device, address and time have been checked."""
    at = now or timezone.now()
    if registration.procedure_id is None:
        raise MissingFact("Cần chọn thủ tục trước khi xác minh.")
    with transaction.atomic():
        line = move(registration=registration, to=State.VERIFIED, actor=actor, at=at, reason=note, next_call_at=None)
        notices.tell(registration=registration, kind=Notice.VERIFIED, occasion=str(line.pk))
    return registration


def ask_for_more(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """Something is missing; the place in the slot is kept while the citizen answers."""
    at = now or timezone.now()
    if not reason.strip():
        raise MissingFact("Hãy ghi rõ cần bổ sung gì để người dân biết.")
    with transaction.atomic():
        line = move(registration=registration, to=State.NEEDS_INFO, actor=actor, at=at, reason=reason.strip())
        notices.tell(registration=registration, kind=Notice.NEEDS_INFO, occasion=str(line.pk), reason=reason.strip())
    return registration


def answer_received(
    *, registration: Registration, actor: Actor, note: str = "", now: datetime | None = None
) -> Registration:
    """The citizen sent what was missing: back to the people who call, with a fresh clock."""
    at = now or timezone.now()
    due = scheduling.add_working_minutes(at, WorkRules.current().call_within_minutes)
    with transaction.atomic():
        move(
            registration=registration,
            to=State.SUBMITTED,
            actor=actor,
            at=at,
            reason=note,
            call_due_at=due,
            next_call_at=None,
            missed_calls=0,
            unreachable_told_at=None,
        )
    return registration


def reject(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """No visit will happen; the citizen reads why, the place goes back."""
    at = now or timezone.now()
    if not reason.strip():
        raise MissingFact("Hãy ghi lý do từ chối để người dân biết.")
    with transaction.atomic():
        line = move(
            registration=registration,
            to=State.REJECTED,
            actor=actor,
            at=at,
            reason=reason.strip(),
            finished_at=at,
            next_call_at=None,
        )
        give_back_place(registration)
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=Notice.REJECTED, occasion=str(line.pk), reason=reason.strip())
    return registration


def give_back_place(registration: Registration) -> None:
    """Free the slot of a visit that will not happen."""
    if registration.appointment is not None and registration.appointment.is_live:
        scheduling.release(appointment=registration.appointment)


def owe_call(*, registration: Registration, notice_key: str, note: str) -> ContactAttempt:
    """No message can reach this citizen: somebody must call. One task per notice, however often this is asked."""
    task, _ = ContactAttempt.objects.get_or_create(
        notice_key=notice_key,
        defaults={"registration": registration, "outcome": ContactAttempt.Outcome.OWED, "note": note[:500]},
    )
    return task


def log_call(
    *,
    registration: Registration,
    outcome: str,
    actor: Actor,
    note: str = "",
    call_again_at: datetime | None = None,
    now: datetime | None = None,
) -> ContactAttempt:
    """Write down a call. After so many missed ones (WorkRules) the citizen gets a message instead of another ring.

    A call that reached the citizen settles every call still owed. Raises MissingFact: "call later" needs a time.
    """
    at = now or timezone.now()
    if outcome == ContactAttempt.Outcome.CALL_LATER and call_again_at is None:
        raise MissingFact("Hẹn gọi lại thì cần chọn giờ gọi.")
    rules = WorkRules.current()
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).select_related("citizen").get(pk=registration.pk)
        attempt = None
        if outcome == ContactAttempt.Outcome.REACHED:
            attempt = _settle_owed(locked, actor=actor, note=note, at=at)
        if attempt is None:
            attempt = ContactAttempt.objects.create(
                registration=locked, outcome=outcome, note=note[:500], by=actor.user, at=at, call_again_at=call_again_at
            )
        locked.first_called_at = locked.first_called_at or at
        if outcome in MISSED:
            locked.missed_calls += 1
            locked.next_call_at = call_again_at or scheduling.add_working_minutes(at, rules.call_again_minutes)
            if locked.missed_calls >= rules.calls_before_message and locked.unreachable_told_at is None:
                locked.unreachable_told_at = at
                notices.tell(registration=locked, kind=Notice.UNREACHABLE, occasion=str(attempt.pk))
        else:
            locked.next_call_at = call_again_at
            locked.missed_calls = 0
            locked.unreachable_told_at = None
        locked.save(update_fields=["first_called_at", "missed_calls", "next_call_at", "unreachable_told_at"])
    registration.refresh_from_db()
    return attempt


def _settle_owed(registration: Registration, *, actor: Actor, note: str, at: datetime) -> ContactAttempt | None:
    owed = list(registration.calls.filter(outcome=ContactAttempt.Outcome.OWED).order_by("at", "id"))
    for task in owed:
        task.outcome, task.by, task.at = ContactAttempt.Outcome.REACHED, actor.user, at
        task.note = "; ".join(part for part in (task.note, note) if part)[:500]
        task.save(update_fields=["outcome", "by", "at", "note"])
    return owed[-1] if owed else None


def save_checklist(
    *, registration: Registration, actor: Actor, answers: dict[str, bool | None], papers: list[str], note: str
) -> Checklist:
    """Keep what was asked so far; a half-finished call is not lost."""
    if registration.state in CLOSED_STATES:
        raise StaleState(f"Hồ sơ {registration.code} đã kết thúc, phiếu xác minh không sửa được nữa.")
    known = {name: answers[name] for name in Checklist.LABELS if name in answers}
    checklist, _ = Checklist.objects.update_or_create(
        registration=registration,
        defaults={
            **known,
            "papers_ready": papers,
            "note": note[:500],
            "updated_by": actor.user,
            "updated_at": timezone.now(),
        },
    )
    return checklist


def close_unreachable(*, now: datetime | None = None) -> int:
    """Close requests whose citizen was told that nobody reached them and stayed silent since. How many."""
    at = now or timezone.now()
    days = WorkRules.current().close_unreachable_days
    closed = 0
    waiting = Registration.objects.filter(
        state__in=[State.SUBMITTED, State.NEEDS_INFO], unreachable_told_at__isnull=False
    ).select_related("citizen__contact", "appointment")
    for registration in waiting.order_by("id"):
        told_at = registration.unreachable_told_at
        contact = registration.citizen.contact
        if told_at is None or (contact and contact.last_interaction_at and contact.last_interaction_at > told_at):
            continue  # they wrote since: the next call is worth making
        if timezone.localdate(at) <= scheduling.working_days_after(timezone.localdate(told_at), days):
            continue
        reason = f"Không liên lạc được sau {registration.missed_calls} lần gọi và một tin nhắn"
        with transaction.atomic():
            line = move(
                registration=registration, to=State.CANCELLED, actor=Actor.system(), reason=reason, finished_at=at
            )
            give_back_place(registration)
            notices.recompute_reminders(registration=registration)
            notices.tell(registration=registration, kind=Notice.CANCELLED, occasion=str(line.pk), reason=reason)
        closed += 1
    return closed
