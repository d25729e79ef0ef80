"""Request bodies in Zalo's shapes, from our neutral payloads.

Source: developers.zalo.me, "Gửi tin tư vấn", "Gửi tin template"; the button shapes are those of the SDKs and of the
appendix on buttons, none of them proven for chat messages, hence the setting ZALO_BUTTONS.
"""

import unicodedata
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from zalo_bridge.parts import LONGEST_TEXT, MOST_BUTTONS

TITLE_LIMIT, SUBTITLE_LIMIT, PAYLOAD_LIMIT = 100, 500, 1000


def chat_body(user_id: str, payload: dict[str, Any], *, buttons: str) -> dict[str, Any]:
    """A `/cs` message. `buttons` is the shape to use: "none", "A", "B" or "C"."""
    message: dict[str, Any]
    if card := payload.get("card"):
        element = {
            "title": card["title"][:TITLE_LIMIT],
            "subtitle": card["subtitle"][:SUBTITLE_LIMIT],
            "image_url": urljoin(f"{settings.PUBLIC_URL}/", card["image"]),
        }
        message = {
            "attachment": {
                "type": "template",
                "payload": {"template_type": "request_user_info", "elements": [element]},
            }
        }
    elif has_buttons(payload) and buttons != "none":
        message = _with_buttons(payload, buttons)
    else:
        message = {"text": plain_text(payload)}
    return {"recipient": {"user_id": user_id}, "message": message}


def has_buttons(payload: dict[str, Any]) -> bool:
    return bool(payload.get("choices") or payload.get("link"))


def plain_text(payload: dict[str, Any]) -> str:
    """The text with its link as the last line: what works everywhere."""
    text = str(payload.get("text", ""))
    if link := payload.get("link"):
        line = f"{link['title']}: {link['url']}"
        text = f"{text[: LONGEST_TEXT - len(line) - 2]}\n\n{line}" if text else line
    return unicodedata.normalize("NFC", text)


def template_body(template_id: str, data: dict[str, str], *, user_id: str = "") -> dict[str, Any]:
    return {"user_id": user_id, "template_id": template_id, "template_data": data}


def phone_template_body(template_id: str, data: dict[str, str], *, phone: str, tracking_id: str) -> dict[str, Any]:
    """`phone` is E.164; Zalo wants 84… without the plus."""
    return {
        "phone": phone.removeprefix("+"),
        "template_id": template_id,
        "template_data": data,
        "tracking_id": tracking_id,
    }


def tracking_id(message_id: int) -> str:
    """Comes back in receipts and ratings. Letters and digits only, at most 48."""
    return f"tn{message_id}"


def _with_buttons(payload: dict[str, Any], shape: str) -> dict[str, Any]:
    buttons: list[dict[str, Any]] = []
    if link := payload.get("link"):
        buttons.append({"title": link["title"][:TITLE_LIMIT], "type": "oa.open.url", "payload": {"url": link["url"]}})
    for choice in payload.get("choices", [])[: MOST_BUTTONS - len(buttons)]:
        value = choice["payload"][:PAYLOAD_LIMIT]
        # "show": the citizen sees in the chat what the tap said, like words typed by hand.
        buttons.append({"title": choice["title"][:TITLE_LIMIT], "type": "oa.query.show", "payload": value})
    text = str(payload.get("text", ""))
    if shape == "C":
        head, _, rest = text.partition("\n")
        element = {"title": head[:TITLE_LIMIT] or "Tận Nhà", "subtitle": rest.strip()[:SUBTITLE_LIMIT]}
        content: dict[str, Any] = {"template_type": "list", "elements": [element], "buttons": buttons}
        # A list shows little text: the whole of it goes along where Zalo shows it.
        return {"text": text, "attachment": {"type": "template", "payload": content}}
    content = {"buttons": buttons} if shape == "A" else {"template_type": "button", "buttons": buttons}
    return {"text": text, "attachment": {"type": "template", "payload": content}}
