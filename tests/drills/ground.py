"""The drill ground: PostgreSQL, Redis, web, workers, beat and the stand-in for Zalo, real processes, ours to break."""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import redis

from config.embedded import Servers, free_port
from config.processes import Child, wait_until
from tests import environment
from tests.drills import oracle
from tests.drills.visitors import Visitor, converse
from tests.stack import answers, stack_environment
from tests.zalo import Person, Zalo
from zalo_bridge.simulator.records import Identity, Options
from zalo_bridge.simulator.store import Store

ROOT = Path(__file__).resolve().parent.parent.parent
# Nothing may take longer than a minute to come right; a little more is waited to report by how much.
PATIENCE_S = 100.0
GOAL_S = 60.0
# A control has shown what it has to show by then: drills with their guards are long over.
CONTROL_PATIENCE_S = 25.0
# Conversations take as long as they take; what counts is the time from the end of the trouble until all is well.
TALK_S = 150.0
EMPTYING = tuple(f"DELETE FROM {table}" for table in ("messages", "deliveries", "calls", "faults", "people"))  # noqa: S608


@dataclass(frozen=True)
class Plan:
    """What the processes of a drill are told at their start. Drills of the same plan run on the same processes."""

    workers: int = 1
    without: tuple[str, ...] = ()
    office: bool = False
    die: str = ""
    after: int = 5
    stumbles: int = 0
    owed_twice: bool = False
    rate_per_minute: int = 0

    @property
    def leaves_nothing_behind(self) -> bool:
        return not (self.without or self.die or self.stumbles)


@dataclass
class Ground:
    folder: Path
    servers: Servers
    plan: Plan
    env: dict[str, str]
    web_port: int
    zalo: Zalo
    parts: dict[str, Child] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    numbers: int = 0
    in_order: bool = False
    unserved: int = 0
    over_at: float | None = None
    """When the trouble was over, where load went on after it (monotonic)."""

    @property
    def zalo_file(self) -> Path:
        return Path(self.env["ZALO_SIMULATOR_FILE"])

    def server(self, name: str) -> Child:
        return next(child for child in self.servers.children if child.name == name)

    def start(self) -> None:
        env = {**self.env, "DRILL_PLAN": json.dumps(vars(self.plan))}
        celery = ["-m", "celery", "-A", "tests.drills.app:celery_app"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        zalo_port, webhook = self.zalo.url.rpartition(":")[2], f"http://127.0.0.1:{self.web_port}/zalo/webhook/"
        granian = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.web_port)]
        arguments = {
            "simulator": [
                *(str(ROOT / "manage.py"), "run_simulator", "--port", zalo_port),
                *("--ladder-scale", "0.02", "--webhook", webhook),
            ],
            "web": [*granian, "--no-ws", "--blocking-threads", "8", "tests.drills.app:application"],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile", "", "--loglevel", "INFO"],
        }
        for number in range(self.plan.workers):
            # Each worker and its children are one process group: killing it leaves nothing behind.
            arguments[f"worker-{number}"] = [*celery, "worker", "-n", f"w{number}@drill", "--concurrency", "2", *quiet]
        if self.plan.office:
            arguments["clerks"] = ["-m", "tests.drills.office", "clerks"]
        for name, rest in arguments.items():
            log = self.folder / f"{name}.log"
            log.unlink(missing_ok=True)
            self.parts[name] = Child(
                name=name, argv=[sys.executable, *rest], log=log, cwd=self.folder, env=env, patience_s=5
            )
            self.parts[name].start()
        self.wait_ready()

    def clear(self, people: int) -> None:
        """As if nothing had ever been said, and so many new people."""
        for leftover in (self.folder / "died", *self.folder.glob("stumbled-*")):
            leftover.unlink(missing_ok=True)
        redis.Redis.from_url(self.servers.redis_url).flushall()
        oracle.prepare(self.servers.database_url)
        with self.zalo.store.writing() as db:
            for emptying in EMPTYING:
                db.execute(emptying)
        usual = Options()
        self.zalo.set(duplicate_percent=usual.duplicate_percent, shuffle=usual.shuffle, late_seconds=usual.late_seconds)
        self.numbers = self.unserved = 0
        self.over_at = None
        self.people = [self.zalo.person(f"Người Mẫu {number}") for number in range(people)]

    def wait_ready(self) -> None:
        def is_ready(name: str) -> bool:
            if name == "web":
                return answers(f"http://127.0.0.1:{self.web_port}/healthz")
            if name == "simulator":
                return answers(f"{self.zalo.url}/v2.0/oa/getoa")
            sign = "beat: Starting" if name == "beat" else "ready."  # celery's word, and our clerks'
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

    def converse(self) -> None:
        """Everybody registers by chat, all at the same time, and gets a visit."""
        visitors = [Visitor(person, number) for number, person in enumerate(self.people, start=1)]
        # Children may be started from the main thread only; where this is another, the main one is causing the trouble.
        may_start = threading.current_thread() is threading.main_thread()
        patience_s = TALK_S / 5 if self.plan.without else TALK_S
        converse(visitors, patience_s=patience_s, meanwhile=self.keep_alive if may_start else lambda: None)
        self.unserved = sum(not visitor.is_done for visitor in visitors)
        if (died := self.folder / "died").exists():
            self.over_at = time.monotonic() - (time.time() - float(died.read_text()))

    def wait_settled(self, patience_s: float) -> float:
        """Seconds until everything said was handled and answered, or `patience_s`."""
        started = time.monotonic()
        broken = 0
        while time.monotonic() - started < patience_s:
            self.keep_alive()
            # While a server is down there is nothing to count.
            with contextlib.suppress(psycopg.Error):
                zalo = oracle.read_zalo(self.zalo_file)
                count = self.count(zalo)
                if not zalo.waiting and count.is_clean:
                    return time.monotonic() - started
                broken = broken + 1 if not zalo.waiting and count.is_broken_for_good else 0
                if self.plan.without and broken > 5:
                    return time.monotonic() - started
            time.sleep(0.3)
        return patience_s

    def count(self, zalo: oracle.Zalo) -> oracle.Count:
        result = oracle.count(
            self.servers.database_url,
            zalo,
            office=self.plan.office,
            in_order=self.in_order,
            # The limit of a minute allows this many in five seconds, its small reserve included.
            most_in_5_s=self.plan.rate_per_minute // 12 + 10 if self.plan.rate_per_minute else None,
        )
        result.amiss["without a visit"] = self.unserved
        return result


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
        subprocess.run([sys.executable, "-m", "tests.drills.office", "prepare"], check=True, cwd=ROOT)
        yield own
    finally:
        leave_ground()
        own.stop()
        environment.leave()


# Words of the drills to run; all of them when empty.
only: list[str] = []
_standing: Ground | None = None


def ground(own: Servers, plan: Plan) -> Ground:
    """The ground of the drill before, where it has the same plan and nothing lingers; else a fresh one."""
    global _standing
    if _standing is not None and _standing.plan == plan and plan.leaves_nothing_behind:
        _standing.keep_alive()
        _standing.wait_ready()
        return _standing
    leave_ground()
    folder = own.folder / "ground"
    folder.mkdir(exist_ok=True)
    for leftover in folder.glob("zalo.sqlite3*"):
        leftover.unlink()
    oracle.forget_token(own.database_url)
    web_port, zalo_port = free_port(), free_port()
    env = stack_environment(folder, database_url=own.database_url, web_port=web_port, zalo_port=zalo_port)
    env |= {"DRILL_FOLDER": str(folder), "REDIS_URL": own.redis_url, "DB_CONN_MAX_AGE": "60"}
    if plan.rate_per_minute:
        env |= {"ZALO_RATE_PER_MINUTE": str(plan.rate_per_minute)}
    identity = Identity(
        app_id=env["ZALO_APP_ID"],
        app_secret=env["ZALO_APP_SECRET"],
        oa_id=env["ZALO_OA_ID"],
        oa_secret=env["ZALO_OA_SECRET"],
    )
    store = Store(Path(env["ZALO_SIMULATOR_FILE"]), identity)
    zalo = Zalo(store, SimpleNamespace(url=f"http://127.0.0.1:{zalo_port}"))  # type: ignore[arg-type]
    _standing = Ground(folder, own, plan, env, web_port, zalo)
    _standing.clear(0)
    _standing.start()
    return _standing


def leave_ground() -> None:
    global _standing
    if _standing is not None:
        _standing.stop()
        _standing.zalo.store.close()
        _standing = None


@contextlib.contextmanager
def without_constraint(database_url: str, table: str, name: str) -> Iterator[None]:
    """The database's own last word taken away, for a control, and given back."""
    with psycopg.connect(database_url, autocommit=True) as db:
        query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"
        definition = db.execute(query, [name]).fetchone()[0]  # type: ignore[index]
        db.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        oracle.prepare(database_url)  # what breaks the rule goes first
        with psycopg.connect(database_url, autocommit=True) as db:
            db.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def drill(
    own: Servers,
    name: str,
    disturb: Callable[[Ground], Any],
    *,
    people: int = 15,
    in_order: bool = False,
    patience_s: float = CONTROL_PATIENCE_S,
    **plan: Any,
) -> Iterator[dict[str, Any]]:
    """Run one drill. `disturb` makes the load and the trouble, and returns when the trouble is over.

    With `without`, a guard is taken out and the row holds when the drill then FAILS in the way it `shows` (lost,
    doubled, stuck, or something amiss): the control of that guard. It may take `patience_s` to fail by not recovering.
    `in_order`: nothing in this trouble excuses a change of order.
    """
    without, shows = plan.get("without", ()), plan.pop("shows", "")
    title = f"control: {name}, without {' and '.join(without)}" if without else name
    if only and not any(word in title for word in only):
        return
    here = ground(own, Plan(**plan))
    here.in_order = in_order
    here.clear(people)
    for person in here.people:
        person.follows()
    disturb(here)
    patience_s = patience_s if without else PATIENCE_S
    went_on_s = time.monotonic() - here.over_at if here.over_at else 0.0
    recovery_s = went_on_s + here.wait_settled(patience_s)
    if not without:
        # A second message would come late: look once more after the last retry had its time.
        time.sleep(1.5)
    result = here.count(oracle.read_zalo(here.zalo_file))
    # A worker that never came to the point where it was to die has shown nothing.
    has_missed = bool(here.plan.die) and not (here.folder / "died").exists()
    has_failed = not result.is_clean or recovery_s >= patience_s or has_missed
    row = {
        "name": title,
        "events": result.events,
        "lost": result.lost,
        "doubled": result.doubled,
        "stuck": result.stuck,
        "amiss": {what: number for what, number in result.amiss.items() if number},
        "recovery_s": round(recovery_s, 1),
        "holds": bool({**vars(result), **result.amiss}.get(shows))
        if without
        else not has_failed and recovery_s < GOAL_S,
    }
    print_row(row)
    if not row["holds"]:
        print(*oracle.left_over(own.database_url), sep="\n")
        leave_ground()
    yield row


def print_row(row: dict[str, Any]) -> None:
    figures = f"{row['events']:>7}{row['lost']:>6}{row['doubled']:>8}{row['stuck']:>7}{row['recovery_s']:>8} s"
    amiss = ", ".join(f"{number} {what}" for what, number in row["amiss"].items())
    print(f"{row['name'][:96]:<97}{figures}  {'yes' if row['holds'] else 'NO'}  {amiss}".rstrip(), flush=True)


def print_head() -> None:
    print(f"{'drill':<97}{'events':>7}{'lost':>6}{'doubled':>8}{'stuck':>7}{'recovery':>10}  holds", flush=True)
