"""Counts what happened, with plain SQL on both sides: our tables and the stand-in's own record. No application code.

Every text a citizen sent is an event the stand-in delivered until it was answered 200; it must have been handled once,
and its answer ("Đã nhận: …") must be in the citizen's chat once, or be a call task.
"""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psycopg

ANSWER = "Đã nhận: "


@dataclass(frozen=True)
class Count:
    events: int
    lost: int
    doubled: int
    stuck: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)


def prepare(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS drill_handled, drill_calls")
        db.execute("CREATE TABLE drill_handled (event_id bigint, words text)")
        db.execute("CREATE TABLE drill_calls (subject text)")
        db.execute(
            "TRUNCATE zalo_bridge_webhookevent, zalo_bridge_outboundmessage, zalo_bridge_deliveryattempt,"
            " zalo_bridge_contact, zalo_bridge_oacredential, zalo_bridge_incident, zalo_bridge_remembered CASCADE"
        )


def said(zalo_file: Path) -> Counter[str]:
    """Words of citizens whose event was answered 200 at least once. Each is unique by construction."""
    with sqlite3.connect(zalo_file, timeout=15) as zalo:
        rows = zalo.execute("SELECT body, state FROM deliveries WHERE event_name = 'user_send_text'").fetchall()
    words = {json.loads(body)["message"]["text"]: state for body, state in rows if state == "delivered"}
    return Counter(words.keys())


def undelivered_events(zalo_file: Path) -> int:
    with sqlite3.connect(zalo_file, timeout=15) as zalo:
        query = "SELECT count(*) FROM deliveries WHERE state IN ('due', 'in_flight')"
        return int(zalo.execute(query).fetchone()[0])


def count(database_url: str, zalo_file: Path) -> Count:
    expected = said(zalo_file)
    with sqlite3.connect(zalo_file, timeout=15) as zalo:
        texts = [row[0] for row in zalo.execute("SELECT text FROM messages WHERE NOT from_user AND kind = 'text'")]
    answered = Counter(text.removeprefix(ANSWER) for text in texts if text.startswith(ANSWER))
    with psycopg.connect(database_url) as db:
        handled = Counter(dict(db.execute("SELECT words, count(*) FROM drill_handled GROUP BY words").fetchall()))
        calls = db.execute(
            "SELECT h.words FROM drill_calls c JOIN drill_handled h ON c.subject = 'drill:' || h.event_id"
        ).fetchall()
        stuck_events = _number(
            db, "SELECT count(*) FROM zalo_bridge_webhookevent WHERE state IN ('received','processing')"
        )
        stuck_messages = _number(
            db, "SELECT count(*) FROM zalo_bridge_outboundmessage WHERE state IN ('queued','retry','sending','unknown')"
        )
    called = Counter(words for (words,) in calls)
    lost = doubled = 0
    for words in expected:
        if handled[words] == 0 or (answered[words] == 0 and called[words] == 0):
            lost += 1
        if handled[words] > 1 or answered[words] > 1:
            doubled += 1
    return Count(len(expected), lost, doubled, stuck_events + stuck_messages)


def left_over(database_url: str) -> list[str]:
    """What is not as it should be, for whoever reads the failed drill."""
    with psycopg.connect(database_url) as db:
        rows = db.execute(
            "SELECT 'message', id, state, attempts, look_count, claimed_at, next_attempt_at, note"
            " FROM zalo_bridge_outboundmessage WHERE state NOT IN ('sent','delivered','seen') LIMIT 20"
        ).fetchall()
        rows += db.execute(
            "SELECT 'event', id, event_name, state, attempts, next_attempt_at, note FROM zalo_bridge_webhookevent"
            " WHERE state NOT IN ('done','ignored') LIMIT 20"
        ).fetchall()
        rows += db.execute(
            "SELECT 'incident', cause, channel, count, next_probe_at FROM zalo_bridge_incident"
        ).fetchall()
        rows += db.execute("SELECT 'now', now()").fetchall()
    return [" ".join(str(value) for value in row) for row in rows]


def _number(db: psycopg.Connection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row else 0
