"""The daily check, the roles, the made-up week."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from procedures.services import load_catalogue
from registrations import services
from registrations.consistency import findings
from registrations.demo import load_demo
from registrations.models import Registration, Reminder
from registrations.roles import load_roles
from registrations.states import State
from scheduling.models import Appointment, Assignment
from scheduling.services import load_wards, open_slots
from tests.factories.scheduling import NOW
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
    ],
)  # fmt: skip
def test_each_disagreement_is_found(request_in, lan, clerk, break_it, what: str):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    assert what not in whats()
    break_it(registration)
    assert what in whats()


def test_roles_can_be_loaded_again_and_hold_exactly_what_is_written(db):
    first = load_roles()
    Group.objects.get(name="Cán bộ hỗ trợ").permissions.clear()
    assert load_roles() == first


def test_the_made_up_week_covers_every_state_sends_nothing_and_comes_once(office):
    load_catalogue()
    load_wards()
    added = load_demo(password="mot-mat-khau-mau")
    assert added >= 35
    assert set(Registration.objects.values_list("state", flat=True)) == set(State.values)
    assert not OutboundMessage.objects.filter(state__in=OutboundMessage.WAITING_STATES).exists()
    assert findings() == []
    assert load_demo(password="mot-mat-khau-mau") == 0
    assert Registration.objects.count() == added
    assert get_user_model().objects.get(username="canbo4").check_password("mot-mat-khau-mau")
    open_slots()
