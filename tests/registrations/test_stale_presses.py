"""A button pressed too late, on an old page or an old phone: whatever the action and the state, nothing happens."""

from typing import Any

import pytest

from registrations import services
from registrations.actions import ACTION_BY_SLUG
from registrations.errors import RegistrationError
from registrations.models import ContactAttempt, Registration
from registrations.states import OPEN_STATES, State
from registrations.verification import owe_call
from registrations.views.actions import DOERS, press
from scheduling.errors import SchedulingError
from tests.factories.scheduling import SlotFactory, at

EXAMPLE = {
    "slot": 0,
    "reason": "thử",
    "outcome": "no_answer",
    "note": "",
    "call_again_at": None,
    "minutes": 60 * 24 * 9,
    "papers": ["Tờ khai"],
    "photo": None,
    "dossier_number": "H32.MAU-26-0002",
}
FIELDS = ("state", "set_off_at", "expected_at", "next_call_at", "missed_calls", "appointment_id", "dossier_number")


def traces(registration: Registration) -> tuple[Any, ...]:
    """Everything a press could leave behind."""
    row = Registration.objects.filter(pk=registration.pk).values_list(*FIELDS).get()
    visit = registration.appointment
    visit.refresh_from_db()
    going = list(visit.assignments.filter(is_active=True).values_list("staff_id", flat=True))
    counts = [
        things.count()
        for things in (registration.transitions, registration.calls, registration.attachments, registration.changes)
    ]
    return row, visit.starts_at, visit.is_live, going, counts, hasattr(registration, "checklist")


@pytest.mark.parametrize("slug", DOERS)
def test_a_press_the_step_does_not_offer_changes_nothing(request_in, administrator, lan, hung, slug: str):
    action = ACTION_BY_SLUG[slug]
    offered = action.states or OPEN_STATES
    facts = {**EXAMPLE, "staff": hung, "slot": SlotFactory(starts_at=at("14:00"), capacity=9).pk}
    for state in State:
        if state in offered:
            continue
        registration = request_in(state, state_reason="đổi ý", dossier_number="H32.MAU-26-0001")
        before = traces(registration)
        with pytest.raises((RegistrationError, SchedulingError)):
            press(registration, action, facts, user=administrator, key=f"lan-bam-muon-{state}")
        assert traces(Registration.objects.get(pk=registration.pk)) == before, state


def test_of_an_ended_request_only_what_no_message_could_tell_is_told_by_telephone(request_in, clerk):
    registration = request_in("cancelled", state_reason="đổi ý")
    owe_call(registration=registration, notice_key="notice:cancelled:1", note="Đã hủy")
    services.log_call(registration=registration, outcome="no_answer", actor=clerk)
    assert (registration.missed_calls, registration.next_call_at) == (0, None)
    services.log_call(registration=registration, outcome="reached", actor=clerk)
    assert not registration.calls.filter(outcome=ContactAttempt.Outcome.OWED).exists()
