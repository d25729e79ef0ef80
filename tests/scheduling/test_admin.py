"""What managers keep in the administration."""

from datetime import time

import pytest
import time_machine
from django.urls import reverse

from scheduling import services
from scheduling.models import BookingRules, Slot, WorkingHours
from scheduling.office_data import prepare_office
from tests.factories.scheduling import NOW, SlotFactory, StaffMemberFactory, WardFactory, at

pytestmark = pytest.mark.django_db
TIMES = ("13:30", "07:00")
LISTS = (
    "ward",
    "workinghours",
    "bookingrules",
    "traveltime",
    "staffmember",
    "slot",
    "absence",
    "closure",
    "calendarfeed",
)


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin_pages(client, administrator):
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens(admin_pages, name):
    prepare_office()
    StaffMemberFactory(wards=[WardFactory()])
    assert admin_pages.get(reverse(f"admin:scheduling_{name}_changelist")).status_code == 200


def test_new_hours_move_the_slots_at_once(admin_pages):
    StaffMemberFactory()
    prepare_office()
    row = WorkingHours.objects.get(weekday=3, opens_at=time(7))
    form = {"weekday": 3, "opens_at": "08:00", "closes_at": "11:30", "valid_from": "01/01/2024", "valid_to": ""}
    admin_pages.post(reverse("admin:scheduling_workinghours_change", args=[row.pk]), form)
    row.refresh_from_db()
    assert row.opens_at == time(8)
    assert not Slot.objects.get(starts_at=at("07:00")).is_open


def test_visits_new_hours_leave_outside_are_named_to_whoever_edits_and_moved_at_a_press(admin_pages):
    north = WardFactory()
    StaffMemberFactory(wards=[north])
    prepare_office()
    kept, hit = (services.book(slot_id=Slot.objects.get(starts_at=at(clock)).pk, ward=north) for clock in TIMES)
    row = WorkingHours.objects.get(weekday=3, opens_at=time(7))
    form = {"weekday": 3, "opens_at": "08:00", "closes_at": "11:30", "valid_from": "01/01/2024", "valid_to": ""}
    page = admin_pages.post(reverse("admin:scheduling_workinghours_change", args=[row.pk]), form, follow=True)
    assert "1 lượt đã hẹn nằm ngoài giờ làm việc, chưa ai được báo" in page.content.decode()
    page = admin_pages.get(reverse("scheduling:outside_hours")).content.decode()
    assert "1 lượt bị ảnh hưởng, 1 lượt chuyển được" in page
    hit.refresh_from_db()
    assert hit.starts_at == at("07:00"), "looking moves nobody"
    admin_pages.post(reverse("scheduling:outside_hours"), {"viec": "chuyen", "bao": "khong"})
    for visit in (kept, hit):
        visit.refresh_from_db()
    assert (kept.starts_at, hit.starts_at) == (at("13:30"), at("08:00"))
    assert services.misfits() == []


def test_there_is_one_row_of_rules(admin_pages):
    BookingRules.objects.create(pk=1)
    assert admin_pages.get(reverse("admin:scheduling_bookingrules_add")).status_code == 403


def test_editing_a_slot_never_touches_what_is_booked(admin_pages):
    slot = SlotFactory(capacity=4, booked=1, is_set_by_hand=False)
    url = reverse("admin:scheduling_slot_change", args=[slot.pk])
    form = {
        "starts_at_0": "25/11/2026",
        "starts_at_1": "08:00:00",
        "ends_at_0": "25/11/2026",
        "ends_at_1": "09:00:00",
        "capacity": "3",
        "reserved": "0",
        "is_open": "on",
    }
    admin_pages.get(url)
    Slot.objects.filter(pk=slot.pk).update(booked=2)
    admin_pages.post(url, form)
    slot.refresh_from_db()
    assert (slot.capacity, slot.booked, slot.is_set_by_hand) == (3, 2, True)
