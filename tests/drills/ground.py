"""The drill ground: PostgreSQL, Redis, web, workers, beat and the stand-in for Zalo, real processes, ours to break."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from config.embedded import Servers, free_port
from config.processes import Child, wait_until
from tests import environment
from tests.drills import oracle
from tests.stack import answers, stack_environment
from tests.zalo import Person, Zalo
from zalo_bridge.simulator.records import Identity
from zalo_bridge.simulator.store import Store

ROOT = Path(__file__).resolve().parent.parent.parent
# Nothing may take longer than a minute to come right; a little more is waited to report by how much.
PATIENCE_S = 100.0
GOAL_S = 60.0
# A control has shown what it has to show by then.
CONTROL_PATIENCE_S = 45.0


@dataclass
class Ground:
    folder: Path
    servers: Servers
    env: dict[str, str]
    web_port: int
    zalo: Zalo
    parts: dict[str, Child] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    numbers: int = 0

    @property
    def zalo_file(self) -> Path:
        return Path(self.env["ZALO_SIMULATOR_FILE"])

    def server(self, name: str) -> Child:
        return next(child for child in self.servers.children if child.name == name)

    def start(self, *, workers: int, without: tuple[str, ...], die: str = "", after: int = 1) -> None:
        env = {**self.env, "DRILL_PLAN": json.dumps({"without": without, "die": die, "after": after})}
        celery = ["-m", "celery", "-A", "tests.drills.app:celery_app"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        zalo_port, webhook = self.zalo.url.rpartition(":")[2], f"http://127.0.0.1:{self.web_port}/zalo/webhook/"
        granian = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.web_port)]
        arguments = {
            "simulator": [
                *(str(ROOT / "manage.py"), "run_simulator", "--port", zalo_port),
                *("--ladder-scale", "0.02", "--webhook", webhook),
            ],
            "web": [*granian, "--no-ws", "--blocking-threads", "4", "tests.drills.app:application"],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile", "", "--loglevel", "INFO"],
        }
        for number in range(workers):
            # Each worker and its children are one process group: killing it leaves nothing behind.
            arguments[f"worker-{number}"] = [*celery, "worker", "-n", f"w{number}@drill", "--concurrency", "2", *quiet]
        for name, rest in arguments.items():
            log = self.folder / f"{name}.log"
            log.unlink(missing_ok=True)
            self.parts[name] = Child(
                name=name, argv=[sys.executable, *rest], log=log, cwd=self.folder, env=env, patience_s=5
            )
            self.parts[name].start()
        self.wait_ready()

    def wait_ready(self) -> None:
        def is_ready(name: str) -> bool:
            if name == "web":
                return answers(f"http://127.0.0.1:{self.web_port}/healthz")
            if name == "simulator":
                return answers(f"{self.zalo.url}/v2.0/oa/getoa")
            sign = "beat: Starting" if name == "beat" else "ready."
            log = self.parts[name].log
            return log.exists() and sign in log.read_text(errors="replace")

        for name in self.parts:
            if not wait_until(lambda name=name: is_ready(name), timeout_s=120):
                raise AssertionError(f"{name} did not start:\n{self.parts[name].last_lines(30)}")

    def stop(self) -> None:
        for part in self.parts.values():
            part.ask_to_stop()
        for part in self.parts.values():
            part.stop()
        self.parts.clear()

    def keep_alive(self) -> None:
        """What systemd does in an office: a part that died is started again."""
        for part in self.parts.values():
            if not part.is_running():
                part.start()

    def talk(self, count: int, *, over_s: float = 0.0) -> None:
        """`count` texts from random people, each text unique, spread over some time."""
        for _ in range(count):
            self.numbers += 1
            random.choice(self.people).says(f"tin {self.numbers}")
            if over_s:
                time.sleep(over_s / count)

    def wait_settled(self, patience_s: float = PATIENCE_S) -> float:
        """Seconds until everything said was handled and answered, or `patience_s`."""
        started = time.monotonic()
        while time.monotonic() - started < patience_s:
            self.keep_alive()
            with contextlib.suppress(Exception):
                if not oracle.undelivered_events(self.zalo_file) and self.count().is_clean:
                    return time.monotonic() - started
            time.sleep(0.3)
        return patience_s

    def count(self) -> oracle.Count:
        return oracle.count(self.servers.database_url, self.zalo_file)


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis of the drills' own, whatever the caller's environment names: they will be stopped."""
    os.environ.update(environment.FOR_TESTS)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    own = Servers(environment.hold_a_folder("drills"), durable=True)
    own.start()
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = own.database_url, own.redis_url
    try:
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"], check=True, cwd=ROOT)
        yield own
    finally:
        own.stop()
        environment.leave()


@contextlib.contextmanager
def ground(own: Servers, *, people: int) -> Iterator[Ground]:
    folder = own.folder / "ground"
    folder.mkdir(exist_ok=True)
    for leftover in (*folder.glob("zalo.sqlite3*"), folder / "died"):
        leftover.unlink(missing_ok=True)
    oracle.prepare(own.database_url)
    web_port, zalo_port = free_port(), free_port()
    env = stack_environment(folder, database_url=own.database_url, web_port=web_port, zalo_port=zalo_port)
    env |= {"DRILL_FOLDER": str(folder), "REDIS_URL": own.redis_url, "DB_CONN_MAX_AGE": "60"}
    identity = Identity(
        app_id=env["ZALO_APP_ID"],
        app_secret=env["ZALO_APP_SECRET"],
        oa_id=env["ZALO_OA_ID"],
        oa_secret=env["ZALO_OA_SECRET"],
    )
    store = Store(Path(env["ZALO_SIMULATOR_FILE"]), identity)
    zalo = Zalo(store, SimpleNamespace(url=f"http://127.0.0.1:{zalo_port}"))  # type: ignore[arg-type]
    here = Ground(folder, own, env, web_port, zalo)
    here.people = [zalo.person(f"Người Mẫu {number}") for number in range(people)]
    try:
        yield here
    finally:
        here.stop()
        store.close()


def drill(
    own: Servers,
    name: str,
    disturb: Callable[[Ground], Any],
    *,
    people: int = 20,
    workers: int = 1,
    without: tuple[str, ...] = (),
    die: str = "",
    after: int = 5,
) -> dict[str, Any]:
    """Run one drill. `disturb` makes the load and the trouble, and returns when the trouble is over.

    With `without`, a guard is taken out and the row holds when the drill then FAILS: the control of that guard.
    """
    with ground(own, people=people) as here:
        here.start(workers=workers, without=without, die=die, after=after)
        for person in here.people:
            person.follows()
        disturb(here)
        patience_s = CONTROL_PATIENCE_S if without else PATIENCE_S
        recovery_s = here.wait_settled(patience_s)
        # A second message would come late: look once more after the last retry had its time.
        time.sleep(1.5)
        result = here.count()
        left_over = [] if result.is_clean else oracle.left_over(own.database_url)
    is_control = bool(without)
    broke = not result.is_clean or recovery_s >= patience_s
    row = {
        "name": f"control: {name}, without {', '.join(without)}" if is_control else name,
        "events": result.events,
        "lost": result.lost,
        "doubled": result.doubled,
        "stuck": result.stuck,
        "recovery_s": round(recovery_s, 1),
        "holds": broke if is_control else result.is_clean and recovery_s < GOAL_S,
    }
    print_row(row)
    if not row["holds"]:
        print(*left_over, sep="\n")
    return row


def print_row(row: dict[str, Any]) -> None:
    figures = f"{row['events']:>7}{row['lost']:>6}{row['doubled']:>8}{row['stuck']:>7}{row['recovery_s']:>8} s"
    print(f"{row['name'][:86]:<88}{figures}  {'yes' if row['holds'] else 'NO'}", flush=True)


def print_head() -> None:
    print(f"{'drill':<88}{'events':>7}{'lost':>6}{'doubled':>8}{'stuck':>7}{'recovery':>10}  holds", flush=True)
