"""The whole system as real processes: web server, worker, beat, and Zalo's stand-in. For benches and drills."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

from django.conf import settings
from django.core.cache import cache

from config.embedded import free_port
from config.processes import Child, wait_until
from tests.zalo import Zalo
from zalo_bridge.simulator.store import store_from_settings

ROOT = Path(__file__).resolve().parent.parent
STARTUP_S = 120  # a limit for the busiest machine; usually three


@dataclass
class Stack:
    """`parts` by name: web, worker, beat, simulator. Kill one with `kill`, bring it back with `start`."""

    url: str
    zalo: Zalo
    parts: dict[str, Child]

    def kill(self, name: str) -> None:
        """kill -9, the whole group: what a power cut or the kernel's memory killer does."""
        self.parts[name].kill_group()

    def start(self, name: str) -> None:
        self.parts[name].start()
        self.wait_ready(name)

    def wait_ready(self, *names: str) -> None:
        """Until these parts do their work. Fails with the end of the log of one that died."""
        for name in names:
            part = self.parts[name]
            ready = wait_until(
                lambda name=name: self.is_ready(name) or not self.parts[name].is_running(), timeout_s=STARTUP_S
            )
            if not ready or not part.is_running():
                raise AssertionError(f"{name} did not start:\n{part.last_lines(40)}")

    def is_ready(self, name: str) -> bool:
        if name == "web":
            return answers(f"{self.url}/healthz")
        if name == "simulator":
            return answers(f"{self.zalo.url}/v2.0/oa/getoa")
        sign = {"worker": "ready.", "beat": "beat: Starting"}[name]
        return sign in self.parts[name].log.read_text(errors="replace")


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def stack_environment(folder: Path, *, database_url: str, web_port: int, zalo_port: int) -> dict[str, str]:
    zalo_url = f"http://127.0.0.1:{zalo_port}"
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "ZALO_API_URL": zalo_url,
        "ZALO_OAUTH_URL": zalo_url,
        "ZALO_BUSINESS_URL": zalo_url,
        "ZALO_SIMULATOR_FILE": str(folder / "zalo.sqlite3"),
        "ZALO_ACCESS_TOKEN": "first-access-token",
        "ZALO_REFRESH_TOKEN": "first-refresh-token",
        # Whatever the hour of the test run, notices go out.
        "ZALO_QUIET_HOURS": "none",
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "INFO",
    }


@contextlib.contextmanager
def run_stack(folder: Path, *, database_url: str) -> Iterator[Stack]:
    """Start all parts in parallel, wait until all are ready, end them in the end. `folder` holds logs and Zalo's file.

    The Redis database of this process (`REDIS_URL`) is emptied first: tasks of earlier tests must not run here.
    """
    web_port, zalo_port = free_port(), free_port()
    url = f"http://127.0.0.1:{web_port}"
    env = stack_environment(folder, database_url=database_url, web_port=web_port, zalo_port=zalo_port)
    celery = ["-m", "celery", "-A", "config"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    granian = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web_port), "--no-ws"]
    run_simulator = [str(ROOT / "manage.py"), "run_simulator", "--port", str(zalo_port), "--ladder-scale", "0.01"]
    arguments = {
        "simulator": [*run_simulator, "--webhook", f"{url}/zalo/webhook/"],
        "web": [*granian, "--blocking-threads", "8", "--workers-kill-timeout", "2", "config.wsgi:application"],
        "worker": [*celery, "worker", "--concurrency", "2", *quiet],
        "beat": [*celery, "beat", "--schedule", str(folder / "beat"), "--pidfile", "", "--loglevel", "INFO"],
    }
    parts = {
        name: Child(
            name=name, argv=[sys.executable, *rest], log=folder / f"{name}.log", cwd=folder, env=env, patience_s=5
        )
        for name, rest in arguments.items()
    }
    store = store_from_settings(settings, Path(env["ZALO_SIMULATOR_FILE"]))
    cache.clear()  # Django empties the whole Redis database, the broker's lists included
    stack = Stack(url, Zalo(store, SimpleNamespace(url=env["ZALO_API_URL"])), parts)
    try:
        for part in parts.values():
            part.start()
        stack.wait_ready(*parts)
        yield stack
    finally:
        for part in parts.values():
            part.ask_to_stop()
        for part in parts.values():
            part.stop()
        store.close()
