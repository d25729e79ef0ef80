"""Pages about the work itself: what does not agree, and the parts screens are made of."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registrations.consistency import findings
from registrations.states import State
from registrations.views.pages import StaffRequest, needs
from registrations.wordings import TONES


@needs("registrations.view_statistics")
@require_GET
def consistency(request: StaffRequest) -> HttpResponse:
    return render(request, "registrations/consistency.html", {"findings": findings()})


@needs("registrations.view_registration", "registrations.work_on_own_visits")
@require_GET
def components(request: StaffRequest) -> HttpResponse:
    """`/thanh-phan/`: every shape of the screens in every state."""
    return render(request, "registrations/components.html", {"states": [(s.label, TONES[s]) for s in State]})
