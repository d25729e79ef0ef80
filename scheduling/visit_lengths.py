"""How long visits really take, per procedure: what the stops on the telephones say against what is planned.

Shown to a manager; applied only when accepted, because every longer visit takes places away from citizens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.utils import timezone

from procedures.services import Procedure, record_version
from scheduling.errors import SchedulingError
from scheduling.models import Appointment

LOOK_BACK = timedelta(days=180)
# Fewer visits than this say nothing; stops outside these bounds are forgotten presses, not visits.
FEWEST = 10
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=5)
# Four of five visits should end in time: the rest of the buffer is the next ride.
SHARE = 0.8
STEP = 5


class Percentile(Aggregate):
    """PostgreSQL's `percentile_cont(share) WITHIN GROUP (ORDER BY …)` of durations."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class VisitLength:
    """What was measured for one procedure. Minutes; `suggested` None where there is too little to go by."""

    procedure: Procedure
    count: int
    median: int
    four_of_five: int
    no_show_percent: int
    suggested: int | None

    @property
    def is_news(self) -> bool:
        return self.suggested is not None and self.suggested != self.procedure.visit_minutes


def measured(*, now: datetime | None = None) -> list[VisitLength]:
    """Procedures visited in the last half year, most visited first."""
    now = now or timezone.now()
    visits = Appointment.objects.filter(starts_at__gte=now - LOOK_BACK, starts_at__lt=now)
    spent = ExpressionWrapper(
        F("registration__finished_at") - F("registration__arrived_at"), output_field=DurationField()
    )
    done = Q(registration__state="completed", spent__gte=SHORTEST, spent__lte=LONGEST)
    rows = (
        visits.annotate(spent=spent)
        .filter(registration__procedure__isnull=False, registration__state__in=("completed", "no_show"))
        .values("registration__procedure")
        .annotate(
            count=Count("pk", filter=done),
            every=Count("pk"),
            missed=Count("pk", filter=Q(registration__state="no_show")),
            median=Percentile("spent", filter=done, share=0.5),
            long=Percentile("spent", filter=done, share=SHARE),
        )
        .order_by("-every", "registration__procedure")
    )
    procedures = Procedure.objects.in_bulk()
    return [
        VisitLength(
            procedure=procedures[row["registration__procedure"]],
            count=row["count"],
            median=_minutes(row["median"]),
            four_of_five=_minutes(row["long"]),
            no_show_percent=round(100 * row["missed"] / row["every"]),
            suggested=_suggestion(row["long"], row["count"]),
        )
        for row in rows
    ]


def accept(*, procedure: Procedure, minutes: int, by: User) -> None:
    """Plan this procedure with the suggested length from now on; visits already booked keep theirs."""
    if not 15 <= minutes <= 240:
        raise SchedulingError("Thời gian tại nhà từ 15 đến 240 phút.")
    with transaction.atomic():
        procedure.visit_minutes = minutes
        procedure.save(update_fields=["visit_minutes", "updated_at"])
        record_version(procedure=procedure, reason=f"Thời gian tại nhà {minutes} phút theo số đo thực tế", author=by)


def _minutes(length: timedelta | None) -> int:
    return round(length.total_seconds() / 60) if length is not None else 0


def _suggestion(length: timedelta | None, count: int) -> int | None:
    if length is None or count < FEWEST:
        return None
    minutes = -(-_minutes(length) // STEP) * STEP  # up to the next five
    return min(240, max(15, minutes))
