"""Week and month: how full each person, ward and day is."""

from datetime import date, timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from scheduling.load import load_between
from scheduling.views.days import SEE, day_from, monday_of


@require_GET
@permission_required(SEE, raise_exception=True)
def week(request: HttpRequest) -> HttpResponse:
    """Monday to Sunday: a row per person and per ward."""
    first = monday_of(day_from(request))
    last = first + timedelta(days=6)
    context = {
        "load": load_between(first, last),
        "day": first,
        "last": last,
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "today": timezone.localdate(),
    }
    return render(request, "scheduling/week.html", context)


@require_GET
@permission_required(SEE, raise_exception=True)
def month(request: HttpRequest) -> HttpResponse:
    """Whole weeks around one month: visits, what is open, what waits."""
    shown = day_from(request)
    first = shown.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = monday_of(first), monday_of(following - timedelta(days=1)) + timedelta(days=6)
    load = load_between(start, end)
    context = {
        "load": load,
        "weeks": [load.days[index : index + 7] for index in range(0, len(load.days), 7)],
        "day": first,
        "before": _month_before(first),
        "after": following,
        "today": timezone.localdate(),
    }
    return render(request, "scheduling/month.html", context)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
