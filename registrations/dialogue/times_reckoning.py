"""From one shape of words to a date: arithmetic on weeks, months and lunar days, each counted from today.

Every reader takes the match of its shape (see `times_days`) and today, and answers the day, or None (or ValueError, for
which the caller puts None) where there is no such day.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from re import Match

from registrations.dialogue import times_lunar

Reader = Callable[[Match[str], date], date | None]

# "20/11" said on 23/11 is three days ago; "5/1" said in November is next January.
PAST_BELONGS_TO_NEXT_YEAR = timedelta(days=60)
_FURTHEST = 3650  # days ahead; "999 tuần nữa" is not an appointment
LUNAR_MONTHS = {"GIENG": 1, "CHAP": 12}


def monday(of: date) -> date:
    """The Monday of that day's week."""
    return of - timedelta(days=of.weekday())


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) <= 2 else int(text)


def _month(text: str) -> int:
    return LUNAR_MONTHS.get(text) or int(text)


def _solar(day: int, month: int, today: date, year: int | None = None) -> date | None:
    if year is not None:
        return date(year, month, day)
    for candidate in range(today.year - 1, today.year + 9):  # 29 February may be years away
        try:
            found = date(candidate, month, day)
        except ValueError:
            if not (day == 29 and month == 2):
                return None
            continue
        if found >= today - PAST_BELONGS_TO_NEXT_YEAR:
            return found
    return None


def _lunar(day: int, month: int, today: date, year: int | None = None) -> date | None:
    if year is not None:
        return times_lunar.lunar_to_solar(day, month, year)
    return times_lunar.next_lunar(day, month, today)


def written(found: Match[str], today: date) -> date | None:
    year = _year(found["year"]) if found["year"] else None
    if found["am"]:
        return _lunar(int(found["day"]), int(found["month"]), today, year)
    later = 1 if found["nextyear"] else 0
    if later:
        year = today.year + later
    return _solar(int(found["day"]), int(found["month"]), today, year)


def iso(found: Match[str], today: date) -> date | None:
    return date(int(found[1]), int(found[2]), int(found[3]))


def spoken(found: Match[str], today: date) -> date | None:
    """ "5 tháng 12", "mùng 10 tháng Giêng", "ngày 5 tháng sau"."""
    day, month = int(found["day"]), _month(found["month"])
    year = _year(found["year"]) if found["year"] else today.year + 1 if found["nextyear"] else None
    if not found["solar"] and (found["month"] in LUNAR_MONTHS or found["am"] or found["tet"]):
        return _lunar(day, month, today, year)
    return _solar(day, month, today, year)


def day_of_other_month(found: Match[str], today: date) -> date | None:
    ahead = 0 if re.search(r"THANG (?:NAY|NI)", found[0]) else -1 if "TRUOC" in found[0] else 1
    first = month_ahead(today, ahead)
    return first.replace(day=int(found["day"]))


def month_ahead(today: date, months: int) -> date:
    """First day of the month so many months from today's."""
    index = today.year * 12 + today.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def day_of_tet(found: Match[str], today: date) -> date | None:
    day = int(found["day"])
    if day <= 10:
        return _lunar(day, 1, today)
    return _lunar(day, 12, today) if day < 30 else new_years_eve(found, today)


def last_of_tet(found: Match[str], today: date) -> date | None:
    """The fifth of Tết, after which offices are open again: "thứ hai sau Tết" is counted from it."""
    return _lunar(5, 1, today)


def new_years_eve(found: Match[str], today: date) -> date | None:
    """30 Tết, giao thừa: the last day of the lunar year, which some years is the 29th."""
    for year in (today.year, today.year + 1):
        eve = times_lunar.tet(year) - timedelta(days=1)
        if eve >= today:
            return eve
    return None


def full_moon(found: Match[str], today: date) -> date | None:
    """Rằm: the fifteenth lunar day, of a month named or of the coming one."""
    month = found["month"]
    if month:
        return _lunar(15, _month(month), today)
    skip = 1 if found["next"] else 0
    day = today
    while True:
        lunar_day, *_ = times_lunar.solar_to_lunar(day)
        if lunar_day <= 15:
            full = day + timedelta(days=15 - lunar_day)
            if not skip:
                return full
            skip -= 1
            day = full
        day += timedelta(days=16 if lunar_day <= 15 else max(1, 30 - lunar_day))


def day_of_month(found: Match[str], today: date) -> date | None:
    """ "ngày 5", "mùng 3": the next such day; a month without a 31st is passed over."""
    day = int(found["day"])
    for months in range(3):
        first = month_ahead(today, months)
        if day <= calendar.monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return first.replace(day=day)
    return None


def part_of_month(found: Match[str], today: date) -> date | None:
    which, month = found["which"], found["month"]
    if month in LUNAR_MONTHS:
        days = {"DAU": (1,), "GIUA": (15,), "CUOI": (30, 29)}[which]  # some lunar months have 29 days
        return min(day for number in days if (day := _lunar(number, _month(month), today)))
    if month:
        first = _solar(1, int(month), today)
        if first is None:
            return None
    else:
        first = month_ahead(today, 1 if found["next"] or which == "DAU" and not found["this"] else 0)
    if which == "DAU":
        return first
    return first.replace(day=15 if which == "GIUA" else calendar.monthrange(first.year, first.month)[1])


def weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    ahead = number - today.isoweekday()
    if found["this"]:
        return today + timedelta(days=ahead if ahead >= 0 else ahead + 7)
    if found["next"] and found["next"].strip() == "SAU":
        return monday(today) + timedelta(days=6 + number)
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)


def last_weekday(found: Match[str], today: date) -> date | None:
    """ "hôm thứ 6 rồi": the one gone by."""
    number = int(found["number"] or found["number2"] or 8) - 1
    return today - timedelta(days=(today.isoweekday() - number) % 7 or 7)


def nth_weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    first = _solar(1, int(found["month"]), today) if found["month"] else month_ahead(today, 1)
    if first is None:
        return None
    return first + timedelta(days=(number - first.isoweekday()) % 7)


def part_of_week(found: Match[str], today: date) -> date | None:
    which = found["which"]
    start = monday(today)
    if found["next"]:
        start += timedelta(days=14 if found["more"] else 7)
    elif not found["this"] and start + timedelta(days={"DAU": 0, "GIUA": 2, "CUOI": 6}[which]) <= today:
        start += timedelta(days=7)
    return start + timedelta(days={"DAU": 0, "GIUA": 2, "CUOI": 5}[which])


def weeks_ahead(found: Match[str], today: date) -> date | None:
    return today + timedelta(weeks=int(found[1])) if int(found[1]) * 7 <= _FURTHEST else None


def days_ahead(found: Match[str], today: date) -> date | None:
    days = int(found["a"] or found["b"])
    return today + timedelta(days=days) if days <= _FURTHEST else None


def months_ahead(found: Match[str], today: date) -> date | None:
    if found["half"]:
        return today + timedelta(days=15)
    if int(found["count"]) * 30 > _FURTHEST:
        return None
    first = month_ahead(today, int(found["count"]))
    return first.replace(day=min(today.day, calendar.monthrange(first.year, first.month)[1]))


def days_from_today(days: int) -> Reader:
    return lambda found, today: today + timedelta(days=days)


def every_year_on(day: int, month: int) -> Reader:
    return lambda found, today: _solar(day, month, today)


def every_lunar_year_on(day: int, month: int) -> Reader:
    return lambda found, today: _lunar(day, month, today)


def vague(found: Match[str], today: date) -> date | None:
    return None


def coming_lunar_day(day: int, today: date) -> date | None:
    """ "15 âm lịch" without a month: the next such day."""
    for ahead in range(62):
        if times_lunar.solar_to_lunar(today + timedelta(days=ahead))[0] == day:
            return today + timedelta(days=ahead)
    return None
