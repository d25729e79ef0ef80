"""Who should go: people judged and ordered for one visit. Plain functions over plain data.

Every reason and obstacle is a short Vietnamese phrase, shown as it is beside the name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduling.travel import TravelTable
from scheduling.words import span

# What an answer is worth, in minutes of travel: knowing the field is worth a quarter of an hour's ride, and so on.
KNOWS_THE_FIELD = 15
MET_BEFORE = 10
OTHER_WARD = 60
PER_VISIT_ABOVE_AVERAGE = 8
# Beyond this gap the way is not part of the same round: people come from the office or from lunch.
SAME_ROUND = timedelta(hours=3)


@dataclass(frozen=True)
class Person:
    id: int
    called: str
    wards: frozenset[int] = frozenset()  # empty: every ward
    fields: frozenset[int] = frozenset()  # empty: every field
    is_active: bool = True

    def covers(self, ward_id: int) -> bool:
        return not self.wards or ward_id in self.wards

    def knows(self, field_id: int | None) -> bool:
        return field_id is None or not self.fields or field_id in self.fields


@dataclass(frozen=True)
class Visit:
    """Somewhere to be: half-open [starts_at, ends_at), in a ward."""

    starts_at: datetime
    ends_at: datetime
    ward_id: int
    ward_name: str = ""
    field_id: int | None = None


@dataclass(frozen=True)
class Away:
    """A stretch of absence with its reason as people say it ("nghỉ phép")."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True)
class Verdict:
    """One person for one visit. `score` in minutes, higher is better; `obstacles` is empty exactly when `can_go`."""

    person: Person
    can_go: bool
    reasons: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    score: float = 0.0


def clash(visit: Visit, others: Iterable[Visit], travel: TravelTable) -> str:
    """Why somebody with these other visits cannot make it, "" if they can: an overlap, or no time for the way."""
    for other in others:
        way = timedelta(minutes=travel.minutes(other.ward_id, visit.ward_id))
        if other.starts_at < visit.ends_at and visit.starts_at < other.ends_at:
            return f"đã có lịch {span(other.starts_at, other.ends_at)} tại {other.ward_name}"
        gap = visit.starts_at - other.ends_at if other.ends_at <= visit.starts_at else other.starts_at - visit.ends_at
        if gap < way:
            return (
                f"không kịp đi: có lịch {span(other.starts_at, other.ends_at)} tại {other.ward_name}, "
                f"cần {_minutes(way)} phút đi đường mà chỉ có {_minutes(gap)} phút"
            )
    return ""


def absence(visit: Visit, stretches: Iterable[Away]) -> str:
    """Why somebody with these absences cannot go, "" if they can."""
    for away in stretches:
        if away.starts_at < visit.ends_at and visit.starts_at < away.ends_at:
            return f"{away.reason} {span(away.starts_at, away.ends_at)}"
    return ""


def judge(
    person: Person,
    visit: Visit,
    *,
    others: Sequence[Visit],
    absences: Sequence[Away],
    travel: TravelTable,
    average_visits: float,
    has_met_citizen: bool,
) -> Verdict:
    """Whether this person can go, and how well it would suit. `others`: this person's other visits of that day."""
    obstacles = [phrase for phrase in (absence(visit, absences), clash(visit, others, travel)) if phrase]
    if not person.is_active:
        obstacles.insert(0, "không còn làm việc")
    if not person.covers(visit.ward_id):
        obstacles.append(f"không phụ trách {visit.ward_name}")
    reasons, score = [], 0.0
    if person.wards and person.covers(visit.ward_id):
        reasons.append(f"phụ trách {visit.ward_name}")
    if person.fields and visit.field_id is not None and person.knows(visit.field_id):
        reasons.append("quen lĩnh vực này")
        score += KNOWS_THE_FIELD
    if has_met_citizen:
        reasons.append("đã từng hỗ trợ người dân này")
        score += MET_BEFORE
    before = max((o for o in others if o.ends_at <= visit.starts_at), key=lambda o: o.ends_at, default=None)
    after = min((o for o in others if o.starts_at >= visit.ends_at), key=lambda o: o.starts_at, default=None)
    for neighbour, phrase in ((before, "từ lượt trước"), (after, "tới lượt sau")):
        if neighbour is None:
            continue
        gap = visit.starts_at - neighbour.ends_at if neighbour is before else neighbour.starts_at - visit.ends_at
        minutes = travel.minutes(neighbour.ward_id, visit.ward_id)
        if gap <= SAME_ROUND:
            reasons.append(f"{minutes} phút {phrase}")
            score -= minutes
    reasons.append(f"hôm đó {len(others)} lượt, trung bình {_figure(average_visits)}")
    score -= PER_VISIT_ABOVE_AVERAGE * (len(others) - average_visits)
    if not person.covers(visit.ward_id):
        score -= OTHER_WARD
    return Verdict(person=person, can_go=not obstacles, reasons=reasons, obstacles=obstacles, score=round(score, 1))


def best_first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those who can go by score, then those who cannot; equals by id, so that the order never flickers."""
    return sorted(verdicts, key=lambda v: (not v.can_go, -v.score, v.person.id))


def _minutes(length: timedelta) -> int:
    return max(0, int(length.total_seconds() // 60))


def _figure(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".").replace(".", ",")
