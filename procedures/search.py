"""From a citizen's words to procedures: plain functions over plain data, no database, no service, no network.

How it decides:

1. The message is read as words (reading.py): marks, raw keystrokes, joined words and shorthand are seen to there.
2. A procedure is only ever named because a keyword of its family (one licence: new, renewed, amended) is there *whole*, each word
   agreeing with its marks (syllables.py) or within one slip. So half a product (“lá”, “thuốc”) names nothing.
3. The longer phrase has the words: in “bán buôn rượu” and “nhà ga” the words “rượu” and “ga” belong to the phrase.
4. Families are ranked by how much of the message they explain, rare words counting more.
5. Inside the family, what people want done (lexicon.py: lost, expired, new address…) puts the procedures in order.
6. A product without any sign of trade or paperwork, in a message about other things, is nobody's application: none.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from procedures.lexicon import AMEND, ASKS, CONSUMES, FILLERS, NEW, PAPER_NAMES, PAPERWORK, RENEW, TRADE, WANTS
from procedures.reading import Word
from procedures.search_index import Index, Match
from procedures.syllables import SLIP, agreement

MATCH, AMBIGUOUS, NONE = "match", "ambiguous", "none"
MOST_HITS = 6
# A second family this close to the first, with a product word of its own, makes the answer a question.
CLOSE, OWN_PRODUCT = 0.3, 0.7
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
    """`verdict`: match (hits[0] is meant), ambiguous (ask which), none (hits is empty; `fields` are what we do help with)."""

    text: str
    verdict: str
    hits: tuple[Hit, ...] = ()
    fields: tuple[str, ...] = ()
    referral: Referral | None = None
    why: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [hit.key for hit in self.hits]


@dataclass
class _Found:
    """What a family explains of the message."""

    family: str
    weights: dict[int, float] = field(default_factory=dict)  # position in the message → weight
    matches: list[Match] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


def search(text: str, index: Index) -> Result:
    """What the words ask for. Never raises, whatever the text."""
    words = index.read(text)
    by_code = _named_by_code(words, index)
    if by_code:
        return _answer(text, [by_code], {}, index, why=("mã thủ tục",))
    matches = _strongest(index.matches(words))
    found = _families(matches, index)
    ours = [item for item in found if index.families[item.family].is_in_scope]
    elsewhere = [item for item in found if not index.families[item.family].is_in_scope]
    wanted = _wanted(words, index)
    if ours and elsewhere and elsewhere[0].weight >= OUTWEIGHS * ours[0].weight:
        ours = []
    if ours and _is_about_something_else(words, ours):
        return _none(text, index, elsewhere, why=("có nhắc đến sản phẩm nhưng không hỏi giấy tờ, kinh doanh",))
    if ours:
        return _answer(text, ours, wanted, index)
    if not elsewhere and not any(match.is_misleading for match in matches):
        by_name = _named_by_words(words, index)
        if by_name:
            return _answer(text, by_name, wanted, index, why=("theo tên thủ tục",))
        only_wanted = _wanted_only(text, words, wanted, index)
        if only_wanted:
            return only_wanted
    return _none(text, index, elsewhere)


def _none(text: str, index: Index, elsewhere: list[_Found], why: tuple[str, ...] = ()) -> Result:
    referral = None
    if elsewhere:
        row = index.families[elsewhere[0].family].rows[0]
        best = max(
            index.families[elsewhere[0].family].rows, key=lambda row: index.own_weight(row, elsewhere[0].matches)
        )
        row = best or row
        referral = Referral(key=row.key, name=row.short_name, refer_to=row.refer_to)
        why += tuple(dict.fromkeys(f"“{match.phrase.text}” do nơi khác tiếp nhận" for match in elsewhere[0].matches))
    return Result(text=text, verdict=NONE, fields=index.fields, referral=referral, why=why)


def _named_by_code(words: list[Word], index: Index) -> _Found | None:
    """A code typed as on the portal: `2.000620`, `2000620`, or with a province's tail."""
    for word in words:
        key = index.key_by_code.get(word.typed) or index.key_by_code.get(word.typed.replace(".", ""))
        if key:
            return _Found(family=index.row_by_key[key].family, weights={0: 9.0}, matches=[])
    return None


def _strongest(matches: list[Match]) -> list[Match]:
    """Drop a match that lies inside a longer one of another meaning: the longer phrase has the words."""
    kept = []
    for match in matches:
        if not any(_takes(other, match) for other in matches if other is not match):
            kept.append(match)
    return kept


def _takes(other: Match, match: Match) -> bool:
    if other.phrase.meaning == match.phrase.meaning:
        return False
    inside = [position for position in match.positions if position in other.span]
    if len(other.phrase.words) > len(inside) > 0 and (match.positions <= other.span or not match.is_whole):
        # The words that tell must all lie in the other; a phrase pieced together takes nothing from one that stands whole.
        tells = {position for position, weight in match.weights.items() if weight > 0.3} or match.positions
        return tells <= other.span and (other.is_whole or other.positions >= match.positions)
    same_place = other.positions == match.positions and len(other.phrase.words) == len(match.phrase.words)
    return same_place and other.quality > match.quality


def _families(matches: list[Match], index: Index) -> list[_Found]:
    """The families the matches speak for, best first. A misleading phrase that stands apart from a family rules it out."""
    found: dict[str, _Found] = {}
    for match in matches:
        if match.is_misleading:
            continue
        item = found.setdefault(match.phrase.family, _Found(match.phrase.family))
        item.matches.append(match)
        for position, weight in match.weights.items():
            item.weights[position] = max(item.weights.get(position, 0.0), weight)
    for match in matches:
        if match.is_misleading and match.phrase.family in found:
            if not match.overlaps_own_family:
                del found[match.phrase.family]
    order = {family: number for number, family in enumerate(index.families)}
    return sorted(found.values(), key=lambda item: (-round(item.weight, 3), order[item.family]))


def _is_about_something_else(words: list[Word], ours: list[_Found]) -> bool:
    """A product alone says little: with drinking, smoking or a story around it and no trade, nobody asked for a licence."""
    explained = {position for item in ours for position in item.weights}
    rest = [word for position, word in enumerate(words) if position not in explained]
    if any(_says(word, WANTS) for word in rest) or any(match.names_trade for item in ours for match in item.matches):
        return False
    if any(word.typed in CONSUMES for word in rest):
        return True
    if any(_says(word, ASKS) for word in rest):
        return False
    unknown = [
        forms for forms in map(_plain_forms, rest) if not forms & _KNOWN and not any(form.isdigit() for form in forms)
    ]
    return len(unknown) > 2 + len(explained)


_KNOWN = FILLERS | PAPERWORK | TRADE | frozenset(map(Index.plain, WANTS))


def _plain_forms(word: Word) -> frozenset[str]:
    return frozenset(Index.plain(form) for form, _ in word.forms)


def _says(word: Word, marked: frozenset[str]) -> bool:
    """Whether it is one of these words: “giá” is not “gia”, but “ban” may be “bán”."""
    return any(
        agreement(form, each) >= SLIP
        for form, _ in word.forms
        for each in _by_letters(marked).get(Index.plain(form), ())
    )


@cache
def _by_letters(marked: frozenset[str]) -> dict[str, list[str]]:
    by_letters: dict[str, list[str]] = defaultdict(list)
    for word in marked:
        by_letters[Index.plain(word)].append(word)
    return by_letters


def _wanted(words: list[Word], index: Index) -> dict[str, tuple[float, str]]:
    """What people want done: action → (strength, the words that say so)."""
    wanted: dict[str, tuple[float, str]] = {}
    for intent in index.intents_in(words):
        strength, _ = wanted.get(intent.action, (0.0, ""))
        if intent.strength > strength:
            wanted[intent.action] = (intent.strength, intent.shown)
    return wanted


def _answer(
    text: str, found: list[_Found], wanted: dict[str, tuple[float, str]], index: Index, why: tuple[str, ...] = ()
) -> Result:
    first = found[0]
    rivals = [item for item in found[1:] if item.weight >= CLOSE * first.weight and not _covers(first, item)]
    verdict = AMBIGUOUS if rivals else MATCH
    ranked = {item.family: _ranked(item, wanted, index, why) for item in found}
    hits: list[Hit] = []
    if rivals:
        # Asked “which of these?”, a citizen should see one of each, as they were named, before the variants of any.
        asked = sorted([first, *rivals], key=_named_at)
        hits += [ranked[item.family][0] for item in asked]
        hits += [hit for item in asked for hit in ranked[item.family][1:]]
    else:
        hits += ranked[first.family]
    for item in found:
        hits += [hit for hit in ranked[item.family] if hit not in hits]
    return Result(text=text, verdict=verdict, hits=tuple(hits[:MOST_HITS]), fields=index.fields)


def _named_at(found: _Found) -> int:
    """Where the message first names the product (not the selling of it)."""
    return min(found.weights, key=lambda position: (found.weights[position] < OWN_PRODUCT, position))


def _covers(first: _Found, other: _Found) -> bool:
    """Whether the other family only stands on words that the first explains too (“rượu” inside “nấu rượu”)."""
    apart = sum(weight for position, weight in other.weights.items() if position not in first.weights)
    return apart < OWN_PRODUCT and first.weight > other.weight


def _ranked(found: _Found, wanted: dict[str, tuple[float, str]], index: Index, why: tuple[str, ...]) -> list[Hit]:
    """The family's procedures in the order of what is wanted; without a wish, whoever asks is applying for the first time."""
    hits = []
    for row in index.families[found.family].rows:
        own = index.own_weight(row, found.matches)
        strength, shown = wanted.get(row.action, (0.0, ""))
        first_time = 0.6 if row.action not in (RENEW, AMEND) and RENEW not in wanted and AMEND not in wanted else 0.0
        reasons = why + tuple(
            dict.fromkeys(f"từ khóa “{match.phrase.text}”" for match in found.matches if match.phrase.key == row.key)
        )
        if shown:
            reasons += (f"ý “{shown}”",)
        hits.append(
            Hit(
                row.key,
                found.family,
                round(found.weight + own / max(found.weight, 0.01) + strength + first_time, 2),
                reasons,
            )
        )
    return sorted(hits, key=lambda hit: -hit.score)


def _named_by_words(words: list[Word], index: Index) -> list[_Found]:
    """Families whose official name holds all the content words of the message, two of them side by side at least."""
    content = [
        (position, word)
        for position, word in enumerate(words)
        if not _plain_forms(word) & _KNOWN and not word.typed.isdigit()
    ]
    pairs = [(a, b) for (i, a), (j, b) in zip(content, content[1:], strict=False) if j == i + 1]
    if not pairs or len(content) > 12:
        return []
    candidates = index.families_naming(content)
    return [
        _Found(family, weights=dict.fromkeys((position for position, _ in content), 1.0))
        for family in candidates
        if any(index.name_has_pair(family, a, b) for a, b in pairs)
    ][:3]


def _wanted_only(text: str, words: list[Word], wanted: dict[str, tuple[float, str]], index: Index) -> Result | None:
    """“Xin cấp lại”, “đổi tên chủ” and nothing else: ask which licence, offering those that can be."""
    action = max((a for a in wanted if a != NEW), key=lambda a: wanted[a][0], default=None)
    if action is None or not _is_only_about_papers(words, index):
        return None
    rows = [
        row for family in index.families.values() if family.is_in_scope for row in family.rows if row.action == action
    ]
    hits = tuple(Hit(row.key, row.family, wanted[action][0], (f"ý “{wanted[action][1]}”",)) for row in rows)
    return Result(text=text, verdict=AMBIGUOUS, hits=hits[:MOST_HITS], fields=index.fields) if hits else None


def _is_only_about_papers(words: list[Word], index: Index) -> bool:
    """Whether the licence is left unnamed: every word is a known one, or at least those that follow “giấy phép” are."""
    is_known = [bool(_plain_forms(word) & _KNOWN) or index.is_intent_word(word) for word in words]
    if all(is_known):
        return True
    papers = [position for position, word in enumerate(words) if _plain_forms(word) & PAPER_NAMES]
    return bool(papers) and all(is_known[max(papers) : max(papers) + 3])
