"""The bridge for managers and administrators: what came in, what went out, what stands still, and a second try."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django_filters.views import FilterView

from zalo_bridge import audit, health, inbox, incidents
from zalo_bridge.envelope import parse
from zalo_bridge.filters import EventFilter, MessageFilter, failed_today
from zalo_bridge.forms import GiveUpForm
from zalo_bridge.masking import mask, mask_text
from zalo_bridge.memory import recall
from zalo_bridge.models import Contact, OACredential, OutboundMessage, Remembered, WebhookEvent
from zalo_bridge.names import param_title, subjects_of
from zalo_bridge.windows import window

MAY_SEE_EVENTS = "zalo_bridge.view_webhookevent"
MAY_SEE_MESSAGES = "zalo_bridge.view_outboundmessage"
MAY_MEND = "zalo_bridge.change_incident"

EVENT_TONES = {
    "received": "wait",
    "processing": "sea",
    "done": "go",
    "ignored": "",
    "failed": "stop",
    "quarantined": "stop",
}
MESSAGE_TONES = {
    "queued": "wait",
    "sending": "sea",
    "sent": "go",
    "delivered": "go",
    "seen": "go",
    "retry": "wait",
    "unknown": "wait",
    "failed": "stop",
    "expired": "stop",
    "superseded": "",
}


@permission_required(MAY_SEE_EVENTS, raise_exception=True)
def overview(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    oldest_message = health.oldest_unsent()
    failed_events = WebhookEvent.objects.filter(state=WebhookEvent.State.FAILED)
    context = {
        "oldest_event_at": inbox.oldest_waiting_at(),
        "oldest_message_at": oldest_message.created_at if oldest_message else None,
        "failed_event_count": failed_events.count(),
        "failed_message_count": OutboundMessage.objects.filter(failed_today(now)).count(),
        "quarantine_count": WebhookEvent.objects.filter(state=WebhookEvent.State.QUARANTINED).count(),
        "events_today": WebhookEvent.objects.filter(received_at__gte=today).count(),
        "sent_today": OutboundMessage.objects.filter(sent_at__gte=today).count(),
        "incidents": list(incidents.open_incidents()),
        "past_incidents": incidents.past(since=now - timedelta(days=14))[:10],
        "checks": health.health(),
        "credential": OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).defer(*audit.SECRETS).first(),
        "quotas": _quotas(),
        "buttons": _buttons(),
        "may_mend": request.user.has_perm(MAY_MEND),
    }
    return render(request, "zalo_bridge/overview.html", context)


class EventList(PermissionRequiredMixin, FilterView):
    permission_required = MAY_SEE_EVENTS
    raise_exception = True
    model = WebhookEvent
    filterset_class = EventFilter
    template_name = "zalo_bridge/events.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[WebhookEvent]:
        return WebhookEvent.objects.defer("raw").order_by("-id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["rows"] = [(event, EVENT_TONES[event.state]) for event in context["page_obj"]]
        context["query"] = _query_without_page(self.request)
        context["person"] = _person(context["filter"])
        return context


class MessageList(PermissionRequiredMixin, FilterView):
    permission_required = MAY_SEE_MESSAGES
    raise_exception = True
    model = OutboundMessage
    filterset_class = MessageFilter
    template_name = "zalo_bridge/messages.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[OutboundMessage]:
        return OutboundMessage.objects.select_related("contact").defer("payload").order_by("-id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        subjects = subjects_of([message.subject for message in context["page_obj"]])
        context["rows"] = [
            (message, MESSAGE_TONES[message.state], subjects.get(message.subject)) for message in context["page_obj"]
        ]
        context["query"] = _query_without_page(self.request)
        context["person"] = _person(context["filter"])
        return context


@permission_required(MAY_SEE_EVENTS, raise_exception=True)
def event_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with its trail. The content is masked; a POST reveals it and is written down."""
    event = get_object_or_404(WebhookEvent, pk=pk)
    body = parse(bytes(event.raw))
    is_revealed = request.method == "POST"
    if is_revealed:
        audit.note(user=request.user, row=event, words="Xem nội dung sự kiện Zalo")
    shown = body if is_revealed else mask(body)
    context = {
        "event": event,
        "contact": Contact.objects.filter(oa_id=settings.ZALO_OA_ID, user_id=event.user_id).first(),
        "tone": EVENT_TONES[event.state],
        "content": json.dumps(shown, ensure_ascii=False, indent=2) if body is not None else "(không đọc được)",
        "is_revealed": is_revealed,
        "took_ms": _milliseconds(event.started_at, event.finished_at),
        "waited_ms": _milliseconds(event.received_at, event.started_at),
    }
    return render(request, "zalo_bridge/event.html", context)


@permission_required(MAY_SEE_MESSAGES, raise_exception=True)
def message_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One message with its attempts and the steps before and after it."""
    message = get_object_or_404(OutboundMessage.objects.select_related("contact", "replaces"), pk=pk)
    is_revealed = request.method == "POST"
    if is_revealed:
        audit.note(user=request.user, row=message, words="Xem nội dung tin Zalo")
    text = str(message.payload.get("text", ""))
    # What a template is filled with; in a chat the text says it all.
    params = message.payload.get("params", {}) if message.channel != OutboundMessage.Channel.CHAT else {}
    shown = params if is_revealed else mask(params)
    context = {
        "message": message,
        "subject": subjects_of([message.subject]).get(message.subject),
        "tone": MESSAGE_TONES[message.state],
        "text": text if is_revealed else mask_text(text),
        "params": [(param_title(name), value) for name, value in shown.items() if value],
        "is_revealed": is_revealed,
        "attempts": message.trail.all(),
        "following": OutboundMessage.objects.filter(replaces=message).first(),
        "window": window(message.contact, timezone.now()) if message.contact else None,
        "give_up_form": GiveUpForm(),
        "may_resend": message.state in ("failed", "expired"),
        "may_give_up": message.state in ("queued", "retry", "unknown"),
    }
    return render(request, "zalo_bridge/message.html", context)


def _person(chosen: EventFilter | MessageFilter) -> Contact | None:
    """Whose rows alone are listed."""
    return chosen.form.cleaned_data.get("nguoi") if chosen.is_valid() else None


def _quotas() -> list[tuple[str, dict[str, str], Any]]:
    names = {"quota:chat": "Tin nhắn OA", "quota:template_user": "Mẫu tin theo người dùng"}
    names |= {"quota:template_phone": "Mẫu tin theo số điện thoại", "template_daily_quota": "Hạn mức mẫu tin một ngày"}
    rows = Remembered.objects.filter(key__in=names).order_by("key")
    return [(names[row.key], row.value, row.noted_at) for row in rows]


def _buttons() -> str:
    shape = settings.ZALO_BUTTONS
    if shape == "none":
        return "không dùng nút bấm, chỉ văn bản"
    refused = recall(f"buttons-refused:{shape}")
    return f"kiểu {shape}" + (f", Zalo từ chối (mã {refused['code']}) nên đang gửi văn bản" if refused else "")


def _milliseconds(start: Any, end: Any) -> int | None:
    return round((end - start).total_seconds() * 1000) if start and end and end >= start else None


def _query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
