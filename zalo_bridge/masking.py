"""Payloads for the eyes of staff: the shape and the technical words stay, what a person wrote or is called does not."""

from typing import Any

# Values under these names say what an event is, not who somebody is.
TECHNICAL = {
    *("app_id", "event_name", "timestamp", "msg_id", "msg_ids", "oa_id", "oaId", "type", "source", "template_id"),
    *("tracking_id", "delivery_time", "submit_time", "rate", "quality", "prev_status", "new_status", "react_icon"),
    *(
        "template_type",
        "media_type",
        "size",
        "rating_type",
        "option",
        "button_type",
        "quota",
        "prev_value",
        "new_value",
    ),
}


def mask(value: Any, name: str = "") -> Any:
    """A copy of parsed JSON in which everything that may be personal is dots; ids of people keep their last four."""
    if isinstance(value, dict):
        return {key: mask(child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [mask(child, name) for child in value]
    if name in TECHNICAL or value is None or isinstance(value, bool):
        return value
    text = str(value)
    if name in ("id", "user_id", "user_id_by_app", "user_ids"):
        return f"…{text[-4:]}"
    return f"••• ({len(text)} ký tự)" if text else ""


def mask_text(text: str) -> str:
    """Enough to tell two messages apart, not enough to read them."""
    return f"{text[:12]}••• ({len(text)} ký tự)" if len(text) > 20 else f"••• ({len(text)} ký tự)"
