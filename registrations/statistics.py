"""Figures of a period for the manager, kept for five minutes. Each says what it counts; each has the list behind it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.cache import cache
from django.utils import timezone

from registrations import counting, message_costs
from registrations.counting import Reason, Row, Spread, Wait
from registrations.message_costs import Cost
from registrations.models import FirstFree
from registrations.periods import Period, usual_periods
from scheduling import services as scheduling

KEPT_S = 300
# Changes when the figures change shape: what another version of the program kept must not be read.
SHAPE = 2


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of one period, as plain values, so that it can be kept."""

    made_at: datetime
    registered: int
    called_late: int
    steps: dict[str, int]
    to_call: Spread
    to_visit: Spread
    to_filing: Spread
    wait_for_slot: Spread
    wait_for_place: Spread
    wards: list[Row] = field(default_factory=list)
    procedures: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    ratings: dict[int, int] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    costs: list[Cost] = field(default_factory=list)
    funnel: list[tuple[str, int]] = field(default_factory=list)
    by_time: list[tuple[date, int, int]] = field(default_factory=list)
    first_free: list[tuple[date, Wait]] = field(default_factory=list)

    @property
    def rating_count(self) -> int:
        return sum(self.ratings.values())

    @property
    def rating_average(self) -> float | None:
        return sum(stars * n for stars, n in self.ratings.items()) / self.rating_count if self.rating_count else None

    @property
    def dong(self) -> int:
        return sum(cost.dong for cost in self.costs)

    @property
    def is_estimate(self) -> bool:
        """Some price is missing or was never checked."""
        return any(cost.charged and (cost.unpriced or not cost.is_certain) for cost in self.costs)


def figures_of(period: Period, *, fresh: bool = False) -> Figures:
    """The figures, at most five minutes old. `fresh` counts again and keeps the answer."""
    key = f"registrations:figures:{SHAPE}:{period.first:%Y%m%d}:{period.last:%Y%m%d}"
    known: Figures | None = None if fresh else cache.get(key)
    if known is None:
        known = count(period)
        cache.set(key, known, KEPT_S)
    return known


def count(period: Period) -> Figures:
    """Count from the tables."""
    span = counting.span_of(period)
    return Figures(
        made_at=timezone.now(),
        **vars(counting.requests(span)),
        wait_for_place=counting.first_free_spread(span),
        steps=counting.steps(span),
        wards=counting.per_ward(span),
        procedures=counting.per_procedure(span),
        staff=counting.per_person(period),
        reasons=counting.reasons(span),
        ratings=counting.ratings(span),
        messages=message_costs.by_state(span),
        costs=message_costs.costs(span),
        funnel=counting.funnel(span),
        by_time=counting.by_time(period),
        first_free=counting.first_free(period),
    )


def refresh(today: date | None = None) -> int:
    """Count the usual periods, and those before them, again, so that nobody waits for it. How many."""
    day = today or timezone.localdate()
    periods = {period for _, period in usual_periods(day).values()}
    periods |= {period.before for period in periods}
    for period in periods:
        figures_of(period, fresh=True)
    return len(periods)


def read_first_free(now: datetime | None = None) -> FirstFree | None:
    """Write down the first time citizens could book now; nothing while the office is closed, once an hour at most."""
    at = now or timezone.now()
    hour = at.replace(minute=0, second=0, microsecond=0)
    if not scheduling.is_open(at) or FirstFree.objects.filter(read_at__gte=hour, read_at__lte=at).exists():
        return None
    free = scheduling.nearest_free(count=1, now=at)
    return FirstFree.objects.create(read_at=at, free_at=free[0].starts_at if free else None)
