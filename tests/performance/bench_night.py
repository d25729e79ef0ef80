"""The chores of a night beside a million registrations: each has to end long before the worker breaks it off."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registrations import erasure, retention
from tests.performance.volume import large_database

PEOPLE = 500


def run() -> Iterator[dict[str, Any]]:
    most = settings.CELERY_TASK_SOFT_TIME_LIMIT / 2
    now = timezone.now()
    with large_database():
        for name, chore, wanted in (
            (f"night: {PEOPLE} people whose time is over erased",
             lambda: retention.erase_expired(now=now, limit=PEOPLE), PEOPLE),
            ("night: last words to the erased emptied", lambda: erasure.erase_last_words(now=now), 0),
        ):  # fmt: skip
            done, took = undone(chore)
            holds = took < most and done >= wanted
            yield {"name": name, "value": round(took, 1), "unit": "s", "goal": f"< {most:.0f}", "holds": holds}


def undone(chore: Callable[[], int]) -> tuple[int, float]:
    """How many it did and how long it took; then as if it had not been: the database serves other measurements."""
    with transaction.atomic():
        began = time.perf_counter()
        done = chore()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return done, took
