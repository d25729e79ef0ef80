"""A request taken by phone or at the counter, in the same flow as those from Zalo."""

import secrets

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registrations import services
from registrations.consent import current_text
from registrations.errors import RegistrationError
from registrations.forms import NewRequestForm
from registrations.models import Receipt
from registrations.queue import forget_counts
from registrations.views.pages import StaffRequest, needs, say
from registrations.wording import Wording
from scheduling.errors import SchedulingError


@needs("registrations.add_registration")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    form = NewRequestForm(request.POST if request.method == "POST" else None)
    key = request.POST.get("key", "")[:64] or secrets.token_urlsafe(12)
    if (seen := _taken_already(request, key)) is not None:
        return seen
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            with transaction.atomic():
                registration = services.register_at_desk(
                    phone=facts["phone"],
                    name=facts["name"],
                    address_line=facts["address_line"],
                    ward=facts["ward"],
                    priority=facts["priority"],
                    procedure=facts["procedure"],
                    words=facts["words"],
                    slot_id=facts["slot"],
                    channel=facts["channel"],
                    taken_by=request.user,
                    time_wish=facts["time_wish"],
                )
                sentence = f"Đã thêm hồ sơ {registration.code}. Đọc mã này cho người dân."
                # Of two presses at once the second waits here for the first, then fails and takes its request back.
                Receipt.objects.create(key=key, user=request.user, registration=registration, sentence=sentence)
        except IntegrityError:
            if (seen := _taken_already(request, key)) is None:
                raise
            return seen
        except (RegistrationError, SchedulingError) as refusal:
            form.add_error("slot" if facts["slot"] else None, refusal.sentence)
        else:
            say(request, sentence)
            forget_counts()
            return redirect("registrations:case", code=registration.code)
    consent_text = current_text(Wording.current()).text
    return render(request, "registrations/new.html", {"form": form, "key": key, "consent_text": consent_text})


def _taken_already(request: StaffRequest, key: str) -> HttpResponse | None:
    """The request this very form made a moment ago: a second press, or the back button and once more."""
    receipt = Receipt.objects.filter(key=key, user=request.user).select_related("registration").first()
    if receipt is None:
        return None
    say(request, receipt.sentence)
    return redirect("registrations:case", code=receipt.registration.code)
