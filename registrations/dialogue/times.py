"""What the words of a citizen say about day and hour: "thứ 5 tuần sau 2h chiều", "mùng 5 Tết", "sang mai 8 ruoi".

Pure: words and the moment they were written in, a reading out. Whether the office is open then, and whether a place is
free, is asked elsewhere.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from registrations.dialogue.times_clauses import corrections, wanted
from registrations.dialogue.times_clock import Part, clock_hits, first_hour, part_named
from registrations.dialogue.times_days import DayHit, choose_day, choose_span, day_hits
from registrations.dialogue.times_words import canonical

_EVENING = re.compile(r"\b(?:TOI|DEM|KHUYA)\b")
_LATER = re.compile(
    r"(?<![\w/.:])(?:(?P<n>\d{1,3})|(?P<half>HALF)) ?"
    r"(?:(?:TIENG|GIO)(?: ?(?P<more>\d{1,2}) ?PHUT)?(?P<andhalf> RUOI)?(?: dong ho)?|(?P<minutes>PHUT)) NUA"
)
# A telephone number, unless it begins like a date: its digits must not be read as days and hours.
_PHONE = re.compile(r"(?<!\d)(?!\d{1,2}[ .-]\d{1,2}[ .-]20\d\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")

# Where somebody lives, in the line of known words: "số nhà 12/4", "hẻm 5", "ở 45/3"; and 35/8 is no date anywhere.
_HOUSE = re.compile(
    r"\b(?:(?:so(?: nha)?|nha so|hem|kiet|ngach|phuong|quan|tang|lau|can(?: ho)?|phong|lo|to|khu pho|thon)"
    r" \d{1,4}[a-z]?(?:/\d{1,4}[a-z]?)*|(?:o|live at|address(?: is)?:?) \d{1,4}(?:/\d{1,4})+)"
    r"(?![\w:]| ?(?:GIO|RUOI|THANG|TET))"
    r"|(?<![\d/])(?:3[2-9]|[4-9]\d|\d{3})(?:/\d{1,3})+(?![\d/])"
)


@dataclass(frozen=True)
class TimeReading:
    """`day` and `time` in Vietnam's local time, `part` of the day as named; each None where the words do not say.

    `bound` tells "sau 2h" ("from") and "trước 10h" ("until") from "lúc 2h" (None). `span` is the first and last day of
    a week or month of which no day was named ("tuần sau"); `day` is None then.
    """

    day: dt.date | None = None
    time: dt.time | None = None
    part: Part | None = None
    bound: Literal["from", "until"] | None = None
    span: tuple[dt.date, dt.date] | None = None


def read_time(text: str, now: dt.datetime) -> TimeReading:
    """The day, hour and part of day the words mean, said at `now` (local time of the office, aware or not).

    A date without a year is the one nearest to come, or up to 60 days past; a weekday alone is the next such day; one
    to six o'clock without "sáng" is after noon. A day or hour that does not exist is None, as is what was left open
    ("lúc nào cũng được"). Never raises, whatever the text.
    """
    line = _HOUSE.sub("#", canonical(_PHONE.sub(" ", text)))
    if not line:
        return TimeReading()
    corrected = corrections(line)
    reading = _read_line(corrected[0], now)
    for tail in corrected[1:]:
        reading = _merged(reading, _read_line(tail, now))
    return reading


def _merged(first: TimeReading, second: TimeReading) -> TimeReading:
    day = second.day or first.day
    if second.span and day == first.day and day:
        # "thứ sáu tuần sau nữa … à không, tuần sau": the same day of that week.
        monday = second.span[1] - dt.timedelta(days=6)
        day = monday + dt.timedelta(days=day.weekday()) if monday.weekday() == 0 else None
    return TimeReading(
        day=day,
        time=second.time or (None if second.part else first.time),
        part=second.part or (None if second.time else first.part),
        bound=second.bound if second.time else first.bound,
        span=None if day else second.span or first.span,
    )


def _read_line(line: str, now: dt.datetime) -> TimeReading:
    today = now.date()
    whole = line
    line = wanted(line, lambda text: bool(day_hits(text, today)), _names_a_clock)
    later = _LATER.search(line)
    if later:
        return _from_now(later, now)
    hits = day_hits(line, today)
    day = choose_day(hits, line, today) if hits else _day_of_refused_hour(whole, line, today)
    span = None if day else choose_span(hits, line, today)
    rest = _blanked(line, hits)
    part = part_named(line)
    clocks = clock_hits(rest, evening=_EVENING.search(line) is not None, part=part)
    if clocks:
        clock = clocks[0]
        return TimeReading(day, clock.at, clock.part or part, clock.bound, span)
    start = first_hour(line, part)
    if start:
        return TimeReading(day, *start, span=span)
    return TimeReading(day, None, part, span=span)


def _day_of_refused_hour(whole: str, kept: str, today: dt.date) -> dt.date | None:
    """ "sáng mai 8h không được thì 9h": the hour is refused, not the day it was said with."""
    if kept == whole or not _names_a_clock(kept):
        return None
    hits = day_hits(whole, today)
    refused = _blanked(whole, hits).replace(kept.strip(), " ")
    return choose_day(hits, whole, today) if len(hits) == 1 and _names_a_clock(refused) else None


def _from_now(found: re.Match[str], now: dt.datetime) -> TimeReading:
    """The moment so far from now ("2 tiếng nữa", "30 phút nữa"), to the minute."""
    if found["minutes"]:
        ahead = dt.timedelta(minutes=int(found["n"] or 0))
    elif found["half"]:
        ahead = dt.timedelta(minutes=30)
    else:
        ahead = dt.timedelta(hours=int(found["n"]), minutes=int(found["more"] or (30 if found["andhalf"] else 0)))
    moment = now + ahead
    return TimeReading(moment.date(), moment.time().replace(second=0, microsecond=0))


def _blanked(line: str, hits: list[DayHit]) -> str:
    for hit in hits:
        line = line[: hit.start] + "#" * (hit.end - hit.start) + line[hit.end :]
    return line


def _names_a_clock(line: str) -> bool:
    return bool(part_named(line) or clock_hits(line, evening=False, part=None))
