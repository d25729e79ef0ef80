"""The same person twice: side by side, merged, taken apart again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from registrations.case import doubles_of
from registrations.errors import CannotMerge
from registrations.merging import merge_citizens, undo_merge
from registrations.models import Merge
from registrations.views.pages import StaffRequest, fetch, needs, say

MAY_MERGE = "registrations.merge_citizen"


@needs(MAY_MERGE)
@require_GET
def doubles(request: StaffRequest, code: str) -> HttpResponse:
    registration = fetch(request, code)
    merges = Merge.objects.filter(kept=registration.citizen).select_related("absorbed", "by", "undone_by")
    others = doubles_of(registration.citizen)
    return render(
        request,
        "registrations/doubles.html",
        {
            "registration": registration,
            "others": [
                (other, other.registrations.select_related("procedure").order_by("-created_at")) for other in others
            ],
            "merges": merges.order_by("-at"),
        },
    )


@needs(MAY_MERGE)
@require_POST
def merge(request: StaffRequest, code: str) -> HttpResponse:
    """Only a record shown as a likely double can be merged: no other is reachable from here."""
    registration = fetch(request, code)
    wanted = request.POST.get("other", "")
    other = next((person for person in doubles_of(registration.citizen) if str(person.pk) == wanted), None)
    if other is None:
        say(request, "Người này không còn trong danh sách trùng. Hãy xem lại.", is_bad=True)
    else:
        try:
            made = merge_citizens(keep=registration.citizen, absorb=other, by=request.user)
        except CannotMerge as error:
            say(request, error.sentence, is_bad=True)
        else:
            undo = f"{reverse('registrations:unmerge', args=[code])}?merge={made.pk}"
            say(request, f"Đã gộp {other.name} vào hồ sơ này. Lúc nào cũng có thể tách lại bên dưới.", undo=undo)
    return redirect("registrations:doubles", code=code)


@needs(MAY_MERGE)
@require_POST
def unmerge(request: StaffRequest, code: str) -> HttpResponse:
    registration = fetch(request, code)
    wanted = request.POST.get("merge") or request.GET.get("merge", "")
    found = get_object_or_404(
        Merge, pk=wanted if wanted.isdecimal() and len(wanted) < 18 else 0, kept=registration.citizen
    )
    try:
        undo_merge(merge=found, by=request.user)
    except CannotMerge as error:
        say(request, error.sentence, is_bad=True)
    else:
        say(request, "Đã tách lại thành hai người.")
    # The request may have gone back to the other person: show it as it is now.
    return redirect("registrations:case", code=code)
