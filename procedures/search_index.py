"""The catalogue arranged for searching: phrases by their rarest word, words by letters, by sound, by one slip.

Built from plain rows in a fraction of a second, kept in memory by each process, thrown away when the catalogue changes.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA

from procedures.keystrokes import composed
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
from procedures.runs import apart
from procedures.syllables import PLAIN, agreement, is_syllable, sound, spelling
from procedures.text import letters
from procedures.wishes import WISH_WORDS

# A word that only sounds alike, or is one slip away, is trusted this much.
SOUNDS_ALIKE, ONE_SLIP, SHORT_SOUNDS_ALIKE, DOUBTFUL = 0.75, 0.7, 0.62, 0.45
# A variant that is a word of its own: enough beside the rest of its phrase (“bán rượi”), not alone (“rượi buồn”).
DOUBTED_VARIANT = 0.64
WEAK_WEIGHT, WEAKEST_WEIGHT = 0.25, 0.05
MOST_REMEMBERED = 20_000
# Among letters run together, beside 1 for a known word.
UNKNOWN_SYLLABLE = 4


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
    word_set: frozenset[str]

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
        self._of_ours: set[str] = set()  # letters of the words of our own keywords
        self._joined: dict[str, list[str]] = {}  # letters of a keyword without its spaces → its words
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
        talk = FILLERS | PAPERWORK | TRADE | {spelling(word).plain for word in WANTS}
        self._known = self._vocabulary | talk
        self._business = self._of_ours | WISH_WORDS | talk
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
                            if row.is_in_scope and not is_misleading:
                                self._of_ours.add(spelling(word).plain)
        for word in families_of_word:
            self._add_spelling(word)
        spread = math.log(len(self.families) + 2)
        weight_of = {word: _weight(word, len(families), spread) for word, families in families_of_word.items()}
        self._products = frozenset(
            words[0] for _, words, _, is_misleading in raw if len(words) == 1 and not is_misleading
        )
        for text, words, row, is_misleading in raw:
            weights = tuple(weight_of[word] for word in words)
            if len(words) > 1:
                plains = [spelling(word).plain for word in words]
                self._joined.setdefault("".join(plains), plains)
            if len(words) == 2 and min(weights) > WEAK_WEIGHT and not is_misleading:
                parts = tuple(spelling(word).plain for word in words)
                for cut in _deletions("".join(parts)):
                    self._joined_by_deletion[cut].append(("".join(parts), parts))
            rarest = words[max(range(len(words)), key=lambda at: weights[at])]
            self._phrases[rarest].append(
                Phrase(
                    text,
                    words,
                    weights,
                    row.key,
                    row.family,
                    is_misleading,
                    self.families[row.family].is_in_scope,
                    frozenset(words),
                )
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
        return read(text, self)

    def knows_letters(self, plain: str) -> bool:
        return plain in self._known

    def names(self, plain: str) -> bool:
        return plain in self._vocabulary

    def writes(self, word: str) -> bool:
        return word in self._spelled.get(spelling(word).plain, ())

    def parts(self, plain: str) -> list[str] | None:
        """Letters run together, as the fewest known words: `giayphepbanruou` → giay phep ban ruou."""
        if plain in self._joined:
            return self._joined[plain]
        if len(plain) > 60 or (len(plain) >= 5 and any(self._one_slip_from(plain))):
            return None  # “tabacco” is a slip of one word, not three short ones
        found = self._fewest_words(plain)
        if found and not any(part in self._vocabulary for part in found):
            found = None
        if not found:
            for cut in _deletions(plain):
                for joined, parts in self._joined_by_deletion.get(cut, ()):
                    if OSA.distance(plain, joined, score_cutoff=1) <= 1:
                        return list(parts)
        struck = apart(plain, self.knows_letters, self.writes)
        if struck and any(self.names(letters(composed(piece))) for piece in struck):
            # “thuoocla” is two words, though “thuo”, “oc” and “la” are some, too.
            if not found or (len(struck) < len(found) and all(self._is_struck(piece) for piece in struck)):
                return struck
        return found

    def _fewest_words(self, plain: str) -> list[str] | None:
        """The cheapest cut into known words; a syllable nobody knows (“keoguong”) costs more, and few may be one."""
        best: list[tuple[int, list[str], int] | None] = [(0, [], 0), *[None] * len(plain)]
        for end in range(2, len(plain) + 1):
            for start in range(max(0, end - 12), end - 1):
                before, piece = best[start], plain[start:end]
                if before is None:
                    continue
                is_known = piece in self._known or (start == 0 and piece in SHORTHAND)
                if not is_known and (len(piece) < 3 or not is_syllable(piece)):
                    continue
                cost = before[0] + (1 if is_known else UNKNOWN_SYLLABLE)
                now = best[end]
                if now is None or cost < now[0]:
                    best[end] = (cost, [*before[1], piece], before[2] + (0 if is_known else len(piece)))
        found = best[len(plain)]
        return found[1] if found and found[2] * 3 <= len(plain) else None

    def _is_struck(self, piece: str) -> bool:
        made = composed(piece)
        plain = letters(made)
        return plain in self._known and (is_syllable(made) or len(piece) - len(plain) < 2)

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
                likeness = agreement(form, variant)
                quality = likeness * trust
                if variant in SAME_WORD_WITH_MARKS:
                    quality = DOUBTED_VARIANT * trust if likeness >= PLAIN else 0.0
                elif quality < PLAIN * PLAIN:
                    continue
                if quality > found.get(SAME_WORD[variant], 0.0):
                    found[SAME_WORD[variant]] = quality
        if not found and len(word.typed) >= 3 and word.typed.isalnum():
            made = composed(word.typed)
            for typed in (word.typed, made) if made != word.typed and is_syllable(made) else (word.typed,):
                if typed.isalpha() and not found:
                    found = self._nearly(typed)
        return found

    def _nearly(self, typed: str) -> dict[str, float]:
        """The catalogue's words that sound like this one, or else those one slip away."""
        plain = spelling(typed).plain
        if plain in self._known:
            return {}
        found = {
            target: SOUNDS_ALIKE if len(plain) >= 4 else SHORT_SOUNDS_ALIKE
            for other in self._by_sound.get(sound(plain), ())
            for target in self._spelled[other]
            if _same_marks(typed, target)
        }
        if found:
            return found
        # What is a syllable as it stands may well be another word: the rest of its phrase must vouch for it.
        trust = ONE_SLIP if len(plain) >= 6 or not is_syllable(typed) else DOUBTFUL
        return {
            target: trust
            for other in self._one_slip_from(plain)
            for target in self._spelled[other]
            # Short words of other languages are all one letter apart: “good”, “food”.
            if len(plain) >= 5 or is_syllable(target)
        }

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

    def is_business(self, word: Word) -> bool:
        """Whether it is a word of our own keywords or of any message to an office, not of what is mistaken for them."""
        return word.typed.isdigit() or any(spelling(form).plain in self._business for form, _ in word.forms)

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
