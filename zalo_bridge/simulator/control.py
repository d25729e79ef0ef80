"""`/gia-lap/dieu-khien/`: what goes wrong, how events travel, and the two logs in full."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zalo_bridge.simulator import tokens, webhook
from zalo_bridge.simulator.codes import BUSINESS_MESSAGES, OA_MESSAGES
from zalo_bridge.simulator.forms import KINDS, PATHS, FaultForm, OptionsForm
from zalo_bridge.simulator.store import Store, store_from_settings

LOG_LENGTH = 40
STATES = {
    "due": ("đang chờ", "wait"),
    "in_flight": ("đang gửi", "sea"),
    "delivered": ("đã nhận", "go"),
    "failed": ("hỏng", "stop"),
    "dropped": ("không gửi", "stop"),
}


@login_not_required
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    return _show(request, store, FaultForm(people=store.people()), OptionsForm(initial=_option_values(store)))


@login_not_required
@require_POST
def add_fault(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    form = FaultForm(request.POST, people=store.people())
    if not form.is_valid():
        return _show(request, store, form, OptionsForm(initial=_option_values(store)))
    store.add_fault(**form.fault())
    messages.success(request, "Đã gài lỗi.")
    return redirect("simulator:panel")


@login_not_required
@require_POST
def clear_faults(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("loi", "")
    store_from_settings(settings).clear_faults(int(number) if number.isdigit() else None)
    return redirect("simulator:panel")


@login_not_required
@require_POST
def set_options(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    form = OptionsForm(request.POST, initial=_option_values(store))
    if not form.is_valid():
        return _show(request, store, FaultForm(people=store.people()), form)
    moved_to = form.cleaned_data["webhook_url"] if "webhook_url" in form.changed_data else ""
    store.set_options(**form.cleaned_data)
    messages.success(request, "Đã lưu cách chạy của Zalo giả lập.")
    refused = [str(result) for result in (webhook.probe(store, moved_to) if moved_to else []) if result != 200]
    if refused:
        messages.warning(request, f"Địa chỉ webhook mới không trả lời 200 khi thử: {'; '.join(refused)}.")
    return redirect("simulator:panel")


@login_not_required
@require_POST
def expire_token(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    if request.POST.get("ca-hai"):
        tokens.expire_refresh_tokens(store)
        messages.success(request, "Đã thu hồi quyền: cả access token và refresh token đều hết dùng được.")
    else:
        tokens.expire_access_tokens(store)
        messages.success(request, "Access token đã hết hạn.")
    return redirect("simulator:panel")


@login_not_required
@require_POST
def retry_deliveries(request: HttpRequest) -> HttpResponse:
    store = store_from_settings(settings)
    webhook.retry_now(store)
    store.set_options(webhook_enabled=True)
    return redirect("simulator:panel")


@login_not_required
@require_GET
def logs(request: HttpRequest) -> HttpResponse:
    return render(request, "simulator/panel.html#logs", _logs(store_from_settings(settings)))


def _option_values(store: Store) -> dict[str, Any]:
    options = store.options()
    return {name: getattr(options, name) for name in OptionsForm.base_fields}


def _show(request: HttpRequest, store: Store, fault_form: FaultForm, options_form: OptionsForm) -> HttpResponse:
    pair = tokens.newest(store)
    kinds, paths = dict(KINDS), dict(PATHS)
    names = {person.user_id: person.name for person in store.people()}
    faults = [
        {
            "fault": fault,
            "kind": kinds[fault.kind],
            "path": paths.get(fault.path, fault.path),
            "who": names.get(fault.user_id, ""),
        }
        for fault in store.faults()
    ]
    context = {
        "fault_form": fault_form,
        "options_form": options_form,
        "faults": faults,
        "codes": sorted({**OA_MESSAGES, **BUSINESS_MESSAGES}.items(), reverse=True),
        "pair": _token_state(store, pair),
        "options": store.options(),
        **_logs(store),
    }
    return render(
        request, "simulator/panel.html", context, status=422 if fault_form.errors or options_form.errors else 200
    )


def _token_state(store: Store, pair: Any) -> dict[str, Any] | None:
    if pair is None:
        return None
    return {
        "ends_at": datetime.fromtimestamp(pair["access_expires_at"], UTC),
        "is_live": tokens.is_live(store, pair["access_token"]),
        "hint": pair["access_token"][-4:],
    }


def _logs(store: Store) -> dict[str, Any]:
    names = {person.user_id: person.name for person in store.people()}
    events = [
        {
            "delivery": delivery,
            "at": datetime.fromtimestamp(delivery.created_at, UTC),
            "who": names.get(delivery.user_id or "", ""),
            "state": STATES[delivery.state][0],
            "tone": STATES[delivery.state][1],
            "headers": webhook.request_headers(delivery, earlier_tries=max(delivery.attempt_count - 1, 0)),
            "body": json.dumps(delivery.json, ensure_ascii=False, indent=1),
            "next_at": datetime.fromtimestamp(delivery.due_at, UTC) if delivery.state == "due" else None,
        }
        for delivery in webhook.deliveries(store, limit=LOG_LENGTH)
    ]
    calls = [{"call": call, "at": datetime.fromtimestamp(call.at, UTC)} for call in store.calls(limit=LOG_LENGTH)]
    return {"events": events[::-1], "calls": calls[::-1]}
