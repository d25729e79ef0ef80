"""Keywords in a message: where each stands whole, how well its words agree, and which of them has the words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from procedures.lexicon import FILLERS, PAPERWORK, TRADE, UNMARKED, WANTS, WANTS_PAIRS
from procedures.reading import Word
from procedures.search_index import DOUBTFUL, WEAK_WEIGHT, Index, Phrase
from procedures.syllables import OTHER_TONE, PLAIN, SAME, SLIP, agreement, spelling

LEAST_QUALITY, LEAST_QUALITY_ALONE = 0.6, 0.65
# Whoever writes marks elsewhere left this word plain on purpose: it agrees less with a word that has them.
PLAIN_AMONG_MARKED = 0.8
# And a word that is a common one as it stands (“cho”) is hardly another (“chợ”).
UNMARKED_AMONG_MARKED = 0.5
# A misleading phrase takes words away, so it must be fairly certain.
LEAST_QUALITY_MISLEADING = 0.7
# Words of a phrase with others between them say it less clearly than the phrase itself, and each must be clear.
SCATTERED, LEAST_QUALITY_SCATTERED = 0.85, 0.75


@dataclass(slots=True, eq=False)
class Match:
    """A phrase found whole in a message. `weights`: position of the word → how much it tells."""

    phrase: Phrase
    weights: dict[int, float]
    quality: float
    is_whole: bool  # in order, nothing between
    positions: frozenset[int] = field(init=False)
    span: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.positions = frozenset(self.weights)
        self.span = frozenset(range(min(self.weights), max(self.weights) + 1))

    @property
    def names_trade(self) -> bool:
        """Whether the phrase itself says that somebody trades or files (“bán rượu”, “giấy phép gas”)."""
        words = self.phrase.words
        return any(word in WANTS for word in words) or any(pair in WANTS_PAIRS for pair in pairwise(words))


@dataclass(frozen=True)
class _Message:
    words: list[Word]
    readings: list[dict[str, float]]  # for each word: the catalogue's words it may be, with how well they agree
    places: dict[str, list[int]]  # the other way round
    is_business: list[bool]


def matches_in(words: list[Word], index: Index) -> list[Match]:
    """Every phrase of the catalogue that is in the message whole."""
    message = _understood(words, index)
    found = []
    said = message.places.keys()
    for target in message.places:
        for phrase in index.phrases_led_by(target):
            # Most are not: sets find that out fastest.
            if said >= phrase.word_set:
                match = _match(phrase, message, index)
                if match:
                    found.append(match)
    return found


def strongest(matches: list[Match]) -> list[Match]:
    """Without those inside a longer one of another meaning: in “bán buôn rượu” and “nhà ga” the phrase rules."""
    return [match for match in matches if not any(_takes(other, match) for other in matches if other is not match)]


def _takes(other: Match, match: Match) -> bool:
    if other.phrase.meaning == match.phrase.meaning:
        return False
    inside = len(match.positions & other.span)
    size = len(other.phrase.words)
    if size > inside > 0 and (inside == len(match.positions) or not match.is_whole):
        # All words that tell must lie in the other. One pieced together takes nothing from one that stands whole.
        tells = {position for position, weight in match.weights.items() if weight > WEAK_WEIGHT} or match.positions
        return tells <= other.span and (other.is_whole or other.positions >= match.positions)
    same_place = other.positions == match.positions and size == len(match.phrase.words)
    return same_place and other.quality > match.quality


def _understood(words: list[Word], index: Index) -> _Message:
    readings = [index.spellings(word) for word in words]
    marked = [spelling(word.typed).plain != word.typed for word in words if word.typed.isalpha()]
    if sum(marked) >= 2 and sum(marked) * 5 >= len(marked) * 2:
        readings = [_doubting_plain(word, reading) for word, reading in zip(words, readings, strict=True)]
    places: dict[str, list[int]] = defaultdict(list)
    for position, reading in enumerate(readings):
        for target in reading:
            places[target].append(position)
    return _Message(words, readings, places, [index.is_business(word) for word in words])


def _doubting_plain(word: Word, reading: dict[str, float]) -> dict[str, float]:
    if spelling(word.typed).plain != word.typed:
        return reading
    doubt = UNMARKED_AMONG_MARKED if word.typed in UNMARKED else PLAIN_AMONG_MARKED
    return {target: quality * doubt if quality == PLAIN else quality for target, quality in reading.items()}


def _match(phrase: Phrase, message: _Message, index: Index) -> Match | None:
    size = len(phrase.words)
    best: Match | None = None
    for start in message.places[phrase.words[0]]:
        here = range(start, start + size)
        if here.stop <= len(message.words) and all(
            word in message.readings[at] for at, word in zip(here, phrase.words, strict=True)
        ):
            match = _weighed(phrase, here, message, 1.0)
            if match and (best is None or match.quality > best.quality):
                best = match
    if best is None and size > 1 and not phrase.is_misleading:
        positions = _pair(phrase, message, index) if size == 2 else _gathered(phrase, message)
        if positions and _is_clear(phrase, positions, message):
            best = _weighed(phrase, positions, message, SCATTERED)
    if best and size == 1 and not phrase.is_misleading and not _stands_alone(best, message):
        return None
    return best


def _stands_alone(match: Match, message: _Message) -> bool:
    """Two letters (“ga”, “tp”) are a product only beside plain business talk: not in “cơm ga”, “ga giường”."""
    (at,) = match.positions
    typed = message.words[at].typed
    if len(typed) > 2 or not typed.isalpha():
        return True
    return all(message.is_business[beside] for beside in (at - 1, at + 1) if 0 <= beside < len(message.words))


def _pair(phrase: Phrase, message: _Message, index: Index) -> list[int] | None:
    """A verb and its product a little apart: “nấu vài lít rượu”, but never “làm giấy rượu” or “rượu có cần”."""
    if not index.is_product(phrase.words[1]):
        return None
    for first in message.places[phrase.words[0]]:
        for second in message.places[phrase.words[1]]:
            if 1 < second - first <= 4 and all(_is_aside(message.words[at]) for at in range(first + 1, second)):
                return [first, second]
    return None


def _is_aside(word: Word) -> bool:
    plain = {spelling(form).plain for form, _ in word.forms}
    return word.typed.isdigit() or (bool(plain & FILLERS) and not plain & PAPERWORK)


def _gathered(phrase: Phrase, message: _Message) -> list[int] | None:
    """Three words or more that stand near each other in any order: “bán rượu lẻ” for “bán lẻ rượu”."""
    size = len(phrase.words)
    anchor = max(range(size), key=phrase.weights.__getitem__)
    for centre in message.places[phrase.words[anchor]]:
        positions: list[int] = []
        for word in phrase.words:
            near = [at for at in message.places[word] if at not in positions and abs(at - centre) <= size + 3]
            if not near:
                break
            positions.append(min(near, key=lambda at: abs(at - centre)))
        if len(positions) == size and max(positions) - min(positions) < size + 4 and _hold_together(positions, anchor):
            return positions
    return None


def _is_clear(phrase: Phrase, positions: list[int], message: _Message) -> bool:
    """Whether the scattered words are surely meant: “cho hỏi thủ tục” is no “thu hồi chợ”."""
    pairs = list(zip(positions, phrase.words, phrase.weights, strict=True))
    return all(message.readings[at][word] >= LEAST_QUALITY_SCATTERED for at, word, _ in pairs) and any(
        weight > WEAK_WEIGHT and (_is_written_out(message.words[at], word) or not _is_plain_talk(message.words[at]))
        for at, word, weight in pairs
    )


def _is_written_out(word: Word, meant: str) -> bool:
    """Whether it was typed with its marks, all of them right."""
    return word.typed != spelling(word.typed).plain and agreement(word.typed, meant) == SAME


_PLAIN_TALK = FILLERS | PAPERWORK | TRADE


def _is_plain_talk(word: Word) -> bool:
    return any(spelling(form).plain in _PLAIN_TALK for form, _ in word.forms)


def _hold_together(positions: list[int], anchor: int) -> bool:
    """Whether words that belong together in the phrase are still beside each other: not three strays of a sentence.

    `anchor`: which word is the product. In “rượu trong nhà hàng” the two others keep together; in “mặt hàng rượu cho
    nhà em” they do not.
    """
    apart = [after - before for before, after in pairwise(positions)]
    if len(positions) == 3:
        others = [at for number, at in enumerate(positions) if number != anchor]
        is_in_order = min(apart) > 0 or max(positions) - min(positions) == 2
        return (is_in_order or others[1] - others[0] == 1) and 1 in map(abs, apart)
    return sum(distance in (1, 2) for distance in apart) >= len(positions) // 2


def _weighed(phrase: Phrase, positions: Iterable[int], message: _Message, factor: float) -> Match | None:
    """The match with its weights, or None where its words agree too badly."""
    places = list(positions)
    qualities = [message.readings[at][word] for at, word in zip(places, phrase.words, strict=True)]
    if phrase.is_misleading and min(qualities) < LEAST_QUALITY_MISLEADING:
        return None
    if not _is_believable(phrase, qualities):
        return None
    weights = {
        at: weight * quality * factor for at, weight, quality in zip(places, phrase.weights, qualities, strict=True)
    }
    return Match(phrase, weights, factor * sum(qualities) / len(qualities), is_whole=factor == 1.0)


def _is_believable(phrase: Phrase, qualities: list[float]) -> bool:
    """Whether the words agree well enough. One bad word is forgiven where the others leave no doubt."""
    if len(qualities) == 1:
        return qualities[0] >= LEAST_QUALITY_ALONE
    worst = min(range(len(qualities)), key=qualities.__getitem__)
    if qualities[worst] >= LEAST_QUALITY:
        return True
    others = [at for at in range(len(qualities)) if at != worst]
    # The guess may itself come from raw keys, hence a little less than the plain figure.
    if min(qualities[at] for at in others) < SLIP or qualities[worst] < OTHER_TONE * LEAST_QUALITY:
        return False
    telling = [at for at in others if phrase.weights[at] > WEAK_WEIGHT]
    if qualities[worst] >= DOUBTFUL * LEAST_QUALITY and len(phrase.words[worst]) >= 4:
        return bool(telling)  # “thốc lá”: a slip that made another syllable
    return any(len(phrase.words[at]) >= 5 for at in telling)  # “thuốc là”: a wrong tone, but never “bán gà”
