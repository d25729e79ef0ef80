"""What the views of this app share: fetching as this person may see it, answering htmx and plain browsers alike."""

from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from registrations.access import visible_to
from registrations.case import case_of, take_up
from registrations.models import Registration
from registrations.queue import with_row_facts


class StaffRequest(HttpRequest):
    """A request of somebody signed in (LoginRequiredMiddleware sees to it), maybe sent by htmx."""

    user: User
    htmx: HtmxDetails


class View(Protocol):
    def __call__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def needs(*permissions: str) -> Any:
    """Refuse whoever has none of these permissions."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def fetch(request: StaffRequest, code: str) -> Registration:
    """The request with that code, if this person may see it; 404 otherwise, so that codes cannot be tried out."""
    return get_object_or_404(
        with_row_facts(visible_to(request.user)).select_related("citizen__contact", "procedure__field"), code=code
    )


def is_for_pane(request: StaffRequest) -> bool:
    """Sent by the queue's side pane: answer with the pane alone."""
    return bool(request.htmx) and request.htmx.target == "pane"


def show_pane(request: StaffRequest, registration: Registration, *, changed: bool = False) -> HttpResponse:
    """The pane alone. `changed` also makes the list beside it load itself again."""
    response = render(
        request, "registrations/case.html#pane", {"case": case_of(registration, request.user), "in_pane": True}
    )
    if changed:
        response["HX-Trigger-After-Settle"] = "queue-changed"
    return response


def claim(request: StaffRequest, registration: Registration) -> dict[str, Any]:
    """Take up the request where this person works on it. For the template: who has it, for registrations/_held.html."""
    worked_on_by, held = take_up(registration, request.user, timezone.now())
    return {"worked_on_by": worked_on_by, "held": held}


def back_to(request: StaffRequest, registration: Registration) -> HttpResponse:
    """After a plain form: where it came from, else the request's page."""
    return HttpResponseRedirect(next_url(request) or reverse("registrations:case", args=[registration.code]))


def next_url(request: StaffRequest) -> str:
    """The `next` a form carried, if it leads into this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # Only an address: a bare word would be looked up as the name of one of our pages.
    if not wanted.startswith("/"):
        return ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else ""


def say(request: StaffRequest, sentence: str, *, is_bad: bool = False, undo: str = "") -> None:
    """`undo` is the address that takes it back: the message then carries a button (components/messages.html)."""
    if is_bad:
        messages.error(request, sentence)
    else:
        messages.success(request, sentence, extra_tags=undo)


def undo_address(key: str) -> str:
    return reverse("registrations:take_back", args=[key])
