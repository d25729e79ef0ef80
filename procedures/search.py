"""From a citizen's words to procedures: plain functions over plain data, no database, no service, no network.

How it decides:

1. The message is read as words (reading.py): marks, raw keystrokes, joined words and shorthand are seen to there.
2. A procedure is only ever named because a keyword of its family (one licence: new, renewed, amended) is there *whole*
   (matching.py), each word agreeing with its marks (syllables.py) or within one slip. Half a product (“lá”, “thuốc”)
   names nothing; a bare official name will do where no keyword was written.
3. The longer phrase has the words: in “bán buôn rượu” and “nhà ga” the words “rượu” and “ga” belong to the phrase.
4. Families are ranked by how much of the message they explain, rare words counting more. Who makes, who sells on and
   who only supplies is told apart first (dealings.py).
5. Inside the family, what people want done (wishes.py: lost, expired, new address…) puts the procedures in order.
6. A product without any sign of trade or paperwork, in a message about other things, is nobody's application: none.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

from rapidfuzz.distance import OSA

from procedures.dealings import Found, buys_to_sell, is_the_suppliers, makers_first, without_makers
from procedures.lexicon import (
    ASKS,
    CONSUMES,
    ENGLISH_PAPER_NAMES,
    FILLERS,
    PAPER_NAMES,
    PAPERWORK,
    TRADE,
    WANTS,
    WANTS_PAIRS,
)
from procedures.matching import Match, matches_in, strongest
from procedures.reading import Word, plain_forms, says
from procedures.search_index import Index, Row
from procedures.syllables import spelling
from procedures.wishes import AMEND, NEW, RENEW, WISH_WORDS, Wish, wished

MATCH, AMBIGUOUS, NONE = "match", "ambiguous", "none"
MOST_HITS = 6
# A second family this close to the first, with a product word of its own, makes the answer a question.
CLOSE, OWN_PRODUCT = 0.3, 0.7
# Without a wish the first application comes first, by this much.
FIRST_TIME = 0.6
# A family outside our scope must explain this many times more than ours to turn a citizen away.
OUTWEIGHS = 2.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure found: `key` is its national code, else its local id; `why` are phrases in Vietnamese for staff."""

    key: str
    family: str
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referral:
    """What the citizen asks for is known, but another office does it."""

    key: str
    name: str
    refer_to: str


@dataclass(frozen=True, slots=True)
class Result:
    """`verdict`: match (hits[0] is meant), ambiguous (ask which), none (no hits; `fields` are what we do help with)."""

    text: str
    verdict: str
    hits: tuple[Hit, ...] = ()
    fields: tuple[str, ...] = ()
    referral: Referral | None = None
    why: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [hit.key for hit in self.hits]


def search(text: str, index: Index) -> Result:
    """What the words ask for. Never raises, whatever the text."""
    words = index.read(text)
    named = _named_by_code(words, index)
    if named:
        return _the_one(text, named, index)
    matches = matches_in(words, index)
    wishes = wished(words)
    buys_in = buys_to_sell(words)
    matches = [
        match for match in matches if not is_the_suppliers(match, words, matches, deals=buys_in or AMEND in wishes)
    ]
    found = _families(strongest(matches), matches, index)
    found = without_makers(found, index) if buys_in else makers_first(found, words, index)
    ours = [item for item in found if index.families[item.family].is_in_scope]
    elsewhere = [item for item in found if not index.families[item.family].is_in_scope]
    if ours and elsewhere and elsewhere[0].weight >= OUTWEIGHS * ours[0].weight:
        ours = []
    if ours and _is_about_something_else(words, ours, index):
        return _none(text, index, elsewhere, why=("có nhắc đến sản phẩm nhưng không hỏi giấy tờ, kinh doanh",))
    if not ours and not elsewhere and not matches:
        ours = _named_by_words(words, index)
    if ours:
        return _answer(text, ours, wishes, index)
    if not elsewhere and not matches:
        which = _wish_alone(words, wishes, index)
        if which:
            return Result(text=text, verdict=AMBIGUOUS, hits=which, fields=index.fields)
    return _none(text, index, elsewhere)


def _none(text: str, index: Index, elsewhere: Sequence["Found"] = (), why: tuple[str, ...] = ()) -> Result:
    referral = None
    if elsewhere:
        best = elsewhere[0]
        row = max(index.families[best.family].rows, key=best.weight_of)
        referral = Referral(key=row.key, name=row.short_name, refer_to=row.refer_to)
        why += tuple(dict.fromkeys(f"“{match.phrase.text}” do nơi khác tiếp nhận" for match in best.matches))
    return Result(text=text, verdict=NONE, fields=index.fields, referral=referral, why=why)


def _named_by_code(words: list[Word], index: Index) -> Row | None:
    """A code typed as on the portal: `2.000620`, `2000620`, or with a province's tail."""
    for word in words:
        key = index.key_by_code.get(word.typed) or index.key_by_code.get(word.typed.replace(".", ""))
        if key:
            return index.row_by_key[key]
    return None


def _the_one(text: str, row: Row, index: Index) -> Result:
    if not row.is_in_scope:
        referral = Referral(key=row.key, name=row.short_name, refer_to=row.refer_to)
        return Result(text=text, verdict=NONE, fields=index.fields, referral=referral, why=("mã thủ tục",))
    relatives = [other for other in index.families[row.family].rows if other.key != row.key]
    hits = [Hit(row.key, row.family, 9.0, ("mã thủ tục",)), *(Hit(other.key, row.family, 1.0) for other in relatives)]
    return Result(text=text, verdict=MATCH, hits=tuple(hits[:MOST_HITS]), fields=index.fields)


def _families(kept: list[Match], all_matches: list[Match], index: Index) -> list[Found]:
    """The families the matches speak for, best first.

    A misleading phrase takes the words it shares with its family. One that shares none rules the family out: “quán phở”
    beside “an toàn thực phẩm” makes it another ministry's business.
    """
    found: dict[str, Found] = {}
    for match in kept:
        if not match.phrase.is_misleading:
            item = found.setdefault(match.phrase.family, Found(match.phrase.family))
            item.matches.append(match)
            for position, weight in match.weights.items():
                item.weights[position] = max(item.weights.get(position, 0.0), weight)
    for match in kept:
        family = match.phrase.family
        if match.phrase.is_misleading and family in found and not _shares_words(match, family, all_matches):
            del found[family]
    order = {family: number for number, family in enumerate(index.families)}
    return sorted(found.values(), key=lambda item: (-round(item.weight, 3), order[item.family]))


def _shares_words(misleading: Match, family: str, matches: list[Match]) -> bool:
    return any(
        match.phrase.family == family and not match.phrase.is_misleading and match.positions & misleading.positions
        for match in matches
    )


def _is_about_something_else(words: list[Word], ours: list[Found], index: Index) -> bool:
    """A product alone says little: amid drinking, smoking or a story, and no trade, nobody asked for a licence."""
    explained = {position for item in ours for position in item.weights}
    official = frozenset().union(*(index.families[item.family].name_words for item in ours))
    rest = [word for at, word in enumerate(words) if at not in explained and not plain_forms(word) & official]
    if _wants(words) or any(match.names_trade for item in ours for match in item.matches):
        return False
    if any(form in CONSUMES for word in rest for form, _ in word.forms):
        return True
    if any(says(word, ASKS) for word in rest):
        return False
    unknown = [
        forms for forms in map(plain_forms, rest) if not forms & _KNOWN and not any(form.isdigit() for form in forms)
    ]
    return len(unknown) > 2 + len(explained)


def _wants(words: list[Word]) -> bool:
    if any(says(word, WANTS) for word in words):
        return True
    return any(
        says(word, frozenset([first])) and says(after, frozenset([second]))
        for word, after in pairwise(words)
        for first, second in _pairs_by_letters().get(spelling(word.forms[-1][0]).plain, ())
    )


@cache
def _pairs_by_letters() -> dict[str, list[tuple[str, ...]]]:
    by_letters: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for pair in WANTS_PAIRS:
        by_letters[spelling(pair[0]).plain].append(pair)
    return by_letters


_KNOWN = FILLERS | PAPERWORK | TRADE | frozenset(spelling(word).plain for word in WANTS)


def _answer(text: str, found: list[Found], wishes: dict[str, Wish], index: Index) -> Result:
    first = found[0]
    rivals = [item for item in found[1:] if item.weight >= CLOSE * first.weight and not _covers(first, item)]
    ranked = {item.family: _ranked(item, wishes, index) for item in found}
    # Asked “which of these?”, a citizen should see one of each, as they were named, before the variants of any.
    asked = sorted([first, *rivals], key=_named_at) if rivals else [first]
    hits = [ranked[item.family][0] for item in asked]
    hits += [hit for item in asked for hit in ranked[item.family][1:]]
    hits += [hit for item in found if item not in asked for hit in ranked[item.family]]
    verdict = AMBIGUOUS if rivals else MATCH
    return Result(text=text, verdict=verdict, hits=tuple(hits[:MOST_HITS]), fields=index.fields)


def _named_at(found: Found) -> int:
    """Where the message first names the product (not the selling of it)."""
    return min(found.weights, key=lambda position: (found.weights[position] < OWN_PRODUCT, position))


def _covers(first: Found, other: Found) -> bool:
    """Whether the other family only stands on words that the first explains too (“rượu” inside “nấu rượu”)."""
    apart = sum(weight for position, weight in other.weights.items() if position not in first.weights)
    return apart < OWN_PRODUCT and first.weight > other.weight


def _ranked(found: Found, wishes: dict[str, Wish], index: Index) -> list[Hit]:
    """The family's procedures in the order of what is wanted; without a wish, it is a first application."""
    is_first_time = RENEW not in wishes and AMEND not in wishes
    hits = []
    for row in index.families[found.family].rows:
        score = found.weight + found.weight_of(row) / found.weight
        why = dict.fromkeys(f"từ khóa “{match.phrase.text}”" for match in found.matches if match.phrase.key == row.key)
        if row.action in wishes:
            score += wishes[row.action].strength
            why[f"ý “{wishes[row.action].shown}”"] = None
        if is_first_time and row.action not in (RENEW, AMEND):
            score += FIRST_TIME
        hits.append(Hit(row.key, found.family, round(score, 2), tuple(why)))
    return sorted(hits, key=lambda hit: -hit.score)


def _named_by_words(words: list[Word], index: Index) -> list[Found]:
    """Families whose official name holds all the content words of the message, two of them side by side at least."""
    content = [
        (position, word)
        for position, word in enumerate(words)
        if not plain_forms(word) & _KNOWN and not word.typed.isdigit()
    ]
    pairs = [(a, b) for (i, a), (j, b) in zip(content, content[1:], strict=False) if j == i + 1]
    if not pairs or len(content) > 12:
        return []
    candidates = index.families_naming(content)
    return [
        Found(family, weights=dict.fromkeys((position for position, _ in content), 1.0))
        for family in candidates
        if any(index.name_has_pair(family, a, b) for a, b in pairs)
    ][:3]


def _wish_alone(words: list[Word], wishes: dict[str, Wish], index: Index) -> tuple[Hit, ...]:
    """“Xin cấp lại”, “đổi tên chủ” and nothing else: ask which licence, offering those that can be."""
    wish = max((wish for wish in wishes.values() if wish.action != NEW), key=lambda wish: wish.strength, default=None)
    if wish is None or not _is_only_about_papers(words):
        return ()
    if len(wish.words) == 1 and not any(plain_forms(word) & PAPER_NAMES for word in words):
        return ()  # a lamp may be broken, too
    ours = (row for family in index.families.values() if family.is_in_scope for row in family.rows)
    fitting = islice((row for row in ours if row.action == wish.action), MOST_HITS)
    return tuple(Hit(row.key, row.family, wish.strength, (f"ý “{wish.shown}”",)) for row in fitting)


def _is_nearly_paper(word: Word) -> bool:
    return len(word.typed) >= 3 and any(
        OSA.distance(spelling(word.typed).plain, name) <= 1 for name in ("giay", "phep")
    )


def _is_only_about_papers(words: list[Word]) -> bool:
    """Whether the licence is left unnamed: every word is a known one, or at least those that follow “giấy phép” are."""
    is_known = [bool(plain_forms(word) & (_KNOWN | WISH_WORDS)) or _is_nearly_paper(word) for word in words]
    if all(is_known):
        return True
    papers = [position for position, word in enumerate(words) if plain_forms(word) & PAPER_NAMES]
    if not papers:
        return False
    last = max(papers)
    if plain_forms(words[last]) & ENGLISH_PAPER_NAMES and not all(is_known[max(last - 1, 0) : last]):
        return False
    return all(is_known[last : last + 3])
