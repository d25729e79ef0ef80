"""The worker (and the web server) of a drill: the real application with a listener that can be counted.

`DRILL_PLAN` (JSON) says whether the office's own conversation answers or an echo (`office`), where to die (`die`, after
how many passes `after`), which events fail the first time (`stumbles`: every so many), whether two callers owe each
notice (`owed_twice`), and which guards to take out (`without`). Nothing of this is in the application: points are
reached by wrapping its functions from outside.
"""

import contextlib
import json
import os
import signal
import time
import uuid
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from config.celery import app as celery_app  # noqa: E402
from config.wsgi import application  # noqa: E402
from tests.drills import guards  # noqa: E402
from zalo_bridge import client, listeners, outbox  # noqa: E402
from zalo_bridge.events import EventKind, InboundEvent  # noqa: E402

__all__ = ["application", "celery_app"]

PLAN: dict[str, Any] = json.loads(os.environ.get("DRILL_PLAN", "{}"))
FOLDER = Path(os.environ["DRILL_FOLDER"])
ANSWER, REMINDER = "Đã nhận: ", "Nhắc: "
_passes = 0


def note(event: InboundEvent) -> None:
    """A row per handling. The table has no constraint that could hide a second one."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_handled (event_id, words) VALUES (%s, %s)", [event.id, event.text])


def echo(event: InboundEvent) -> None:
    """A notice owed per text."""
    if event.kind is not EventKind.TEXT:
        return
    note(event)
    if PLAN.get("stumbles") and event.id % PLAN["stumbles"] == 0 and first_time(f"stumbled-{event.id}"):
        raise RuntimeError("the first try of this event fails")
    # The key must not repair what handling twice would break, so it differs each time.
    key, subject = f"answer:{event.id}:{uuid.uuid4().hex}", f"drill:{event.id}"
    outbox.enqueue(kind="answer", dedupe_key=key, contact=event.contact, text=ANSWER + event.text, subject=subject)
    for _ in range(2 if PLAN.get("owed_twice") else 0):
        notice = {"kind": "reminder", "dedupe_key": f"remind:{event.id}", "text": REMINDER + event.text}
        outbox.enqueue(contact=event.contact, subject=subject, **notice)
    if guards.commits_early:
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
            cursor.execute("BEGIN")
    die_at("handling")


def hear_undelivered(undelivered: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_calls (subject) VALUES (%s)", [undelivered.subject])


def die_at(point: str) -> None:
    """kill -9 of this worker, whole, at the planned pass. Once per drill: the file remembers it over the restart."""
    global _passes
    if PLAN.get("die") != point:
        return
    _passes += 1
    if _passes >= PLAN.get("after", 1) and first_time("died"):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def first_time(what: str) -> bool:
    """True once per drill, whichever process asks."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(FOLDER / what, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        (FOLDER / what).write_text(str(time.time()))
        return True
    return False


def _wrap_sending() -> None:
    real = client.send_chat

    def send_chat(token: str, body: dict[str, Any]) -> client.Answer:
        die_at("claim-send")
        answer = real(token, body)
        die_at("send-record")
        return answer

    client.send_chat = send_chat


if PLAN.get("office"):
    # The office's own listeners stay; ours only counts, and dies where planned, around them.
    listeners._event_listeners[:] = [note, *listeners._event_listeners, lambda event: die_at("handling")]
else:
    listeners._event_listeners[:] = [echo]
    listeners._undelivered_listeners[:] = [hear_undelivered]
_wrap_sending()
for _guard in PLAN.get("without", []):
    guards.TAKE_OUT[_guard]()
