"""A wish for a time that was full:
when a place gets free, whoever waits longest is asked, and takes it with one word.
"""

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from registrations import notices
from registrations.dialogue.clock import long_time
from registrations.dialogue.times import read_time
from registrations.history import when, write_history
from registrations.intake import minutes_of
from registrations.models import Registration
from registrations.notices import Notice
from registrations.states import CLOSED_STATES
from registrations.transitions import Actor
from scheduling import services as scheduling
from scheduling.services import WaitingPlace

# Without a day in the wish, the coming two weeks will do.
ANY_DAY_WITHIN = timedelta(days=14)


def join(*, registration: Registration, now: datetime) -> None:
    """Wait for a place like the one wished for. A wish that names no day waits only if nothing at all is free."""
    if registration.ward is None or registration.appointment is not None:
        return
    minutes = minutes_of(registration.procedure)
    local = timezone.localtime(now)
    reading = read_time(registration.time_wish, local)
    first, last = reading.span or (reading.day, reading.day)
    if first is None or last is None:
        if scheduling.nearest_free(count=1, minutes=minutes, now=now, ward=registration.ward):
            return
        first, last = local.date(), local.date() + ANY_DAY_WITHIN
    if last < local.date():
        return
    scheduling.wait_for_place(
        subject=notices.subject_of(registration),
        ward=registration.ward,
        from_day=first,
        to_day=last,
        part=reading.part if reading.part in ("morning", "afternoon") else "",
        field=registration.procedure.field if registration.procedure else None,
        minutes=minutes,
        now=now,
    )


def on_offer(place: WaitingPlace) -> None:
    """A place is held for somebody who waits: tell them, in the transaction that holds it."""
    registration = _registration(place.subject)
    if registration is None or place.offer is None:
        return
    if registration.state in CLOSED_STATES or registration.appointment is not None:
        scheduling.stop_waiting(subject=place.subject)
        return
    notices.tell(
        registration=registration,
        kind=Notice.PLACE_OFFERED,
        occasion=f"{place.offer.pk}",
        time=long_time(timezone.localtime(place.offer.starts_at)),
        until=long_time(timezone.localtime(place.offer_ends_at)) if place.offer_ends_at else "",
    )


def last_offer(registration: Registration) -> Literal["held", "missed", ""]:
    """What became of the place last offered for this request; "" where none was, or it was taken or given back."""
    place = WaitingPlace.objects.filter(subject=notices.subject_of(registration)).order_by("-pk").first()
    if place is None or place.state == WaitingPlace.State.TAKEN:
        return ""
    if place.state == WaitingPlace.State.OFFERED:
        return "held" if place.offer_ends_at is not None and place.offer_ends_at > timezone.now() else "missed"
    return "missed" if place.offers_missed else ""


def take(*, registration: Registration, actor: Actor) -> Registration:
    """The citizen takes the place held for them: it becomes their visit. Raises SchedulingError when it has lapsed."""
    with transaction.atomic():
        appointment = scheduling.accept_offer(subject=notices.subject_of(registration))
        registration.appointment = appointment
        registration.save(update_fields=["appointment"])
        (change,) = write_history(registration, [("visit", "", when(appointment))], actor=actor)
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=Notice.PLACE_TAKEN, occasion=f"change-{change.pk}", by=actor.kind)
    return registration


def _registration(subject: str) -> Registration | None:
    kind, _, number = subject.partition(":")
    if kind != "registration" or not number.isdecimal():
        return None
    return (
        Registration.objects.select_related("citizen__contact", "procedure__field", "appointment", "ward")
        .filter(pk=int(number))
        .first()
    )
