"""A request taken by phone or at the counter, in the same flow as those from Zalo."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registrations import services
from registrations.consent import current_text
from registrations.errors import RegistrationError
from registrations.forms import NewRequestForm
from registrations.models import Citizen
from registrations.queue import forget_counts
from registrations.transitions import Actor
from registrations.views.pages import StaffRequest, needs, say
from registrations.wording import Wording
from scheduling.errors import SchedulingError


@needs("registrations.add_registration")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    form = NewRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        actor = Actor.staff(request.user)
        try:
            with transaction.atomic():
                citizen = services.find_citizen(phone=facts["phone"]) or Citizen(phone=facts["phone"])
                citizen.name, citizen.address_line, citizen.ward = facts["name"], facts["address_line"], facts["ward"]
                citizen.priority = facts["priority"] or citizen.priority
                citizen.save()
                services.take_consent(citizen=citizen, channel=facts["channel"], taken_by=request.user)
                registration = services.register(
                    citizen=citizen,
                    procedure=facts["procedure"],
                    words=facts["words"],
                    slot_id=facts["slot"],
                    address_line=facts["address_line"],
                    ward=facts["ward"],
                    channel=facts["channel"],
                    actor=actor,
                    time_wish=facts["time_wish"],
                )
        except (RegistrationError, SchedulingError) as refusal:
            form.add_error("slot" if facts["slot"] else None, refusal.sentence)
        else:
            say(request, f"Đã thêm hồ sơ {registration.code}. Đọc mã này cho người dân.")
            forget_counts()
            return redirect("registrations:case", code=registration.code)
    return render(
        request, "registrations/new.html", {"form": form, "consent_text": current_text(Wording.current()).text}
    )
