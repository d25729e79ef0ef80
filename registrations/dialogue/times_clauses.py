"""Which of the times a message names is wanted: not the one refused, excepted, told of as past, or moved away from.

"mai không được, mốt nhé"; "trừ thứ 2"; "hôm qua em gọi rồi, thứ 5 nha"; "đổi từ thứ 3 sang thứ 5". Works on lines of
known words (see `times_words`) and hands back the part of the line to read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# "mai không được, mốt nhé": what stands before these words is refused.
_REFUSED = re.compile(
    r"(?:KHONG|chua) (?:(?:di|qua|ghe|toi|den|gap|hen|lam|sap xep|thu xep|o nha) )?"
    r"(?:duoc|ranh|tien|di|dk|dc|kip|co nha|o nha|co ai|ok|on)(?! KHONG)\b"
    # "bận tới 9h", "đi làm đến 5h" leave the rest of the day, "sau 5h em đi làm về" the evening.
    r"|\b(?:BAN\b(?: roi| viec| di lam)*|di (?:lam|vang|cong tac)\b(?: roi| het)?)"
    r"(?! (?:NEXT|DEN|TU) | ve\b(?! (?:tre|muon|khuya)))"
    r"|\bvang nha\b|het cho|nghi roi"
)
# Reasons that refuse a day only where another is offered: "mai về quê rồi, thứ 2 đi", but "về quê xong, sáng mai".
_REASON = re.compile(
    r"\b(?:ve que|di (?:choi|cho|xa|hoc|kham|vien|dam|tiec|an (?:cuoi|gio)|nha trang|sai gon)"
    r"|(?:co|an|la|lo|toi) (?:dam|gio|tiec)"
    r"|dam (?:gio|cuoi|tang|ma|hoi)|co (?:viec|hen|lich|khach|cong chuyen)|cong chuyen|mac|nghi(?: le| TET)|le roi"
    r"|(?:som|tre|muon|gap) (?:roi|qua|lam)|(?:MAI|NAY|NGAY|HOM) (?:la )?le\b|vao vien|hop|truc|mua|sot|om|benh)\b"
)
# Telling what was said or done before, not asking for a time: "hôm nay em hỏi chút, thứ 6 được không".
_TOLD = re.compile(r"\b(?:hoi|goi|nhan|gui|nop|noi|hen|dat|lich|dang ky|bao|quen|lo|den roi|ghe roi|cho mai|nay)\b")
_SAID = re.compile(r"\b(?:hoi|goi|nhan|gui|nop|noi|bao|quen)\b")
# How somebody's day goes, which is not when to come: "em làm tới 11h", "bán từ 5h sáng đến 10h tối, ghé chiều mai".
_HABIT = re.compile(
    r"\b(?:(?:ban|mo cua|dong cua|lam(?: viec)?|nghi(?: trua| TRUA)?|day|hoc|truc|ngu|cho con)(?: hang| o \w+)?"
    r" (?:(?:NEXT|DEN|TU|LUC) (?:LUC )?)?(?=\d)|(?:moi |vua )?ve (?:NEXT|DEN|nha)|tan (?:ca|lam|hoc)|an com)"
)
_ASKED = re.compile(r"\b(?<!o )(?<!ve )(?<!NEXT )(?<!den )(?<!tai )(?<!co )(?:nha|nhe|nghe|nhen|nghen)\b")
_ALSO = re.compile(r"\bcung\b|\bHOAC\b|\bhay\b|KHONG thi|neu KHONG|\blo\b")
# "9h mới đúng", "mốt mới rảnh": this one and no other.
_ONLY_THEN = re.compile(
    r"\bmoi (?:dung|phai|chinh xac|duoc|ranh|co|on|ve(?! (?:NEXT|DEN|nha))|tien|o nha)\b|\b(?:la|thi) dung\b"
)
# Of somebody's habit, "làm tới 5h mới về", it is only how their day goes.
_HOME_AGAIN = re.compile(r"\bmoi ve\b")
# "trừ thứ 2", "không phải thứ 3": what stands after them is refused.
_EXCEPT = re.compile(r"\b(?:TRU|KHONG phai|KHONG lay|KHONG chon|ngoai(?= (?:[^,]+ )?ra\b))\b")
_BEFORE_NO = re.compile(r"(?: (?:thi|chac|lai|la|em|toi|tui|minh|con|anh|chi|nha))+ ?$")
_STOPS = re.compile(r"[,;!?\n]|\.(?!\d)|\b(?:nhung|ma|thi|de|con|roi|nen|hay)\b")
_CLAUSE_ENDS = re.compile(r"[;!?\n]|,(?!\d)|\.(?!\d)|\b(?:nhung|ma|nen|con|thoi)\b")
_ACCEPTED = re.compile(r"\b(?:nha|nhe|nghe|duoc|dc|di|ok|ranh)\b")
_INSTEAD = re.compile(
    r"\b(?:a KHONG|(?:a )?nham|(?:a |y )?lon(?= )"
    r"|(?:a |em |minh )?quen(?=,? (?:\d|la|phai|THU|NGAY|SANG|CHIEU|MAI|MOT))"
    r"|y (?:em|minh|toi|chi|anh) la|y la|sua (?:lai|thanh)|doi y|thoi)\b"
)
_MOVED_TO = re.compile(r"\b(?:TO|qua|thanh|sang|lai)\b")

_ASIDES = (_TOLD, _REASON, _HABIT)
_MOST_CLAUSES = 40

Names = Callable[[str], bool]


def corrections(line: str) -> list[str]:
    """The line parted at each "à không", "nhầm", "ý em là": every part mends the ones before it."""
    return _INSTEAD.split(line)


def wanted(line: str, names_day: Names, names_clock: Names) -> str:
    """The line without the times the citizen does not want; empty where none is left ("mai không được")."""
    line = _without_refused(line, lambda text: names_day(text) or names_clock(text))
    line = _without_asides(line, names_day, names_clock)
    if "DOI" in line:
        moved = [found.end() for found in _MOVED_TO.finditer(line)]
        if moved and (names_day(line[moved[-1] :]) or names_clock(line[moved[-1] :])):
            line = line[moved[-1] :]
    return line


def _without_refused(line: str, names_time: Names) -> str:
    kept: list[str] = []
    at = 0
    for stop in _REFUSED.finditer(line):
        if stop.start() < at:
            continue
        # The clause before the refusal is refused ("mai em bận"); where it names no time, the one after ("bận mai").
        stretch = line[at : stop.start()]
        # "mai thì không được": this "thì" parts nothing.
        cut = max((found.end() for found in _STOPS.finditer(_BEFORE_NO.sub("", stretch))), default=0)
        kept.append(stretch[:cut])
        at = stop.end()
        if not names_time(stretch[cut:]):
            clause = _STOPS.split(line[at:], maxsplit=1)[0]
            if names_time(clause) and not _ACCEPTED.search(clause):
                at += len(clause)
    without = " ".join([*kept, line[at:]])
    excepted = _EXCEPT.search(without)
    if excepted:
        tail = _STOPS.split(without[excepted.end() :], maxsplit=1)
        without = without[: excepted.start()] + (" " + tail[1] if len(tail) > 1 else "")
    return without


@dataclass(frozen=True)
class _Clause:
    text: str
    day: bool  # names a day
    clock: bool  # names an hour or a part of day
    only_then: bool
    explains: bool
    offers: bool  # may stand in place of what an earlier clause names


def _without_asides(line: str, names_day: Names, names_clock: Names) -> str:
    """The line without clauses that only explain, where another clause names the time anew."""
    if not any(shape.search(line) for shape in (*_ASIDES, _ONLY_THEN)):
        return line
    clauses = [
        _clause(text, names_day, names_clock) for text in _CLAUSE_ENDS.split(line)[:_MOST_CLAUSES] if text.strip()
    ]
    kept = [clause.text for at, clause in enumerate(clauses) if not _named_anew(at, clauses)]
    return " , ".join(kept) if len(kept) < len(clauses) else line


def _clause(text: str, names_day: Names, names_clock: Names) -> _Clause:
    only_then, reason, asked = (bool(shape.search(text)) for shape in (_ONLY_THEN, _REASON, _ASKED))
    only_then = only_then and not (_HABIT.search(text) and _HOME_AGAIN.search(text))
    return _Clause(
        text=text,
        day=names_day(text),
        clock=names_clock(text),
        only_then=only_then,
        explains=not only_then and not asked and any(shape.search(text) for shape in _ASIDES),
        offers=not reason and not _ALSO.search(text) and (asked or not _SAID.search(text)),
    )


def _named_anew(at: int, clauses: list[_Clause]) -> bool:
    """Whether the clause is an aside, and what it names (day or hour) stands in a clause that counts for more."""
    clause = clauses[at]
    if not (clause.day or clause.clock):
        return False
    instead = [
        other
        for place, other in enumerate(clauses)
        if place != at and (other.only_then or (clause.explains and place > at and other.offers))
    ]
    return any(other.day for other in instead) if clause.day else any(other.clock for other in instead)
