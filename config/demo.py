"""`make demo`: the whole of Tận Nhà on one machine, under one roof.

Starts PostgreSQL and Redis (unless `DATABASE_URL` and `REDIS_URL` name some), prepares the data, then runs the web
server, the worker, the beat and, unless the caller points at a Zalo of their own with `ZALO_API_URL`, the simulator. A
part that dies is reported with the end of its log and started again; one that keeps dying ends the demo. Ctrl-C or
SIGTERM stops everything; should this process be killed outright, the kernel ends its children, and the next start
looks for leftovers all the same.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from config.embedded import Servers, ServersDoNotStart, free_port
from config.processes import Child, FolderIsTaken, adopt_orphans, end_descendants, end_leftovers, hold, wait_until

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
RUN = VAR / "run"
LOGS = VAR / "log"
# Who, what for, and the page to begin with.
LOGINS = [
    ("xacminh", "tiếp nhận, gọi điện, xác minh", "/ho-so/"),
    ("canbo1, canbo2 …", "đi hỗ trợ tại nhà, dùng điện thoại", "/viec-cua-toi/"),
    ("lanhdao", "xem lịch ngày, thống kê", "/lich/"),
    ("quantri", "danh mục, tài khoản, thiết lập", "/quan-tri/"),
]
MADE_BY_THE_DEMO = [
    "postgres",
    "redis",
    "run",
    "log",
    "media",
    "secret-key",
    "demo-password",
    "zalo-*-token",
    "simulator.sqlite3*",
]
RESTARTS_ALLOWED, WITHIN_S = 5, 60


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


class DemoDoesNotStart(Exception):
    """The text is for the person at the terminal."""


def say(line: str = "") -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the children still want an orderly end
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    adopt_orphans()
    servers = Servers(VAR, say=lambda line: say(f"  {line}"))
    parts: list[Child] = []
    code = 1
    held = contextlib.ExitStack()
    try:
        held.enter_context(hold(VAR))
        end_leftovers([RUN])
        port = read_port(os.environ)
        refuse_busy_port(port)
        RUN.mkdir(parents=True, exist_ok=True)
        say("Bật PostgreSQL và Redis …")
        servers.start()
        env = environment(os.environ, port=port, database_url=servers.database_url, redis_url=servers.redis_url)
        prepare(env)
        parts = parts_of_the_demo(env, port)
        for part in parts:
            part.start()
        wait_for_web(port, parts)
        greet(env, port)
        watch([*servers.children, *parts])
    except StopRequested:
        say("\nĐang dừng …")
        code = 0
    except (DemoDoesNotStart, ServersDoNotStart, FolderIsTaken) as refusal:
        say(f"\n✗ {refusal}")
    finally:
        with ignoring_signals():
            for part in parts:
                part.ask_to_stop()
            for part in parts:
                part.stop()
            servers.stop()
            end_descendants()
            held.close()
    if code == 0:
        say("Đã dừng tất cả.")
    return code


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequested


@contextlib.contextmanager
def ignoring_signals() -> Iterator[None]:
    """While everything is being stopped an impatient second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    yield


def read_port(environ: Mapping[str, str]) -> int:
    text = environ.get("PORT", "").strip() or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise DemoDoesNotStart(f"PORT={text!r} không phải số cổng. Ví dụ: PORT=8080 make demo")
    return int(text)


def refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoDoesNotStart(
                f"Không mở được cổng {port} ({error.strerror}). Chọn cổng khác, ví dụ: PORT={port + 80} make demo"
            ) from None


def kept_secret(name: str) -> str:
    """A secret of this demo: made once, then read back from `var/`."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9 if name == "demo-password" else 48))
    return path.read_text().strip()


def environment(caller: Mapping[str, str], *, port: int, database_url: str, redis_url: str) -> dict[str, str]:
    """The settings of every part: the caller's own, and where they are silent what one machine needs."""
    simulator_url = f"http://127.0.0.1:{simulator_port(caller, port)}"
    zalo_url = caller.get("ZALO_API_URL", "").strip() or simulator_url
    own_zalo = zalo_url != simulator_url
    defaults = {
        "SECRET_KEY": caller.get("SECRET_KEY") or kept_secret("secret-key"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "SECURE_SSL_REDIRECT": "0",
        "DEMO_PASSWORD": caller.get("DEMO_PASSWORD") or kept_secret("demo-password"),
        "ZALO_SIMULATOR": "0" if own_zalo else "1",
        "ZALO_APP_ID": "1000200030004000501",
        "ZALO_APP_SECRET": "demo-app-secret",
        "ZALO_OA_ID": "2000300040005000601",
        "ZALO_OA_SECRET": "demo-oa-secret",
        "OFFICE_PHONE": "0258 3000 000",
        # Nobody sleeps behind a Zalo on this machine, and whoever tries the demo at night wants to see it work.
        "ZALO_QUIET_HOURS": "none" if is_on_this_machine(zalo_url) else "",
    }
    if not own_zalo:
        defaults |= {
            "ZALO_API_URL": simulator_url,
            "ZALO_OAUTH_URL": simulator_url,
            "ZALO_BUSINESS_URL": simulator_url,
            # What authorising the app would give: the simulator issues this pair, the bridge starts with it.
            "ZALO_ACCESS_TOKEN": kept_secret("zalo-access-token"),
            "ZALO_REFRESH_TOKEN": kept_secret("zalo-refresh-token"),
        }
    silent = {name: value for name, value in defaults.items() if not (caller.get(name) or caller.get(f"{name}_FILE"))}
    fixed = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(VAR),
        "PYTHONUNBUFFERED": "1",
    }
    return {**caller, **silent, **fixed}


def is_on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def simulator_port(caller: Mapping[str, str], port: int) -> int:
    """Where the simulated Zalo listens: `SIMULATOR_PORT`, else 8011 for the web server's 8000 (two demos started
    together have two of either), else any free port.
    """
    if caller.get("SIMULATOR_PORT", "").isdigit():
        return int(caller["SIMULATOR_PORT"])
    beside = port + 11
    with contextlib.suppress(DemoDoesNotStart, OverflowError):
        refuse_busy_port(beside)
        return beside
    return free_port()


def prepare(env: dict[str, str]) -> None:
    say("Chuẩn bị dữ liệu …")
    command = [sys.executable, str(ROOT / "manage.py"), "prepare", "--demo"]
    done = subprocess.run(command, env=env, cwd=RUN, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise DemoDoesNotStart("Không chuẩn bị được dữ liệu: xem các dòng ngay trên.")


def parts_of_the_demo(env: dict[str, str], port: int) -> list[Child]:
    celery = ["-m", "celery", "-A", "config"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    granian = [
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    arguments = {
        "web": [
            *granian,
            "--workers",
            "2",
            "--blocking-threads",
            "8",
            "--workers-kill-timeout",
            "5",
            "config.wsgi:application",
        ],
        "worker": [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2", *quiet],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(RUN / "beat"), "--pidfile", ""],
    }
    if env["ZALO_SIMULATOR"] == "1":
        listen = env["ZALO_API_URL"].rpartition(":")[2]
        webhook = f"http://127.0.0.1:{port}/zalo/webhook/"
        arguments["simulator"] = [str(ROOT / "manage.py"), "run_simulator", "--port", listen, "--webhook", webhook]
    LOGS.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, rest in arguments.items():
        log = LOGS / f"{name}.log"
        log.unlink(missing_ok=True)
        parts.append(Child(name=name, argv=[sys.executable, *rest], log=log, cwd=RUN, env=env))
    return parts


def wait_for_web(port: int, parts: list[Child]) -> None:
    say("Bật trang web, bộ xử lý nền và Zalo mô phỏng …")

    def dead() -> list[Child]:
        return [part for part in parts if not part.is_running()]

    if wait_until(lambda: bool(dead()) or answers(port), timeout_s=120) and not dead():
        return
    for part in dead():
        raise DemoDoesNotStart(f"{part.name} không chạy được. Cuối nhật ký {part.log}:\n{part.last_lines(25)}")
    raise DemoDoesNotStart(f"Trang web không trả lời sau 120 giây. Xem nhật ký trong {LOGS}.")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def greet(env: Mapping[str, str], port: int) -> None:
    site = f"http://127.0.0.1:{port}"
    say()
    say("Tận Nhà đã sẵn sàng.")
    say()
    say(f"  Hồ sơ cần xử lý    {site}/ho-so/")
    say(f"  Lịch trong ngày    {site}/lich/")
    say(f"  Việc của tôi       {site}/viec-cua-toi/")
    say(f"  Thống kê           {site}/thong-ke/")
    if env["ZALO_SIMULATOR"] == "1":
        say(f"  Zalo mô phỏng      {site}/gia-lap/   (đóng vai người dân, nhắn thử)")
    say()
    say(f"  Mật khẩu chung: {env['DEMO_PASSWORD']}")
    for login, purpose, start in LOGINS:
        say(f"    {login:<18} {purpose:<36} {site}{start}")
    say()
    say(f"  Nhật ký: {LOGS}     Dừng: Ctrl-C     Làm lại từ đầu: make demo-reset")
    say()


def watch(children: list[Child]) -> None:
    """Until asked to stop: report what dies and start it again. Raises `DemoDoesNotStart` when one keeps dying."""
    deaths: dict[str, list[float]] = defaultdict(list)
    idle = threading.Event()
    while True:
        idle.wait(0.5)
        for child in children:
            code = child.exit_code()
            if code is None:
                continue
            now = time.monotonic()
            deaths[child.name] = [at for at in deaths[child.name] if now - at < WITHIN_S] + [now]
            how = f"bị tín hiệu {signal.Signals(-code).name}" if code < 0 else f"mã {code}"
            say(f"✗ {child.name} đã dừng ({how}). Cuối nhật ký {child.log}:")
            say(child.last_lines(6))
            if len(deaths[child.name]) > RESTARTS_ALLOWED:
                raise DemoDoesNotStart(
                    f"{child.name} dừng {RESTARTS_ALLOWED + 1} lần trong {WITHIN_S} giây. Đã ngừng bật lại."
                )
            say(f"  Bật lại {child.name} …")
            child.start()


def reset() -> int:
    """`make demo-reset`: forget the demo's data, secrets and logs."""
    try:
        with hold(VAR):
            for name in MADE_BY_THE_DEMO:
                for path in VAR.glob(name):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
    except FolderIsTaken as refusal:
        say(f"✗ {refusal}")
        return 1
    say("Đã xóa dữ liệu của bản chạy thử. Chạy `make demo` để tạo lại.")
    return 0


if __name__ == "__main__":
    sys.exit(reset() if sys.argv[1:] == ["reset"] else main())
