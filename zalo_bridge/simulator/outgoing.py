"""Puts what the OA sends into the citizen's chat and reports it back: echo, received, seen."""

from typing import Any

from zalo_bridge.simulator.citizen import has_chat_open, mark_seen
from zalo_bridge.simulator.events import Events
from zalo_bridge.simulator.message_shapes import Draft
from zalo_bridge.simulator.records import Message, Person
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.webhook import enqueue

ADMIN_ID = "6000700080009000101"  # the colleague at oa.zalo.me


def send_to_person(store: Store, person: Person, draft: Draft) -> Message:
    """One message by API, with its echo and receipts as the options say."""
    return _send(store, person, draft, author="")


def reply_as_colleague(store: Store, person: Person, text: str, *, name: str = "Cán bộ trực Zalo") -> Message:
    """A colleague writes by hand in oa.zalo.me: the echo carries `admin_id`."""
    return _send(store, person, Draft("text", text), author=name)


def template_card(store: Store, template_id: str, data: dict[str, str]) -> Draft:
    names = {template["template_id"]: template["name"] for template in store.templates()}
    title = names.get(template_id, f"Tin theo mẫu {template_id}")
    link = {"type": "template", "payload": {"text": title, "link_url": "", "checksum": "", "zinstant_id": template_id}}
    return Draft("template", "", {"title": title, "data": data, "echo": [link]})


def _send(store: Store, person: Person, draft: Draft, *, author: str) -> Message:
    options = store.options()
    events = Events(store.identity)
    with store.writing() as db:
        message = store.add_message(
            db,
            user_id=person.user_id,
            from_user=False,
            kind=draft.kind,
            text=draft.text,
            payload=draft.payload,
            author=author,
            quote_msg_id=draft.quote_msg_id,
        )
        received_ms = store.next_ms(db)
        db.execute("UPDATE messages SET received_ms = ? WHERE id = ?", (received_ms, message.id))
        if options.receipts:
            enqueue(store, db, events.oa_sent(person, message, admin_id=ADMIN_ID if author else ""), options)
            if not author:
                enqueue(store, db, events.received(person, message.msg_id, received_ms), options)
    if options.auto_seen or has_chat_open(person):
        mark_seen(store, person)
    return message


def rate_phone_template(store: Store, msg_id: str, *, rate: int, note: str = "") -> None:
    """The citizen rates on the template: `user_feedback`, naming no user. Raises `KeyError` for no such message."""
    with store.writing() as db:
        row = db.execute("SELECT tracking_id FROM template_messages WHERE msg_id = ?", (msg_id,)).fetchone()
        if row is None:
            raise KeyError(msg_id)
        event = Events(store.identity).template_rated(msg_id, row["tracking_id"], rate, note, store.next_ms(db))
        enqueue(store, db, event, store.options())


def send_phone_template(
    store: Store, *, msg_id: str, phone: str, recipient: str, template_id: str, tracking_id: str, data: dict[str, Any]
) -> int:
    """A template to a phone number. Returns the time sent; the receipt names `recipient`, the number or its hash."""
    options = store.options()
    person = store.person_by_phone(phone)
    draft = template_card(store, template_id, data)
    with store.writing() as db:
        if person is not None:
            store.add_message(
                db, user_id=person.user_id, from_user=False, kind="template", payload=draft.payload, msg_id=msg_id
            )
        sent_ms, delivered_ms = store.next_ms(db), store.next_ms(db)
        db.execute(
            "INSERT INTO template_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (msg_id, phone, template_id, tracking_id, str(len(data)), sent_ms, delivered_ms),
        )
        if options.receipts:
            event = Events(store.identity).template_received(recipient, msg_id, tracking_id, delivered_ms)
            enqueue(store, db, event, options)
    return sent_ms
