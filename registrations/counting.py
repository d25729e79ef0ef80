"""The statements behind the figures of a period, each one walk over one table, each answering with plain values.

Steps (verified, visited, filed …) count the requests that took that step in the period, whenever they came in.
Times (to the first call, the visit, the filing) are those of requests that came in during the period.
`registrations.behind` lists the requests behind each of these counts; a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from registrations.periods import Period
from registrations.states import State
from scheduling import services as scheduling

REASONS_SHOWN = 10
WORDS_SHOWN = 12
Span = dict[str, Any]


@dataclass(frozen=True)
class Spread:
    """Minutes: the median, and what nine in ten stay below. None where nobody got that far."""

    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Row:
    """One ward, procedure or person. `key` 0: those that have none."""

    key: int
    name: str
    registered: int = 0
    filed: int = 0
    missed: int = 0
    minutes: int = 0
    open_minutes: int = 0
    rating: float | None = None

    @property
    def busy(self) -> float | None:
        """Minutes with visits as a part of the minutes this person could work."""
        return self.minutes / self.open_minutes if self.open_minutes else None


@dataclass(frozen=True)
class Reason:
    """Why requests ended without a visit. `sample`: a line of the history with these words, for links."""

    state: str
    words: str
    count: int
    sample: int


@dataclass(frozen=True)
class Requests:
    """What is counted of the requests that came in during the period."""

    registered: int
    called_late: int
    to_call: Spread
    to_visit: Spread
    to_filing: Spread
    wait_for_slot: Spread


def span_of(period: Period) -> Span:
    start, end = period.bounds
    return {"start": start, "end": end}


def rows(sql: str, span: Span) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, span)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return found


def number(value: Any) -> float | None:
    return None if value is None else float(value)


# A call that never happened is late too once its time is over. The clock starts anew when a citizen sends what was
# missing.
REQUESTS = """
SELECT count(*),
    count(*) FILTER (WHERE r.call_due_at < coalesce(r.first_called_at, %(now)s)
        AND (r.first_called_at IS NOT NULL OR r.state = 'submitted')),
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


def requests(span: Span) -> Requests:
    registered, late, *pairs = rows(REQUESTS, {**span, "now": timezone.now()})[0]
    spreads = [Spread(number(pair[0]), number(pair[1])) if pair else Spread(None, None) for pair in pairs]
    return Requests(registered, late, *spreads)


# As TransitionQuerySet.that_stand: what was taken back did not happen.
THAT_STAND = (
    "undoes_id IS NULL AND id NOT IN (SELECT undoes_id FROM registrations_transition WHERE undoes_id IS NOT NULL)"
)
STEPS = f"""
SELECT to_state, count(DISTINCT registration_id) FROM registrations_transition
WHERE at >= %(start)s AND at < %(end)s AND {THAT_STAND} GROUP BY to_state
"""  # noqa: S608


def steps(span: Span) -> dict[str, int]:
    found = dict(rows(STEPS, span))
    return {state.value: found.get(state.value, 0) for state in State}


GROUPED = """
SELECT coalesce(g.id, 0), coalesce(g.{name}, '{unknown}'), r.n, r.filed, r.missed FROM (
    SELECT {column}, count(*) AS n, count(*) FILTER (WHERE state = 'completed') AS filed,
        count(*) FILTER (WHERE state = 'no_show') AS missed
    FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s GROUP BY {column}
) r LEFT JOIN {table} g ON g.id = r.{column} ORDER BY 3 DESC, 2
"""
PER_WARD = GROUPED.format(table="scheduling_ward", name="name", column="ward_id", unknown="Chưa rõ phường, xã")
PER_PROCEDURE = GROUPED.format(
    table="procedures_procedure", name="short_name", column="procedure_id", unknown="Chưa rõ thủ tục"
)


def per_ward(span: Span) -> list[Row]:
    return [Row(*row) for row in rows(PER_WARD, span)]


def per_procedure(span: Span) -> list[Row]:
    return [Row(*row) for row in rows(PER_PROCEDURE, span)]


# Visits whose time lies in the period, by everybody who goes or went; the stars are for whoever led.
PER_PERSON = """
SELECT s.id, s.name, count(*), count(*) FILTER (WHERE r.state = 'completed'),
    count(*) FILTER (WHERE r.state = 'no_show'), sum(extract(epoch FROM a.ends_at - a.starts_at) / 60),
    avg(r.rating) FILTER (WHERE g.is_lead)
FROM scheduling_appointment a
JOIN scheduling_assignment g ON g.appointment_id = a.id AND g.is_active
JOIN scheduling_staffmember s ON s.id = g.staff_id
JOIN registrations_registration r ON r.appointment_id = a.id
WHERE a.is_live AND a.starts_at >= %(start)s AND a.starts_at < %(end)s
GROUP BY s.id, s.name ORDER BY 3 DESC, 2
"""


def per_person(period: Period) -> list[Row]:
    could_work = scheduling.minutes_to_work(first=period.first, last=period.last)
    return [
        Row(key, name, visits, filed, missed, int(minutes or 0), could_work.get(key, 0), number(rating))
        for key, name, visits, filed, missed, minutes, rating in rows(PER_PERSON, span_of(period))
    ]


REASONS = f"""
SELECT to_state, reason, count(DISTINCT registration_id), min(id) FROM registrations_transition
WHERE at >= %(start)s AND at < %(end)s AND to_state IN ('rejected', 'cancelled', 'no_show') AND reason <> ''
    AND {THAT_STAND}
GROUP BY to_state, reason ORDER BY 3 DESC, 2 LIMIT {REASONS_SHOWN}
"""  # noqa: S608


def reasons(span: Span) -> list[Reason]:
    return [Reason(*row) for row in rows(REASONS, span)]


RATINGS = """
SELECT rating, count(*) FROM registrations_registration
WHERE rating IS NOT NULL AND rated_at >= %(start)s AND rated_at < %(end)s GROUP BY rating
"""


def ratings(span: Span) -> dict[int, int]:
    found = dict(rows(RATINGS, span))
    return {stars: found.get(stars, 0) for stars in range(5, 0, -1)}


# How far the people and requests that came in by Zalo during the period have got by now.
FUNNEL = """
SELECT
    (SELECT count(*) FROM zalo_bridge_contact WHERE created_at >= %(start)s AND created_at < %(end)s),
    (SELECT count(DISTINCT contact_id) FROM registrations_consent
        WHERE given_at >= %(start)s AND given_at < %(end)s),
    count(*),
    count(*) FILTER (WHERE state IN ('verified', 'assigned', 'in_progress', 'no_show', 'completed')),
    count(*) FILTER (WHERE arrived_at IS NOT NULL),
    count(*) FILTER (WHERE state = 'completed')
FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s AND channel = 'zalo'
"""
FUNNEL_STEPS = ("Quan tâm OA", "Đồng ý", "Đăng ký", "Đã xác minh", "Đã đến nhà", "Đã nộp hồ sơ")


def funnel(span: Span) -> list[tuple[str, int]]:
    return list(zip(FUNNEL_STEPS, rows(FUNNEL, span)[0], strict=True))


BY_TIME = """
SELECT date_trunc(%(unit)s, created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    count(*), count(*) FILTER (WHERE state = 'completed')
FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s GROUP BY 1 ORDER BY 1
"""
# How long a citizen had to wait for the first free time, as read while the office was open.
FIRST_FREE = """
SELECT date_trunc(%(unit)s, read_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM free_at - read_at) / 60),
    max(extract(epoch FROM free_at - read_at) / 60), count(*), count(*) FILTER (WHERE free_at IS NULL)
FROM registrations_firstfree WHERE read_at >= %(start)s AND read_at < %(end)s GROUP BY 1 ORDER BY 1
"""
FIRST_FREE_SPREAD = """
SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM free_at - read_at) / 60)
FROM registrations_firstfree WHERE free_at IS NOT NULL AND read_at >= %(start)s AND read_at < %(end)s
"""


@dataclass(frozen=True)
class Wait:
    """Minutes to the first free time over a day, week or month: the middle and the longest of so many readings."""

    middle: float | None
    longest: float | None
    readings: int
    without: int


def by_time(period: Period) -> list[tuple[date, int, int]]:
    found = {day: (came, filed) for day, came, filed in _by_step(BY_TIME, period)}
    return [(day, *found.get(unit, (0, 0))) for day, unit in _steps(period)]


def first_free(period: Period) -> list[tuple[date, Wait]]:
    found = {
        day: Wait(number(middle), number(longest), n, without)
        for day, middle, longest, n, without in _by_step(FIRST_FREE, period)
    }
    return [(day, found.get(unit, Wait(None, None, 0, 0))) for day, unit in _steps(period)]


def first_free_spread(span: Span) -> Spread:
    (pair,) = rows(FIRST_FREE_SPREAD, span)[0]
    return Spread(number(pair[0]), number(pair[1])) if pair else Spread(None, None)


def _by_step(sql: str, period: Period) -> Sequence[tuple[Any, ...]]:
    return rows(sql, {**span_of(period), "unit": period.unit})


def _steps(period: Period) -> list[tuple[date, date]]:
    """The first day of each bar, and the day PostgreSQL calls that week or month by."""
    found = []
    for step in period.steps():
        day = step.first
        if period.unit == "week":
            day = date.fromordinal(day.toordinal() - day.weekday())
        found.append((step.first, day.replace(day=1) if period.unit == "month" else day))
    return found


def rated_words(period: Period) -> list[tuple[str, int, str]]:
    """The latest words with their code and stars, the unhappy first. Never kept: they are somebody's own."""
    sql = f"""
    SELECT code, rating, rating_words FROM registrations_registration
    WHERE rating IS NOT NULL AND rating_words <> '' AND rated_at >= %(start)s AND rated_at < %(end)s
    ORDER BY rating, rated_at DESC LIMIT {WORDS_SHOWN}
    """  # noqa: S608
    return [(code, stars, words) for code, stars, words in rows(sql, span_of(period))]
