"""The worker (and the web server) of a drill: the real application with a listener that can be counted.

`DRILL_PLAN` (JSON) says where to die (`die`, after how many passes `after`) and which guards to take out (`without`).
Nothing of this is in the application: points are reached by wrapping its functions from outside.
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
from zalo_bridge import client, delivery, envelope, listeners, notes, outbox, receipts, tokens  # noqa: E402
from zalo_bridge.events import EventKind, InboundEvent  # noqa: E402

__all__ = ["application", "celery_app"]

PLAN: dict[str, Any] = json.loads(os.environ.get("DRILL_PLAN", "{}"))
FOLDER = Path(os.environ["DRILL_FOLDER"])
ANSWER = "Đã nhận: "
_passes = 0
commits_early = False


def hear(event: InboundEvent) -> None:
    """A row per handling and a notice owed per text. The table has no constraint that could hide a second handling."""
    if event.kind is not EventKind.TEXT:
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_handled (event_id, words) VALUES (%s, %s)", [event.id, event.text])
    # The key must not repair what handling twice would break, so it differs each time.
    key = f"answer:{event.id}:{uuid.uuid4().hex}"
    outbox.enqueue(
        kind="answer", dedupe_key=key, contact=event.contact, text=ANSWER + event.text, subject=f"drill:{event.id}"
    )
    if commits_early:
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
    if _passes < PLAN.get("after", 1):
        return
    with contextlib.suppress(FileExistsError):
        os.close(os.open(FOLDER / "died", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        (FOLDER / "died").write_text(str(time.time()))
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _wrap_sending() -> None:
    real = client.send_chat

    def send_chat(token: str, body: dict[str, Any]) -> client.Answer:
        die_at("claim-send")
        answer = real(token, body)
        die_at("send-record")
        return answer

    client.send_chat = send_chat


@contextlib.contextmanager
def _everybodys_turn(*args: Any, **kwargs: Any) -> Any:
    yield True


def _take_out(guard: str) -> None:
    """Each guard as it would be missing, for the controls."""
    if guard == "look before sending again":
        delivery.lookup._find = lambda *args, **kwargs: None
    elif guard == "claim before sending":
        delivery.claim = _claim_nothing
    elif guard == "one transaction per event":
        globals()["commits_early"] = True
    elif guard == "believe the echo":
        receipts.note_echo = lambda **kwargs: notes.Verdict.done()
    elif guard == "one refresh at a time":
        tokens.turn = _everybodys_turn
        tokens.SETTLING = tokens.timedelta(0)
    elif guard == "stored once":
        envelope._dedupe_key = lambda *args: uuid.uuid4().hex
    else:
        raise ValueError(guard)


def _claim_nothing(message: Any) -> bool:
    """Nothing is written down before the call."""
    message.attempts += 1
    return True


listeners._event_listeners[:] = [hear]
listeners._undelivered_listeners[:] = [hear_undelivered]
_wrap_sending()
for _guard in PLAN.get("without", []):
    _take_out(_guard)
