"""What no page has to ask again."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

NUL = "\0"
# Reads its token by signature and looks nothing up before; a garbled link gets its own kind page.
READS_ANY_PATH = "citizen:picker"


class NoNulCharacters:
    """Refuse (400) addresses and forms with a NUL: no keyboard writes one, and PostgreSQL cannot hold it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> None:
        """After the guard against forged forms, which has read the form anyway."""
        match = request.resolver_match
        is_bad_path = NUL in request.path_info and not (match and match.view_name == READS_ANY_PATH)
        if is_bad_path or any(_has_nul(form.lists()) for form in (request.GET, request.POST)):
            raise BadRequest("NUL")


class LoginRequired(LoginRequiredMiddleware):
    """Django's, but a view that is open to everybody does not wait for session and account to be looked up."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


def _has_nul(lists: Iterable[tuple[str, list[str]]]) -> bool:
    return any(NUL in text for name, values in lists for text in (name, *values))
