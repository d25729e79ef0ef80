"""Turns stored messages into what a phone shows: plain data for the templates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone

from zalo_bridge.simulator.citizen import REACTIONS
from zalo_bridge.simulator.records import Message

LINK = re.compile(r"https?://[^\s<>\"“”]+")
TRAILING = ".,;:!?)…"


@dataclass(frozen=True)
class Button:
    """`href` for one that opens something; else a tap sends its payload, found again by `index`."""

    title: str
    index: int = 0
    href: str = ""


@dataclass(frozen=True)
class Bubble:
    id: int
    msg_id: str
    kind: str
    is_mine: bool
    clock: str
    day: str
    """Set on the first bubble of a day."""
    parts: list[tuple[str, str]] = field(default_factory=list)
    """The text as (words, address) pairs; the address is empty where it is no link."""
    author: str = ""
    quote: str = ""
    reaction: str = ""
    image: str = ""
    title: str = ""
    subtitle: str = ""
    icon: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    is_seen: bool = False


def bubbles(messages: Iterable[Message], *, public_url: str) -> list[Bubble]:
    """Hidden queries are left out: the citizen's phone does not show them."""
    shown: list[Bubble] = []
    said = {message.msg_id: message for message in messages}
    last_day = ""
    for message in said.values():
        if message.is_hidden:
            continue
        at = timezone.localtime(datetime.fromtimestamp(message.sent_ms / 1000, UTC))
        day = f"{at:%d/%m/%Y}"
        quoted = said.get(message.quote_msg_id)
        shown.append(
            Bubble(
                id=message.id,
                msg_id=message.msg_id,
                kind=message.kind,
                is_mine=message.from_user,
                clock=f"{at:%H:%M}",
                day=day if day != last_day else "",
                parts=linked(message.payload.get("label") or message.text, public_url),
                author=message.author,
                quote=quoted.text or "Tin nhắn" if quoted else "",
                reaction=REACTIONS.get(message.reaction, ""),
                is_seen=message.seen_ms is not None,
                **_extras(message, public_url),
            )
        )
        last_day = day
    return shown


def linked(text: str, public_url: str) -> list[tuple[str, str]]:
    """Cut a text where its links are; a full stop or bracket after a link is not part of it."""
    parts: list[tuple[str, str]] = []
    end = 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(TRAILING)
        if found.start() > end:
            parts.append((text[end : found.start()], ""))
        parts.append((address, local(address, public_url)))
        end = found.start() + len(address)
    if end < len(text):
        parts.append((text[end:], ""))
    return parts


def local(address: str, public_url: str) -> str:
    """An address of our own site without its origin: the browser may know this machine by another name."""
    return address.removeprefix(public_url) or "/" if (address + "/").startswith(public_url + "/") else address


def file_id_in(address: str) -> str:
    """The id in an address of the simulator's own file store, else empty."""
    pieces = urlsplit(address).path.split("/")
    return pieces[2] if len(pieces) > 3 and pieces[1] == "tep" else ""


def _extras(message: Message, public_url: str) -> dict[str, Any]:
    payload = message.payload
    if message.kind == "info_request":
        return {
            "title": payload["title"],
            "subtitle": payload["subtitle"],
            "image": _shown_image(payload["image_url"], public_url),
        }
    if message.kind == "template":
        return {"title": payload["title"], "rows": list(payload["data"].items())}
    if message.kind in ("buttons", "list"):
        items = [(element["title"], element["subtitle"]) for element in payload.get("elements", [])]
        return {"buttons": _buttons(payload, public_url), "items": items}
    inner = payload.get("payload", {})
    if message.kind in ("image", "gif"):
        return {"image": _shown_image(inner.get("url") or payload.get("url", ""), public_url), "title": "Ảnh"}
    if message.kind == "file":
        return {"title": inner.get("name") or payload.get("name", ""), "icon": "file-text"}
    plain = {
        "sticker": ("Nhãn dán", "smile"),
        "location": ("Vị trí đã gửi", "map-pin"),
        "business_card": ("Danh thiếp", "contact"),
        "audio": ("Tin thoại", "mic"),
        "video": ("Video", "video"),
        "link": ("Liên kết", "link"),
    }
    title, icon = plain.get(message.kind, ("", ""))
    return {"title": title, "icon": icon}


def _shown_image(address: str, public_url: str) -> str:
    """What the page may load: our own site or the simulator's files; the policy of the page blocks the rest."""
    if file_id := file_id_in(address):
        return reverse("simulator:file", args=[file_id])
    shown = local(address, public_url)
    return shown if shown.startswith("/") else ""


def _buttons(payload: dict[str, Any], public_url: str) -> list[Button]:
    made = []
    for index, button in enumerate(payload.get("buttons", [])):
        href = ""
        if button["type"] == "oa.open.url":
            href = local(button["value"], public_url)
        elif button["type"] in ("oa.open.phone", "oa.open.sms"):
            href = f"{'tel' if button['type'] == 'oa.open.phone' else 'sms'}:+{button['value'].lstrip('+')}"
        made.append(Button(button["title"], index, href))
    return made
