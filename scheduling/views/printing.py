"""One A4 sheet per person and day, to take along where there is no signal."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from scheduling.board import given_name_key
from scheduling.hours import day_bounds
from scheduling.models import LIVE, Assignment, StaffMember
from scheduling.views.days import SEE, day_from
from scheduling.words import day_name


@require_GET
@permission_required(SEE, raise_exception=True)
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets of a day: of one person (`nguoi=`) or of everybody who goes out."""
    shown = day_from(request)
    start, end = day_bounds(shown)
    rows = Assignment.objects.filter(
        LIVE, appointment__is_live=True, appointment__starts_at__gte=start, appointment__starts_at__lt=end
    )
    person = request.GET.get("nguoi", "")
    if person.isdecimal() and len(person) < 18:
        rows = rows.filter(staff=int(person))
    related = (
        "staff",
        "appointment__ward",
        "appointment__registration__citizen",
        "appointment__registration__procedure",
    )
    by_person: dict[StaffMember, list[Any]] = {}
    for row in rows.select_related(*related).order_by("appointment__starts_at", "pk"):
        by_person.setdefault(row.staff, []).append(row.appointment)
    people = sorted(by_person.items(), key=lambda pair: given_name_key(pair[0].name))
    return render(request, "scheduling/sheets.html", {"people": people, "day": shown, "title": day_name(shown)})
