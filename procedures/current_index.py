"""The search index of today's catalogue: kept in memory by each process, made again when catalogue or day change."""

from datetime import date
from pathlib import Path

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from procedures.catalogue_file import derive_family, read_catalogue
from procedures.models import CatalogueStamp, Keyword, Procedure
from procedures.search_index import Index, Row

# (database, stamp, day) and the index made of it. Replaced in one assignment, so threads need no lock: at worst two
# make the same index at the same moment.
_kept: tuple[tuple[str, int | None, date], Index] | None = None


def current_index() -> Index:
    """The index of what is in force today. Costs one query of one row when nothing changed."""
    global _kept
    key = (
        str(connection.settings_dict["NAME"]),
        # Read before the rows: a change in between makes the next search build again, never keep an old index.
        CatalogueStamp.objects.values_list("value", flat=True).first(),
        timezone.localdate(),
    )
    if _kept is None or _kept[0] != key:
        _kept = (key, Index(rows_in_force()))
    return _kept[1]


def rows_in_force() -> list[Row]:
    """Today's procedures as search wants them, in the catalogue's order; those outside our scope too."""
    keywords = Prefetch("keywords", queryset=Keyword.objects.order_by("id"))
    procedures = Procedure.objects.in_force().select_related("field").prefetch_related(keywords)
    return [
        Row(
            key=procedure.public_id,
            name=procedure.name,
            short_name=procedure.short_name,
            family=procedure.family,
            action=procedure.action,
            field=procedure.field.name,
            is_in_scope=procedure.is_in_scope,
            refer_to=procedure.refer_to,
            keywords=tuple(word.phrase for word in procedure.keywords.all() if not word.is_misleading),
            misleading=tuple(word.phrase for word in procedure.keywords.all() if word.is_misleading),
        )
        for procedure in procedures
    ]


def index_of_file(path: Path) -> Index:
    """The index of a catalogue file, without any database. Raises `UnreadableCatalogue`."""
    catalogue = read_catalogue(path)
    rows = []
    for entry in catalogue.entries:
        values = entry.values
        rows.append(
            Row(
                key=values.get("code") or entry.local_id,
                name=values["name"],
                short_name=values.get("short_name") or values["name"],
                family=values.get("family") or derive_family(values["name"]),
                action=values["action"],
                field=catalogue.fields[entry.field_code],
                is_in_scope=values.get("is_in_scope", True),
                refer_to=values.get("refer_to", ""),
                keywords=tuple(entry.keywords or ()),
                misleading=tuple(entry.misleading or ()),
            )
        )
    return Index(rows)
