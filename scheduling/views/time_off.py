"""Absences, closures, holidays, office hours: preview what a change hits, save it, rehome what can be in one press."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from scheduling import absences, closures
from scheduling.errors import SchedulingError
from scheduling.forms import AbsenceForm, ClosureForm
from scheduling.holiday_proposals import propose_holidays
from scheduling.hours import day_bounds, on
from scheduling.models import Absence, Appointment, Closure
from scheduling.planning import Choice, save
from scheduling.rehoming import WayOut, when_person_is_away, when_shut
from scheduling.slots import misfits
from scheduling.views.days import MANAGE
from scheduling.views.visit import TELLINGS, signed_in


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def absence_list(request: HttpRequest) -> HttpResponse:
    """The list and the form. "Xem trước" shows what it hits; only the buttons under that write anything."""
    form = AbsenceForm(request.POST or None)
    ways: list[WayOut] | None = None
    if request.method == "POST" and form.is_valid():
        staff, periods = form.cleaned_data["staff"], form.periods()
        hit = absences.visits_hit(staff=staff, periods=periods)
        ways = when_person_is_away(staff=staff, periods=periods, hit=hit)
        if request.POST.get("viec") in ("luu", "chuyen"):
            try:
                absences.record(
                    staff=staff,
                    periods=periods,
                    reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"],
                    by=signed_in(request),
                )
            except SchedulingError as error:
                form.add_error(None, error.sentence)
            else:
                messages.success(request, f"Đã ghi {staff.called} vắng mặt.")
                return _rehome(request, ways, f"{staff.called} vắng mặt", page="scheduling:absences")
    context: dict[str, Any] = {
        "form": form,
        "ways": ways,
        "found": sum(way.is_found for way in ways or []),
        "coming": _coming_absences(),
        "to_call": _to_call(request),
    }
    return render(request, "scheduling/absences.html", context)


@require_POST
@permission_required(MANAGE, raise_exception=True)
def absence_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an absence, with its repeats if asked."""
    absence = get_object_or_404(Absence.objects.select_related("staff"), pk=pk)
    count = absences.take_back(absence=absence, with_series=request.POST.get("ca-chuoi") == "1")
    messages.success(request, f"Đã bỏ {count} lần vắng mặt của {absence.staff.called}.")
    return redirect("scheduling:absences")


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def closure_list(request: HttpRequest) -> HttpResponse:
    """The days of a year, proposals to confirm, and a form to shut a day with the same preview as absences."""
    year = _year(request)
    form = ClosureForm(request.POST or None)
    ways: list[WayOut] | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        day, starts, ends = data["day"], data["starts_at"], data["ends_at"]
        stretch = (on(day, starts), on(day, ends)) if starts and ends else day_bounds(day)
        ways = when_shut(closed=[stretch], hit=closures.visits_in(day, starts, ends))
        if request.POST.get("viec") in ("luu", "chuyen"):
            hit = closures.close(
                day=day,
                name=data["name"],
                source=data["source"],
                starts_at=starts,
                ends_at=ends,
                by=signed_in(request),
            )
            messages.success(request, f"Đã đóng lịch {day:%d/%m/%Y}; {len(hit)} lượt bị ảnh hưởng.")
            return _rehome(request, ways, f"Cơ quan nghỉ: {data['name']}", page="scheduling:closures")
    today, to_call = timezone.localdate(), _to_call(request)
    context = {
        "form": form,
        "ways": ways,
        "found": sum(way.is_found for way in ways or []),
        "year": year,
        "rows": Closure.objects.filter(date__year=year).order_by("date", "starts_at"),
        "proposed_count": Closure.objects.filter(date__year=year, status=Closure.Status.PROPOSED).count(),
        "next_year_undecided": (today.month, today.day) >= (12, 1)
        and not Closure.objects.filter(date__year=today.year + 1, status=Closure.Status.CONFIRMED).exists(),
        "next_year": today.year + 1,
        "misfits": [visit for visit in misfits() if visit not in to_call],
        "to_call": to_call,
    }
    return render(request, "scheduling/closures.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def outside_hours(request: HttpRequest) -> HttpResponse:
    """Visits that no longer fit the office hours, and where each could go; a press moves all that can be moved."""
    ways = when_shut(closed=[], hit=misfits())
    if request.method == "POST":
        return _rehome(request, ways, "Đổi giờ làm việc", page="scheduling:outside_hours")
    context = {"ways": ways, "found": sum(way.is_found for way in ways)}
    return render(request, "scheduling/outside_hours.html", context)


@require_POST
@permission_required(MANAGE, raise_exception=True)
def closure_decide(request: HttpRequest) -> HttpResponse:
    """Confirm or dismiss one proposed day, or confirm all of a year; or propose a year that has none."""
    year = _year(request)
    rows = Closure.objects.filter(date__year=year)
    if request.POST.get("viec") == "tinh":
        messages.success(request, f"Đã tính {len(propose_holidays(year=year))} ngày mới của năm {year}.")
    elif request.POST.get("viec") == "chot-het":
        proposed = list(rows.filter(status=Closure.Status.PROPOSED).order_by("date"))
        closures.decide(days=proposed, status=Closure.Status.CONFIRMED, by=signed_in(request))
        messages.success(request, f"Đã chốt lịch nghỉ năm {year}.")
    elif (number := request.POST.get("ngay", "")).isdecimal() and len(number) < 18:
        row = get_object_or_404(Closure, pk=number)
        status = Closure.Status.CONFIRMED if request.POST.get("viec") == "chot" else Closure.Status.DISMISSED
        closures.decide(days=[row], status=status, by=signed_in(request))
        messages.success(request, f"{row.date:%d/%m/%Y}: {Closure.Status(status).label.lower()}.")
    return redirect(f"{reverse('scheduling:closures')}?nam={year}")


def _rehome(request: HttpRequest, ways: list[WayOut], why: str, *, page: str) -> HttpResponse:
    """The one press: move everything that can be moved, go back to the page, with whoever must be called in hand."""
    choices = [
        Choice(way.appointment, way.staff, way.standing, slot_id=way.slot.pk if way.slot else None, reason=why)
        for way in ways
        if way.is_found and request.POST.get("viec") == "chuyen"
    ]
    done, refused = save(choices, by=signed_in(request), telling=TELLINGS.get(request.POST.get("bao", ""), "now"))
    if done:
        messages.success(request, f"Đã chuyển {len(done)} lượt.")
    for words in refused:
        messages.error(request, words)
    moved = {change.appointment_id for change in done}
    left = [way.appointment.pk for way in ways if way.appointment.pk not in moved]
    # In the address, so that a reload or a second window keeps it: numbers of visits, nothing of a citizen.
    return redirect(f"{reverse(page)}?{urlencode({'goi': left}, doseq=True)}" if left else reverse(page))


def _to_call(request: HttpRequest) -> list[Appointment]:
    """Visits that a change just saved has left where they cannot stay."""
    numbers = [int(number) for number in request.GET.getlist("goi") if number.isdecimal() and len(number) < 18]
    return list(Appointment.objects.filter(pk__in=numbers, is_live=True).order_by("starts_at", "pk"))


def _coming_absences() -> list[Absence]:
    rows = Absence.objects.filter(period__endswith__gt=timezone.now()).select_related("staff")
    return list(rows.order_by("period", "pk")[:200])


def _year(request: HttpRequest) -> int:
    this_year = timezone.localdate().year
    text = request.POST.get("nam") or request.GET.get("nam") or ""
    return int(text) if text.isdecimal() and len(text) == 4 and abs(int(text) - this_year) <= 5 else this_year
