"""The front door, the two health pages, and the guides."""

from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config import health, two_step
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


class LeadsToOwnPages(LoginView):
    """Signing in leads to the page asked for, unless it is one this person's role has no part in: then to their own."""

    def get_success_url(self) -> str:
        wanted = super().get_success_url()
        return wanted if may_open(self.request.user, urlsplit(wanted).path) else self.get_default_redirect_url()


class SignIn(LeadsToOwnPages):
    """Name and password: all of it, or for who turned on a second step the first."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if not two_step.is_on(form.get_user()):
            return super().form_valid(form)
        two_step.wait_for_code(self.request, form.get_user())
        wanted = {self.redirect_field_name: self.get_redirect_url()}
        return redirect(f"{reverse('login_code')}?{urlencode(wanted)}")


@method_decorator(login_not_required, name="dispatch")
class SignInCode(LeadsToOwnPages):
    """The second step. Without the first it leads back there."""

    form_class = two_step.SignInCodeForm  # type: ignore[assignment]  # a code in place of name and password
    template_name = "registration/login_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = two_step.who_waits(request)
        if self.user is None:
            return redirect_to_login(self.get_redirect_url() or reverse("home"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        del self.request.session[two_step.WAITING]
        return super().form_valid(form)


@never_cache
@require_http_methods(["GET", "POST"])
def two_step_page(request: HttpRequest) -> HttpResponse:
    """One's own second step: turned on with the first code, turned off or given new recovery codes with a later one."""
    user, form = cast(User, request.user), two_step.CodeForm(request.POST or None)
    codes: list[str] = []
    if request.method == "POST" and form.is_valid():
        code, wanted = form.cleaned_data["code"], request.POST.get("viec")
        if wanted == "bat":
            codes = two_step.turn_on(user, code)
        elif two_step.accepts(user, code):
            if wanted == "tat":
                two_step.turn_off(user)
                messages.success(request, "Đã tắt đăng nhập hai bước.")
                return redirect("two_step")
            codes = two_step.new_recovery_codes(user)
        if not codes:
            form.refuse()
    facts: dict[str, Any] = {"form": form, "codes": codes, "is_on": two_step.is_on(user)}
    if facts["is_on"]:
        facts["left"] = two_step.recovery_codes_left(user)
    else:
        device = two_step.device_to_set_up(user)
        facts |= {"key": two_step.key_of(device), "picture": two_step.picture_of(device)}
    return render(request, "registration/two_step.html", facts)


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
