"""The front door, the two health pages, and the guides."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from config import health
from config.guides import GUIDES, guide_for


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


def guide(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A role's guide; without a name, the one that fits whoever asks."""
    found = next((each for each in GUIDES if each.slug == slug), None) if slug else guide_for(request.user)
    if found is None:
        raise Http404
    return render(request, f"guide/{found.slug}.html", {"guide": found, "guides": GUIDES})
