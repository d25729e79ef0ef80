"""From a message to words that can be compared: raw keystrokes composed, joined words parted, shorthand opened.

Every repair is a guess, so a word keeps what was typed and the guess side by side, each with how far to trust it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from procedures.keystrokes import composed
from procedures.lexicon import SHORTHAND, SOUND_SPELLINGS
from procedures.syllables import is_syllable
from procedures.text import clean, strip_marks

# A message longer than this is a story or an attack; what is wanted is said in the beginning.
LONGEST_TEXT = 2_000
MOST_WORDS = 200
_WORD = re.compile(
    r"\d\.\d{6}"  # a national code
    r"|\d+[.,]\d+(?!\w)"  # 5,5
    r"|[^\W_]+"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"
)
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
_TONE_KEYS = re.compile(r"(?<=.)[wjfxsr0-9]")
_SYLLABLE_CORES = re.compile(r"[aeiouy]+")
_LOOSE_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the message. `forms` are its possible spellings, each with a trust up to 1; the first as typed."""

    typed: str
    forms: tuple[tuple[str, float], ...]


def read(text: str, knows: Callable[[str], bool], parts: Callable[[str], list[str] | None]) -> list[Word]:
    """The words of a message, at most `MOST_WORDS`.

    `knows(plain)` says whether a word without marks is in the vocabulary; `parts(plain)` how a run of letters splits
    into words of the vocabulary, or None.
    """
    words: list[Word] = []
    for typed in _joined(typed_words(text), knows):
        words += _readings(typed, knows, parts)
        if len(words) >= MOST_WORDS:
            break
    return words[:MOST_WORDS]


def typed_words(text: str) -> list[str]:
    """The words as they stand, lower case, numbers with a decimal point. For text that is written carefully."""
    # Compatibility forms (full-width, mathematical letters) are how some phones decorate a message.
    text = clean(unicodedata.normalize("NFKC", text[:LONGEST_TEXT])).lower()
    words = _WORD.findall(_LOOSE_MARKS.sub("", unicodedata.normalize("NFC", text)))
    return [word.replace(",", ".") if word[0].isdigit() else word for word in words]


def _joined(words: list[str], knows: Callable[[str], bool]) -> Iterable[str]:
    """Put back together what a space or a dot came between: `g.a.s`, `r ượu`, `thu ốc`."""
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and len(words[end]) == 1 and words[end].isalpha():
            end += 1
        if end - at >= 3:
            yield "".join(words[at:end])
            at = end
            continue
        if at + 1 < len(words):
            left, right = strip_marks(words[at]), strip_marks(words[at + 1])
            if len(left + right) >= 4 and knows(left + right) and not (knows(left) and knows(right)):
                yield words[at] + words[at + 1]
                at += 2
                continue
        yield words[at]
        at += 1


def _readings(typed: str, knows: Callable[[str], bool], parts: Callable[[str], list[str] | None]) -> list[Word]:
    """One typed word as the word or words it may be."""
    if not knows(strip_marks(typed)):
        typed = _REPEATED.sub(r"\1", typed)  # a letter held down is one letter, before its keys are taken for tones
    plain = strip_marks(typed)
    if knows(plain):
        return [_with_keystrokes(typed, knows)]
    if typed in SHORTHAND:
        return [Word(word, ((word, 0.95),)) for word in SHORTHAND[typed].split()]
    # A joined word first where it can only be one: read as raw keys, “bangas” would make “bấng”.
    pieces = parts(plain) if len(plain) >= 5 and len(plain) == len(typed) and not is_syllable(typed) else None
    if pieces and len(_SYLLABLE_CORES.findall(_TONE_KEYS.sub("", plain))) > 1:
        return _split(typed, pieces, knows)
    guess = _with_keystrokes(typed, knows)
    if len(guess.forms) > 1:
        return [guess]
    loose = _without_keystrokes(typed)
    if loose != typed and len(loose) >= 2 and knows(loose):
        return [Word(typed, ((typed, 1.0), (loose, 0.95 if len(loose) >= 3 else 0.9)))]
    squeezed = _squeezed(typed, knows)
    if squeezed != typed:
        return [_with_keystrokes(squeezed, knows)]
    for written, meant in SOUND_SPELLINGS:
        if written in typed:
            respelled = typed.replace(written, meant, 1)
            if knows(strip_marks(respelled)):
                return [Word(typed, ((typed, 1.0), (respelled, 0.9)))]
    if pieces:
        return _split(typed, pieces, knows)
    return [Word(typed, ((typed, 1.0),))]


def _with_keystrokes(typed: str, knows: Callable[[str], bool]) -> Word:
    """The word as typed and, where its keys would have made a known syllable, that one too (`las` and `lá`)."""
    made = composed(typed)
    if made != typed and is_syllable(made) and knows(strip_marks(made)):
        # What is a word as it stands (“gas”, “bar”) stays the better guess.
        return Word(typed, ((typed, 1.0), (made, 0.7 if knows(typed) else 0.97)))
    return Word(typed, ((typed, 1.0),))


def _without_keystrokes(typed: str) -> str:
    """The bare letters of raw keys struck in an order no syllable was made of: `ruouwj`, `ruou75`, `thuocs`."""
    if not typed.isascii() or not typed[0].isalpha():
        return typed
    letters = re.sub(r"(?<=.)[wjfx]|[1-9]", "", typed)
    return re.sub(r"([aeo])\1|(d)d", r"\1\2", re.sub(r"(?<=[aeiouycmnpthg])[sr]$", "", letters))


def _squeezed(typed: str, knows: Callable[[str], bool]) -> str:
    """The word without doubled letters, where that is a known word: `thuốcc`, `láa`, `gass`."""
    single = "".join(_undoubled(typed))
    return single if knows(strip_marks(single)) else typed


def _undoubled(word: str) -> Iterable[str]:
    """The letters without neighbours that repeat them, the marked one kept: `láa` gives `lá`."""
    kept = ""
    for letter in word:
        if kept and strip_marks(letter) == strip_marks(kept):
            kept = max(kept, letter)
            continue
        yield from kept
        kept = letter
    yield from kept


def _split(typed: str, pieces: list[str], knows: Callable[[str], bool]) -> list[Word]:
    if sum(map(len, pieces)) != len(typed):  # a slip among the joined letters
        return [Word(piece, ((piece, 0.8),)) for piece in pieces]
    words = []
    start = 0
    for piece in pieces:
        part = typed[start : start + len(piece)]
        words.append(Word(part, tuple((form, trust * 0.95) for form, trust in _with_keystrokes(part, knows).forms)))
        start += len(piece)
    return words
