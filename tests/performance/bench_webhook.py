"""Intake of events: requests a second against the floor, the slow end at 16 connections, a full inbox."""

import hashlib
import json
import os
import selectors
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from config.embedded import free_port
from config.processes import Child, wait_until

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = 16
# Short rounds and many of them: the machine's own mood changes within seconds, and should fall on both sides.
SECONDS = 1.0
ROUNDS = 15
OURS = "config.wsgi:application"
FULL = int(os.environ.get("BENCH_INBOX_ROWS", "5000000"))


def run() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE webhook_floor (id bigserial PRIMARY KEY, raw bytea)")
    home = str(connection.settings_dict["NAME"])
    with beside(home) as empty_copy:
        with site("tests.performance.floor_site:application") as floor, site(OURS) as app:
            ours, floors = alternately(app, floor)
        fill_inbox(FULL)
        # Another database of the same server, so that full and empty meet the machine in the same mood.
        with site(OURS) as app, site(OURS, empty_copy) as other:
            full, empty = alternately(app, other)
    with connection.cursor() as cursor:
        # Nobody handled these events; the worker of a stage that came after would.
        cursor.execute("TRUNCATE zalo_bridge_webhookevent CASCADE")
        cursor.execute("DROP TABLE webhook_floor")
    ratio, flat = middle_ratio(ours, floors), middle_ratio(full, empty)
    p99_ms = statistics.median(our.p99_ms for our in ours)
    median = statistics.median(one.rate for one in ours)
    bad = sum(one.bad for one in [*ours, *full, *empty])
    return [
        {
            "name": "webhook: floor, one INSERT",
            "value": statistics.median(f.rate for f in floors),
            "unit": "requests/s",
        },
        {"name": "webhook: intake", "value": median, "unit": "requests/s"},
        {"name": "webhook: intake / floor", "value": ratio, "unit": "", "goal": ">= 0.8", "holds": ratio >= 0.8},
        {
            "name": "webhook: p99, 16 connections",
            "value": p99_ms,
            "unit": "ms",
            "goal": "< 50",
            "holds": p99_ms < 50,
        },
        {
            "name": f"webhook: intake with {FULL:,} events",
            "value": statistics.median(one.rate for one in full),
            "unit": "requests/s",
        },
        {
            "name": f"webhook: with {FULL:,} events / empty beside it",
            "value": flat,
            "unit": "",
            "goal": ">= 0.85",
            "holds": flat >= 0.85,
        },
        {"name": "webhook: answers other than 200", "value": bad, "unit": "", "goal": "0", "holds": bad == 0},
    ]


def alternately(one: str, other: str) -> tuple[list["Figures"], list["Figures"]]:
    pairs = [(load(one), load(other)) for _ in range(ROUNDS)]
    return [first for first, _ in pairs], [second for _, second in pairs]


def middle_ratio(ours: list["Figures"], others: list["Figures"]) -> float:
    return statistics.median(our.rate / other.rate for our, other in zip(ours, others, strict=True))


@contextmanager
def beside(home: str) -> Iterator[str]:
    """The name of a copy of this database as it is now."""
    copy = f"{home}_copy"
    connection.close()  # a database somebody uses cannot be copied
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{home}"')
    try:
        yield copy
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


@contextmanager
def site(application: str, database_name: str = "") -> Iterator[str]:
    """The same server for all: one process, eight threads; on the database of the benchmarks unless told another."""
    port = free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    name = database_name or connection.settings_dict["NAME"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "DB_CONN_MAX_AGE": "60"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.log"
        web = Child("web", [*argv, "--blocking-threads", "8", application], log, Path(folder), env)
        web.start()
        try:
            if not wait_until(lambda: listens(port), timeout_s=30):
                raise AssertionError(web.last_lines())
            yield f"127.0.0.1:{port}"
        finally:
            web.stop()


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class Figures:
    def __init__(self, took: list[float], seconds: float, bad: int):
        self.rate = len(took) / seconds
        self.p99_ms = sorted(took)[int(len(took) * 0.99)] * 1000 if took else float("inf")
        self.bad = bad


_number = int(time.time() * 1000) * 1000


def request(host: str) -> bytes:
    """A signed event of one of 500 people, as bytes on the wire. Unique, so that each is a row."""
    global _number
    _number += 1
    stamp = str(int(time.time() * 1000))
    body = json.dumps(
        {
            "app_id": settings.ZALO_APP_ID,
            "sender": {"id": str(3 * 10**18 + _number % 500)},
            "recipient": {"id": settings.ZALO_OA_ID},
            "event_name": "user_send_text",
            "message": {"text": "Tôi muốn đăng ký hỗ trợ tại nhà", "msg_id": f"b{_number}"},
            "timestamp": stamp,
        },
        ensure_ascii=False,
    ).encode()
    parts = settings.ZALO_APP_ID.encode() + body + stamp.encode() + settings.ZALO_OA_SECRET.encode()
    mac = hashlib.sha256(parts).hexdigest()
    head = (
        f"POST /zalo/webhook/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-ZEvent-Signature: mac={mac}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(host: str) -> Figures:
    """As many requests as the site answers on 16 kept connections. The client is one loop, so it costs little."""
    name, _, port = host.partition(":")
    waiting = [request(host) for _ in range(6_000)]
    selector = selectors.DefaultSelector()
    for _ in range(CONNECTIONS):
        one = socket.create_connection((name, int(port)))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ, [0.0])
        one.sendall(waiting.pop())
    started = time.perf_counter()
    end = started + SECONDS
    for key in selector.get_map().values():
        key.data[0] = started
    took: list[float] = []
    bad = 0
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(timeout=0.5):
            answer = key.fileobj.recv(4096)  # type: ignore[union-attr]
            now = time.perf_counter()
            bad += not answer.startswith(b"HTTP/1.1 200")
            took.append(now - key.data[0])
            key.data[0] = now
            key.fileobj.sendall(waiting.pop() if waiting else request(host))  # type: ignore[union-attr]
    seconds = now - started
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    selector.close()
    return Figures(took, seconds, bad)


def fill_inbox(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO zalo_bridge_webhookevent (dedupe_key, event_name, user_id, raw, headers, happened_at,"
            " received_at, state, attempts, note, deliveries)"
            " SELECT 'old:' || md5(n::text), 'user_send_text', (3000000000000000000 + n %% 20000)::text,"
            " decode(repeat(md5(n::text), 12), 'hex'), '{}', now() - n * interval '1 second',"
            " now() - n * interval '1 second', 'done', 1, '', 1 FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute("VACUUM ANALYZE zalo_bridge_webhookevent")
