"""Lists as files."""

from io import BytesIO
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError

from registrations import tasks
from registrations.asking import asked_for, ours
from registrations.exports import CONTENT_TYPES, WRITERS, ask_for_export, file_name
from registrations.models import Export, Registration
from registrations.views.pages import StaffRequest, needs
from registrations.views.queue import searches_of

MAY_EXPORT = "registrations.export_registration"


@needs(MAY_EXPORT)
@require_http_methods(["GET", "POST"])
def export(request: StaffRequest) -> HttpResponse:
    """What the list shows now, as XLSX (or `dang=csv`). A long one is written by the worker: POST starts that."""
    format = Export.Format.CSV if request.GET.get("dang") == "csv" else Export.Format.XLSX
    asked = asked_for(request.user, request.GET, searches_of(request))
    rows = asked.rows
    total = rows.order_by().count()
    if total <= asked.rules.export_in_background_over:
        return _at_once(rows, format)
    if request.method == "POST":
        # The searched words live in the session, which the worker has not: they travel in the row, not in an address.
        query = QueryDict(ours(request.GET.urlencode(), but=("tim",)), mutable=True)
        if asked.text:
            query["q"] = asked.text
        made = ask_for_export(user=request.user, query=query.urlencode(), format=format, rows_total=total)
        try:
            tasks.write_export.delay(made.pk)
        except OperationalError:
            # Nobody is there to write it: say so now instead of a bar that never moves.
            Export.objects.filter(pk=made.pk).update(state=Export.State.FAILED)
        return redirect("registrations:export_progress", pk=made.pk)
    again = urlencode(list(request.GET.items()))
    return render(request, "registrations/export.html", {"total": total, "query": again, "export": None})


def _at_once(rows: QuerySet[Registration], format: Export.Format) -> HttpResponse:
    stream = BytesIO()
    WRITERS[format](stream, rows, lambda done: None)
    response = HttpResponse(stream.getvalue(), content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{file_name(timezone.now(), format)}"'
    return response


@needs(MAY_EXPORT)
@require_GET
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the file is; the page asks again by itself."""
    made = _own(request.user, pk)
    name = "registrations/export.html#progress" if request.htmx else "registrations/export.html"
    return render(request, name, {"export": made})


@needs(MAY_EXPORT)
@require_GET
def download(request: StaffRequest, pk: int) -> FileResponse:
    made = _own(request.user, pk)
    if made.state != Export.State.READY:
        raise Http404
    return FileResponse(
        made.file.open("rb"),
        as_attachment=True,
        filename=file_name(made.created_at, made.format),
        content_type=CONTENT_TYPES[Export.Format(made.format)],
    )


def _own(user: User, pk: int) -> Export:
    return get_object_or_404(Export, pk=pk, user=user)
