"""The console's buttons. Each is a POST, says what happened, and is harmless when pressed twice."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from zalo_bridge import audit, authorise, incidents, memory, replay, tokens
from zalo_bridge.errors import BridgeError
from zalo_bridge.forms import GiveUpForm, PasteTokensForm
from zalo_bridge.models import Incident, OACredential, OutboundMessage, Remembered, WebhookEvent
from zalo_bridge.views.console import MAY_MEND, MAY_SEE_EVENTS, MAY_SEE_MESSAGES

SESSION_KEY = "zalo-authorisation"


@require_POST
@permission_required(MAY_SEE_EVENTS, raise_exception=True)
def replay_event(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(WebhookEvent, pk=pk)
    if event.state == WebhookEvent.State.QUARANTINED:
        taken, _ = replay.verify_again(event_ids=[pk], oa_id=settings.ZALO_OA_ID)
        if taken:
            audit.note(user=request.user, row=event, words="Xác minh lại sự kiện cách ly")
            messages.success(request, "Chữ ký đã đúng, sự kiện được đưa vào xử lý.")
            return redirect("zalo_bridge:events")
        audit.note(user=request.user, row=event, words="Xác minh lại sự kiện cách ly: chữ ký vẫn sai")
        messages.warning(request, "Chữ ký vẫn không đúng, sự kiện ở lại chỗ cách ly.")
    elif replay.replay_events(event_ids=[pk]):
        audit.note(user=request.user, row=event, words="Xử lý lại sự kiện")
        messages.success(request, "Đã đưa sự kiện vào xử lý lại.")
    else:
        messages.info(request, "Sự kiện này không ở trạng thái lỗi nên không cần xử lý lại.")
    return redirect("zalo_bridge:event", pk=pk)


@require_POST
@permission_required(MAY_SEE_EVENTS, raise_exception=True)
def replay_failed(request: HttpRequest) -> HttpResponse:
    """Everything that failed or waits in quarantine, in one go; each event tells later who pressed."""
    failed = WebhookEvent.objects.filter(state=WebhookEvent.State.FAILED).order_by("happened_at", "id")
    again = replay.replay_events(event_ids=list(failed.values_list("pk", flat=True)[:1000]))
    apart = WebhookEvent.objects.filter(state=WebhookEvent.State.QUARANTINED).order_by("happened_at", "id")
    taken, refused = replay.verify_again(
        event_ids=list(apart.values_list("pk", flat=True)[:5000]), oa_id=settings.ZALO_OA_ID
    )
    handled = WebhookEvent.objects.filter(pk__in=again).defer("raw")
    audit.note_all(user=request.user, rows=handled, words="Xử lý lại sự kiện")
    audit.note_all(user=request.user, rows=taken, words="Xác minh lại sự kiện cách ly")
    messages.success(
        request,
        f"Xử lý lại {len(again)} sự kiện lỗi; {len(taken)} sự kiện cách ly nay đúng chữ ký, {refused} vẫn sai.",
    )
    return redirect("zalo_bridge:overview")


@require_POST
@permission_required(MAY_MEND, raise_exception=True)
def discard_event(request: HttpRequest, pk: int) -> HttpResponse:
    event = WebhookEvent.objects.filter(pk=pk).first()
    if event and replay.discard(event_ids=[pk]):
        audit.note(user=request.user, row=event, words="Xóa sự kiện cách ly")
        messages.success(request, "Đã xóa sự kiện không rõ nguồn gốc.")
    else:
        messages.info(request, "Sự kiện này không còn ở chỗ cách ly.")
    return redirect("zalo_bridge:events")


@require_POST
@permission_required(MAY_SEE_MESSAGES, raise_exception=True)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(OutboundMessage, pk=pk)
    try:
        replay.resend(message=message, by=request.user.get_username())
    except BridgeError as error:
        messages.warning(request, error.sentence)
    else:
        audit.note(user=request.user, row=message, words="Gửi lại tin")
        messages.success(request, "Đã xếp tin để gửi lại.")
    return redirect("zalo_bridge:message", pk=pk)


@require_POST
@permission_required(MAY_SEE_MESSAGES, raise_exception=True)
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    message, form = get_object_or_404(OutboundMessage, pk=pk), GiveUpForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Cần ghi lý do dừng gửi.")
        return redirect("zalo_bridge:message", pk=pk)
    try:
        replay.give_up(message=message, by=request.user.get_username(), reason=form.cleaned_data["reason"])
    except BridgeError as error:
        messages.warning(request, error.sentence)
    else:
        audit.note(user=request.user, row=message, words=f"Dừng gửi: {form.cleaned_data['reason']}")
        messages.success(request, "Đã dừng gửi. Người phụ trách sẽ thấy việc gọi điện nếu cần.")
    return redirect("zalo_bridge:message", pk=pk)


@require_POST
@permission_required(MAY_MEND, raise_exception=True)
def close_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Only what stops nothing: a channel that stands still starts again when Zalo takes a message, not at a press."""
    incident = get_object_or_404(Incident, pk=pk)
    if incident.channel:
        messages.warning(request, "Sự cố này đang làm tin dừng lại. Hệ thống tự đóng khi Zalo nhận tin trở lại.")
    elif incidents.close(cause=incident.cause):
        audit.note(user=request.user, row=incident, words="Đóng sự cố")
        messages.success(request, "Đã đóng sự cố. Gặp lại lỗi này thì hệ thống báo lại.")
    else:
        messages.info(request, "Sự cố này đã hết.")
    return redirect("zalo_bridge:overview")


@require_POST
@permission_required(MAY_MEND, raise_exception=True)
def try_buttons_again(request: HttpRequest) -> HttpResponse:
    key = f"buttons-refused:{settings.ZALO_BUTTONS}"
    if refusal := Remembered.objects.filter(key=key).first():
        audit.note(user=request.user, row=refusal, words="Thử lại nút bấm")
        memory.forget(key)
    messages.success(request, "Tin tiếp theo sẽ thử gửi kèm nút bấm.")
    return redirect("zalo_bridge:overview")


@require_GET
@permission_required(MAY_MEND, raise_exception=True)
def authorise_page(request: HttpRequest) -> HttpResponse:
    """Explains, and links to Zalo's page. A link, because our policy lets forms lead only to our own pages."""
    wish = authorise.begin()
    request.session[SESSION_KEY] = {"state": wish.state, "verifier": wish.verifier}
    context = {
        "credential": OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).defer(*audit.SECRETS).first(),
        "callback_url": authorise.callback_url(),
        "form": PasteTokensForm(),
        "oa_id": settings.ZALO_OA_ID,
        "wish": wish,
    }
    return render(request, "zalo_bridge/authorise.html", context)


@require_GET
@permission_required(MAY_MEND, raise_exception=True)
def authorised(request: HttpRequest) -> HttpResponse:
    """Where Zalo sends the administrator back to, with a code that works once and for ten minutes."""
    wish = request.session.pop(SESSION_KEY, {})
    try:
        authorise.finish(
            expected_state=wish.get("state", ""),
            verifier=wish.get("verifier", ""),
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            oa_id=request.GET.get("oa_id", ""),
        )
    except BridgeError as error:
        messages.error(request, error.sentence)
        return redirect("zalo_bridge:authorise")
    credential = OACredential.objects.defer(*audit.SECRETS).get(oa_id=settings.ZALO_OA_ID)
    audit.note(user=request.user, row=credential, words="Cấp quyền trên trang của Zalo")
    messages.success(request, "Zalo đã cấp quyền. Hệ thống gửi tiếp các tin đang chờ.")
    return redirect("zalo_bridge:overview")


@require_POST
@permission_required(MAY_MEND, raise_exception=True)
def paste_tokens(request: HttpRequest) -> HttpResponse:
    form = PasteTokensForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Cần dán cả hai token.")
        return redirect("zalo_bridge:authorise")
    credential = tokens.store_pair(
        access=form.cleaned_data["access_token"].strip(), refresh=form.cleaned_data["refresh_token"].strip()
    )
    audit.note(user=request.user, row=credential, words="Dán token mới")
    messages.success(request, "Đã lưu token mới.")
    return redirect("zalo_bridge:overview")
