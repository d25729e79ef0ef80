"""Writes events to the inbox: those that come in together share one statement and one commit.

A commit costs the database more than a row does. While some threads write, the rows of the others gather, and the
next to have the turn writes them all. Nobody waits for a timer: a row that comes alone is written at once.
"""

import os
import threading
from collections import deque
from collections.abc import Sequence
from functools import cache

import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from zalo_bridge import prepared

# The columns of one event, in this order, and the types their values come as; the key comes first.
COLUMNS = "dedupe_key, event_name, user_id, raw, headers, happened_at, received_at, state, note, attempts, deliveries"
TYPES = ("text", "text", "text", "bytea", "text::jsonb", "timestamptz", "timestamptz", "text", "text")
Values = tuple[prepared.Value, ...]

# Rows in one statement. Every count is a statement the server has prepared.
MOST_TOGETHER = 5
# While some wait for the disk another may write, once so many rows have gathered that its commit is not for one alone.
MOST_WRITERS, WORTH_A_WRITER = 3, 4

ANOTHER_DELIVERY = """
UPDATE zalo_bridge_webhookevent SET deliveries = least(deliveries + 1, 32000) WHERE dedupe_key = %s
"""


class Row:
    """What one thread wants written, and what became of it."""

    __slots__ = ("event_id", "is_alone", "others", "values", "woken")

    def __init__(self, values: Values):
        self.values = values
        self.event_id: int | None = None
        self.is_alone = False
        """Written together with others it failed: its own thread tries once more, without them."""
        self.others: list[Row] | None = None
        """Those its thread is to write together with it; None while another thread writes it."""
        self.woken = threading.Lock()
        self.woken.acquire()
        """Released when the row is written, or when its thread is to write it."""


_gathered: deque[Row] = deque()
_writers = 0
_state = threading.Lock()
"""Around the two above, never around a statement."""


def _start_anew() -> None:
    """In the child of a fork, where nobody is in the middle of writing."""
    global _gathered, _writers, _state
    _gathered, _writers, _state = deque(), 0, threading.Lock()


os.register_at_fork(after_in_child=_start_anew)


def insert(values: Values) -> int | None:
    """Store an event and commit. The id of its row, or None when it was known: that delivery is then counted.

    Raises `django.db.Error` when it could not be stored.
    """
    mine = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up again at every dot
    event_id = _insert_alone(mine, values) if mine.in_atomic_block else _insert_with_others(mine, values)
    if event_id is None:
        # By itself: it waits for whoever is handling that event, and nobody should wait with it.
        with mine.cursor() as cursor:
            cursor.execute(ANOTHER_DELIVERY, [_key(values)])
    return event_id


def _insert_alone(mine: BaseDatabaseWrapper, values: Values) -> int | None:
    return _write(mine, [values]).get(values[0])


def _insert_with_others(mine: BaseDatabaseWrapper, values: Values) -> int | None:
    global _writers
    row = Row(values)
    with _state:
        if _writers < MOST_WRITERS and _is_worth_a_writer(len(_gathered) + 1, beside=_writers):
            _writers += 1
            row.others = _take_gathered()
        else:
            _gathered.append(row)
    if row.others is None:
        row.woken.acquire()
    if row.others is not None:
        _write_together(mine, row, row.others)
    return _insert_alone(mine, values) if row.is_alone else row.event_id


def _is_worth_a_writer(rows: int, *, beside: int) -> bool:
    """Whether so many rows are to be written now; else they wait for one of the writers beside to end."""
    return beside == 0 or rows >= WORTH_A_WRITER


def _take_gathered() -> list[Row]:
    """What one writer writes beside its own row."""
    return [_gathered.popleft() for _ in range(min(len(_gathered), MOST_TOGETHER - 1))]


def _write_together(mine: BaseDatabaseWrapper, row: Row, others: list[Row]) -> None:
    """Write the caller's row and the others; then wake the first that came meanwhile to do the same, and everybody
    whose row this was."""
    global _writers
    try:
        _store(mine, [row, *others])
    finally:
        with _state:
            if _gathered and _is_worth_a_writer(len(_gathered), beside=_writers - 1):
                successor = _gathered.popleft()
                successor.others = _take_gathered()
                successor.woken.release()
            else:
                _writers -= 1
        for other in others:
            other.woken.release()


def _store(mine: BaseDatabaseWrapper, rows: Sequence[Row]) -> None:
    # One key twice in a batch: the second is a delivery of an event that is known by then.
    first_of = {row.values[0]: row for row in reversed(rows)}
    try:
        for key, event_id in _write(mine, [row.values for row in first_of.values()]).items():
            first_of[key].event_id = event_id
    except BaseException as error:
        for row in rows:
            row.is_alone = True
        if not isinstance(error, DatabaseError):
            raise


def _write(mine: BaseDatabaseWrapper, batch: Sequence[Values]) -> dict[prepared.Value, int]:
    """One round trip. The ids of the new rows by their keys; keys that were known are missing.

    Instead of asking beforehand whether a kept connection still lives, a dead one is replaced and the statement
    repeated: it stores an event once however often it runs.
    """
    is_kept = mine.connection is not None and not mine.in_atomic_block
    if is_kept:
        mine.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _execute(mine, batch)
    except (OperationalError, InterfaceError):
        if not is_kept:
            raise
        mine.close()
        return _execute(mine, batch)


def _execute(mine: BaseDatabaseWrapper, batch: Sequence[Values]) -> dict[prepared.Value, int]:
    # In the order of their keys: two processes with the same events can then not wait for each other.
    values = [value for row in sorted(batch, key=_key) for value in row]
    statement = _statement(len(batch))
    mine.ensure_connection()
    with mine.wrap_database_errors:
        if mine.in_atomic_block:  # whose beginning psycopg sends with the next statement of its own
            with psycopg.RawCursor(mine.connection) as cursor:
                return dict(cursor.execute(statement, values).fetchall())
        rows = prepared.execute(mine.connection, statement, values)
        return {key.decode(): int(event_id) for key, event_id in rows}


def _key(values: Values) -> str:
    return str(values[0])


@cache
def _statement(count: int) -> bytes:
    places = iter(range(1, count * len(TYPES) + 1))
    rows = ("(" + ", ".join(f"${next(places)}::{kind}" for kind in TYPES) + ", 0, 1)" for _ in range(count))
    return (
        f"INSERT INTO zalo_bridge_webhookevent ({COLUMNS}) VALUES {', '.join(rows)}"  # noqa: S608
        " ON CONFLICT (dedupe_key) DO NOTHING RETURNING dedupe_key, id"
    ).encode()
