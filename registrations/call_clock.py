"""By when a new request is to be called."""

from datetime import datetime, timedelta

from registrations.models import WorkRules
from scheduling import services as scheduling
from scheduling.services import Appointment

# Between the call and the visit somebody is still to be sent.
TIME_TO_GO = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)


def call_due_at(at: datetime, visit: Appointment | None) -> datetime:
    """So many working minutes after `at` (WorkRules); half as many where the whole would end at the visit's door."""
    minutes = WorkRules.current().call_within_minutes
    due = scheduling.add_working_minutes(at, minutes)
    if visit is None or due <= visit.starts_at - TIME_TO_GO:
        return due
    return min(scheduling.add_working_minutes(at, minutes // 2), visit.starts_at)


def promised_by(due_at: datetime, visit_starts_at: datetime | None) -> datetime:
    """What a citizen is told: the next round quarter of an hour, but not after the visit has begun."""
    over = timedelta(minutes=due_at.minute % 15, seconds=due_at.second, microseconds=due_at.microsecond)
    told = due_at + (QUARTER - over) if over else due_at
    return told if visit_starts_at is None or visit_starts_at < due_at else min(told, visit_starts_at)
