"""How long visits really take, and accepting it as the planned length."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from procedures.services import Procedure
from scheduling.errors import SchedulingError
from scheduling.views.days import MANAGE
from scheduling.views.visit import signed_in
from scheduling.visit_lengths import accept, measured


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def lengths(request: HttpRequest) -> HttpResponse:
    """The table; a press on "Áp dụng" plans the procedure with the measured length from now on."""
    if request.method == "POST":
        number, minutes = request.POST.get("thu-tuc", ""), request.POST.get("phut", "")
        procedure = get_object_or_404(Procedure, pk=int(number) if number.isdecimal() and len(number) < 10 else 0)
        try:
            accept(
                procedure=procedure,
                minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0,
                by=signed_in(request),
            )
        except SchedulingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{procedure.short_name}: từ nay xếp {minutes} phút mỗi lượt.")
        return redirect("scheduling:lengths")
    return render(request, "scheduling/lengths.html", {"rows": measured()})
