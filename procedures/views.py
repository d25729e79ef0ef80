"""Public pages of the catalogue: what we help with, and a page for each procedure, sent with the confirmation."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from procedures import services
from procedures.errors import ProcedureNotFound, VersionNotFound
from procedures.facts import facts_as_they_were, facts_of_today
from procedures.reading import LONGEST_TEXT


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything we help with, by field; with words in the box, what those words ask for."""
    words = request.GET.get("q", "")[:LONGEST_TEXT].strip()
    context: dict[str, Any] = {"words": words}
    if words:
        result = services.search_text(words)
        context |= {"result": result, "found": services.procedures_in(result)}
    if not words or context["result"].verdict == services.NONE:
        grouped = groupby(services.open_procedures(), key=lambda procedure: procedure.field)
        context["fields"] = [(field, list(procedures)) for field, procedures in grouped]
    page = "procedures/catalogue.html"
    return render(request, f"{page}#answer" if _asks_for_part(request) else page, context)


def _asks_for_part(request: HttpRequest) -> bool:
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


@login_not_required
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: papers, fee, time, law, portal. `?phien-ban=2` shows it as it read in that version."""
    try:
        procedure = services.get_procedure(code)
        version = _version_of(request)
        facts = facts_as_they_were(procedure, version) if version else facts_of_today(procedure)
    except (ProcedureNotFound, VersionNotFound) as error:
        raise Http404(str(error)) from error
    relatives = services.open_procedures().filter(family=procedure.family).exclude(pk=procedure.pk)
    sees_doubts = request.user.is_authenticated and request.user.has_perm("procedures.view_procedure")
    return render(
        request,
        "procedures/detail.html",
        {
            "procedure": procedure,
            "facts": facts,
            "relatives": relatives if procedure.is_in_scope else [],
            "sees_doubts": sees_doubts,
        },
    )


def _version_of(request: HttpRequest) -> int | None:
    text = request.GET.get("phien-ban", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Http404("Số phiên bản không đúng.")
    return int(text)
