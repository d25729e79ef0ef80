"""Child processes that never outlive us: each in its own process group, with a log file, ended as a group."""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LAUNCHER = Path(__file__).with_name("launch.py")
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Child:
    """A program we run beside us.

    `argv[0]` is an absolute path; `cwd` a folder of ours under `var/` (see `end_leftovers`). `stop_signal` asks it to
    end (and is what it gets should we die first); what is left of its group after `patience_s` seconds is killed.
    `before_start` runs before each start, also a restart.
    """

    name: str
    argv: Sequence[str]
    log: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    as_nobody: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    patience_s: float = 10
    before_start: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again: what a crash left of its group is ended first. Call from the main thread only
        (the kernel ties the child's life to the thread that starts it)."""
        self.kill_group()
        if self.before_start:
            self.before_start()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(self.stop_signal))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*launch, "nobody" if self.as_nobody else "same", *self.argv],
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # a Ctrl-C in the terminal is for us alone; we end the children in order
            )

    def exit_code(self) -> int | None:
        """None while it runs; minus the signal number when a signal ended it."""
        return self.process.poll() if self.process else None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """End it and everything in its group; returns when all are gone."""
        self.ask_to_stop()
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience_s)
        self.kill_group()

    def kill_group(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, for a person to read."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 8192))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])


class FolderIsTaken(Exception):
    """Another run works in this folder."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other runs out of `folder`. The lock goes with the process, however it ends. Raises `FolderIsTaken`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderIsTaken(
                f"Một bản khác đang chạy trong {folder}. Hãy dừng bản đó (Ctrl-C) rồi chạy lại."
            ) from None
        yield


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent died, so that none can slip away (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants(patience_s: float = 3) -> None:
    """End every process that descends from us, adopted ones included."""
    descendants = psutil.Process().children(recursive=True)
    for process in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(descendants, patience_s)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, patience_s)


def end_leftovers(folders: Iterable[Path], patience_s: float = 10) -> int:
    """End what an earlier run, killed outright, left running: every process that works in one of `folders`.

    Returns how many there were. All our children work in a folder under `var/`, and nobody else does.
    """
    roots = [folder.resolve() for folder in folders]
    leftovers = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            place = Path(process.cwd())
            if process.pid != os.getpid() and any(place.is_relative_to(root) for root in roots):
                leftovers.append(process)
    for process in leftovers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(leftovers, patience_s)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, patience_s)
    return len(leftovers)


def wait_until(is_so: Callable[[], bool], *, timeout_s: float, step_s: float = 0.05) -> bool:
    """Ask again and again; False when it never became so."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(step_s)
    return True
