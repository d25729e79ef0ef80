from datetime import date, timedelta

import pytest

from scheduling import services
from scheduling.errors import AppointmentGone, SlotClosed, SlotFull, SlotGone, TooLate, TooSoon
from scheduling.models import Assignment, Slot
from tests.factories.scheduling import (
    NOW,
    AbsenceFactory,
    AppointmentFactory,
    ClosureFactory,
    SlotFactory,
    StaffMemberFactory,
    WardFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward():
    return WardFactory()


def booked(slot: Slot) -> tuple[int, int]:
    slot.refresh_from_db()
    return slot.booked, slot.booked_by_staff


def test_booking_takes_one_place_for_the_length_of_the_visit(ward):
    slot = SlotFactory()
    visit = services.book(slot_id=slot.pk, ward=ward, minutes=45, now=NOW)
    assert (visit.starts_at, visit.ends_at) == (at("08:00"), at("08:45"))
    assert booked(slot) == (1, 0)


def test_the_last_place_goes_once_and_the_next_person_reads_why(ward):
    slot = SlotFactory(capacity=1)
    services.book(slot_id=slot.pk, ward=ward, now=NOW)
    with pytest.raises(SlotFull) as refused:
        services.book(slot_id=slot.pk, ward=ward, now=NOW)
    assert refused.value.sentence == "Giờ 08:00 Thứ Tư 25/11 vừa hết chỗ. Hãy chọn giờ khác."
    assert booked(slot) == (1, 0)


def test_the_reserve_is_kept_for_staff(ward):
    slot = SlotFactory(capacity=2, reserved=1)
    services.book(slot_id=slot.pk, ward=ward, now=NOW)
    with pytest.raises(SlotFull):
        services.book(slot_id=slot.pk, ward=ward, now=NOW)
    services.book(slot_id=slot.pk, ward=ward, audience="staff", now=NOW)
    assert booked(slot) == (2, 1)


def test_a_booking_by_staff_uses_the_reserve_and_leaves_the_public_its_places(ward):
    slot = SlotFactory(capacity=2, reserved=1)
    services.book(slot_id=slot.pk, ward=ward, audience="staff", now=NOW)
    services.book(slot_id=slot.pk, ward=ward, now=NOW)
    assert booked(slot) == (2, 1)


def test_a_long_visit_holds_a_place_in_the_slot_it_runs_into(ward):
    first, second = SlotFactory(capacity=1), SlotFactory(starts_at=at("09:00"), capacity=1)
    visit = services.book(slot_id=first.pk, ward=ward, minutes=90, now=NOW)
    assert visit.also_holds == [second.pk]
    with pytest.raises(SlotFull):
        services.book(slot_id=second.pk, ward=ward, now=NOW)
    services.release(appointment=visit)
    assert booked(first) == booked(second) == (0, 0)


def test_a_long_visit_is_refused_when_the_slot_it_runs_into_is_full_and_takes_nothing(ward):
    first, second = SlotFactory(capacity=1), SlotFactory(starts_at=at("09:00"), capacity=1, booked=1)
    with pytest.raises(SlotFull):
        services.book(slot_id=first.pk, ward=ward, minutes=90, now=NOW)
    assert booked(first) == (0, 0)
    assert booked(second) == (1, 0)


def test_a_visit_that_would_run_past_closing_is_refused(ward):
    slot = SlotFactory(starts_at=at("10:30"))
    with pytest.raises(SlotClosed, match="Việc này cần 90 phút"):
        services.book(slot_id=slot.pk, ward=ward, minutes=90, now=NOW)


def test_nobody_books_outside_office_hours_or_on_a_holiday(ward):
    noon = SlotFactory(starts_at=at("12:00"))
    with pytest.raises(SlotClosed, match="không làm việc lúc 12:00"):
        services.book(slot_id=noon.pk, ward=ward, audience="staff", now=NOW)
    ClosureFactory()
    with pytest.raises(SlotClosed):
        services.book(slot_id=SlotFactory().pk, ward=ward, now=NOW)


def test_a_past_or_missing_slot_is_gone(ward):
    with pytest.raises(SlotGone, match="đã qua"):
        services.book(slot_id=SlotFactory().pk, ward=ward, audience="staff", now=at("08:00"))
    with pytest.raises(SlotGone, match="không còn"):
        services.book(slot_id=0, ward=ward, now=NOW)


def test_citizens_keep_the_notice_staff_need_and_staff_do_not(ward):
    slot = SlotFactory(starts_at=at("10:00"))
    with pytest.raises(TooSoon, match="Sớm nhất là 13:30 Thứ Tư 25/11"):
        services.book(slot_id=slot.pk, ward=ward, now=at("09:30"))
    assert services.book(slot_id=slot.pk, ward=ward, audience="staff", now=at("09:30")).is_by_staff


def test_citizens_cannot_book_beyond_the_horizon(ward):
    slot = SlotFactory(starts_at=at("08:00", date(2026, 12, 31)))
    with pytest.raises(TooLate):
        services.book(slot_id=slot.pk, ward=ward, now=NOW)


def test_a_shut_slot_is_refused(ward):
    with pytest.raises(SlotClosed, match="đã đóng"):
        services.book(slot_id=SlotFactory(is_open=False).pk, ward=ward, now=NOW)


def test_moving_frees_the_old_place_and_takes_the_new_one(ward):
    old, new = SlotFactory(), SlotFactory(starts_at=at("14:30"))
    visit = services.book(slot_id=old.pk, ward=ward, now=NOW)
    moved = services.move(appointment=visit, slot_id=new.pk, now=NOW)
    assert (moved.pk, moved.starts_at, moved.ends_at, moved.sequence) == (visit.pk, at("14:30"), at("15:15"), 1)
    assert (booked(old), booked(new)) == ((0, 0), (1, 1))


def test_moving_to_a_full_slot_leaves_everything_as_it_was(ward):
    old, full = SlotFactory(), SlotFactory(starts_at=at("14:30"), capacity=1, booked=1)
    visit = services.book(slot_id=old.pk, ward=ward, now=NOW)
    with pytest.raises(SlotFull):
        services.move(appointment=visit, slot_id=full.pk, now=NOW)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.sequence, booked(old), booked(full)) == (at("08:00"), 0, (1, 0), (1, 0))


def test_a_long_visit_moves_by_one_slot_over_its_own_place(ward):
    first, second, third = (SlotFactory(starts_at=at(c), capacity=1) for c in ("07:00", "08:00", "09:00"))
    visit = services.book(slot_id=first.pk, ward=ward, minutes=90, now=NOW)
    services.move(appointment=visit, slot_id=second.pk, now=NOW)
    assert [booked(slot)[0] for slot in (first, second, third)] == [0, 1, 1]


def test_whoever_was_going_still_goes_after_a_move_if_free(ward):
    old, new = SlotFactory(), SlotFactory(starts_at=at("14:30"))
    lan = StaffMemberFactory(wards=[ward])
    visit = services.book(slot_id=old.pk, ward=ward, now=NOW)
    services.assign(appointment=visit, staff=lan, by=None)
    services.move(appointment=visit, slot_id=new.pk, now=NOW)
    (going,) = Assignment.objects.filter(is_active=True)
    assert (going.staff, going.period.lower) == (lan, at("14:30"))


def test_whoever_cannot_come_at_the_new_time_no_longer_goes(ward):
    old, new = SlotFactory(), SlotFactory(starts_at=at("14:30"))
    lan = StaffMemberFactory(wards=[ward])
    AbsenceFactory(staff=lan, period=(at("13:30"), at("17:00")))
    visit = services.book(slot_id=old.pk, ward=ward, now=NOW)
    services.assign(appointment=visit, staff=lan, by=None)
    services.move(appointment=visit, slot_id=new.pk, now=NOW)
    assert services.staff_of(visit) == []
    assert Assignment.objects.get().end_reason == "Đổi giờ hẹn"


def test_a_second_release_frees_nothing_more(ward):
    slot = SlotFactory()
    visit = services.book(slot_id=slot.pk, ward=ward, now=NOW)
    services.book(slot_id=slot.pk, ward=ward, now=NOW)
    services.release(appointment=visit)
    services.release(appointment=visit)
    assert booked(slot) == (1, 0)
    with pytest.raises(AppointmentGone):
        services.move(appointment=visit, slot_id=slot.pk, now=NOW)


def test_the_database_itself_refuses_one_place_too_many():
    slot = SlotFactory(capacity=1, booked=1)
    with pytest.raises(Exception, match="slot_is_never_booked_past_capacity"):
        Slot.objects.filter(pk=slot.pk).update(booked=2)


def test_free_days_name_the_holiday_and_leave_out_full_times(ward):
    SlotFactory(capacity=1, booked=1)
    free = SlotFactory(starts_at=at("09:00"), capacity=3, reserved=1, booked=1)
    ClosureFactory(date=date(2026, 11, 24), name="Ngày Văn hóa Việt Nam")
    days = services.free_days(days=7, now=NOW)
    assert [(day.day.day, day.is_open, day.closed_because) for day in days] == [
        (23, True, ""),
        (24, False, "Ngày Văn hóa Việt Nam"),
        (25, True, ""),
        (26, True, ""),
        (27, True, ""),
        (28, False, "Thứ Bảy"),
        (29, False, "Chủ nhật"),
    ]
    assert days[2].slots == [services.FreeSlot(free.pk, at("09:00"), at("10:00"), 1)]


def test_staff_see_the_reserve_as_free():
    SlotFactory(capacity=1, reserved=1)
    assert services.nearest_free(now=NOW) == []
    assert [slot.places for slot in services.nearest_free(now=NOW, audience="staff")] == [1]


def test_nearest_free_times_follow_the_wish():
    for clock in ("07:00", "08:00", "13:30", "14:30"):
        SlotFactory(starts_at=at(clock))
    afternoon = services.nearest_free(now=NOW, part="afternoon")
    assert [slot.starts_at for slot in afternoon] == [at("13:30"), at("14:30")]
    after_eight = services.nearest_free(now=NOW, after=at("07:30"), count=2)
    assert [slot.starts_at for slot in after_eight] == [at("08:00"), at("13:30")]


def test_a_long_visit_finds_only_times_that_hold_it():
    SlotFactory(starts_at=at("09:00"))
    SlotFactory(starts_at=at("10:00"), capacity=1, booked=1)
    SlotFactory(starts_at=at("13:30"))
    assert [slot.starts_at for slot in services.nearest_free(now=NOW, minutes=90)] == [at("13:30")]


def test_a_named_time_is_found_only_while_free():
    slot = SlotFactory(capacity=1)
    assert services.find_slot(starts_at=at("08:00"), now=NOW).id == slot.pk
    assert services.find_slot(starts_at=at("08:15"), now=NOW) is None
    Slot.objects.update(booked=1)
    assert services.find_slot(starts_at=at("08:00"), now=NOW) is None


def test_what_is_offered_can_be_booked(ward):
    for clock in ("07:00", "08:00", "09:00", "10:00", "13:30", "14:30", "15:30"):
        SlotFactory(starts_at=at(clock), capacity=2, reserved=1)
    for minutes in (30, 45, 75, 120, 200):
        for slot in services.nearest_free(count=20, minutes=minutes, now=NOW):
            visit = services.book(slot_id=slot.id, ward=ward, minutes=minutes, now=NOW)
            services.release(appointment=visit)
    assert set(Slot.objects.values_list("booked", flat=True)) == {0}


def test_visits_of_a_person_are_listed_in_order(ward):
    lan = StaffMemberFactory()
    later, sooner = (
        AppointmentFactory(slot=SlotFactory(starts_at=at(clock), booked=1), ward=ward) for clock in ("14:30", "08:00")
    )
    for visit in (later, sooner):
        services.assign(appointment=visit, staff=lan, by=None)
    assert services.visits_of(staff=lan, day=at("08:00").date()) == [sooner, later]
    assert services.visits_of(staff=lan, day=at("08:00").date() + timedelta(days=1)) == []
