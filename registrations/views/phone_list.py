"""Whom to call when a day is shut or somebody falls away: names and numbers on one sheet, and who asked for them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from registrations.access import visible_to
from registrations.models import PersonalDataView
from registrations.views.pages import StaffRequest, needs

MOST = 500


@needs("registrations.see_personal_data")
@require_POST
def phone_list(request: StaffRequest) -> HttpResponse:
    """The requests of the visits named by `luot`. Each time it is made, a line of who looked goes into each request."""
    visits = [int(number) for number in request.POST.getlist("luot") if number.isdecimal() and len(number) < 18]
    rows = visible_to(request.user).filter(appointment_id__in=visits[:MOST])
    found = list(
        rows.select_related("citizen", "procedure", "appointment__ward").order_by("appointment__starts_at", "pk")
    )
    PersonalDataView.objects.bulk_create(
        PersonalDataView(registration=row, user=request.user, what="số điện thoại (danh sách gọi)")
        for row in found
        if row.citizen.phone
    )
    return render(request, "registrations/phone_list.html", {"rows": found})
