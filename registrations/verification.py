"""From a new request to one worth a visit: calls, the checklist, the answer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from registrations import notices
from registrations.call_clock import call_due_at
from registrations.errors import MissingFact, StaleState
from registrations.models import Checklist, ContactAttempt, Registration, WorkRules
from registrations.notices import Notice
from registrations.states import CLOSED_STATES, State
from registrations.transitions import Actor, move
from scheduling import services as scheduling

STATES_ON_THE_ROAD = (State.ASSIGNED, State.IN_PROGRESS)
MISSED = (ContactAttempt.Outcome.NO_ANSWER, ContactAttempt.Outcome.BUSY, ContactAttempt.Outcome.WRONG_NUMBER)


def verify(*, registration: Registration, actor: Actor, note: str = "", now: datetime | None = None) -> Registration:
    """Promise the visit: identity, procedure, papers, device, address and time have been checked."""
    at = now or timezone.now()
    if registration.procedure_id is None:
        raise MissingFact("Cần chọn thủ tục trước khi xác minh.")
    with transaction.atomic():
        line = move(
            registration=registration,
            to=State.VERIFIED,
            actor=actor,
            at=at,
            reason=note,
            only_from=(State.SUBMITTED, State.NEEDS_INFO),
            next_call_at=None,
        )
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
    with transaction.atomic():
        move(
            registration=registration,
            to=State.SUBMITTED,
            actor=actor,
            at=at,
            reason=note,
            call_due_at=call_due_at(at, registration.appointment),
            next_call_at=None,
            missed_calls=0,
            unreachable_told_at=None,
        )
    return registration


def reject(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """No visit will happen; the citizen reads why, the place goes back."""
    if not reason.strip():
        raise MissingFact("Hãy ghi lý do từ chối để người dân biết.")
    return end_without_visit(
        registration=registration, to=State.REJECTED, notice=Notice.REJECTED, reason=reason, actor=actor, now=now
    )


def end_without_visit(
    *, registration: Registration, to: State, notice: Notice, reason: str, actor: Actor, now: datetime | None = None
) -> Registration:
    """The request is over: the place goes back, no reminders, the citizen reads the reason."""
    at, words = now or timezone.now(), reason.strip()
    with transaction.atomic():
        line = move(
            registration=registration, to=to, actor=actor, at=at, reason=words, finished_at=at, next_call_at=None
        )
        give_back_place(registration)
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=notice, occasion=str(line.pk), reason=words, by=actor.kind)
    return registration


def give_back_place(registration: Registration) -> None:
    """Free the slot of a visit that will not happen: the one it has now, booked a moment ago or not."""
    registration.refresh_from_db(fields=["appointment"])
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

    A call that reached the citizen settles every call still owed. Raises MissingFact: "call later" needs a time, and
    StaleState: it has ended and no call is owed.
    """
    at = now or timezone.now()
    if outcome == ContactAttempt.Outcome.CALL_LATER and call_again_at is None:
        raise MissingFact("Hẹn gọi lại thì cần chọn giờ gọi.")
    rules = WorkRules.current()
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).select_related("citizen").get(pk=registration.pk)
        is_over = locked.state in CLOSED_STATES
        if is_over and not locked.calls.filter(outcome=ContactAttempt.Outcome.OWED).exists():
            raise StaleState(f"Hồ sơ {locked.code} đã kết thúc nên không ghi cuộc gọi nữa.")
        attempt = None
        if outcome == ContactAttempt.Outcome.REACHED:
            attempt = _settle_owed(locked, actor=actor, note=note, at=at)
        if attempt is None:
            attempt = ContactAttempt.objects.create(
                registration=locked, outcome=outcome, note=note[:500], by=actor.user, at=at, call_again_at=call_again_at
            )
        locked.first_called_at = locked.first_called_at or at
        if is_over:
            pass  # only what they are still owed is told: nobody rings after them for an answer
        elif outcome in MISSED:
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


def tick_papers(*, registration: Registration, papers: list[str], actor: Actor) -> Checklist:
    """Which papers whoever went there has seen; the whole list each time, so sending it twice changes nothing.

    Raises StaleState before somebody goes and after the visit.
    """
    if registration.state not in STATES_ON_THE_ROAD:
        raise StaleState(f"Hồ sơ {registration.code} không còn ở bước kiểm giấy tờ.")
    checklist, _ = Checklist.objects.update_or_create(
        registration=registration,
        defaults={"papers_seen": papers},
        create_defaults={"papers_seen": papers, "updated_by": actor.user},
    )
    return checklist


def close_unreachable(*, now: datetime | None = None) -> int:
    """Close requests whose citizen was told that nobody reached them and stayed silent since. How many."""
    at = now or timezone.now()
    if not scheduling.hours_on(timezone.localdate(at)):
        return 0  # nobody is there to answer who protests
    days = WorkRules.current().close_unreachable_days
    waiting = Registration.objects.filter(
        state__in=[State.SUBMITTED, State.NEEDS_INFO], unreachable_told_at__isnull=False
    ).select_related("citizen__contact", "appointment")
    closed = 0
    for number in list(waiting.order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            # Asked again under the lock: a clerk may have reached them since, or be writing that down just now.
            rows = waiting.select_for_update(of=("self",), skip_locked=True)
            registration = rows.filter(pk=number).first()
            if registration is None or not _stayed_silent(registration, days, at):
                continue
            reason = f"Không liên lạc được sau {registration.missed_calls} lần gọi và một tin nhắn"
            end_without_visit(
                registration=registration,
                to=State.CANCELLED,
                notice=Notice.CANCELLED,
                reason=reason,
                actor=Actor.system(),
                now=at,
            )
        closed += 1
    return closed


def _stayed_silent(registration: Registration, days: int, at: datetime) -> bool:
    """Whether so many working days have gone since the message, without a word: else the next call is worth making."""
    told_at, contact = registration.unreachable_told_at, registration.citizen.contact
    if told_at is None or (contact and contact.last_interaction_at and contact.last_interaction_at > told_at):
        return False
    return timezone.localdate(at) > scheduling.working_days_after(timezone.localdate(told_at), days)
