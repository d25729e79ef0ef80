"""A wish for a full day, and the place that gets free."""

from datetime import timedelta

from django.utils import timezone

from registrations import services
from scheduling.models import Slot
from scheduling.services import WaitingPlace, make_offers


def fill(*, but=None):
    for slot in Slot.objects.all():
        Slot.objects.filter(pk=slot.pk).update(booked=slot.capacity)
    if but is not None:
        Slot.objects.filter(pk=but.pk).update(booked=1)


def wishes(citizen, words):
    citizen.says("#dangky")
    citizen.shares()
    citizen.says("rượu")
    fill()
    citizen.says("1")
    citizen.says(words)
    return citizen.registrations[-1]


def test_who_wished_for_a_full_day_is_asked_when_a_place_gets_free_and_takes_it_with_a_word(citizen, office):
    registration = wishes(citizen, "sáng thứ tư")
    assert registration.appointment is None
    assert make_offers() == []
    fill(but=office["slots"][1])
    assert len(make_offers()) == 1
    (offer,) = citizen.new_texts()
    assert "09 giờ 00, Thứ Tư ngày 25/11/2026" in offer
    assert "gõ “nhận”" in offer
    (taken,) = citizen.says("nhận")
    assert "Đã giữ giờ" in taken
    registration.refresh_from_db()
    assert registration.appointment.starts_at == office["slots"][1].starts_at
    assert registration.reminders.count() == 2
    assert Slot.objects.get(pk=office["slots"][1].pk).booked == 2


def test_who_wished_for_a_week_waits_for_any_day_of_it(citizen, office):
    wishes(citizen, "chiều tuần sau")
    waiting = WaitingPlace.objects.get()
    assert (f"{waiting.from_day:%d/%m}", f"{waiting.to_day:%d/%m}", waiting.part) == ("30/11", "06/12", "afternoon")


def test_an_offer_that_lapsed_is_said_to_have(citizen, office, monday_morning):
    wishes(citizen, "sáng thứ tư")
    fill(but=office["slots"][1])
    make_offers()
    citizen.new_texts()
    monday_morning.shift(timedelta(hours=1))
    (gone,) = citizen.says("nhận")
    assert "đã hết hạn giữ" in gone
    assert citizen.registrations[-1].appointment is None
    make_offers()
    assert ["đã hết hạn giữ" in said for said in citizen.says("#nhan")] == [True], "its button, pressed later still"


def test_a_cancelled_request_is_offered_nothing(citizen, office):
    registration = wishes(citizen, "sáng thứ tư")
    services.cancel(registration=registration, reason="Bận", actor=services.Actor.citizen())
    fill(but=office["slots"][1])
    citizen.new_texts()
    make_offers()
    assert citizen.new_texts() == []
    assert Slot.objects.get(pk=office["slots"][1].pk).booked == 1
    assert WaitingPlace.objects.get().state == "left"


def test_a_wish_for_a_time_the_office_never_works_waits_for_nothing_else(citizen, office):
    wishes(citizen, "sáng Chủ nhật")
    fill(but=office["slots"][1])
    assert make_offers(now=timezone.now()) == []
