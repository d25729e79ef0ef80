"""What this person has been told: mentions, followed requests, low ratings."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registrations.models import Follow, Notification
from registrations.notifying import mark_read
from registrations.views.pages import StaffRequest, say

SHOWN = 100


@require_http_methods(["GET", "POST"])
def notifications(request: StaffRequest) -> HttpResponse:
    """POST marks everything as read."""
    if request.method == "POST":
        count = mark_read(user=request.user)
        say(request, f"Đã đánh dấu {count} thông báo là đã xem.")
        return redirect("registrations:notifications")
    lines = Notification.objects.filter(user=request.user).select_related("registration").order_by("-at", "-pk")[:SHOWN]
    follows = Follow.objects.filter(user=request.user).select_related("registration__citizen").order_by("-since", "-pk")
    return render(request, "registrations/notifications.html", {"lines": list(lines), "follows": follows[:SHOWN]})
