"""Whatever happens to a request, the reminders it owes are those of its visit as it stands, and no others."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from registrations import services, waiting_list
from registrations.models import Registration
from registrations.notices import STATES_REMINDED, recompute_reminders, reminders_due
from registrations.states import State
from scheduling import orders
from scheduling.waiting import make_offers, wait
from tests.factories.scheduling import WEDNESDAY, SlotFactory, at

pytestmark = pytest.mark.django_db


def owed(registration: Registration) -> set:
    return set(registration.reminders.filter(sent_at__isnull=True).values_list("kind", "due_at"))


def expected(registration: Registration) -> set:
    """Computed from the visit alone."""
    visit = registration.appointment
    if registration.state not in STATES_REMINDED or visit is None or not visit.is_live:
        return set()
    return {(kind, due) for kind, due in reminders_due(visit.starts_at).items() if due > timezone.now()}


@pytest.fixture
def visit(request_in, lan, clerk) -> Registration:
    registration = request_in("verified")
    recompute_reminders(registration=registration)
    services.assign(registration=registration, staff=lan, actor=clerk)
    return registration


def through_the_board(registration, actor, slot):
    order = orders.Order(registration.appointment, None, slot.pk, by=actor.user)
    change = orders.carry_out(order, standing=orders.standing_of(registration.appointment))
    assert owed(registration) == expected(Registration.objects.get(pk=registration.pk))
    orders.undo(change=change, by=actor.user)


STEPS: dict[str, Callable] = {
    "moved": lambda r, a, s: services.change_time(registration=r, slot_id=s.pk, actor=a),
    "moved on the board and back": through_the_board,
    "unassigned": lambda r, a, s: services.unassign(registration=r, reason="Ốm", actor=a),
    "cancelled": lambda r, a, s: services.cancel(registration=r, reason="Bận", actor=a),
    "filed": lambda r, a, s: services.complete(registration=r, dossier_number="H32-1", actor=a),
    "not at home": lambda r, a, s: services.not_at_home(registration=r, reason="", actor=a),
    "not at home, then another time": lambda r, a, s: (
        services.not_at_home(registration=r, reason="", actor=a),
        services.rebook(registration=r, slot_id=s.pk, actor=a),
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_reminders_are_those_of_the_visit_after_every_step(visit, clerk, step):
    before = owed(visit)
    assert before == expected(visit) != set()
    STEPS[step](visit, clerk, SlotFactory(starts_at=at("14:30"), capacity=2))
    assert owed(visit) == expected(Registration.objects.get(pk=visit.pk))
    assert (owed(visit) == before) == (step in ("unassigned", "moved on the board and back"))


def test_a_change_taken_back_takes_its_reminders_back(visit, clerk):
    before = owed(visit)
    slot = SlotFactory(starts_at=at("14:30"))
    with transaction.atomic():
        services.change_time(registration=visit, slot_id=slot.pk, actor=clerk)
        assert owed(visit) != before
        transaction.set_rollback(True)
    assert owed(visit) == before


def test_a_place_taken_from_the_waiting_list_is_reminded_of(request_in, ward, clerk):
    registration = request_in("submitted", without_time=True)
    SlotFactory(starts_at=at("14:30"), capacity=1)
    wait(subject=f"registration:{registration.pk}", ward=ward, from_day=WEDNESDAY, to_day=WEDNESDAY)
    make_offers()
    assert owed(registration) == set()
    waiting_list.take(registration=registration, actor=services.Actor.citizen())
    assert owed(registration) == expected(Registration.objects.get(pk=registration.pk)) != set()


def test_a_request_turned_down_is_reminded_of_nothing(request_in, clerk):
    registration = request_in("verified")
    recompute_reminders(registration=registration)
    services.reject(registration=registration, reason="Ngoài địa bàn", actor=clerk)
    assert (registration.state, owed(registration)) == (State.REJECTED, set())
