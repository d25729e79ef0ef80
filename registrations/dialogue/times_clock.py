"""Hours in a line of known words (see `times_words`): "8 rưỡi", "9h kém 10", "2h chiều", "8-10h", "đầu giờ chiều"."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal

Part = Literal["morning", "noon", "afternoon"]

# Said without sáng or chiều, one to six o'clock can only be after noon: no office is open before seven.
_AFTERNOON_HOURS = range(1, 7)
FIRST_OF_MORNING, FIRST_OF_AFTERNOON = time(7, 0), time(13, 30)  # "đầu giờ sáng", "đầu giờ chiều"

_PART = r"SANG|TRUA|CHIEU|TOI|DEM|KHUYA"
_COUNTED = r"(?! ?(?:NGAY|TUAN|THANG|HOM|BUA|TIENG|TET|nguoi|ho so|bo|ban|cai|PHUT NUA|%)|[/:.-]?\d)"
_HOUR = r"(?<![\w/.:,])(?<!\d-)(?P<hour>\d{1,2})"
_MINUTE = r"(?P<minute>\d\d)(?!\d|[/.:]\d|-\d{1,2}/| ?(?:GIO|THANG|NGAY|TUAN|HOM|BUA|TIENG|tay|nguoi))"
_FEW_MINUTES = rf"(?P<few>\d)(?= ?PHUT| ?$| (?:{_PART}))"  # "8 giờ 5", but not "8 giờ 5 người"
_TO = r" ?(?:-|–|~|DEN|NEXT|HOAC|hay|,|/) ?"
_TAIL = rf"(?:,? ?(?:buoi |BUA |vao )?(?P<after>{_PART}|am\b|pm\b|a ?\. ?m\b|p ?\. ?m\b))?"
_HEAD = rf"(?:(?P<before>{_PART}) (?:(?:NAY|NI|MAI|MOT|LUC|vao|la|luc|tam|#+) )*)?"
_RANGE_END = rf"(?:{_TO}(?:LUC )?(?P<until>\d{{1,2}})(?: ?GIO(?: ?[0-5]\d)?|:[0-5]\d)(?! NUA))?"

_SHAPES = [
    re.compile(pattern)
    for pattern in (
        # 9 giờ kém 10; 9 kém 10
        rf"{_HEAD}{_HOUR}(?: ?GIO)? ?KEM ?(?P<less>\d{{1,2}})(?: ?PHUT)?{_TAIL}",
        # kém 10 (phút) 9 giờ
        rf"{_HEAD}KEM (?P<less>\d{{1,2}})(?: ?PHUT)? (?P<hour>\d{{1,2}}) ?GIO{_TAIL}",
        # 8 giờ rưỡi; 8 rưỡi
        rf"{_HEAD}{_HOUR}(?: ?GIO)? (?P<half>RUOI){_TAIL}",
        # 8-10 giờ, 8 đến 10h, 9 hoặc 10 giờ: the first
        rf"{_HEAD}(?<!GIO ){_HOUR}{_TO}(?P<until>\d{{1,2}})(?: ?GIO|:[0-5]\d)(?: ?[0-5]\d\b)?(?! NUA){_TAIL}",
        # 8h-10h, 8h30 đến 10h; 8h, 8 giờ 30, 8 giờ 5 phút
        rf"{_HEAD}{_HOUR}(?: ?GIO(?! NUA| ?\d{{1,2}} ?PHUT NUA)(?: ?[:.]?(?:{_MINUTE}|{_FEW_MINUTES}))?"
        rf"|:(?P<sharp>\d{{2}})(?!\d))"
        rf"(?: ?PHUT)?{_RANGE_END}{_TAIL}",
        # 8.30; 14.00 (08.11 would be a date, and is gone from the line by now)
        rf"{_HEAD}{_HOUR}\.(?P<minute>[0-5]\d)(?!\d|[./]\d){_TAIL}",
        # 8-10 sáng
        rf"{_HEAD}{_HOUR} ?- ?(?P<until>\d{{1,2}}) (?P<after>{_PART})",
        # 8 30 sáng; sáng mai 8 30
        rf"{_HEAD}{_HOUR} (?P<minute>00|15|30|45)\b(?:(?<=\d) ?(?P<after>{_PART})|(?=$|\D*$))",
        # 8 sáng, 2 chiều, 12 trưa, 8 am
        rf"(?<!so )(?<!to )(?<!hem )(?<!thon )(?<!duong ){_HOUR} ?(?P<after>{_PART}|am\b|pm\b)(?! ?\d)",
        # sáng 8; chiều mai lúc 3
        rf"(?P<before>{_PART}) (?:(?:NAY|NI|MAI|MOT|LUC|vao|luc|tam|#+),? )*{_HOUR}(?!\d){_COUNTED}",
        # lúc 8, tầm 9, sau 10
        rf"(?:LUC|TRUOC|SAU) {_HOUR}(?!\d){_COUNTED}",
    )
]
_FIRST_HOUR = re.compile(
    r"\bDAU (?:GIO|buoi)(?: lam viec| hanh chinh)?(?: (?P<part>SANG|CHIEU))?|\bDAU (?P<part2>CHIEU)"
)
_PAIR_OF_PARTS = re.compile(
    r"\b(SANG|TRUA|CHIEU)(?: ?(?:HOAC|hay|va|lan|,|/|-|\+|DEN) ?(?:la |buoi |BUA )?| )(?!\1)(?:SANG|TRUA|CHIEU)\b"
)
_ANY_PART = re.compile(r"\b(?:SANG|TRUA|CHIEU)\b")
_NAMES: dict[str, Part] = {"SANG": "morning", "TRUA": "noon", "CHIEU": "afternoon"}
_WORDS: dict[Part, str] = {"morning": "SANG", "noon": "TRUA", "afternoon": "CHIEU"}
_LEAD = 12  # letters before an hour in which "sau lúc" may stand; looking further back would cost a long message dear
_FROM, _UNTIL = re.compile(r"(?:SAU|TU)(?: LUC)?$"), re.compile(r"TRUOC(?: LUC)?$")


@dataclass(frozen=True)
class ClockHit:
    """Where an hour stands, the hour itself (None: there is none such, 25h) and the part of day said with it."""

    start: int
    end: int
    at: time | None
    part: Part | None
    bound: Literal["from", "until"] | None  # "from" for "sau 2h", "until" for "trước 10h"


def clock_hits(line: str, evening: bool, part: Part | None) -> list[ClockHit]:
    """Every hour in the line, in order. `part` and `evening` speak for hours with no word of their own beside them."""
    hits: list[ClockHit] = []
    left = line
    for pattern in _SHAPES:
        for found in list(pattern.finditer(left)):
            hits.append(_read(found, left, evening, part))
            left = left[: found.start()] + "#" * (found.end() - found.start()) + left[found.end() :]
    return sorted(hits, key=lambda hit: hit.start)


def first_hour(line: str, part: Part | None) -> tuple[time, Part | None] | None:
    """ "đầu giờ chiều" and the like: the first hour the office is open."""
    found = _FIRST_HOUR.search(line)
    if not found:
        return None
    named = _NAMES.get(found["part"] or found["part2"] or "") or part
    return (FIRST_OF_AFTERNOON if named == "afternoon" else FIRST_OF_MORNING), named


def part_named(line: str) -> Part | None:
    """The first part of day named; none where the citizen leaves it open ("sáng hay chiều cũng được")."""
    if _PAIR_OF_PARTS.search(line):
        return None
    found = _ANY_PART.search(line)
    return _NAMES[found.group()] if found else None


def _read(found: re.Match[str], line: str, evening: bool, part: Part | None) -> ClockHit:
    groups = found.groupdict()
    hour = int(groups["hour"])
    minute = int(groups.get("minute") or groups.get("sharp") or groups.get("few") or 0)
    word = groups.get("after") or groups.get("before")
    if groups.get("until") and groups.get("after") and int(groups["until"]) < hour:
        word = groups.get("before") or ""  # "11h tới 2h chiều": chiều belongs to the second hour
    if word is None:
        word = _WORDS[part] if part else "TOI" if evening else None
    hour = _of_day(hour, word)
    if groups.get("half"):
        minute = 30
    if groups.get("less"):
        hour, minute = hour - 1, 60 - int(groups["less"])
    before = line[max(0, found.start("hour") - _LEAD) : found.start("hour")].rstrip()
    bound: Literal["from", "until"] | None = (
        "from" if _FROM.search(before) else "until" if _UNTIL.search(before) else None
    )
    valid = 0 <= hour <= 23 and 0 <= minute <= 59
    said = _NAMES.get(groups.get("after") or groups.get("before") or "")
    return ClockHit(found.start(), found.end(), time(hour, minute) if valid else None, said, bound)


def _of_day(hour: int, word: str | None) -> int:
    """The hour on a 24 hour clock, given the word of the day that goes with it."""
    word = (word or "").replace(" ", "").replace(".", "")
    if hour > 12:
        return hour
    if word == "am" or word == "SANG":
        return 0 if hour == 12 else hour
    if word == "TRUA":
        return hour + 12 if hour in (1, 2, 3) else hour
    if word in {"pm", "CHIEU"}:
        return hour + 12 if 0 < hour < 12 else hour
    if word in {"TOI", "KHUYA", "DEM"}:
        if hour == 12:
            return 0
        return hour + 12 if hour >= (5 if word == "TOI" else 7) or (word == "TOI" and hour > 0) else hour
    return hour + 12 if hour in _AFTERNOON_HOURS else hour
