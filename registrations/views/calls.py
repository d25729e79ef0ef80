"""The call queue: one person at a time, the script beside the form."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registrations.calling import next_calls, script_of
from registrations.case import case_of, take_up
from registrations.forms import CallForm, ChecklistForm
from registrations.models import WorkRules
from registrations.views.pages import StaffRequest, needs


@needs("registrations.verify_registration")
@require_GET
def calls(request: StaffRequest) -> HttpResponse:
    """`?mo=<code>` takes somebody other than the first in line."""
    now = timezone.now()
    waiting = next_calls(now)
    wanted = request.GET.get("mo", "")
    current = next((call for call in waiting if call.registration.code == wanted), waiting[0] if waiting else None)
    context: dict[str, object] = {
        "waiting": waiting,
        "current": current,
        "now": now,
        "case": None,
        "rules": WorkRules.current(),
    }
    if current is not None:
        registration = current.registration
        take_up(registration=registration, user=request.user, now=now)
        case = case_of(registration, request.user, now=now)
        context |= {
            "case": case,
            "script": script_of(registration),
            "call_form": CallForm(registration=registration),
            "checklist_form": ChecklistForm(papers=case.papers, initial=ChecklistForm.initial_of(case.checklist)),
        }
    return render(request, "registrations/calls.html", context)
