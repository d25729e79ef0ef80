"""What this machine gives at best: the floor under every other figure here. Facts, no goals."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction

from config.embedded import free_port
from config.processes import Child, wait_until

ROOT = Path(__file__).resolve().parents[2]


def run() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, words text)")
        question = median_ms(lambda: cursor.execute("SELECT 1"), times=500)
        commit = median_ms(lambda: write_one(cursor), times=200)
        cursor.execute("DROP TABLE floor")
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        ping = median_ms(client.ping, times=500)
    return [
        {"name": "floor: PostgreSQL answers SELECT 1", "value": question, "unit": "ms"},
        {"name": "floor: PostgreSQL commits one row", "value": commit, "unit": "ms"},
        {"name": "floor: Redis answers PING", "value": ping, "unit": "ms"},
        {"name": "floor: web server answers /healthz", "value": healthz_rate(), "unit": "requests/s"},
        {"name": "floor: cores", "value": os.cpu_count(), "unit": ""},
    ]


def write_one(cursor: Any) -> None:
    with transaction.atomic():
        cursor.execute("INSERT INTO floor (words) VALUES ('một dòng')")


def median_ms(action: Callable[[], object], *, times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[times // 2] * 1000


def healthz_rate(*, clients: int = 4, seconds: float = 3) -> float:
    """Requests a second that `clients` keep-alive connections get from one worker. The clients share the machine."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "SECURE_SSL_REDIRECT": "0"}
        log = Path(folder) / "web.log"
        web = Child("web", [*argv, "--blocking-threads", "4", "config.wsgi:application"], log, Path(folder), env)
        web.start()
        try:
            if not wait_until(lambda: answers(port), timeout_s=30):
                raise AssertionError(web.last_lines())
            counts: list[int] = []
            deadline = time.monotonic() + seconds
            threads = [threading.Thread(target=lambda: counts.append(ask(port, deadline))) for _ in range(clients)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return sum(counts) / seconds
        finally:
            web.stop()


def answers(port: int) -> bool:
    try:
        return one_answer(HTTPConnection("127.0.0.1", port, timeout=2)) == 200
    except OSError:
        return False


def ask(port: int, deadline: float) -> int:
    connection, count = HTTPConnection("127.0.0.1", port, timeout=10), 0
    while time.monotonic() < deadline:
        assert one_answer(connection) == 200
        count += 1
    connection.close()
    return count


def one_answer(connection: HTTPConnection) -> int:
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    return response.status
