"""The calendar on a person's phone, and the sheet of paper."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse
from icalendar import Calendar

from registrations.states import State
from scheduling import services
from scheduling.feeds import new_feed
from scheduling.models import CalendarFeed
from tests.factories.registrations import RegistrationFactory
from tests.factories.scheduling import NOW, SlotFactory, StaffMemberFactory, WardFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lan():
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan")


@pytest.fixture
def registration():
    return RegistrationFactory(state=State.VERIFIED, ward=WardFactory(short_name="Bắc Mẫu"))


def read(client, token):
    response = client.get(reverse("scheduling:feed", args=[token]))
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).walk("VEVENT")), response.content.decode()


def test_a_visit_keeps_its_identity_while_it_moves_and_is_cancelled(client, lan, registration):
    token, visit = new_feed(staff=lan), registration.appointment
    services.assign(appointment=visit, staff=lan, by=None)
    (first,), _ = read(client, token)
    services.move(appointment=visit, slot_id=SlotFactory(starts_at=at("14:30")).pk)
    (moved,), _ = read(client, token)
    services.release(appointment=visit)
    (gone,), _ = read(client, token)
    assert first["uid"] == moved["uid"] == gone["uid"]
    assert first["sequence"] < moved["sequence"] < gone["sequence"]
    assert [event["status"] for event in (first, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert moved["dtstart"].dt == at("14:30")


def test_a_visit_handed_to_somebody_else_is_cancelled_in_the_first_calendar_and_may_come_back(
    client, lan, registration
):
    token, visit, hung = new_feed(staff=lan), registration.appointment, StaffMemberFactory()
    services.assign(appointment=visit, staff=lan, by=None)
    (mine,), _ = read(client, token)
    services.reassign(appointment=visit, staff=hung, by=None)
    (theirs,), _ = read(client, token)
    services.reassign(appointment=visit, staff=lan, by=None)
    (again,), _ = read(client, token)
    assert [event["status"] for event in (mine, theirs, again)] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert mine["sequence"] < theirs["sequence"] < again["sequence"]


def test_no_citizen_is_named_in_the_calendar(client, lan, registration):
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    _, text = read(client, new_feed(staff=lan))
    assert registration.code in text
    for secret in (registration.citizen.name, registration.citizen.phone, registration.address_line):
        assert secret not in text


def test_a_new_address_ends_the_old_one_and_only_a_hash_is_kept(client, lan):
    old, new = new_feed(staff=lan), new_feed(staff=lan)
    assert client.get(reverse("scheduling:feed", args=[old])).status_code == 404
    assert client.get(reverse("scheduling:feed", args=[new])).status_code == 200
    assert not CalendarFeed.objects.filter(token_sha256__in=[old, new]).exists()


def test_wrong_addresses_and_people_who_left_get_nothing(client, lan):
    token = new_feed(staff=lan)
    assert client.get(reverse("scheduling:feed", args=["mò-đại"])).status_code == 404
    lan.is_active = False
    lan.save(update_fields=["is_active"])
    assert client.get(reverse("scheduling:feed", args=[token])).status_code == 404


def test_a_person_makes_and_takes_back_their_own_address(client, lan):
    client.force_login(lan.user)
    page = client.post(reverse("scheduling:my_feed"), {"viec": "tao"}).content.decode()
    address = page.split("<code>")[1].split("</code>")[0]
    assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert address not in client.get(reverse("scheduling:my_feed")).content.decode()
    client.post(reverse("scheduling:my_feed"), {"viec": "thu-hoi"})
    assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 404


def test_whoever_is_not_sent_out_has_no_calendar(client, verifier):
    client.force_login(verifier)
    assert client.get(reverse("scheduling:my_feed")).status_code == 403


def test_each_person_gets_a_sheet_of_the_day(client, manager, lan, registration):
    manager.user_permissions.set(Permission.objects.filter(codename="view_appointment"))
    client.force_login(manager)
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    page = client.get(reverse("scheduling:print") + "?ngay=2026-11-25").content.decode()
    assert page.count('class="card pane sheet scroll-x"') == 1
    for words in (lan.name, registration.citizen.name, registration.address_line, registration.code):
        assert words in page
    assert page.count(registration.ward.name) == 1
    registration.address_line = f"12 đường Mẫu, {registration.ward.name.lower()}"
    registration.save(update_fields=["address_line"])
    page = client.get(reverse("scheduling:print") + "?ngay=2026-11-25").content.decode()
    assert registration.address_line in page
    assert registration.ward.name not in page, "who wrote their ward does not read it twice"
    empty = client.get(reverse("scheduling:print") + f"?ngay={date(2026, 11, 26)}").content.decode()
    assert "chưa ai đi lượt nào" in empty
