"""How Vietnamese names sort: by given name (the last word), then the rest from the left; alphabet first, tones second.

Neither Unicode order nor a "C" collation does this (Ánh after Dũng, Đạt at the very end), and the database this runs on
may have been built without ICU, so the order is written into a key that compares byte by byte.
"""

import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTERS = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
# ngang, huyền, hỏi, ngã, sắc, nặng
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_HATS = {"\u0302", "\u0306", "\u031b"}


def _word_key(text: str) -> str:
    """Letters, then `!`, then tones: two names that differ only in tone stand side by side."""
    letters, tones = [], []
    for composed in unicodedata.normalize("NFC", text.lower()):
        base, tone = "", "0"
        for part in unicodedata.normalize("NFD", composed):
            if part in _TONES:
                tone = _TONES[part]
            elif part in _HATS or not unicodedata.combining(part):
                base += part
        letter = unicodedata.normalize("NFC", base)
        letters.append("#" if letter == " " else _LETTERS.get(letter, letter if letter.isdigit() else "0"))
        if letter != " ":
            tones.append(tone)
    return "".join(letters) + "!" + "".join(tones)


def sort_key(name: str) -> str:
    """The key under which a name sorts, compared byte by byte. Empty for an empty name; at most 400 characters."""
    words = name.split()
    if not words:
        return ""
    return f"{_word_key(words[-1])} {_word_key(' '.join(words[:-1]))}"[:400]
