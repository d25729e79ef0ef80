"""Redis, PostgreSQL and the web server stopped, emptied and killed in the middle of a burst."""

import threading
import time
from typing import Any

import redis

from config.embedded import Servers
from tests.drills.ground import Ground, drill


def _during(here: Ground, trouble: Any, *, count: int = 60, over_s: float = 3.0) -> None:
    """The burst goes on while `trouble` happens after a third of it. Children start from this, the main thread."""
    talking = threading.Thread(target=here.talk, args=(count,), kwargs={"over_s": over_s})
    talking.start()
    time.sleep(over_s / 3)
    trouble(here)
    talking.join()


def _restart_redis(here: Ground) -> None:
    child = here.server("redis")
    child.kill_group()
    time.sleep(2)
    child.start()


def _flush_redis(here: Ground) -> None:
    redis.Redis.from_url(here.servers.redis_url).flushall()


def _restart_postgres(here: Ground) -> None:
    child = here.server("postgres")
    child.stop()
    time.sleep(1)
    child.start()


def _crash_postgres(here: Ground) -> None:
    child = here.server("postgres")
    child.kill_group()
    child.start()


def _kill_web(here: Ground) -> None:
    here.parts["web"].kill_group()
    time.sleep(1)
    here.parts["web"].start()


def run(own: Servers) -> list[dict[str, Any]]:
    return [
        drill(own, "Redis killed and restarted", lambda here: _during(here, _restart_redis)),
        drill(own, "Redis flushed", lambda here: _during(here, _flush_redis)),
        drill(own, "PostgreSQL restarted", lambda here: _during(here, _restart_postgres)),
        drill(own, "PostgreSQL killed", lambda here: _during(here, _crash_postgres)),
        drill(own, "web server killed during a burst", lambda here: _during(here, _kill_web)),
    ]
