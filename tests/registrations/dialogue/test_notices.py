"""What citizens are told at every step, once each, in words they can use."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from registrations import notices, services
from registrations.call_clock import promised_by
from registrations.models import ContactAttempt, Registration, Reminder
from registrations.notices import Notice
from registrations.reminders import send_due
from registrations.services import Actor
from registrations.undelivered import on_undeliverable
from tests.factories.registrations import CitizenFactory, RegistrationFactory
from tests.factories.scheduling import StaffMemberFactory, enter_travel_times
from zalo_bridge.events import Undelivered
from zalo_bridge.models import OutboundMessage


@pytest.fixture
def clerk(verifier):
    return Actor.staff(verifier)


@pytest.fixture
def lan(office):
    enter_travel_times(same=10, neighbour=15, far=30)
    field = office["wine"].field
    return StaffMemberFactory(
        name="Nguyễn Thị Mẫu Lan", title="chị", phone="+84900000021", wards=list(office["wards"]), fields=[field]
    )


@pytest.mark.parametrize(
    ("due", "visit", "told"),
    [
        ("10:00", "15:30", "10:00"),
        ("08:31", "15:30", "08:45"),
        ("08:45:01", None, "09:00"),
        ("08:16", "08:20", "08:20"),
        ("10:07", "08:00", "10:15"),  # an earlier visit was missed
    ],
)
def test_a_citizen_is_told_a_round_time_to_be_called_by(due, visit, told):
    at = [time and datetime.fromisoformat(f"2026-11-25T{time}+07:00") for time in (due, visit, told)]
    assert promised_by(at[0], at[1]) == at[2]


def test_the_whole_way_is_told_step_by_step(citizen, visit, clerk, lan):
    services.verify(registration=visit, actor=clerk)
    (text,) = citizen.new_texts()
    assert "đã xác minh xong" in text
    assert "08 giờ 00, Thứ Tư ngày 25/11/2026, tại Tổ 5, Phường Bắc Nha Trang" in text
    services.assign(registration=visit, staff=lan, actor=clerk)
    (text,) = citizen.new_texts()
    assert "Chị Nguyễn Thị Mẫu Lan, điện thoại 0900 000 021 sẽ đến" in text
    services.set_off(registration=visit, actor=clerk)
    assert "đang trên đường" in citizen.new_texts()[0]
    services.start(registration=visit, actor=clerk)
    services.complete(registration=visit, dossier_number="H32-MAU-1", actor=clerk)
    (text,) = citizen.new_texts()
    assert "H32-MAU-1" in text
    assert "chấm từ 1" in text
    assert "5/5" in citizen.says("5")[0]
    assert "góp ý" in citizen.says("rất tốt, cảm ơn")[0]
    visit.refresh_from_db()
    assert (visit.rating, visit.rating_words) == (5, "rất tốt, cảm ơn")


def test_bad_news_carries_its_reason(citizen, visit, clerk):
    services.ask_for_more(registration=visit, reason="Ảnh hợp đồng thuê nhà", actor=clerk)
    assert "cần bổ sung: Ảnh hợp đồng thuê nhà" in citizen.new_texts()[0]
    services.reject(registration=visit, reason="Thủ tục này nộp tại Sở", actor=clerk)
    assert "Thủ tục này nộp tại Sở" in citizen.new_texts()[0]


def test_nobody_at_home_is_told(citizen, visit, clerk, lan):
    services.verify(registration=visit, actor=clerk)
    services.assign(registration=visit, staff=lan, actor=clerk)
    citizen.new_texts()
    services.not_at_home(registration=visit, reason="", actor=clerk)
    assert "chưa gặp được" in citizen.new_texts()[0]


def test_the_same_change_is_told_once_the_next_one_again(visit):
    first = notices.tell(registration=visit, kind=Notice.MOVED, occasion="a-1")
    assert notices.tell(registration=visit, kind=Notice.MOVED, occasion="a-1").pk == first.pk
    assert notices.tell(registration=visit, kind=Notice.MOVED, occasion="a-2").pk != first.pk


def test_a_cancelled_visit_announces_nobody_any_more(citizen, visit, clerk, lan):
    services.verify(registration=visit, actor=clerk)
    services.assign(registration=visit, staff=lan, actor=clerk)
    services.cancel(registration=visit, reason="Bận việc", actor=Actor.citizen())
    waiting = OutboundMessage.objects.filter(contact=citizen.contact, state="queued").values_list("kind", flat=True)
    assert "assigned" not in waiting
    assert "cancelled" in waiting


def test_a_citizen_without_zalo_is_reached_by_phone(office, clerk):
    person = CitizenFactory(phone="+84900000031")
    registration = services.register(
        citizen=person,
        procedure=office["wine"],
        slot_id=office["slots"][0].pk,
        ward=office["wards"].filter(is_served=True).first(),
        channel="phone",
        actor=clerk,
    )
    message = OutboundMessage.objects.get(subject=f"registration:{registration.pk}")
    assert (message.contact, message.phone, message.channel) == (None, "+84900000031", "template_phone")
    assert message.payload["params"]["code"] == registration.code
    assert "link" not in message.payload


def test_a_notice_nothing_can_carry_becomes_one_call(visit):
    message = notices.tell(registration=visit, kind=Notice.VERIFIED, occasion="1")
    undelivered = Undelivered(
        message.pk, message.kind, message.subject, visit.citizen.contact_id, "", message.dedupe_key, "Không tới được."
    )
    for _ in range(2):
        on_undeliverable(undelivered)
    task = ContactAttempt.objects.get(registration=visit)
    assert task.outcome == "owed"
    assert "Đã xác minh" in task.note


@pytest.mark.parametrize("kind", ["ask_rating", "on_the_way", "reply"])
def test_what_is_not_worth_a_call_makes_none(visit, kind):
    on_undeliverable(Undelivered(1, kind, f"registration:{visit.pk}" if kind != "reply" else "", None, "", "k", "x"))
    assert not ContactAttempt.objects.exists()


def test_an_erased_person_is_told_nothing(visit):
    visit.citizen.erased_at = timezone.now()
    assert notices.tell(registration=visit, kind=Notice.MOVED, occasion="1") is None


# --- reminders ---


def test_two_reminders_are_owed_and_each_is_sent_once(citizen, visit, monday_morning):
    day_before, soon = visit.reminders.order_by("due_at")
    assert [timezone.localtime(each.due_at).strftime("%d %H:%M") for each in (day_before, soon)] == [
        "24 16:00",
        "25 06:15",
    ]
    monday_morning.move_to(day_before.due_at + timedelta(minutes=1))
    assert send_due(now=timezone.now()) == 1
    assert send_due(now=timezone.now()) == 0
    (text,) = citizen.new_texts()
    assert text.startswith("Nhắc lịch: 08 giờ 00, Thứ Tư ngày 25/11/2026")
    assert "Đơn đề nghị" in text
    monday_morning.move_to(soon.due_at + timedelta(minutes=1))
    assert send_due(now=timezone.now()) == 1
    assert "Sắp đến giờ hẹn" in citizen.new_texts()[0]


def test_reminders_follow_the_visit_when_it_moves(visit, office):
    services.change_time(registration=visit, slot_id=office["slots"][4].pk, actor=Actor.citizen())
    due = [timezone.localtime(each.due_at).strftime("%d %H:%M") for each in visit.reminders.order_by("due_at")]
    assert due == ["25 16:00", "26 12:30"]


def test_a_cancelled_visit_is_not_reminded_of(citizen, visit, monday_morning):
    services.cancel(registration=visit, reason="Bận", actor=Actor.citizen())
    assert not visit.reminders.exists()
    citizen.new_texts()
    monday_morning.shift(timedelta(days=2))
    assert send_due(now=timezone.now()) == 0
    assert citizen.new_texts() == []


def test_after_an_outage_no_reminder_comes_for_a_visit_that_has_begun(visit, monday_morning):
    monday_morning.move_to(visit.appointment.starts_at + timedelta(minutes=10))
    assert send_due(now=timezone.now()) == 0
    assert not Reminder.objects.filter(sent_at__isnull=True).exists()


def test_a_visit_booked_for_the_next_hours_owes_only_what_can_still_come(citizen, monday_morning, office):
    monday_morning.move_to(office["slots"][0].starts_at - timedelta(hours=20))
    registration = RegistrationFactory(citizen__contact=citizen.contact, procedure=office["wine"])
    notices.recompute_reminders(registration=registration)
    assert "soon" in {each.kind for each in registration.reminders.all()}
    monday_morning.move_to(registration.appointment.starts_at - timedelta(hours=1))
    registration.reminders.all().delete()
    notices.recompute_reminders(registration=registration)
    assert not registration.reminders.exists()


def test_reminders_carry_the_sequence_so_that_a_moved_visit_is_reminded_of_again(
    citizen, visit, office, monday_morning
):
    monday_morning.move_to(visit.reminders.get(kind="day_before").due_at + timedelta(minutes=1))
    send_due(now=timezone.now())
    services.change_time(registration=visit, slot_id=office["slots"][4].pk, actor=Actor.citizen())
    citizen.new_texts()
    monday_morning.move_to(visit.reminders.get(kind="day_before", sent_at__isnull=True).due_at + timedelta(minutes=1))
    assert send_due(now=timezone.now()) == 1
    assert "14 giờ 30, Thứ Năm" in citizen.new_texts()[0]
    assert Registration.objects.count() == 1
