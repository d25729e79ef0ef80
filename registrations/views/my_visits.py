"""The field worker's day on a phone: in order, with map, call, papers, and one button for what comes next."""

import secrets
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registrations.access import OWN_VISITS
from registrations.actions import VISIT, offers
from registrations.case import papers_of
from registrations.models import Checklist, Registration
from registrations.queue import with_row_facts
from registrations.views.pages import StaffRequest, day_in, needs
from scheduling import services as scheduling

ON_THE_ROAD = ("dang-di", "da-den", "da-nop", "khong-gap")


@needs(OWN_VISITS)
@require_GET
def my_visits(request: StaffRequest) -> HttpResponse:
    """`?ngay=YYYY-MM-DD` shows another day."""
    today = timezone.localdate()
    day = day_in(request.GET.get("ngay", "")) or today
    staff = scheduling.staff_member_of(request.user)
    visits = scheduling.visits_of(staff=staff, day=day) if staff is not None else []
    ids = [visit.pk for visit in visits]
    requests = {
        registration.appointment_id: registration
        for registration in with_row_facts(Registration.objects.filter(appointment_id__in=ids)).select_related(
            "citizen__contact"
        )
    }
    checklists = {row.registration_id: row for row in Checklist.objects.filter(registration__in=requests.values())}
    stops = []
    for visit in visits:
        registration = requests.get(visit.pk)
        if registration is None:
            continue
        stops.append(
            {
                "registration": registration,
                "visit": visit,
                "papers": papers_of(registration),
                "checklist": checklists.get(registration.pk),
                "offers": [
                    offer
                    for offer in offers(registration, request.user)
                    if not offer.why_not and offer.action.slug in ON_THE_ROAD and VISIT in offer.action.permissions
                ],
                "key": secrets.token_urlsafe(12),
                "map_query": ", ".join(filter(None, [registration.address_line, str(visit.ward), "Khánh Hòa"])),
            }
        )
    return render(
        request,
        "registrations/my_visits.html",
        {
            "staff": staff,
            "day": day,
            "today": today,
            "is_today": day == today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "stops": stops,
            "closed_because": scheduling.closure_name(day),
        },
    )
