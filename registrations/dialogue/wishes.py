"""Sentences that say more than one thing at once:
"đăng ký cho mẹ tôi ở Vĩnh Lương", "thứ 5 này làm giấy bán rượu được không".

What they say beyond the step's question is kept, so that nobody has to say it twice.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from registrations.dialogue.facts import TimeRead
from registrations.dialogue.turn import Step, Turn

# At these steps any words are the answer asked for: "cán bộ làm giúp bà ngoại tôi rất tốt" is praise, no request.
TAKES_ANY_WORDS = frozenset({Step.WISH, Step.CANCEL_REASON, Step.RATE_WORDS, Step.HUMAN})
# A time further off is more likely a misreading ("rượu dưới 5.5 độ").
TIME_WITHIN = dt.timedelta(days=60)

_OWN = r"(?: (?:cua )?(?:toi|minh|tui|em|anh|chi|ho|ruot))?"
# "cho em", "giúp chị" speak of the speaker: these words need one more that tells whose.
_RELATIVE = (
    r"(?:(?:ong|ba) (?:noi|ngoai|xa|cu)|(?:bo|ba|cha|me|ma) (?:chong|vo|me)|(?:anh|em|con) (?:trai|re)"
    r"|nguoi (?:nha|than|quen)|(?:chi|em|con) (?:gai|dau|ruot)|gia dinh|hang xom|ban be|bo|ba|cha|me|ma|ong|chong|vo"
    r"|(?:anh|chi|em|co|chu|bac|cau|mo|di|duong|thim|chau|con) (?:toi|minh|tui|ho|ruot))"
)
# "cho ba cái", "cho bộ phận", "cho mã số", "cho chống cháy", "cho vợ hỏi": no relatives, or not yet a request.
_NO_RELATIVE = r"(?! (?:cai|loai|giay|cua hang|ho so|phan|so|chay|thang|nam|hoi|xin hoi|biet|muon|can)\b)"
_VERB = r"(?:dang k[yi]|\bdk[iy]?|\bhen|dat lich|\blam|\bnop|\bxin)\b"
_FOR_OTHER = re.compile(
    rf"(?P<lead>(?:^|.*?{_VERB})(?: (?!khong\b)[^.?!]{{0,60}}?)??)\s*"
    rf"\b(?:cho|giup|giup cho|ho|ho cho|gium|dum|(?:o|tai|den|toi|qua) nha) (?:nha )?{_RELATIVE}{_NO_RELATIVE}{_OWN}\b"
)
_AT = re.compile(
    r"^[\s,]*(?:nha )?(?:dang |hien )?(?:o|tai|duoi|tren|ngoai|dia chi|dc)\b(?: nha| dia chi| duoi| tren| ngoai)?[\s:]+"
)
_PLACE_ENDS = re.compile(
    r"[?!;]|[\s,]+(?:(?:de )?(?:lam|xin|nop|dang k[yi]|dk)\b|vao\b|luc\b|thu (?:[2-7]|hai|ba|tu|nam|sau|bay)\b"
    r"|(?:sang|chieu|ngay) (?:mai|nay|mot|thu|\d)|ngay\b|tuan (?:nay|sau|toi)\b|nua\b|luon\b|duoc (?:khong|ko|k)\b"
    r"|dc (?:khong|ko|k)\b|voi(?: a)?$|nhe$|nha$|a$|em$|giup\b)"
)
# Words that speak of a time, so that "bánh xe" (xế) or "hộ chiếu" (chiều) do not.
_OF_TIME = re.compile(
    r"\bthu (?:[2-7]|hai|ba|tu|nam|sau|bay)\b|\bchu nhat\b|\bcn\b|\b(?:sang|chieu|trua|ngay|hom|bua) "
    r"(?:mai|nay|mot|kia|thu|\d)|\bmai\b|\btuan (?:nay|sau|toi)\b|\bngay \d|\d ?(?:h|g|gio)\b|\d/\d"
    r"|\bt[2-7]\b|\b(?:tomorrow|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week)\b|\d ?[ap]m\b"
)
_SPEAKS_OF_TIME = re.compile(
    r"\b(?:tuan|thang|ngay|gio|buoi|hom|bua|luc|khi|som|muon|tre|ranh|tuy|tet|sang|trua|chieu|toi|mai)\b|\bcung duoc\b"
)
_ASKS_FOR_VISIT = re.compile(r"\bdang k[yi]\b|\bdk\b|\bdat (?:lich|hen)\b|\bhen (?:lich|can bo)\b")


@dataclass(frozen=True)
class ForOther:
    """A visit wished for somebody else. `place`: where, as typed, "" if not said; `rest`: what else the words say."""

    place: str = ""
    rest: str = ""


def for_other_in(text: str, folded: str) -> ForOther | None:
    """Read "đăng ký giúp ba em ở xã Phước Đồng", "làm hộ bà ngoại"; None if it is nothing of the kind."""
    found = _FOR_OTHER.match(folded)
    if found is None:
        return None
    # Folding keeps the length of nearly every text: then the place can be given back with its marks.
    source = text if len(text) == len(folded) else folded
    place, after = "", found.end()
    if at := _AT.match(folded[after:]):
        start = after + at.end()
        end = _PLACE_ENDS.search(folded, start)
        after = end.start() if end else len(folded)
        place = source[start:after].strip(" ,.;:-")
    lead = source[: found.end("lead")]
    return ForOther(place, f"{lead} {source[after:]}".strip())


def speaks_of_time(folded: str) -> bool:
    """Whether words that name no day and no hour still say when: "tuần sau", "lúc nào cũng được"."""
    return _SPEAKS_OF_TIME.search(folded) is not None


def speaks_of_day(folded: str) -> bool:
    """Whether a day, a part of it or an hour is named: "thứ 6", "tuần sau", "2h chiều"."""
    return _OF_TIME.search(folded) is not None


def asks_for_visit(folded: str) -> bool:
    """Whether a sentence speaks of registering at all."""
    return _ASKS_FOR_VISIT.search(folded) is not None


def keep_words(turn: Turn, words: str) -> None:
    """Remember what is to be filed, in the citizen's words, and the time if they named one along with it."""
    turn.data["words"] = words[:200]
    keep_time(turn, words)


def keep_time(turn: Turn, words: str) -> bool:
    """Keep the time that words name for when times are offered. True if they name one."""
    if _OF_TIME.search(turn.heard.folded) is None:
        return False
    reading = turn.world.time(words)
    today = turn.world.now.date()
    day = reading.day or (reading.span[0] if reading.span else None)
    is_near = day is None or today <= day <= today + TIME_WITHIN
    if is_near and reading:
        turn.data["when"] = {
            "day": reading.day.isoformat() if reading.day else "",
            "time": reading.time.isoformat() if reading.time else "",
            "part": reading.part,
            "bound": reading.bound,
            "span": [day.isoformat() for day in reading.span or ()],
        }
        return True
    return False


def kept_time(turn: Turn) -> TimeRead:
    """The time named earlier; nothing if its day, week or month is over."""
    kept: dict[str, Any] = turn.data.get("when") or {}
    day = dt.date.fromisoformat(kept["day"]) if kept.get("day") else None
    if not kept or (day is not None and day < turn.world.now.date()):
        return TimeRead()
    time = dt.time.fromisoformat(kept["time"]) if kept.get("time") else None
    first, last = [dt.date.fromisoformat(day) for day in kept.get("span") or ()] or (None, None)
    if first and last and last < turn.world.now.date():
        return TimeRead()
    span = (first, last) if first and last else None
    return TimeRead(day, time, kept.get("part"), kept.get("bound"), span)
