"""Who makes a thing, who sells it, who only supplies it: which of several licences for one product is meant."""

from dataclasses import dataclass, field
from itertools import pairwise

from procedures.lexicon import BUYS_IN, FROM, MAKES, PAPER_NAMES, SELLS, SHOPS
from procedures.matching import Match
from procedures.reading import Word, plain_forms, says
from procedures.search_index import Index, Row
from procedures.syllables import spelling


@dataclass
class Found:
    """What a family explains of the message."""

    family: str
    weights: dict[int, float] = field(default_factory=dict)  # position in the message → weight
    matches: list[Match] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return sum(self.weights.values())

    def weight_of(self, row: Row) -> float:
        """How much of the message the procedure's own keywords explain."""
        weights: dict[int, float] = {}
        for match in self.matches:
            if match.phrase.key == row.key:
                for position, weight in match.weights.items():
                    weights[position] = max(weights.get(position, 0.0), weight)
        return sum(weights.values())


def buys_to_sell(words: list[Word]) -> bool:
    """“Mua … về bán lại”, “bán rượu trắng, lấy của người ta”: what is sold was bought. A shop says so, too."""
    bought = [at for at, word in enumerate(words) if says(word, BUYS_IN)]
    sold = [at for at, word in enumerate(words) if says(word, SELLS)]
    if bought and sold and (sold[-1] > bought[0] or any(says(word, FROM) for word in words[bought[0] + 1 :][:2])):
        return True
    return any(
        (first, second) in SHOPS
        for word, after in pairwise(words)
        for first in plain_forms(word)
        for second in plain_forms(after)
    )


def is_the_suppliers(match: Match, words: list[Word], matches: list[Match], *, deals: bool) -> bool:
    """Other people's trade: who buys “của nhà phân phối” or takes another one distributes nothing.

    `deals`: the message speaks of buying in to sell or of changing the licence; then words pieced together from it are
    no trade of theirs, either.
    """
    if match.phrase.is_in_scope:
        return False
    # It must be a trade in what we license.
    if not any(other.phrase.is_in_scope and other.positions < match.positions for other in matches):
        return False
    before = min(match.positions) - 1
    if before > 0 and "nha" in plain_forms(words[before]):
        before -= 1  # “nhà phân phối”
    return (deals and not match.is_whole) or (before >= 0 and says(words[before], FROM))


def makers_first(found: list[Found], words: list[Word], index: Index) -> list[Found]:
    """Who speaks of making it (“sản xuất rượu ngâm”) means the licence to make, whatever kind of it is named too.

    Where that licence itself is named (“thêm rượu ngâm vào giấy phép nấu rượu”), the one to sell is not meant at all.
    """
    papers = {at + 1 for at, word in enumerate(words) if plain_forms(word) & PAPER_NAMES}
    made: set[str] = set()
    made_by_licence: set[str] = set()
    for item in found:
        for match in item.matches if _is_makers(item, index) else ():
            if match.is_whole and any(spelling(word).plain in MAKES for word in match.phrase.words):
                products = {word for word in match.phrase.words if index.is_product(word)}
                made |= products
                made_by_licence |= products if min(match.positions) in papers else set()

    def of(products: set[str], item: Found) -> bool:
        return any(products.intersection(match.phrase.words) for match in item.matches)

    def is_named(item: Found) -> bool:
        return any(match.is_whole and min(match.positions) in papers for match in item.matches)

    kept = [item for item in found if is_named(item) or _is_makers(item, index) or not of(made_by_licence, item)]
    return sorted(kept, key=lambda item: of(made, item) and not _is_makers(item, index))


def without_makers(found: list[Found], index: Index) -> list[Found]:
    """Without the licences to make what is sold, where a licence to sell stands on the same word of the message.

    The name of a homemade kind (“rượu đế”) speaks for its makers, but who buys it in to sell it only trades. A keyword
    that says they make it (“nấu rượu”) keeps the maker's licence.
    """
    sold = {position for item in found if not _is_makers(item, index) for position in item.weights}
    return [
        item
        for item in found
        if not (_is_makers(item, index) and sold & item.weights.keys())
        or any(spelling(word).plain in MAKES for match in item.matches for word in match.phrase.words)
    ]


def _is_makers(found: Found, index: Index) -> bool:
    return {"san", "xuat"} <= index.families[found.family].name_words
