"""Vietnamese typed with the keyboard program switched off: raw Telex ("chieeuf") and VNI ("chie62u") keys."""

import unicodedata
from functools import lru_cache

_HAT, _BREVE, _HORN, _BAR = "\u0302", "\u0306", "\u031b", "-"
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_VNI_SHAPES = {"6": (_HAT, "aeo"), "7": (_HORN, "uo"), "8": (_BREVE, "a"), "9": (_BAR, "d")}
_VOWELS = "aeiouy"
_LONGEST_SYLLABLE = 12  # "nghieengj" and some slips; longer strings are not one syllable


@lru_cache(maxsize=20_000)
def composed(word: str) -> str:
    """The syllable those keys would have made (`thuws` → `thứ`, `sa1ng` → `sáng`), or the word if they make none.

    Only a guess (`max` would be `mã`): take it where it gives a word you know. Lower case in; raises nothing.
    """
    if not (1 < len(word) <= _LONGEST_SYLLABLE and word.isascii() and word.isalnum() and word[0].isalpha()):
        return word
    letters: list[str] = []
    shapes: list[str] = []
    tone = ""
    vni = any(key.isdigit() for key in word)
    for key in word:
        if vni and key.isdigit():
            if key in _VNI_TONES:
                tone = _VNI_TONES[key]
            elif key not in _VNI_SHAPES or not _reshape(letters, shapes, *_VNI_SHAPES[key]):
                return word
        elif not vni and key in _TELEX_TONES and any(letter in _VOWELS for letter in letters):
            tone = _TELEX_TONES[key]
        elif (
            not vni
            and key == "w"
            and _reshape(letters, shapes, _HORN, "uo")
            or not vni
            and key == "w"
            and _reshape(letters, shapes, _BREVE, "a")
            or not vni
            and key in "aeo"
            and key in letters
            and _reshape(letters, shapes, _HAT, key)
        ):
            continue
        elif not vni and key == "d" and letters[:1] == ["d"] and not shapes[0]:
            shapes[0] = _BAR
        else:
            letters.append("u" if key == "w" and not vni else key)
            shapes.append(_HORN if key == "w" and not vni else "")
    if not tone and not any(shapes):
        return word
    return _written(letters, shapes, tone) or word


def marks_key(text: str) -> str:
    """Equal for spellings that differ only in where the tone stands ("hoà", "hòa"), for nothing else. Lower case in."""
    words = unicodedata.normalize("NFD", text.replace("đ", "d" + _BAR)).split()
    return " ".join(
        "".join(c for c in word if not unicodedata.combining(c)) + "".join(sorted(filter(unicodedata.combining, word)))
        for word in words
    )


def _reshape(letters: list[str], shapes: list[str], shape: str, of: str) -> bool:
    """Give the last plain letter among `of` its hat, horn, breve or bar; `uo` gets its two horns at once."""
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in of and not shapes[at]:
            shapes[at] = shape
            if shape == _HORN and letters[at] == "o" and at and letters[at - 1] == "u" and not shapes[at - 1]:
                shapes[at - 1] = shape
            return True
    return False


def _written(letters: list[str], shapes: list[str], tone: str) -> str:
    """The letters with their marks, the tone on the vowel that carries it; empty where no vowel can."""
    vowels = [at for at, letter in enumerate(letters) if letter in _VOWELS]
    if not vowels:
        return ""
    shaped = [at for at in vowels if shapes[at]]
    open_ended = vowels[-1] == len(letters) - 1 and len(vowels) > 1
    carrier = shaped[-1] if shaped else vowels[-2] if open_ended else vowels[-1]
    out = []
    for at, (letter, shape) in enumerate(zip(letters, shapes, strict=True)):
        if shape == _BAR:
            letter, shape = "đ", ""
        out.append(letter + shape + (tone if at == carrier else ""))
    return unicodedata.normalize("NFC", "".join(out))
