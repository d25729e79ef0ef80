"""The day as rows of table cells: plain functions over plain data.

A row is a sequence of cells whose widths (in steps of five minutes) add up to the width of the day, so the page needs
no positioning at all: `colspan` draws it, with or without scripts, on paper too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

STEP = timedelta(minutes=5)
# A gap longer than this is no ride between two visits: people go back to the office.
RIDE_WITHIN = timedelta(hours=3)

CellKind = Literal["open", "closed", "away", "travel", "visit"]


@dataclass(frozen=True)
class BoardVisit:
    """What a block on the board says. `tone`: how it is painted; `badges`: (tone, words)."""

    id: int
    starts_at: datetime
    ends_at: datetime
    ward_id: int
    ward: str
    title: str
    detail: str
    code: str = ""
    tone: str = ""
    badges: tuple[tuple[str, str], ...] = ()
    may_move: bool = True
    url: str = ""


@dataclass(frozen=True)
class Cell:
    kind: CellKind
    span: int
    label: str = ""
    visit: BoardVisit | None = None


@dataclass(frozen=True)
class Row:
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    """The stretch of a day the board shows, and when the office is open in it."""

    starts_at: datetime
    ends_at: datetime
    open: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def span(self) -> int:
        return (self.ends_at - self.starts_at) // STEP

    def steps_to(self, at: datetime) -> int:
        if at <= self.starts_at:
            return 0
        return ((at if at < self.ends_at else self.ends_at) - self.starts_at) // STEP


def pack(visits: Iterable[BoardVisit]) -> list[list[BoardVisit]]:
    """Visits in as few rows as hold them without overlap, in order of time."""
    rows: list[list[BoardVisit]] = []
    for visit in sorted(visits, key=lambda v: (v.starts_at, v.id)):
        for row in rows:
            if row[-1].ends_at <= visit.starts_at:
                row.append(visit)
                break
        else:
            rows.append([visit])
    return rows


def cells_of(
    visits: Sequence[BoardVisit],
    *,
    frame: Frame,
    away: Sequence[tuple[datetime, datetime, str]] = (),
    travel_minutes: Callable[[int, int], int] | None = None,
) -> Row:
    """One row: background cells split where the office or the person is away, rides, visits."""
    cells: list[Cell] = []
    cursor = frame.starts_at
    ordered = [v for v in sorted(visits, key=lambda v: v.starts_at) if v.ends_at > frame.starts_at]
    for position, visit in enumerate(ordered):
        if visit.starts_at > cursor:
            cells += _background(cursor, visit.starts_at, frame, away)
        start, end = max(visit.starts_at, cursor), min(visit.ends_at, frame.ends_at)
        steps = frame.steps_to(end) - frame.steps_to(start)
        if steps <= 0:
            continue
        cells.append(Cell("visit", steps, visit=visit))
        cursor = end
        following = ordered[position + 1] if position + 1 < len(ordered) else None
        if following is None or travel_minutes is None:
            continue
        gap = following.starts_at - end
        if timedelta() < gap <= RIDE_WITHIN:
            minutes = travel_minutes(visit.ward_id, following.ward_id)
            ride = min(timedelta(minutes=minutes), gap) // STEP
            if ride:
                cells.append(Cell("travel", ride, label=f"{minutes} phút đi đường"))
                cursor = end + ride * STEP
    if cursor < frame.ends_at:
        cells += _background(cursor, frame.ends_at, frame, away)
    return Row(cells)


def _background(
    start: datetime, end: datetime, frame: Frame, away: Sequence[tuple[datetime, datetime, str]]
) -> list[Cell]:
    edges = {start, end}
    for begins, ends in (*frame.open, *((left, right) for left, right, _ in away)):
        edges |= {moment for moment in (begins, ends) if start < moment < end}
    cells: list[Cell] = []
    moments = sorted(edges)
    for left, right in zip(moments, moments[1:], strict=False):
        steps = frame.steps_to(right) - frame.steps_to(left)
        if steps <= 0:
            continue
        kind, label = _what_is(left, frame, away)
        if cells and cells[-1].kind == kind and cells[-1].label == label:
            cells[-1] = Cell(kind, cells[-1].span + steps, label)
        else:
            cells.append(Cell(kind, steps, label))
    return cells


def _what_is(moment: datetime, frame: Frame, away: Sequence[tuple[datetime, datetime, str]]) -> tuple[CellKind, str]:
    for begins, ends, reason in away:
        if begins <= moment < ends:
            return "away", reason
    if any(begins <= moment < ends for begins, ends in frame.open):
        return "open", ""
    return "closed", ""
