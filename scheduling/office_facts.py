"""Hours, closures, rules, the shortest ride and who covers which wards: what every search and every booking asks.

They change a few times a year and are asked thousands of times a day, so each process keeps what it read, together with
a stamp of the rows it came from. Asking for the stamp is one small query (a booking asks it along with its slot), and
what was kept is never older than the stamp says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from typing import Any

from django.db import connection

from scheduling.hours import USUAL_WEEK, DayRow, HoursRow, OfficeCalendar
from scheduling.models import BookingRules, Closure
from scheduling.travel import USUAL_MINUTES

# A row's version (`xmin`) and place (`ctid`): the second tells two edits of one transaction apart.
_VERSION = "(SELECT concat_ws('.', count(*), sum(hashtextextended(ctid::text, xmin::text::bigint))) FROM {})"
_TABLES = (
    "scheduling_workinghours",
    "scheduling_closure",
    "scheduling_bookingrules",
    "scheduling_traveltime",
    "scheduling_staffmember",
    "scheduling_staffmember_wards",
)
STAMP = "concat_ws('-', " + ", ".join(_VERSION.format(table) for table in _TABLES) + ")"

_SQL = f"""
SELECT
    (SELECT json_agg(json_build_array(weekday, opens_at, closes_at, valid_from, valid_to))
        FROM scheduling_workinghours),
    (SELECT json_agg(json_build_array(date, kind, name, starts_at, ends_at, status)) FROM scheduling_closure
        WHERE status <> 'dismissed'),
    (SELECT row_to_json(rules) FROM scheduling_bookingrules rules WHERE id = 1),
    (SELECT json_object_agg(distance, minutes) FROM scheduling_traveltime),
    (SELECT json_agg(json_build_array(id, ARRAY(
            SELECT ward_id FROM scheduling_staffmember_wards w WHERE w.staffmember_id = s.id)))
        FROM scheduling_staffmember s WHERE is_active),
    {STAMP}
"""  # noqa: S608 -- built from the constants above


@dataclass(frozen=True)
class OfficeFacts:
    """`least_ride`: minutes every pair of visits needs between them. `crew`: who can be sent → wards (empty: all)."""

    calendar: OfficeCalendar
    rules: BookingRules
    least_ride: int
    crew: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def strangers(self, ward_id: int) -> int:
        """How many of the crew do not cover a ward."""
        return len(self._limited) - self._covering.get(ward_id, 0)

    @cached_property
    def _limited(self) -> list[frozenset[int]]:
        return [wards for wards in self.crew.values() if wards]

    @cached_property
    def _covering(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for wards in self._limited:
            for ward_id in wards:
                counts[ward_id] = counts.get(ward_id, 0) + 1
        return counts


# (database, stamp, facts): replaced as a whole, so that threads may share it.
_kept: tuple[str, str, OfficeFacts] | None = None


def office_facts(stamp: str | None = None) -> OfficeFacts:
    """The office's settings as entered now, with the usual ones where nothing is entered.

    `stamp`: the value of STAMP, where the caller has just read it along with something else.
    """
    global _kept
    database = str(connection.settings_dict["NAME"])
    kept = _kept
    with connection.cursor() as cursor:
        if stamp is None and kept is not None:
            cursor.execute(f"SELECT {STAMP}")
            (stamp,) = cursor.fetchone()
        if kept is not None and kept[:2] == (database, stamp):
            return kept[2]
        cursor.execute(_SQL)
        *parts, stamp = cursor.fetchone()
    facts = _facts_from(*(_read(part) for part in parts))
    _kept = (database, str(stamp), facts)
    return facts


def _facts_from(hours: Any, closures: Any, rules: Any, travel: Any, crew: Any) -> OfficeFacts:
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
        crew={staff_id: frozenset(wards) for staff_id, wards in crew or ()},
    )


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
