"""Reads the `message` of a chat message as strictly as the platform does, and says what the citizen will see."""

import time
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from zalo_bridge.simulator.codes import Refused
from zalo_bridge.simulator.store import Store

TEXT_LIMIT = 2000
UPLOAD_LIFE_S = 7 * 24 * 3600
BUTTON_TYPES = ("oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.sms", "oa.open.phone")


@dataclass(frozen=True)
class Draft:
    """A message accepted but not yet sent. `payload["echo"]` is what its echo event lists as attachments."""

    kind: str
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    quote_msg_id: str = ""


def read_message(store: Store, message: Any) -> Draft:
    """Raises `Refused`: -201 bad shape, -210 over a limit, -233 type not supported, -100 upload expired."""
    if not isinstance(message, dict):
        raise Refused(-201)
    text = _text(message.get("text", ""), TEXT_LIMIT)
    quote = message.get("quote_message_id", "")
    if quote and (not isinstance(quote, str) or store.message(quote) is None):
        raise Refused(-201, "quote_message_id is invalid")
    attachment = message.get("attachment")
    if attachment is None:
        if not text.strip():
            raise Refused(-201, "Text is empty")
        return Draft("text", text, quote_msg_id=quote)
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise Refused(-201)
    payload = attachment["payload"]
    if attachment.get("type") == "file":
        return _file(store, payload)
    if attachment.get("type") != "template":
        raise Refused(-233)
    kind = payload.get("template_type")
    if kind == "media":
        return _media(store, payload, text)
    if kind == "request_user_info":
        return _info_request(payload, text)
    return _buttons(store, payload, text)


def _text(value: Any, limit: int) -> str:
    """NFC, because the platform counts composed characters and a decomposed Vietnamese text is half as long again."""
    if not isinstance(value, str):
        raise Refused(-201)
    text = unicodedata.normalize("NFC", value)
    if len(text) > limit:
        raise Refused(-210)
    return text


def _elements(payload: dict[str, Any], most: int) -> list[dict[str, Any]]:
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements or not all(isinstance(element, dict) for element in elements):
        raise Refused(-201)
    if len(elements) > most:
        raise Refused(-210)
    return elements


def _upload(store: Store, file_id: Any, kinds: tuple[str, ...]) -> str:
    found = store.file(file_id) if isinstance(file_id, str) else None
    if found is None or found["kind"] not in kinds:
        raise Refused(-201)
    if found["created_at"] + UPLOAD_LIFE_S <= time.time():
        raise Refused(-100)
    return f"{store.options().server_url}/tep/{file_id}/{found['name']}"


def _file(store: Store, payload: dict[str, Any]) -> Draft:
    url = _upload(store, payload.get("token"), ("file",))
    name = url.rpartition("/")[2]
    echo = [{"type": "file", "payload": {"url": url, "name": name}}]
    return Draft("file", payload={"file_id": payload["token"], "name": name, "echo": echo})


def _media(store: Store, payload: dict[str, Any], text: str) -> Draft:
    element = _elements(payload, 1)[0]
    kind, file_id, url = element.get("media_type"), element.get("attachment_id"), element.get("url")
    if kind == "sticker":
        if not isinstance(file_id, str) or not file_id:
            raise Refused(-201)
        return Draft(
            "sticker", payload={"sticker_id": file_id, "echo": [{"type": "sticker", "payload": {"id": file_id}}]}
        )
    if kind not in ("image", "gif"):
        raise Refused(-233)
    if bool(file_id) == bool(url) or (kind == "gif" and not (element.get("width") and element.get("height"))):
        raise Refused(-201)
    if file_id:
        url = _upload(store, file_id, ("image", "gif"))
    echo = [{"type": kind, "payload": {"thumbnail": url, "url": url}}]
    return Draft(kind, text, {"file_id": file_id or "", "url": url, "echo": echo})


def _info_request(payload: dict[str, Any], text: str) -> Draft:
    element = _elements(payload, 1)[0]
    title, subtitle = _text(element.get("title", ""), 100), _text(element.get("subtitle", ""), 500)
    image_url = element.get("image_url")
    if not title or not isinstance(image_url, str) or not image_url.startswith(("http://", "https://")):
        raise Refused(-201)
    link = {"thumbnail": image_url, "description": subtitle, "url": image_url, "title": title}
    shown = {"title": title, "subtitle": subtitle, "image_url": image_url, "echo": [{"type": "link", "payload": link}]}
    return Draft("info_request", text, shown)


def _buttons(store: Store, payload: dict[str, Any], text: str) -> Draft:
    """Shapes A (no `template_type`), B ("button"), C ("list"). Which ones `/cs` takes nobody knows: an option says."""
    shape = {None: "A", "button": "B", "list": "C"}.get(payload.get("template_type"), "")
    if not shape or shape not in store.options().button_shapes:
        raise Refused(-201 if shape == "A" else -233)
    buttons = (
        [_button(button) for button in _elements({"elements": payload.get("buttons") or []}, 5)]
        if (payload.get("buttons") or shape != "C")
        else []
    )
    if shape != "C":
        if not text:
            raise Refused(-201)
        link = {"type": "template", "payload": {"text": text, "link_url": "", "checksum": "", "zinstant_id": ""}}
        return Draft("buttons", text, {"buttons": buttons, "echo": [link]})
    elements = []
    for element in _elements(payload, 5):
        shown = {"title": _text(element.get("title", ""), 100), "subtitle": _text(element.get("subtitle", ""), 500)}
        if not shown["title"]:
            raise Refused(-201)
        action = element.get("default_action")
        elements.append(
            {
                **shown,
                "image_url": str(element.get("image_url", "")),
                "action": _button({"title": "-", **action}) if action else None,
            }
        )
    echo = [
        {
            "type": "link",
            "payload": {"thumbnail": e["image_url"], "description": e["subtitle"], "url": "", "title": e["title"]},
        }
        for e in elements
    ]
    return Draft("list", text, {"elements": elements, "buttons": buttons, "echo": echo})


def _button(button: Any) -> dict[str, Any]:
    """A checked button: title, type, and one `value`: the address, the text to send, or the number to call."""
    if not isinstance(button, dict) or button.get("type") not in BUTTON_TYPES:
        raise Refused(-201)
    title, payload = _text(button.get("title", ""), 100), button.get("payload", button.get("url"))
    field_name = {"oa.open.url": "url", "oa.open.sms": "phone_code", "oa.open.phone": "phone_code"}.get(button["type"])
    value = payload.get(field_name) if field_name and isinstance(payload, dict) else payload
    if not title or not isinstance(value, str) or not value:
        raise Refused(-201)
    return {"title": title, "type": button["type"], "value": _text(value, 1000)}
