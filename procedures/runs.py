"""Words struck on a Vietnamese keyboard that was off, with no space between: `bansruowuj`, `ba1nthuo61cla1`."""

import re
from collections.abc import Callable
from functools import lru_cache

from procedures.keystrokes import composed
from procedures.lexicon import SHORTHAND
from procedures.syllables import is_syllable
from procedures.text import letters

_LONGEST_RUN, _LONGEST_PIECE = 60, 9
# What shows that keys, not letters, were struck. A run of plain letters is parted elsewhere.
_KEYS = re.compile(r"[wjfx0-9]|aa|ee|oo|dd|[aeiouycmnpthg][srjfx](?=[^aeiouyhr]|$)|[aeiouycmnpthg][sfjx]h")
_CORES = re.compile(r"[aeiouy][^aeiouy]*")
_CORE = re.compile(r"[aeiouyw]")
# How a struck syllable begins.
_BEGINNING = re.compile(r"(?:dd|d9|ngh?|nh|[cgkpt]h|tr|[bcdghklmnpqrstvx])?[aeiouyw]")
# A vowel, consonants, and a vowel that is no key of the first: two syllables at least.
_TWO_SYLLABLES = re.compile(r"[aeiouyw][sfrxj0-9]*[bcdghklmnpqtvz]+[sfrxj0-9]*[iuy]")
# A word with its marks, a word by its letters, one whose keys fit no syllable, any syllable of the language.
_EXACT, _KNOWN, _MISTRUCK, _SYLLABLE = 0.5, 1.3, 2.3, 3.5


def apart(run: str, knows: Callable[[str], bool], writes: Callable[[str], bool]) -> list[str] | None:
    """The run cut into syllables as struck, the fewest and best known, or None where most would be no word.

    `knows(plain)` says whether letters are a word, `writes(word)` whether a word is one with exactly these marks.
    """
    if not (6 <= len(run) <= _LONGEST_RUN and run.isascii() and run.isalnum() and run[0].isalpha()):
        return None
    if not _KEYS.search(run) or len(_CORES.findall(run)) < 2:
        return None
    best: list[tuple[float, list[str], int] | None] = [(0.0, [], 0), *[None] * len(run)]
    for start in range(len(run)):
        before = best[start]
        if before is None:
            continue
        for end in range(start + (1 if run[start].isdigit() else 2), min(len(run), start + _LONGEST_PIECE) + 1):
            piece = run[start:end]
            cost, letters = (0.0, 0)
            if start == 0 and piece in SHORTHAND:
                cost, letters = _KNOWN, len(piece)
            elif piece.isdigit():
                cost = _KNOWN  # “nhej4ddooj”
            elif run[start].isalpha() and (_CORE.search(piece) or writes(piece)):
                cost, letters = _worth(piece, knows, writes)
            if cost:
                now = best[end]
                total = before[0] + cost
                if now is None or total < now[0]:
                    best[end] = (total, [*before[1], run[start:end]], before[2] + letters)
    found = best[-1]
    return found[1] if found and len(found[1]) > 1 and found[2] * 2 > len(run) else None


def _worth(piece: str, knows: Callable[[str], bool], writes: Callable[[str], bool]) -> tuple[float, int]:
    """(cost, letters of it that are a known word); no cost where it can be no syllable."""
    if writes(piece):
        return _EXACT, len(piece)
    made, plain = _struck(piece)
    if not made:
        return 0.0, 0
    if knows(plain):
        # A mark left out is common (“thuoc1”); keys that fit no syllable mostly belong to two.
        is_likely = is_syllable(made) or len(piece) - len(plain) < 2
        return (_EXACT if writes(made) else _KNOWN if is_likely else _MISTRUCK), len(piece)
    return _SYLLABLE, 0


@lru_cache(maxsize=20_000)
def _struck(piece: str) -> tuple[str, str]:
    """The syllable those keys make and its letters, both empty where they make none. Marks may be missing: `thuoc1`."""
    if not _BEGINNING.match(piece) or _TWO_SYLLABLES.search(piece):
        return "", ""
    made = composed(piece)
    plain = letters(made)
    return (made, plain) if made.isalpha() and (is_syllable(made) or is_syllable(plain)) else ("", "")
