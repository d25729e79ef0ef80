"""Bring the stored catalogue to what a file says: compare, store, keep the history. All of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from procedures.catalogue_file import CatalogueFile, Entry, derive_family, read_catalogue
from procedures.errors import UnreadableCatalogue
from procedures.models import DossierComponent, Field, Keyword, Procedure
from procedures.versions import record_version

PACKAGED_FILE = Path(__file__).resolve().parent / "data" / "procedures.json"
# Any fixed number: two loads at once would each compare with what the other is changing.
_LOAD_LOCK = 7_149_2024


@dataclass
class Change:
    """One procedure that is new or reads differently. `lines` say how, for a person to read."""

    public_id: str
    short_name: str
    lines: list[str] = field(default_factory=list)


@dataclass
class LoadReport:
    added: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    retired: list[Change] = field(default_factory=list)
    missing: list[Change] = field(default_factory=list)  # in force here, absent from the file, left alone
    closed: list[Change] = field(default_factory=list)  # in the file, but retired here, left retired
    reordered_count: int = 0
    unchanged_count: int = 0

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.changed or self.retired or self.reordered_count)


def load_catalogue(
    *,
    path: Path = PACKAGED_FILE,
    dry_run: bool = False,
    retire_missing: bool = False,
    author: User | None = None,
) -> LoadReport:
    """Load a catalogue file. Returns what changed; with `dry_run`, what would, and stores nothing.

    `retire_missing` ends (yesterday) every procedure in force that the file does not name; nothing is ever deleted.
    Raises `UnreadableCatalogue` listing every problem; then nothing is stored either.
    """
    catalogue = read_catalogue(path)
    # One transaction: a reader sees the old catalogue or the new one. A dry run does the whole work and takes it back,
    # so that it meets the same constraints.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])
        report = _store(catalogue, retire_missing=retire_missing, reason=f"Nạp từ tệp {path.name}", author=author)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _store(catalogue: CatalogueFile, *, retire_missing: bool, reason: str, author: User | None) -> LoadReport:
    report = LoadReport()
    problems: list[str] = []
    fields = _store_fields(catalogue.fields)
    stored = {
        procedure.local_id: procedure
        for procedure in Procedure.objects.select_related("field").prefetch_related("components", "keywords")
    }
    named = {}
    for position, entry in enumerate(catalogue.entries, 1):
        procedure = stored.get(entry.local_id)
        if procedure is None:
            procedure = Procedure(local_id=entry.local_id)
            procedure.short_name = entry.values["name"][:160]
            procedure.family = derive_family(entry.values["name"])
        named[entry.local_id] = procedure
        lines = _set_values(procedure, entry, fields[entry.field_code])
        is_moved = procedure.position != position
        procedure.position = position
        is_new = procedure.pk is None
        if is_new or lines or is_moved:
            try:
                _save(procedure)
            except ValidationError as error:
                problems += [f"{entry.place}: {message}" for message in error.messages]
                continue
        lines += _store_papers(procedure, entry.papers, is_new=is_new)
        lines += _store_keywords(procedure, entry, is_new=is_new)
        change = Change(procedure.public_id, procedure.short_name, lines)
        if is_new:
            change.lines = []
            report.added.append(change)
        elif lines:
            report.changed.append(change)
        else:
            report.unchanged_count += 1
            report.reordered_count += is_moved
        if is_new or lines:
            record_version(procedure=procedure, reason=reason, author=author)
        if procedure.active_to and not procedure.is_in_force() and "active_to" not in entry.values:
            report.closed.append(Change(procedure.public_id, procedure.short_name, [f"{procedure.active_to:%d/%m/%Y}"]))
    if problems:
        raise UnreadableCatalogue(problems)
    for local_id, procedure in stored.items():
        if local_id not in named and procedure.is_in_force():
            change = Change(procedure.public_id, procedure.short_name)
            if retire_missing:
                _retire(procedure)
                record_version(procedure=procedure, reason=f"{reason}: không còn trong tệp", author=author)
                report.retired.append(change)
            else:
                report.missing.append(change)
    return report


def _save(procedure: Procedure) -> None:
    """Store it. The database keeps the rules; only where it refuses are they asked one by one, for their sentences.

    Raises `ValidationError`.
    """
    try:
        procedure.full_clean(validate_unique=False, validate_constraints=False)
        with transaction.atomic():
            procedure.save()
    except (ValidationError, IntegrityError):
        procedure.full_clean()
        raise


def _store_fields(names: Mapping[str, str]) -> dict[str, Field]:
    fields = {}
    for position, (code, name) in enumerate(names.items(), 1):
        found = Field.objects.filter(code=code).first() or Field.objects.filter(name=name).first()
        if found is None:
            found = Field.objects.create(code=code, name=name, position=position)
        elif (found.name, found.position) != (name, position):
            found.name, found.position = name, position
            found.save(update_fields=["name", "position"])
        fields[code] = found
    return fields


def _set_values(procedure: Procedure, entry: Entry, into: Field) -> list[str]:
    """Put the file's values on the instance; returns a line for each that differs."""
    lines = []
    if procedure.field_id != into.pk:
        if procedure.field_id:
            lines.append(f"lĩnh vực: “{procedure.field.name}” → “{into.name}”")
        procedure.field = into
    for name, value in entry.values.items():
        old = getattr(procedure, name)
        if name in ("family", "short_name") and not value:
            continue  # derived when the procedure was first stored; an empty cell does not unname it
        if value is None and name == "visit_minutes":
            continue  # the usual length stays
        if old != value:
            label = Procedure._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            lines.append(f"{label}: {_shown(old)} → {_shown(value)}")
            setattr(procedure, name, value)
    return lines


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value).replace("\n", " / ")
    return f"“{text if len(text) <= 90 else text[:89] + '…'}”"


def _store_papers(procedure: Procedure, papers: list[str] | None, *, is_new: bool) -> list[str]:
    """Make the papers those of the file, in its order. None: the file says nothing about papers."""
    old = [] if is_new else [component.text for component in procedure.components.all()]
    if papers is None or papers == old:
        return []
    procedure.components.all().delete()
    DossierComponent.objects.bulk_create(
        DossierComponent(procedure=procedure, position=position, text=text) for position, text in enumerate(papers, 1)
    )
    lines = [f"bỏ giấy tờ: {_shown(text)}" for text in old if text not in papers]
    lines += [f"thêm giấy tờ: {_shown(text)}" for text in papers if text not in old]
    return lines or ["đổi thứ tự giấy tờ"]


def _store_keywords(procedure: Procedure, entry: Entry, *, is_new: bool) -> list[str]:
    old = [] if is_new else [(keyword.phrase, keyword.is_misleading) for keyword in procedure.keywords.all()]
    new = []
    for phrases, is_misleading in ((entry.keywords, False), (entry.misleading, True)):
        if phrases is None:
            new += [item for item in old if item[1] == is_misleading]
        else:
            new += [(phrase, is_misleading) for phrase in phrases]
    if set(new) == set(old):
        return []
    gone = [item for item in old if item not in new]
    fresh = [item for item in new if item not in old]
    for phrase, is_misleading in gone:
        procedure.keywords.filter(phrase=phrase, is_misleading=is_misleading).delete()
    Keyword.objects.bulk_create(
        Keyword(procedure=procedure, phrase=phrase, is_misleading=is_misleading) for phrase, is_misleading in fresh
    )
    kinds = {False: "từ khóa", True: "từ dễ nhầm"}
    return [
        f"{verb} {kinds[kind]}: {', '.join(phrase for phrase, is_misleading in items if is_misleading == kind)}"
        for verb, items in (("bỏ", gone), ("thêm", fresh))
        for kind in (False, True)
        if any(is_misleading == kind for _, is_misleading in items)
    ]


def _retire(procedure: Procedure) -> None:
    """End it yesterday, so that nobody can ask for it from this moment on."""
    yesterday = timezone.localdate() - timedelta(days=1)
    # One that started today can only end today: a period may not end before it starts.
    procedure.active_to = max(yesterday, procedure.active_from or yesterday)
    procedure.save(update_fields=["active_to", "updated_at"])
