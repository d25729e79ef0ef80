"""Door of the catalogue of procedures. Other apps import only this module (and `errors`)."""

from dataclasses import dataclass
from typing import Any

from procedures.current_index import current_index
from procedures.errors import ProcedureNotFound, VersionNotFound
from procedures.keystrokes import composed, marks_key
from procedures.loading import PACKAGED_FILE, Change, LoadReport, load_catalogue
from procedures.models import DossierComponent, Field, Keyword, Procedure, ProcedureQuerySet, ProcedureVersion
from procedures.search import AMBIGUOUS, MATCH, NONE, Hit, Referral, search
from procedures.search import Result as SearchResult
from procedures.text import clean, fold
from procedures.versions import record_version

__all__ = [
    "AMBIGUOUS",
    "MATCH",
    "NONE",
    "Hit",
    "Referral",
    "SearchResult",
    "Explanation",
    "explain",
    "procedures_in",
    "search_text",
    "PACKAGED_FILE",
    "Change",
    "DossierComponent",
    "Field",
    "Keyword",
    "LoadReport",
    "Procedure",
    "ProcedureVersion",
    "clean",
    "composed",
    "fields_in_scope",
    "fold",
    "get_procedure",
    "load_catalogue",
    "marks_key",
    "open_procedures",
    "papers_as_promised",
    "papers_for",
    "procedure_as_it_was",
    "record_version",
]


def open_procedures() -> ProcedureQuerySet:
    """What a citizen may ask help for today: in scope and in force, in the catalogue's order, each with its field."""
    return Procedure.objects.in_scope().in_force().select_related("field")


def get_procedure(code: str) -> Procedure:
    """The procedure with this national code, else with this local id; out-of-scope and retired ones too.

    Raises `ProcedureNotFound`.
    """
    found = Procedure.objects.named(code).select_related("field").first()
    if found is None:
        raise ProcedureNotFound(code)
    return found


def fields_in_scope() -> list[Field]:
    """The fields in which this office can help today, in the catalogue's order: the answer to “what do you do?”."""
    return list(Field.objects.filter(procedures__in=open_procedures().values("pk")).distinct())


def papers_for(procedure: Procedure) -> list[str]:
    """The papers to prepare, in the order a clerk asks for them."""
    return [component.text for component in procedure.components.all()]


def procedure_as_it_was(*, procedure: Procedure, version: int) -> dict[str, Any]:
    """The facts of the procedure at a version number, as plain values (see `versions.snapshot_of`).

    Raises `VersionNotFound`. Keep `procedure.current_version` where a promise is made.
    """
    found = ProcedureVersion.objects.filter(procedure=procedure, number=version).first()
    if found is None:
        raise VersionNotFound(procedure.public_id, version)
    facts: dict[str, Any] = found.snapshot
    return facts


def papers_as_promised(*, procedure: Procedure, version: int) -> list[str]:
    """The papers a citizen was told to prepare under that version; today's where the version is not known."""
    found = ProcedureVersion.objects.filter(procedure=procedure, number=version).first()
    return list(found.snapshot["papers"]) if found else papers_for(procedure)


def search_text(text: str) -> SearchResult:
    """Which procedures a citizen's words ask for: a match, a question which of these, or an honest none of ours.

    Any text will do, nothing is raised for it and nothing of it is kept or logged. With `none`, `fields` say what we do
    help with, and `referral` where to turn if the catalogue knows.
    """
    return search(text, current_index())


def procedures_in(result: SearchResult) -> list[Procedure]:
    """The procedures a search found, best first."""
    by_id = {procedure.public_id: procedure for procedure in open_procedures()}
    return [by_id[hit.key] for hit in result.hits if hit.key in by_id]


@dataclass(frozen=True)
class MeantWord:
    word: str
    percent: int


@dataclass(frozen=True)
class ReadWord:
    typed: str
    meant: list[MeantWord]


@dataclass(frozen=True)
class Explanation:
    """A search and how the message was read, for whoever keeps the keywords."""

    result: SearchResult
    words: list[ReadWord]


def explain(text: str) -> Explanation:
    """What `search_text` answers and, word by word, what it took the message for."""
    index = current_index()
    words = [
        ReadWord(
            typed=word.typed,
            meant=[
                MeantWord(word=meant, percent=round(quality * 100))
                for meant, quality in sorted(index.spellings(word).items(), key=lambda pair: -pair[1])
            ],
        )
        for word in index.read(text)
    ]
    return Explanation(result=search(text, index), words=words)
