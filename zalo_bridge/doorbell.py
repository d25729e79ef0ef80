"""Tells the worker, without making anybody wait, that something is waiting.

Publishing to the broker costs about a millisecond when it is well and seconds when it is not. The webhook has 2 seconds
and must not lose an event to a broker, so a thread of its own publishes, several ids in one task when they come fast.
What it loses (a killed process, a broker that is down) beat's sweeps find within seconds: the truth is in the tables.
"""

import logging
import os
import queue
import threading
import time
from collections import defaultdict

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

HANDLE_EVENTS = "zalo_bridge.tasks.handle_events"
DELIVER_MESSAGES = "zalo_bridge.tasks.deliver_messages"
# Ids per task: one task works through its ids one after another, so a long list would make the last one wait.
MOST_IDS = 10
# In a rush, ids gather for this long before they are published together; the first after a pause goes at once.
RUSH_S = 0.02
# Beyond this many unannounced ids the sweep is the better messenger.
LONGEST_QUEUE = 10_000

_waiting: queue.Queue[tuple[str, int]] = queue.Queue(maxsize=LONGEST_QUEUE)
_start = threading.Lock()
_thread: threading.Thread | None = None
_thread_of: int = 0


def ring(task: str, row_id: int) -> None:
    """Announce a row once the transaction around the caller has committed. Never blocks, never raises."""
    transaction.on_commit(lambda: _put(task, row_id), robust=True)


def _put(task: str, row_id: int) -> None:
    try:
        _waiting.put_nowait((task, row_id))
    except queue.Full:
        return
    _make_sure_somebody_listens()


def _make_sure_somebody_listens() -> None:
    """Started on first use, in this process: a thread started before a fork would not exist after it."""
    global _thread, _thread_of
    if _thread is not None and _thread_of == os.getpid() and _thread.is_alive():
        return
    with _start:
        if _thread is None or _thread_of != os.getpid() or not _thread.is_alive():
            _thread = threading.Thread(target=_publish_forever, name="doorbell", daemon=True)
            _thread_of = os.getpid()
            _thread.start()


def _publish_forever() -> None:
    last = 0.0
    while True:
        first = _waiting.get()
        if time.monotonic() - last < RUSH_S:
            time.sleep(RUSH_S)
        batches: dict[str, list[int]] = defaultdict(list)
        batches[first[0]].append(first[1])
        while True:
            try:
                task, row_id = _waiting.get_nowait()
            except queue.Empty:
                break
            batches[task].append(row_id)
        for task, row_ids in batches.items():
            _publish(task, row_ids)
        last = time.monotonic()


def _publish(task: str, row_ids: list[int]) -> None:
    try:
        for start in range(0, len(row_ids), MOST_IDS):
            current_app.send_task(task, args=[row_ids[start : start + MOST_IDS]])
    except Exception as error:
        # The rows are safe in the database and beat's sweep announces them again.
        log.warning("Broker not reachable (%s): %d ids left to the sweep", type(error).__name__, len(row_ids))
