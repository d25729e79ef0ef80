"""A drag on the day board is the same use case as a press on the request page."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registrations.models import Transition
from registrations.states import State
from scheduling import orders, services
from scheduling.errors import SchedulingError
from tests.factories.registrations import RegistrationFactory
from tests.factories.scheduling import NOW, SlotFactory, StaffMemberFactory, at
from zalo_bridge.services import messages_about

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def registration():
    return RegistrationFactory(by_zalo=True, state=State.VERIFIED)


@pytest.fixture
def lan():
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan")


def give(registration, manager, *, staff, slot=None, telling="now"):
    visit = registration.appointment
    visit.refresh_from_db()
    order = orders.Order(visit, staff, slot.pk if slot else None, by=manager, telling=telling)
    change = orders.carry_out(order, standing=orders.standing_of(visit))
    registration.refresh_from_db()
    return change


def messages(registration):
    return [(m.kind, m.state) for m in messages_about(f"registration:{registration.pk}")]


def test_a_person_chosen_on_the_board_assigns_the_request_and_tells_the_citizen(registration, manager, lan):
    give(registration, manager, staff=lan)
    assert registration.state == State.ASSIGNED
    assert services.staff_of(registration.appointment) == [lan]
    assert Transition.objects.latest("pk").actor == manager
    assert messages(registration) == [("assigned", "queued")]


def test_another_person_and_time_at_once(registration, manager, lan):
    hung, slot = StaffMemberFactory(), SlotFactory(starts_at=at("14:30"))
    give(registration, manager, staff=lan)
    give(registration, manager, staff=hung, slot=slot)
    assert services.staff_of(registration.appointment) == [hung]
    registration.appointment.refresh_from_db()
    assert registration.appointment.starts_at == at("14:30")
    assert {"moved", "reassigned"} <= {kind for kind, state in messages(registration) if state == "queued"}


def test_words_wait_two_minutes_when_asked_to(registration, manager, lan):
    give(registration, manager, staff=lan, telling="soon")
    assert messages_about(f"registration:{registration.pk}").get().next_attempt_at == NOW + timedelta(minutes=2)


def test_no_words_when_none_are_wanted(registration, manager, lan):
    give(registration, manager, staff=lan, telling="no")
    assert messages(registration) == [("assigned", "superseded")]


def test_undoing_before_the_words_left_says_nothing(registration, manager, lan):
    slot = SlotFactory(starts_at=at("14:30"))
    before = registration.appointment.starts_at
    change = give(registration, manager, staff=None, slot=slot, telling="soon")
    orders.undo(change=change, by=manager)
    registration.appointment.refresh_from_db()
    assert registration.appointment.starts_at == before
    assert {state for _, state in messages(registration)} == {"superseded"}


def test_undoing_after_the_words_left_tells_the_citizen_again(registration, manager):
    slot = SlotFactory(starts_at=at("14:30"))
    change = give(registration, manager, staff=None, slot=slot)
    messages_about(f"registration:{registration.pk}").update(state="accepted")
    orders.undo(change=change, by=manager)
    assert messages(registration)[-1] == ("moved", "queued")


def texts(registration):
    """What the citizen is going to read."""
    waiting = messages_about(f"registration:{registration.pk}").filter(state="queued").order_by("pk")
    return [(m.payload["text"], m.next_attempt_at) for m in waiting]


def test_a_change_not_told_leaves_the_word_of_the_one_before_it(registration, manager, lan):
    give(registration, manager, staff=lan, telling="no")
    give(registration, manager, staff=lan, slot=SlotFactory(starts_at=at("14:30")), telling="soon")
    give(registration, manager, staff=StaffMemberFactory(), telling="no")
    [(text, leaves_at)] = texts(registration)
    assert "Giờ mới: 14 giờ 30" in text
    assert leaves_at == NOW + timedelta(minutes=2)


def test_a_second_move_not_told_corrects_the_word_of_the_first(registration, manager):
    """The citizen was to hear of 14:30; silence would leave them with the morning, the first word with 14:30."""
    known = timezone.localtime(registration.appointment.starts_at)
    give(registration, manager, staff=None, slot=SlotFactory(starts_at=at("14:30")), telling="soon")
    second = give(registration, manager, staff=None, slot=SlotFactory(starts_at=at("15:30")), telling="no")
    [(text, leaves_at)] = texts(registration)
    assert "Giờ mới: 15 giờ 30" in text
    assert f"Giờ cũ: {known:%H giờ %M}" in text, "the time the citizen knows, not one nobody told them"
    assert leaves_at == NOW + timedelta(minutes=2)
    orders.undo(change=second, by=manager)
    [(text, leaves_at)] = texts(registration)
    assert "Giờ mới: 14 giờ 30" in text
    assert leaves_at == NOW + timedelta(minutes=2)


def test_undoing_one_change_leaves_the_word_of_the_one_before_it(registration, manager, lan):
    give(registration, manager, staff=None, slot=SlotFactory(starts_at=at("14:30")), telling="soon")
    second = give(registration, manager, staff=lan, telling="soon")
    orders.undo(change=second, by=manager)
    [(text, _)] = texts(registration)
    assert "Giờ mới: 14 giờ 30" in text


def test_undoing_a_change_not_told_says_nothing_though_an_earlier_word_has_left(registration, manager):
    give(registration, manager, staff=None, slot=SlotFactory(starts_at=at("14:30")))
    messages_about(f"registration:{registration.pk}").update(state="sent", sent_at=NOW)
    second = give(registration, manager, staff=None, slot=SlotFactory(starts_at=at("15:30")), telling="no")
    orders.undo(change=second, by=manager)
    assert texts(registration) == []


def test_nobody_is_announced_once_nobody_goes(registration, manager, lan):
    give(registration, manager, staff=lan, telling="soon")
    give(registration, manager, staff=None)
    assert texts(registration) == []


def test_the_preview_shows_the_length_the_visit_will_have(registration, manager):
    slot = SlotFactory(starts_at=at("14:30"))
    registration.procedure.visit_minutes = 30
    registration.procedure.save(update_fields=["visit_minutes"])
    plan = orders.preview(appointment=registration.appointment, staff=None, slot=slot)
    assert plan.ends_at == at("15:00")
    give(registration, manager, staff=None, slot=slot)
    registration.appointment.refresh_from_db()
    assert registration.appointment.ends_at == plan.ends_at


def test_somebody_taken_off_leaves_the_request_waiting(registration, manager, lan):
    give(registration, manager, staff=lan)
    give(registration, manager, staff=None)
    assert registration.state == State.VERIFIED
    assert services.staff_of(registration.appointment) == []


def test_a_request_not_yet_verified_is_refused_in_words_and_nothing_changes(manager, lan):
    registration = RegistrationFactory(state=State.SUBMITTED)
    with pytest.raises(SchedulingError):
        give(registration, manager, staff=lan)
    registration.refresh_from_db()
    assert (registration.state, services.staff_of(registration.appointment)) == (State.SUBMITTED, [])
