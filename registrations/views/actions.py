"""The buttons of a request. One press or one short form each; a stale button answers with a sentence."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registrations import services, undo
from registrations.actions import ACTION_BY_SLUG, Action, earliness, may
from registrations.errors import RegistrationError, StaleState
from registrations.forms import (
    ActionForm,
    AskForMoreForm,
    AssignForm,
    CallForm,
    CancelForm,
    DelayForm,
    DossierForm,
    NotAtHomeForm,
    NothingMore,
    PapersForm,
    PhotoForm,
    PressForm,
    RejectForm,
    TimeForm,
    UnassignForm,
)
from registrations.models import Receipt, Registration
from registrations.notifying import tell_followers
from registrations.queue import forget_counts
from registrations.states import State
from registrations.transitions import Actor
from registrations.views.pages import (
    StaffRequest,
    back_to,
    claim,
    fetch,
    is_for_pane,
    next_url,
    say,
    show_pane,
    undo_address,
)
from registrations.visits import ON_THE_WAY_IS_NEWS_FOR
from registrations.wordings import clock_or_day, stretch
from scheduling.errors import SchedulingError

Doing = Callable[[Registration, dict[str, Any], Actor], object]


@dataclass(frozen=True)
class Doer:
    """How an action is carried out: its form, the use case, and what the clerk reads when it is done."""

    form: type[ActionForm]
    do: Doing
    done: str
    done_late: str = ""  # the same of a press that came too late to tell the citizen of
    is_news: bool = True  # whether those who follow the request want to hear of it


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
        PressForm,
        lambda r, f, a: services.set_off(registration=r, actor=a, now=f.get("at")),
        "Đã báo người dân: cán bộ đang đến.",
        done_late="Đã ghi giờ đi. Máy gửi lên muộn nên không nhắn người dân nữa.",
    ),
    "bao-tre": Doer(
        DelayForm,
        lambda r, f, a: services.report_delay(registration=r, minutes=f["minutes"], actor=a, now=f.get("at")),
        "Đã báo người dân và lãnh đạo giờ dự kiến đến.",
    ),
    "da-den": Doer(
        PressForm, lambda r, f, a: services.start(registration=r, actor=a, now=f.get("at")), "Đã ghi giờ đến."
    ),
    "giay-to": Doer(
        PapersForm,
        lambda r, f, a: services.tick_papers(registration=r, papers=f["papers"], actor=a),
        "Đã lưu giấy tờ đã kiểm.",
        is_news=False,
    ),
    "bien-nhan": Doer(
        PhotoForm,
        lambda r, f, a: services.keep_receipt(registration=r, photo=f["photo"], actor=a, now=f.get("at")),
        "Đã lưu ảnh biên nhận {code}.",
    ),
    "da-nop": Doer(
        DossierForm,
        lambda r, f, a: services.complete(registration=r, dossier_number=f["dossier_number"], actor=a, now=f.get("at")),
        "Đã nộp hồ sơ {code}. Người dân sẽ nhận mã và lời mời đánh giá.",
    ),
    "khong-gap": Doer(
        NotAtHomeForm,
        lambda r, f, a: services.not_at_home(registration=r, reason=f["reason"], actor=a, now=f.get("at")),
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
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = doer.form(*sent, registration=registration)
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
            **claim(request, registration),
            "key": secrets.token_urlsafe(12),
        },
    )


def _do(
    request: StaffRequest, registration: Registration, action: Action, doer: Doer, form: forms.Form
) -> HttpResponse:
    key = request.POST.get("key", "")[:64] or secrets.token_urlsafe(12)
    try:
        sentence = press(registration, action, form.cleaned_data, user=request.user, key=key)
        say(request, sentence, undo=undo_address(key) if undo.receipts_under(key, request.user) else "")
    except (RegistrationError, SchedulingError) as refusal:
        say(request, refusal.sentence, is_bad=True)
    if is_for_pane(request):
        return show_pane(request, fetch_again(request, registration), changed=True)
    return back_to(request, registration)


def press(registration: Registration, action: Action, facts: dict[str, Any], *, user: User, key: str) -> str:
    """Do it, once per key: a second tap, or a phone that did not hear the first answer, reads the same sentence.

    Raises RegistrationError and SchedulingError with why not; then nothing is kept, not even the key.
    """
    doer = DOERS[action.slug]
    pressed_at = facts.get("at") or timezone.now()
    is_old = timezone.now() - pressed_at >= ON_THE_WAY_IS_NEWS_FOR
    sentence = (is_old and doer.done_late or doer.done).format(code=registration.code)
    early = earliness(registration, action, pressed_at)
    if early is not None and registration.appointment is not None:
        hour = clock_or_day(registration.appointment.starts_at, timezone.now())
        sentence += f" Sớm {stretch(early)} so với giờ hẹn {hour}: nếu bấm nhầm thì hoàn tác."
    # The key goes in first, with the change: of two sent at once the second waits here until the first has committed.
    with transaction.atomic():
        if key:
            receipt, is_new = Receipt.objects.get_or_create(
                key=key[:64],
                defaults={
                    "user": user,
                    "registration": registration,
                    "sentence": sentence,
                    "pressed_at": facts.get("at"),
                },
            )
            if (receipt.user_id, receipt.registration_id) != (user.pk, registration.pk):
                raise StaleState("Lần bấm này trùng mã với một lần bấm khác. Hãy tải lại trang rồi bấm lại.")
            if not is_new:
                return receipt.sentence
        before = undo.before_of(registration)
        doer.do(registration, facts, Actor.staff(user))
        if key and action.slug in undo.UNDOABLE:
            undo.remember(receipt=receipt, slug=action.slug, before=before)
        if doer.is_news:
            tell_followers(registration=registration, text=f"{registration.code}: {action.title}.", but=user)
    forget_counts()
    return sentence


@require_POST
def take_back(request: StaffRequest, key: str) -> HttpResponse:
    """Undo what this key did: one action of this person, or all of a batch."""
    answers = taken_back(key, request.user)
    for _, sentence, is_bad in answers:
        say(request, sentence, is_bad=is_bad)
    registration = answers[0][0]
    if registration is not None and is_for_pane(request):
        return show_pane(request, fetch_again(request, registration), changed=True)
    return HttpResponseRedirect(next_url(request) or "/")


def taken_back(key: str, user: User) -> list[tuple[Registration | None, str, bool]]:
    """Take back what this person did under this key: of what, what they read, and whether it was refused."""
    receipts = undo.receipts_under(key, user)
    if not receipts:
        return [(None, "Đã quá lúc hoàn tác, hoặc việc này đã được hoàn tác rồi.", True)]
    answers: list[tuple[Registration | None, str, bool]] = []
    for receipt in receipts:
        registration = receipt.registration
        try:
            answers.append((registration, undo.take_back(receipt=receipt, by=user), False))
        except (RegistrationError, SchedulingError) as refusal:
            answers.append((registration, refusal.sentence, True))
        else:
            tell_followers(registration=registration, text=f"{registration.code}: đã hoàn tác.", but=user)
    forget_counts()
    return answers


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
