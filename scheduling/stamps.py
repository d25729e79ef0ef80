"""A short text that changes whenever anything the board of a day shows has changed.

Row versions (`xmin`) are compared, so no writer has to remember to tell anybody. One query; kept for a second, so that
twenty wall screens cost the database no more than one.
"""

from datetime import date, datetime

from django.core.cache import cache
from django.db import connection

from scheduling.hours import day_bounds

KEPT_SECONDS = 1
# Badges like "trễ giờ" appear with time alone: the stamp changes at least this often.
MINUTES_PER_STAMP = 5

_SQL = """
WITH visits AS (
    SELECT v.id, v.xmin, v.is_live FROM scheduling_appointment v
    WHERE v.is_live AND v.starts_at >= %(start)s AND v.starts_at < %(end)s
)
SELECT
    (SELECT concat_ws('.', count(*), sum(xmin::text::bigint)) FROM visits),
    (SELECT concat_ws('.', count(*), sum(a.xmin::text::bigint)) FROM visits v
        JOIN scheduling_assignment a ON a.appointment_id = v.id),
    (SELECT concat_ws('.', count(*), sum(r.xmin::text::bigint), sum(c.xmin::text::bigint)) FROM visits v
        JOIN registrations_registration r ON r.appointment_id = v.id
        JOIN registrations_citizen c ON c.id = r.citizen_id),
    (SELECT concat_ws('.', count(*), sum(k.xmin::text::bigint)) FROM visits v
        JOIN registrations_registration r ON r.appointment_id = v.id
        JOIN registrations_contactattempt k ON k.registration_id = r.id AND k.outcome = 'owed'),
    (SELECT concat_ws('.', count(*), sum(xmin::text::bigint)) FROM scheduling_absence
        WHERE period && tstzrange(%(start)s, %(end)s)),
    (SELECT concat_ws('.', count(*), sum(xmin::text::bigint)) FROM scheduling_closure WHERE date = %(day)s),
    (SELECT concat_ws('.', count(*), sum(xmin::text::bigint)) FROM scheduling_staffmember)
"""


def stamp_of(day: date, *, now: datetime) -> str:
    """The board's stamp of a day, at most a second old."""
    bucket = int(now.timestamp()) // (60 * MINUTES_PER_STAMP)
    key = f"board-stamp:{day.isoformat()}"
    rows = cache.get(key)
    if rows is None:
        rows = fresh_rows(day)
        cache.set(key, rows, KEPT_SECONDS)
    return f"{rows}-{bucket}"


def fresh_rows(day: date) -> str:
    """The part of the stamp that comes from the database, read now."""
    start, end = day_bounds(day)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"start": start, "end": end, "day": day})
        parts = cursor.fetchone()
    return "-".join(part or "0" for part in parts)
