"""From a verified request to a filed dossier: who goes, when, what came of it, what the citizen thought."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from registrations import notices
from registrations.arrivals import settle
from registrations.call_clock import call_due_at
from registrations.errors import MissingFact, StaleState
from registrations.history import when, write_history
from registrations.intake import audience_of, minutes_of
from registrations.models import Checklist, FieldChange, Registration
from registrations.notices import Notice
from registrations.notifying import tell_managers
from registrations.states import State
from registrations.transitions import Actor, move
from registrations.verification import end_without_visit
from scheduling import services as scheduling
from scheduling.services import Appointment, Assignment, StaffMember

LOW_RATING = 2
# A phone without signal may tell us late that somebody set off; by then the citizen sees it for themselves.
ON_THE_WAY_IS_NEWS_FOR = timedelta(minutes=15)


def assign(
    *, registration: Registration, staff: StaffMember, actor: Actor, reason: str = "", now: datetime | None = None
) -> Assignment:
    """Send this person. Raises the errors of `scheduling.services.assign` with a sentence saying why they cannot go."""
    at = now or timezone.now()
    with transaction.atomic():
        appointment = _visit_of(registration)
        line = move(
            registration=registration,
            to=State.ASSIGNED,
            actor=actor,
            at=at,
            reason=reason,
            only_from=(State.VERIFIED,),
        )
        assignment = scheduling.assign(appointment=appointment, staff=staff, by=actor.user, reason=reason, now=now)
        notices.tell(registration=registration, kind=Notice.ASSIGNED, occasion=str(line.pk))
    return assignment


def reassign(
    *, registration: Registration, staff: StaffMember, actor: Actor, reason: str = "", now: datetime | None = None
) -> Assignment:
    """Send somebody else. The state stays; the history shows both people."""
    with transaction.atomic():
        locked = _locked(registration)
        if locked.state != State.ASSIGNED:
            raise StaleState(
                f"Hồ sơ {locked.code} đang ở bước “{locked.get_state_display()}” nên không đổi người được."
            )
        assignment = scheduling.reassign(
            appointment=_visit_of(locked), staff=staff, by=actor.user, reason=reason, now=now
        )
        notices.tell(registration=locked, kind=Notice.REASSIGNED, occasion=str(assignment.pk))
    return assignment


def unassign(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """Nobody goes for now; the request waits for another person. The citizen is told when there is one."""
    at = now or timezone.now()
    if not reason.strip():
        raise MissingFact("Hãy ghi lý do bỏ phân công.")
    with transaction.atomic():
        move(
            registration=registration,
            to=State.VERIFIED,
            actor=actor,
            at=at,
            reason=reason.strip(),
            only_from=(State.ASSIGNED,),
        )
        settle(registration=registration)
        scheduling.unassign(appointment=_visit_of(registration), by=actor.user, reason=reason.strip(), now=now)
        notices.nobody_goes(registration=registration)
    return registration


def set_off(*, registration: Registration, actor: Actor, now: datetime | None = None) -> Registration:
    """On the way: the citizen is told once, unless it is old news."""
    at = now or timezone.now()
    with transaction.atomic():
        left = Registration.objects.filter(pk=registration.pk, state=State.ASSIGNED, set_off_at__isnull=True)
        if not left.update(set_off_at=at):
            raise StaleState(f"Hồ sơ {registration.code} đã báo đang đi hoặc không còn chờ đi.")
        registration.set_off_at = at
        if timezone.now() - at < ON_THE_WAY_IS_NEWS_FOR:
            notices.tell(registration=registration, kind=Notice.ON_THE_WAY, occasion=_visit_number(registration))
    return registration


def start(*, registration: Registration, actor: Actor, now: datetime | None = None) -> Registration:
    """At the citizen's door."""
    at = now or timezone.now()
    with transaction.atomic():
        move(registration=registration, to=State.IN_PROGRESS, actor=actor, at=at, arrived_at=at)
        settle(registration=registration)
    return registration


def complete(
    *, registration: Registration, dossier_number: str, actor: Actor, now: datetime | None = None
) -> Registration:
    """The dossier is on the national portal under this number. Arrival is noted too, if nobody pressed it."""
    at = now or timezone.now()
    number = dossier_number.strip()
    if not number:
        raise MissingFact("Hãy nhập mã hồ sơ trên Cổng dịch vụ công.")
    with transaction.atomic():
        if registration.state == State.ASSIGNED:
            start(registration=registration, actor=actor, now=now)
        line = move(
            registration=registration,
            to=State.COMPLETED,
            actor=actor,
            at=at,
            dossier_number=number[:60],
            finished_at=at,
        )
        notices.recompute_reminders(registration=registration)
        notices.tell(
            registration=registration, kind=Notice.COMPLETED, occasion=str(line.pk), dossier_number=number[:60]
        )
    return registration


def not_at_home(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """Nobody opened. The request waits for a new time or a cancellation."""
    at = now or timezone.now()
    with transaction.atomic():
        line = move(
            registration=registration,
            to=State.NO_SHOW,
            actor=actor,
            at=at,
            reason=reason.strip() or "Không có người ở nhà",
            finished_at=at,
        )
        settle(registration=registration)
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=Notice.NO_SHOW, occasion=str(line.pk))
    return registration


def rebook(*, registration: Registration, slot_id: int, actor: Actor) -> Registration:
    """A new time after nobody was at home: back to those who assign."""
    with transaction.atomic():
        before = when(registration.appointment)
        line = move(
            registration=registration,
            to=State.VERIFIED,
            actor=actor,
            reason="Hẹn lại",
            only_from=(State.NO_SHOW,),
            set_off_at=None,
            expected_at=None,
            arrived_at=None,
            finished_at=None,
        )
        Checklist.objects.filter(registration=registration).update(papers_seen=[])
        _take_place(registration, slot_id, actor)
        _note_time(registration, before, actor)
        _end_assignment(registration, actor, "Hẹn lại giờ khác")
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=Notice.MOVED, occasion=str(line.pk), by=actor.kind)
    return registration


def change_time(*, registration: Registration, slot_id: int, actor: Actor) -> Registration:
    """Another time. Whoever was going keeps the visit if they can; otherwise it waits to be assigned again."""
    with transaction.atomic():
        locked = _locked(registration)
        if locked.state not in (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED):
            raise StaleState(f"Hồ sơ {locked.code} đang ở bước “{locked.get_state_display()}” nên không đổi giờ được.")
        before = when(locked.appointment)
        _take_place(locked, slot_id, actor)
        if when(locked.appointment) == before:
            return registration
        change = _note_time(locked, before, actor)
        fresh: dict[str, Any] = {"set_off_at": None, "expected_at": None, "time_wish": ""}
        if locked.state == State.SUBMITTED:
            fresh["call_due_at"] = call_due_at(locked.state_changed_at, locked.appointment)
        Registration.objects.filter(pk=locked.pk).update(**fresh)
        settle(registration=locked)
        if locked.state == State.ASSIGNED and not _has_staff(locked):
            move(
                registration=locked,
                to=State.VERIFIED,
                actor=Actor.system(),
                reason="Đổi giờ hẹn, cán bộ cũ không đi được giờ mới",
            )
        notices.recompute_reminders(registration=locked)
        notices.tell(
            registration=locked, kind=Notice.MOVED, occasion=f"change-{change.pk}", by=actor.kind, old_time=before
        )
    registration.refresh_from_db()
    return registration


def cancel(*, registration: Registration, reason: str, actor: Actor, now: datetime | None = None) -> Registration:
    """No visit: the citizen changed their mind, or staff know it cannot happen. The place goes back."""
    if not reason.strip():
        raise MissingFact("Hãy ghi lý do hủy.")
    return end_without_visit(
        registration=registration, to=State.CANCELLED, notice=Notice.CANCELLED, reason=reason, actor=actor, now=now
    )


def rate(*, registration: Registration, stars: int, words: str = "", now: datetime | None = None) -> Registration:
    """What the citizen thought, 1 to 5. A low one becomes work for the managers, once. Later words replace earlier."""
    at = now or timezone.now()
    if not 1 <= stars <= 5:
        raise MissingFact("Đánh giá từ 1 đến 5.")
    with transaction.atomic():
        locked = _locked(registration)
        if locked.state != State.COMPLETED:
            raise StaleState(f"Hồ sơ {locked.code} chưa xong nên chưa đánh giá được.")
        is_news = stars <= LOW_RATING and (locked.rating is None or locked.rating > LOW_RATING)
        locked.rating, locked.rated_at = stars, at
        locked.rating_words = words.strip() or locked.rating_words
        locked.save(update_fields=["rating", "rating_words", "rated_at"])
        if is_news:
            text = f"Hồ sơ {locked.code} được đánh giá {stars}/5. Cần xem lại và gọi hỏi người dân."
            tell_managers(registration=locked, text=text)
    registration.refresh_from_db()
    return registration


def _note_time(registration: Registration, before: str, actor: Actor) -> FieldChange:
    (change,) = write_history(registration, [("visit", before, when(registration.appointment))], actor=actor)
    return change


def _locked(registration: Registration) -> Registration:
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("citizen", "appointment", "procedure", "ward")
        .get(pk=registration.pk)
    )


def _visit_of(registration: Registration) -> Appointment:
    if registration.appointment is None or not registration.appointment.is_live:
        raise MissingFact("Hồ sơ chưa có giờ hẹn. Hãy chọn giờ trước khi phân công.")
    return registration.appointment


def _visit_number(registration: Registration) -> str:
    appointment = registration.appointment
    return f"{appointment.pk}-{appointment.sequence}" if appointment is not None else "0"


def _take_place(registration: Registration, slot_id: int, actor: Actor) -> None:
    """Move the visit to this slot, or book it where there is none yet."""
    minutes = minutes_of(registration.procedure)
    appointment: Appointment | None = registration.appointment
    if appointment is not None and appointment.is_live:
        appointment = scheduling.move(
            appointment=appointment, slot_id=slot_id, minutes=minutes, audience=audience_of(actor)
        )
    else:
        if registration.ward is None:
            raise MissingFact("Cần biết phường, xã trước khi giữ giờ hẹn.")
        appointment = scheduling.book(
            slot_id=slot_id,
            ward=registration.ward,
            field=registration.procedure.field if registration.procedure else None,
            minutes=minutes,
            audience=audience_of(actor),
        )
    registration.appointment = appointment
    registration.save(update_fields=["appointment"])


def _has_staff(registration: Registration) -> bool:
    appointment = registration.appointment
    return appointment is not None and appointment.assignments.filter(is_active=True, is_lead=True).exists()


def _end_assignment(registration: Registration, actor: Actor, reason: str) -> None:
    if _has_staff(registration) and registration.appointment is not None:
        scheduling.unassign(appointment=registration.appointment, by=actor.user, reason=reason)
