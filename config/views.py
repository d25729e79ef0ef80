"""The front door, the two health pages, and the guides."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache

from config import health
from config.guides import GUIDES, guide_for
from config.navigation import may_open


def home(request: HttpRequest) -> HttpResponse:
    """The queue for who works it, their own visits for who goes out, the catalogue for anybody else."""
    user = request.user
    if user.has_perm("registrations.view_registration"):
        return redirect("registrations:queue")
    if user.has_perm("registrations.work_on_own_visits"):
        return redirect("registrations:my_visits")
    return redirect("/thu-tuc/")


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of anybody else."""
    return JsonResponse({"ok": True})


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the site can do its work, 503 when something it needs is broken, with one line per check either way."""
    ok, checks = health.report()
    return JsonResponse(
        {"ok": ok, "checks": checks}, status=200 if ok else 503, json_dumps_params={"ensure_ascii": False}
    )


@login_not_required
def icon(request: HttpRequest) -> HttpResponse:
    """What a browser asks for by itself beside a file or a page of plain text; pages name the icon in their head."""
    return redirect(static("img/icon.svg"))


class SignIn(LoginView):
    """Signing in leads to the page asked for, unless it is one this person's role has no part in: then to their own."""

    def get_success_url(self) -> str:
        wanted = super().get_success_url()
        return wanted if may_open(self.request.user, urlsplit(wanted).path) else self.get_default_redirect_url()


class SignOut(LogoutView):
    """Signing out. A phone on which visits were done also forgets the list and the presses it kept (see visits.js)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keeps_visits = request.user.has_perm("registrations.work_on_own_visits")
        response = super().dispatch(request, *args, **kwargs)
        if keeps_visits and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"storage"'
        return response


@login_not_required
def administration_door(request: HttpRequest) -> HttpResponse:
    """Everybody signs in at one page; whoever has no part in the administration is told so (403)."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


def guide(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A role's guide; without a name, the one that fits whoever asks."""
    found = next((each for each in GUIDES if each.slug == slug), None) if slug else guide_for(request.user)
    if found is None:
        raise Http404
    return render(request, f"guide/{found.slug}.html", {"guide": found, "guides": GUIDES})
