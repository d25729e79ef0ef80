"""Days in a line of known words (see `times_words`): dates, weekdays, "tuần sau", "ngày mốt", lunar days, "3 ngày nữa"."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from re import Match

from registrations.dialogue import times_lunar

PAST_BELONGS_TO_NEXT_YEAR = timedelta(
    days=60
)  # "20/11" said on 23/11 is three days ago; "5/1" said in November is next January
_FURTHEST = 3650  # days ahead; "999 tuần nữa" is not an appointment


@dataclass(frozen=True)
class DayHit:
    """Where in the line a day was named, and which; `day` is None for one that does not exist (31/2) or that is vague (mai mốt)."""

    start: int
    end: int
    rank: int  # a written date beats "thứ 6", which a week ("tuần sau") only narrows
    day: date | None


DATE, NAMED, WEEK, VAGUE = 0, 1, 2, 3

_NEXT = r"(?:SAU|NEXT|ke(?: tiep)?|tiep(?: theo)?)"
_THIS = r"(?:NAY|NI)"
_MONTH = r"(?:\d{1,2}|GIENG|CHAP)"
_NOT_A_PLACE = r"(?<!duong )(?<!pho )(?<!d\. )(?<!hem )(?<!so )(?<!kiet )"
_AM = r"(?P<am> (?:NGAY )?(?:AM|am)(?: lich)?\b)?"
_EDGE = r"(?<![\w/.:])(?<!\d-)"
_DAY_WORDS = r"(?:NGAY |MUNG |HOM )*"


def day_hits(line: str, today: date) -> list[DayHit]:
    """Every day named in the line, in order; what an earlier shape took is not read again by a later one."""
    hits: list[DayHit] = []
    left = line
    for pattern, rank, reader in _SHAPES:
        for found in list(pattern.finditer(left)):
            try:
                day = reader(found, today)
            except (ValueError, OverflowError):
                day = None
            hits.append(DayHit(found.start(), found.end(), rank, day))
            left = left[: found.start()] + "#" * (found.end() - found.start()) + left[found.end() :]
    return sorted(hits, key=lambda hit: hit.start)


def choose_day(hits: list[DayHit], line: str, today: date) -> date | None:
    """The one day meant: a written date first, then the first weekday (in the week named) or relative day, then the week itself."""
    dates = [hit for hit in hits if hit.rank == DATE]
    if dates:
        return dates[0].day
    week = _week_named(line, today)
    named = [hit for hit in hits if hit.rank == NAMED]
    for hit in named:
        weekday = re.match(r"(?:NGAY )?(?:THU ([2-7])|CN)", line[hit.start : hit.end])
        if weekday and week is not None:
            return _overflow_safe(week, int(weekday.group(1) or 8) - 2)
        if weekday and any(
            other.day and other.day.isoweekday() == int(weekday.group(1) or 8) - 1 for other in named if other != hit
        ):
            continue  # "thứ 2 hôm nay": the other word says which one
        return hit.day
    weeks = [hit for hit in hits if hit.rank == WEEK]
    return weeks[0].day if weeks else None


def _overflow_safe(start: date, days: int) -> date | None:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _monday(of: date) -> date:
    return of - timedelta(days=of.weekday())


def _week_named(line: str, today: date) -> date | None:
    """Monday of the week the line speaks of, if it names one."""
    found = _WEEK_NAMED.search(line)
    if not found:
        return None
    weeks = found.group("count")
    ahead = min(int(weeks), 500) if weeks else 0 if found.group("this") else 1
    if found.group("more"):
        ahead += 1
    return _overflow_safe(_monday(today), 7 * ahead)


_WEEK_NAMED = re.compile(
    rf"(?:(?<!THU )(?P<count>\d{{1,3}}) TUAN (?:NUA|{_NEXT})|TUAN (?:(?P<this>{_THIS})|(?:{_NEXT}|NUA)(?P<more> NUA)?))(?! NUA)"
)


# --- readers: one shape each, answering the day or None -------------------------------------------------------------


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) <= 2 else int(text)


def _solar(day: int, month: int, today: date, year: int | None = None) -> date | None:
    if year is not None:
        return date(year, month, day)
    for candidate in range(today.year, today.year + 9):  # 29 February may be years away
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


def _written(found: Match[str], today: date) -> date | None:
    year = _year(found["year"]) if found["year"] else None
    if found["am"]:
        return _lunar(int(found["day"]), int(found["month"]), today, year)
    later = 1 if found["nextyear"] else 0
    if later:
        year = today.year + later
    return _solar(int(found["day"]), int(found["month"]), today, year)


def _iso(found: Match[str], today: date) -> date | None:
    return date(int(found[1]), int(found[2]), int(found[3]))


def _spoken(found: Match[str], today: date) -> date | None:
    """ "5 tháng 12", "mùng 10 tháng Giêng", "ngày 5 tháng sau"."""
    day, month = int(found["day"]), found["month"]
    year = _year(found["year"]) if found["year"] else today.year + 1 if found["nextyear"] else None
    if month in {"GIENG", "CHAP"}:
        return _lunar(day, 1 if month == "GIENG" else 12, today, year)
    if found["am"] or found["tet"]:
        return _lunar(day, int(month), today, year)
    return _solar(day, int(month), today, year)


def _day_of_other_month(found: Match[str], today: date) -> date | None:
    first = _month_ahead(today, 0 if re.search(r"THANG (?:NAY|NI)", found[0]) else 1)
    return first.replace(day=int(found["day"]))


def _month_ahead(today: date, months: int) -> date:
    """First day of the month so many months from today's."""
    index = today.year * 12 + today.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _tet(found: Match[str], today: date) -> date | None:
    day = int(found["day"])
    if day <= 10:
        return _lunar(day, 1, today)
    return _lunar(day, 12, today) if day < 30 else _new_years_eve(found, today)


def _new_years_eve(found: Match[str], today: date) -> date | None:
    """30 Tết, giao thừa: the last day of the lunar year, which some years is the 29th."""
    for year in (today.year, today.year + 1):
        eve = times_lunar.tet(year) - timedelta(days=1)
        if eve >= today:
            return eve
    return None


def _full_moon(found: Match[str], today: date) -> date | None:
    """Rằm: the fifteenth lunar day, of a month named or of the coming one."""
    month = found["month"]
    if month:
        return _lunar(15, {"GIENG": 1, "CHAP": 12}.get(month) or int(month), today)
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


def _day_of_month(found: Match[str], today: date) -> date | None:
    """ "ngày 5", "mùng 3": the next such day; a month without a 31st is passed over."""
    day = int(found["day"])
    for months in range(0, 3):
        first = _month_ahead(today, months)
        if day <= calendar.monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return first.replace(day=day)
    return None


def _part_of_month(found: Match[str], today: date) -> date | None:
    which, month = found["which"], found["month"]
    if month:
        first = _solar(1, int(month), today)
        if first is None:
            return None
    else:
        first = _month_ahead(today, 1 if found["next"] or which == "DAU" and not found["this"] else 0)
    if which == "DAU":
        return first
    return first.replace(day=15 if which == "GIUA" else calendar.monthrange(first.year, first.month)[1])


def _weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    ahead = number - today.isoweekday()
    if found["this"]:
        return today + timedelta(days=ahead if ahead >= 0 else ahead + 7)
    if found["next"] and found["next"].strip() == "SAU":
        return _monday(today) + timedelta(days=6 + number)
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)


def _nth_weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    first = _solar(1, int(found["month"]), today) if found["month"] else _month_ahead(today, 1)
    if first is None:
        return None
    return first + timedelta(days=(number - first.isoweekday()) % 7)


def _part_of_week(found: Match[str], today: date) -> date | None:
    which = found["which"]
    start = _monday(today)
    if found["next"]:
        start += timedelta(days=14 if found["more"] else 7)
    elif not found["this"] and which != "CUOI" and start + timedelta(days=0 if which == "DAU" else 2) <= today:
        start += timedelta(days=7)
    return start + timedelta(days={"DAU": 0, "GIUA": 2, "CUOI": 5}[which])


def _weeks_ahead(found: Match[str], today: date) -> date | None:
    return today + timedelta(weeks=int(found[1])) if int(found[1]) * 7 <= _FURTHEST else None


def _days_ahead(found: Match[str], today: date) -> date | None:
    days = int(found["a"] or found["b"])
    return today + timedelta(days=days) if days <= _FURTHEST else None


def _months_ahead(found: Match[str], today: date) -> date | None:
    if found["half"]:
        return today + timedelta(days=15)
    if int(found["count"]) * 30 > _FURTHEST:
        return None
    first = _month_ahead(today, int(found["count"]))
    return first.replace(day=min(today.day, calendar.monthrange(first.year, first.month)[1]))


def _in(days: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: today + timedelta(days=days)


def _on(day: int, month: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: _solar(day, month, today)


def _on_lunar(day: int, month: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: _lunar(day, month, today)


def _nothing(found: Match[str], today: date) -> date | None:
    return None


_WHEN_PART = r"(?:SANG|TRUA|CHIEU|TOI|DEM|KHUYA)"
_NEXT_YEAR = timedelta(days=60)  # "20/11" said on 23/11 is three days ago; "5/1" said in November is next January
_FURTHEST = 3650  # days ahead; "999 tuần nữa" is not an appointment


@dataclass(frozen=True)
class DayHit:
    """Where in the line a day was named, and which; `day` is None for one that does not exist (31/2) or that is vague (mai mốt)."""

    start: int
    end: int
    rank: int  # a written date beats "thứ 6", which a week ("tuần sau") only narrows
    day: date | None


DATE, NAMED, WEEK, VAGUE = 0, 1, 2, 3

_NEXT = r"(?:SAU|NEXT|ke(?: tiep)?|tiep(?: theo)?)"
_THIS = r"(?:NAY|NI)"
_MONTH = r"(?:\d{1,2}|GIENG|CHAP)"
_NOT_A_PLACE = r"(?<!duong )(?<!pho )(?<!d\. )(?<!hem )(?<!so )(?<!kiet )"
_AM = r"(?P<am> (?:NGAY )?(?:AM|am)(?: lich)?\b)?"
_EDGE = r"(?<![\w/.:])(?<!\d-)"
_DAY_WORDS = r"(?:NGAY |MUNG |HOM )*"


def day_hits(line: str, today: date) -> list[DayHit]:
    """Every day named in the line, in order; what an earlier shape took is not read again by a later one."""
    hits: list[DayHit] = []
    left = line
    for pattern, rank, reader in _SHAPES:
        for found in list(pattern.finditer(left)):
            try:
                day = reader(found, today)
            except (ValueError, OverflowError):
                day = None
            hits.append(DayHit(found.start(), found.end(), rank, day))
            left = left[: found.start()] + "#" * (found.end() - found.start()) + left[found.end() :]
    return sorted(hits, key=lambda hit: hit.start)


def choose_day(hits: list[DayHit], line: str, today: date) -> date | None:
    """The one day meant: a written date first, then the first weekday (in the week named) or relative day, then the week itself."""
    dates = [hit for hit in hits if hit.rank == DATE]
    if dates:
        return dates[0].day
    week = _week_named(line, today)
    named = [hit for hit in hits if hit.rank == NAMED]
    for hit in named:
        weekday = re.match(r"(?:NGAY )?(?:THU ([2-7])|CN)", line[hit.start : hit.end])
        if weekday and week is not None:
            return _overflow_safe(week, int(weekday.group(1) or 8) - 2)
        if weekday and any(
            other.day and other.day.isoweekday() == int(weekday.group(1) or 8) - 1 for other in named if other != hit
        ):
            continue  # "thứ 2 hôm nay": the other word says which one
        return hit.day
    weeks = [hit for hit in hits if hit.rank == WEEK]
    return weeks[0].day if weeks else None


def _overflow_safe(start: date, days: int) -> date | None:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _monday(of: date) -> date:
    return of - timedelta(days=of.weekday())


def _week_named(line: str, today: date) -> date | None:
    """Monday of the week the line speaks of, if it names one."""
    found = _WEEK_NAMED.search(line)
    if not found:
        return None
    weeks = found.group("count")
    ahead = min(int(weeks), 500) if weeks else 0 if found.group("this") else 1
    if found.group("more"):
        ahead += 1
    return _overflow_safe(_monday(today), 7 * ahead)


_WEEK_NAMED = re.compile(
    rf"(?:(?<!THU )(?P<count>\d{{1,3}}) TUAN (?:NUA|{_NEXT})|TUAN (?:(?P<this>{_THIS})|(?:{_NEXT}|NUA)(?P<more> NUA)?))(?! NUA)"
)


# --- readers: one shape each, answering the day or None -------------------------------------------------------------


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) <= 2 else int(text)


def _solar(day: int, month: int, today: date, year: int | None = None) -> date | None:
    if year is not None:
        return date(year, month, day)
    for candidate in range(today.year, today.year + 9):  # 29 February may be years away
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


def _written(found: Match[str], today: date) -> date | None:
    year = _year(found["year"]) if found["year"] else None
    if found["am"]:
        return _lunar(int(found["day"]), int(found["month"]), today, year)
    later = 1 if found["nextyear"] else 0
    if later:
        year = today.year + later
    return _solar(int(found["day"]), int(found["month"]), today, year)


def _iso(found: Match[str], today: date) -> date | None:
    return date(int(found[1]), int(found[2]), int(found[3]))


def _spoken(found: Match[str], today: date) -> date | None:
    """ "5 tháng 12", "mùng 10 tháng Giêng", "ngày 5 tháng sau"."""
    day, month = int(found["day"]), found["month"]
    year = _year(found["year"]) if found["year"] else today.year + 1 if found["nextyear"] else None
    if month in {"GIENG", "CHAP"}:
        return _lunar(day, 1 if month == "GIENG" else 12, today, year)
    if found["am"] or found["tet"]:
        return _lunar(day, int(month), today, year)
    return _solar(day, int(month), today, year)


def _day_of_other_month(found: Match[str], today: date) -> date | None:
    first = _month_ahead(today, 0 if re.search(r"THANG (?:NAY|NI)", found[0]) else 1)
    return first.replace(day=int(found["day"]))


def _month_ahead(today: date, months: int) -> date:
    """First day of the month so many months from today's."""
    index = today.year * 12 + today.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _tet(found: Match[str], today: date) -> date | None:
    day = int(found["day"])
    if day <= 10:
        return _lunar(day, 1, today)
    return _lunar(day, 12, today) if day < 30 else _new_years_eve(found, today)


def _new_years_eve(found: Match[str], today: date) -> date | None:
    """30 Tết, giao thừa: the last day of the lunar year, which some years is the 29th."""
    for year in (today.year, today.year + 1):
        eve = times_lunar.tet(year) - timedelta(days=1)
        if eve >= today:
            return eve
    return None


def _full_moon(found: Match[str], today: date) -> date | None:
    """Rằm: the fifteenth lunar day, of a month named or of the coming one."""
    month = found["month"]
    if month:
        return _lunar(15, {"GIENG": 1, "CHAP": 12}.get(month) or int(month), today)
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


def _day_of_month(found: Match[str], today: date) -> date | None:
    """ "ngày 5", "mùng 3": the next such day; a month without a 31st is passed over."""
    day = int(found["day"])
    for months in range(0, 3):
        first = _month_ahead(today, months)
        if day <= calendar.monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return first.replace(day=day)
    return None


def _part_of_month(found: Match[str], today: date) -> date | None:
    which, month = found["which"], found["month"]
    if month:
        first = _solar(1, int(month), today)
        if first is None:
            return None
    else:
        first = _month_ahead(today, 1 if found["next"] or which == "DAU" and not found["this"] else 0)
    if which == "DAU":
        return first
    return first.replace(day=15 if which == "GIUA" else calendar.monthrange(first.year, first.month)[1])


def _weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    ahead = number - today.isoweekday()
    if found["this"]:
        return today + timedelta(days=ahead if ahead >= 0 else ahead + 7)
    if found["next"] and found["next"].strip() == "SAU":
        return _monday(today) + timedelta(days=6 + number)
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)


def _nth_weekday(found: Match[str], today: date) -> date | None:
    number = int(found["number"]) - 1 if found["number"] else 7
    first = _solar(1, int(found["month"]), today) if found["month"] else _month_ahead(today, 1)
    if first is None:
        return None
    return first + timedelta(days=(number - first.isoweekday()) % 7)


def _part_of_week(found: Match[str], today: date) -> date | None:
    which = found["which"]
    start = _monday(today)
    if found["next"]:
        start += timedelta(days=14 if found["more"] else 7)
    elif not found["this"] and which != "CUOI" and start + timedelta(days=0 if which == "DAU" else 2) <= today:
        start += timedelta(days=7)
    return start + timedelta(days={"DAU": 0, "GIUA": 2, "CUOI": 5}[which])


def _weeks_ahead(found: Match[str], today: date) -> date | None:
    return today + timedelta(weeks=int(found[1])) if int(found[1]) * 7 <= _FURTHEST else None


def _days_ahead(found: Match[str], today: date) -> date | None:
    days = int(found["a"] or found["b"])
    return today + timedelta(days=days) if days <= _FURTHEST else None


def _months_ahead(found: Match[str], today: date) -> date | None:
    if found["half"]:
        return today + timedelta(days=15)
    if int(found["count"]) * 30 > _FURTHEST:
        return None
    first = _month_ahead(today, int(found["count"]))
    return first.replace(day=min(today.day, calendar.monthrange(first.year, first.month)[1]))


def _in(days: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: today + timedelta(days=days)


def _on(day: int, month: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: _solar(day, month, today)


def _on_lunar(day: int, month: int) -> Callable[[Match[str], date], date | None]:
    return lambda found, today: _lunar(day, month, today)


def _nothing(found: Match[str], today: date) -> date | None:
    return None


_WHEN_PART = r"(?:SANG|TRUA|CHIEU|TOI|DEM|KHUYA)"
_NOT_A_COUNT = r"(?! ?(?:GIO|:\d|NGAY NUA|TUAN|HOM NUA|BUA NUA|THANG NUA|TIENG|PHUT|nguoi|ho so|bo|SANG \d|RUOI))"
_NEXT_YEAR = rf"(?P<nextyear> NAM {_NEXT})?"
_AFTER_NOISE = (
    r"(?<!cai )(?<!lich )(?<!cho )(?<!so )(?<!luc )(?<!LUC )(?<!dao )(?<!viec )(?<!tuc )(?<!giay )(?<!hien )(?<!lau )(?<!xua )"
    r"(?<!DEN )(?<!nguoi )(?<!gio )(?<!GIO )(?<!TUAN )(?<!THANG )(?<!NAM )(?<!nam )"
)
# In order: the most explicit first.
_SHAPES: list[tuple[re.Pattern[str], int, Callable[[Match[str], date], date | None]]] = [
    (re.compile(pattern), rank, reader)
    for pattern, rank, reader in (
        (rf"{_EDGE}(?:NGAY )?(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)", DATE, _iso),
        # A range in one month, "9-10/12": the first day.
        (
            rf"{_EDGE}{_NOT_A_PLACE}{_DAY_WORDS}(?P<day>\d{{1,2}})(?: ?- ?|,)\d{{1,2}}/(?P<month>\d{{1,2}})"
            rf"(?:/(?P<year>\d{{4}}|\d\d))?(?![\d/]){_NEXT_YEAR}{_AM}",
            DATE,
            _written,
        ),
        (
            rf"{_EDGE}{_NOT_A_PLACE}{_DAY_WORDS}(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?:/(?P<year>\d{{4}}|\d\d))?(?![\d/])"
            rf"{_NEXT_YEAR}{_AM}",
            DATE,
            _written,
        ),
        # With dots or dashes it may also be an hour (8.30) or hours (8-10 sáng), so the month must be one.
        (
            rf"{_EDGE}{_DAY_WORDS}(?P<day>\d{{1,2}})(?P<sign>[.-])(?P<month>0?[1-9]|1[0-2])(?:(?P=sign)(?P<year>\d{{4}}|\d\d))?"
            rf"(?!\d|[/:.-]\d| ?GIO| ?PHUT|(?<=\d-\d) {_WHEN_PART}|(?<=\d-\d\d)(?<!1[3-9]-\d\d)(?<!2\d-\d\d)(?<!3\d-\d\d) {_WHEN_PART})"
            rf"{_NEXT_YEAR}{_AM}",
            DATE,
            _written,
        ),
        (
            rf"{_EDGE}{_NOT_A_PLACE}(?:NGAY |MUNG |HOM )*(?P<day>\d{{1,2}})(?: tay| AM| am)? ?(?:,|-)? ?THANG (?P<month>{_MONTH})"
            rf"(?!\d| ?(?:GIO|NUA))(?P<tet> TET)?(?:(?:,? ?(?:NAM )?|[/.-])(?P<year>\d{{4}}))?{_NEXT_YEAR}{_AM}",
            DATE,
            _spoken,
        ),
        (
            rf"{_EDGE}(?:NGAY |MUNG |HOM )*(?P<day>\d{{1,2}}) THANG (?:{_NEXT}|{_THIS})(?! {_NEXT})",
            DATE,
            _day_of_other_month,
        ),
        (rf"{_EDGE}(?:NGAY )?(?:MUNG )?(?P<day>\d{{1,2}}) TET(?: AM(?: lich)?| ta)?(?! tay| duong)", DATE, _tet),
        (r"giao thua", DATE, _new_years_eve),
        (r"TET (?:tay|duong(?: lich)?)", DATE, _on(1, 1)),
        (r"NOEL|giang sinh", DATE, _on(25, 12)),
        (r"(?:le )?quoc khanh", DATE, _on(2, 9)),
        (r"gio to(?: hung vuong)?", DATE, _on_lunar(10, 3)),
        (r"trung thu", DATE, _on_lunar(15, 8)),
        (r"vu lan", DATE, _on_lunar(15, 7)),
        (rf"(?:NGAY )?RAM(?: THANG (?:(?P<month>{_MONTH})|{_THIS}|(?P<next>{_NEXT})))?", DATE, _full_moon),
        (
            rf"{_EDGE}(?:NGAY |HOM |MUNG )*(?P<day>\d{{1,2}}) (?:AM|am) lich\b",
            DATE,
            lambda found, today: _coming_lunar_day(int(found["day"]), today),
        ),
        (rf"{_EDGE}(?P<a>\d{{1,4}}) (?:NGAY|HOM|BUA) (?:NUA|SAU|{_NEXT})(?P<b>)", NAMED, _days_ahead),
        (rf"SAU (?P<a>\d{{1,4}}) (?:NGAY|HOM|BUA)(?P<b>)", NAMED, _days_ahead),
        (rf"{_EDGE}(?:(?P<count>\d{{1,3}})|(?P<half>HALF)) THANG (?:NUA|{_NEXT})", NAMED, _months_ahead),
        (
            rf"{_EDGE}(?:(?:NGAY|HOM) (?:MUNG )?|MUNG )(?P<day>\d{{1,2}})(?: tay)?(?![\d/.-]\d| ?(?:GIO|TUAN\b(?! (?:SAU|NEXT))|TIENG|PHUT|THANG))",
            DATE,
            _day_of_month,
        ),
        (rf"{_EDGE}(?<!THU )(?P<day>\d{{1,2}}) (?:tay\b|{_THIS}\b)", DATE, _day_of_month),
        (
            r"\b(?:SANG|CHIEU|TRUA|TOI) (?P<day>1[3-9]|2\d|3[01])(?![\d/.:-]| ?(?:GIO|THANG|NGAY|PHUT))",
            DATE,
            _day_of_month,
        ),
        (
            rf"(?:(?:THU (?P<number>[2-7])|CN) )DAU(?: tien)?(?: cua)?(?: THANG(?: (?P<month>\d{{1,2}})| {_NEXT}))",
            DATE,
            _nth_weekday,
        ),
        (
            rf"(?P<which>DAU|GIUA|CUOI)(?: cua)? THANG(?: (?P<month>\d{{1,2}})(?!\d| ?GIO)|(?P<this> {_THIS})|(?P<next> {_NEXT}))?",
            NAMED,
            _part_of_month,
        ),
        (
            rf"(?:NGAY )?(?:THU (?P<number>[2-7])|CN)(?![\d/:]|-\d|\.\d)(?:(?P<this> {_THIS})(?! TUAN)|(?P<next> {_NEXT})(?! TUAN))?",
            NAMED,
            _weekday,
        ),
        (
            rf"(?P<which>DAU|GIUA|CUOI) TUAN(?: (?P<this>{_THIS})| (?P<next>{_NEXT})(?P<more> NUA)?)?",
            NAMED,
            _part_of_week,
        ),
        (rf"{_EDGE}(\d{{1,3}}) TUAN (?:NUA|{_NEXT})", WEEK, _weeks_ahead),
        (r"(?:MAI (?:MOT|KIA)|NAY MAI)(?! NUA)", VAGUE, _nothing),
        (r"(?:HOM|BUA) qua", NAMED, _in(-1)),
        (r"(?:NGAY|BUA|SANG|CHIEU|TRUA|TOI) KIAA", NAMED, _in(3)),
        (r"HOM KIA\b", NAMED, _in(-2)),
        (r"HOM KIAA", NAMED, _in(-3)),
        (r"(?:NGAY|BUA|SANG|CHIEU|TRUA|TOI) KIA\b", NAMED, _in(2)),
        (r"(?:NGAY |BUA |HOM )?MOT\b", NAMED, _in(2)),
        (r"(?:NGAY |HOM |BUA )?MAI\b", NAMED, _in(1)),
        (rf"(?:HOM|BUA|NGAY) (?:SAU|{_NEXT})", NAMED, _in(1)),
        (r"(?:HOM|BUA) (?:NAY|NI)|NGAY (?:NAY|hom nay)|trong NGAY", NAMED, _in(0)),
        (rf"(?:{_WHEN_PART}) (?:NAY|NI)", NAMED, _in(0)),
        (rf"{_AFTER_NOISE}\bNAY\b", NAMED, _in(0)),
        (
            r"\bbay GIO|hien tai|ngay lap tuc|^ngay(?: luon| di| a| nha| nhe)?$|ngay (?:luon|lien)|lien luon|(?:lat|chut|ti|xiu) NUA",
            NAMED,
            _in(0),
        ),
        (r"TUAN NUA", WEEK, _in(7)),
        (rf"TUAN {_NEXT} NUA", WEEK, lambda found, today: _monday(today) + timedelta(days=14)),
        (rf"TUAN (?:{_NEXT})", WEEK, lambda found, today: _monday(today) + timedelta(days=7)),
        (rf"THANG (?:{_NEXT})", WEEK, lambda found, today: _month_ahead(today, 1)),
    )
]


def _coming_lunar_day(day: int, today: date) -> date | None:
    """ "15 âm lịch" without a month: the next such day."""
    for ahead in range(0, 62):
        if times_lunar.solar_to_lunar(today + timedelta(days=ahead))[0] == day:
            return today + timedelta(days=ahead)
    return None
