"""Vietnamese text as people send it: composed or decomposed, with look-alike or invisible letters and odd spaces."""

import re
import unicodedata
from functools import lru_cache

# Letters that look the same to a reader but never join under NFC: the Icelandic eth and the African D for đ.
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})
# Zero-width joiners, directional marks, soft hyphens, byte-order marks, variation selectors: typed by nobody.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_MARKS = re.compile("[\u0300-\u036f]")


def clean(text: str) -> str:
    """NFC text without invisible characters, each run of white space (no-break too) one space. Case and tones stay."""
    text = unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES)
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def strip_marks(text: str) -> str:
    """The letters without tone, hat, horn or bar: `Đường` becomes `Duong`. `đ` does not decompose: replaced by hand."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", _MARKS.sub("", text))


@lru_cache(maxsize=50_000)
def letters(word: str) -> str:
    """`strip_marks` of a single word, remembered."""
    return strip_marks(word)


def fold(text: str) -> str:
    """The search key: NFC, lower case, đ as d, no marks, single spaces.

    The SQL function `vn_fold` (first migration) answers the same for Vietnamese text.
    """
    return strip_marks(clean(text).lower())
