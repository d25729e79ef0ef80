"""The front door and the two health pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect


def home(request: HttpRequest) -> HttpResponse:
    return redirect("/ho-so/")


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of anybody else."""
    return JsonResponse({"ok": True})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})
