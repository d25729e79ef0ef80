"""What `/readyz` reports: our own two servers, then whatever an app says about itself through its door.

An app joins by offering `health() -> list[Check]` in its `services.py` and a line in `SOURCES`. Details are for whoever
watches the site and are public: no names, no numbers of people, no secrets.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from zalo_bridge import services as zalo_bridge

# Worth a look, but no reason to take the site out of service: anybody can post a badly signed event to the webhook.
ONLY_NOTED = {"zalo-quarantine", "zalo-incidents"}
BROKER_TIMEOUT_S = 2


class Check(Protocol):
    """`name` is stable (monitoring keys on it); `detail` is a few Vietnamese words."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...


SOURCES: Sequence[Callable[[], Sequence[Check]]] = [zalo_bridge.health]


def report() -> tuple[bool, list[dict[str, object]]]:
    """(is the site fit to serve, one row per check)."""
    rows = list(_rows())
    return all(row["ok"] or row["name"] in ONLY_NOTED for row in rows), rows


def _rows() -> Iterator[dict[str, object]]:
    has_database = _database_answers()
    yield _row("database", has_database, "kết nối được" if has_database else "không kết nối được PostgreSQL")
    has_broker = _broker_answers()
    yield _row("broker", has_broker, "kết nối được" if has_broker else "không kết nối được Redis")
    if not has_database:
        return
    for source in SOURCES:
        try:
            for check in source():
                yield _row(check.name, check.ok, check.detail)
        except DatabaseError:
            yield _row("tables", False, "bảng dữ liệu chưa khớp bản phần mềm, cần chạy migrate")


def _row(name: str, ok: bool, detail: str) -> dict[str, object]:
    return {"name": name, "ok": ok, "detail": detail}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=BROKER_TIMEOUT_S, socket_timeout=BROKER_TIMEOUT_S
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
