"""From what people type to one plain line of known words, so that readers of days and hours need only look for shapes.

The line is ASCII. Known words are in capitals with one spelling each ("chiều", "chieu", "chieeuf", "chìu" → CHIEU),
numbers are digits ("mười lăm" → 15), other words stay small and unmarked. Words that collide once the marks are gone
(tối/tới/tôi, sáu/sau, mốt/một, ngày/ngay, tư/từ) are told apart by their marks, and by their neighbours where none were
typed.
"""

import re
import unicodedata
from dataclasses import dataclass

from procedures.services import composed, fold, marks_key
from registrations.dialogue.times_vocabulary import (
    INNOCENT,
    MARKED,
    NUMBERS,
    PLAIN,
    SHORT,
    SLIPPERY,
    UNMARKED,
    UNSETTLED,
)

_LONGEST_TEXT = 400  # longer messages are read from their beginning; nobody names a time after a page of text

_CHUNK = re.compile(r"[^\W_]+|[^\w\s]|_", re.UNICODE)
_MIXED_CLOCK = re.compile(r"(\d{1,2})(?:h|g|gi|gio|giờ|jo)(\d{1,2})(?:p|ph|phut|phút)?(?=\D|$)")
_GLUED_ONTO_HOUR = re.compile(r"(?:h|g|gio|giờ)(\D{2,})")
_RUNS = re.compile(r"\d+|\D+")

_PIECE = re.compile(
    r"(?:h|g|gio)?(?:sang|trua|chieu|toi|mai|mot|nay|thu|tuan|sau|hom|ngay|chu|nhat|thang|kia|gio|hai|ba|nam|bay|buoi|ruoi|luc)+"
)
_PIECES = re.compile(
    r"sang|trua|chieu|toi|mai|mot|nay|thu|tuan|sau|hom|ngay|chu|nhat|thang|kia|gio|hai|ba|nam|bay|buoi|ruoi|luc|h|g"
)

_DAY_NEXT = {"MAI", "MOT", "NAY", "NI", "KIA", "KIAA", "HOM", "BUA", "THU", "CN", "NGAY", "TUAN", "t", "MUNG", "RAM"}
_UNITS = {"GIO", "TIENG", "NGAY", "TUAN", "PHUT", "HOM", "BUA", "RUOI", "h", "g", "gio"}
_PARTS = {"SANG", "TRUA", "CHIEU", "TOI", "DEM", "KHUYA"}
_CALLED = {"chi", "co", "ten", "ba", "di", "be", "anh", "em", "ong", "la"}


@dataclass
class _Word:
    code: str  # the settled word, or the bare spelling while unsettled
    glued: bool  # nothing between it and what came before
    unsettled: bool = False
    spelled: bool = False  # a number written in letters
    titled: bool = False  # began with a capital
    marked: bool = False  # typed with marks, so its writer has a keyboard that makes them


def canonical(text: str) -> str:
    """The line of known words for a message. Any text is accepted; an empty line means nothing was recognised."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).replace("’", "'")
    words: list[_Word] = []
    end = -1
    for found in _CHUNK.finditer(text):
        glued = found.start() == end
        end = found.end()
        chunk = found.group()
        words.extend(_read_chunk(chunk, glued=glued, following=text[end : end + 6].lower()))
    _settle(words)
    line = _joined(_numbers(words))
    line = re.sub(r"\b(?:t|th)(?: ?\.)? ?([2-7])\b(?![/:.-]\d)", r"THU \1", line)
    line = re.sub(r"next_year \S+", "NAM SAU", line)
    line = re.sub(r"\bham (?=\d\b)", "2", line)  # "hăm ba": 23
    line = re.sub(r"\b([ap]) ?\. ?m\b(?: ?\.)?", r"\1m", line)
    line = re.sub(r"\b(?:chu|chua) nh[au]t\b", "CN", line)
    line = re.sub(r"(?<=\d) ?([/:]) ?(?=\d)", r"\1", line)
    line = re.sub(r"(THU \d|\d:\d\d)([-,./])(?=\d)", r"\1 \2 ", line)  # "t2-24/11", "8:30-24/11": two things, not one
    return re.sub(r" +", " ", line).strip()


def _read_chunk(chunk: str, *, glued: bool, following: str) -> list[_Word]:
    low = chunk.lower()
    if low.isdigit() and low.isascii():
        return [_Word(low, glued)]
    if not any(c.isdigit() for c in low):
        return _read_word(chunk, glued=glued)
    if not low.replace("đ", "d").isalnum():
        return []
    whole = _vni(low, following)
    if whole:
        return [_Word(whole, glued)]
    out: list[_Word] = []
    clock = _MIXED_CLOCK.match(low)
    # In "2h25/11" the 25 belongs to the date.
    if clock and int(clock.group(2)) < 60 and not (clock.end() == len(low) and following[:1] == "/"):
        out.append(_Word(f"{clock.group(1)}:{clock.group(2):0>2}", glued))
        low = low[clock.end() :]
    for run in _RUNS.findall(low):
        first = glued and not out
        onto = _GLUED_ONTO_HOUR.fullmatch(run) if out and out[-1].code.isdigit() else None
        rest = _read_word(onto.group(1), glued=False) if onto else []
        if onto and any(word.unsettled or word.code != fold(onto.group(1)) for word in rest):
            out.extend([_Word("GIO", False), *rest])  # "2hmai"
        else:
            out.extend([_Word(run, first)] if run.isdigit() else _read_word(run, glued=first))
    return out


def _vni(low: str, following: str) -> str | None:
    """The known word raw VNI keys spell, unless a plain reading ("thu7", "ngay2/12") is likelier."""
    if not low.isascii() or re.fullmatch(r"(?:t|thu|th)[2-7]", low):
        return None
    word = composed(low)
    if word == low:
        return None
    code = _SIGNATURES.get(marks_key(word))
    if code is None or (
        re.fullmatch(r"(?:ngay|thang|mung)\d", low) and not re.match(r" (?:\d|mai|kia|mo|ho|na)", following)
    ):
        return None
    return code


def _read_word(raw: str, *, glued: bool) -> list[_Word]:
    low = raw.lower()
    bare = fold(low)
    words = _known(low, bare, glued=glued)
    for word in words:
        word.marked, word.titled = bare != low, raw[:1].isupper() and not raw.isupper()
    return words


def _known(low: str, bare: str, *, glued: bool) -> list[_Word]:
    """What one word stands for: by its marks, as a short form, bare, as raw keystrokes, as a slip, as words joined."""
    if bare != low:
        code = _SIGNATURES.get(marks_key(low)) or _BARE.get(bare)
        if code:
            return [_Word(code, glued, spelled=code.isdigit() or code in {"nam", "lam", "muoi"})]
        if bare in UNSETTLED and len(bare) > 2 and bare not in {"tam", "ban", "den", "nam", "dem", "mong", "vao"}:
            return [_Word(bare, glued, unsettled=True)]
    if bare in SHORT:
        return [_Word(code, glued and not i) for i, code in enumerate(SHORT[bare].split())]
    if bare == low:
        if bare in UNSETTLED:
            return [_Word(bare, glued, unsettled=True)]
        if bare in NUMBERS:
            return [_Word(NUMBERS[bare], glued, spelled=True)]
        if bare in UNMARKED:
            return [_Word(code, glued and not i) for i, code in enumerate(UNMARKED[bare].split())]
        if bare in _BARE:
            return [_Word(_BARE[bare], glued)]
        typed = composed(low)
        if typed != low and (code := _SIGNATURES.get(marks_key(typed))):
            return [_Word(code, glued, spelled=code.isdigit() or code in {"nam", "lam", "muoi"})]
    if bare in _SLIPS:
        return [_Word(_SLIPS[bare], glued)]
    if len(bare) >= 5 and _PIECE.fullmatch(bare):
        return [w for piece in _PIECES.findall(bare) for w in _read_word(piece, glued=False)]
    plainer = re.sub(r"^ck", "ch", re.sub(r"(.)\1+", r"\1", low))  # "maiii", "ckiều"
    return _known(plainer, fold(plainer), glued=glued) if plainer != low else [_Word(bare, glued)]


def _settle(words: list[_Word]) -> None:
    """Decide the words whose marks are missing by what stands beside them."""
    with_marks = any(word.marked for word in words)
    for at, word in enumerate(words):
        before = words[at - 1].code if at else ""
        after = words[at + 1].code if at + 1 < len(words) else ""
        beyond = words[at + 2].code if at + 2 < len(words) else ""
        if word.unsettled:
            word.code, word.spelled = _settled(word.code, before, after, beyond, words, at, with_marks)
        elif word.code == "nam" and word.spelled:  # "năm" typed with its mark: five, or year
            year_follows = re.fullmatch(r"\d{4}", after) or after in {"NAY", "SAU", "NEXT", "NI", "nay", "sau", "toi"}
            if year_follows and before not in {"THU", "MUNG"}:
                word.code, word.spelled = "NAM", False
        if word.code in {"MAI", "TUAN"} and word.titled and before in _CALLED:
            word.code = word.code.lower()  # "chị Mai", "anh Tuấn"


def _settled(
    code: str, before: str, after: str, beyond: str, words: list[_Word], at: int, with_marks: bool
) -> tuple[str, bool]:
    """(word, is it a number in letters) for one unmarked word."""
    number_before = before[:1].isdigit() or (at > 0 and words[at - 1].spelled)
    number_after = after[:1].isdigit()
    match code:
        case "sang":
            asked_to_move = any(w.code == "DOI" for w in words[max(0, at - 4) : at])
            if after in {"nam", "NAM"} and beyond not in {"GIO", "RUOI", "h", "g"}:
                return "next_year", False  # "sang năm"
            moved_already = any(w.code in {"TO", "qua", "thanh"} for w in words[max(0, at - 3) : at])
            if asked_to_move and not moved_already:
                return "TO", False
            near_time = (
                after in _DAY_NEXT or after in {"mai", "mot", "nay", "thu", "kia", "ngay", "som"} or number_after
            )
            near_time = near_time or number_before or before in {"GIO", "h", "g", "RUOI", "buoi", "BUA"}
            somebody_comes = before in _CALLED and (after in {"nha", "ben"} or with_marks)
            # Who types marks writes "sáng" with one; "sang" is then to come over.
            return ("TO" if somebody_comes or (with_marks and not near_time and len(words) > 1) else "SANG"), False
        case "toi":
            if before in {"TUAN", "THANG", "NAM", "CN", "NGAY", "HOM", "BUA"} or (
                at > 1 and words[at - 2].code in {"THU", "t"}
            ):
                return "NEXT", False
            if number_after and (number_before or before in {"GIO", "h", "g"}):
                return "NEXT", False
            if (
                after in _DAY_NEXT
                or after in {"mai", "mot", "nay", "thu", "ngay", "kia"}
                or before in {"GIO", "h", "g", "RUOI"}
            ):
                return "TOI", False
            return ("TOI" if len(words) == 1 or number_before else "toi"), False
        case "sau":
            an_hour = after in {"GIO", "gio", "RUOI", "h"} and beyond not in {"hanh", "lam", "nghi"} and not with_marks
            in_a_number = before in {"muoi", "10"} and words[at - 1].spelled and not with_marks
            if before in {"THU", "MUNG"} or an_hour or in_a_number:
                return "6", True
            return "SAU", False
        case "sao":
            return ("SAU" if before == "TUAN" else code), False
        case "mot":
            one = before in {"THANG", "MUNG", "10", "muoi"} or after in _UNITS or after in {"ngay", "thang", "THANG"}
            return ("1", True) if one and before not in _PARTS else ("MOT", False)
        case "nay":
            return "NAY", False
        case "ngay":
            follows = after in _DAY_NEXT or after in {
                "mai",
                "mot",
                "kia",
                "mung",
                "sau",
                "nao",
                "muoi",
                "nam",
                "nua",
                "ba",
                "ram",
            }
            return ("NGAY" if number_after or number_before or follows else "ngay"), False
        case "thu":
            weekday = after[:1] in set("2345678") or after in {"tu", "ba", "nam", "sau", "bay", "4", "3"}
            return ("THU" if weekday and beyond != "tuc" else "thu"), False
        case "thang":
            return "THANG", False
        case "nam":
            if re.fullmatch(r"\d{4}", after) or (
                after in {"NAY", "nay", "sau", "SAU", "NEXT", "toi"} and before not in {"THU", "MUNG"}
            ):
                return "NAM", False
            five = (
                before in {"THU", "MUNG", "THANG", "NGAY", "muoi", "10", "KEM", "kem"}
                or after in _UNITS
                or after == "ngay"
            )
            return ("nam", True) if five else ("nam_", False)
        case "tu":
            four = before in {"THU", "THANG", "MUNG", "muoi"} or (after in {"THANG", "thang"} and number_before)
            return ("4", True) if four else ("TU", False)
        case "ba":
            return "3", True
        case "bay" | "by":
            if before in {"THU", "THANG", "MUNG", "NGAY", "LUC", "muoi", "10"} | _PARTS:
                return "7", True
            hour = after in {"GIO", "h", "g"} and (
                beyond in _PARTS | {"RUOI", "KEM", "kem", "sang", "toi"} or beyond[:1].isdigit()
            )
            return ("7", True) if hour or after == "RUOI" else (code, False)
        case "tam":
            if before in {"THANG", "MUNG", "muoi", "10"} or after in {"GIO", "RUOI", "h", "g"}:
                return "8", True
            return ("LUC" if number_after else "tam"), False
        case "bon":
            return "4", True
        case "chin":
            return "9", True
        case "muoi":
            return ("muoi" if number_before and at and words[at - 1].spelled else "10"), True
        case "lam" | "nham":
            return ("lam", True) if number_before or before == "muoi" else (code, False)
        case "nua":
            return ("HALF" if after in {"TIENG", "THANG", "thang", "GIO", "NGAY", "ngay"} else "NUA"), False
        case "dau" | "cuoi":
            near = after in {"TUAN", "THANG", "GIO", "SANG", "CHIEU", "buoi", "thang", "sang", "gio", "NAM", "nam"}
            return (code.upper() if near else code), False
        case "mung" | "mong":
            near = number_after or after in {"mot", "ba", "tu", "nam", "sau", "bay", "tam", "muoi", "chin", "bon"}
            return ("MUNG" if near else code), False
        case "dem":
            return (
                "DEM"
                if after in {"NAY", "nay", "MAI", "mai"} or before in {"GIO", "h", "g", "RUOI"} or number_before
                else code
            ), False
        case "den":
            return "DEN", False
        case "k":
            denied = after in {"dc", "duoc", "dk", "ranh", "phai", "di", "kip"} or before in {"duoc", "dc", "dk"}
            return ("KHONG" if denied else code), False
        case "ban":
            return ("BAN" if after in {"roi", "viec", "mat", "het", "hop", "di", ""} else code), False
        case "vao":
            return ("LUC" if number_after else code), False
        case "am":
            return (
                "AM" if after in {"lich", "LICH"} or (before not in {"GIO", "h"} and not number_before) else "am"
            ), False
        case "kem":
            return "KEM", False
        case "kia":
            return "KIA", False
        case "mai":
            return "MAI", False
        case "moi":
            return ("MAI" if before in {"SANG", "CHIEU", "TRUA", "TOI"} else code), False
        case "t":
            # "5t12" is a month; "8h30 t6", with a clock before it, a weekday.
            clock = {"GIO", "KEM", "h", "g", ":"}
            after_clock = ":" in before or any(word.code in clock for word in words[max(0, at - 4) : at])
            if number_after and after in {"2", "3", "4", "5", "6", "7"} and (after_clock or not number_before):
                return "THU", False
            return ("THANG" if number_before or number_after else code), False
        case "s" | "c" | "ch":
            day_next = after in _DAY_NEXT or after in {"mai", "mot", "nay", "thu"} or number_after
            near = day_next or before in {"GIO", "h", "g", "RUOI"} or number_before
            return (("SANG" if code == "s" else "CHIEU") if near else code), False
        case "h" | "g" | "gi":
            return ("GIO" if number_before or before in {"bay", "may"} else code), False
        case "p" | "ph":
            return ("PHUT" if number_before else code), False
        case "r":
            return ("RUOI" if number_before else code), False
    return code, False


def _numbers(words: list[_Word]) -> list[_Word]:
    """The same words with numbers in letters made digits: 2 muoi lam → 25, 10 2 → 12."""
    out: list[_Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        if not word.spelled:
            out.append(word)
            at += 1
            continue
        value = {"nam": 5, "lam": 5, "muoi": 10}.get(word.code) or int(word.code)
        used = 1
        single = bool(out) and out[-1].code == "THU"
        following = [w.code if w.spelled or w.code == "MOT" else "" for w in words[at + 1 : at + 3]] + ["", ""]
        small = {"nam": 5, "lam": 5, "MOT": 1} | {str(n): n for n in range(1, 10)}
        if not single and value < 10 and following[0] == "muoi":
            value, used = value * 10, 2
            if following[1] in small:
                value, used = value + small[following[1]], 3
        elif not single and value == 10 and following[0] in small:
            value, used = 10 + small[following[0]], 2
        elif not single and 2 <= value <= 9 and following[0] == "lam":
            value, used = value * 10 + 5, 2
        elif (
            value in {2, 3}
            and following[0] in {"4", "MOT"}
            and ((out and out[-1].code == "NGAY") or (at + 2 < len(words) and words[at + 2].code == "THANG"))
        ):
            value, used = value * 10 + small[following[0]], 2
        out.append(_Word(str(value), False))
        at += used
    return out


def _joined(words: list[_Word]) -> str:
    pieces: list[str] = []
    for word in words:
        # Digits and signs keep the distance they were typed with; a letter word always stands alone.
        sign = not word.code[:1].isalnum()
        tight = word.glued and pieces and not pieces[-1][-1:].isalpha() and not word.code[:1].isalpha()
        if word.code == "'" and pieces and pieces[-1][-1:].isdigit():
            pieces.append(" PHUT")
        elif tight and (sign or not pieces[-1][-1:].isdigit()):
            pieces.append(word.code)
        else:
            pieces.append(" " + word.code)
    return "".join(pieces)


def _slips() -> dict[str, str]:
    """Neighbouring letters swapped, a letter doubled and, in longer words, a letter dropped."""
    known = set(SLIPPERY) | UNSETTLED | set(_BARE) | set(UNMARKED) | INNOCENT
    out: dict[str, str] = {}
    for word, code in SLIPPERY.items():
        variants = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1)}
        variants |= {word[: i + 1] + word[i:] for i in range(len(word))}
        if len(word) >= 5:
            variants |= {word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)}
        out |= dict.fromkeys(variants - known, code)
    return out


_BARE = {fold(spelling): code for spelling, code in PLAIN.items()} | {"nhat": "nhat"}
_SIGNATURES = {marks_key(spelling): code for spelling, code in PLAIN.items()}
_SIGNATURES |= {marks_key(spelling): code for spelling, code in MARKED.items()}
_SLIPS = _slips()
