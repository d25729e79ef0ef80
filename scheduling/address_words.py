"""From an address as typed to the names found in it, each with what stands around it (kind, street, house number)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from procedures.services import clean, composed, fold
from scheduling.gazetteer import Gazetteer, Level, Meaning, marks_agree

_LONGEST_TEXT, _MOST_WORDS = 400, 60
_TOKEN = re.compile(r"\d+[a-z]?(?:/\d+[a-z]?)+|[^\W_]+|[,;:()|\n.–—/-]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # "Vĩnh-Hải", "Phan Rang-Tháp Chàm": no stop
_GLUED = re.compile(
    r"(tp|q|p|f|quận|quan|phường|phuong|xã|xa)(\d{1,2}|nha\w*|nt|hcm|hn)"
    r"|(phường|phương|phuong|xã|quận|huyện)([^\W\d_]{6,})"
    # No word of the language begins with p and such a letter: "pvinhphuoc".
    r"|(p)((?:[bcdđgkmnpqrstvx]|lộ|lo)[^\W\d_]{3,})"
)
_STOP = set(",;:()|\n.–—/-")
_ABBREVIATED = {
    "p",
    "f",
    "q",
    "h",
    "x",
    "t",
    "tp",
    "tt",
    "tx",
    "d",
    "kp",
    "tdp",
    "phg",
    "ph",
    "v",
    "s",
    "so",
    "st",
    "dg",
}
_KIND_WORDS = {
    "phuong": "phuong", "p": "phuong", "f": "phuong", "ph": "phuong", "phg": "phuong", "fuong": "phuong",
    "phuog": "phuong", "phuogn": "phuong", "phuon": "phuong", "phuonh": "phuong", "puong": "phuong",
    "xa": "xa", "x": "xa", "tt": "thi tran", "tp": "thanh pho", "tx": "thi xa", "huyen": "huyen", "h": "huyen",
    "quan": "quan", "q": "quan", "tinh": "tinh", "t": "tinh",
}  # fmt: skip
_KIND_PAIRS = {
    "thanh pho": "thanh pho",
    "thi tran": "thi tran",
    "thi xa": "thi xa",
    "dac khu": "dac khu",
    "t p": "thanh pho",
}
_ENGLISH_KINDS = {"ward": "phuong", "commune": "xa", "district": "quan", "city": "thanh pho", "province": "tinh"}
_COMMUNE_KINDS = {"phuong", "xa", "thi tran", "dac khu"}
_DIRECTIONS = {"bac", "nam", "tay", "dong"}
_STREET = {"duong", "d", "pho", "dg", "hem", "ngo", "ngach", "kiet", "ql", "street", "hxh", "dl", "lo", "st"}
_ROAD, _ALLEY = {"duong", "d", "dg"}, {"hem", "ngo", "ngach", "kiet", "hxh"}
_HAMLET = {"thon", "khom", "ap", "xom", "tdp", "kp", "to", "buon", "lang"}
_URBAN = re.compile(
    r"\b(?:duong|hem|kiet|pho|to dan pho|tdp|kdt|khu do thi|chung cu|khu pho)\b"
    r"|(?:^|\b(?:o|tai) )(?:so )?\d+[a-z]?(?:/\d+[a-z]?)* [a-z]"
)
_ME = r"(?:nha )?(?:em|toi|tui|minh|con|chau|anh|chi)"
_LIVES_NOW = re.compile(
    r"\b(?:(?:bay )?gio|hien (?:nay|tai|dang|gio)|hien(?= o )|nay(?= (?:o|ve|chuyen|don) )"
    r"|dang(?= (?:o|song|tro) )|tam tru"
    rf"|(?:nhung|ma|con) {_ME}(?= o )"
    r"|(?:chuyen|don|doi)(?: nha)?(?: di)?(?: tu)? (?:[^ ]+ ){0,6}?(?:ve|qua|sang|den|toi|ra|vao|len|xuong)) "
)
_ORIGIN = re.compile(
    r"\b(?:que|goc|nguoi|ho khau|hkhau|thuong tru|sinh)(?: (?:quan|goc|em|toi|minh|o|tai|tinh|la)){0,3}$"
)
_RURAL = re.compile(r"\b(?:thon|xom|ap)\b")


@dataclass(frozen=True)
class Token:
    word: str  # lower case, with its marks
    bare: str  # without them
    retyped: str  # the same, were it raw keystrokes ("vinhx"), or a shortened "v."
    segment: int  # which stretch between commas


@dataclass(frozen=True)
class Mention:
    """A name found in the text and what it may mean there."""

    at: int  # place of its first word
    segment: int
    kind: str | None  # folded kind written before it: phuong, xa, thanh pho…
    is_street: bool  # "đường …", "hẻm …"
    is_numbered: bool  # a house number stands right before it, as before a street
    is_hamlet: bool  # "thôn …", "tổ …"
    is_whole: bool  # fills its stretch between commas
    is_guess: bool  # found by likeness, not letter by letter
    meanings: tuple[Meaning, ...]

    def of(self, *levels: Level) -> tuple[Meaning, ...]:
        return tuple(meaning for meaning in self.meanings if meaning.level in levels)


def tokens(text: str) -> list[Token]:
    """The words of an address; commas, brackets and full stops after whole words part it into stretches."""
    text = clean(text[:_LONGEST_TEXT].replace("\n", ", ").replace("_", " ")).lower()
    text = _HYPHEN.sub(" ", text)
    found: list[Token] = []
    segment = 0
    for part in _TOKEN.findall(text):
        if part in _STOP:
            abbreviation = found and part == "." and found[-1].bare in _ABBREVIATED
            segment += 0 if abbreviation else 1
            continue
        for word in _apart(part):
            bare = fold(word)
            found.append(Token(word, bare, _retyped(word, bare), segment))
    return found[:_MOST_WORDS]


def _apart(part: str) -> Iterator[str]:
    """The kind parted from what it was written onto: "tpnhatrang", "phuongvinhhai", "q1"."""
    glued = _GLUED.fullmatch(part)
    yield from (found for found in (glued.groups() if glued else (part,)) if found)


def mentions(words: list[Token], gazetteer: Gazetteer) -> list[Mention]:
    """Every name in the text from left to right, the longest first at each word."""
    found: list[Mention] = []
    at = taken = 0  # `taken`: words before it belong to an earlier name ("Vĩnh Phương Nha Trang" holds no "phường")
    while at < len(words):
        named = _named_at(words, taken, at, gazetteer) or _likeness(words, taken, at, gazetteer)
        if named:
            found.append(named[0])
            at = taken = at + named[1]
        else:
            at += 1
    return found


def _named_at(words: list[Token], taken: int, at: int, gazetteer: Gazetteer) -> tuple[Mention, int] | None:
    """The longest name beginning with this word, as typed or as its raw keystrokes spell it."""
    segment = words[at].segment
    if words[at].bare in _DIRECTIONS and at and words[at - 1].bare in {"phia", "huong"}:
        return None  # "phía tây Nha Trang" is not the ward Tây Nha Trang
    for length in range(min(gazetteer.longest, len(words) - at), 0, -1):
        stretch = words[at : at + length]
        # "Vĩnh, Hải" is no name.
        if stretch[-1].segment != segment:
            continue
        name = " ".join(token.bare for token in stretch)
        for spelling in (name, " ".join(token.retyped for token in stretch), name.replace("j", "i")):
            if spelling not in gazetteer.names:
                continue
            mention = _mention(words, taken, at, length, gazetteer.names[spelling], guess=False)
            if mention.meanings:
                return mention, length
    return None


def _retyped(word: str, bare: str) -> str:
    """The word raw keystrokes make, or the word behind "v." (Vĩnh) and "fuoc" (Phước)."""
    if bare == "v":
        return "vinh"
    if bare[:1] == "f":  # "fuoc" for Phước
        return "ph" + bare[1:]
    return fold(composed(word)) if word == bare else bare


def _likeness(words: list[Token], taken: int, at: int, gazetteer: Gazetteer) -> tuple[Mention, int] | None:
    """A unit of the province one slip away (a letter dropped, doubled, swapped or wrong); every one that is."""
    for length in (3, 2, 1):
        stretch = words[at : at + length]
        if (
            len(stretch) < length
            or stretch[-1].segment != words[at].segment
            or stretch[0].bare in _ROAD | _ALLEY  # "đường Hai Bà Trưng" is no slip for Đông Hải
            or any(t.bare in _KIND_WORDS for t in stretch)
        ):
            continue
        typed = " ".join(token.bare for token in stretch)
        if len(typed) < 7 or _crosses_a_name(words, at, length, gazetteer):
            continue
        near = {
            meaning
            for size in (len(typed) - 1, len(typed), len(typed) + 1)
            for name in gazetteer.shelves.get((typed[0], size), ())
            if OSA.distance(name, typed, score_cutoff=1) <= 1
            for meaning in gazetteer.names[name]
        }
        if near:
            mention = _mention(words, taken, at, length, tuple(sorted(near, key=repr)), guess=True)
            if mention.meanings:
                return mention, length
    return None


def _crosses_a_name(words: list[Token], at: int, length: int, gazetteer: Gazetteer) -> bool:
    """Whether a name of two words begins later in the stretch: "tâm Nha Trang" is no slip for "Tây Nha Trang"."""
    pairs = (words[begin : begin + 2] for begin in range(at + 1, at + length))
    return any(" ".join(token.bare for token in pair) in gazetteer.names for pair in pairs if len(pair) == 2)


def _mention(
    words: list[Token], taken: int, at: int, length: int, meanings: tuple[Meaning, ...], guess: bool
) -> Mention:
    segment = words[at].segment
    before = [token for token in words[taken:at] if token.segment == segment]
    kind, used = _kind_before(before)
    after = words[at + length] if at + length < len(words) and words[at + length].segment == segment else None
    if kind is None and after is not None:
        kind = _ENGLISH_KINDS.get(after.bare)  # "Vinh Hai ward"
    left = before[: len(before) - used]
    last = left[-1].bare if left else ""
    whole = not left and after is None and (not taken or words[taken - 1].segment != segment)
    # "tổ 5 Vĩnh Hải", "tổ dân phố 6 Phước Long"
    in_hamlet = len(left) > 1 and (
        left[-2].bare in _HAMLET or (left[-2].bare == "pho" and len(left) > 2 and left[-3].bare in {"dan", "khu"})
    )
    before_last = left[-2].bare if len(left) > 1 else ""
    # "đường 23/10 Vĩnh Thạnh", "đường 2 tháng 4 Vĩnh Hải": the date is the street's name, what follows is not.
    after_a_date = _is_number(last) and (before_last == "thang" or (before_last in _ROAD and "/" in last))
    alone = kind is None and not in_hamlet and not after_a_date
    street = alone and (last in _STREET or (before_last in _STREET - _ALLEY and _is_number(last)))
    numbered = alone and _is_number(last) and not street
    hamlet = kind is None and (last in _HAMLET or (len(left) > 1 and left[-2].bare in {"dan", "khu"} and last == "pho"))
    typed = " ".join(token.word for token in words[at : at + length])
    return Mention(
        at=at,
        segment=segment,
        kind=kind,
        is_street=street,
        is_numbered=numbered,
        is_hamlet=hamlet,
        is_whole=whole,
        is_guess=guess,
        meanings=tuple(m for m in meanings if _fits(m, kind, typed, whole)),
    )


def _fits(meaning: Meaning, kind: str | None, typed: str, whole: bool) -> bool:
    """Whether a meaning is possible with the kind written before the name and the marks in it."""
    if meaning.level is Level.ELSEWHERE:
        if meaning.spelling and not marks_agree(typed, meaning.spelling):
            return False
        if kind is None:
            # "hue" or "chu" in the middle of a sentence is seldom Huế or Chũ; "hcm" can be nothing else.
            one_sure_word = fold(typed) != typed or fold(meaning.spelling) == meaning.spelling
            return meaning.alone and (" " in typed or whole or one_sure_word)
        if kind in _COMMUNE_KINDS and meaning.kind not in _COMMUNE_KINDS:
            return meaning.alone  # since 2025 many a former city lives on as a ward: "phường Quy Nhơn"
        # Written loosely: "tỉnh Đà Nẵng", "huyện Thủ Đức".
        return meaning.alone or meaning.kind == kind
    if kind is None:
        return True
    if meaning.level is Level.UNIT:
        return kind in _COMMUNE_KINDS
    if meaning.level in {Level.DISTRICT, Level.PROVINCE}:
        return kind not in _COMMUNE_KINDS
    return True


def _kind_before(before: list[Token]) -> tuple[str | None, int]:
    """(kind, how many words it takes) written right before a name."""
    if len(before) > 1 and (pair := _KIND_PAIRS.get(f"{before[-2].bare} {before[-1].bare}")):
        return pair, 2
    if before and (kind := _KIND_WORDS.get(before[-1].bare) or _KIND_WORDS.get(before[-1].retyped)):
        return kind, 1
    return None, 0


def moved_to(words: list[Token]) -> int:
    """Where the words begin that say where somebody lives now ("trước ở X, giờ ở Y", "dọn từ X về Y"), or 0."""
    text, starts = "", []
    for token in words:
        starts.append(len(text))
        text += token.bare + " "
    found = max((found.end() for found in _LIVES_NOW.finditer(text)), default=0)
    return next((at for at, start in enumerate(starts) if start >= found), 0) if found else 0


def is_origin(mention: Mention, words: list[Token]) -> bool:
    """Whether the words tell where somebody comes from or is registered ("quê Phú Yên", "hộ khẩu ở Vạn Ninh")."""
    lead = [token.bare for token in words[max(0, mention.at - 5) : mention.at] if token.segment == mention.segment]
    return bool(_ORIGIN.search(" ".join(lead)))


def _is_number(word: str) -> bool:
    return word[:1].isdigit()


def numbered_unit(words: list[Token]) -> str | None:
    """ "Quận 1", "P.5": a kind with a number, which no unit of this province has. The kind, or None."""
    for word, following in zip(words, words[1:], strict=False):
        kind = _KIND_WORDS.get(word.bare)
        if (
            kind in {"quan", "phuong"}
            and re.fullmatch(r"\d{1,2}", following.bare)
            and word.segment == following.segment
        ):
            return kind
    return None


def looks_urban(words: list[Token]) -> bool:
    """A street, an alley, a house number before a name: signs of a phường where a xã has the same name."""
    text = " ".join(token.bare for token in words)
    return bool(_URBAN.search(text)) and not _RURAL.search(text)


def looks_rural(words: list[Token]) -> bool:
    """Thôn, xóm: signs of a xã."""
    return bool(_RURAL.search(" ".join(token.bare for token in words)))
