"""The requests behind a figure of the statistics, where no filter of the queue names them (parameter `so`).

Each condition here is a count of `registrations.counting` said in the words of the queue; a test compares the two.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from registrations.models import Registration, Transition
from registrations.states import State

PASSED_VERIFICATION = (State.VERIFIED, State.ASSIGNED, State.IN_PROGRESS, State.NO_SHOW, State.COMPLETED)
LONGEST_ID = 18


def behind(
    rows: QuerySet[Registration], figure: str, start: datetime | None, end: datetime | None
) -> QuerySet[Registration]:
    """`figure` as links write it: "goi-tre", "phuong-0", "ly-do-812"; nothing for one we do not know.

    `start` and `end` (half open) bound what happened to the request, not when it came in.
    """
    name, _, number = figure.rpartition("-")
    if number.isdecimal() and len(number) <= LONGEST_ID:
        return _of_one(rows, name, int(number), start, end)
    if figure == "goi-tre":
        late = rows.filter(call_due_at__lt=Coalesce("first_called_at", timezone.now()))
        return late.filter(Q(first_called_at__isnull=False) | Q(state=State.SUBMITTED))
    if figure == "danh-gia":
        return rows.filter(Q(rating__isnull=False) & _within("rated_at", start, end))
    conditions = {
        "goi": Q(first_called_at__isnull=False),
        "den": Q(arrived_at__isnull=False),
        "hen": Q(appointment__isnull=False),
        "qua-xac-minh": Q(state__in=PASSED_VERIFICATION),
    }
    return rows.filter(conditions[figure]) if figure in conditions else rows.none()


def _of_one(
    rows: QuerySet[Registration], name: str, number: int, start: datetime | None, end: datetime | None
) -> QuerySet[Registration]:
    if name == "phuong":
        return rows.filter(ward=number or None)
    if name == "thu_tuc":
        return rows.filter(procedure=number or None)
    if name == "can_bo":
        return rows.filter(appointment__assignments__staff=number, appointment__assignments__is_active=True)
    if name == "ly-do":
        # The words themselves may be a citizen's: the address names a line of the history that has them.
        sample = Transition.objects.filter(pk=number).first()
        if sample is None:
            return rows.none()
        same = Transition.objects.that_stand().filter(
            _within("at", start, end), to_state=sample.to_state, reason=sample.reason
        )
        return rows.filter(pk__in=same.values("registration"))
    return rows.none()


def _within(field: str, start: datetime | None, end: datetime | None) -> Q:
    condition = Q()
    if start is not None:
        condition &= Q(**{f"{field}__gte": start})
    if end is not None:
        condition &= Q(**{f"{field}__lt": end})
    return condition
