"""Counts what happened, with plain SQL on both sides: our tables and the stand-in's own record. No application code.

Each event the stand-in delivered until it was answered 200 must have been handled once; each message owed must be in
the citizen's chat once, or be a call task; nothing may be stuck, out of order, oversold or in two places.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ANSWER, REMINDER = "Đã nhận: ", "Nhắc: "
HEARD = ("follow", "user_send_text", "user_submit_info")
CALLS = ("/v3.0/oa/message/cs", "/v2.0/oa/conversation")


@dataclass
class Count:
    events: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    amiss: dict[str, int] = field(default_factory=dict)
    """What else must not be, by its name: out of order, oversold, …"""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.stuck or any(self.amiss.values()))

    @property
    def is_broken_for_good(self) -> bool:
        """No waiting could mend it."""
        return bool(self.doubled or any(self.amiss.values()) or (self.lost and not self.stuck))


@dataclass(frozen=True)
class Sent:
    """A message as it lies in a citizen's chat."""

    vendor_id: str
    user_id: str
    text: str


@dataclass(frozen=True)
class Zalo:
    """The stand-in's record."""

    events: list[dict[str, Any]]
    """Bodies of distinct events that were answered 200."""
    sent: list[Sent]
    call_times: list[float]
    waiting: int


def read_zalo(zalo_file: Path) -> Zalo:
    with sqlite3.connect(zalo_file, timeout=15) as zalo:
        bodies = zalo.execute("SELECT DISTINCT body FROM deliveries WHERE state = 'delivered' ORDER BY id").fetchall()
        sent = zalo.execute(
            "SELECT msg_id, user_id, text FROM messages WHERE NOT from_user AND kind <> 'note' ORDER BY id"
        ).fetchall()
        calls = zalo.execute("SELECT at, path FROM calls ORDER BY at").fetchall()
        waiting = zalo.execute("SELECT count(*) FROM deliveries WHERE state IN ('due', 'in_flight')").fetchone()[0]
    return Zalo(
        events=[json.loads(body) for (body,) in bodies],
        sent=[Sent(*row) for row in sent],
        call_times=[at for at, path in calls if path in CALLS],
        waiting=int(waiting),
    )


def prepare(database_url: str) -> None:
    """An empty bridge and an office without visits: two places in each slot, so that people compete."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS drill_handled, drill_calls")
        db.execute("CREATE TABLE drill_handled (id bigserial, event_id bigint, words text)")
        db.execute("CREATE TABLE drill_calls (subject text)")
        db.execute(
            "TRUNCATE zalo_bridge_webhookevent, zalo_bridge_outboundmessage, zalo_bridge_deliveryattempt,"
            " zalo_bridge_contact, zalo_bridge_incident, zalo_bridge_remembered, scheduling_appointment CASCADE"
        )
        db.execute(
            "UPDATE scheduling_slot"
            " SET booked = 0, booked_by_staff = 0, capacity = 2, reserved = 0, is_set_by_hand = true"
        )


def forget_token(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("TRUNCATE zalo_bridge_oacredential")


def count(database_url: str, zalo: Zalo, *, office: bool, in_order: bool, most_in_5_s: int | None) -> Count:
    with psycopg.connect(database_url) as db:
        result = _count_office(db, zalo) if office else _count_echoes(db, zalo, in_order=in_order)
        result.stuck += _number(
            db, "SELECT count(*) FROM zalo_bridge_webhookevent WHERE state IN ('received', 'processing')"
        )
        result.stuck += _number(
            db,
            "SELECT count(*) FROM zalo_bridge_outboundmessage WHERE state IN ('queued', 'retry', 'sending', 'unknown')"
            " AND next_attempt_at < now() + interval '1 hour'",
        )
        if not zalo.waiting and not result.stuck:
            result.amiss["stale contact"] = _stale_contacts(db, zalo)
    if most_in_5_s is not None:
        result.amiss["too fast"] = max(0, _most_within(zalo.call_times, 5.0) - most_in_5_s)
    return result


def _count_echoes(db: psycopg.Connection, zalo: Zalo, *, in_order: bool) -> Count:
    """Every text is unique; its answer is "Đã nhận: …", sometimes followed by the notice "Nhắc: …"."""
    said = [body for body in zalo.events if body["event_name"] == "user_send_text"]
    speaker = {body["message"]["text"]: body["sender"]["id"] for body in said}
    answered = Counter(one.text.removeprefix(ANSWER) for one in zalo.sent if one.text.startswith(ANSWER))
    reminded = Counter(one.text.removeprefix(REMINDER) for one in zalo.sent if one.text.startswith(REMINDER))
    handled = Counter(words for (words,) in db.execute("SELECT words FROM drill_handled"))
    calls = db.execute("SELECT words FROM drill_calls JOIN drill_handled ON subject = 'drill:' || event_id").fetchall()
    called = {words for (words,) in calls}
    result = Count(events=len(speaker))
    for words in speaker:
        if not handled[words] or not (answered[words] or words in called) or (reminded and not reminded[words]):
            result.lost += 1
        if handled[words] > 1 or answered[words] > 1 or reminded[words] > 1:
            result.doubled += 1
    if in_order:
        rows = db.execute("SELECT words FROM drill_handled ORDER BY id").fetchall()
        result.amiss["out of order"] = _inversions((speaker.get(words, ""), words) for (words,) in rows)
        result.amiss["out of order"] += _inversions(
            (one.user_id, one.text.removeprefix(ANSWER)) for one in zalo.sent if one.text.startswith(ANSWER)
        )
    return result


def _count_office(db: psycopg.Connection, zalo: Zalo) -> Count:
    """Whole conversations that end with a booked visit; clerks verify and assign meanwhile."""
    expected = {
        (body["event_name"], (body.get("sender") or body.get("follower"))["id"], int(body["timestamp"]))
        for body in zalo.events
        if body["event_name"] in HEARD
    }
    handled = {
        (name, user_id, int(at_ms)): times
        for name, user_id, at_ms, times in db.execute(
            "SELECT event_name, user_id, round(extract(epoch FROM happened_at) * 1000),"
            " (SELECT count(*) FROM drill_handled WHERE event_id = e.id) FROM zalo_bridge_webhookevent e"
            " WHERE event_name = ANY(%s)",
            [list(HEARD)],
        )
    }
    result = Count(events=len(expected))
    result.lost = sum(not handled.get(key) for key in expected)
    result.doubled = sum(handled.get(key, 0) > 1 for key in expected)

    # Each message in a chat is one of ours, each of ours that left is in a chat. A second copy has no row.
    rows = db.execute("SELECT vendor_id, state FROM zalo_bridge_outboundmessage WHERE state <> 'superseded'").fetchall()
    known, in_chats = {vendor_id for vendor_id, _ in rows}, {one.vendor_id for one in zalo.sent}
    if not _number(db, "SELECT count(*) FROM zalo_bridge_outboundmessage WHERE state IN ('sending', 'unknown')"):
        result.doubled += len(in_chats - known)
    arrived = ("sent", "delivered", "seen")
    result.lost += sum(state in ("failed", "expired") for _, state in rows)
    result.lost += sum(state in arrived and vendor_id not in in_chats for vendor_id, state in rows)

    # Each request was confirmed once, and nobody has two.
    codes = db.execute("SELECT code, citizen_id FROM registrations_registration").fetchall()
    for code, _ in codes:
        confirmed = sum("Chúc mừng" in one.text and code in one.text for one in zalo.sent)
        result.doubled += confirmed > 1
        result.stuck += confirmed == 0
    result.doubled += sum(times > 1 for times in Counter(citizen for _, citizen in codes).values())
    result.stuck += _number(db, "SELECT count(*) FROM registrations_registration WHERE state = 'submitted'")

    result.amiss["oversold"] = _number(
        db,
        "SELECT count(*) FROM scheduling_slot s, LATERAL (SELECT count(*) AS taken FROM scheduling_appointment a"
        "  WHERE a.is_live AND (a.slot_id = s.id OR s.id = ANY(a.also_holds))) t"
        " WHERE t.taken > s.capacity OR s.booked <> t.taken",
    )
    # Two places in each slot, so never three visits at one moment.
    result.amiss["overlapping visits"] = _number(
        db,
        "SELECT count(*) FROM scheduling_appointment a WHERE a.is_live AND (SELECT count(*)"
        "  FROM scheduling_appointment b"
        "  WHERE b.is_live AND b.starts_at <= a.starts_at AND a.starts_at < b.ends_at) > 2",
    )
    result.amiss["in two places"] = _number(
        db,
        "SELECT count(*) FROM scheduling_assignment a JOIN scheduling_assignment b"
        " ON a.id < b.id AND a.staff_id = b.staff_id AND a.is_active AND b.is_active AND a.period && b.period",
    )
    return result


def _stale_contacts(db: psycopg.Connection, zalo: Zalo) -> int:
    """Contacts whose last interaction is not the latest one, in whatever order the news came."""
    latest: dict[str, int] = defaultdict(int)
    for body in zalo.events:
        if body["event_name"] in ("follow", "user_send_text"):
            user_id = (body.get("sender") or body.get("follower"))["id"]
            latest[user_id] = max(latest[user_id], int(body["timestamp"]))
    # Where Zalo itself said "no interaction", that is what is believed.
    rows = db.execute(
        "SELECT user_id, round(extract(epoch FROM last_interaction_at) * 1000)::bigint, EXISTS (SELECT 1"
        "  FROM zalo_bridge_outboundmessage m WHERE m.contact_id = c.id AND m.error_code = -230)"
        " FROM zalo_bridge_contact c"
    ).fetchall()
    known = {user_id: at_ms for user_id, at_ms, _ in rows}
    told_otherwise = {user_id for user_id, _, told in rows if told}
    return sum(known.get(user_id) != at_ms for user_id, at_ms in latest.items() if user_id not in told_otherwise)


def _inversions(said: Iterable[tuple[str, str]]) -> int:
    """How often somebody's texts ("tin 7") come after a later one of theirs."""
    last: dict[str, int] = {}
    wrong = 0
    for who, words in said:
        number = int(words.rpartition(" ")[2])
        wrong += number < last.get(who, 0)
        last[who] = max(number, last.get(who, 0))
    return wrong


def _most_within(times: list[float], seconds: float) -> int:
    most = start = 0
    for end, at in enumerate(times):
        while times[start] < at - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def left_over(database_url: str) -> list[str]:
    """What is not as it should be, for whoever reads the failed drill."""
    queries = (
        "SELECT 'message', id, kind, state, attempts, look_count, claimed_at, next_attempt_at, note"
        " FROM zalo_bridge_outboundmessage WHERE state NOT IN ('sent', 'delivered', 'seen') LIMIT 20",
        "SELECT 'event', id, event_name, state, attempts, next_attempt_at, note FROM zalo_bridge_webhookevent"
        " WHERE state NOT IN ('done', 'ignored') LIMIT 20",
        "SELECT 'incident', cause, channel, count, next_probe_at FROM zalo_bridge_incident",
        "SELECT 'request', state, count(*) FROM registrations_registration GROUP BY state",
        "SELECT 'now', now()",
    )
    with psycopg.connect(database_url) as db:
        rows = [row for query in queries for row in db.execute(query).fetchall()]
    return [" ".join(str(value) for value in row) for row in rows]


def _number(db: psycopg.Connection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row else 0
