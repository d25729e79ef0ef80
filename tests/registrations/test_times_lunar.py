"""The lunar calendar of Việt Nam (UTC+7), against dates everybody knows."""

from datetime import date, timedelta

import holidays
import pytest

from registrations.dialogue.times_lunar import lunar_to_solar, next_lunar, solar_to_lunar, tet


@pytest.mark.parametrize(
    "day",
    [
        # 1985: Tết came a month earlier in Hà Nội than in Beijing; 2007 and 2030: a day earlier.
        date(1985, 1, 21),
        date(2007, 2, 17),
        date(2023, 1, 22),
        date(2024, 2, 10),
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2030, 2, 2),
    ],
)
def test_tet_falls_on_the_day_the_country_kept_it(day: date) -> None:
    assert tet(day.year) == day


def test_gio_to_hung_vuong_is_the_tenth_of_the_third_month() -> None:
    known = {
        day for day, name in holidays.country_holidays("VN", years=range(2023, 2029), language="vi").items()
        if "Giỗ Tổ" in name and "nghỉ bù" not in name
    }  # fmt: skip
    assert {lunar_to_solar(10, 3, year) for year in range(2023, 2029)} == known


def test_a_leap_month_comes_after_the_month_it_repeats() -> None:
    assert solar_to_lunar(date(2025, 7, 25)) == (1, 6, 2025, True)
    assert lunar_to_solar(1, 6, 2025) == date(2025, 6, 25)
    assert lunar_to_solar(1, 6, 2025, leap=True) == date(2025, 7, 25)
    assert lunar_to_solar(1, 6, 2026, leap=True) is None


def test_every_day_of_forty_years_goes_to_the_lunar_calendar_and_back() -> None:
    day = date(2010, 1, 1)
    while day < date(2050, 1, 1):
        lunar_day, month, year, leap = solar_to_lunar(day)
        assert lunar_to_solar(lunar_day, month, year, leap=leap) == day
        day += timedelta(days=1)


def test_a_short_month_has_no_thirtieth_day() -> None:
    lengths = {month: lunar_to_solar(30, month, 2026) for month in range(1, 13)}
    assert None in lengths.values()


def test_the_next_lunar_day_is_never_past() -> None:
    assert next_lunar(15, 1, date(2026, 11, 23)) == date(2027, 2, 20)
    assert next_lunar(15, 1, date(2027, 2, 20)) == date(2027, 2, 20)
    assert next_lunar(31, 1, date(2027, 2, 20)) is None
