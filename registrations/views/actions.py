"""The buttons of a request. One press or one short form each; a stale button answers with a sentence."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations import services
from registrations.actions import ACTION_BY_SLUG, Action, may
from registrations.errors import RegistrationError
from registrations.forms import (
    ActionForm,
    AskForMoreForm,
    AssignForm,
    CallForm,
    CancelForm,
    DossierForm,
    NotAtHomeForm,
    NothingMore,
    RejectForm,
    TimeForm,
    UnassignForm,
)
from registrations.models import Receipt, Registration
from registrations.notifying import tell_followers
from registrations.queue import forget_counts
from registrations.states import State
from registrations.transitions import Actor
from registrations.views.pages import StaffRequest, back_to, fetch, is_for_pane, say, show_pane
from scheduling.errors import SchedulingError

Doing = Callable[[Registration, dict[str, Any], Actor], object]


@dataclass(frozen=True)
class Doer:
    """How an action is carried out: its form, the use case, and what the clerk reads when it is done."""

    form: type[ActionForm]
    do: Doing
    done: str


DOERS: dict[str, Doer] = {
    "xac-minh": Doer(
        NothingMore,
        lambda r, f, a: services.verify(registration=r, actor=a),
        "Đã xác minh {code}. Bước tiếp theo: phân công.",
    ),
    "bo-sung": Doer(
        AskForMoreForm,
        lambda r, f, a: services.ask_for_more(registration=r, reason=f["reason"], actor=a),
        "Đã ghi {code} cần bổ sung và báo người dân.",
    ),
    "da-bo-sung": Doer(
        NothingMore,
        lambda r, f, a: services.answer_received(registration=r, actor=a, note="Cán bộ ghi nhận đã bổ sung"),
        "{code} đã bổ sung, quay lại hàng gọi xác minh.",
    ),
    "tu-choi": Doer(
        RejectForm,
        lambda r, f, a: services.reject(registration=r, reason=f["reason"], actor=a),
        "Đã từ chối {code} và báo người dân.",
    ),
    "huy": Doer(
        CancelForm,
        lambda r, f, a: services.cancel(registration=r, reason=f["reason"], actor=a),
        "Đã hủy {code} và báo người dân.",
    ),
    "phan-cong": Doer(
        AssignForm,
        lambda r, f, a: services.assign(registration=r, staff=f["staff"], actor=a, reason=f["reason"]),
        "Đã phân công {code}.",
    ),
    "doi-nguoi": Doer(
        AssignForm,
        lambda r, f, a: services.reassign(registration=r, staff=f["staff"], actor=a, reason=f["reason"]),
        "Đã đổi người đi {code} và báo người dân.",
    ),
    "bo-phan-cong": Doer(
        UnassignForm,
        lambda r, f, a: services.unassign(registration=r, reason=f["reason"], actor=a),
        "Đã bỏ phân công {code}.",
    ),
    "doi-gio": Doer(
        TimeForm,
        lambda r, f, a: services.change_time(registration=r, slot_id=f["slot"], actor=a),
        "Đã đổi giờ {code} và báo người dân.",
    ),
    "hen-lai": Doer(
        TimeForm,
        lambda r, f, a: services.rebook(registration=r, slot_id=f["slot"], actor=a),
        "Đã hẹn lại {code}. Bước tiếp theo: phân công.",
    ),
    "dang-di": Doer(
        NothingMore, lambda r, f, a: services.set_off(registration=r, actor=a), "Đã báo người dân: cán bộ đang đến."
    ),
    "da-den": Doer(NothingMore, lambda r, f, a: services.start(registration=r, actor=a), "Đã ghi giờ đến."),
    "da-nop": Doer(
        DossierForm,
        lambda r, f, a: services.complete(registration=r, dossier_number=f["dossier_number"], actor=a),
        "Đã nộp hồ sơ {code}. Người dân sẽ nhận mã và lời mời đánh giá.",
    ),
    "khong-gap": Doer(
        NotAtHomeForm,
        lambda r, f, a: services.not_at_home(registration=r, reason=f["reason"], actor=a),
        "Đã ghi không gặp được {code}. Hồ sơ chuyển sang Cần hẹn lại.",
    ),
    "ghi-goi": Doer(
        CallForm,
        lambda r, f, a: services.log_call(
            registration=r, outcome=f["outcome"], actor=a, note=f["note"], call_again_at=f["call_again_at"]
        ),
        "Đã ghi cuộc gọi.",
    ),
}


@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, code: str, slug: str) -> HttpResponse:
    """GET shows the form (or asks once more where one press is enough); POST does it."""
    action, doer = ACTION_BY_SLUG.get(slug), DOERS.get(slug)
    if action is None or doer is None:
        raise Http404
    registration = fetch(request, code)
    if not may(request.user, action):
        raise PermissionDenied
    form = doer.form(request.POST if request.method == "POST" else None, registration=registration)
    if request.method == "POST" and form.is_valid():
        return _do(request, registration, action, doer, form)
    return _ask(request, registration, action, form)


def _ask(request: StaffRequest, registration: Registration, action: Action, form: forms.Form) -> HttpResponse:
    name = "registrations/action.html#form" if request.htmx else "registrations/action.html"
    # Saying so now is kinder than after a reason has been typed.
    stale = "" if registration.state in action.states or not action.states else _stale(registration)
    return render(
        request,
        name,
        {
            "registration": registration,
            "action": action,
            "form": form,
            "stale": stale,
            "in_pane": is_for_pane(request),
            "key": secrets.token_urlsafe(12),
        },
    )


def _do(
    request: StaffRequest, registration: Registration, action: Action, doer: Doer, form: forms.Form
) -> HttpResponse:
    key = request.POST.get("key", "")[:64]
    receipt = Receipt.objects.filter(key=key, user=request.user).first() if key else None
    if receipt is not None:
        # The same form again: a second tap, or a phone that did not hear the first answer.
        say(request, receipt.sentence)
    else:
        try:
            doer.do(registration, form.cleaned_data, Actor.staff(request.user))
        except (RegistrationError, SchedulingError) as refusal:
            say(request, refusal.sentence, is_bad=True)
        else:
            sentence = doer.done.format(code=registration.code)
            say(request, sentence)
            remember(key, request.user, registration, sentence)
            tell_followers(registration=registration, text=f"{registration.code}: {action.title}.", but=request.user)
            forget_counts()
    if is_for_pane(request):
        return show_pane(request, fetch_again(request, registration), changed=True)
    return back_to(request, registration)


def remember(key: str, user: User, registration: Registration, sentence: str) -> None:
    if key:
        Receipt.objects.get_or_create(
            key=key, defaults={"user": user, "registration": registration, "sentence": sentence}
        )


def fetch_again(request: StaffRequest, registration: Registration) -> Registration:
    """As it is now; whoever lost sight of it by the action itself (a visit reassigned) still sees this last answer."""
    try:
        return fetch(request, registration.code)
    except Http404:
        registration.refresh_from_db()
        return registration


def _stale(registration: Registration) -> str:
    label = State(registration.state).label
    at = f"{timezone.localtime(registration.state_changed_at):%H:%M %d/%m}"
    return f"Hồ sơ này đã chuyển sang “{label}” lúc {at}, nên việc này không còn làm được."
