"""The waiting list: a place that gets free is offered in turn; the offer holds the place and lapses by itself.

An offer is a real booking made for whoever waits, so nobody else can take the place meanwhile and nobody gets it twice.
Telling people belongs to whoever registered with `tell_offers_with`.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from procedures.services import Field
from scheduling.booking import book, release
from scheduling.errors import OfferGone, SchedulingError
from scheduling.free_times import FreeSlot, free_days
from scheduling.hours import ZONE
from scheduling.models import Appointment, WaitingPlace, Ward

OFFER_LASTS = timedelta(minutes=30)
# An offer made at night would lapse before anybody is woken for it.
OFFERED_FROM, OFFERED_TO = time(6, 30), time(21, 0)
MOST_OFFERS_MISSED = 3
State = WaitingPlace.State

OfferListener = Callable[[WaitingPlace], None]
_listeners: list[OfferListener] = []


def tell_offers_with(listener: OfferListener) -> None:
    """Register who tells people (once, at start). Called in the transaction of the offer, with `offer` set."""
    _listeners[:] = [listener]


def wait(
    *,
    subject: str,
    ward: Ward,
    from_day: date,
    to_day: date,
    part: str = "",
    field: Field | None = None,
    minutes: int = 45,
    now: datetime | None = None,
) -> WaitingPlace:
    """Put somebody on the list, once per subject: asking again changes the wish and keeps the turn."""
    with transaction.atomic():
        wish = {"ward": ward, "from_day": from_day, "to_day": to_day, "part": part, "field": field, "minutes": minutes}
        known = (
            WaitingPlace.objects.select_for_update()
            .filter(subject=subject, state__in=(State.WAITING, State.OFFERED))
            .first()
        )
        if known is None:
            return WaitingPlace.objects.create(subject=subject, asked_at=now or timezone.now(), **wish)
        for name, value in wish.items():
            setattr(known, name, value)
        known.save(update_fields=list(wish))
        return known


def leave(*, subject: str) -> None:
    """Take somebody off the list; an offer they hold goes back."""
    with transaction.atomic():
        rows = WaitingPlace.objects.select_for_update(of=("self",)).select_related("offer")
        for place in rows.filter(subject=subject, state__in=(State.WAITING, State.OFFERED)).order_by("pk"):
            _give_back(place, State.LEFT)


def accept(*, subject: str, now: datetime | None = None) -> Appointment:
    """Take the offered place: it stays booked, now for good. Raises OfferGone."""
    now = now or timezone.now()
    with transaction.atomic():
        place = (
            WaitingPlace.objects.select_for_update(of=("self",))
            .select_related("offer")
            .filter(subject=subject, state=State.OFFERED)
            .first()
        )
        if place is None or place.offer is None or place.offer_ends_at is None or place.offer_ends_at <= now:
            raise OfferGone("Giờ trống này đã hết hạn giữ. Khi có giờ khác, cơ quan sẽ báo tiếp.")
        visit = place.offer
        place.state, place.offer, place.offer_ends_at = State.TAKEN, None, None
        place.save(update_fields=["state", "offer", "offer_ends_at"])
        return visit


def make_offers(*, now: datetime | None = None) -> list[WaitingPlace]:
    """Let lapsed offers go, then offer what is free, in turn. Safe to run twice at once.

    In turn: in the order people asked, but whoever let an offer lapse comes after those who have not had one.
    """
    now = now or timezone.now()
    _let_lapse(now)
    if not OFFERED_FROM <= now.astimezone(ZONE).time() < OFFERED_TO:
        return []
    made = []
    turns = WaitingPlace.objects.filter(state=State.WAITING).order_by("offers_missed", "asked_at", "pk")
    for pk in turns.values_list("pk", flat=True):
        with transaction.atomic():
            # Somebody else's run may be at this row: then the offer is theirs to make.
            place = WaitingPlace.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.WAITING).first()
            if place is not None and _offer(place, now):
                made.append(place)
    return made


def _offer(place: WaitingPlace, now: datetime) -> bool:
    for slot in _fitting(place, now):
        try:
            visit = book(slot_id=slot.id, ward=place.ward, field=place.field, minutes=place.minutes, now=now)
        except SchedulingError:
            continue
        place.state, place.offer, place.offer_ends_at = State.OFFERED, visit, min(now + OFFER_LASTS, slot.starts_at)
        place.save(update_fields=["state", "offer", "offer_ends_at"])
        for listener in _listeners:
            listener(place)
        return True
    return False


def _fitting(place: WaitingPlace, now: datetime) -> list[FreeSlot]:
    first = max(place.from_day, now.astimezone(ZONE).date())
    if first > place.to_day:
        return []
    span = (place.to_day - first).days + 1
    days = free_days(days=span, first=first, minutes=place.minutes, now=now, ward=place.ward)
    slots = [slot for day in days for slot in day.slots if slot.id not in place.missed_slots]
    if place.part:
        is_morning = place.part == "morning"
        slots = [slot for slot in slots if (slot.starts_at.astimezone(ZONE).hour < 12) == is_morning]
    return slots


def _let_lapse(now: datetime) -> None:
    """Offers nobody answered go back; after some misses the person is taken off, so the list does not turn in vain."""
    today = now.astimezone(ZONE).date()
    with transaction.atomic():
        rows = WaitingPlace.objects.select_for_update(of=("self",), skip_locked=True).select_related("offer")
        for place in rows.filter(state=State.OFFERED, offer_ends_at__lte=now).order_by("pk"):
            place.offers_missed += 1
            if place.offer is not None:
                place.missed_slots = [*place.missed_slots, place.offer.slot_id]
            _give_back(place, State.LEFT if place.offers_missed >= MOST_OFFERS_MISSED else State.WAITING)
        WaitingPlace.objects.filter(state=State.WAITING, to_day__lt=today).update(state=State.LEFT)


def _give_back(place: WaitingPlace, state: str) -> None:
    visit = place.offer
    place.state, place.offer, place.offer_ends_at = state, None, None
    place.save(update_fields=["state", "offer", "offer_ends_at", "offers_missed", "missed_slots"])
    if visit is not None:
        release(appointment=visit, reason="Không nhận giờ trống được mời")
