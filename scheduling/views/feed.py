"""The secret calendar address of one person, and the page that makes or ends it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from scheduling import feeds
from scheduling.models import CalendarFeed
from scheduling.staffing import staff_member_of
from scheduling.views.visit import signed_in


@login_not_required
@never_cache
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself. The secret in the address is the key; a wrong one looks like no page at all."""
    staff = feeds.staff_of_token(token)
    if staff is None:
        raise Http404
    body = feeds.as_ics(feeds.events_of(staff), title="Tận Nhà: lịch của tôi")
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own address: shown once when made, ended at a press."""
    staff = staff_member_of(signed_in(request))
    if staff is None:
        raise PermissionDenied
    address = ""
    if request.method == "POST":
        if request.POST.get("viec") == "thu-hoi":
            feeds.revoke(staff=staff)
            messages.success(request, "Đã thu hồi. Lịch trên điện thoại sẽ không cập nhật nữa.")
            return redirect("scheduling:my_feed")
        token = feeds.new_feed(staff=staff)
        address = settings.PUBLIC_URL.rstrip("/") + reverse("scheduling:feed", args=[token])
    current = CalendarFeed.objects.filter(staff=staff, revoked_at__isnull=True).first()
    return render(request, "scheduling/feed.html", {"address": address, "feed": current})
