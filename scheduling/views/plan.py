"""Plan a day or a week: proposals first, saved only as ticked."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from scheduling.board import given_name_key
from scheduling.choosing import REASONS, reason_said
from scheduling.errors import ReasonMissing
from scheduling.hours import current_calendar
from scheduling.models import Appointment, StaffMember
from scheduling.planning import Choice, DayPlan, Proposal, propose_day, save
from scheduling.staffing import set_pin
from scheduling.views.days import CHANGE, SEE, day_from, monday_of
from scheduling.views.visit import TELLINGS, signed_in
from scheduling.words import day_name


@require_http_methods(["GET", "POST"])
@permission_required([SEE, CHANGE], raise_exception=True)
def plan(request: HttpRequest) -> HttpResponse:
    """GET: what the machine proposes for the day or (`pham-vi=tuan`) the week. POST: save what is ticked."""
    return _save(request) if request.method == "POST" else _show(request)


def _show(request: HttpRequest, *, refusal: str = "") -> HttpResponse:
    """The proposals; after a refusal with what the person had ticked, altered and written."""
    shown = day_from(request)
    whole_week = request.GET.get("pham-vi") == "tuan"
    anew = request.GET.get("xep-lai") == "1"
    plans = _plans(shown, whole_week=whole_week, anew=anew)
    proposals = [proposal for day_plan in plans for proposal in day_plan.proposals]
    context: dict[str, Any] = {
        "plans": [
            (day_name(day_plan.day), [_row(proposal, request.POST) for proposal in day_plan.proposals])
            for day_plan in plans
            if day_plan.proposals
        ],
        "day": shown,
        "whole_week": whole_week,
        "anew": anew,
        "people": sorted(StaffMember.objects.filter(is_active=True), key=lambda person: given_name_key(person.name)),
        "changes": sum(proposal.is_change for proposal in proposals),
        "unserved": sum(day_plan.unserved for day_plan in plans),
        "travel_minutes": sum(day_plan.travel_minutes for day_plan in plans),
        "reasons": REASONS,
        "refusal": refusal,
        "code_given": request.POST.get("ly_do", ""),
        "words_given": request.POST.get("ghi_chu", ""),
    }
    return render(request, "scheduling/plan.html", context)


def _row(proposal: Proposal, sent: QueryDict) -> tuple[Proposal, str, bool]:
    """A proposal with who is chosen for it on the screen (an id) and whether it is ticked."""
    proposed = str(proposal.staff.pk) if proposal.staff else ""
    if not sent:
        return proposal, proposed, proposal.is_change
    number = str(proposal.appointment.pk)
    return proposal, sent.get(f"nguoi-{number}", proposed), number in sent.getlist("chon")


@require_POST
@permission_required([SEE, CHANGE], raise_exception=True)
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep whoever goes to this visit whatever the planner says, or let go again."""
    visit = get_object_or_404(Appointment, pk=pk, is_live=True)
    is_pinned = request.POST.get("giu") == "1"
    if not set_pin(appointment=visit, is_pinned=is_pinned):
        messages.error(request, "Lượt này chưa phân công cho ai.")
    shown = timezone.localtime(visit.starts_at).date()
    return redirect(f"{reverse('scheduling:plan')}?ngay={shown.isoformat()}&xep-lai=1")


def _plans(shown: date, *, whole_week: bool, anew: bool) -> list[DayPlan]:
    """One plan a day; later days know what earlier ones gave to whom, so that the week comes out even."""
    if not whole_week:
        return [propose_day(shown, with_assigned=anew)]
    calendar = current_calendar()
    prior: dict[int, int] = {}
    plans = []
    first = max(monday_of(shown), timezone.localdate())
    for offset in range((monday_of(shown) + timedelta(days=7) - first).days):
        day = first + timedelta(days=offset)
        if calendar.hours_on(day):
            plans.append(propose_day(day, with_assigned=anew, prior=prior))
    return plans


def _save(request: HttpRequest) -> HttpResponse:
    wanted = {int(pk) for pk in request.POST.getlist("chon") if pk.isdecimal() and len(pk) < 18}
    people = {str(person.pk): person for person in StaffMember.objects.filter(is_active=True)}
    visits = Appointment.objects.filter(pk__in=wanted).select_related("ward", "slot").order_by("starts_at", "pk")
    wanted_people = {visit: people.get(request.POST.get(f"nguoi-{visit.pk}", "")) for visit in visits}
    altered = {
        visit
        for visit, person in wanted_people.items()
        if person is not None and request.POST.get(f"may-{visit.pk}") != str(person.pk)
    }
    try:
        why = reason_said(
            code=request.POST.get("ly_do", ""), words=request.POST.get("ghi_chu", ""), is_needed=bool(altered)
        )
    except ReasonMissing as error:
        return _show(request, refusal=error.sentence)
    choices = [
        Choice(visit, person, request.POST.get(f"dung-{visit.pk}", ""), reason=why if visit in altered else "")
        for visit, person in wanted_people.items()
        if person is not None
    ]
    done, refused = save(choices, by=signed_in(request), telling=TELLINGS.get(request.POST.get("bao", ""), "now"))
    if done:
        messages.success(request, f"Đã phân công {len(done)} lượt.")
    for words in refused:
        messages.error(request, words)
    if not choices:
        messages.info(request, "Chưa chọn lượt nào.")
    shown = day_from(request)
    return redirect(f"{reverse('scheduling:day')}?ngay={shown.isoformat()}")
