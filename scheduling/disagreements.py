"""Slots whose own word does not fit the rest: for the daily check."""

from datetime import datetime

from django.db import connection

from scheduling.hours import current_calendar
from scheduling.models import Slot

# A live visit counts in its own slot and in each later one it runs into.
_MISCOUNTED = """
SELECT s.starts_at, s.booked, count(a.slot_id) FROM scheduling_slot s LEFT JOIN (
    SELECT slot_id FROM scheduling_appointment WHERE is_live AND ends_at >= %(now)s
    UNION ALL
    SELECT unnest(also_holds) FROM scheduling_appointment WHERE is_live AND ends_at >= %(now)s
) a ON a.slot_id = s.id
WHERE s.starts_at >= %(now)s GROUP BY s.id HAVING s.booked <> count(a.slot_id) ORDER BY s.starts_at
"""


def slots_outside_hours(*, now: datetime) -> list[Slot]:
    """Coming open slots no visit could be booked in, because the office is closed then. In order."""
    calendar = current_calendar()
    found = []
    for slot in Slot.objects.filter(is_open=True, starts_at__gt=now).order_by("starts_at"):
        closes = calendar.closes_after(slot.starts_at)
        if closes is None or slot.ends_at > closes:
            found.append(slot)
    return found


def miscounted_slots(*, now: datetime) -> list[tuple[datetime, int, int]]:
    """Coming slots that say another number of booked places than there are visits: (start, said, counted)."""
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED, {"now": now})
        return list(cursor.fetchall())
