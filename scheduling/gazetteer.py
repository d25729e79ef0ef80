"""Names of places, old and new, and what each may stand for: the data addresses are read against (see `addresses`).

Built from the packaged files, or from the office's own table of wards, which decides what is served today.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from procedures.services import fold, marks_key

DATA = Path(__file__).parent / "data"
PROVINCE = "khanh hoa"

# "nt" is how people here write the city's name.
_SHORTENED = ("nha trang", "nt")
_KINDS = ("Phường ", "Xã ", "Thị trấn ", "Đặc khu ", "Thành phố ", "Thị xã ", "Huyện ", "Quận ", "Tỉnh ")


class Level(Enum):
    """What a name may be."""

    UNIT = "unit"  # a commune-level unit of the province, of any time
    DISTRICT = "district"  # a former district of the province
    PROVINCE = "province"  # the province itself
    PLACE = "place"  # a market, a hamlet, a beach inside the served area
    ELSEWHERE = "elsewhere"  # anything that lies outside the served area without being one of the above


@dataclass(frozen=True)
class Meaning:
    """One thing a name may stand for. `today`: codes of today's wards it lies in (empty where unknown or far away)."""

    level: Level
    name: str  # as it is written, with its kind: "Phường Tân Lập"
    kind: str = ""  # folded: phuong, xa, thi tran, dac khu, thanh pho, thi xa, huyen, quan, tinh
    district: str = ""  # folded short name of the former district, for units
    today: frozenset[str] = frozenset()
    is_current: bool = False  # exists today under this name
    # The name alone in lower case with its marks, where a wrong mark makes it another word (Huế, Huệ).
    spelling: str = ""
    alone: bool = True  # means this also without 'Nha Trang', or without its kind, beside it


class WardRow(Protocol):
    """What is asked of a row of the table of wards."""

    code: str
    name: str
    short_name: str
    kind: str
    district: str
    province: str
    valid_from: date | None
    valid_to: date | None
    is_served: bool
    successors: Any


@dataclass(frozen=True)
class Gazetteer:
    """All names, folded, with their meanings; today's units by code; the served ones."""

    names: Mapping[str, tuple[Meaning, ...]]
    today: Mapping[str, str]
    served: frozenset[str]
    home_districts: frozenset[str]  # folded names of the former districts that make up the served area
    longest: int  # words in the longest name
    # Names of units and districts by first letter and length: where a slip of the keyboard is looked for.
    shelves: Mapping[tuple[str, int], tuple[str, ...]]

    @classmethod
    def from_files(cls, folder: Path = DATA) -> "Gazetteer":
        """From the packaged data; the served area is what the file marks."""
        units = _read(folder / "wards.json")["units"]
        successors = {
            (unit["code"], unit["valid_from"]): [(to["code"], to["valid_from"]) for to in unit["successors"]]
            for unit in units
        }
        return _build(
            [
                _Unit(
                    key=(unit["code"], unit["valid_from"]),
                    name=unit["name"],
                    short_name=unit["short_name"],
                    kind=unit["kind"],
                    district=unit["district"],
                    is_current=unit["valid_to"] is None,
                    is_served=unit["is_served"],
                )
                for unit in units
            ],
            successors,
            folder,
        )

    @classmethod
    def from_wards(cls, wards: Iterable[WardRow], folder: Path = DATA) -> "Gazetteer":
        """From rows of the table of wards (successors prefetched); places and names elsewhere from the files."""
        rows = list(wards)
        successors = {
            (row.code, row.valid_from): [(to.code, to.valid_from) for to in row.successors.all()] for row in rows
        }
        return _build(
            [
                _Unit(
                    key=(row.code, row.valid_from),
                    name=row.name,
                    short_name=row.short_name,
                    kind=row.kind,
                    district=row.district,
                    is_current=row.valid_to is None,
                    is_served=row.is_served,
                )
                for row in rows
            ],
            successors,
            folder,
        )


@lru_cache(maxsize=1)
def packaged_gazetteer() -> Gazetteer:
    """The gazetteer of the packaged files, read once."""
    return Gazetteer.from_files()


def short(name: str) -> str:
    """A unit's name without its kind: `Phường Tân Lập` → `Tân Lập`."""
    for kind in _KINDS:
        if name.startswith(kind):
            return name[len(kind) :]
    return name


def marks_agree(typed: str, name: str) -> bool:
    """Whether the marks typed are those of the name (wherever the tone is put), or none were typed. Lower case both."""
    return fold(typed) == typed or marks_key(typed) == marks_key(name)


@dataclass(frozen=True)
class _Unit:
    key: tuple[str, Any]
    name: str
    short_name: str
    kind: str
    district: str
    is_current: bool
    is_served: bool


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _build(units: list[_Unit], successors: dict[tuple[str, Any], list[tuple[str, Any]]], folder: Path) -> Gazetteer:
    by_key = {unit.key: unit for unit in units}
    today = {unit.key[0]: unit.name for unit in units if unit.is_current}
    served = frozenset(unit.key[0] for unit in units if unit.is_current and unit.is_served)
    names: dict[str, list[Meaning]] = defaultdict(list)
    districts: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        became = _todays_codes(unit.key, by_key, successors)
        meaning = Meaning(
            Level.UNIT,
            unit.name,
            kind=fold(unit.kind),
            district=fold(short(unit.district)),
            today=became,
            is_current=unit.is_current,
        )
        if meaning not in names[fold(unit.short_name)]:
            names[fold(unit.short_name)].append(meaning)
        if unit.district:
            districts[unit.district] |= became
    home = frozenset(fold(short(name)) for name, codes in districts.items() if codes and codes <= served)
    for name, codes in districts.items():
        kind = fold(name[: len(name) - len(short(name))])
        for part in {fold(short(name)), *fold(short(name)).replace(" - ", "-").split("-")}:
            names[part].append(
                Meaning(Level.DISTRICT, name, kind=kind, district=fold(short(name)), today=frozenset(codes))
            )
    names[PROVINCE].append(Meaning(Level.PROVINCE, "Tỉnh Khánh Hòa", kind="tinh"))
    for name in [name for name in names if _SHORTENED[0] in name]:
        names[name.replace(*_SHORTENED)].extend(names[name])
    _add_places(names, _read(folder / "places.json"))
    _add_elsewhere(names, folder)
    joined = {name.replace(" ", ""): meanings for name, meanings in names.items() if " " in name and len(name) >= 7}
    every = {name: tuple(meanings) for name, meanings in (joined | names).items()}
    shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, meanings in every.items():
        if any(meaning.level in {Level.UNIT, Level.DISTRICT} for meaning in meanings):
            shelves[name[0], len(name)].append(name)
    return Gazetteer(
        names=every,
        today=today,
        served=served,
        home_districts=home,
        longest=max(len(name.split()) for name in every),
        shelves={shelf: tuple(stored) for shelf, stored in shelves.items()},
    )


def _todays_codes(
    key: tuple[str, Any], by_key: dict[tuple[str, Any], _Unit], successors: dict[tuple[str, Any], list[tuple[str, Any]]]
) -> frozenset[str]:
    """Codes of today's units a unit has become, following every merger; itself where it still exists."""
    found, left, seen = set(), [key], set()
    while left:
        at = left.pop()
        if at in seen or at not in by_key:
            continue
        seen.add(at)
        if by_key[at].is_current:
            found.add(at[0])
        left.extend(successors.get(at, []))
    return frozenset(found)


def _add_places(names: dict[str, list[Meaning]], data: dict[str, Any]) -> None:
    for place in data["places"]:
        for name in (place["name"], *place.get("also", [])):
            meaning = Meaning(Level.PLACE, place["name"], today=frozenset({place["ward"]}), alone=place["alone"])
            names[fold(name)].append(meaning)
    for place in data["outside"]:
        names[fold(place["name"])].append(Meaning(Level.ELSEWHERE, f"{place['name']} ({place['district']})"))


def _add_elsewhere(names: dict[str, list[Meaning]], folder: Path) -> None:
    here = {name for name, meanings in names.items() if any(m.level in {Level.UNIT, Level.DISTRICT} for m in meanings)}
    streets, elsewhere = _elsewhere(folder)
    for key, meaning in elsewhere:
        # Where a nearer place has the name, or many streets have it, only "huyện …" or "quận …" means this one.
        alone = key not in here and key not in streets
        names[key].append(meaning if alone else replace(meaning, alone=False))


@lru_cache(maxsize=1)
def _elsewhere(folder: Path) -> tuple[frozenset[str], list[tuple[str, Meaning]]]:
    """Folded names many streets have, and names of units elsewhere with their meanings: the same for every table."""
    data = _read(folder / "elsewhere.json")
    rows = [(row, f"{row['kind']} {row['name']}") for row in data["provinces"]]
    rows += [(row, f"{row['kind']} {row['name']}, {row['province']}") for row in data["districts"]]
    rows += [(row, f"{row['kind']} {row['name']}, {short(row['district'])}") for row in data["former_wards"]]
    elsewhere = [
        (
            fold(spelling),
            Meaning(Level.ELSEWHERE, written, kind=fold(row["kind"]), spelling=spelling.lower(), alone=True),
        )
        for row, written in rows
        for spelling in {row["name"], *row.get("also", []), *(part.strip() for part in row["name"].split(" - "))}
    ]
    return frozenset(fold(name) for name in data["streets_too"]), elsewhere
