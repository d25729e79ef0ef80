"""Reads `data/wards.json` into the table of wards: periods of validity, successors, neighbours, the served area."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from scheduling.models import Ward

WARDS_FILE = Path(__file__).parent / "data" / "wards.json"
Key = tuple[str, date | None]


@dataclass(frozen=True)
class Loaded:
    units: int
    served: int


def load_wards(*, path: Path = WARDS_FILE) -> Loaded:
    """Bring the table to what the file says; safe to run again.

    Which wards are served and which touch is set only for new wards, their place on the sketch only where they have
    none: afterwards the office decides in the admin.
    """
    units: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["units"]
    with transaction.atomic():
        before = {(ward.code, ward.valid_from): ward for ward in Ward.objects.all()}
        wards: dict[Key, Ward] = {}
        for unit in units:
            key = (unit["code"], _day(unit["valid_from"]))
            ward = before.get(key) or Ward(code=key[0], valid_from=key[1], is_served=unit["is_served"])
            if ward.sketch_row is None and ward.sketch_column is None:
                ward.sketch_row, ward.sketch_column = unit.get("sketch", (None, None))
            ward.name, ward.short_name, ward.kind = unit["name"], unit["short_name"], unit["kind"]
            ward.district, ward.province = unit["district"], unit["province"]
            ward.valid_to, ward.note = _day(unit["valid_to"]), unit.get("note", "")
            ward.is_served = ward.is_served and ward.valid_to is None
            wards[key] = ward
        Ward.objects.bulk_create([ward for ward in wards.values() if ward.pk is None])
        Ward.objects.bulk_update(
            [ward for ward in wards.values() if (ward.code, ward.valid_from) in before],
            [
                *("name", "short_name", "kind", "district", "province", "valid_to", "note", "is_served"),
                *("sketch_row", "sketch_column"),
            ],
        )
        _link_successors(units, wards)
        _link_neighbours(units, wards, known=set(before))
    return Loaded(units=len(wards), served=sum(ward.is_served for ward in wards.values()))


def _link_successors(units: list[dict[str, Any]], wards: dict[Key, Ward]) -> None:
    link = Ward.successors.through
    rows = [
        link(from_ward_id=_ward_of(unit, wards).pk, to_ward_id=wards[(to["code"], _day(to["valid_from"]))].pk)
        for unit in units
        for to in unit["successors"]
    ]
    link.objects.bulk_create(rows, ignore_conflicts=True)


def _link_neighbours(units: list[dict[str, Any]], wards: dict[Key, Ward], known: set[Key]) -> None:
    today = {ward.code: ward for ward in wards.values() if ward.valid_to is None}
    link = Ward.neighbours.through
    rows = []
    for unit in units:
        ward = _ward_of(unit, wards)
        if (ward.code, ward.valid_from) in known:
            continue
        for code in unit.get("neighbours", []):
            rows.append(link(from_ward_id=ward.pk, to_ward_id=today[code].pk))
            rows.append(link(from_ward_id=today[code].pk, to_ward_id=ward.pk))
    link.objects.bulk_create(rows, ignore_conflicts=True)


def _ward_of(unit: dict[str, Any], wards: dict[Key, Ward]) -> Ward:
    return wards[(unit["code"], _day(unit["valid_from"]))]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
