"""A statement kept ready by the server, run through libpq itself: a third to a half of what a cursor costs.

For the one place where that counts, the intake of events: outside of a transaction, on the thread's own connection.
"""

import threading
from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

Value = str | bytes | datetime


class _Ready(threading.local):
    """Which statements this thread's connection knows, and by what names."""

    def __init__(self) -> None:
        self.connection: psycopg.Connection | None = None
        self.names: dict[bytes, bytes] = {}


_ready = _Ready()


def execute(connection: psycopg.Connection, statement: bytes, values: Sequence[Value]) -> list[tuple[bytes, ...]]:
    """The rows it returns, each value as text. The statement names its parameters $1, $2 … and is committed at once.

    Raises `psycopg.Error`; an `OperationalError` where the connection turns out to be dead, or no longer knows what it
    was told (a pooler's DISCARD ALL): a new one helps.
    """
    if _ready.connection is not connection:
        _ready.connection, _ready.names = connection, {}
    link = connection.pgconn
    name = _ready.names.get(statement)
    if name is None:
        name = b"kept_%d" % len(_ready.names)
        _check(connection, link.prepare(name, statement))
        _ready.names[statement] = name
    # Text goes as it is, with its length: a NUL in it is refused by the server and never cuts it short.
    formats = [Format.TEXT if isinstance(value, datetime) else Format.BINARY for value in values]
    result = link.exec_prepared(name, [_bytes(value) for value in values], formats)
    _check(connection, result)
    columns = range(result.nfields)
    return [tuple(result.get_value(row, column) or b"" for column in columns) for row in range(result.ntuples)]


def _bytes(value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else value.isoformat()).encode()


def _check(connection: psycopg.Connection, result: PGresult) -> None:
    if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return
    error = error_from_result(result)
    if connection.pgconn.status != ConnStatus.OK or isinstance(error, InvalidSqlStatementName):
        raise psycopg.OperationalError("the connection to the database, or what it knew, is lost") from error
    raise error
