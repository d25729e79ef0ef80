"""From a message to words that can be compared: raw keystrokes composed, joined words parted, shorthand opened.

Every repair is a guess, so a word keeps what was typed and the guess side by side, each with how far to trust it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from procedures.keystrokes import composed
from procedures.lexicon import FILLERS, SHORTHAND, SOUND_SPELLINGS
from procedures.syllables import SLIP, agreement, is_syllable, spelling
from procedures.text import clean, letters

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
_VOWELS = "aeiouy"
# A sum or a size run into the words around it (“binhga12kgbanle”), not a key of VNI.
_COUNTED = re.compile(r"[^\W\d]{2,}\d{2,}[^\W\d]{2,}|[^\W\d]{4,}\d{2,}")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d]+")
_LONGEST_IN_PIECES = 7  # “nghiêng”
# Letters that are words in chats.
_ALONE_ARE_WORDS = frozenset("kjz")
_LOOSE_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the message. `forms` are its possible spellings, each with a trust up to 1; the first as typed."""

    typed: str
    forms: tuple[tuple[str, float], ...]


def plain_forms(word: Word) -> frozenset[str]:
    return frozenset(spelling(form).plain for form, _ in word.forms)


def says(word: Word, marked: frozenset[str]) -> bool:
    """Whether it is one of these words: “giá” is not “gia”, but “ban” may be “bán”."""
    by_letters = _by_letters(marked)
    return any(
        agreement(form, each) >= SLIP for form, _ in word.forms for each in by_letters.get(spelling(form).plain, ())
    )


@cache
def _by_letters(marked: frozenset[str]) -> dict[str, list[str]]:
    by_letters: dict[str, list[str]] = defaultdict(list)
    for word in marked:
        by_letters[spelling(word).plain].append(word)
    return by_letters


class Vocabulary(Protocol):
    """The words a message is read against: those of the catalogue and those of any message to an office."""

    def knows_letters(self, plain: str) -> bool:
        """Whether a word without marks is one of them."""

    def names(self, plain: str) -> bool:
        """Whether it is a word of the catalogue or of a wish, more than politeness."""

    def writes(self, word: str) -> bool:
        """Whether the catalogue has the word with exactly these marks."""

    def parts(self, plain: str) -> list[str] | None:
        """How letters run together split into words, or None."""


def read(text: str, vocabulary: Vocabulary) -> list[Word]:
    """The words of a message, at most `MOST_WORDS`."""
    words: list[Word] = []
    for typed in _joined(typed_words(text), vocabulary):
        words += _readings(typed, vocabulary)
        if len(words) >= MOST_WORDS:
            break
    return words[:MOST_WORDS]


def typed_words(text: str) -> list[str]:
    """The words as they stand, lower case, numbers with a decimal point. For text that is written carefully."""
    # Compatibility forms (full-width, mathematical letters) are how some phones decorate a message.
    text = clean(unicodedata.normalize("NFKC", text[:LONGEST_TEXT])).lower()
    words = _WORD.findall(_LOOSE_MARKS.sub("", unicodedata.normalize("NFC", text)))
    return [word.replace(",", ".") if word[0].isdigit() else word for word in words]


def _joined(words: list[str], vocabulary: Vocabulary) -> Iterable[str]:
    """Put back together what a space or a dot came between: `g.a.s`, `r uo u`, `thu ốc`, `l á`."""
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and len(words[end]) == 1 and words[end].isalpha():
            end += 1
        if end - at >= 3 and not any(vocabulary.writes(word) for word in words[at:end]):
            yield "".join(words[at:end])
            at = end
            continue
        size = next((size for size in (4, 3, 2) if _is_one_word(words[at : at + size], size, vocabulary)), 1)
        yield "".join(words[at : at + size])
        at += size


def _is_one_word(pieces: list[str], size: int, vocabulary: Vocabulary) -> bool:
    """Whether pieces that are no words by themselves make one together."""
    joined = "".join(pieces)
    if len(pieces) < size or len(joined) > _LONGEST_IN_PIECES or not joined.isalpha():
        return False
    if _ALONE_ARE_WORDS.intersection(pieces):
        return False  # “không”, “gì”: “được k em” is no “kem”
    plain = letters(joined)
    if not vocabulary.knows_letters(plain):
        return False
    if len(plain) >= 4 and not all(vocabulary.knows_letters(letters(piece)) for piece in pieces):
        return True
    if not is_syllable(joined) and not vocabulary.writes(joined):
        return False
    if any(not _SYLLABLE_CORES.search(letters(piece)) for piece in pieces):
        return vocabulary.names(plain) and (len(plain) >= 3 or vocabulary.writes(joined))
    # Two words as they stand. The second has no onset, which few words lack; together they are one of the catalogue.
    rest = letters(pieces[1])
    if size > 2 or rest[0] not in _VOWELS:
        return False
    return vocabulary.writes(joined) if plain != joined else vocabulary.names(plain) and rest not in FILLERS


def _readings(typed: str, vocabulary: Vocabulary) -> list[Word]:
    """One typed word as the word or words it may be."""
    knows = vocabulary.knows_letters
    if not knows(letters(typed)):
        typed = _REPEATED.sub(r"\1", typed)  # a letter held down is one letter, before its keys are taken for tones
    plain = letters(typed)
    if knows(plain):
        return [_with_keystrokes(typed, vocabulary)]
    if typed in SHORTHAND:
        return [Word(word, ((word, 0.95),)) for word in SHORTHAND[typed].split()]
    guess = _with_keystrokes(typed, vocabulary)
    if len(guess.forms) > 1 and vocabulary.writes(guess.forms[1][0]):
        return [guess]
    # A joined word first where it can only be one: read as raw keys, “bangas” would make “bấng”.
    least = 5 if plain == typed else 4  # “lálẻ” has two tones
    pieces = (
        vocabulary.parts(plain) if len(plain) >= least and len(plain) == len(typed) and not is_syllable(typed) else None
    )
    if pieces and len(_SYLLABLE_CORES.findall(_TONE_KEYS.sub("", plain))) > 1:
        return _split(typed, pieces, vocabulary)
    guess = guess if len(guess.forms) > 1 else _with_loose_keystrokes(typed, vocabulary)
    if len(guess.forms) > 1:
        return [guess]
    squeezed = _squeezed(typed, vocabulary)
    if squeezed != typed:
        return [_with_keystrokes(squeezed, vocabulary)]
    for written, meant in SOUND_SPELLINGS:
        if written in typed:
            respelled = typed.replace(written, meant, 1)
            if knows(letters(respelled)):
                return [Word(typed, ((typed, 1.0), (respelled, 0.9)))]
    if pieces:
        return _split(typed, pieces, vocabulary)
    if _COUNTED.search(typed):
        counted = _LETTERS_OR_DIGITS.findall(typed)
        return [word for piece in counted for word in _readings(piece, vocabulary)]
    return [Word(typed, ((typed, 1.0),))]


def _with_keystrokes(typed: str, vocabulary: Vocabulary) -> Word:
    """The word as typed and, where its keys would have made a known syllable, that one too (`las` and `lá`)."""
    knows = vocabulary.knows_letters
    made = composed(typed)
    if made != typed and is_syllable(made) and knows(letters(made)):
        # What is a word as it stands (“gas”, “bar”) stays the better guess.
        return Word(typed, ((typed, 1.0), (made, 0.7 if knows(typed) else 0.97)))
    return Word(typed, ((typed, 1.0),))


def _with_loose_keystrokes(typed: str, vocabulary: Vocabulary) -> Word:
    """The word as typed and, where that is a known one, its letters without the keys (`ruou75`)."""
    loose = _without_keystrokes(typed)
    if loose != typed and len(loose) >= 2 and vocabulary.knows_letters(loose):
        return Word(typed, ((typed, 1.0), (loose, 0.95 if len(loose) >= 3 else 0.9)))
    return Word(typed, ((typed, 1.0),))


def _without_keystrokes(typed: str) -> str:
    """The bare letters of raw keys struck in an order no syllable was made of: `ruouwj`, `ruou75`, `thuocs`."""
    if not typed.isascii() or not typed[0].isalpha():
        return typed
    letters = re.sub(r"(?<=.)[wjfx]|[1-9]", "", typed)
    return re.sub(r"([aeo])\1|(d)d", r"\1\2", re.sub(r"(?<=[aeiouycmnpthg])[sr]$", "", letters))


def _squeezed(typed: str, vocabulary: Vocabulary) -> str:
    """The word without doubled letters, where that is a known word: `thuốcc`, `láa`, `gass`."""
    single = "".join(_undoubled(typed))
    return single if vocabulary.knows_letters(letters(single)) else typed


def _undoubled(word: str) -> Iterable[str]:
    """The letters without neighbours that repeat them, the marked one kept: `láa` gives `lá`."""
    kept = ""
    for letter in word:
        if kept and letters(letter) == letters(kept):
            kept = max(kept, letter)
            continue
        yield from kept
        kept = letter
    yield from kept


def _split(typed: str, pieces: list[str], vocabulary: Vocabulary) -> list[Word]:
    if sum(map(len, pieces)) != len(typed):  # a slip among the joined letters
        return [Word(piece, ((piece, 0.8),)) for piece in pieces]
    words = []
    start = 0
    for piece in pieces:
        part = typed[start : start + len(piece)]
        start += len(piece)
        if part in SHORTHAND and not vocabulary.knows_letters(part):
            words += [Word(word, ((word, 0.9),)) for word in SHORTHAND[part].split()]
            continue
        word = _with_keystrokes(part, vocabulary)
        word = word if len(word.forms) > 1 else _with_loose_keystrokes(part, vocabulary)
        words.append(Word(part, tuple((form, trust * 0.95) for form, trust in word.forms)))
    return words
