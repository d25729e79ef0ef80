"""What the words of a citizen say about day and hour: "thứ 5 tuần sau 2h chiều", "mùng 5 Tết", "sang mai 8 ruoi".

Pure: words and the moment they were written in, a reading out. Whether the office is open then, and whether a place is
free, is asked elsewhere.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from registrations.dialogue.times_clock import Part, clock_hits, first_hour, part_named
from registrations.dialogue.times_days import DayHit, choose_day, day_hits
from registrations.dialogue.times_words import canonical

# "mai không được, mốt nhé": what stands before these words is refused.
_REFUSED = re.compile(
    r"(?:KHONG|chua) (?:duoc|ranh|tien|di|dk|dc|kip|co nha|o nha|ok|on)(?! KHONG)\b"
    r"|\bBAN\b(?: roi| viec| di lam)*|\bdi lam\b(?: roi)?|het cho|nghi roi"
)
# "trừ thứ 2", "không phải thứ 3": what stands after them is.
_EXCEPT = re.compile(r"\b(?:TRU|KHONG phai|KHONG lay|KHONG chon)\b")
_STOPS = re.compile(r"[,;!?\n]|\.(?!\d)|\b(?:nhung|ma|thi|de|con|roi|nen|hay)\b")
_ACCEPTED = re.compile(r"\b(?:nha|nhe|nghe|duoc|dc|di|ok|ranh)\b")
_INSTEAD = re.compile(r"\b(?:a KHONG|(?:a )?nham|y (?:em|minh|toi|chi|anh) la|y la|sua (?:lai|thanh)|doi y|thoi)\b")
_MOVED_TO = re.compile(r"\b(?:TO|qua|thanh|sang|lai)\b")
_EVENING = re.compile(r"\b(?:TOI|DEM|KHUYA)\b")
_LATER = re.compile(
    r"(?<![\w/.:])(?:(?P<n>\d{1,3})|(?P<half>HALF)) ?"
    r"(?:(?:TIENG|GIO)(?: ?(?P<more>\d{1,2}) ?PHUT)?(?P<andhalf> RUOI)?(?: dong ho)?|(?P<minutes>PHUT)) NUA"
)
# A telephone number, unless it begins like a date: its digits must not be read as days and hours.
_PHONE = re.compile(r"(?<!\d)(?!\d{1,2}[ .-]\d{1,2}[ .-]20\d\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")


@dataclass(frozen=True)
class TimeReading:
    """`day` and `time` in Vietnam's local time, `part` of the day as named; each None where the words do not say.

    `bound` tells "sau 2h" ("from") and "trước 10h" ("until") from "lúc 2h" (None).
    """

    day: dt.date | None = None
    time: dt.time | None = None
    part: Part | None = None
    bound: Literal["from", "until"] | None = None


def read_time(text: str, now: dt.datetime) -> TimeReading:
    """The day, hour and part of day the words mean, said at `now` (local time of the office, aware or not).

    A date without a year is the one nearest to come, or up to 60 days past; a weekday alone is the next such day; one
    to six o'clock without "sáng" is after noon. A day or hour that does not exist is None, as is what was left open
    ("lúc nào cũng được"). Never raises, whatever the text.
    """
    line = canonical(_PHONE.sub(" ", text))
    if not line:
        return TimeReading()
    corrected = _INSTEAD.split(line)
    reading = _read_line(corrected[0], now)
    for tail in corrected[1:]:
        reading = _merged(reading, _read_line(tail, now))
    return reading


def _merged(first: TimeReading, second: TimeReading) -> TimeReading:
    return TimeReading(
        day=second.day or first.day,
        time=second.time or (None if second.part else first.time),
        part=second.part or (None if second.time else first.part),
        bound=second.bound if second.time else first.bound,
    )


def _read_line(line: str, now: dt.datetime) -> TimeReading:
    line = _without_refused(line, now.date())
    if "DOI" in line:
        moved = [found.end() for found in _MOVED_TO.finditer(line)]
        if moved and (
            day_hits(line[moved[-1] :], now.date()) or clock_hits(line[moved[-1] :], evening=False, part=None)
        ):
            line = line[moved[-1] :]
    later = _LATER.search(line)
    if later:
        return _from_now(later, now)
    today = now.date()
    hits = day_hits(line, today)
    day = choose_day(hits, line, today)
    rest = _blanked(line, hits)
    part = part_named(line)
    clocks = clock_hits(rest, evening=_EVENING.search(line) is not None, part=part)
    if clocks:
        clock = clocks[0]
        return TimeReading(day, clock.at, clock.part or part, clock.bound)
    start = first_hour(line, part)
    if start:
        return TimeReading(day, *start)
    return TimeReading(day, None, part)


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


def _without_refused(line: str, today: dt.date) -> str:
    """The line without the times the citizen says no to; empty where no other is named ("mai không được")."""
    kept: list[str] = []
    at = 0
    for stop in _REFUSED.finditer(line):
        if stop.start() < at:
            continue
        # The clause before the refusal is refused ("mai em bận"); where it names no time, the one after ("bận mai").
        stretch = line[at : stop.start()]
        cut = max((found.end() for found in _STOPS.finditer(stretch)), default=0)
        kept.append(stretch[:cut])
        at = stop.end()
        if not _names_a_time(stretch[cut:], today):
            clause = _STOPS.split(line[at:], maxsplit=1)[0]
            if _names_a_time(clause, today) and not _ACCEPTED.search(clause):
                at += len(clause)
    without = " ".join([*kept, line[at:]])
    excepted = _EXCEPT.search(without)
    if excepted:
        tail = _STOPS.split(without[excepted.end() :], maxsplit=1)
        without = without[: excepted.start()] + (" " + tail[1] if len(tail) > 1 else "")
    return without


def _names_a_time(line: str, today: dt.date) -> bool:
    return bool(day_hits(line, today) or part_named(line) or clock_hits(line, evening=False, part=None))
