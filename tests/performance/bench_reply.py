"""The way from a citizen's words to the answer at Zalo's door, on an idle system."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from config.processes import wait_until
from tests.stack import run_stack

TURNS = 25


def run() -> list[dict[str, Any]]:
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
        {"name": f"reply: slowest of {TURNS}", "value": max(took), "unit": "ms"},
    ]


def _database_url() -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
