"""A freed place is offered in turn, lapses by itself, and nobody gets it twice."""

from datetime import date, timedelta

import pytest
import time_machine

from scheduling import services, waiting
from scheduling.errors import OfferGone
from scheduling.models import Slot, WaitingPlace
from tests.factories.scheduling import NOW, SlotFactory, WardFactory, at

pytestmark = pytest.mark.django_db
WEEK = {"from_day": date(2026, 11, 23), "to_day": date(2026, 11, 27)}


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ward():
    return WardFactory()


def wait(name, ward, minutes_later=0, **wish):
    return waiting.wait(subject=name, ward=ward, now=NOW + timedelta(minutes=minutes_later), **{**WEEK, **wish})


def states():
    return dict(WaitingPlace.objects.order_by("pk").values_list("subject", "state"))


def test_a_freed_place_goes_to_whoever_asked_first(ward):
    slot = SlotFactory(capacity=1)
    visit = services.book(slot_id=slot.pk, ward=ward)
    wait("HT-A", ward)
    wait("HT-B", ward, minutes_later=1)
    assert waiting.make_offers(now=NOW) == []
    services.release(appointment=visit)
    (offered,) = waiting.make_offers(now=NOW)
    assert offered.subject == "HT-A"
    assert states() == {"HT-A": "offered", "HT-B": "waiting"}
    assert services.nearest_free() == []


def test_an_offer_taken_is_a_booking_and_cannot_be_taken_twice(ward):
    slot = SlotFactory(capacity=1)
    wait("HT-A", ward)
    waiting.make_offers(now=NOW)
    visit = waiting.accept(subject="HT-A", now=NOW + timedelta(minutes=5))
    assert (visit.slot, visit.is_live) == (slot, True)
    with pytest.raises(OfferGone):
        waiting.accept(subject="HT-A")
    assert Slot.objects.get().booked == 1


def test_an_unanswered_offer_lapses_and_goes_to_the_next(ward):
    SlotFactory(capacity=1)
    wait("HT-A", ward)
    wait("HT-B", ward, minutes_later=1)
    waiting.make_offers(now=NOW)
    with pytest.raises(OfferGone):
        waiting.accept(subject="HT-A", now=NOW + timedelta(minutes=31))
    (offered,) = waiting.make_offers(now=NOW + timedelta(minutes=31))
    assert offered.subject == "HT-B"
    assert states() == {"HT-A": "waiting", "HT-B": "offered"}
    assert Slot.objects.get().booked == 1


def test_nobody_is_asked_twice_about_the_same_place_but_is_about_another(ward):
    SlotFactory(capacity=1)
    wait("HT-A", ward)
    waiting.make_offers(now=NOW)
    assert waiting.make_offers(now=NOW + timedelta(minutes=31)) == []
    other = SlotFactory(starts_at=at("14:30"), capacity=1)
    (offered,) = waiting.make_offers(now=NOW + timedelta(minutes=32))
    assert offered.offer.slot == other


def test_somebody_who_misses_three_offers_no_longer_holds_up_the_others(ward):
    for clock in ("08:00", "09:00", "10:00", "14:30"):
        SlotFactory(starts_at=at(clock), capacity=1)
    wait("HT-A", ward)
    for turn in range(4):
        waiting.make_offers(now=NOW + timedelta(minutes=40 * turn))
    assert states() == {"HT-A": "left"}
    assert Slot.objects.filter(booked__gt=0).count() == 0


def test_no_offer_is_made_and_missed_while_people_sleep(ward):
    SlotFactory(capacity=1)
    wait("HT-A", ward)
    for clock in ("21:30", "02:00", "06:00"):
        assert waiting.make_offers(now=at(clock, date(2026, 11, 24))) == []
    (offered,) = waiting.make_offers(now=at("07:00", date(2026, 11, 24)))
    assert offered.offers_missed == 0


def test_only_the_wished_days_and_part_are_offered(ward):
    SlotFactory(starts_at=at("08:00"))
    wait("HT-A", ward, part="afternoon")
    wait("HT-B", ward, from_day=date(2026, 11, 26))
    assert waiting.make_offers(now=NOW) == []
    afternoon = SlotFactory(starts_at=at("14:30"))
    (offered,) = waiting.make_offers(now=NOW)
    assert (offered.subject, offered.offer.slot) == ("HT-A", afternoon)


def test_asking_again_changes_the_wish_and_keeps_the_turn(ward):
    first = wait("HT-A", ward)
    again = wait("HT-A", ward, minutes_later=9, part="morning")
    assert (again.pk, again.asked_at, again.part) == (first.pk, NOW, "morning")


def test_whoever_is_no_longer_interested_gives_the_place_back(ward):
    SlotFactory(capacity=1)
    wait("HT-A", ward)
    waiting.make_offers(now=NOW)
    waiting.leave(subject="HT-A")
    assert Slot.objects.get().booked == 0
    assert states() == {"HT-A": "left"}


def test_a_wish_whose_days_have_passed_leaves_the_list(ward):
    wait("HT-A", ward)
    waiting.make_offers(now=NOW + timedelta(days=9))
    assert states() == {"HT-A": "left"}
