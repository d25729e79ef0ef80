"""Hours, closures, rules and the shortest ride in one query: what every search and every booking needs to know.

Four small reads cost a booking more than taking the place itself, so they come as one row of JSON.
"""

import json
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import connection

from scheduling.hours import USUAL_WEEK, DayRow, HoursRow, OfficeCalendar
from scheduling.models import BookingRules, Closure
from scheduling.travel import USUAL_MINUTES

_SQL = """
SELECT
    (SELECT json_agg(json_build_array(weekday, opens_at, closes_at, valid_from, valid_to))
        FROM scheduling_workinghours),
    (SELECT json_agg(json_build_array(date, kind, name, starts_at, ends_at, status)) FROM scheduling_closure
        WHERE status <> 'dismissed'),
    (SELECT row_to_json(rules) FROM scheduling_bookingrules rules WHERE id = 1),
    (SELECT json_object_agg(distance, minutes) FROM scheduling_traveltime)
"""


@dataclass(frozen=True)
class OfficeFacts:
    """`least_ride`: minutes every pair of visits needs between them."""

    calendar: OfficeCalendar
    rules: BookingRules
    least_ride: int


def office_facts() -> OfficeFacts:
    """The office's settings as entered now, with the usual ones where nothing is entered."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        hours, closures, rules, travel = (_read(value) for value in cursor.fetchone())
    week = tuple(
        HoursRow(weekday, _clock(opens), _clock(closes), date.fromisoformat(first), _day(last))
        for weekday, opens, closes, first, last in hours or ()
    )
    days = tuple(
        DayRow(
            date=date.fromisoformat(day),
            is_work=kind == Closure.Kind.WORK,
            name=name,
            starts_at=_clock(starts) if starts else None,
            ends_at=_clock(ends) if ends else None,
            is_proposed=status == Closure.Status.PROPOSED,
        )
        for day, kind, name, starts, ends, status in closures or ()
    )
    minutes = {**USUAL_MINUTES, **(travel or {})}
    return OfficeFacts(
        calendar=OfficeCalendar(hours=week or USUAL_WEEK, days=days),
        rules=BookingRules(**(rules or {"id": 1})),
        least_ride=min(minutes.values()),
    )


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
