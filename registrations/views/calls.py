"""The call queue: one person at a time, the script beside the form."""

import secrets
from dataclasses import dataclass, replace

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations import undo
from registrations.actions import ACTION_BY_SLUG
from registrations.calling import Call, next_calls, script_of
from registrations.case import case_of, others_on, papers_of
from registrations.errors import RegistrationError
from registrations.forms import CallForm, ChecklistForm
from registrations.models import Checklist, Registration, WorkRules
from registrations.views.actions import press
from registrations.views.pages import StaffRequest, fetch, needs, say, undo_address
from registrations.views.requests import keep_checklist


@dataclass(frozen=True)
class Sheet:
    """What one call is written down on: how it went, and what was asked."""

    registration: Registration
    call: CallForm
    checklist: ChecklistForm

    @classmethod
    def of(cls, registration: Registration, request: StaffRequest) -> "Sheet":
        sent = request.POST if request.method == "POST" else None
        saved = Checklist.objects.filter(registration=registration).first()
        checklist = ChecklistForm(
            sent, papers=papers_of(registration), initial=ChecklistForm.initial_of(saved), prefix="phieu"
        )
        # Two columns, one form: an answer ticked in the call must not be lost by pressing the other column's button.
        for field in checklist.fields.values():
            field.widget.attrs["form"] = "cuoc-goi"
        return cls(registration, CallForm(sent, registration=registration), checklist)


@needs("registrations.verify_registration")
@require_http_methods(["GET", "POST"])
def calls(request: StaffRequest) -> HttpResponse:
    """`?mo=<code>` takes somebody other than the first in line. Two clerks are not handed the same person."""
    now, wanted = timezone.now(), request.GET.get("mo", "")
    sheet = Sheet.of(fetch(request, wanted), request) if request.method == "POST" else None
    if sheet is not None and (answer := _keep(request, sheet)):
        return answer
    waiting = next_calls(now)
    busy = others_on([call.registration for call in waiting], request.user, now)
    waiting = [replace(call, worked_on_by=busy.get(call.registration.pk)) for call in waiting]
    current = next((call for call in waiting if call.registration.code == wanted), None)
    if current is None and sheet is not None:
        current = Call(sheet.registration, "Xác minh", False, False)  # a colleague was quicker; the form stays
    current = current or next((call for call in waiting if call.worked_on_by is None), None)
    current = current or next(iter(waiting), None)
    context: dict[str, object] = {
        "waiting": waiting,
        "current": current,
        "now": now,
        "case": None,
        "rules": WorkRules.current(),
    }
    if current is not None:
        registration = current.registration
        case = case_of(registration, request.user, now=now)
        context |= {
            "case": case,
            "script": script_of(registration, case.papers),
            "key": secrets.token_urlsafe(12),
            "sheet": sheet or Sheet.of(registration, request),
        }
    return render(request, "registrations/calls.html", context)


def _keep(request: StaffRequest, sheet: Sheet) -> HttpResponse | None:
    """Save the checklist, and the call unless only the checklist was to be saved. None: something must be mended."""
    is_call = "luu-phieu" not in request.POST
    if not sheet.checklist.is_valid() or (is_call and not sheet.call.is_valid()):
        return None
    registration, key = sheet.registration, request.POST.get("key", "")[:64] or secrets.token_urlsafe(12)
    sentence = "Đã lưu phiếu xác minh."
    try:
        with transaction.atomic():
            if is_call:
                action = ACTION_BY_SLUG["ghi-goi"]
                sentence = press(registration, action, sheet.call.cleaned_data, user=request.user, key=key)
            # After the call: one press takes both back, the later one first.
            if sheet.checklist.has_changed():
                keep_checklist(registration, sheet.checklist, user=request.user, key=f"{key[:57]}.phieu")
    except RegistrationError as refusal:
        say(request, refusal.sentence, is_bad=True)
    else:
        say(request, sentence, undo=undo_address(key) if undo.receipts_under(key, request.user) else "")
    again = "" if is_call else f"?mo={registration.code}"
    return redirect(f"{reverse('registrations:calls')}{again}")
