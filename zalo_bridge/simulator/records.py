"""What the simulated platform remembers, one class a thing: plain data, with the reading of their database rows.

Times are epoch seconds (`…_at`) or epoch milliseconds (`…_ms`).
"""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Identity:
    """The Official Account and the app linked to it, as the consoles of Zalo would show them."""

    app_id: str
    app_secret: str
    oa_id: str
    oa_secret: str
    oa_name: str = "Phòng Kinh tế, Hạ tầng và Đô thị"


@dataclass(frozen=True)
class Options:
    """How the simulated platform behaves. Changed on `/gia-lap/` or by tests; kept in the store."""

    webhook_url: str = ""
    webhook_enabled: bool = True
    server_url: str = ""
    duplicate_percent: int = 0
    shuffle: bool = False
    late_seconds: float = 0.0
    ladder_scale: float = 1.0  # multiplies the 30 s, 5 min … between redeliveries
    receipts: bool = True  # echo, received and seen events
    auto_seen: bool = False  # citizens see at once, no open screen needed
    button_shapes: str = ""  # any of "ABC": the button shapes /cs accepts
    refresh_reuse: str = "error"  # "error": -14014; "empty": HTTP 200 without a body
    callback_url: str = ""  # when set, the only redirect_uri accepted
    package: str = "Toàn diện"
    package_quota: int = 2000  # messages between 48 hours and 7 days
    template_quota: int = 500  # phone templates a day
    calls_per_minute: int = 4000  # 0: no limit
    any_template: bool = True  # template ids nobody registered are accepted


@dataclass(frozen=True)
class Person:
    number: int
    user_id: str
    user_id_by_app: str
    name: str
    phone: str
    is_following: bool
    has_unfollowed: bool
    last_interaction_ms: int | None
    screen_open_at: float | None
    shared_info: dict[str, Any]


@dataclass(frozen=True)
class Message:
    id: int
    msg_id: str
    user_id: str
    from_user: bool
    author: str
    kind: str
    text: str
    payload: dict[str, Any]
    is_hidden: bool
    quote_msg_id: str
    reaction: str
    sent_ms: int
    received_ms: int | None
    seen_ms: int | None


@dataclass(frozen=True)
class Fault:
    id: int
    path: str
    user_id: str
    kind: str
    code: int
    seconds: float
    is_after_work: bool
    remaining: int | None


@dataclass(frozen=True)
class Call:
    """One request the API server received. Secrets are masked before they are stored."""

    id: int
    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    fault: str
    status: int | None
    answer: str
    took_ms: float | None
    json: Any = field(default=None)
    """The body, parsed: JSON, or the fields of a form; `None` for anything else."""


def person_of(row: sqlite3.Row) -> Person:
    return Person(
        number=row["number"],
        user_id=row["user_id"],
        user_id_by_app=row["user_id_by_app"],
        name=row["name"],
        phone=row["phone"],
        is_following=bool(row["is_following"]),
        has_unfollowed=bool(row["has_unfollowed"]),
        last_interaction_ms=row["last_interaction_ms"],
        screen_open_at=row["screen_open_at"],
        shared_info=json.loads(row["shared_info"]),
    )


def message_of(row: sqlite3.Row) -> Message:
    values = dict(row)
    values.update(
        payload=json.loads(row["payload"]), from_user=bool(row["from_user"]), is_hidden=bool(row["is_hidden"])
    )
    return Message(**values)


def fault_of(row: sqlite3.Row) -> Fault:
    values = dict(row)
    del values["created_at"]
    return Fault(**{**values, "is_after_work": bool(row["is_after_work"])})


def call_of(row: sqlite3.Row) -> Call:
    values = dict(row)
    body = row["body"]
    try:
        parsed = json.loads(body) if body else None
    except ValueError:
        parsed = None
    return Call(**{**values, "query": json.loads(row["query"]), "headers": json.loads(row["headers"]), "json": parsed})
