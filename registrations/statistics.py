"""Figures of a period for the manager. Each says what it counts; each has the list behind it.

Steps (verified, visited, filed …) count the requests that took that step in the period, whenever they came in.
Times (to the first call, the visit, the filing) are those of requests that came in during the period.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from registrations.filters import midnight
from registrations.states import State

KEPT_S = 300
REASONS_SHOWN = 8
WORDS_SHOWN = 12


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Half open."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Spread:
    """Minutes: the median, and what nine in ten stay below. None where nobody got that far."""

    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Row:
    """One ward, procedure or person."""

    key: int
    name: str
    registered: int = 0
    filed: int = 0
    missed: int = 0
    minutes: int = 0
    rating: float | None = None


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of one period, as plain values, so that it can be kept."""

    made_at: datetime
    registered: int
    steps: dict[str, int]
    to_call: Spread
    to_visit: Spread
    to_filing: Spread
    wait_for_slot: Spread
    wards: list[Row] = field(default_factory=list)
    procedures: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    reasons: list[tuple[str, str, int]] = field(default_factory=list)
    ratings: dict[int, int] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    templates: int = 0
    funnel: list[tuple[str, int]] = field(default_factory=list)
    by_time: list[tuple[date, int, int]] = field(default_factory=list)

    @property
    def rating_count(self) -> int:
        return sum(self.ratings.values())

    @property
    def rating_average(self) -> float | None:
        return sum(stars * n for stars, n in self.ratings.items()) / self.rating_count if self.rating_count else None


def figures_of(period: Period, *, fresh: bool = False) -> Figures:
    """The figures, at most five minutes old. `fresh` counts again and keeps the answer."""
    key = f"registrations:figures:{period.first:%Y%m%d}:{period.last:%Y%m%d}"
    known: Figures | None = None if fresh else cache.get(key)
    if known is None:
        known = count(period)
        cache.set(key, known, KEPT_S)
    return known


def count(period: Period) -> Figures:
    """Count from the tables."""
    start, end = period.bounds
    span = {"start": start, "end": end}
    registered, spreads, ratings = _requests(span)
    steps = dict(_rows(STEPS, span))
    return Figures(
        made_at=timezone.now(),
        registered=registered,
        steps={state.value: steps.get(state.value, 0) for state in State},
        to_call=spreads[0],
        to_visit=spreads[1],
        to_filing=spreads[2],
        wait_for_slot=spreads[3],
        wards=[Row(*row) for row in _rows(PER_WARD, span)],
        procedures=[Row(*row) for row in _rows(PER_PROCEDURE, span)],
        staff=[
            Row(
                key,
                name,
                registered=visits,
                filed=filed,
                missed=missed,
                minutes=int(minutes or 0),
                rating=_float(rating),
            )
            for key, name, visits, filed, missed, minutes, rating in _rows(PER_PERSON, span)
        ],
        reasons=[(state, reason, n) for state, reason, n in _rows(REASONS, span)],
        ratings={stars: ratings.get(stars, 0) for stars in range(5, 0, -1)},
        messages=dict(_rows(MESSAGES, span)),
        templates=_rows(TEMPLATES, span)[0][0],
        funnel=_funnel(span),
        by_time=_by_time(period, span),
    )


def _rows(sql: str, span: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, span)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


# One walk over the requests of the period for everything that is theirs alone.
REQUESTS = """
SELECT count(*),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM r.first_called_at - r.created_at) / 60)
        FILTER (WHERE r.first_called_at IS NOT NULL),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM r.arrived_at - r.created_at) / 60)
        FILTER (WHERE r.arrived_at IS NOT NULL),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM r.finished_at - r.created_at) / 60)
        FILTER (WHERE r.state = 'completed'),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM a.starts_at - r.created_at) / 60)
        FILTER (WHERE a.id IS NOT NULL)
FROM registrations_registration r LEFT JOIN scheduling_appointment a ON a.id = r.appointment_id
WHERE r.created_at >= %(start)s AND r.created_at < %(end)s
"""
RATINGS = """
SELECT rating, count(*) FROM registrations_registration
WHERE rating IS NOT NULL AND rated_at >= %(start)s AND rated_at < %(end)s GROUP BY rating
"""


def _requests(span: dict[str, Any]) -> tuple[int, list[Spread], dict[int, int]]:
    total, *pairs = _rows(REQUESTS, span)[0]
    spreads = [Spread(_float(pair[0]), _float(pair[1])) if pair else Spread(None, None) for pair in pairs]
    return total, spreads, dict(_rows(RATINGS, span))


STEPS = """
SELECT to_state, count(DISTINCT registration_id) FROM registrations_transition
WHERE at >= %(start)s AND at < %(end)s GROUP BY to_state
"""
PER_WARD = """
SELECT w.id, w.name, count(*), count(*) FILTER (WHERE r.state = 'completed'),
    count(*) FILTER (WHERE r.state = 'no_show')
FROM registrations_registration r JOIN scheduling_ward w ON w.id = r.ward_id
WHERE r.created_at >= %(start)s AND r.created_at < %(end)s GROUP BY w.id, w.name ORDER BY 3 DESC, 2
"""
PER_PROCEDURE = """
SELECT p.id, p.short_name, count(*), count(*) FILTER (WHERE r.state = 'completed'),
    count(*) FILTER (WHERE r.state = 'no_show')
FROM registrations_registration r JOIN procedures_procedure p ON p.id = r.procedure_id
WHERE r.created_at >= %(start)s AND r.created_at < %(end)s GROUP BY p.id, p.short_name ORDER BY 3 DESC, 2
"""
# Visits whose time lies in the period, by who led them (the last who did).
PER_PERSON = """
SELECT s.id, s.name, count(*), count(*) FILTER (WHERE r.state = 'completed'),
    count(*) FILTER (WHERE r.state = 'no_show'), sum(extract(epoch FROM a.ends_at - a.starts_at) / 60), avg(r.rating)
FROM scheduling_appointment a
JOIN scheduling_assignment g ON g.appointment_id = a.id AND g.is_active AND g.is_lead
JOIN scheduling_staffmember s ON s.id = g.staff_id
JOIN registrations_registration r ON r.appointment_id = a.id
WHERE a.is_live AND a.starts_at >= %(start)s AND a.starts_at < %(end)s
GROUP BY s.id, s.name ORDER BY 3 DESC, 2
"""
REASONS = f"""
SELECT to_state, reason, count(*) FROM registrations_transition
WHERE at >= %(start)s AND at < %(end)s AND to_state IN ('rejected', 'cancelled', 'no_show') AND reason <> ''
GROUP BY to_state, reason ORDER BY 3 DESC, 2 LIMIT {REASONS_SHOWN}
"""  # noqa: S608
MESSAGES = """
SELECT state, count(*) FROM zalo_bridge_outboundmessage
WHERE created_at >= %(start)s AND created_at < %(end)s AND subject <> '' GROUP BY state
"""
TEMPLATES = """
SELECT count(*) FROM zalo_bridge_outboundmessage
WHERE created_at >= %(start)s AND created_at < %(end)s AND channel <> 'chat' AND state IN ('sent', 'delivered', 'seen')
"""
# How far the people and requests that came in during the period have got by now.
FUNNEL = """
SELECT
    (SELECT count(*) FROM zalo_bridge_contact WHERE created_at >= %(start)s AND created_at < %(end)s),
    (SELECT count(DISTINCT coalesce(contact_id, -citizen_id)) FROM registrations_consent
        WHERE given_at >= %(start)s AND given_at < %(end)s),
    count(*),
    count(*) FILTER (WHERE state IN ('verified', 'assigned', 'in_progress', 'no_show', 'completed')),
    count(*) FILTER (WHERE arrived_at IS NOT NULL),
    count(*) FILTER (WHERE state = 'completed')
FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s
"""
FUNNEL_STEPS = ("Quan tâm OA", "Đồng ý", "Đăng ký", "Đã xác minh", "Đã đến nhà", "Đã nộp hồ sơ")


def _funnel(span: dict[str, Any]) -> list[tuple[str, int]]:
    return list(zip(FUNNEL_STEPS, _rows(FUNNEL, span)[0], strict=True))


BY_TIME = """
SELECT date_trunc(%(unit)s, created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    count(*), count(*) FILTER (WHERE state = 'completed')
FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s GROUP BY 1 ORDER BY 1
"""


def unit_of(period: Period) -> str:
    """Bars of days for a month, of weeks for half a year, of months beyond."""
    return "day" if period.days <= 31 else "week" if period.days <= 184 else "month"


def _by_time(period: Period, span: dict[str, Any]) -> list[tuple[date, int, int]]:
    unit = unit_of(period)
    found = {day: (came, filed) for day, came, filed in _rows(BY_TIME, {**span, "unit": unit})}
    return [(day, *found.get(day, (0, 0))) for day in _steps_of(period, unit)]


def _steps_of(period: Period, unit: str) -> Iterable[date]:
    day = period.first
    if unit == "week":
        day -= timedelta(days=day.weekday())
    elif unit == "month":
        day = day.replace(day=1)
    while day <= period.last:
        yield day
        if unit == "month":
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            day += timedelta(days=7 if unit == "week" else 1)


def rated_words(period: Period) -> list[tuple[str, int, str, datetime]]:
    """The latest words with their stars and code. Read when shown, never kept: they are somebody's own words."""
    start, end = period.bounds
    sql = f"""
    SELECT code, rating, rating_words, rated_at FROM registrations_registration
    WHERE rating IS NOT NULL AND rating_words <> '' AND rated_at >= %(start)s AND rated_at < %(end)s
    ORDER BY rating, rated_at DESC LIMIT {WORDS_SHOWN}
    """  # noqa: S608
    return [(code, stars, words, at) for code, stars, words, at in _rows(sql, {"start": start, "end": end})]


def as_plain(figures: Figures) -> dict[str, Any]:
    """For a comparison with another count: everything but when it was made."""
    plain = asdict(figures)
    plain.pop("made_at")
    return plain


def usual_periods(today: date) -> dict[str, tuple[str, Period]]:
    """The periods people ask for, by the word in the address."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last_month_end = month - timedelta(days=1)
    return {
        "hom-nay": ("Hôm nay", Period(today, today)),
        "tuan": ("Tuần này", Period(monday, monday + timedelta(days=6))),
        "thang": ("Tháng này", Period(month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))),
        "thang-truoc": ("Tháng trước", Period(last_month_end.replace(day=1), last_month_end)),
        "quy": ("Quý này", Period(quarter, (quarter + timedelta(days=95)).replace(day=1) - timedelta(days=1))),
        "nam": ("Năm nay", Period(today.replace(month=1, day=1), today.replace(month=12, day=31))),
    }


def refresh(today: date | None = None) -> int:
    """Count the usual periods, and those before them, again, so that nobody waits for it. How many."""
    day = today or timezone.localdate()
    periods = {period for _, period in usual_periods(day).values()}
    periods |= {period.before for period in periods}
    for period in periods:
        figures_of(period, fresh=True)
    return len(periods)
