"""The daily check, the roles, the made-up week."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from procedures.services import load_catalogue
from registrations import services
from registrations.consistency import findings, tell_managers
from registrations.demo import PLANS, load_demo, open_office, room_for
from registrations.models import ContactAttempt, Notification, Registration, Reminder, Transition
from registrations.roles import load_roles
from registrations.states import State
from scheduling.hours import ZONE
from scheduling.models import Appointment, Assignment, Slot
from scheduling.services import load_wards, open_slots
from tests.factories.scheduling import NOW, SlotFactory, StaffMemberFactory, at
from zalo_bridge.models import OutboundMessage

pytestmark = pytest.mark.django_db
SUNDAY, SUNDAY_LATER = NOW + timedelta(days=6), NOW + timedelta(days=6, hours=1)


def whats(now=None) -> set[str]:
    return {finding.what for finding in findings(now)}


def test_an_office_in_order_has_nothing_to_report(request_in, lan, clerk):
    registration = request_in("verified")
    registration.transitions.create(from_state="submitted", to_state="verified", actor_kind="system")
    services.assign(registration=registration, staff=lan, actor=clerk)
    Reminder.objects.all().delete()
    assert findings() == []


@pytest.mark.parametrize(
    ("break_it", "what"),
    [
        (lambda r: Assignment.objects.update(is_active=False, ended_at=NOW), "Đã phân công mà không có ai đi"),
        (lambda r: Appointment.objects.update(is_live=False, released_at=NOW), "Sắp đi mà lịch đã trả chỗ"),
        (lambda r: Registration.objects.update(state=State.VERIFIED), "Lịch sử không khớp tình trạng"),
        (lambda r: Registration.objects.update(state="cancelled", state_reason="x"), "Hồ sơ đã kết thúc còn giữ chỗ"),
        (lambda r: Appointment.objects.update(starts_at=SUNDAY, ends_at=SUNDAY_LATER), "Lịch hẹn ngoài giờ làm việc"),
        (lambda r: r.reminders.create(kind="soon", due_at=NOW - timedelta(hours=2)), "Nhắc hẹn chưa gửi"),
        (lambda r: r.calls.create(outcome="owed", at=NOW - timedelta(days=2)), "Tin không tới mà chưa ai gọi báo"),
        (lambda r: Slot.objects.update(booked=0), "Khung giờ đếm sai chỗ"),
        (lambda r: SlotFactory(starts_at=SUNDAY, capacity=1), "Khung giờ mở ngoài giờ làm việc"),
        (lambda r: SlotFactory(starts_at=at("11:15"), capacity=1), "Khung giờ mở ngoài giờ làm việc"),
    ],
)  # fmt: skip
def test_each_disagreement_is_found(request_in, lan, clerk, break_it, what: str):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    assert what not in whats()
    break_it(registration)
    assert what in whats()


def test_a_visit_of_today_nobody_was_chosen_for_is_found_before_it_fails(request_in):
    registration = request_in("verified")
    assert whats() == set()
    assert "Đến ngày hẹn mà chưa cử ai" in whats(registration.appointment.starts_at - timedelta(hours=1))


def test_managers_hear_in_the_morning_of_what_disagrees_and_nothing_when_all_is_well(request_in, manager, verifier):
    assert tell_managers() == 0
    Slot.objects.filter(pk=request_in().appointment.slot_id).update(booked=0)
    assert tell_managers() == 1
    told = Notification.objects.get()
    assert (told.user, told.text) == (manager, "Kiểm tra hằng ngày: 1 điều không khớp.")


def test_of_many_disagreements_all_are_counted_and_fifty_named(client, manager, request_in):
    rows = [request_in() for _ in range(52)]
    Registration.objects.filter(pk__in=[row.pk for row in rows]).update(state="cancelled", state_reason="x")
    client.force_login(manager)
    context = client.get("/kiem-tra/").context
    held = [finding for finding in context["findings"] if finding.what == "Hồ sơ đã kết thúc còn giữ chỗ"]
    assert (len(held), sum(finding.count for finding in held)) == (51, 52)
    assert held[-1].detail == "và 2 trường hợp nữa"


def test_roles_can_be_loaded_again_and_hold_exactly_what_is_written(db):
    first = load_roles()
    Group.objects.get(name="Cán bộ hỗ trợ").permissions.clear()
    assert load_roles() == first


def test_the_made_up_week_covers_every_state_sends_nothing_and_comes_once(office):
    load_catalogue()
    load_wards()
    added = load_demo(password="mot-mat-khau-mau")
    assert added == 39
    assert set(Registration.objects.values_list("state", flat=True)) == set(State.values)
    assert not OutboundMessage.objects.filter(state__in=OutboundMessage.WAITING_STATES).exists()
    assert findings() == []
    assert not Transition.objects.filter(at__gt=NOW).exists()
    assert not OutboundMessage.objects.filter(seen_at__gt=NOW).exists()
    calls = [timezone.localtime(call.at) for call in ContactAttempt.objects.all()]
    assert [call for call in calls if call.isoweekday() > 5 or not 7 <= call.hour < 18] == []
    assert load_demo(password="mot-mat-khau-mau") == 0
    assert Registration.objects.count() == added
    assert get_user_model().objects.get(username="canbo4").check_password("mot-mat-khau-mau")
    open_slots()


HOURS_OF_THE_WEEK = (
    "2026-11-25 05:56",  # before opening
    "2026-11-25 07:20",
    "2026-11-25 12:15",
    "2026-11-25 23:30",
    "2026-11-28 10:00",  # Saturday
    "2026-11-29 23:59",  # Sunday
    "2026-11-24 10:00",  # a public holiday
    "2026-12-31 09:00",
    "2027-02-03 16:40",  # the last working day before Tết
    "2027-02-11 07:10",  # the first one after
)


@pytest.mark.parametrize("moment", HOURS_OF_THE_WEEK)
def test_at_any_hour_the_made_up_week_has_nothing_done_that_lies_ahead(db, office_clock_at, moment: str):
    now = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    StaffMemberFactory.create_batch(2)
    with office_clock_at(now):
        open_office(now)
        for plan in PLANS:
            day, slots = room_for(plan, now.date(), now)
            assert plan.day is None or slots, f"{plan} is nowhere to be seen"
            behind = plan.state in (State.COMPLETED, State.IN_PROGRESS, State.NO_SHOW)
            assert [slot for slot in slots if (slot.starts_at > now) == behind] == [], plan
            assert all(timezone.localdate(slot.starts_at) == day for slot in slots)
