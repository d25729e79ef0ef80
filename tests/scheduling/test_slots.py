from datetime import date, time

import pytest

from scheduling import services
from scheduling.holiday_proposals import proposed_days
from scheduling.models import BookingRules, Closure, Slot, TravelTime, Ward, WorkingHours
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


def starts(day: date) -> list[str]:
    slots = Slot.objects.filter(is_open=True, starts_at__gte=at("00:00", day), starts_at__lte=at("23:59", day))
    return [str(slot).split()[0] for slot in slots]


def test_slots_open_for_fourteen_working_days_within_office_hours():
    StaffMemberFactory()
    services.open_slots(now=NOW)
    assert starts(date(2026, 11, 25)) == ["07:00", "08:00", "09:00", "10:00", "13:30", "14:30", "15:30"]
    assert starts(date(2026, 11, 28)) == []
    days = {slot.starts_at.date() for slot in Slot.objects.all()}
    assert max(days) == date(2026, 12, 11)


def test_opening_again_adds_nothing(django_assert_max_num_queries):
    StaffMemberFactory()
    first = services.open_slots(now=NOW)
    assert first.added == 15 * 7
    with django_assert_max_num_queries(12):  # not one for each slot
        again = services.open_slots(now=NOW)
    assert (again.added, again.refitted, again.shut) == (0, 0, 0)


def test_a_newcomer_makes_room_in_all_slots_in_few_statements(django_assert_max_num_queries):
    StaffMemberFactory()
    services.open_slots(now=NOW)
    StaffMemberFactory()
    with django_assert_max_num_queries(12):
        assert services.open_slots(now=NOW).refitted == 15 * 7
    assert set(Slot.objects.values_list("capacity", "reserved")) == {(2, 1)}


def test_only_the_slots_of_somebody_who_is_away_are_refitted():
    lan, _ = StaffMemberFactory(), StaffMemberFactory()
    services.open_slots(now=NOW)
    AbsenceFactory(staff=lan, period=(at("07:00"), at("08:30")))
    assert services.open_slots(now=NOW).refitted == 2
    assert dict(Slot.objects.values_list("starts_at", "capacity")) == {
        slot.starts_at: 1 if slot.starts_at in (at("07:00"), at("08:00")) else 2 for slot in Slot.objects.all()
    }


def test_a_holiday_has_no_slots():
    StaffMemberFactory()
    ClosureFactory(date=date(2026, 11, 24), status=Closure.Status.PROPOSED)
    services.open_slots(now=NOW)
    assert starts(date(2026, 11, 24)) == []


def test_places_follow_who_can_go_less_the_reserve():
    lan, _, _ = StaffMemberFactory(), StaffMemberFactory(), StaffMemberFactory()
    StaffMemberFactory(is_active=False)
    AbsenceFactory(staff=lan, period=(at("07:00"), at("08:30")))
    services.open_slots(now=NOW)
    assert list(
        Slot.objects.filter(starts_at__gte=at("07:00"), starts_at__lte=at("09:00")).values_list("capacity", "reserved")
    ) == [
        (2, 1),
        (2, 1),
        (3, 1),
    ]


def test_leave_entered_later_takes_places_away_but_never_booked_ones():
    lan, hung = StaffMemberFactory(), StaffMemberFactory()
    services.open_slots(now=NOW)
    slot = Slot.objects.get(starts_at=at("08:00"))
    services.book(slot_id=slot.pk, ward=WardFactory(), now=NOW)
    AbsenceFactory(staff=lan)
    AbsenceFactory(staff=hung)
    services.open_slots(now=NOW)
    slot.refresh_from_db()
    assert (slot.capacity, slot.booked) == (1, 1)
    assert Slot.objects.get(starts_at=at("09:00")).capacity == 0
    assert services.nearest_free(now=NOW, count=1)[0].starts_at.date() != at("08:00").date()


def test_a_slot_set_by_hand_is_left_alone():
    StaffMemberFactory()
    slot = SlotFactory(starts_at=at("08:00"), capacity=9, is_open=False)
    services.open_slots(now=NOW)
    slot.refresh_from_db()
    assert (slot.capacity, slot.is_open) == (9, False)


def test_new_office_hours_shut_old_slots_and_name_the_visits_that_no_longer_fit():
    StaffMemberFactory()
    services.prepare_office(now=NOW)
    early = Slot.objects.get(starts_at=at("07:00"))
    visit = services.book(slot_id=early.pk, ward=WardFactory(), now=NOW)
    assert services.misfits(now=NOW) == []
    WorkingHours.objects.filter(weekday=3, opens_at=time(7)).update(opens_at=time(8))
    services.open_slots(now=NOW)
    assert starts(date(2026, 11, 25))[0] == "08:00"
    assert services.misfits(now=NOW) == [visit]


def test_a_confirmed_make_up_saturday_gets_slots():
    StaffMemberFactory()
    ClosureFactory(date=date(2026, 11, 28), kind=Closure.Kind.WORK)
    services.open_slots(now=NOW)
    assert len(starts(date(2026, 11, 28))) == 7


def test_slot_length_is_a_rule_of_the_office():
    StaffMemberFactory()
    BookingRules.objects.create(pk=1, slot_minutes=90, horizon_days=2)
    services.open_slots(now=NOW)
    assert starts(date(2026, 11, 25)) == ["07:00", "08:30", "10:00", "13:30", "15:00"]


def test_a_visit_of_the_old_grid_keeps_its_person_out_of_the_new_one():
    StaffMemberFactory()
    AppointmentFactory(slot=SlotFactory(starts_at=at("08:30"), booked=1, is_set_by_hand=False))
    services.open_slots(now=NOW)
    capacities = dict(Slot.objects.filter(is_open=True).values_list("starts_at", "capacity"))
    assert (capacities[at("08:00")], capacities[at("09:00")], capacities[at("10:00")]) == (0, 0, 1)


def test_the_official_swap_of_2026_is_proposed_and_24_11_from_2026_only():
    days = {row.date: row for row in proposed_days(2026)}
    assert days[date(2026, 1, 2)].kind == Closure.Kind.OFF
    assert days[date(2026, 1, 10)].kind == Closure.Kind.WORK
    assert "12729/VPCP-KGVX" in days[date(2026, 1, 10)].source
    assert days[date(2026, 11, 24)].name == "Ngày Văn hóa Việt Nam"
    assert days[date(2026, 8, 22)].kind == Closure.Kind.WORK
    assert date(2025, 11, 24) not in {row.date for row in proposed_days(2025)}


def test_proposing_again_changes_nothing_a_manager_decided():
    ClosureFactory(date=date(2026, 9, 1), name="Quốc khánh", status=Closure.Status.DISMISSED)
    services.propose_holidays(year=2026)
    assert services.propose_holidays(year=2026) == []
    assert Closure.objects.get(date=date(2026, 9, 1)).status == Closure.Status.DISMISSED
    assert set(Closure.objects.exclude(date=date(2026, 9, 1)).values_list("status", flat=True)) == {"proposed"}


def test_a_dismissed_holiday_is_an_ordinary_day():
    ClosureFactory(date=date(2026, 11, 24), status=Closure.Status.DISMISSED)
    assert len(services.hours_on(date(2026, 11, 24))) == 2


def test_a_new_office_is_ready_after_one_command_and_keeps_its_own_entries():
    TravelTime.objects.create(distance=TravelTime.Distance.SAME, minutes=7)
    services.prepare_office(now=NOW)
    services.prepare_office(now=NOW)
    assert WorkingHours.objects.count() == 10
    assert TravelTime.objects.get(distance=TravelTime.Distance.SAME).minutes == 7
    assert services.closure_name(date(2026, 11, 24)) == "Ngày Văn hóa Việt Nam"
    assert services.closure_name(date(2027, 2, 6)) != ""


def test_todays_wards_old_names_and_neighbours_are_loaded_once():
    loaded = services.load_wards()
    assert (loaded.served, loaded.units) == (4, Ward.objects.count())
    assert [ward.short_name for ward in services.served_wards()] == [
        "Bắc Nha Trang",
        "Nam Nha Trang",
        "Nha Trang",
        "Tây Nha Trang",
    ]
    today = Ward.objects.get(code="22366", valid_to=None)
    assert today.short_name == "Nha Trang"
    assert "Tân Tiến" in set(today.predecessors.values_list("short_name", flat=True))
    assert set(today.neighbours.values_list("code", flat=True)) == {"22333", "22390", "22402"}
    today.is_served = False
    today.save(update_fields=["is_served"])
    assert services.load_wards().served == 3
