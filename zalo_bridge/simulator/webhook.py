"""Delivery of events: signed, posted over HTTP, repeated up the ladder, twice or late or out of order when told to.

At least once and in no promised order, like the real platform. The queue is in the store, so a killed simulator loses
nothing, and the web process may add events too.
"""

import hashlib
import http.client
import json
import logging
import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from zalo_bridge.simulator.events import Event, wire_bytes
from zalo_bridge.simulator.records import Identity, Options
from zalo_bridge.simulator.store import Store

chance = random.SystemRandom()
logger = logging.getLogger(__name__)

LADDER_S = (30, 300, 900, 1800, 3600)
"""Seconds to the next try after each failure. After the last one the webhook is switched off."""
ANSWER_LIMIT_S = 2.0
IN_FLIGHT = 32
POLL_S = 0.05  # how soon an event queued by another process is noticed


@dataclass(frozen=True)
class Delivery:
    """One event on its way, with the exact bytes every try sends."""

    id: int
    user_id: str | None
    event_name: str
    body: bytes
    headers: dict[str, str]
    is_copy: bool
    state: str
    due_at: float
    attempt_count: int
    answers: list[dict[str, Any]]
    """One per try: at (epoch seconds), status (HTTP, or None), ms, error."""
    created_at: float

    @property
    def json(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.body)
        return body


def signature(identity: Identity, raw: bytes, timestamp: str) -> str:
    """`mac=` + sha256 of app id, raw body, the body's timestamp and the OA secret key, joined without separators."""
    text = identity.app_id.encode() + raw + timestamp.encode() + identity.oa_secret.encode()
    return "mac=" + hashlib.sha256(text).hexdigest()


def enqueue(store: Store, db: sqlite3.Connection, event: Event, options: Options) -> None:
    """Queue one event inside the caller's transaction: the message and the news of it are stored together."""
    raw = wire_bytes(event.body)
    headers = {
        "Content-Type": "application/json",
        "X-ZEvent-Signature": signature(store.identity, raw, str(event.body["timestamp"])),
    }
    if event.is_zns:
        headers["X-ZEvent-Server"] = "ZNS"
    now = time.time()
    copies = 2 if chance.random() * 100 < options.duplicate_percent else 1
    for copy in range(copies):
        late = options.late_seconds + (chance.uniform(0, 1.5) if options.shuffle else 0)
        # An unsubscribed app gets no events, and there is no replay.
        state = "due" if options.webhook_enabled else "dropped"
        db.execute(
            "INSERT INTO deliveries (user_id, event_name, body, headers, is_copy, state, due_at, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (event.user_id or None, event.name, raw, json.dumps(headers), copy, state, now + late, now),
        )


def claim(store: Store, options: Options, limit: int) -> list[Delivery]:
    """Take up to `limit` due deliveries. Unless events are shuffled, the first tries of one citizen go one by one."""
    with store.writing() as db:
        rows = db.execute(
            "SELECT * FROM deliveries d WHERE state = 'due' AND due_at <= :now AND (:shuffle OR attempt_count > 0"
            " OR NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.user_id = d.user_id AND (o.state = 'in_flight'"
            " OR (o.state = 'due' AND o.attempt_count = 0 AND o.due_at <= :now AND o.id < d.id))))"
            " ORDER BY due_at, id LIMIT :limit",
            {"now": time.time(), "shuffle": options.shuffle, "limit": limit},
        ).fetchall()
        db.executemany("UPDATE deliveries SET state = 'in_flight' WHERE id = ?", [(row["id"],) for row in rows])
    return [_delivery(row) for row in rows]


def record_answer(store: Store, delivery: Delivery, *, status: int | None, error: str, seconds: float) -> None:
    """Write down what the webhook answered and decide what follows: done, the next step of the ladder, or the end."""
    options = store.options()
    answer = {"at": time.time() - seconds, "status": status, "ms": round(seconds * 1000, 1), "error": error}
    attempts = delivery.attempt_count + 1
    state, due_at = "delivered", delivery.due_at
    if status != 200 or seconds > ANSWER_LIMIT_S:
        state = "due" if attempts <= len(LADDER_S) else "failed"
        if state == "due":
            due_at = time.time() + LADDER_S[attempts - 1] * options.ladder_scale
    with store.writing() as db:
        db.execute(
            "UPDATE deliveries SET state = ?, due_at = ?, attempt_count = ?, answers = ? WHERE id = ?",
            (state, due_at, attempts, json.dumps([*delivery.answers, answer]), delivery.id),
        )
        if state == "failed":
            db.execute("INSERT OR REPLACE INTO options VALUES ('webhook_enabled', 'false')")
    if state == "failed":
        logger.warning("The webhook failed %s times for one event: it is switched off.", attempts)


def deliveries(store: Store, *, limit: int | None = None) -> list[Delivery]:
    """All deliveries in the order they were queued; with `limit`, the newest ones."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", (-1 if limit is None else limit,)
        ).fetchall()
    return [_delivery(row) for row in reversed(rows)]


def retry_now(store: Store) -> None:
    """Bring every waiting redelivery forward to now."""
    with store.writing() as db:
        db.execute("UPDATE deliveries SET due_at = ? WHERE state = 'due'", (time.time(),))


def requeue_interrupted(store: Store) -> None:
    """What a killed simulator was posting may or may not have arrived: it is posted again."""
    with store.writing() as db:
        db.execute("UPDATE deliveries SET state = 'due' WHERE state = 'in_flight'")


def waiting_count(store: Store) -> int:
    """Deliveries still on their way: due now, later, or being posted."""
    with store.reading() as db:
        return int(db.execute("SELECT count(*) FROM deliveries WHERE state IN ('due', 'in_flight')").fetchone()[0])


def request_headers(delivery: Delivery, *, earlier_tries: int | None = None) -> dict[str, str]:
    """Headers of the coming try, or of the one after `earlier_tries`; redeliveries say which one they are."""
    tries = delivery.attempt_count if earlier_tries is None else earlier_tries
    return {**delivery.headers, "num_retry": str(tries)} if tries else delivery.headers


def probe(store: Store, url: str) -> list[int | str]:
    """What the console sends when somebody saves a webhook address, and what came back: an HTTP status or an error.

    First `{}` without a signature, then a signed text between two strangers. Both want 200.
    """
    sample = {
        "app_id": store.identity.app_id,
        "sender": {"id": "246845883529197922"},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": "388613280878808645"},
        "event_name": "user_send_text",
        "message": {"text": "This is testing message", "msg_id": "This is message id"},
        "timestamp": "154390853474",
    }
    raw = wire_bytes(sample)
    signed = {"Content-Type": "application/json", "X-ZEvent-Signature": signature(store.identity, raw, "154390853474")}
    results: list[int | str] = []
    for body, headers in ((b"{}", {"Content-Type": "application/json"}), (raw, signed)):
        try:
            results.append(post(url, body, headers))
        except (OSError, http.client.HTTPException) as problem:
            results.append(str(problem))
    return results


class Dispatcher(threading.Thread):
    """Posts due deliveries, at most `IN_FLIGHT` at a time, until stopped."""

    def __init__(self, store: Store):
        super().__init__(name="zalo-webhook-dispatcher", daemon=True)
        self.store = store
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._free = IN_FLIGHT
        self._free_lock = threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="zalo-webhook") as pool:
            while not self._stopping.is_set():
                options = self.store.options()
                claimed: list[Delivery] = []
                if options.webhook_url and options.webhook_enabled and self._free and waiting_count(self.store):
                    claimed = claim(self.store, options, self._free)
                    # Asked again: whoever changes the address and then calls everything due means the new one.
                    url = self.store.options().webhook_url or options.webhook_url
                    for delivery in claimed:
                        with self._free_lock:
                            self._free -= 1
                        pool.submit(self._post, url, delivery)
                if not claimed:
                    self._wake.wait(POLL_S)
                    self._wake.clear()

    def stop(self) -> None:
        """Post nothing more, wait for what is in the air."""
        self._stopping.set()
        self._wake.set()
        self.join(timeout=3 * ANSWER_LIMIT_S)

    def _post(self, url: str, delivery: Delivery) -> None:
        started = time.perf_counter()
        status, error = None, ""
        try:
            status = post(url, delivery.body, request_headers(delivery))
        except (OSError, http.client.HTTPException) as problem:
            error = f"{type(problem).__name__}: {problem}"
        try:
            record_answer(self.store, delivery, status=status, error=error, seconds=time.perf_counter() - started)
        finally:
            with self._free_lock:
                self._free += 1
            self._wake.set()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """HTTP status of one POST. Raises `OSError` or `http.client.HTTPException` when there is no answer in time."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_LIMIT_S)
    try:
        connection.request("POST", parts.path or "/", body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(1000)
        return answer.status
    finally:
        connection.close()


def _delivery(row: sqlite3.Row) -> Delivery:
    values = dict(row)
    values.update(
        body=bytes(row["body"]),
        headers=json.loads(row["headers"]),
        answers=json.loads(row["answers"]),
        is_copy=bool(row["is_copy"]),
    )
    return Delivery(**values)
