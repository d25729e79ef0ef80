"""Draining a full outbox with real workers, and the way from an event to its answer, through real Redis and worker."""

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from config.processes import Child, wait_until
from tests.stack import run_stack
from zalo_bridge.models import Contact, OutboundMessage

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = int(os.environ.get("BENCH_OUTBOX_ROWS", "10000"))
ANSWER_S = 0.02
# The limit of the vendor for one app: 10,000 messages take two and a half minutes at best.
PER_MINUTE = int(os.environ.get("BENCH_OUTBOX_PER_MINUTE", "4000"))
TURNS = 25


def run() -> list[dict[str, Any]]:
    # In this order: the stand-in of the drain takes any token, the simulator only those it knows.
    return [*_latency(), *_drain()]


def _drain() -> list[dict[str, Any]]:
    _owe(MESSAGES)
    cache.clear()
    with _stand_in() as (url, answered), _workers(url) as workers:
        if not wait_until(lambda: answered() >= MESSAGES * 0.02, timeout_s=60):
            raise AssertionError(workers[0].last_lines(30))
        first, started = answered(), time.monotonic()
        wait_until(lambda: answered() >= MESSAGES, timeout_s=300)
        rate = (answered() - first) / (time.monotonic() - started)
    sent = OutboundMessage.objects.filter(kind="bench", state=OutboundMessage.State.SENT).count()
    share = rate / (PER_MINUTE / 60)
    OutboundMessage.objects.filter(kind="bench").delete()
    return [
        {"name": "outbox: messages sent", "value": sent, "unit": "", "goal": f"{MESSAGES}", "holds": sent == MESSAGES},
        {
            "name": "outbox: calls made",
            "value": answered(),
            "unit": "",
            "goal": f"{MESSAGES}",
            "holds": answered() == MESSAGES,
        },
        {"name": "outbox: drained by 2 workers", "value": rate, "unit": "messages/s"},
        {
            "name": f"outbox: of the rate limit ({PER_MINUTE:,} a minute)",
            "value": share,
            "unit": "",
            "goal": ">= 0.8",
            "holds": share >= 0.8,
        },
    ]


def _owe(count: int) -> None:
    now = timezone.now()
    people = [
        Contact(oa_id=settings.ZALO_OA_ID, user_id=str(4 * 10**18 + n), last_interaction_at=now) for n in range(count)
    ]
    OutboundMessage.objects.bulk_create(
        [
            OutboundMessage(
                contact=contact, kind="bench", dedupe_key=f"bench:{n}", payload={"text": "Nhắc hẹn"}, is_reply=True
            )
            for n, contact in enumerate(Contact.objects.bulk_create(people))
        ],
        batch_size=1000,
    )


@contextlib.contextmanager
def _stand_in() -> Iterator[tuple[str, Any]]:
    """The cheapest Zalo there can be: success after 20 ms, whatever the message. In threads of this process."""
    lock, count = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 64 * 1024  # head and body in one packet, or the client's acknowledgement is waited for

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(ANSWER_S)
            with lock:
                count[0] += 1
                body = b'{"error":0,"message":"Success","data":{"message_id":"b%d"}}' % count[0]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lambda: count[0]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def _workers(zalo_url: str) -> Iterator[list[Child]]:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": _database_url(),
        "ZALO_API_URL": zalo_url,
        "ZALO_ACCESS_TOKEN": "a",
        "ZALO_REFRESH_TOKEN": "r",
        "ZALO_RATE_PER_MINUTE": str(PER_MINUTE),
        "ZALO_OA_RATE_PER_MINUTE": str(PER_MINUTE),
        "DB_CONN_MAX_AGE": "60",
        "LOG_LEVEL": "WARNING",
    }
    celery = ["-m", "celery", "-A", "config"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        arguments = {
            "worker-0": [*celery, "worker", "-n", "w0@bench", "--pool", "threads", "--concurrency", "8", *quiet],
            "worker-1": [*celery, "worker", "-n", "w1@bench", "--pool", "threads", "--concurrency", "8", *quiet],
            "beat": [*celery, "beat", "--schedule", str(home / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
        }
        children = [
            Child(name=name, argv=[sys.executable, *rest], log=home / f"{name}.log", cwd=home, env=env)
            for name, rest in arguments.items()
        ]
        try:
            for child in children:
                child.start()
            yield children
        finally:
            for child in children:
                child.stop()


def _latency() -> list[dict[str, Any]]:
    """From the citizen's message to the answer at Zalo's door: webhook, Redis, worker, conversation, Redis, worker."""
    took = []
    with tempfile.TemporaryDirectory() as folder, run_stack(Path(folder), database_url=_database_url()) as stack:
        person = stack.zalo.person("Người Mẫu Một")
        person.follows()
        if not wait_until(lambda: bool(person.inbox()), timeout_s=30):
            raise AssertionError(stack.parts["worker"].last_lines(30))
        for number in range(TURNS):
            time.sleep(0.2)
            before, started = len(person.inbox()), time.perf_counter()
            person.says(f"xin chào {number}")
            while len(person.inbox()) == before and time.perf_counter() - started < 10:
                time.sleep(0.003)
            took.append((time.perf_counter() - started) * 1000)
    median = sorted(took)[len(took) // 2]
    return [
        {"name": "reply: median, idle system", "value": median, "unit": "ms", "goal": "< 150", "holds": median < 150},
        {"name": "reply: slowest of 25", "value": max(took), "unit": "ms"},
    ]


def _database_url() -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
