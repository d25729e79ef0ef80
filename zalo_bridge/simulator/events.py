"""The events Zalo posts to a webhook, as plain dictionaries: shapes, key order and who is sender, who recipient.

Source: developers.zalo.me, pages "Webhook" of Official Account and ZNS; the order of sender and recipient in receipts
is as seen on live traffic (the OA sends, the user receives).
"""

import json
from dataclasses import dataclass
from typing import Any

from zalo_bridge.simulator.records import Identity, Message, Person


@dataclass(frozen=True)
class Event:
    """One event ready to be signed. `user_id` is whose chat it belongs to, empty when nobody's."""

    body: dict[str, Any]
    user_id: str = ""
    is_zns: bool = False

    @property
    def name(self) -> str:
        return str(self.body["event_name"])


class Events:
    """Builds every event of one Official Account. `at_ms` becomes the body's `timestamp`, a string as on the wire."""

    def __init__(self, identity: Identity):
        self.app_id = identity.app_id
        self.oa_id = identity.oa_id

    # What a citizen does in the chat

    def user_sent(self, person: Person, message: Message) -> Event:
        """`user_send_text|image|gif|link|audio|video|sticker|location|file|business_card`, by the message's kind."""
        content: dict[str, Any] = {}
        if message.kind != "text":
            content["attachments"] = [message.payload]
        if message.text:
            content["text"] = message.text
        content["msg_id"] = message.msg_id
        if message.quote_msg_id:
            content["quote_msg_id"] = message.quote_msg_id
        return self._from_user(person, f"user_send_{message.kind}", message.sent_ms, {"message": content})

    def user_reacted(self, person: Person, msg_id: str, icon: str, at_ms: int) -> Event:
        return self._from_user(
            person, "user_reacted_message", at_ms, {"message": {"msg_id": msg_id, "react_icon": icon}}
        )

    def user_submitted_info(self, person: Person, info: dict[str, Any], at_ms: int) -> Event:
        """Answer to the form "Chia sẻ thông tin". No `message`, no `msg_id`, and no `user_id_by_app`."""
        body = {
            "sender": {"id": person.user_id},
            "recipient": {"id": self.oa_id},
            "event_name": "user_submit_info",
            "app_id": self.app_id,
            "timestamp": str(at_ms),
            "info": info,
        }
        return Event(body, person.user_id)

    def followed(self, person: Person, at_ms: int, *, source: str = "oa_profile") -> Event:
        return self._follow("follow", person, at_ms, source)

    def unfollowed(self, person: Person, at_ms: int, *, source: str = "oa_profile") -> Event:
        return self._follow("unfollow", person, at_ms, source)

    def clicked_chat_now(self, person: Person, at_ms: int) -> Event:
        return self._about(person, "user_click_chatnow", at_ms)

    def withdrew(self, person: Person, at_ms: int) -> Event:
        return self._about(person, "user_withdraw", at_ms)

    # Echoes and receipts

    def oa_sent(self, person: Person, message: Message, *, admin_id: str = "") -> Event:
        """Echo of what the OA sent. `admin_id` is there only when a person wrote in oa.zalo.me."""
        echo = {"info_request": "list", "buttons": "template", "template": "template"}.get(message.kind, message.kind)
        content: dict[str, Any] = {}
        if attachments := message.payload.get("echo"):
            content["attachments"] = attachments
        if message.text:
            content["text"] = message.text
        content["msg_id"] = message.msg_id
        if message.quote_msg_id:
            content["quote_msg_id"] = message.quote_msg_id
        sender = {"id": self.oa_id, "admin_id": admin_id} if admin_id else {"id": self.oa_id}
        return self._to_user(person, f"oa_send_{echo}", message.sent_ms, {"message": content}, sender=sender)

    def oa_reacted(self, person: Person, msg_id: str, icon: str, at_ms: int) -> Event:
        return self._to_user(person, "oa_reacted_message", at_ms, {"message": {"msg_id": msg_id, "react_icon": icon}})

    def received(self, person: Person, msg_id: str, at_ms: int) -> Event:
        return self._to_user(person, "user_received_message", at_ms, {"message": {"msg_id": msg_id}})

    def seen(self, person: Person, msg_ids: list[str], at_ms: int) -> Event:
        return self._to_user(person, "user_seen_message", at_ms, {"message": {"msg_ids": msg_ids}})

    # Web widget, tags, calls: what else comes to the same webhook

    def anonymous_text(self, anonymous_id: str, conversation_id: str, msg_id: str, text: str, at_ms: int) -> Event:
        body = {
            "app_id": self.app_id,
            "sender": {"id": anonymous_id},
            "recipient": {"id": self.oa_id},
            "event_name": "anonymous_send_text",
            "message": {"text": text, "msg_id": msg_id, "conversation_id": conversation_id},
            "timestamp": str(at_ms),
        }
        return Event(body)

    def tagged(self, person: Person, tag: str, at_ms: int, *, removed: bool = False) -> Event:
        body = {
            "app_id": self.app_id,
            "oa_id": self.oa_id,
            "user_id_by_app": person.user_id_by_app,
            "event_name": "remove_user_from_tag" if removed else "add_user_to_tag",
            "tag": {"user_ids": [person.user_id], "name": tag},
            "timestamp": str(at_ms),
        }
        return Event(body)

    def tag_removed(self, tag: str, at_ms: int) -> Event:
        return self._about_oa("remove_tag", at_ms, {"tag": {"name": tag}})

    def widget_accepted(self, person: Person, external_id: str, url: str, at_ms: int) -> Event:
        data = {"user_id": person.user_id, "user_external_id": external_id, "url": url}
        return self._about_oa("widget_interaction_accepted", at_ms, {"data": data})

    def widget_failed(self, person: Person, external_id: str, message: str, at_ms: int) -> Event:
        data = {"user_id": person.user_id, "user_external_id": external_id, "message": message}
        return self._about_oa("widget_failed_to_sync_user_external_id", at_ms, {"data": data})

    def user_info_updated(self, person: Person, at_ms: int) -> Event:
        return self._about_oa("update_user_info", at_ms, {"user_id": person.user_id, "data": {"method": "dynamic_url"}})

    def call_consent_sent(self, phone: str, at_ms: int, *, expired: bool = False) -> Event:
        fields = {
            "phone": phone,
            "request_type": "EXPIRED" if expired else "SENT",
            "create_time": str(at_ms),
            "expired_time": str(at_ms + 24 * 3600 * 1000),
        }
        return self._about_oa("oa_send_consent", at_ms, fields)

    def call_consent_answered(self, phone: str, at_ms: int, *, allowed: bool) -> Event:
        fields = {
            "phone": phone,
            "user_consent": "ALLOW" if allowed else "USER_BLOCKED",
            "confirmed_time": str(at_ms),
            "expired_time": 0,
        }
        return self._about_oa("user_reply_consent", at_ms, fields)

    def called(self, person: Person, call_id: str, at_ms: int, *, by_oa: bool = False) -> Event:
        fields = {
            "user_id": person.user_id,
            "call_id": call_id,
            "call_type": "audio",
            "init_time": str(at_ms),
            "call_duration": 62000,
            "waiting_time": 7,
            "talk_time": 55000,
            "status_code": 0,
        }
        return self._about_oa("oa_call_user" if by_oa else "user_call_oa", at_ms, fields)

    # Templates by phone number (ZNS)

    def template_received(self, recipient: str, msg_id: str, tracking_id: str, at_ms: int) -> Event:
        """`recipient` is the phone number `84…`, or its SHA-256 when it was sent so."""
        body = {
            "sender": {"id": self.oa_id},
            "recipient": {"id": recipient},
            "event_name": "user_received_message",
            "message": {"delivery_time": str(at_ms), "msg_id": msg_id, "tracking_id": tracking_id},
            "app_id": self.app_id,
            "timestamp": str(at_ms),
        }
        return Event(body, is_zns=True)

    def template_rated(self, msg_id: str, tracking_id: str, rate: int, note: str, at_ms: int) -> Event:
        message = {
            "rating_type": "csat",
            "option": "five_emotions",
            "note": note,
            "rate": rate,
            "submit_time": str(at_ms),
            "msg_id": msg_id,
            "feedbacks": [],
            "tracking_id": tracking_id,
        }
        return self._zns("user_feedback", at_ms, {"message": message})

    def template_answered(self, msg_id: str, tracking_id: str, data: str, at_ms: int) -> Event:
        message = {"submit_time": str(at_ms), "button_type": "response", "data": data, "tracking_id": tracking_id}
        return self._zns("user_click_response_button", at_ms, {"msg_id": msg_id, "message": message})

    def template_status_changed(self, template_id: str, before: str, after: str, reason: str, at_ms: int) -> Event:
        status = {"prev_status": before, "new_status": after}
        return self._zns(
            "change_template_status", at_ms, {"template_id": template_id, "status": status, "reason": reason}
        )

    def template_quality_changed(self, template_id: str, quality: str, at_ms: int) -> Event:
        return self._zns("change_template_quality", at_ms, {"template_id": template_id, "quality": quality})

    def daily_quota_changed(self, before: int, after: int, at_ms: int) -> Event:
        """The one event that writes `oaId` in camel case."""
        body = {
            "event_name": "change_oa_daily_quota",
            "oaId": self.oa_id,
            "quota": {"prev_value": str(before), "new_value": str(after)},
            "app_id": self.app_id,
            "timestamp": str(at_ms),
        }
        return Event(body, is_zns=True)

    # Envelopes

    def _from_user(self, person: Person, name: str, at_ms: int, rest: dict[str, Any]) -> Event:
        body = {
            "app_id": self.app_id,
            "sender": {"id": person.user_id},
            "user_id_by_app": person.user_id_by_app,
            "recipient": {"id": self.oa_id},
            "event_name": name,
            **rest,
            "timestamp": str(at_ms),
        }
        return Event(body, person.user_id)

    def _to_user(
        self, person: Person, name: str, at_ms: int, rest: dict[str, Any], *, sender: dict[str, str] | None = None
    ) -> Event:
        body = {
            "event_name": name,
            "sender": sender or {"id": self.oa_id},
            "recipient": {"id": person.user_id},
            **rest,
            "user_id_by_app": person.user_id_by_app,
            "app_id": self.app_id,
            "timestamp": str(at_ms),
        }
        return Event(body, person.user_id)

    def _follow(self, name: str, person: Person, at_ms: int, source: str) -> Event:
        body = {
            "oa_id": self.oa_id,
            "follower": {"id": person.user_id},
            "user_id_by_app": person.user_id_by_app,
            "event_name": name,
            "source": source,
            "app_id": self.app_id,
            "timestamp": str(at_ms),
        }
        return Event(body, person.user_id)

    def _about(self, person: Person, name: str, at_ms: int) -> Event:
        body = {
            "oa_id": self.oa_id,
            "user_id": person.user_id,
            "user_id_by_app": person.user_id_by_app,
            "event_name": name,
            "app_id": self.app_id,
            "timestamp": str(at_ms),
        }
        return Event(body, person.user_id)

    def _about_oa(self, name: str, at_ms: int, rest: dict[str, Any]) -> Event:
        return Event({"app_id": self.app_id, "oa_id": self.oa_id, "event_name": name, **rest, "timestamp": str(at_ms)})

    def _zns(self, name: str, at_ms: int, rest: dict[str, Any]) -> Event:
        body = {"event_name": name, **rest, "app_id": self.app_id, "oa_id": self.oa_id, "timestamp": str(at_ms)}
        return Event(body, is_zns=True)


def wire_bytes(body: dict[str, Any]) -> bytes:
    """The body as it travels: compact, Vietnamese unescaped. The signature covers exactly these bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
