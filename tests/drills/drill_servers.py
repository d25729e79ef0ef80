"""Redis, PostgreSQL and the web server stopped, emptied and killed while citizens register and clerks work."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import redis

from config.embedded import Servers
from tests.drills.ground import Ground, drill

# Everybody is in the middle of their conversation by then.
BEGUN_S = 1.5


def _during(trouble: Callable[[Ground], None], load: Callable[[Ground], None] = Ground.converse) -> Any:
    """The load goes on while `trouble` happens. Children start from this, the main thread."""

    def disturb(here: Ground) -> None:
        talking = threading.Thread(target=load, args=(here,))
        talking.start()
        time.sleep(BEGUN_S)
        trouble(here)
        here.over_at = time.monotonic()
        talking.join()

    return disturb


def _burst(here: Ground) -> None:
    here.talk(60, over_s=3.0)


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


def run(own: Servers) -> Iterator[dict[str, Any]]:
    redis_gone, postgres_gone = "Redis killed and restarted", "PostgreSQL restarted"
    yield from drill(own, redis_gone, _during(_restart_redis), office=True)
    yield from drill(own, "Redis flushed", _during(_flush_redis), office=True)
    yield from drill(own, postgres_gone, _during(_restart_postgres), office=True)
    yield from drill(own, "PostgreSQL killed", _during(_crash_postgres), office=True)
    yield from drill(own, "web server killed during a burst", _during(_kill_web), office=True)
    yield from drill(own, redis_gone, _during(_restart_redis, _burst), without=("sweep of the inbox",), shows="stuck")
    yield from drill(
        own, postgres_gone, _during(_restart_postgres, _burst), without=("200 only for what is stored",), shows="lost"
    )
