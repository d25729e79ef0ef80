"""Words about time whose marks are missing, told apart by what stands beside them: "sau" is after or six, "mai" may be
tomorrow or somebody's name. The other half of `times_words`.
"""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from registrations.dialogue.times_vocabulary import INNOCENT

_DAY_NEXT = {"MAI", "MOT", "NAY", "NI", "KIA", "KIAA", "HOM", "BUA", "THU", "CN", "NGAY", "TUAN", "t", "MUNG", "RAM"}
_UNITS = {"GIO", "TIENG", "NGAY", "TUAN", "PHUT", "HOM", "BUA", "RUOI", "h", "g", "gio"}
_PARTS = {"SANG", "TRUA", "CHIEU", "TOI", "DEM", "KHUYA"}
_NAMES_OF_TIME = {"SANG", "TRUA", "CHIEU", "MAI", "MOT", "TUAN", "KHUYA", "TOI", "THU", "NAY", "MUNG"}
_KIN = {"co", "chu", "anh", "chi", "bac", "cau", "mo", "ong", "thim"}  # not "di": dì, but also đi
_WHAT_I_DO = {"o", "ve", "moi", "ranh", "se", "dang", "muon", "can"}
_CALLED = _KIN | {"ten", "ba", "di", "be", "em", "la"}


@dataclass
class Word:
    code: str  # the settled word, or the bare spelling while unsettled
    glued: bool  # nothing between it and what came before
    unsettled: bool = False
    spelled: bool = False  # a number written in letters
    titled: bool = False  # began with a capital
    named: bool = False  # part of what somebody is called
    marked: bool = False  # typed with marks, so its writer has a keyboard that makes them


def settle(words: list[Word]) -> None:
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
        elif word.code == "NUA" and after == "TIENG" and before not in _UNITS:
            word.code = "HALF"  # "nữa tiếng nữa", for nửa
        if word.code.islower() and after in {"mai", "mot", "thu", "MAI", "MOT", "THU", "CN"} and not word.titled:
            word.code = _nearly_a_part(word.code)
        if _is_a_name(words, at):
            word.code, word.spelled, word.named = "ten" if word.spelled else word.code.lower(), False, True
        elif word.code == "CHIEU" and (before in {"ho", "doi"} or after in {"dai", "rong", "cao", "ngang"}):
            word.code = "chieu"  # "hộ chiếu", "đối chiếu", "chiều dài"


def _nearly_a_part(word: str) -> str:
    """ "sánh mai", "chièy mai": before a day, a word one wrong letter away from a part of day is that part."""
    for part in ("sang", "chieu", "trua"):
        if len(word) >= 4 and word[0] == part[0] and word not in INNOCENT and OSA.distance(word, part) == 1:
            return part.upper()
    return word


def _is_a_name(words: list[Word], at: int) -> bool:
    """ "chị Mai", "cô Ba Chiều", "chú Tư": called by a word of kinship, and not counting hours or days."""
    word, before = words[at], words[at - 1] if at else None
    after = words[at + 1].code if at + 1 < len(words) else ""
    if before is None or not (before.code in _CALLED or before.named):
        return False
    if word.titled and not word.code.isdigit() and (word.code.isupper() or before.named):
        return not (before.named and word.code not in _NAMES_OF_TIME)
    counts = after in _UNITS | {"ruoi", "KEM", "kem", "muoi", "nguoi", "THANG", "thang", "ngay", "tuan", "bua", "hom"}
    called = before.code in _KIN or (before.code == "di" and word.titled)
    return word.spelled and called and not counts


def _settled(
    code: str, before: str, after: str, beyond: str, words: list[Word], at: int, with_marks: bool
) -> tuple[str, bool]:
    """(word, is it a number in letters) for one unmarked word."""
    number_before = before[:1].isdigit() or (at > 0 and words[at - 1].spelled)
    number_after = after[:1].isdigit()
    match code:
        case "sang":
            asked_to_move = any(w.code == "DOI" for w in words[max(0, at - 6) : at])
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
            if after in _WHAT_I_DO:
                return "toi", False  # "10h toi o nha"
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
            return ("6", True) if before == "THU" else ("SAU" if before == "TUAN" else code, False)
        case "mot":
            one = before in {"THANG", "MUNG", "10", "muoi"} or after in _UNITS or after in {"ngay", "thang", "THANG"}
            return ("1", True) if one and before not in _PARTS else ("MOT", False)
        case "nay" | "thang" | "den" | "kem" | "kia" | "mai":
            return code.upper(), False
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
            money = {"tuc", "trieu", "tr", "ngan", "nghin", "dong", "cu", "lit"}
            return ("THU" if weekday and beyond not in money else "thu"), False
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
            near = near or after in {"cung", "tien"}
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
        case "k":
            denied = after in {"dc", "duoc", "dk", "ranh", "phai", "di", "kip"} or before in {"duoc", "dc", "dk"}
            return ("KHONG" if denied else code), False
        case "gio?":
            return ("GIO" if number_before else "gio"), False
        case "mai?":
            return ("MAI" if before in {"NGAY", "BUA"} | _PARTS else "mai"), False
        case "tuan?":
            near = number_before or before in {"DAU", "CUOI", "GIUA"} or after in {"SAU", "NAY", "NI", "NEXT", "ke"}
            return ("TUAN" if near and not words[at].titled else "tuan"), False
        case "hem":  # không, or an alley
            denied = after in {"dc", "duoc", "ranh", "phai", "di", "kip", "co"} or before in {
                "duoc",
                "dc",
                "ranh",
                "kip",
            }
            return ("KHONG" if denied else code), False
        case "ban":
            return ("BAN" if after in {"roi", "viec", "mat", "het", "hop", "di", ""} else code), False
        case "vao":
            return ("LUC" if number_after else code), False
        case "am":
            return (
                "AM" if after in {"lich", "LICH"} or (before not in {"GIO", "h"} and not number_before) else "am"
            ), False
        case "moi":
            return ("MAI" if before in {"SANG", "CHIEU", "TRUA", "TOI"} else code), False
        case "t":
            # "5t12" is a month; "8h30 t6", with a clock before it, a weekday.
            of_a_weekday = at > 1 and words[at - 2].code in {"THU", "t"}
            clock = {"GIO", "KEM", "h", "g", ":"}
            after_clock = ":" in before or any(word.code in clock for word in words[max(0, at - 4) : at])
            if (
                number_after
                and after in {"2", "3", "4", "5", "6", "7"}
                and (after_clock or of_a_weekday or not number_before)
            ):
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
