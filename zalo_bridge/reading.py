"""The inside of a vendor event, turned into neutral words. The vendor's field names end here. Never raises on content.

Source: developers.zalo.me, "Webhook": one page per event. Both forms of `user_submit_info` (with and without district).
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from zalo_bridge.envelope import clean_id, text_of
from zalo_bridge.events import EventKind, ReceivedFile, SharedInfo

# Control characters and unpaired surrogates have no meaning in a chat and PostgreSQL refuses some of them.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\u200b\u2060]")

KINDS = {
    "follow": EventKind.FOLLOWED,
    "unfollow": EventKind.UNFOLLOWED,
    "user_click_chatnow": EventKind.OPENED_CHAT,
    "user_withdraw": EventKind.WITHDREW,
    "user_submit_info": EventKind.INFO_SHARED,
    "user_reacted_message": EventKind.REACTED,
    "user_feedback": EventKind.RATED,
    "user_click_response_button": EventKind.TEMPLATE_ANSWERED,
    "user_send_text": EventKind.TEXT,
    "user_send_image": EventKind.FILE,
    "user_send_gif": EventKind.FILE,
    "user_send_audio": EventKind.FILE,
    "user_send_video": EventKind.FILE,
    "user_send_file": EventKind.FILE,
    "user_send_link": EventKind.TEXT,
    "user_asking_product": EventKind.TEXT,
    "user_send_sticker": EventKind.STICKER,
    "user_send_location": EventKind.LOCATION,
    "user_send_business_card": EventKind.CONTACT_CARD,
}
# What opens Zalo's 48 hour and 7 day windows ("Tin tư vấn"): not receipts, not reactions, not opening a link.
INTERACTIONS = {name for name in KINDS if name.startswith("user_send_")} | {
    "follow",
    "user_click_chatnow",
    "user_asking_product",
    "user_call_oa",
}


@dataclass(frozen=True)
class Content:
    text: str = ""
    info: SharedInfo | None = None
    attachments: tuple[ReceivedFile, ...] = ()
    message_ids: tuple[str, ...] = ()
    quoted_id: str = ""
    admin_id: str = ""
    tracking_id: str = ""
    stars: int = 0
    words: str = ""
    titles: tuple[str, ...] = field(default=())
    """Titles of cards, to recognise our own in an echo."""


def read_content(body: dict[str, Any]) -> Content:
    """Everything a handler may ask of an event; empty where nothing (or nothing usable) came."""
    message = _object(body, "message")
    text = tidy(message.get("text"), longest=5000)
    attachments = tuple(_attachments(message))
    name = text_of(body.get("event_name"))
    if name == "user_send_link" and not text:
        text = next((one.url for one in attachments if one.url), "")
    if name == "user_click_response_button":
        text = tidy(message.get("data"))
    if name == "user_reacted_message":
        text = tidy(message.get("react_icon"), longest=40)
    # The answer to a template carries its id outside the message.
    ids = message.get("msg_ids")
    ids = ids if isinstance(ids, list) else [message.get("msg_id") or body.get("msg_id")]
    return Content(
        text=text,
        info=_shared_info(body["info"]) if isinstance(body.get("info"), dict) else None,
        attachments=attachments,
        message_ids=tuple(filter(None, map(clean_id, ids)))[:500],
        quoted_id=clean_id(message.get("quote_msg_id")),
        admin_id=clean_id(_object(body, "sender").get("admin_id")),
        tracking_id=clean_id(message.get("tracking_id")),
        stars=_stars(message.get("rate")),
        words=tidy(message.get("note"), longest=2000),
        titles=tuple(tidy(part.get("title")) for part in _payloads(message)),
    )


def tidy(value: object, longest: int = 500) -> str:
    """A scalar as NFC text without control characters, cut to `longest`."""
    text = UNPRINTABLE.sub("", text_of(value)[: longest * 2])
    return unicodedata.normalize("NFC", text).replace("\xa0", " ").strip()[:longest]


def is_phone_template(body: dict[str, Any], headers: dict[str, str]) -> bool:
    """Receipts of templates by phone share their name with chat receipts; this tells them apart."""
    message = _object(body, "message")
    return headers.get("server", "").upper() == "ZNS" or "tracking_id" in message or "delivery_time" in message


def _shared_info(info: dict[str, Any]) -> SharedInfo:
    full = _object(info, "full_address")
    return SharedInfo(
        name=tidy(info.get("name"), longest=200),
        phone=tidy(info.get("phone"), longest=40),
        address_line=tidy(full.get("user_address") or info.get("address") or info.get("user_address")),
        ward=tidy(full.get("user_ward") or info.get("ward") or info.get("user_ward"), longest=200),
        district=tidy(full.get("user_district") or info.get("district"), longest=200),
        city=tidy(full.get("user_city") or info.get("city") or info.get("user_city"), longest=200),
        birthday=tidy(info.get("user_dob"), longest=20),
        gender=tidy(info.get("gender"), longest=20),
    )


def _attachments(message: dict[str, Any]) -> list[ReceivedFile]:
    files = []
    for item in _list(message.get("attachments"))[:20]:
        if not isinstance(item, dict):
            continue
        kind, payload = tidy(item.get("type"), longest=20), _object(item, "payload")
        description = payload.get("description")
        place = _object(payload, "coordinates")
        text = tidy(description)
        if place:
            text = f"{tidy(place.get('latitude'), 20)},{tidy(place.get('longitude'), 20)}"
        card = _json_object(description)
        if card is not None:
            kind, text = "contact_card", tidy(card.get("phone"), longest=40)
        files.append(
            ReceivedFile(
                kind=kind,
                url=_url(payload.get("url")) or (_url(card.get("qrCodeUrl")) if card else ""),
                name=tidy(payload.get("name"), longest=255),
                size=_size(payload.get("size")),
                content_type=tidy(payload.get("type"), longest=60),
                checksum=clean_id(payload.get("checksum")),
                text=text,
            )
        )
    return files


def _payloads(message: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [_object(item, "payload") for item in _list(message.get("attachments"))[:20] if isinstance(item, dict)]
    return [part for part in parts if part]


def _object(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _json_object(value: object) -> dict[str, Any] | None:
    """A business card's description is JSON inside a string."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None
    try:
        card = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return card if isinstance(card, dict) else None


def _url(value: object) -> str:
    text = tidy(value, longest=2000)
    return text if text.startswith(("https://", "http://")) else ""


def _size(value: object) -> int:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _stars(value: object) -> int:
    text = text_of(value)
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0
