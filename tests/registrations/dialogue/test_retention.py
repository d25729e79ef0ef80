"""How long what is known about a person is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models import Citizen, Registration
from registrations.retention import erase_expired, forget_old_drafts
from tests.factories.registrations import RegistrationFactory


@pytest.mark.parametrize(
    ("state", "days", "is_erased"),
    [
        ("completed", 729, False),
        ("completed", 731, True),
        ("cancelled", 182, False),
        ("cancelled", 184, True),
        ("submitted", 3000, False),
    ],
)
def test_the_terms_of_the_consent_text_are_kept_to(office, state, days, is_erased):
    then = timezone.now() - timedelta(days=days)
    registration = RegistrationFactory(procedure=office["wine"])
    Registration.objects.filter(pk=registration.pk).update(
        state=state, state_changed_at=then, dossier_number="H32-1", state_reason="x"
    )
    Citizen.objects.filter(pk=registration.citizen_id).update(created_at=then)
    assert erase_expired(now=timezone.now()) == int(is_erased)
    person = Citizen.objects.get(pk=registration.citizen_id)
    assert (person.erased_at is not None) == is_erased
    assert bool(person.phone) != is_erased
    assert erase_expired(now=timezone.now()) == 0


def test_one_open_request_keeps_the_person(office):
    old = RegistrationFactory(procedure=office["wine"])
    then = timezone.now() - timedelta(days=900)
    Registration.objects.filter(pk=old.pk).update(state="cancelled", state_changed_at=then, state_reason="x")
    Citizen.objects.filter(pk=old.citizen_id).update(created_at=then)
    RegistrationFactory(procedure=office["wine"], citizen=old.citizen)
    assert erase_expired(now=timezone.now()) == 0


def test_a_registration_nobody_finished_is_forgotten_after_a_month(citizen, monday_morning):
    citizen.says("#dangky")
    citizen.shares()
    assert forget_old_drafts(now=timezone.now() + timedelta(days=29)) == 0
    assert forget_old_drafts(now=timezone.now() + timedelta(days=31)) == 1
    assert "0900000014" not in str(citizen.dialogue.data).replace("+84", "0")
    assert citizen.dialogue.step == "idle"
