"""From what people type to one plain line of known words, so that readers of days and hours need only look for shapes.

The line is ASCII. Known words are in capitals with one spelling each ("chiều", "chieu", "chieeuf", "chìu" → CHIEU),
numbers are digits ("mười lăm" → 15), other words stay small and unmarked. Words that collide once the marks are gone
(tối/tới/tôi, sáu/sau, mốt/một, ngày/ngay, tư/từ) are told apart by their marks, and by their neighbours where none were
typed.
"""

import re
import unicodedata

from procedures.services import composed, fold, marks_key
from registrations.dialogue.times_english import in_vietnamese
from registrations.dialogue.times_neighbours import Word, settle
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

# "thứ 2, 4, 6": the first; but "thứ 5 2 chiều" is an hour.
_OTHER_WEEKDAYS = re.compile(
    r"(?P<first>THU [2-7])(?:(?: ?[,/-] ?| )[2-7]){2,5}(?= (?:SANG|TRUA|CHIEU)|$)"
    r"|(?P<only>THU [2-7])(?:(?: ?[,/-] ?|,? (?:va |HOAC |hay )?)(?:[2-7]|CN)\b){1,5}"
    r"(?!\d|[:/.-]\d| ?(?:GIO|RUOI|KEM|PHUT|am\b|pm\b|SANG|TRUA|CHIEU|TOI|THANG|NGAY|TUAN NUA|HOM|BUA|nguoi))"
)
# Days after Tết and in the first and last lunar months, however the two are put together; "2-3 ngày nữa".
_TOGETHER = [
    (re.compile(pattern), put)
    for pattern, put in (
        (
            r"\b(?:ra |qua |SAU |TU |an |vao |LUC |het )*TET(?! (?:tay|duong)),? (?:NGAY )?MUNG (\d{1,2})\b"
            r"(?! ?(?:THANG|TET|AM|am\b|[/.-]\d))",
            r"MUNG \1 TET",
        ),
        (r"\bMUNG (\d{1,2}) (?:ra|qua|SAU) TET(?! (?:tay|duong))", r"MUNG \1 TET"),
        (
            r"\b(?:ra |qua |SAU |THANG )+GIENG,? (?:NGAY )?(MUNG \d{1,2}|\d{1,2}(?= AM|$))\b"
            r"(?! ?(?:THANG|TET|GIO|[/.-]\d))",
            r"\1 THANG GIENG",
        ),
        (r"(?<=\d) al\b", " AM lich"),
        (r"\b[1-9](?: ?- ?|,| )(?=[1-9] (?:NGAY|HOM|BUA|TUAN|THANG|TIENG) NUA)", ""),
        (r"(?<=\d) (?:ra )?(GIENG|CHAP)\b", r" THANG \1"),
        (r"\bRAM (GIENG|CHAP|\d{1,2})\b(?! ?(?:GIO|NGAY|HOM|BUA|/))", r"RAM THANG \1"),
        # "tháng 1 ngày 5": the day first, as everywhere else.
        (
            r"(?:(?<!\d )|(?<=THU \d ))THANG (\d{1,2}|GIENG|CHAP)((?: AM)?)(?: lich)?,? "
            r"(?:NGAY |MUNG )+(\d{1,2})\b(?! ?(?:THANG|GIO|[/.-]\d))",
            r"NGAY \3 THANG \1\2",
        ),
    )
]


def canonical(text: str) -> str:
    """The line of known words for a message. Any text is accepted; an empty line means nothing was recognised."""
    text = in_vietnamese(unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).replace("’", "'"))
    words: list[Word] = []
    end = -1
    for found in _CHUNK.finditer(text):
        glued = found.start() == end
        end = found.end()
        chunk = found.group()
        words.extend(_read_chunk(chunk, glued=glued, following=text[end : end + 6].lower()))
    settle(words)
    line = _joined(_numbers(words))
    line = re.sub(r"\b(?:t|th)(?: ?\.)? ?([2-7])\b(?![/:.-]\d)", r"THU \1", line)
    line = re.sub(r"next_year \S+", "NAM SAU", line)
    line = re.sub(r"\b(?:SANG|TO|qua) (TUAN|THANG)\b(?! (?:\d|NAY|NI|SAU|NEXT|NUA|ke|tiep))", r"\1 SAU", line)
    line = re.sub(r"(?<!SANG )\bsom MAI\b", "SANG MAI", line)
    line = re.sub(r"\bham (?:(?=\d\b)|MOT\b)", lambda found: "21" if "M" in found[0] else "2", line)  # "hăm ba": 23
    line = re.sub(r"\b([ap]) ?\. ?m\b(?: ?\.)?", r"\1m", line)
    line = re.sub(r"\b(?:chu|chua) nh[au]t\b", "CN", line)
    line = re.sub(r"(?<=\d) ?([/:]) ?(?=\d)", r"\1", line)
    line = re.sub(r"(THU \d|\d:\d\d)([-,./])(?=\d)", r"\1 \2 ", line)  # "t2-24/11", "8:30-24/11": two things, not one
    line = _OTHER_WEEKDAYS.sub(lambda found: found["first"] or found["only"], line)
    for pattern, put in _TOGETHER:
        line = pattern.sub(put, line)
    return re.sub(r" +", " ", line).strip()


def _read_chunk(chunk: str, *, glued: bool, following: str) -> list[Word]:
    low = chunk.lower()
    if low.isdigit() and low.isascii():
        return [Word(low, glued)]
    if not any(c.isdigit() for c in low):
        return _read_word(chunk, glued=glued)
    if not low.replace("đ", "d").isalnum():
        return []
    whole = _vni(low, following)
    if whole:
        return [Word(whole, glued, spelled=whole.isdigit() or whole in {"nam", "lam", "muoi"})]
    out: list[Word] = []
    clock = _MIXED_CLOCK.match(low)
    # In "2h25/11" the 25 belongs to the date.
    if clock and int(clock.group(2)) < 60 and not (clock.end() == len(low) and following[:1] == "/"):
        out.append(Word(f"{clock.group(1)}:{clock.group(2):0>2}", glued))
        low = low[clock.end() :]
    for run in _RUNS.findall(low):
        first = glued and not out
        onto = _GLUED_ONTO_HOUR.fullmatch(run) if out and out[-1].code.isdigit() else None
        rest = _read_word(onto.group(1), glued=False) if onto else []
        if onto and any(word.unsettled or word.code != fold(onto.group(1)) for word in rest):
            out.extend([Word("GIO", False), *rest])  # "2hmai"
        else:
            out.extend([Word(run, first)] if run.isdigit() else _read_word(run, glued=first))
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


def _read_word(raw: str, *, glued: bool) -> list[Word]:
    low = raw.lower()
    bare = fold(low)
    words = _known(low, bare, glued=glued)
    for word in words:
        word.marked, word.titled = bare != low, raw[:1].isupper() and not raw.isupper()
    return words


def _known(low: str, bare: str, *, glued: bool) -> list[Word]:
    """What one word stands for: by its marks, as a short form, bare, as raw keystrokes, as a slip, as words joined."""
    if bare != low:
        code = _SIGNATURES.get(marks_key(low)) or _BARE.get(bare)
        if code:
            doubtful = code[-1] == "?"
            return [Word(code, glued, doubtful, spelled=code.isdigit() or code in {"nam", "lam", "muoi"})]
        late = composed(bare)  # "nhâtj": a mark and a key for another
        if late != bare and (code := _BARE.get(fold(late))):
            return [Word(code, glued)]
        if bare in UNSETTLED and len(bare) > 2 and bare not in {"tam", "ban", "den", "nam", "dem", "mong", "vao"}:
            return [Word(bare, glued, unsettled=True)]
    if bare in SHORT:
        return [Word(code, glued and not i) for i, code in enumerate(SHORT[bare].split())]
    if bare == low:
        if bare in UNSETTLED:
            return [Word(bare, glued, unsettled=True)]
        if bare in NUMBERS:
            return [Word(NUMBERS[bare], glued, spelled=True)]
        if bare in UNMARKED:
            return [Word(code, glued and not i) for i, code in enumerate(UNMARKED[bare].split())]
        if bare in _BARE:
            return [Word(_BARE[bare], glued)]
        typed = composed(low)
        # Half the keystrokes ("chieuf" for chieeuf) still say which word it is.
        if typed != low and (
            code := _SIGNATURES.get(marks_key(typed)) or (_BARE.get(fold(typed)) if len(low) > 4 else None)
        ):
            return [Word(code, glued, spelled=code.isdigit() or code in {"nam", "lam", "muoi"})]
    if bare in _SLIPS:
        return [Word(_SLIPS[bare], glued)]
    if len(bare) >= 5 and _PIECE.fullmatch(bare):
        return [w for piece in _PIECES.findall(bare) for w in _read_word(piece, glued=False)]
    plainer = re.sub(r"^ck", "ch", re.sub(r"(.)\1+", r"\1", low)).replace("j", "i")  # "maiii", "ckiều", "maj"
    return _known(plainer, fold(plainer), glued=glued) if plainer != low else [Word(bare, glued)]


def _numbers(words: list[Word]) -> list[Word]:
    """The same words with numbers in letters made digits: 2 muoi lam → 25, 10 2 → 12."""
    out: list[Word] = []
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
            and following[0] in small
            and (
                (out and out[-1].code == "NGAY")
                or (at + 3 < len(words) and words[at + 2].code == "THANG" and words[at + 3].code not in {"NUA", "SAU"})
            )
        ):
            value, used = value * 10 + small[following[0]], 2
        out.append(Word(str(value), False))
        at += used
    return out


def _joined(words: list[Word]) -> str:
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
