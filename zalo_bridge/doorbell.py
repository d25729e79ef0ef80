"""Tells the worker, without making anybody wait, that something is waiting.

Publishing to the broker costs about a millisecond when it is well and seconds when it is not. The webhook has 2 seconds
and must not lose an event to a broker, so a thread of its own publishes, several ids in one task when they come fast.
What it loses (a killed process, a broker that is down) beat's sweeps find within seconds: the truth is in the tables.
"""

import logging
import math
import os
import queue
import threading
import time
from collections import defaultdict
from functools import partial

from celery import current_app
from django.db import connection, transaction

log = logging.getLogger(__name__)

HANDLE_EVENTS = "zalo_bridge.tasks.handle_events"
DELIVER_MESSAGES = "zalo_bridge.tasks.deliver_messages"
# Ids per task: one task works through its ids one after another, so a long list would make the last one wait.
FEW_IDS = 10
# What has gathered goes out in at most this many tasks: publishing one costs more than storing an event, and
# in such a rush the workers are behind anyway.
MOST_TASKS = 2
# Ids gather for this long before they are published together, longer in a rush; the first after a pause goes at once.
GATHER_S, GATHER_IN_A_RUSH_S = 0.02, 0.1
# Beyond this many unannounced ids the sweep is the better messenger.
LONGEST_QUEUE = 10_000

_waiting: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
_thread: threading.Thread | None = None
_start = threading.Lock()


def ring(task: str, row_id: int) -> None:
    """Announce a row once the transaction around the caller has committed. Never blocks, never raises."""
    if connection.in_atomic_block:
        transaction.on_commit(partial(_put, task, row_id), robust=True)
    else:
        _put(task, row_id)


def _put(task: str, row_id: int) -> None:
    if _waiting.qsize() < LONGEST_QUEUE:
        _waiting.put((task, row_id))
    if _thread is None:
        _start_publishing()


def _start_publishing() -> None:
    global _thread
    with _start:
        if _thread is None:
            _thread = threading.Thread(target=_publish_forever, name="doorbell", daemon=True)
            _thread.start()


def _start_anew() -> None:
    """In the child of a fork, where the thread does not exist: what waits here, the parent publishes."""
    global _waiting, _thread, _start
    _waiting, _thread, _start = queue.SimpleQueue(), None, threading.Lock()


os.register_at_fork(after_in_child=_start_anew)


def _publish_forever() -> None:
    last, gather_s = 0.0, GATHER_S
    while True:
        first = _waiting.get()
        if time.monotonic() - last < gather_s:
            time.sleep(gather_s)
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
        is_rush = any(len(row_ids) > FEW_IDS for row_ids in batches.values())
        gather_s = GATHER_IN_A_RUSH_S if is_rush else GATHER_S
        last = time.monotonic()


def _publish(task: str, row_ids: list[int]) -> None:
    size = max(FEW_IDS, math.ceil(len(row_ids) / MOST_TASKS))
    try:
        for start in range(0, len(row_ids), size):
            current_app.send_task(task, args=[row_ids[start : start + size]])
    except Exception as error:
        # The rows are safe in the database and beat's sweep announces them again.
        log.warning("Broker not reachable (%s): %d ids left to the sweep", type(error).__name__, len(row_ids))
