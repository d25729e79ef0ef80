"""Draining a full outbox with real workers against a stand-in that answers in 20 ms."""

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
from zalo_bridge.models import Contact, OACredential, OutboundMessage

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = int(os.environ.get("BENCH_OUTBOX_ROWS", "10000"))
ANSWER_S = 0.02
# The limit of the vendor for one app: 10,000 messages take two and a half minutes at best.
PER_MINUTE = int(os.environ.get("BENCH_OUTBOX_PER_MINUTE", "4000"))


def run() -> Iterator[dict[str, Any]]:
    _owe(MESSAGES)
    cache.clear()
    try:
        yield from _drain()
    finally:
        # The stand-in takes any token; whoever measures next must not find this one.
        OutboundMessage.objects.filter(kind="bench").delete()
        OACredential.objects.all().delete()


def _drain() -> Iterator[dict[str, Any]]:
    with _stand_in() as (url, answered), _workers(url) as workers:
        if not wait_until(lambda: answered() >= MESSAGES * 0.02, timeout_s=60):
            raise AssertionError(workers[0].last_lines(30))
        first, started = answered(), time.monotonic()
        wait_until(lambda: answered() >= MESSAGES, timeout_s=300)
        rate = (answered() - first) / (time.monotonic() - started)
        share = rate / (PER_MINUTE / 60)
        yield {"name": "outbox: drained by 2 workers", "value": rate, "unit": "messages/s"}
        yield {
            "name": f"outbox: of the rate limit ({PER_MINUTE:,} a minute)",
            "value": share,
            "unit": "",
            "goal": ">= 0.8",
            "holds": share >= 0.8,
        }
        waiting = OutboundMessage.objects.filter(kind="bench", state__in=OutboundMessage.WAITING_STATES)
        # The last answers are written down after they were given.
        wait_until(lambda: not waiting.exists(), timeout_s=30)
    sent = OutboundMessage.objects.filter(kind="bench", state=OutboundMessage.State.SENT).count()
    yield {"name": "outbox: messages sent", "value": sent, "unit": "", "goal": f"{MESSAGES}", "holds": sent == MESSAGES}
    calls = answered()
    yield {"name": "outbox: calls made", "value": calls, "unit": "", "goal": f"{MESSAGES}", "holds": calls == MESSAGES}


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


def _database_url() -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
