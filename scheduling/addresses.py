"""Which of today's wards an address lies in, or that it lies outside, or that one must ask.

A sure answer is given only where the words leave one choice. Old wards are followed to what they have become; names
that occur twice in the province (Vạn Thắng, Vĩnh Hải, Phước Hải…) count by what stands beside them: a kind, a city, a
street.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scheduling.address_words import (
    Mention,
    is_origin,
    looks_rural,
    looks_urban,
    mentions,
    moved_to,
    numbered_unit,
    tokens,
)
from scheduling.gazetteer import Gazetteer, Level, Meaning, packaged_gazetteer, short

Verdict = Literal["inside", "outside", "ambiguous", "unknown"]


@dataclass(frozen=True)
class AddressReading:
    """`inside`: `ward` is the code of today's ward. `outside`: `elsewhere` says where, as far as the words do.

    `ambiguous`: ask; `candidates` are codes of today's wards it may be, ours first. `unknown`: nothing was recognised.
    `old_name_used`: the unit named no longer exists ("Phường Tân Lập").
    """

    verdict: Verdict
    ward: str | None = None
    candidates: tuple[str, ...] = ()
    old_name_used: str | None = None
    elsewhere: str | None = None


_UNKNOWN = AddressReading("unknown")


def resolve(address: str | Mapping[str, str | None], gazetteer: Gazetteer | None = None) -> AddressReading:
    """Read an address: free text, or parts under `address`, `ward`, `district`, `city` (any may be missing).

    Without a gazetteer the packaged one is used. Never raises, whatever the text.
    """
    gazetteer = gazetteer or packaged_gazetteer()
    text = address if isinstance(address, str) else _joined(address)
    words = tokens(text)
    found = mentions(words, gazetteer)
    since = moved_to(words)
    now = [mention for mention in found if mention.at >= since]
    if any(mention.of(Level.UNIT, Level.PLACE) for mention in now):
        found = now
    origins = [mention for mention in found if is_origin(mention, words)]
    home = [mention for mention in found if mention not in origins and not mention.is_street]
    if any(mention.at < origins[0].at or mention.of(Level.UNIT, Level.PLACE) for mention in home if origins):
        found = [mention for mention in found if mention not in origins]
    view = _View(gazetteer, [m for m in found if not m.is_street], looks_urban(words), looks_rural(words))
    streets = [mention for mention in found if mention.is_street]
    numbered = numbered_unit(words)
    if numbered and not view.names_home():
        return AddressReading("outside")
    if far := view.far():
        return AddressReading("outside", elsewhere=far)
    named = view.wards_named()
    if numbered == "phuong" and not named:
        return view.ask(gazetteer.served)
    if named:
        return view.judged(named)
    if near := view.near_districts():
        return AddressReading("outside", elsewhere=near) if not view.home_city() else view.ask(gazetteer.served)
    if view.home_city() or view.has(Level.PROVINCE):
        return view.ask(gazetteer.served)
    # "đường Vĩnh Hải" alone: a street of that name may lie anywhere near, so the wards it recalls are only offered.
    # "Bình Tân" alone may be ours or another city's.
    levels = [(mention, (Level.UNIT, Level.PLACE) if mention.is_street else (Level.PLACE,)) for mention in found]
    recalled = {code for mention, wanted in levels for meaning in mention.of(*wanted) for code in meaning.today}
    if streets and any(mention.of(Level.DISTRICT) for mention in streets):
        recalled |= gazetteer.served
    return view.ask(frozenset(recalled) & gazetteer.served) if recalled & gazetteer.served else _UNKNOWN


def _joined(parts: Mapping[str, str | None]) -> str:
    line, ward, district, city = (
        " ".join((parts.get(key) or "").split()) for key in ("address", "ward", "district", "city")
    )
    if ward and not district and ward.lower() in {"nha trang"}:
        ward = f"Phường {ward}"  # in the field for the ward the city's name can only be the ward
    return ", ".join(part for part in (line, ward, district, city) if part)


def _agreed(named: list[tuple[Mention, list[Meaning]]]) -> frozenset[str]:
    """Today's wards that every name found may lie in: "chợ Đầm, Vạn Thạnh" leaves one of the two Vạn Thạnh."""
    return frozenset.intersection(*(frozenset(code for meaning in left for code in meaning.today) for _, left in named))


class _View:
    """The names found in one address, and the questions asked of them."""

    def __init__(self, gazetteer: Gazetteer, found: list[Mention], urban: bool, rural: bool) -> None:
        self.gazetteer = gazetteer
        self.found = found
        self.urban = urban
        self.rural = rural

    def has(self, level: Level) -> bool:
        return any(mention.of(level) for mention in self.found)

    def home_city(self) -> bool:
        """Whether the former city is named (not as today's ward of the same name)."""
        return any(self._is_home(mention) for mention in self.found)

    def names_home(self) -> bool:
        """Whether anything puts the address in the province: the city, the province, a ward of ours."""
        return any(self._is_local(mention) for mention in self.found)

    def _is_home(self, mention: Mention) -> bool:
        return any(meaning.district in self.gazetteer.home_districts for meaning in mention.of(Level.DISTRICT))

    def _is_local(self, mention: Mention) -> bool:
        if self._is_home(mention) or mention.of(Level.PROVINCE):
            return True
        units = mention.of(Level.UNIT)
        return bool(units) and any(meaning.today & self.gazetteer.served for meaning in units)

    def far(self) -> str | None:
        """A place outside the province, unless a name of ours comes after it (then it was a street or a birthplace)."""
        last_local = max((mention.at for mention in self.found if self._is_local(mention)), default=-1)
        for mention in reversed(self.found):
            elsewhere = mention.of(Level.ELSEWHERE)
            if not elsewhere or mention.at < last_local or mention.is_hamlet:
                continue
            nearer = mention.of(Level.UNIT, Level.DISTRICT, Level.PLACE)
            if nearer and (mention.kind is None or mention.of(Level.UNIT)):
                continue
            if mention.is_numbered and not mention.kind:
                continue  # "45 Thái Nguyên": a street
            names = {meaning.name for meaning in elsewhere}
            # Many a province has a Châu Thành: then the name without its province.
            return names.pop() if len(names) == 1 else short(elsewhere[0].name.split(",")[0])
        return None

    def near_districts(self) -> str | None:
        """A former district of the province outside the served area."""
        for mention in self.found:
            for meaning in mention.of(Level.DISTRICT):
                if meaning.district not in self.gazetteer.home_districts and not mention.is_numbered:
                    return meaning.name
        return None

    def wards_named(self) -> list[tuple[Mention, list[Meaning]]]:
        """The mentions that name a ward or a place, each with the meanings the rest of the address leaves possible."""
        named = []
        for mention in self.found:
            if mention.is_hamlet and mention.of(Level.UNIT) and not mention.of(Level.PLACE):
                continue
            if self._is_home(mention) and mention.kind is None:
                continue  # "Nha Trang" without "phường" is more often the city
            left = self._left(mention)
            if left:
                named.append((mention, left))
        return self._settled(named)

    def _left(self, mention: Mention) -> list[Meaning]:
        units = list(mention.of(Level.UNIT))
        places = list(mention.of(Level.PLACE))
        home = self.home_city()
        if not units:
            beside = home or any(self._is_local(other) for other in self.found if other is not mention)
            return [place for place in places if place.alone or beside]
        # "Lương Sơn, Vĩnh Lương": the hamlet of the commune beside it, not the commune of that name far away.
        beside_it = {
            code for other in self.found if other is not mention for unit in other.of(Level.UNIT) for code in unit.today
        }
        units += [place for place in places if place.today & beside_it]
        districts = {
            meaning.district
            for other in self.found
            if other is not mention and not other.is_numbered
            for meaning in other.of(Level.DISTRICT)
        }
        if districts:
            inside = [unit for unit in units if unit.district in districts or self._todays_of(unit, districts)]
            if inside:
                return inside
            return [] if mention.is_numbered else units
        if mention.kind:
            of_kind = [unit for unit in units if unit.kind == mention.kind]
            return of_kind or units
        if self.urban or self.rural:
            wanted = "phuong" if self.urban else "xa"
            return [unit for unit in units if unit.kind == wanted] or units
        return units

    def _todays_of(self, unit: Meaning, districts: set[str]) -> bool:
        """Whether one of today's wards grew out of one of those districts."""
        grown = {
            code
            for name in districts
            for meaning in self.gazetteer.names.get(name, ())
            if meaning.level is Level.DISTRICT
            for code in meaning.today
        }
        return unit.is_current and bool(unit.today & grown)

    def _settled(self, named: list[tuple[Mention, list[Meaning]]]) -> list[tuple[Mention, list[Meaning]]]:
        """Where several wards are named, those that read as streets or places give way to those that read as wards."""
        if len(named) < 2 or _agreed(named):
            return named
        home = self.home_city()
        for keep in (
            lambda mention, left: not home or any(meaning.today & self.gazetteer.served for meaning in left),
            lambda mention, left: not mention.is_guess,
            lambda mention, left: bool(mention.of(Level.UNIT)),
            lambda mention, left: not mention.is_numbered,
            lambda mention, left: mention.kind is not None,
        ):
            if len({code for _, left in named for meaning in left for code in meaning.today}) > 1:
                named = [pair for pair in named if keep(*pair)] or named
        return named

    def judged(self, named: list[tuple[Mention, list[Meaning]]]) -> AddressReading:
        """The verdict on the wards named: one served ward, none, or several to ask about."""
        codes = _agreed(named) or frozenset(code for _, left in named for meaning in left for code in meaning.today)
        served, other = codes & self.gazetteer.served, codes - self.gazetteer.served
        conflict = self._conflicts(named)
        if not served:
            if self.home_city():
                return self.ask(self.gazetteer.served)
            return AddressReading("outside", elsewhere=self._names(other) or named[0][1][0].name)
        if len(served) > 1 or other or conflict:
            return self.ask(served, other)
        old = next((m.name for _, left in named for m in left if m.level is Level.UNIT and not m.is_current), None)
        current = any(m.is_current for _, left in named for m in left)
        return AddressReading("inside", ward=next(iter(served)), old_name_used=None if current else old)

    def _conflicts(self, named: list[tuple[Mention, list[Meaning]]]) -> bool:
        """A ward of ours beside a district it never belonged to: "Vĩnh Hải, Cam Ranh"."""
        home = self.gazetteer.home_districts
        others = [
            mention
            for mention in self.found
            if not mention.is_numbered
            and mention.of(Level.DISTRICT)
            and not self._is_home(mention)
            and all(mention is not pair[0] for pair in named)
        ]
        return (
            bool(others)
            and not self.home_city()
            and any(m.district in home or m.is_current for _, left in named for m in left)
        )

    def ask(self, served: frozenset[str], other: frozenset[str] = frozenset()) -> AddressReading:
        today = self.gazetteer.today
        codes = sorted(served, key=lambda code: today[code]) + sorted(other, key=lambda code: today.get(code, code))
        return AddressReading("ambiguous", candidates=tuple(codes))

    def _names(self, codes: frozenset[str]) -> str | None:
        return ", ".join(sorted(self.gazetteer.today[code] for code in codes if code in self.gazetteer.today)) or None
