"""What the simulated platform remembers: the OA and its app, people, messages, faults, the journal of calls.

The simulator's server and the `/gia-lap/` screens both work through a `Store`; what several tables must change together
is one `writing()` transaction. Times are epoch seconds (`…_at`) or epoch milliseconds (`…_ms`).
"""

import json
import secrets
import sqlite3
import time
from dataclasses import asdict, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from zalo_bridge.simulator.database import Database
from zalo_bridge.simulator.records import (
    Call,
    Fault,
    Identity,
    Message,
    Options,
    Person,
    call_of,
    fault_of,
    message_of,
    person_of,
)

FAULT_KINDS = ("error", "http", "html", "empty", "hang", "cut", "delay")


class Store(Database):
    """Everything the platform remembers. Safe for threads and for several processes on one file."""

    def __init__(self, path: Path | str, identity: Identity):
        super().__init__(path)
        self.identity = identity

    # Options

    def options(self) -> Options:
        with self.reading() as db:
            stored = {row["key"]: json.loads(row["value"]) for row in db.execute("SELECT key, value FROM options")}
        known = {option.name for option in fields(Options)}
        return Options(**{key: value for key, value in stored.items() if key in known})

    def set_options(self, **changes: Any) -> None:
        """Raises `TypeError` for an option that does not exist."""
        values = asdict(replace(Options(), **changes))
        with self.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO options VALUES (?, ?)", [(key, json.dumps(values[key])) for key in changes]
            )

    def has_options(self) -> bool:
        with self.reading() as db:
            return db.execute("SELECT 1 FROM options LIMIT 1").fetchone() is not None

    # Time

    def next_ms(self, db: sqlite3.Connection) -> int:
        """Now in milliseconds, never the same twice: two events of one citizen always have an order in time."""
        now = int(time.time() * 1000)
        row = db.execute("SELECT value FROM options WHERE key = 'last_ms'").fetchone()
        last = int(row["value"]) if row else 0
        # A clock that was set back by more than a second (tests travel in time) is believed.
        stamp = last + 1 if now <= last < now + 1000 else now
        db.execute("INSERT OR REPLACE INTO options VALUES ('last_ms', ?)", (str(stamp),))
        return stamp

    # People

    def add_person(self, *, name: str, phone: str = "") -> Person:
        """A person with a Zalo account. Ids have 19 digits, so that code which turns them into floats is caught."""
        user_id, by_app = (str(2**60 + secrets.randbelow(7 * 10**18)) for _ in range(2))
        with self.writing() as db:
            db.execute(
                "INSERT INTO people (user_id, user_id_by_app, name, phone, created_at) VALUES (?, ?, ?, ?, ?)",
                (user_id, by_app, name, phone, time.time()),
            )
        return self.person(user_id)

    def person(self, user_id: str) -> Person:
        """Raises `KeyError` when there is no such person."""
        with self.reading() as db:
            row = db.execute("SELECT * FROM people WHERE user_id = ?", (user_id,)).fetchone()
        if row is None:
            raise KeyError(user_id)
        return person_of(row)

    def person_by_phone(self, phone: str) -> Person | None:
        with self.reading() as db:
            row = db.execute("SELECT * FROM people WHERE phone = ? ORDER BY number", (phone,)).fetchone()
        return person_of(row) if row else None

    def people(self) -> list[Person]:
        with self.reading() as db:
            return [person_of(row) for row in db.execute("SELECT * FROM people ORDER BY number")]

    def touch_screen(self, user_id: str) -> None:
        """The chat is on this person's screen now."""
        with self.writing() as db:
            db.execute("UPDATE people SET screen_open_at = ? WHERE user_id = ?", (time.time(), user_id))

    def rewind_interaction(self, user_id: str, seconds: float) -> None:
        """As if the person's last interaction had been that much earlier."""
        with self.writing() as db:
            db.execute(
                "UPDATE people SET last_interaction_ms = last_interaction_ms - ? WHERE user_id = ?",
                (int(seconds * 1000), user_id),
            )

    # Messages

    def add_message(
        self,
        db: sqlite3.Connection,
        *,
        user_id: str,
        from_user: bool,
        kind: str,
        text: str = "",
        payload: dict[str, Any] | None = None,
        author: str = "",
        is_hidden: bool = False,
        quote_msg_id: str = "",
        msg_id: str = "",
    ) -> Message:
        """Store one message inside the caller's transaction."""
        cursor = db.execute(
            "INSERT INTO messages"
            " (msg_id, user_id, from_user, author, kind, text, payload, is_hidden, quote_msg_id, sent_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                msg_id or secrets.token_hex(10),
                user_id,
                from_user,
                author,
                kind,
                text,
                json.dumps(payload or {}, ensure_ascii=False),
                is_hidden,
                quote_msg_id,
                self.next_ms(db),
            ),
        )
        return message_of(db.execute("SELECT * FROM messages WHERE id = ?", (cursor.lastrowid,)).fetchone())

    def message(self, msg_id: str) -> Message | None:
        with self.reading() as db:
            row = db.execute("SELECT * FROM messages WHERE msg_id = ?", (msg_id,)).fetchone()
        return message_of(row) if row else None

    def messages(self, user_id: str, *, after_id: int = 0, limit: int = 500) -> list[Message]:
        """The newest `limit` messages of one chat, oldest first."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT * FROM messages WHERE user_id = ? AND id > ? ORDER BY id DESC LIMIT ?",
                (user_id, after_id, limit),
            ).fetchall()
        return [message_of(row) for row in reversed(rows)]

    def chat_version(self, user_id: str) -> str:
        """Changes whenever anything the chat shows changes."""
        with self.reading() as db:
            row = db.execute(
                "SELECT count(*), max(id), total(received_ms), total(seen_ms), group_concat(reaction, '')"
                " FROM messages WHERE user_id = ?",
                (user_id,),
            ).fetchone()
        return "-".join(str(value or 0) for value in row)

    # Files

    def add_file(self, *, kind: str, name: str, content_type: str, data: bytes) -> str:
        file_id = secrets.token_urlsafe(24)
        with self.writing() as db:
            db.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", (file_id, kind, name, content_type, data, time.time())
            )
        return file_id

    def file(self, file_id: str) -> sqlite3.Row | None:
        """Columns id, kind, name, content_type, data, created_at."""
        with self.reading() as db:
            row: sqlite3.Row | None = db.execute("SELECT * FROM files WHERE id = ?", (file_id,)).fetchone()
        return row

    # Faults

    def add_fault(
        self,
        *,
        path: str = "*",
        kind: str = "error",
        code: int = 0,
        seconds: float = 0.0,
        is_after_work: bool = False,
        times: int | None = 1,
        user_id: str = "",
    ) -> int:
        """From now on, `times` matching calls go wrong (`None`: until cleared).

        `path` is exact, or a prefix followed by `*`.

        With `is_after_work` the call is carried out first and only its answer is spoilt: the message was sent, and the
        caller cannot know.
        """
        if kind not in FAULT_KINDS:
            raise ValueError(f"{kind!r} is not one of {', '.join(FAULT_KINDS)}")
        with self.writing() as db:
            cursor = db.execute(
                "INSERT INTO faults (path, user_id, kind, code, seconds, is_after_work, remaining, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (path, user_id, kind, code, seconds, is_after_work, times, time.time()),
            )
        return int(cursor.lastrowid or 0)

    def faults(self) -> list[Fault]:
        with self.reading() as db:
            return [fault_of(row) for row in db.execute("SELECT * FROM faults ORDER BY id")]

    def clear_faults(self, fault_id: int | None = None) -> None:
        with self.writing() as db:
            db.execute("DELETE FROM faults WHERE ?1 IS NULL OR id = ?1", (fault_id,))

    def take_fault(self, path: str, user_id: str = "") -> Fault | None:
        """The oldest fault that applies to a call, counted down. Two calls never share the last one."""
        if not self.faults():
            return None
        with self.writing() as db:
            for row in db.execute("SELECT * FROM faults ORDER BY id").fetchall():
                prefix = row["path"][:-1] if row["path"].endswith("*") else None
                fits = path.startswith(prefix) if prefix is not None else path == row["path"]
                if not fits or row["user_id"] not in ("", user_id):
                    continue
                if row["remaining"] is not None:
                    if row["remaining"] <= 1:
                        db.execute("DELETE FROM faults WHERE id = ?", (row["id"],))
                    else:
                        db.execute("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
                return fault_of(row)
        return None

    # Journal

    def start_call(self, *, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: str) -> int:
        with self.writing() as db:
            cursor = db.execute(
                "INSERT INTO calls (at, method, path, query, headers, body) VALUES (?, ?, ?, ?, ?, ?)",
                (time.time(), method, path, json.dumps(query, ensure_ascii=False), json.dumps(headers), body),
            )
        return int(cursor.lastrowid or 0)

    def finish_call(self, call_id: int, *, status: int | None, answer: str, fault: str, took_ms: float) -> None:
        with self.writing() as db:
            db.execute(
                "UPDATE calls SET status = ?, answer = ?, fault = ?, took_ms = ? WHERE id = ?",
                (status, answer, fault, took_ms, call_id),
            )

    def calls(self, path: str = "", *, limit: int | None = None) -> list[Call]:
        """Calls received, oldest first; of one path, or of all. With `limit`, the newest ones."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT * FROM calls WHERE ?1 = '' OR path = ?1 ORDER BY id DESC LIMIT ?2",
                (path, -1 if limit is None else limit),
            ).fetchall()
        return [call_of(row) for row in reversed(rows)]

    def calls_in_last_minute(self) -> int:
        with self.reading() as db:
            return int(db.execute("SELECT count(*) FROM calls WHERE at > ?", (time.time() - 60,)).fetchone()[0])

    def forget_old_logs(self, *, older_than_s: float = 7 * 24 * 3600) -> None:
        """Drop calls and finished deliveries nobody will look at again; what still waits is kept."""
        before = time.time() - older_than_s
        with self.writing() as db:
            db.execute("DELETE FROM calls WHERE at < ?", (before,))
            db.execute("DELETE FROM deliveries WHERE created_at < ? AND state NOT IN ('due', 'in_flight')", (before,))

    # Templates

    def add_template(self, *, template_id: str, name: str, params: list[dict[str, Any]], by_uid: bool = True) -> None:
        with self.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, 'ENABLE', ?)",
                (template_id, name, json.dumps(params, ensure_ascii=False), by_uid),
            )

    def templates(self) -> list[dict[str, Any]]:
        with self.reading() as db:
            rows = db.execute("SELECT * FROM templates ORDER BY template_id").fetchall()
        return [{**dict(row), "params": json.loads(row["params"])} for row in rows]


@cache
def open_store(path: Path, identity: Identity) -> Store:
    """The store of this process for one file."""
    return Store(path, identity)


def store_from_settings(settings: Any, path: Path | None = None) -> Store:
    """The store that `ZALO_SIMULATOR_FILE` (or `path`) names, for the OA and app of the other `ZALO_*` settings."""
    identity = Identity(
        app_id=settings.ZALO_APP_ID,
        app_secret=settings.ZALO_APP_SECRET,
        oa_id=settings.ZALO_OA_ID,
        oa_secret=settings.ZALO_OA_SECRET,
        oa_name=settings.OFFICE_NAME,
    )
    return open_store(path or Path(settings.ZALO_SIMULATOR_FILE), identity)
