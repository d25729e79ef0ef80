"""What a page says of a procedure, today or as it was promised: plain facts, and what of them citizens may be told."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procedures.errors import VersionNotFound
from procedures.models import Procedure, ProcedureVersion
from procedures.versions import snapshot_of

WILL_TELL = "Cán bộ sẽ báo lại khi gọi xác minh."


@dataclass(frozen=True)
class Facts:
    """`fee` and `time` are what a citizen may read, never an unconfirmed fee; `fee_noted` is for staff."""

    name: str
    short_name: str
    time: str
    fee: str
    fee_noted: str
    fee_is_certain: bool
    papers: list[str]
    papers_are_certain: bool
    result: str
    validity: str
    visit_minutes: int
    legal_bases: list[str]
    doubts: list[str]
    sources: str
    level: str
    online_level: str
    version: int
    noted_at: datetime | None = None
    is_current: bool = True
    keywords: list[str] = field(default_factory=list)


def facts_of_today(procedure: Procedure) -> Facts:
    return _facts(snapshot_of(procedure), version=procedure.current_version, noted_at=None, is_current=True)


def facts_as_they_were(procedure: Procedure, number: int) -> Facts:
    """The facts under a version number. Raises `VersionNotFound`."""
    version = ProcedureVersion.objects.filter(procedure=procedure, number=number).first()
    if version is None:
        raise VersionNotFound(procedure.public_id, number)
    return _facts(
        version.snapshot, version=number, noted_at=version.created_at, is_current=number == procedure.current_version
    )


def _facts(snapshot: dict[str, Any], *, version: int, noted_at: datetime | None, is_current: bool) -> Facts:
    days, note = snapshot["processing_days"], snapshot["processing_note"]
    time = f"{days} ngày làm việc. {note}".strip() if days else note or WILL_TELL
    fee = snapshot["fee"]
    return Facts(
        name=snapshot["name"],
        short_name=snapshot["short_name"],
        time=time,
        fee=fee if snapshot["fee_is_certain"] else WILL_TELL,
        fee_noted=fee,
        fee_is_certain=snapshot["fee_is_certain"],
        papers=snapshot["papers"],
        papers_are_certain=snapshot["papers_are_certain"],
        result=snapshot["result"],
        validity=snapshot["validity"],
        visit_minutes=snapshot["visit_minutes"],
        legal_bases=_lines(snapshot["legal_bases"]),
        doubts=_lines(snapshot["doubts"]),
        sources=snapshot["sources"],
        level=snapshot["level"],
        online_level=snapshot["online_level"],
        version=version,
        noted_at=noted_at,
        is_current=is_current,
        keywords=snapshot["keywords"],
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
