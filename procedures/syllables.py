"""What a Vietnamese syllable can be, and whether two spellings can be the same word.

Marks, when typed, count: “rươi” is not “rượu”, “gà” is not “ga”. Marks left out, or put where no syllable of the
language has them (“ruợu”), are slips of the keyboard: then the letters alone decide.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from procedures.text import strip_marks


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_HOI_NGA = {"\u0309", "\u0303"}
_STOP_TONES = {"\u0301", "\u0323"}  # a syllable that ends in c, ch, p or t has sắc or nặng, nothing else

_ONSETS = _words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
_RIMES = _words("""
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc ui um un ung up ut uy uya uych uynh uyên
    uyêt uyt uyn uyu uơ uê uêch uênh uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt
    ươu y yêm yên yêng yêt yêu
""")
# Every syllable without its tone, and by its letters alone.
_SHAPES = _RIMES | {onset + rime for onset in _ONSETS for rime in _RIMES}
_LETTERS = frozenset(map(strip_marks, _RIMES)) | {onset + strip_marks(rime) for onset in _ONSETS for rime in _RIMES}

SAME, PLAIN, SLIP, OTHER_TONE, OTHER_WORD = 1.0, 0.9, 0.8, 0.3, 0.0

# How dialects and hurried spelling write one sound: onset, then coda.
_ONSET_SOUNDS = [
    ("ngh", "g"), ("tr", "c"), ("ch", "c"), ("th", "th"), ("ph", "f"), ("gi", "d"), ("gh", "g"), ("ng", "g"),
    ("nh", "nh"), ("dz", "d"),
    ("kh", "kh"), ("qu", "w"), ("s", "x"), ("r", "d"), ("z", "d"), ("j", "d"), ("v", "d"), ("k", "c"), ("l", "n"),
]  # fmt: skip
_CODA_SOUNDS = [("ch", "t"), ("nh", "n"), ("ng", "n"), ("c", "t"), ("k", "t"), ("y", "i")]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word taken apart: `shape` has hats, horns and bars but no tone; `tone` is one combining mark or empty."""

    shape: str
    tone: str
    plain: str


@lru_cache(maxsize=50_000)
def spelling(word: str) -> Spelling:
    """Take a word apart. Where the tone stands does not matter: hoà and hòa are one spelling."""
    if word.isascii():
        return Spelling(shape=word, tone="", plain=word)
    tone = ""
    letters = []
    for mark in unicodedata.normalize("NFD", word):
        if mark in _TONES:
            tone = mark
        else:
            letters.append(mark)
    shape = unicodedata.normalize("NFC", "".join(letters))
    return Spelling(shape=shape, tone=tone, plain=strip_marks(shape))


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether Vietnamese could have this syllable, marks included. A word without any mark is judged by its letters."""
    parts = spelling(word)
    if parts.plain == word:
        return word in _LETTERS
    if parts.shape not in _SHAPES:
        return False
    return parts.tone in _STOP_TONES or not parts.plain.endswith(("c", "ch", "p", "t"))


@lru_cache(maxsize=100_000)
def agreement(typed: str, meant: str) -> float:
    """How well a typed word can be the one that is meant, 0 to 1.

    1 the same; 0.9 typed without marks; 0.8 marks missing, or placed where no syllable has them;
    0.3 the same letters under another tone; 0 another word.
    """
    a, b = spelling(typed), spelling(meant)
    if a.plain != b.plain:
        return OTHER_WORD
    if a.shape == b.shape and a.tone == b.tone:
        return SAME
    if a.shape == a.plain and not a.tone:
        return PLAIN
    if a.shape == b.shape:
        if {a.tone, b.tone} == _HOI_NGA:
            return PLAIN
        if not a.tone:
            return SLIP
        return OTHER_TONE if is_syllable(typed) else SLIP
    if not is_syllable(typed):
        return SLIP
    leaves_out = all(x == y or x == strip_marks(y) for x, y in zip(a.shape, b.shape, strict=True))
    if leaves_out and a.tone in ("", b.tone):
        return SLIP
    return OTHER_WORD


@lru_cache(maxsize=50_000)
def sound(plain: str) -> str:
    """A key that spellings of one sound share across dialects: thuốt and thuốc, dượu and rượu, ná and lá."""
    onset, rest = "", plain
    for written, spoken in _ONSET_SOUNDS:
        if plain.startswith(written) and len(plain) > len(written):
            onset, rest = spoken, plain[len(written) :]
            break
    for written, spoken in _CODA_SOUNDS:
        if rest.endswith(written) and len(rest) > len(written):
            rest = rest[: -len(written)] + spoken
            break
    return onset + rest
