"""How much of a period people could work: what their visits are measured against."""

from datetime import date, datetime, timedelta

from scheduling.hours import OfficeCalendar, current_calendar, day_bounds, on
from scheduling.models import Absence, StaffMember

Span = tuple[datetime, datetime]


def minutes_to_work(*, first: date, last: date) -> dict[int, int]:
    """Open minutes of the days (both included) each person is not away, by staff id. Four queries."""
    spans = _open_spans(current_calendar(), first, last)
    whole = sum(_minutes(span) for span in spans)
    found = dict.fromkeys(StaffMember.objects.order_by("pk").values_list("pk", flat=True), whole)
    bounds = (day_bounds(first)[0], day_bounds(last)[1])
    for staff, period in Absence.objects.filter(period__overlap=bounds).order_by("pk").values_list("staff", "period"):
        # Absences of one person never overlap (a constraint), so nothing is taken off twice.
        found[staff] -= sum(
            _minutes((max(begins, period.lower), min(ends, period.upper)))
            for begins, ends in spans
            if begins < period.upper and period.lower < ends
        )
    return found


def _open_spans(calendar: OfficeCalendar, first: date, last: date) -> list[Span]:
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [(on(day, opens), on(day, closes)) for day in days for opens, closes in calendar.hours_on(day)]


def _minutes(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds() // 60)
