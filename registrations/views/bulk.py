"""Several requests at once: first what would happen, then doing it."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from registrations import services, undo
from registrations.access import visible_to
from registrations.errors import RegistrationError
from registrations.models import Receipt, Registration
from registrations.queue import forget_counts, with_row_facts
from registrations.states import State
from registrations.transitions import Actor
from registrations.views.pages import StaffRequest, needs, next_url, say, undo_address
from scheduling import services as scheduling
from scheduling.errors import SchedulingError
from scheduling.services import StaffMember

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Line:
    """One request of the batch: who would go, or why nobody."""

    registration: Registration
    staff: StaffMember | None
    sentence: str


class _TakeBack(Exception):
    """Ends the rehearsal, so that nothing of it is kept."""


def rehearse(registrations: list[Registration], by: User) -> list[Line]:
    """Assign each to the best person left, in order of time, then take it all back: what is shown would happen."""
    lines: list[Line] = []
    try:
        with transaction.atomic():
            for registration in registrations:
                lines.append(_assign_best(registration, by))
            raise _TakeBack
    except _TakeBack:
        return lines


def _assign_best(registration: Registration, by: User) -> Line:
    if registration.state != State.VERIFIED:
        return Line(registration, None, f"Đang ở bước “{State(registration.state).label}”.")
    if registration.appointment is None or not registration.appointment.is_live:
        return Line(registration, None, "Chưa có giờ hẹn.")
    able = [c for c in scheduling.candidates(appointment=registration.appointment) if c.can_go]
    if not able:
        return Line(registration, None, "Không ai đi được vào giờ này.")
    best = able[0]
    try:
        with transaction.atomic():
            services.assign(
                registration=registration, staff=best.staff, actor=Actor.staff(by), reason="Phân công hàng loạt"
            )
    except (RegistrationError, SchedulingError) as refusal:
        return Line(registration, None, refusal.sentence)
    return Line(registration, best.staff, " · ".join(best.reasons))


@needs("registrations.assign_registration")
@require_POST
def bulk(request: StaffRequest) -> HttpResponse:
    """Without `confirm` the preview; with it, each pair that was shown is assigned if that is still possible."""
    if request.POST.get("confirm"):
        return _confirm(request)
    codes = request.POST.getlist("code")[:MOST_AT_ONCE]
    chosen = list(
        with_row_facts(visible_to(request.user)).filter(code__in=codes).order_by("appointment__starts_at", "pk")
    )
    if not chosen:
        say(request, "Hãy chọn ít nhất một hồ sơ.", is_bad=True)
        return HttpResponseRedirect(next_url(request) or "/ho-so/")
    lines = rehearse(chosen, request.user)
    return render(
        request,
        "registrations/bulk.html",
        {"lines": lines, "ready": sum(1 for line in lines if line.staff), "next": next_url(request)},
    )


def _confirm(request: StaffRequest) -> HttpResponse:
    done, refused, key = 0, [], secrets.token_urlsafe(12)
    for pair in request.POST.getlist("pair")[:MOST_AT_ONCE]:
        code, _, staff_id = pair.partition(":")
        registration = with_row_facts(visible_to(request.user)).filter(code=code).first()
        staff = StaffMember.objects.filter(pk=staff_id if staff_id.isdecimal() and len(staff_id) < 18 else 0).first()
        if registration is None or staff is None:
            continue
        try:
            with transaction.atomic():
                before = undo.before_of(registration)
                services.assign(
                    registration=registration,
                    staff=staff,
                    actor=Actor.staff(request.user),
                    reason="Phân công hàng loạt",
                )
                receipt = Receipt.objects.create(
                    key=f"{key}.{code}", user=request.user, registration=registration, sentence=f"Đã phân công {code}."
                )
                undo.remember(receipt=receipt, slug="phan-cong", before=before)
            done += 1
        except (RegistrationError, SchedulingError) as refusal:
            refused.append(f"{code}: {refusal.sentence}")
    forget_counts()
    say(request, f"Đã phân công {done} hồ sơ.", undo=undo_address(key) if done else "")
    for sentence in refused:
        say(request, sentence, is_bad=True)
    return HttpResponseRedirect(next_url(request) or "/ho-so/?tab=phan-cong")
