"""Days in a line of known words (see `times_words`): dates, weekdays, "tuần sau", "mốt", lunar days, "3 ngày nữa"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from registrations.dialogue.times_reckoning import (
    Reader,
    coming_lunar_day,
    day_of_month,
    day_of_other_month,
    day_of_tet,
    days_ahead,
    days_from_today,
    every_lunar_year_on,
    every_year_on,
    full_moon,
    iso,
    last_of_tet,
    last_weekday,
    monday,
    month_ahead,
    months_ahead,
    new_years_eve,
    nth_weekday,
    part_of_month,
    part_of_week,
    spoken,
    vague,
    weekday,
    weeks_ahead,
    written,
)


@dataclass(frozen=True)
class DayHit:
    """Where in the line a day was named, and which; `day` is None for one that does not exist (31/2) or is vague."""

    start: int
    end: int
    rank: int  # a written date beats "thứ 6", which a week ("tuần sau") only narrows
    day: date | None


DATE, NAMED, WEEK, VAGUE, SPAN = 0, 1, 2, 3, 4

_NEXT = r"(?:SAU|NEXT|ke(?: tiep)?|tiep(?: theo)?)"
_THIS = r"(?:NAY|NI)"
_MONTH = r"(?:\d{1,2}|GIENG|CHAP)"
_NOT_A_PLACE = r"(?<!duong )(?<!pho )(?<!d\. )(?<!hem )(?<!so )(?<!kiet )"
_AM = r"(?P<am> (?:NGAY )?(?:AM|am)(?: lich)?\b)?"
_EDGE = r"(?<![\w/.:])(?<!\d-)"
_DAY_WORDS = r"(?:NGAY |MUNG |HOM )*"
_WEEKDAY = re.compile(r"(?:NGAY )?(?:THU ([2-7])|CN)")


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
    """The one day meant: a written date first, then a weekday (in the week named) or relative day, then "2 tuần nữa".

    A date that only dates a paper or a birth is not meant, nor is a holiday after which another day is named; a day
    gone by gives way to one to come ("hôm qua em gọi, sáng mai nhé").
    """
    hits = [hit for hit in hits if hit.rank != DATE or not _RECORD.search(line[: hit.start])]
    dates = [hit for hit in hits if hit.rank == DATE]
    named = [hit for hit in hits if hit.rank == NAMED]
    meant = [hit for hit in dates if not _is_an_anchor(hit, line)]
    if meant:
        return _to_come(meant, today)
    if dates:
        return _from_anchor(dates[0], named, line)
    week = _week_named(line, today)
    found = [day for hit in named if (day := _named_day(hit, named, line, week)) is not _ANOTHER_SAYS]
    if found:
        return next((day for day in found if day and day >= today), found[0]) if found[0] else None
    weeks = [hit for hit in hits if hit.rank == WEEK]
    return weeks[0].day if weeks else None


def choose_span(hits: list[DayHit], line: str, today: date) -> tuple[date, date] | None:
    """First and last day of the week or month named where no day of it is, from today on: "tuần sau", "tháng này"."""
    for hit in hits:
        if hit.rank == SPAN and hit.day:
            is_month = line.startswith("THANG", hit.start)
            last = month_ahead(hit.day, 1) - timedelta(days=1) if is_month else hit.day + timedelta(days=6)
            return max(hit.day, today), last
    return None


# Before a date of birth, of issue or of expiry.
_RECORD = re.compile(r"\b(?:sinh|sn|cap|(?<!dang )ky|(?:het|DEN|toi) han|hieu luc)(?: (?:TU|NGAY|DEN|la)| ?:)* ?$")
_ANCHORED = re.compile(r"\b(?P<side>SAU|TRUOC|het|qua|ra|xong)(?: (?:le|dip|NGAY|dot|nghi|ky nghi))* ?$")
_ANOTHER_SAYS = date.min


def _to_come(hits: list[DayHit], today: date) -> date | None:
    if hits[0].day is None or hits[0].day >= today:
        return hits[0].day
    return next((hit.day for hit in hits if hit.day and hit.day >= today), hits[0].day)


def _is_an_anchor(hit: DayHit, line: str) -> bool:
    """ "sau Noel", "sau lễ 30/4", "trước 5/12": another day is counted from this one."""
    found = _ANCHORED.search(line[: hit.start])
    if not found:
        return False
    return found["side"] in {"SAU", "TRUOC"} or not any(map(str.isdigit, line[hit.start : hit.end]))


def _from_anchor(anchor: DayHit, named: list[DayHit], line: str) -> date | None:
    """The weekday after the anchor, or so many days from it; the anchor itself where it is a plain date."""
    before = _ANCHORED.search(line[: anchor.start])
    side = -1 if before and before["side"] == "TRUOC" else 1
    after = re.match(r" (\d{1,2}) (?:NGAY|HOM|BUA)\b", line[anchor.end :])
    count = after or re.search(r"(\d{1,2}) (?:NGAY|HOM|BUA) $", line[: before.start() if before else 0])
    if anchor.day and count:
        return _overflow_safe(anchor.day, side * int(count[1]))
    if named:
        hit = named[0]
        found = _WEEKDAY.match(line[hit.start : hit.end])
        if not found or side < 0 or not anchor.day:
            return hit.day
        return _overflow_safe(anchor.day, (int(found.group(1) or 8) - 2 - anchor.day.weekday()) % 7 or 7)
    return anchor.day if any(map(str.isdigit, line[anchor.start : anchor.end])) else None


def _named_day(hit: DayHit, named: list[DayHit], line: str, week: date | None) -> date | None:
    found = _WEEKDAY.match(line[hit.start : hit.end])
    number = int(found.group(1) or 8) - 1 if found else 0  # 1 to 7, Monday to Sunday
    if found and week is not None:
        return _overflow_safe(week, number - 1)
    others = [other for other in named if not _WEEKDAY.match(line[other.start : other.end])]
    if found and any(other.day and other.day.isoweekday() == number for other in others):
        return _ANOTHER_SAYS  # "thứ 2 hôm nay": the other word says which one
    return hit.day


def _overflow_safe(start: date, days: int) -> date | None:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def _week_named(line: str, today: date) -> date | None:
    """Monday of the week the line speaks of, if it names one."""
    found = _WEEK_NAMED.search(line)
    if not found:
        return None
    weeks = found.group("count")
    ahead = min(int(weeks), 500) if weeks else 0 if found.group("this") else -1 if found.group("last") else 1
    if found.group("more"):
        ahead += 1
    return _overflow_safe(monday(today), 7 * ahead)


_WEEK_NAMED = re.compile(
    rf"(?:(?<!THU )(?<!HOAC )(?<!, )(?<!- )(?P<count>\d{{1,3}}) TUAN (?:NUA|{_NEXT})"
    rf"|TUAN (?:(?P<this>{_THIS})|(?P<last>TRUOC|roi|vua roi)|(?:{_NEXT}|NUA)(?P<more> NUA)?))(?! NUA)"
)


_WHEN_PART = r"(?:SANG|TRUA|CHIEU|TOI|DEM|KHUYA)"
# "8-10 sáng" are hours, "24-11 sáng" is a date.
_HOURS_OF_A_PART = rf"(?<=\d-\d) {_WHEN_PART}|(?<=\d-\d\d)(?<!1[3-9]-\d\d)(?<!2\d-\d\d)(?<!3\d-\d\d) {_WHEN_PART}"
_NEXT_YEAR = rf"(?P<nextyear> NAM {_NEXT})?"
_AFTER_NOISE = (
    r"(?<!cai )(?<!lich )(?<!cho )(?<!so )(?<!luc )(?<!LUC )(?<!dao )(?<!viec )(?<!tuc )(?<!giay )(?<!hien )"
    r"(?<!lau )(?<!xua )(?<!DEN )(?<!nguoi )(?<!gio )(?<!GIO )(?<!TUAN )(?<!THANG )(?<!NAM )(?<!nam )"
)
# In order: the most explicit first.
_SHAPES: list[tuple[re.Pattern[str], int, Reader]] = [
    (re.compile(pattern), rank, reader)
    for pattern, rank, reader in (
        (rf"{_EDGE}(?:NGAY )?(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)", DATE, iso),
        (
            rf"{_EDGE}{_DAY_WORDS}(?P<day>\d{{1,2}}) (?P<month>\d{{1,2}}) (?P<year>20\d\d)(?!\d){_AM}(?P<nextyear>)",
            DATE,
            written,
        ),
        # A range in one month, "9-10/12": the first day.
        (
            rf"{_EDGE}{_NOT_A_PLACE}{_DAY_WORDS}(?P<day>\d{{1,2}})(?: ?- ?|,| (?:HOAC|hay|va|DEN|NEXT) )(?:NGAY )?"
            rf"\d{{1,2}}/(?P<month>\d{{1,2}})"
            rf"(?:/(?P<year>\d{{4}}|\d\d))?(?![\d/]){_NEXT_YEAR}{_AM}",
            DATE,
            written,
        ),
        (
            rf"{_EDGE}{_NOT_A_PLACE}{_DAY_WORDS}(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})"
            rf"(?:/(?P<year>\d{{4}}|\d\d))?(?![\d/]){_NEXT_YEAR}{_AM}",
            DATE,
            written,
        ),
        # With dots or dashes it may also be an hour (8.30) or hours (8-10 sáng), so the month must be one.
        (
            rf"{_EDGE}{_DAY_WORDS}(?P<day>\d{{1,2}})(?P<sign>[.-])(?P<month>0?[1-9]|1[0-2])"
            rf"(?:(?P=sign)(?P<year>\d{{4}}|\d\d))?(?!\d|[/:.-]\d| ?GIO| ?PHUT|{_HOURS_OF_A_PART}){_NEXT_YEAR}{_AM}",
            DATE,
            written,
        ),
        (
            rf"{_EDGE}{_NOT_A_PLACE}{_DAY_WORDS}(?P<day>\d{{1,2}})(?: tay| AM| am)? ?(?:,|-)? ?"
            rf"THANG (?P<month>{_MONTH})(?!\d| ?(?:GIO|NUA))(?P<tet> TET)?"
            rf"(?P<solar> duong (?:lich|LICH)\b)?(?:(?:,? ?(?:NAM )?|[/.-])(?P<year>\d{{4}}))?{_NEXT_YEAR}{_AM}",
            DATE,
            spoken,
        ),
        (
            rf"{_EDGE}{_DAY_WORDS}(?P<day>\d{{1,2}}) THANG (?:{_NEXT}|{_THIS}|TRUOC)(?! {_NEXT})",
            DATE,
            day_of_other_month,
        ),
        (rf"THANG {_NEXT},? (?:NGAY |MUNG )+(?P<day>\d{{1,2}})(?![\d/]| ?GIO)", DATE, day_of_other_month),
        (
            rf"{_EDGE}(?:NGAY )?(?:MUNG )?(?P<day>\d{{1,2}}) TET(?: AM(?: lich)?| ta\b)?(?! tay| duong)",
            DATE,
            day_of_tet,
        ),
        (r"(?<=SAU )TET(?! tay| duong)", DATE, last_of_tet),
        (r"\bgiao thua\b", DATE, new_years_eve),
        (rf"(?:{_EDGE}(?:NGAY |MUNG )*1 )?TET (?:tay|duong(?: lich)?)", DATE, every_year_on(1, 1)),
        (r"\b(?:NOEL|giang sinh)\b", DATE, every_year_on(25, 12)),
        (r"\b(?:le )?quoc khanh\b", DATE, every_year_on(2, 9)),
        (r"\b(?:gio|(?<!\d )(?<!\d)GIO) to\b(?: hung vuong)?", DATE, every_lunar_year_on(10, 3)),
        (r"\btrung thu\b", DATE, every_lunar_year_on(15, 8)),
        (r"\bvu lan\b", DATE, every_lunar_year_on(15, 7)),
        (rf"(?:NGAY )?RAM(?: THANG (?:(?P<month>{_MONTH})|{_THIS}|(?P<next>{_NEXT})))?", DATE, full_moon),
        (
            rf"{_EDGE}(?:NGAY |HOM |MUNG )*(?P<day>\d{{1,2}}) (?:AM\b(?: lich)?|am lich\b)",
            DATE,
            lambda found, today: coming_lunar_day(int(found["day"]), today),
        ),
        (
            rf"{_EDGE}(?<!trong )(?<!vong )(?P<a>\d{{1,4}}) (?:NGAY|HOM|BUA) (?:NUA|SAU|{_NEXT})(?P<b>)",
            NAMED,
            days_ahead,
        ),
        (r"SAU (?P<a>\d{1,4}) (?:NGAY|HOM|BUA)(?P<b>)", NAMED, days_ahead),
        (rf"{_EDGE}(?:(?P<count>\d{{1,3}})|(?P<half>HALF)) THANG (?:NUA|{_NEXT})", NAMED, months_ahead),
        (
            rf"{_EDGE}(?:(?:NGAY|HOM) (?:MUNG )?|MUNG )(?P<day>\d{{1,2}})(?: tay)?"
            r"(?!\d|[/.]\d|-\d(?!\d? ?GIO)| ?(?:GIO|TUAN\b(?! (?:SAU|NEXT))|TIENG|PHUT|THANG))",
            DATE,
            day_of_month,
        ),
        (rf"{_EDGE}(?<!THU )(?<!THANG )(?P<day>\d{{1,2}}) (?:tay\b|{_THIS}\b)", DATE, day_of_month),
        (
            r"\b(?:SANG|CHIEU|TRUA|TOI) (?P<day>1[3-9]|2\d|3[01])(?![\d/.:-]| ?(?:GIO|THANG|NGAY|PHUT))",
            DATE,
            day_of_month,
        ),
        (
            rf"(?:(?:THU (?P<number>[2-7])|CN) )DAU(?: tien)?(?: cua)?(?: THANG(?: (?P<month>\d{{1,2}})| {_NEXT}))",
            DATE,
            nth_weekday,
        ),
        (
            r"(?P<which>DAU|GIUA|CUOI)(?: cung| tien)?(?: cua)? THANG"
            rf"(?: (?P<month>{_MONTH})(?!\d| ?GIO)(?: {_THIS})?|(?P<this> {_THIS})|(?P<next> {_NEXT}))?",
            NAMED,
            part_of_month,
        ),
        (r"HOM THU (?P<number>[2-7]) (?:vua )?roi|(?:THU (?P<number2>[2-7])|CN) vua (?:roi|qua)", NAMED, last_weekday),
        (
            r"(?<!cai )(?<!khung )(?<!muc )(?<!slot )(?<!lan )(?<!dua )(?:NGAY )?(?:THU (?P<number>[2-7])|CN)"
            r"(?![\d/:]|-\d|\.\d| cua (?!TUAN|THANG))"
            rf"(?:(?P<this> {_THIS})(?! TUAN)|(?P<next> {_NEXT})(?! TUAN| GIO| ?(?:LUC )?\d))?",
            NAMED,
            weekday,
        ),
        (
            rf"(?P<which>DAU|GIUA|CUOI) TUAN(?: (?P<this>{_THIS})| (?P<next>{_NEXT})(?P<more> NUA)?)?",
            NAMED,
            part_of_week,
        ),
        (
            rf"(?:{_EDGE}|SAU )(?<!trong )(?<!vong )(?<!THU )(?<!HOAC )(?<!, )(\d{{1,3}}) TUAN"
            rf"(?: NUA| {_NEXT}|(?<=SAU \d TUAN))",
            WEEK,
            weeks_ahead,
        ),
        (r"(?:MAI (?:MOT|KIA)|NAY MAI)(?! NUA)", VAGUE, vague),
        (r"(?:HOM|BUA) qua", NAMED, days_from_today(-1)),
        (r"(?:NGAY|BUA|SANG|CHIEU|TRUA|TOI) KIAA", NAMED, days_from_today(3)),
        (r"HOM KIA\b", NAMED, days_from_today(-2)),
        (r"HOM KIAA", NAMED, days_from_today(-3)),
        (r"(?:NGAY|BUA|SANG|CHIEU|TRUA|TOI) KIA\b", NAMED, days_from_today(2)),
        (r"(?:NGAY |BUA |HOM )?MOT\b", NAMED, days_from_today(2)),
        (r"(?:NGAY |HOM |BUA )?MAI\b", NAMED, days_from_today(1)),
        (rf"(?<!\d )(?:HOM|BUA|NGAY) (?:SAU|{_NEXT})", NAMED, days_from_today(1)),
        (r"(?:HOM|BUA) (?:NAY|NI)|NGAY (?:NAY|hom nay)|trong NGAY", NAMED, days_from_today(0)),
        (rf"(?:{_WHEN_PART}) (?:NAY|NI)", NAMED, days_from_today(0)),
        (rf"{_AFTER_NOISE}\bNAY\b", NAMED, days_from_today(0)),
        (
            r"\bbay GIO|^GIO luon|hien tai|ngay lap tuc|^ngay(?: luon| di| a| nha| nhe)?$|ngay (?:luon|lien)|lien luon"
            r"|(?:lat|chut|ti|xiu) NUA",
            NAMED,
            days_from_today(0),
        ),
        (r"TUAN NUA", WEEK, days_from_today(7)),
        (rf"TUAN {_NEXT} NUA", SPAN, lambda found, today: monday(today) + timedelta(days=14)),
        (rf"TUAN (?:{_NEXT})", SPAN, lambda found, today: monday(today) + timedelta(days=7)),
        (rf"TUAN (?:{_THIS})", SPAN, lambda found, today: monday(today)),
        (rf"THANG (?:{_NEXT})", SPAN, lambda found, today: month_ahead(today, 1)),
        (rf"THANG (?:{_THIS})", SPAN, lambda found, today: month_ahead(today, 0)),
    )
]
