"""business.openapi.zalo.me: approved templates sent to a phone number."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from zalo_bridge.simulator.codes import Refused
from zalo_bridge.simulator.official_account import VIETNAM
from zalo_bridge.simulator.outgoing import send_phone_template
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.wire import Request

PHONE = re.compile(r"\+?84\d{9,10}")
TRACKING_ID = re.compile(r"[A-Za-z0-9_-]{1,48}")


def send_by_phone(store: Store, request: Request) -> dict[str, Any]:
    body = _body(request)
    phone = str(body.get("phone", ""))
    if not PHONE.fullmatch(phone):
        raise Refused(-108)
    phone = phone.lstrip("+")
    return _send(store, body, phone=phone, recipient=phone)


def send_by_hash(store: Store, request: Request) -> dict[str, Any]:
    """The number is given as the SHA-256 of `84…`; receipts name the hash too."""
    body = _body(request)
    wanted = str(body.get("hash_phone", ""))
    for person in store.people():
        if person.phone and hashlib.sha256(person.phone.encode()).hexdigest() == wanted:
            return _send(store, body, phone=person.phone, recipient=wanted)
    raise Refused(-118 if re.fullmatch(r"[0-9a-f]{64}", wanted) else -108)


def message_status(store: Store, request: Request) -> dict[str, Any]:
    with store.reading() as db:
        row = db.execute(
            "SELECT * FROM template_messages WHERE msg_id = ?", (request.query.get("message_id", ""),)
        ).fetchone()
    if row is None:
        return {"delivery_time": "", "message": "Message is not existed", "status": -1}
    return {"delivery_time": str(row["delivered_ms"]), "message": "Message is delivered", "status": 1}


def all_templates(store: Store, request: Request) -> list[dict[str, Any]]:
    offset, limit = _number(request, "offset", 0), _number(request, "limit", 100)
    if limit > 100:
        raise Refused(-132)
    return [
        {
            "templateId": template["template_id"],
            "templateName": template["name"],
            "createdTime": 1767200400000,
            "status": template["status"],
            "templateQuality": "HIGH",
        }
        for template in store.templates()[offset : offset + limit]
    ]


def template_info(store: Store, request: Request) -> dict[str, Any]:
    for template in store.templates():
        if template["template_id"] == request.query.get("template_id"):
            return {
                "templateId": template["template_id"],
                "templateName": template["name"],
                "status": template["status"],
                "reason": "",
                "listParams": template["params"],
                "listButtons": [],
                "timeout": 7200000,
                "previewUrl": "",
                "templateQuality": "HIGH",
                "templateTag": "TRANSACTION",
                "price_sdt": "120",
                "price_uid": "100",
            }
    raise Refused(-109)


def quota(store: Store, request: Request) -> dict[str, str]:
    daily = store.options().template_quota
    return {"dailyQuota": str(daily), "remainingQuota": str(max(daily - _sent_today(store), 0))}


def quality(store: Store, request: Request) -> dict[str, str]:
    return {"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"}


ROUTES: dict[tuple[str, str], Callable[[Store, Request], Any]] = {
    ("POST", "/message/template"): send_by_phone,
    ("POST", "/message/template/hashphone"): send_by_hash,
    ("GET", "/message/status"): message_status,
    ("GET", "/template/all"): all_templates,
    ("GET", "/template/info/v2"): template_info,
    ("GET", "/message/quota"): quota,
    ("GET", "/quality"): quality,
}


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        raise Refused(-121)
    try:
        return request.json_body()
    except Refused:
        raise Refused(-122) from None


def _send(store: Store, body: dict[str, Any], *, phone: str, recipient: str) -> dict[str, Any]:
    tracking_id = str(body.get("tracking_id", ""))
    if not TRACKING_ID.fullmatch(tracking_id):
        raise Refused(-132, "tracking_id is invalid")
    template_id, data = _checked_template(store, body.get("template_id"), body.get("template_data"))
    if store.person_by_phone(phone) is None:
        raise Refused(-118)
    daily = store.options().template_quota
    left = daily - _sent_today(store)
    if left <= 0:
        raise Refused(-144)
    msg_id = secrets.token_hex(10)
    sent_ms = send_phone_template(
        store,
        msg_id=msg_id,
        phone=phone,
        recipient=recipient,
        template_id=template_id,
        tracking_id=tracking_id,
        data=data,
    )
    return {
        "msg_id": msg_id,
        "sent_time": str(sent_ms),
        "sending_mode": str(body.get("sending_mode", "1")),
        "quota": {"dailyQuota": str(daily), "remainingQuota": str(left - 1)},
    }


def _checked_template(store: Store, template_id: Any, data: Any) -> tuple[str, dict[str, str]]:
    if not isinstance(template_id, str) or not template_id:
        raise Refused(-109)
    if not isinstance(data, dict) or not data:
        raise Refused(-111)
    if not all(isinstance(value, str) for value in data.values()):
        raise Refused(-132, "template_data values must be strings")
    known = {template["template_id"]: template for template in store.templates()}
    template = known.get(template_id)
    if template is None:
        if store.options().any_template:
            return template_id, data
        raise Refused(-109)
    if template["status"] != "ENABLE":
        raise Refused(-131)
    params = {param["name"]: param for param in template["params"]}
    if any(name not in params for name in data):
        raise Refused(-112)
    for name, param in params.items():
        if param.get("require", True) and not data.get(name):
            raise Refused(-1122)
        if len(data.get(name, "")) > int(param.get("maxLength", 200)):
            raise Refused(-1121)
    return template_id, data


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdigit():
        raise Refused(-132)
    return int(text)


def _sent_today(store: Store) -> int:
    midnight = datetime.fromtimestamp(time.time(), VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    with store.reading() as db:
        count = db.execute(
            "SELECT count(*) FROM template_messages WHERE sent_ms >= ?", (int(midnight.timestamp() * 1000),)
        ).fetchone()[0]
    return int(count)
