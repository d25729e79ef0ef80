"""The simulator's own SQLite file: schema, connections, transactions.

Two processes share the file (the simulator's server and the web process that shows `/gia-lap/`), each with many
threads. WAL lets readers go on while one writes; `BEGIN IMMEDIATE` takes the write lock at the start, so a read
followed by a write in one transaction never fails half-way with "database is locked".
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS options (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (
    number INTEGER PRIMARY KEY,              -- short, for addresses of screens
    user_id TEXT NOT NULL UNIQUE,
    user_id_by_app TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',          -- 84…, empty when unknown
    is_following INTEGER NOT NULL DEFAULT 0,
    has_unfollowed INTEGER NOT NULL DEFAULT 0,
    last_interaction_ms INTEGER,             -- NULL: never
    screen_open_at REAL,                     -- the chat was on the citizen's screen at this time
    shared_info TEXT NOT NULL DEFAULT '{}',
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    msg_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES people (user_id),
    from_user INTEGER NOT NULL,
    author TEXT NOT NULL DEFAULT '',         -- name of the colleague who wrote in oa.zalo.me; empty for API sends
    kind TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    payload TEXT NOT NULL DEFAULT '{}',
    is_hidden INTEGER NOT NULL DEFAULT 0,    -- oa.query.hide: sent, not shown
    quote_msg_id TEXT NOT NULL DEFAULT '',
    reaction TEXT NOT NULL DEFAULT '',
    sent_ms INTEGER NOT NULL,
    received_ms INTEGER,
    seen_ms INTEGER
);
CREATE INDEX IF NOT EXISTS messages_of_person ON messages (user_id, id);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT,
    event_name TEXT NOT NULL,
    body BLOB NOT NULL,
    headers TEXT NOT NULL,
    is_copy INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,                     -- due, in_flight, delivered, failed, dropped
    due_at REAL NOT NULL,
    attempt_count INTEGER NOT NULL DEFAULT 0,
    answers TEXT NOT NULL DEFAULT '[]',
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);
CREATE INDEX IF NOT EXISTS deliveries_of_person ON deliveries (user_id, state);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    query TEXT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    fault TEXT NOT NULL DEFAULT '',
    status INTEGER,                          -- NULL: not answered (yet, or cut)
    answer TEXT NOT NULL DEFAULT '',
    took_ms REAL
);
CREATE INDEX IF NOT EXISTS calls_at ON calls (at);
CREATE INDEX IF NOT EXISTS calls_path ON calls (path);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    user_id TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,                      -- error, http, html, empty, hang, cut, delay
    code INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    is_after_work INTEGER NOT NULL DEFAULT 0,
    remaining INTEGER,                       -- NULL: until cleared
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
    access_token TEXT PRIMARY KEY,
    refresh_token TEXT NOT NULL UNIQUE,
    issued_at REAL NOT NULL,
    access_expires_at REAL NOT NULL,
    refresh_expires_at REAL NOT NULL,
    refresh_used_at REAL
);
CREATE TABLE IF NOT EXISTS grant_codes (
    code TEXT PRIMARY KEY,
    challenge TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    issued_at REAL NOT NULL,
    used_at REAL
);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                      -- image, gif, file: uploaded by the OA; sent: by a citizen
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    data BLOB NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS tags (name TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (name, user_id));
CREATE TABLE IF NOT EXISTS templates (
    template_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    params TEXT NOT NULL,                    -- JSON list of {name, require, type, maxLength, minLength, acceptNull}
    status TEXT NOT NULL DEFAULT 'ENABLE',
    is_sendable_by_uid INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS template_messages (
    msg_id TEXT PRIMARY KEY,
    phone TEXT NOT NULL,
    template_id TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    data TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    delivered_ms INTEGER
);
"""


class Database:
    """A pool of connections to one SQLite file, for any number of threads."""

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        with self.reading() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                db.execute("PRAGMA journal_mode=WAL")
                db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection in autocommit: each statement sees the newest committed data."""
        with self._idle_lock:
            db = self._idle.pop() if self._idle else None
        if db is None:
            db = sqlite3.connect(self.path, timeout=15, isolation_level=None, check_same_thread=False)
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous=NORMAL")
        try:
            yield db
        except BaseException:
            if db.in_transaction:
                db.rollback()
            raise
        finally:
            with self._idle_lock:
                self._idle.append(db)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one transaction that holds the write lock: all of the block happens, or none."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def close(self) -> None:
        with self._idle_lock:
            for db in self._idle:
                db.close()
            self._idle.clear()
