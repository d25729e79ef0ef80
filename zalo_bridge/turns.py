"""One at a time per person, across all workers, without a transaction that stays open.

A turn is a session lock of PostgreSQL: it is gone the moment its holder's connection is, however the holder died, so
nothing needs to be unlocked by a clean-up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import Error, connection


class Line(IntEnum):
    """What people queue for. The number keeps the lines apart."""

    INBOX = 1
    OUTBOX = 2
    TOKEN = 3
    CHORE = 4


@contextmanager
def turn(line: Line, whose: str, *, wait: bool = False) -> Iterator[bool]:
    """True inside the block if it is ours. Without `wait`, False at once when somebody else has it."""
    key = f"{line}:{whose}"
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 7))", [key])
            is_ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 7))", [key])
            is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            _release(key)


def _release(key: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", [key])
    except Error:
        # The connection is gone, and the lock with it. A broken transaction keeps both: drop the connection.
        connection.close()
