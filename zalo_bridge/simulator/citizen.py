"""What a citizen can do with the phone in hand. Each act stores what happened and queues its event in one transaction.

Only what the platform counts as an interaction opens the seven-day window: following, writing, a first tap on
"Nhắn tin". Sharing contact data, a reaction, seeing a message do not.
"""

import hashlib
import json
import sqlite3
import time
from typing import Any
from urllib.parse import quote

from zalo_bridge.simulator.events import Event, Events
from zalo_bridge.simulator.records import Message, Person
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.webhook import enqueue

REACTIONS = {"/-strong": "👍", "/-heart": "❤️", ":>": "😄", "--b": "😮", ":-((": "😢", ":-h": "😠"}
SCREEN_STAYS_OPEN_S = 6.0


def follow(store: Store, person: Person) -> None:
    """Tap "Quan tâm"."""
    with store.writing() as db:
        at_ms = store.next_ms(db)
        db.execute(
            "UPDATE people SET is_following = 1, has_unfollowed = 0, last_interaction_ms = ? WHERE user_id = ?",
            (at_ms, person.user_id),
        )
        _note(store, db, person, "Anh/chị đã quan tâm Official Account.")
        enqueue(store, db, Events(store.identity).followed(person, at_ms), store.options())


def unfollow(store: Store, person: Person) -> None:
    with store.writing() as db:
        db.execute("UPDATE people SET is_following = 0, has_unfollowed = 1 WHERE user_id = ?", (person.user_id,))
        _note(store, db, person, "Anh/chị đã bỏ quan tâm Official Account.")
        enqueue(store, db, Events(store.identity).unfollowed(person, store.next_ms(db)), store.options())


def open_chat(store: Store, person: Person) -> None:
    """Tap "Nhắn tin" on the OA's page. Makes an event only when the two never chatted."""
    with store.writing() as db:
        if db.execute(
            "SELECT 1 FROM messages WHERE user_id = ? AND from_user AND kind != 'note'", (person.user_id,)
        ).fetchone():
            return
        at_ms = _interact(store, db, person)
        enqueue(store, db, Events(store.identity).clicked_chat_now(person, at_ms), store.options())


def say(
    store: Store, person: Person, text: str, *, is_hidden: bool = False, quote_msg_id: str = "", label: str = ""
) -> Message:
    """Send a text. A tap on an `oa.query` button or menu item is the same thing: its payload, sent as text.

    `label` is what the chat shows instead: the title of the menu item.
    """
    payload = {"label": label} if label else None
    return _send(store, person, "text", text=text, payload=payload, is_hidden=is_hidden, quote_msg_id=quote_msg_id)


def send_photo(
    store: Store, person: Person, *, data: bytes, content_type: str = "image/jpeg", caption: str = ""
) -> Message:
    file_id = store.add_file(kind="sent", name="anh.jpg", content_type=content_type, data=data)
    url = file_url(store, file_id, "anh.jpg")
    payload = {"type": "image", "payload": {"thumbnail": url, "url": url}}
    return _send(store, person, "image", text=caption, payload=payload)


def send_file(
    store: Store, person: Person, *, name: str, data: bytes, content_type: str = "application/octet-stream"
) -> Message:
    file_id = store.add_file(kind="sent", name=name, content_type=content_type, data=data)
    payload = {
        "url": file_url(store, file_id, name),
        "size": str(len(data)),
        "name": name,
        "checksum": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "type": name.rpartition(".")[2].lower(),
    }
    return _send(store, person, "file", payload={"type": "file", "payload": payload})


def send_sticker(store: Store, person: Person, *, sticker_id: str = "bfe458bf64fa8da4d4eb") -> Message:
    payload = {
        "id": sticker_id,
        "url": f"https://zalo-api.zadn.vn/api/emoticon/sticker/webpc?eid={sticker_id}&size=130",
    }
    return _send(store, person, "sticker", payload={"type": "sticker", "payload": payload})


def send_location(store: Store, person: Person, *, latitude: str = "12.2388", longitude: str = "109.1967") -> Message:
    """Coordinates are strings on the wire."""
    payload = {"coordinates": {"latitude": latitude, "longitude": longitude}}
    return _send(store, person, "location", payload={"type": "location", "payload": payload})


def send_business_card(store: Store, person: Person, *, phone: str = "84900000099") -> Message:
    """A contact card: its description is JSON inside a string."""
    description = json.dumps(
        {"phone": phone, "qrCodeUrl": "https://qr-talk.zdn.vn/1/000/mau.jpg"}, separators=(",", ":")
    )
    payload = {
        "thumbnail": "https://s120-ava-talk.zadn.vn/mau.jpg",
        "description": description,
        "url": "https://zalo.me/mau",
    }
    return _send(store, person, "business_card", payload={"type": "link", "payload": payload})


def send_other(store: Store, person: Person, kind: str, payload: dict[str, Any], text: str = "") -> Message:
    """Any other `user_send_<kind>`: gif, link, audio, video."""
    return _send(store, person, kind, text=text, payload={"type": kind, "payload": payload})


def share_info(store: Store, person: Person, info: dict[str, Any]) -> None:
    """Send the form "Chia sẻ thông tin" with the consent box ticked. `info` goes into the event as it is."""
    with store.writing() as db:
        db.execute(
            "UPDATE people SET shared_info = ? WHERE user_id = ?",
            (json.dumps(info, ensure_ascii=False), person.user_id),
        )
        message = store.add_message(
            db, user_id=person.user_id, from_user=True, kind="info", text="Đã gửi thông tin liên hệ"
        )
        event = Events(store.identity).user_submitted_info(person, info, message.sent_ms)
        enqueue(store, db, event, store.options())


def info_in_new_shape(*, name: str, phone: str, address: str, city: str, ward: str) -> dict[str, Any]:
    """The form since the 2025 reform: no district."""
    return {
        "name": name,
        "phone": phone,
        "full_address": {"user_city": city, "user_ward": ward, "user_address": address},
    }


def info_in_old_shape(*, name: str, phone: str, address: str, city: str, district: str, ward: str) -> dict[str, Any]:
    return {"address": address, "phone": phone, "city": city, "district": district, "ward": ward, "name": name}


def react(store: Store, person: Person, msg_id: str, icon: str) -> None:
    with store.writing() as db:
        db.execute("UPDATE messages SET reaction = ? WHERE msg_id = ?", ("" if icon == "/-remove" else icon, msg_id))
        event = Events(store.identity).user_reacted(person, msg_id, icon, store.next_ms(db))
        enqueue(store, db, event, store.options())


def withdraw(store: Store, person: Person) -> None:
    """Withdraw consent on the OA's page in Zalo: the OA must delete what it knows."""
    with store.writing() as db:
        _note(store, db, person, "Anh/chị đã rút lại đồng ý cung cấp thông tin.")
        enqueue(store, db, Events(store.identity).withdrew(person, store.next_ms(db)), store.options())


def look_at_chat(store: Store, person: Person) -> None:
    """The chat is on the screen: what was unseen is seen now, reported in one event."""
    store.touch_screen(person.user_id)
    with store.reading() as db:
        unseen = db.execute(
            "SELECT 1 FROM messages WHERE user_id = ? AND NOT from_user AND seen_ms IS NULL AND kind != 'note' LIMIT 1",
            (person.user_id,),
        ).fetchone()
    if unseen:
        mark_seen(store, person)


def mark_seen(store: Store, person: Person) -> None:
    options = store.options()
    with store.writing() as db:
        rows = db.execute(
            "SELECT msg_id, author FROM messages"
            " WHERE user_id = ? AND NOT from_user AND seen_ms IS NULL AND kind != 'note' ORDER BY id",
            (person.user_id,),
        ).fetchall()
        if not rows:
            return
        at_ms = store.next_ms(db)
        db.execute(
            "UPDATE messages SET seen_ms = ?1, received_ms = coalesce(received_ms, ?1)"
            " WHERE user_id = ?2 AND NOT from_user AND seen_ms IS NULL",
            (at_ms, person.user_id),
        )
        # "Seen" only goes to the app that sent the message: what colleagues wrote by hand is not reported.
        own = [row["msg_id"] for row in rows if not row["author"]]
        if own and options.receipts:
            enqueue(store, db, Events(store.identity).seen(person, own, at_ms), options)


def has_chat_open(person: Person) -> bool:
    return person.screen_open_at is not None and time.time() - person.screen_open_at < SCREEN_STAYS_OPEN_S


def file_url(store: Store, file_id: str, name: str) -> str:
    return f"{store.options().server_url}/tep/{file_id}/{quote(name)}"


def _send(
    store: Store,
    person: Person,
    kind: str,
    *,
    text: str = "",
    payload: dict[str, Any] | None = None,
    is_hidden: bool = False,
    quote_msg_id: str = "",
) -> Message:
    options = store.options()
    with store.writing() as db:
        message = store.add_message(
            db,
            user_id=person.user_id,
            from_user=True,
            kind=kind,
            text=text,
            payload=payload,
            is_hidden=is_hidden,
            quote_msg_id=quote_msg_id,
        )
        db.execute("UPDATE people SET last_interaction_ms = ? WHERE user_id = ?", (message.sent_ms, person.user_id))
        event: Event = Events(store.identity).user_sent(person, message)
        enqueue(store, db, event, options)
    return message


def _interact(store: Store, db: sqlite3.Connection, person: Person) -> int:
    at_ms = store.next_ms(db)
    db.execute("UPDATE people SET last_interaction_ms = ? WHERE user_id = ?", (at_ms, person.user_id))
    return at_ms


def _note(store: Store, db: sqlite3.Connection, person: Person, text: str) -> None:
    """A line the Zalo app itself shows in the chat; no event."""
    store.add_message(db, user_id=person.user_id, from_user=True, kind="note", text=text)
