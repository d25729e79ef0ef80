"""The catalogue arranged for searching: phrases by their rarest word, words by letters, by sound, by one slip.

Built from plain rows in a fraction of a second, kept in memory by each process, thrown away when the catalogue changes.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA

from procedures.lexicon import (
    FILLERS,
    PAPERWORK,
    SAME_WORD,
    SAME_WORD_WITH_MARKS,
    SHORTHAND,
    TRADE,
    WANTS,
    WEAK,
    WEAKEST,
)
from procedures.reading import Word, read, typed_words
from procedures.syllables import PLAIN, SAME, agreement, is_syllable, sound, spelling
from procedures.wishes import WISH_WORDS

# A word that only sounds alike, or is one slip away, is trusted this much.
SOUNDS_ALIKE, ONE_SLIP, SHORT_SOUNDS_ALIKE, DOUBTFUL = 0.75, 0.7, 0.62, 0.45
WEAK_WEIGHT, WEAKEST_WEIGHT = 0.25, 0.05
MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Row:
    """What search needs to know of one procedure. `key` is the national code, else the local id."""

    key: str
    name: str
    short_name: str
    family: str
    action: str
    field: str
    is_in_scope: bool = True
    refer_to: str = ""
    keywords: tuple[str, ...] = ()
    misleading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A keyword taken into words. `meaning` tells phrases that compete for the same words of a message apart."""

    text: str
    words: tuple[str, ...]
    weights: tuple[float, ...]
    key: str
    family: str
    is_misleading: bool
    is_in_scope: bool

    @property
    def meaning(self) -> tuple[str, bool]:
        return (self.family if self.is_misleading or not self.is_in_scope else "", self.is_misleading)


@dataclass
class Family:
    """One licence: the procedures to get it, renew it, amend it, in the catalogue's order."""

    name: str
    is_in_scope: bool
    rows: list[Row] = field(default_factory=list)
    name_words: set[str] = field(default_factory=set)  # plain
    name_pairs: set[tuple[str, str]] = field(default_factory=set)


_SIDE_NOTE = re.compile(r"\([^)]*\)")


class Index:
    """`Index(rows)`: rows in the catalogue's order. What it remembers of messages are single words, in memory only."""

    def __init__(self, rows: Iterable[Row]):
        self.families: dict[str, Family] = {}
        self.row_by_key: dict[str, Row] = {}
        self.key_by_code: dict[str, str] = {}
        fields: dict[str, None] = {}
        for row in rows:
            if not row.is_in_scope:
                # Never one family with ours, whatever the catalogue says: its procedures must not be offered.
                row = replace(row, family=f"ngoai-pham-vi:{row.family}")
            family = self.families.setdefault(row.family, Family(row.family, row.is_in_scope))
            family.rows.append(row)
            self.row_by_key[row.key] = row
            self.key_by_code[row.key.lower()] = self.key_by_code[row.key.lower().replace(".", "")] = row.key
            if row.is_in_scope:
                fields[row.field] = None
        self.fields: tuple[str, ...] = tuple(fields)
        self._spelled: dict[str, list[str]] = defaultdict(list)  # plain → spellings of the catalogue
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_deletion: dict[str, list[str]] = defaultdict(list)
        self._joined_by_deletion: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._phrases: dict[str, list[Phrase]] = defaultdict(list)  # rarest word → phrases
        self._families_by_name_word: dict[str, set[str]] = defaultdict(set)
        self._remembered: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}
        self._variants: dict[str, list[str]] = defaultdict(list)
        self._add_phrases()
        self._add_names()
        for variant, word in SAME_WORD.items():
            if word in self._spelled.get(spelling(word).plain, ()):
                self._variants[spelling(variant).plain].append(variant)
        self._vocabulary = frozenset(self._spelled) | frozenset(self._variants) | WISH_WORDS
        self._known = self._vocabulary | FILLERS | PAPERWORK | TRADE | {spelling(word).plain for word in WANTS}
        # Shorthand is opened into the words it stands for, unless the catalogue itself writes it so.
        self._known -= {spelling(short).plain for short in SHORTHAND} - self._spelled.keys()

    def _add_phrases(self) -> None:
        raw: list[tuple[str, tuple[str, ...], Row, bool]] = []
        families_of_word: dict[str, set[str]] = defaultdict(set)
        for row in self.row_by_key.values():
            # Whoever pastes the official name means it, too.
            names = (_SIDE_NOTE.sub("", row.name), _SIDE_NOTE.sub("", row.short_name)) if row.is_in_scope else ()
            for texts, is_misleading in (((*row.keywords, *names), False), (row.misleading, True)):
                for text in texts:
                    words = tuple(typed_words(text))
                    if words:
                        raw.append((text, words, row, is_misleading))
                        for word in words:
                            families_of_word[word].add(row.family)
        for word in families_of_word:
            self._add_spelling(word)
        spread = math.log(len(self.families) + 2)
        weight_of = {word: _weight(word, len(families), spread) for word, families in families_of_word.items()}
        self._products = frozenset(
            words[0] for _, words, _, is_misleading in raw if len(words) == 1 and not is_misleading
        )
        for text, words, row, is_misleading in raw:
            weights = tuple(weight_of[word] for word in words)
            if len(words) == 2 and min(weights) > WEAK_WEIGHT and not is_misleading:
                parts = tuple(spelling(word).plain for word in words)
                for cut in _deletions("".join(parts)):
                    self._joined_by_deletion[cut].append(("".join(parts), parts))
            rarest = words[max(range(len(words)), key=lambda at: weights[at])]
            self._phrases[rarest].append(
                Phrase(text, words, weights, row.key, row.family, is_misleading, self.families[row.family].is_in_scope)
            )

    def _add_spelling(self, word: str) -> None:
        plain = spelling(word).plain
        if not self._spelled[plain]:
            if len(plain) >= 3:
                self._by_sound[sound(plain)].append(plain)
            if len(plain) >= 4:
                for cut in _deletions(plain):
                    self._by_deletion[cut].append(plain)
        self._spelled[plain].append(word)

    def _add_names(self) -> None:
        for family in self.families.values():
            if not family.is_in_scope:
                continue
            for row in family.rows:
                for name in (row.name, row.short_name):
                    words = [spelling(word).plain for word in typed_words(name)]
                    family.name_words.update(words)
                    family.name_pairs.update(zip(words, words[1:], strict=False))
            for word in family.name_words:
                self._families_by_name_word[word].add(family.name)

    def read(self, text: str) -> list[Word]:
        return read(text, self._known.__contains__, self._parts)

    def _parts(self, plain: str) -> list[str] | None:
        """Letters run together, as the fewest known words: `giayphepbanruou` → giay phep ban ruou."""
        if len(plain) > 60 or (len(plain) >= 5 and any(self._one_slip_from(plain))):
            return None  # “tabacco” is a slip of one word, not three short ones
        best: list[list[str] | None] = [[], *[None] * len(plain)]
        for end in range(2, len(plain) + 1):
            for start in range(max(0, end - 12), end - 1):
                before = best[start]
                if before is not None and plain[start:end] in self._known:
                    now = best[end]
                    if now is None or len(before) + 1 < len(now):
                        best[end] = [*before, plain[start:end]]
        found = best[len(plain)]
        if found:
            return found if any(part in self._vocabulary for part in found) else None
        for cut in _deletions(plain):
            for joined, parts in self._joined_by_deletion.get(cut, ()):
                if OSA.distance(plain, joined, score_cutoff=1) <= 1:
                    return list(parts)
        return None

    def spellings(self, word: Word) -> dict[str, float]:
        """The catalogue's words that this one may be, each with how well it agrees."""
        known = self._remembered.get(word.forms)
        if known is None:
            known = self._spellings(word)
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[word.forms] = known
        return known

    def _spellings(self, word: Word) -> dict[str, float]:
        found: dict[str, float] = {}
        for form, trust in word.forms:
            plain = spelling(form).plain
            for target in self._spelled.get(plain, ()):
                quality = agreement(form, target) * trust
                if quality > found.get(target, 0.0):
                    found[target] = quality
            for variant in self._variants.get(plain, ()):
                quality = agreement(form, variant) * trust
                if quality >= (
                    SAME * PLAIN if variant in SAME_WORD_WITH_MARKS else PLAIN * PLAIN
                ) and quality > found.get(SAME_WORD[variant], 0.0):
                    found[SAME_WORD[variant]] = quality
        if not found and len(word.typed) >= 3 and word.typed.isalpha():
            plain = spelling(word.typed).plain
            if plain in self._known:
                return found
            for other in self._by_sound.get(sound(plain), ()):
                for target in self._spelled[other]:
                    if _same_marks(word.typed, target):
                        found[target] = SOUNDS_ALIKE if len(plain) >= 4 else SHORT_SOUNDS_ALIKE
            if not found:
                # What is a syllable as it stands may well be another word: the rest of its phrase must vouch for it.
                trust = ONE_SLIP if len(plain) >= 6 or not is_syllable(word.typed) else DOUBTFUL
                for other in self._one_slip_from(plain):
                    for target in self._spelled[other]:
                        # Short words of other languages are all one letter apart: “good”, “food”.
                        if len(plain) >= 5 or is_syllable(target):
                            found[target] = trust
        return found

    def _one_slip_from(self, plain: str) -> Iterator[str]:
        """Words of the catalogue one letter more, less, other or swapped. Of three letters only one may be missing."""
        for other in {other for cut in _deletions(plain) for other in self._by_deletion.get(cut, ())}:
            if len(plain) + len(other) >= 7 and OSA.distance(plain, other, score_cutoff=1) <= 1:
                yield other

    def phrases_led_by(self, word: str) -> list[Phrase]:
        """The phrases whose most telling word this is."""
        return self._phrases.get(word, [])

    def is_product(self, word: str) -> bool:
        """Whether the word alone is a keyword."""
        return word in self._products

    def knows(self, word: Word) -> bool:
        """Whether it is a word of the catalogue or of any message to an office."""
        return word.typed.isdigit() or any(spelling(form).plain in self._known for form, _ in word.forms)

    def families_naming(self, content: list[tuple[int, Word]]) -> list[str]:
        """Families whose name holds every one of these words."""
        common: set[str] | None = None
        for _, word in content:
            naming = set().union(
                *(self._families_by_name_word.get(spelling(form).plain, set()) for form, _ in word.forms)
            )
            common = naming if common is None else common & naming
            if not common:
                return []
        return [name for name in self.families if name in (common or ())]

    def name_has_pair(self, family: str, first: Word, second: Word) -> bool:
        return any(
            (spelling(a).plain, spelling(b).plain) in self.families[family].name_pairs
            for a, _ in first.forms
            for b, _ in second.forms
        )


def _weight(word: str, family_count: int, spread: float) -> float:
    """How much a word of a keyword tells: paperwork nothing, trade little, a product that few families share most."""
    if word in WEAKEST:
        return WEAKEST_WEIGHT
    return WEAK_WEIGHT if word in WEAK else 1.5 - 0.5 * math.log(family_count) / spread


def _deletions(plain: str) -> set[str]:
    return {plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))}


def _same_marks(typed: str, target: str) -> bool:
    """Whether the marks that were typed allow the target: none, the same tone, or only hats and horns left out."""
    a, b = spelling(typed), spelling(target)
    return (a.shape == a.plain and not a.tone) or a.tone in ("", b.tone) or not is_syllable(typed)
