"""openapi.zalo.me: messages of the Official Account, its people, tags, uploads."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from zalo_bridge.simulator.codes import Refused
from zalo_bridge.simulator.events import Events
from zalo_bridge.simulator.message_shapes import read_message
from zalo_bridge.simulator.outgoing import send_to_person, template_card
from zalo_bridge.simulator.records import Message, Person
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.webhook import enqueue
from zalo_bridge.simulator.wire import Request

VIETNAM = timezone(timedelta(hours=7))
FREE_WINDOW_MS = 48 * 3600 * 1000
WINDOW_MS = 7 * 24 * 3600 * 1000
IMAGE_LIMIT, FILE_LIMIT = 1024 * 1024, 5 * 1024 * 1024
FILE_TYPES = (".pdf", ".doc", ".docx", ".csv")
NEVER_REFUSED = 8  # what "total" of the free window says; since 2026 nothing is refused inside it


def send_consultation(store: Store, request: Request) -> dict[str, Any]:
    """`/v3.0/oa/message/cs`: the chat message, inside the window its person opened."""
    body = request.json_body()
    person = _recipient(store, body)
    quota = _quota_for(store, person)
    draft = read_message(store, body.get("message"))
    message = send_to_person(store, person, draft)
    return {"message_id": message.msg_id, "user_id": person.user_id, "quota": quota}


def send_template(store: Store, request: Request) -> dict[str, Any]:
    """`/v3.0/oa/message/template`: an approved template by user id; no seven-day rule."""
    body = request.json_body()
    person = _person_or_refuse(store, body.get("user_id"))
    if person.has_unfollowed:
        raise Refused(-213)
    template_id, data = body.get("template_id"), body.get("template_data")
    if not isinstance(template_id, str) or not isinstance(data, dict):
        raise Refused(-201)
    if not all(isinstance(value, str) for value in data.values()):
        raise Refused(-201, "template_data values must be strings")
    known = {template["template_id"]: template for template in store.templates()}
    if template_id in known and not known[template_id]["is_sendable_by_uid"]:
        raise Refused(-249)
    if template_id not in known and not store.options().any_template:
        raise Refused(-201, "Template is not existed")
    message = send_to_person(store, person, template_card(store, template_id, data))
    return {
        "message_id": message.msg_id,
        "user_id": person.user_id,
        "sent_time": str(message.sent_ms),
        "quota": {"quota_type": "purchase_quota", "owner_type": "OA", "owner_id": store.identity.oa_id},
    }


def send_v2(store: Store, request: Request) -> dict[str, Any]:
    """`/v2.0/oa/message`: only reactions are left of it."""
    body = request.json_body()
    action = body.get("sender_action")
    if not isinstance(action, dict):
        raise Refused(-240)
    person = _recipient(store, body)
    message = store.message(str(action.get("react_message_id")))
    icon = action.get("react_icon")
    if message is None or message.user_id != person.user_id or not isinstance(icon, str):
        raise Refused(-201)
    with store.writing() as db:
        db.execute(
            "UPDATE messages SET reaction = ? WHERE msg_id = ?", ("" if icon == "/-remove" else icon, message.msg_id)
        )
        event = Events(store.identity).oa_reacted(person, message.msg_id, icon, store.next_ms(db))
        enqueue(store, db, event, store.options())
    return {"message_id": message.msg_id, "user_id": person.user_id}


def discontinued(store: Store, request: Request) -> dict[str, Any]:
    """Transaction and promotion messages stopped on 2026-03-01."""
    raise Refused(-240, "This message type was discontinued on 2026-03-01")


def user_detail(store: Store, request: Request) -> dict[str, Any]:
    person = _person_or_refuse(store, request.data().get("user_id"))
    if not person.is_following and person.last_interaction_ms is None:
        raise Refused(-213)
    avatar = "https://s120-ava-talk.zadn.vn/default.jpg"
    return {
        "user_id": person.user_id,
        "user_id_by_app": person.user_id_by_app,
        "user_external_id": "",
        "display_name": person.name,
        "user_alias": person.name,
        "is_sensitive": False,
        "user_last_interaction_date": _local_date(person.last_interaction_ms),
        "user_is_follower": person.is_following,
        "avatar": avatar,
        "avatars": {"120": avatar, "240": avatar},
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": _tags_of(store, person)},
        "shared_info": _shared_info(person),
    }


def user_list(store: Store, request: Request) -> dict[str, Any]:
    data = request.data()
    offset, count = _page(data, most=50)
    people = [person for person in store.people() if person.is_following or person.last_interaction_ms is not None]
    if "is_follower" in data:
        wanted = str(data["is_follower"]).lower() == "true"
        people = [person for person in people if person.is_following == wanted]
    if tag := data.get("tag_name"):
        people = [person for person in people if tag in _tags_of(store, person)]
    users = [{"user_id": person.user_id} for person in people[offset : offset + count]]
    return {"total": len(people), "count": len(users), "offset": offset, "users": users}


def user_update(store: Store, request: Request) -> dict[str, Any]:
    _person_or_refuse(store, request.json_body().get("user_id"))
    return {}


def delete_follower_info(store: Store, request: Request) -> dict[str, Any]:
    """Forget what the person shared with the OA; owed after `user_withdraw`."""
    person = _person_or_refuse(store, request.json_body().get("user_id"))
    with store.writing() as db:
        db.execute("UPDATE people SET shared_info = '{}' WHERE user_id = ?", (person.user_id,))
        db.execute("DELETE FROM tags WHERE user_id = ?", (person.user_id,))
    return {}


def message_quota(store: Store, request: Request) -> Any:
    body = request.json_body()
    options = store.options()
    if "quota_owner" in body:
        left = max(options.package_quota - _package_messages_this_month(store), 0)
        return [
            {
                "asset_id": "a0c93d41e6d50f8b56c4",
                "product_type": str(body.get("product_type", "cs")),
                "quota_type": "sub_quota",
                "total": str(options.package_quota),
                "remain": str(left),
                "valid_through": _month_end(),
            }
        ]
    person = _person_or_refuse(store, body.get("user_id"))
    remain = NEVER_REFUSED if _age_ms(person) <= FREE_WINDOW_MS else 0
    return {
        "last_interaction": str(person.last_interaction_ms or 0),
        "cs_reply": {"remain": str(remain), "total": str(NEVER_REFUSED)},
        "promotion": {"daily_remain": "0", "daily_total": "0", "monthly_remain": "0", "monthly_total": "0"},
    }


def oa_profile(store: Store, request: Request) -> dict[str, Any]:
    return {
        "oaid": store.identity.oa_id,
        "oa_alias": "",
        "name": store.identity.oa_name,
        "description": "Zalo giả lập",
        "is_verified": True,
        "oa_type": 4,
        "cate_name": "Cơ quan nhà nước",
        "num_follower": sum(person.is_following for person in store.people()),
        "avatar": "https://s160-ava-talk.zadn.vn/default.jpg",
        "cover": "",
        "package_name": store.options().package,
        "package_valid_through_date": "31/12/2027",
        "package_auto_renew_date": "",
        "linked_ZCA": "",
    }


def recent_chats(store: Store, request: Request) -> list[dict[str, Any]]:
    offset, count = _page(request.data(), most=10)
    newest = []
    for person in store.people():
        chat = [message for message in store.messages(person.user_id) if message.kind != "note"]
        if chat:
            newest.append((chat[-1], person))
    newest.sort(key=lambda pair: pair[0].sent_ms, reverse=True)
    return [_chat_row(store, person, message) for message, person in newest[offset : offset + count]]


def conversation(store: Store, request: Request) -> list[dict[str, Any]]:
    """Newest first, at most ten rows: how gaps in events can be filled."""
    data = request.data()
    person = _person_or_refuse(store, data.get("user_id"))
    offset, count = _page(data, most=10)
    chat = [message for message in store.messages(person.user_id) if message.kind != "note"][::-1]
    return [_chat_row(store, person, message) for message in chat[offset : offset + count]]


def upload_image(store: Store, request: Request) -> dict[str, Any]:
    return {"attachment_id": _upload(store, request, "image", ("image/jpeg", "image/png"), IMAGE_LIMIT)}


def upload_gif(store: Store, request: Request) -> dict[str, Any]:
    return {"attachment_id": _upload(store, request, "gif", ("image/gif",), FILE_LIMIT)}


def upload_file(store: Store, request: Request) -> dict[str, Any]:
    name, content_type, data = request.upload()
    if not name.lower().endswith(FILE_TYPES):
        raise Refused(-201, "File type is not supported")
    if len(data) > FILE_LIMIT:
        raise Refused(-210)
    return {"token": store.add_file(kind="file", name=name, content_type=content_type, data=data)}


def tag_follower(store: Store, request: Request) -> dict[str, Any]:
    return _tag(store, request, "INSERT OR IGNORE INTO tags VALUES (?, ?)", removed=False)


def untag_follower(store: Store, request: Request) -> dict[str, Any]:
    return _tag(store, request, "DELETE FROM tags WHERE name = ? AND user_id = ?", removed=True)


def tags_of_oa(store: Store, request: Request) -> list[str]:
    with store.reading() as db:
        return [row["name"] for row in db.execute("SELECT DISTINCT name FROM tags ORDER BY name")]


def remove_tag(store: Store, request: Request) -> dict[str, Any]:
    name = str(request.json_body().get("tag_name", ""))
    with store.writing() as db:
        if not db.execute("DELETE FROM tags WHERE name = ?", (name,)).rowcount:
            raise Refused(-201, "Tag is not existed")
        enqueue(store, db, Events(store.identity).tag_removed(name, store.next_ms(db)), store.options())
    return {}


ROUTES: dict[tuple[str, str], Callable[[Store, Request], Any]] = {
    ("POST", "/v3.0/oa/message/cs"): send_consultation,
    ("POST", "/v3.0/oa/message/template"): send_template,
    ("POST", "/v3.0/oa/message/transaction"): discontinued,
    ("POST", "/v3.0/oa/message/promotion"): discontinued,
    ("POST", "/v2.0/oa/message"): send_v2,
    ("GET", "/v3.0/oa/user/detail"): user_detail,
    ("GET", "/v3.0/oa/user/getlist"): user_list,
    ("POST", "/v3.0/oa/user/update"): user_update,
    ("POST", "/v2.0/oa/deletefollowerinfo"): delete_follower_info,
    ("POST", "/v3.0/oa/quota/message"): message_quota,
    ("GET", "/v2.0/oa/getoa"): oa_profile,
    ("GET", "/v2.0/oa/listrecentchat"): recent_chats,
    ("GET", "/v2.0/oa/conversation"): conversation,
    ("POST", "/v2.0/oa/upload/image"): upload_image,
    ("POST", "/v2.0/oa/upload/gif"): upload_gif,
    ("POST", "/v2.0/oa/upload/file"): upload_file,
    ("POST", "/v2.0/oa/tag/tagfollower"): tag_follower,
    ("POST", "/v2.0/oa/tag/rmfollowerfromtag"): untag_follower,
    ("GET", "/v2.0/oa/tag/gettagsofoa"): tags_of_oa,
    ("POST", "/v2.0/oa/tag/rmtag"): remove_tag,
}


def _recipient(store: Store, body: dict[str, Any]) -> Person:
    recipient = body.get("recipient")
    return _person_or_refuse(store, recipient.get("user_id") if isinstance(recipient, dict) else None)


def _person_or_refuse(store: Store, user_id: Any) -> Person:
    """An id that is no string, or of nobody the OA ever met, is a bad parameter."""
    if not isinstance(user_id, str):
        raise Refused(-201)
    try:
        return store.person(user_id)
    except KeyError:
        raise Refused(-201) from None


def _age_ms(person: Person) -> float:
    """Since the last interaction."""
    return time.time() * 1000 - person.last_interaction_ms if person.last_interaction_ms is not None else float("inf")


def _quota_for(store: Store, person: Person) -> dict[str, str]:
    """What a chat message to this person would be charged to. Raises `Refused` when none may be sent."""
    if person.has_unfollowed:
        raise Refused(-213)
    if person.last_interaction_ms is None:
        raise Refused(-232)
    age = _age_ms(person)
    if age > WINDOW_MS:
        raise Refused(-230)
    if age <= FREE_WINDOW_MS:
        sent = sum(
            not m.from_user and m.sent_ms > person.last_interaction_ms for m in store.messages(person.user_id, limit=20)
        )
        return {"quota_type": "reply", "remain": str(max(NEVER_REFUSED - sent - 1, 0)), "total": str(NEVER_REFUSED)}
    options = store.options()
    left = options.package_quota - _package_messages_this_month(store)
    if left <= 0:
        raise Refused(-211)
    with store.writing() as db:
        key = _month_key()
        db.execute(
            "INSERT INTO options VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            (key,),
        )
    return {
        "quota_type": "sub_quota",
        "remain": str(left - 1),
        "total": str(options.package_quota),
        "expired_date": _month_end(),
        "owner_type": "OA",
        "owner_id": store.identity.oa_id,
    }


def _package_messages_this_month(store: Store) -> int:
    with store.reading() as db:
        row = db.execute("SELECT value FROM options WHERE key = ?", (_month_key(),)).fetchone()
    return int(row["value"]) if row else 0


def _month_key() -> str:
    return f"package_used_{datetime.now(VIETNAM):%Y_%m}"


def _month_end() -> str:
    first = datetime.now(VIETNAM).replace(day=1)
    return f"{(first + timedelta(days=32)).replace(day=1) - timedelta(days=1):%d/%m/%Y}"


def _local_date(at_ms: int | None) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, VIETNAM):%d/%m/%Y}" if at_ms is not None else ""


def _page(data: dict[str, Any], *, most: int) -> tuple[int, int]:
    offset, count = data.get("offset", 0), data.get("count", most)
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 0 < count <= most:
        raise Refused(-201)
    return offset, count


def _shared_info(person: Person) -> dict[str, Any]:
    info = person.shared_info
    if not info:
        return {}
    full = info.get("full_address", {})
    return {
        "address": info.get("address", full.get("user_address", "")),
        "city": info.get("city", full.get("user_city", "")),
        "district": info.get("district", ""),
        "ward": info.get("ward", full.get("user_ward", "")),
        "phone": info.get("phone", ""),
        "name": info.get("name", ""),
    }


def _chat_row(store: Store, person: Person, message: Message) -> dict[str, Any]:
    oa = (store.identity.oa_id, store.identity.oa_name)
    citizen = (person.user_id, person.name)
    sender, receiver = (citizen, oa) if message.from_user else (oa, citizen)
    return {
        "src": 1 if message.from_user else 0,
        "time": message.sent_ms,
        "type": message.kind,
        # Queries that the chat hides seem to appear with this prefix.
        "message": f"query:{message.text}" if message.is_hidden else message.text,
        "message_id": message.msg_id,
        "from_id": sender[0],
        "to_id": receiver[0],
        "from_display_name": sender[1],
        "to_display_name": receiver[1],
    }


def _upload(store: Store, request: Request, kind: str, types: tuple[str, ...], limit: int) -> str:
    name, content_type, data = request.upload()
    if content_type not in types:
        raise Refused(-201, "File type is not supported")
    if len(data) > limit:
        raise Refused(-210)
    return store.add_file(kind=kind, name=name, content_type=content_type, data=data)


def _tag(store: Store, request: Request, sql: str, *, removed: bool) -> dict[str, Any]:
    body = request.json_body()
    person, name = _person_or_refuse(store, body.get("user_id")), body.get("tag_name")
    if not isinstance(name, str) or not name:
        raise Refused(-201)
    with store.writing() as db:
        db.execute(sql, (name, person.user_id))
        event = Events(store.identity).tagged(person, name, store.next_ms(db), removed=removed)
        enqueue(store, db, event, store.options())
    return {}


def _tags_of(store: Store, person: Person) -> list[str]:
    with store.reading() as db:
        rows = db.execute("SELECT name FROM tags WHERE user_id = ? ORDER BY name", (person.user_id,))
        return [row["name"] for row in rows]
