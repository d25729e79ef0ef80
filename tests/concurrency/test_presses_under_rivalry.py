"""A phone that sends again before it has heard the answer; two workers that look for missed arrivals at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from registrations import services
from registrations.actions import ACTION_BY_SLUG
from registrations.case import let_go, take_up
from registrations.models import ContactAttempt, Follow, Notification, Receipt, Registration
from registrations.services import Actor
from registrations.views.actions import press
from scheduling.models import Slot
from tests.concurrency.crowd import all_at_once, errors_in
from tests.factories.registrations import RegistrationFactory
from tests.factories.scheduling import StaffMemberFactory, enter_travel_times
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registration(db):
    return RegistrationFactory(state="verified")


def calls_logged(registration, keys):
    """One press of "Ghi cuộc gọi" per key, all at once: nothing but the key keeps them from being many."""
    user = make_user("verifier")
    facts = {"outcome": "busy", "note": "", "call_again_at": None}

    def one(key):
        own = Registration.objects.get(pk=registration.pk)
        return press(own, ACTION_BY_SLUG["ghi-goi"], facts, user=user, key=key)

    results = all_at_once(*[lambda key=key: one(key) for key in keys])
    errors_in(results)
    return len(set(results)), ContactAttempt.objects.count(), Receipt.objects.count()


def test_the_same_press_sent_six_times_at_once_is_done_once_and_answered_alike(registration):
    assert calls_logged(registration, ["same"] * 6) == (1, 1, 1)


def test_control_without_a_common_key_each_of_six_is_done(registration):
    assert calls_logged(registration, [f"key{n}" for n in range(6)]) == (1, 6, 6)


def test_of_six_clerks_opening_one_request_as_a_seventh_leaves_it_one_has_it_and_the_others_see_who(registration):
    leaving, *clerks = [make_user("verifier", username=f"xacminh{n}") for n in range(7)]
    _, claim = take_up(registration, leaving, timezone.now())

    def opens(clerk):
        return take_up(registration, clerk, timezone.now())

    leave = partial(let_go, registration=registration, user=leaving, seen_at=claim.seen_at)
    seen = all_at_once(*[partial(opens, clerk) for clerk in clerks], leave)
    assert errors_in(seen) == []
    others, own = zip(*seen[:-1], strict=True)
    held = [lock.user for lock in own if lock]
    assert len(held) <= 1
    # Nobody sees a request that nobody has without having it.
    assert all(other or mine for other, mine in zip(others, own, strict=True))
    assert {lock.user for lock in others if lock} <= {leaving, *held}


def test_following_pressed_six_times_at_once_is_no_error(registration):
    user = make_user("verifier")

    def one():
        browser = Client()
        browser.force_login(user)
        return browser.post(f"/ho-so/{registration.code}/theo-doi/").status_code

    assert all_at_once(*[one] * 6) == [302] * 6
    assert Follow.objects.count() <= 1


def test_a_missed_arrival_is_told_once_however_many_workers_look(registration):
    make_user("manager")
    enter_travel_times(same=10, neighbour=10, far=10)
    now = timezone.now()
    slot = Slot.objects.filter(pk=registration.appointment.slot_id)
    slot.update(starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=30))
    type(registration.appointment).objects.update(
        starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=15)
    )
    registration = Registration.objects.get(pk=registration.pk)
    services.assign(registration=registration, staff=StaffMemberFactory(), actor=Actor.system())
    results = all_at_once(*[lambda: services.alarm_missed(now=now)] * 6)
    assert sum(results) == 1
    assert Notification.objects.filter(warns_of="late_start").count() == 1
