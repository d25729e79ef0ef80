"""Pages about the work itself: what does not agree, and the parts screens are made of."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registrations.consistency import findings
from registrations.rows import TONES
from registrations.states import State
from registrations.views.pages import StaffRequest, needs


@needs("registrations.view_statistics")
@require_GET
def consistency(request: StaffRequest) -> HttpResponse:
    found = findings()
    context = {"findings": found, "how_many": sum(finding.count for finding in found)}
    return render(request, "registrations/consistency.html", context)


@needs("registrations.view_registration", "registrations.work_on_own_visits")
@require_GET
def components(request: StaffRequest) -> HttpResponse:
    """`/thanh-phan/`: every shape of the screens in every state."""
    return render(request, "registrations/components.html", {"states": [(s.label, TONES[s]) for s in State]})
