"""The Vietnamese lunar calendar (UTC+7), for days such as "mùng 5 Tết" or "rằm tháng Bảy".

Astronomy after Jean Meeus, *Astronomical Algorithms* (1998), arranged as in Hồ Ngọc Đức's public description of the
Vietnamese calendar: a month begins on the day of the new moon in Hanoi, the month with the winter solstice is the
eleventh, and in a year of thirteen months the first one without a major solar term repeats the number before it.
Right for the years 1800 to 2199 that the series are meant for; outside them `ValueError`.
"""

from datetime import date, timedelta
from functools import lru_cache
from math import floor, pi, radians, sin

_HANOI_DAYS = 7 / 24  # days ahead of Greenwich
_MONTH_DAYS = 29.530588853  # mean length of a lunar month
_FIRST_NEW_MOON = 2415021.076998695  # Julian date of the new moon counted as number 0, on 1 January 1900
_JULIAN_OF_ORDINAL_ZERO = 1721425  # date.toordinal() + this = Julian day number at noon


def lunar_to_solar(day: int, month: int, lunar_year: int, *, leap: bool = False) -> date | None:
    """The solar date of a lunar one; `lunar_year` is the solar year in which that lunar year began (at Tết).

    None where there is no such day: the 30th of a short month, a leap month in a year without it.
    """
    if not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    starts = _months_from_eleventh(lunar_year - 1 if month < 11 else lunar_year)
    for start, number, is_leap, length in starts:
        if number == month and is_leap == leap:
            return start + timedelta(days=day - 1) if day <= length else None
    return None


def solar_to_lunar(on: date) -> tuple[int, int, int, bool]:
    """(day, month, lunar year, is it a leap month) of a solar date."""
    for winter_year in (on.year, on.year - 1):
        for start, number, is_leap, length in _months_from_eleventh(winter_year):
            if start <= on < start + timedelta(days=length):
                lunar_year = winter_year if number >= 11 else winter_year + 1
                return (on - start).days + 1, number, lunar_year, is_leap
    raise ValueError(on)  # pragma: no cover - two runs from winter to winter cover every day of the year


def next_lunar(day: int, month: int, today: date) -> date | None:
    """The first such lunar day that is not past, looking three lunar years ahead."""
    for lunar_year in range(today.year - 1, today.year + 4):
        found = lunar_to_solar(day, month, lunar_year)
        if found is not None and found >= today:
            return found
    return None


def tet(year: int) -> date:
    """The first day of the lunar year that begins in this solar year (mùng 1 Tết)."""
    first = lunar_to_solar(1, 1, year)
    if first is None:  # pragma: no cover - every lunar year has a first day
        raise ValueError(year)
    return first


@lru_cache(maxsize=32)
def _months_from_eleventh(year: int) -> tuple[tuple[date, int, bool, int], ...]:
    """(first day, number, is it a leap month, days) from the eleventh month of late `year` to the next eleventh."""
    if not 1800 <= year <= 2199:
        raise ValueError(year)
    first, end = _eleventh_month(year), _eleventh_month(year + 1)
    # Half a month past the start avoids rounding at the day of the new moon itself.
    k = floor((_julian(first) - _FIRST_NEW_MOON) / _MONTH_DAYS + 0.5)
    starts = [first]
    while starts[-1] < end:
        k += 1
        starts.append(_new_moon_day(k))
    months, leap_is_due, number = [], len(starts) - 1 == 13, 10
    for start, following in zip(starts, starts[1:], strict=False):
        no_major_term = _sun_sector(start) == _sun_sector(following)
        is_leap = leap_is_due and no_major_term and start != first
        if is_leap:
            leap_is_due = False
        else:
            number = number % 12 + 1
        months.append((start, number, is_leap, (following - start).days))
    return tuple(months)


def _eleventh_month(year: int) -> date:
    """First day of the lunar month that holds the winter solstice of `year`."""
    k = floor((_julian(date(year, 12, 31)) - _FIRST_NEW_MOON) / _MONTH_DAYS)
    start = _new_moon_day(k)
    return _new_moon_day(k - 1) if _sun_sector(start) >= 9 else start


def _julian(on: date) -> int:
    return on.toordinal() + _JULIAN_OF_ORDINAL_ZERO


def _new_moon_day(k: int) -> date:
    """The day in Hanoi on which new moon number `k` falls."""
    return date.fromordinal(floor(_new_moon(k) + 0.5 + _HANOI_DAYS) - _JULIAN_OF_ORDINAL_ZERO)


def _new_moon(k: int) -> float:
    """Julian date (Greenwich) of new moon number `k`, to a few minutes."""
    t = k / 1236.85
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin(radians(166.56 + 132.87 * t - 0.009173 * t**2))
    sun = radians(359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3)
    moon = radians(306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3)
    node = radians(21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3)
    correction = (
        (0.1734 - 0.000393 * t) * sin(sun)
        + 0.0021 * sin(2 * sun)
        - 0.4068 * sin(moon)
        + 0.0161 * sin(2 * moon)
        - 0.0004 * sin(3 * moon)
        + 0.0104 * sin(2 * node)
        - 0.0051 * sin(sun + moon)
        - 0.0074 * sin(sun - moon)
        + 0.0004 * sin(2 * node + sun)
        - 0.0004 * sin(2 * node - sun)
        - 0.0006 * sin(2 * node + moon)
        + 0.0010 * sin(2 * node - moon)
        + 0.0005 * sin(sun + 2 * moon)
    )
    # From dynamical to civil time.
    if t < -11:
        lag = 0.001 + 0.000839 * t + 0.0002261 * t**2 - 0.00000845 * t**3 - 0.000000081 * t**4
    else:
        lag = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return mean + correction - lag


def _sun_sector(on: date) -> int:
    """The twelfth of its round the sun is in as the day begins in Hanoi: 0 from March, 9 from the December solstice."""
    t = (_julian(on) - 0.5 - _HANOI_DAYS - 2451545.0) / 36525
    anomaly = radians(357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3)
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    centre = (
        (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000290 * sin(3 * anomaly)
    )
    longitude = radians(mean + centre) % (2 * pi)
    return int(longitude / pi * 6)
