import pytest

from scheduling import waiting
from scheduling.errors import OfferGone
from scheduling.models import Appointment, WaitingPlace
from tests.concurrency.crowd import all_at_once, errors_in, slots_wrongly_counted
from tests.factories.scheduling import NOW, WEDNESDAY, SlotFactory, WardFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_runs_at_once_offer_each_place_once():
    ward = WardFactory()
    SlotFactory(capacity=3)
    for number in range(6):
        waiting.wait(subject=f"HT-{number}", ward=ward, from_day=WEDNESDAY, to_day=WEDNESDAY, now=NOW)
    errors_in(all_at_once(*[lambda: waiting.make_offers(now=NOW) for _ in range(4)]))
    assert WaitingPlace.objects.filter(state="offered").count() == 3
    assert Appointment.objects.filter(is_live=True).count() == 3
    assert slots_wrongly_counted() == 0


def test_a_second_tap_on_yes_takes_the_place_once():
    ward = WardFactory()
    SlotFactory(capacity=1)
    waiting.wait(subject="HT-A", ward=ward, from_day=WEDNESDAY, to_day=WEDNESDAY, now=NOW)
    waiting.make_offers(now=NOW)
    results = all_at_once(*[lambda: waiting.accept(subject="HT-A", now=NOW) for _ in range(6)])
    assert len(errors_in(results, OfferGone)) == 5
    assert slots_wrongly_counted() == 0
