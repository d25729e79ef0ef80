"""When somebody cannot be sent, and which of their visits that hits."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from scheduling.errors import SchedulingError
from scheduling.models import LIVE, OVER, Absence, Appointment, Assignment, StaffMember
from scheduling.slots import open_slots
from scheduling.staffing import lock_staff

Period = tuple[datetime, datetime]  # half open
MOST_REPEATS = 60


def repeated(period: Period, *, every_days: int = 0, until: datetime | None = None) -> list[Period]:
    """The period itself and, with `every_days`, again after so many days up to `until`."""
    periods = [period]
    while every_days > 0 and until is not None and len(periods) < MOST_REPEATS:
        start, end = (moment + timedelta(days=every_days * len(periods)) for moment in period)
        if start > until:
            break
        periods.append((start, end))
    return periods


def visits_hit(*, staff: StaffMember, periods: Sequence[Period], now: datetime | None = None) -> list[Appointment]:
    """This person's visits still to come that fall into the periods, in order."""
    now = now or timezone.now()
    own = Assignment.objects.filter(LIVE, staff=staff).values("appointment")
    coming = Appointment.objects.filter(pk__in=own, is_live=True, ends_at__gt=now)
    coming = coming.exclude(registration__state__in=OVER)
    rows = list(coming.select_related("ward", "slot", "field", "registration__citizen").order_by("starts_at", "pk"))
    return [row for row in rows if any(row.starts_at < end and start < row.ends_at for start, end in periods)]


def record(
    *,
    staff: StaffMember,
    periods: Sequence[Period],
    reason: str,
    by: User | None,
    note: str = "",
) -> list[Appointment]:
    """Enter the absence and return the visits it hits; nobody is moved or told.

    The person's row is held while it is written and read, as when assigning: a visit given to them at the same moment
    either is in the list or is refused. Raises SchedulingError where it overlaps an earlier absence.
    """
    if not periods or any(end <= start for start, end in periods):
        raise SchedulingError("Giờ kết thúc phải sau giờ bắt đầu.")
    series = uuid.uuid4() if len(periods) > 1 else None
    try:
        with transaction.atomic():
            lock_staff([staff.pk])
            Absence.objects.bulk_create(
                Absence(staff=staff, period=period, reason=reason, note=note[:200], series=series, created_by=by)
                for period in periods
            )
            hit = visits_hit(staff=staff, periods=periods)
    except IntegrityError as error:
        if "absence_of_one_person_does_not_overlap" in str(error):
            raise SchedulingError("Cán bộ đã có một lần vắng mặt trùng thời gian này.") from error
        raise
    # The places that are left follow at once, in a transaction of their own: the absence stands either way.
    open_slots()
    return hit


def take_back(*, absence: Absence, with_series: bool = False) -> int:
    """Remove an absence (with its repeats if wanted); places follow."""
    rows = Absence.objects.filter(pk=absence.pk)
    if with_series and absence.series is not None:
        rows = Absence.objects.filter(series=absence.series)
    count, _ = rows.delete()
    open_slots()
    return count
