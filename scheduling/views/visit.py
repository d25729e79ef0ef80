"""One visit on the board: who could go, what a move would do, doing it, taking it back."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from scheduling import orders
from scheduling.board import given_name_key
from scheduling.choosing import REASONS, reason_said
from scheduling.errors import SchedulingError
from scheduling.hours import ZONE, day_bounds
from scheduling.models import Appointment, BoardChange, Slot, StaffMember
from scheduling.staffing import candidates
from scheduling.views.board import back_to_board, say
from scheduling.views.days import CHANGE, SEE
from scheduling.words import day_name, parse_day, span

TELLINGS: dict[str, orders.Telling] = {"ngay": "now", "sau": "soon", "khong": "no"}
NOBODY = "0"


@require_http_methods(["GET", "POST"])
@permission_required(SEE, raise_exception=True)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the visit, its candidates, and the preview of the move the query names. POST: the move."""
    appointment = get_object_or_404(
        Appointment.objects.select_related("ward", "slot", "field", "registration__citizen", "registration__procedure"),
        pk=pk,
    )
    if request.method == "POST":
        return _carry_out(request, appointment)
    return _show(request, appointment)


@require_POST
@permission_required(CHANGE, raise_exception=True)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a change of one's own."""
    change = get_object_or_404(BoardChange.objects.select_related("appointment"), pk=pk, by=signed_in(request))
    shown = _day_of(change.appointment.starts_at)
    try:
        done = orders.undo(change=change, by=signed_in(request))
    except SchedulingError as error:
        say(request, error.sentence)
        return back_to_board(request, shown)
    return back_to_board(request, _day_of(done.appointment.starts_at))


def _carry_out(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    staff, slot = _wanted(request.POST, appointment)
    standing = request.POST.get("dung", "")
    # Who saw an older state of the visit is told of that first: the ranking they chose from is gone.
    is_fresh = standing == orders.standing_of(appointment)
    try:
        reason = reason_said(
            code=request.POST.get("ly_do", ""),
            words=request.POST.get("ghi_chu", ""),
            is_needed=is_fresh and orders.needs_why(appointment=appointment, staff=staff, slot=slot),
        )
        order = orders.Order(
            appointment=appointment,
            staff=staff,
            slot_id=slot.pk if slot else None,
            by=signed_in(request),
            reason=reason,
            telling=TELLINGS.get(request.POST.get("bao", ""), "now"),
        )
        change = orders.carry_out(order, standing=standing)
    except SchedulingError as error:
        appointment.refresh_from_db()
        return _show(request, appointment, refusal=error.sentence, status=409)
    return back_to_board(request, _day_of(change.appointment.starts_at), change=change)


def _show(request: HttpRequest, appointment: Appointment, *, refusal: str = "", status: int = 200) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    lead = orders.lead_of(appointment)
    plan = None
    if {"nguoi", "gio", "khung", "ngay"} & set(asked):
        staff, slot = _wanted(asked, appointment)
        plan = orders.preview(appointment=appointment, staff=staff, slot=slot)
    shown = _day_of((plan.slot if plan else appointment).starts_at)
    day_asked = parse_day(asked.get("ngay", "")) or shown
    context: dict[str, Any] = {
        "visit": appointment,
        "request_facts": getattr(appointment, "registration", None),
        "clock": span(appointment.starts_at, appointment.ends_at),
        "day_words": day_name(_day_of(appointment.starts_at)),
        "lead": lead,
        "plan": plan,
        "plan_clock": span(plan.slot.starts_at, plan.ends_at) if plan else "",
        "refusal": refusal,
        "candidates": candidates(appointment=appointment) if plan is None else [],
        "people": sorted(StaffMember.objects.filter(is_active=True), key=lambda person: given_name_key(person.name)),
        "slots": _slots_on(day_asked),
        "day_asked": day_asked,
        "reasons": REASONS,
        "code_given": asked.get("ly_do", ""),
        "words_given": asked.get("ghi_chu", ""),
        "standing": orders.standing_of(appointment),
        "may_change": request.user.has_perm(CHANGE) and appointment.starts_at > timezone.now(),
    }
    is_htmx = bool(request.headers.get("HX-Request"))
    template = "scheduling/visit.html#pane" if is_htmx else "scheduling/visit.html"
    # htmx swaps in only what succeeded, and the refusal is what the person must read.
    return render(request, template, context, status=200 if is_htmx else status)


def _wanted(asked: Any, appointment: Appointment) -> tuple[StaffMember | None, Slot | None]:
    """Whom and when a form or a drop names; what it leaves out stays as it is."""
    person = asked.get("nguoi", "")
    staff = orders.lead_of(appointment) if person == "" else None
    if person not in ("", NOBODY) and person.isdecimal() and len(person) < 18:
        staff = StaffMember.objects.filter(pk=person).first()
    slot_id = asked.get("khung", "")
    if slot_id.isdecimal() and len(slot_id) < 18:
        return staff, Slot.objects.filter(pk=slot_id).first()
    clock, wanted_day = asked.get("gio", ""), parse_day(asked.get("ngay", ""))
    if clock and wanted_day is None:
        wanted_day = _day_of(appointment.starts_at)
    return staff, _nearest_slot(wanted_day, clock) if clock and wanted_day else None


def _nearest_slot(day: date, clock: str) -> Slot | None:
    """The open slot of a day that starts closest to a dropped clock time."""
    try:
        wanted = datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), tzinfo=ZONE)  # noqa: DTZ007
    except ValueError:
        return None
    return min(_slots_on(day), key=lambda slot: abs(slot.starts_at - wanted), default=None)


def _slots_on(day: date) -> list[Slot]:
    start, end = day_bounds(day)
    return list(Slot.objects.filter(is_open=True, starts_at__gte=start, starts_at__lt=end).order_by("starts_at"))


def _day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def signed_in(request: HttpRequest) -> User:
    """Who is acting; the login middleware lets nobody else come this far."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user
