"""Office hours as plain data: no database."""

from datetime import date, time

import pytest

from scheduling.errors import NoOfficeHours
from scheduling.hours import DayRow, HoursRow, OfficeCalendar
from tests.factories.scheduling import at

MONDAY, TUESDAY, WEDNESDAY, SATURDAY = (date(2026, 11, day) for day in (23, 24, 25, 28))
MORNING, AFTERNOON = (time(7), time(11, 30)), (time(13, 30), time(17))
USUAL = OfficeCalendar()
WITH_HOLIDAY = OfficeCalendar(days=(DayRow(TUESDAY, False, "Ngày Văn hóa Việt Nam"),))


def test_a_weekday_has_a_lunch_break():
    assert USUAL.hours_on(MONDAY) == [MORNING, AFTERNOON]


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("06:59", False),
        ("07:00", True),
        ("11:29", True),
        ("11:30", False),
        ("13:29", False),
        ("13:30", True),
        ("17:00", False),
    ],
)
def test_the_closing_minute_is_already_closed(clock, is_open):
    assert USUAL.is_open(at(clock, MONDAY)) is is_open


def test_a_weekend_is_closed_without_a_closure_name():
    assert USUAL.hours_on(SATURDAY) == []
    assert USUAL.closure_name(SATURDAY) == ""
    assert USUAL.closed_because(SATURDAY) == "Thứ Bảy"


def test_a_holiday_closes_the_day_and_is_named():
    assert WITH_HOLIDAY.hours_on(TUESDAY) == []
    assert WITH_HOLIDAY.closure_name(TUESDAY) == "Ngày Văn hóa Việt Nam"


def test_a_proposed_holiday_already_closes_the_day():
    calendar = OfficeCalendar(days=(DayRow(TUESDAY, False, "Dự kiến", is_proposed=True),))
    assert calendar.hours_on(TUESDAY) == []


def test_a_make_up_saturday_keeps_ordinary_hours_once_it_is_confirmed():
    assert OfficeCalendar(days=(DayRow(SATURDAY, True, "Làm bù"),)).hours_on(SATURDAY) == [MORNING, AFTERNOON]
    assert OfficeCalendar(days=(DayRow(SATURDAY, True, "Làm bù", is_proposed=True),)).hours_on(SATURDAY) == []


def test_a_closed_stretch_is_cut_out_of_the_day():
    calendar = OfficeCalendar(days=(DayRow(MONDAY, False, "Họp", time(10), time(14)),))
    assert calendar.hours_on(MONDAY) == [(time(7), time(10)), (time(14), time(17))]


def test_new_hours_apply_from_their_first_day():
    calendar = OfficeCalendar(
        hours=(
            HoursRow(1, time(7), time(11), valid_to=date(2026, 11, 29)),
            HoursRow(1, time(8), time(12), valid_from=date(2026, 11, 30)),
        )
    )
    assert calendar.hours_on(MONDAY) == [(time(7), time(11))]
    assert calendar.hours_on(date(2026, 11, 30)) == [(time(8), time(12))]


def test_the_next_open_moment_skips_lunch_night_and_holiday():
    assert USUAL.next_open_moment(at("09:00", MONDAY)) == at("09:00", MONDAY)
    assert USUAL.next_open_moment(at("12:00", MONDAY)) == at("13:30", MONDAY)
    assert WITH_HOLIDAY.next_open_moment(at("18:00", MONDAY)) == at("07:00", WEDNESDAY)


def test_working_minutes_count_only_while_open():
    assert USUAL.add_working_minutes(at("11:00", MONDAY), 60) == at("14:00", MONDAY)
    assert WITH_HOLIDAY.add_working_minutes(at("16:30", MONDAY), 60) == at("07:30", WEDNESDAY)
    assert USUAL.add_working_minutes(at("03:00", SATURDAY), 30) == at("07:30", date(2026, 11, 30))


def test_working_days_leave_out_weekends_and_holidays():
    assert WITH_HOLIDAY.working_days_after(MONDAY, 1) == WEDNESDAY
    assert WITH_HOLIDAY.working_days_after(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert WITH_HOLIDAY.working_days_after(MONDAY, 0) == MONDAY


def test_an_office_that_never_opens_says_so():
    never = OfficeCalendar(hours=(HoursRow(1, time(7), time(8), valid_to=date(2020, 1, 1)),))
    with pytest.raises(NoOfficeHours):
        never.next_open_moment(at("09:00", MONDAY))
