from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.states import State
from scheduling.visit_lengths import measured
from tests.factories.registrations import ProcedureFactory, RegistrationFactory
from tests.factories.scheduling import AppointmentFactory, SlotFactory, WardFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_week_later():
    with time_machine.travel(at("09:00") + timedelta(days=7), tick=False):
        yield


@pytest.fixture
def procedure():
    return ProcedureFactory(visit_minutes=45, short_name="Bán lẻ rượu")


@pytest.fixture
def visited(procedure):
    """Ten visits of 31 to 40 minutes, one forgotten press of a day, and one of nobody at home."""
    ward, slot = WardFactory(), SlotFactory(capacity=50, booked=12)
    lengths = [timedelta(minutes=30 + n) for n in range(1, 11)] + [timedelta(days=1)]
    for spent in lengths:
        visit = AppointmentFactory(slot=slot, ward=ward)
        RegistrationFactory(
            appointment=visit,
            ward=ward,
            procedure=procedure,
            state=State.COMPLETED,
            dossier_number="H32.1",
            arrived_at=visit.starts_at,
            finished_at=visit.starts_at + spent,
        )
    visit = AppointmentFactory(slot=slot, ward=ward)
    RegistrationFactory(appointment=visit, ward=ward, procedure=procedure, state=State.NO_SHOW, state_reason="vắng")


def test_the_length_is_measured_without_forgotten_presses(visited):
    (row,) = measured()
    assert (row.count, row.median, row.four_of_five, row.suggested) == (10, 36, 38, 40)
    assert row.no_show_percent == 8


def test_a_suggestion_is_shown_and_holds_once_it_is_accepted(visited, client, manager, procedure):
    manager.user_permissions.set(Permission.objects.filter(codename="change_appointment"))
    client.force_login(manager)
    page = client.get(reverse("scheduling:lengths")).content.decode()
    assert "Bán lẻ rượu" in page
    assert "<b>40 phút</b>" in page
    client.post(reverse("scheduling:lengths"), {"thu-tuc": procedure.pk, "phut": "40"})
    procedure.refresh_from_db()
    assert procedure.visit_minutes == 40
    assert procedure.versions.get().author == manager
    assert "vừa đủ" in client.get(reverse("scheduling:lengths")).content.decode()


def test_a_nonsense_length_is_refused(client, manager, procedure):
    manager.user_permissions.set(Permission.objects.filter(codename="change_appointment"))
    client.force_login(manager)
    for minutes in ("9999", "", "-5", "mười"):
        page = client.post(
            reverse("scheduling:lengths"), {"thu-tuc": procedure.pk, "phut": minutes}, follow=True
        ).content.decode()
        assert "từ 15 đến 240 phút" in page
    procedure.refresh_from_db()
    assert procedure.visit_minutes == 45
