"""`make demo` for the tests: one, as a process of its own, in a folder of this run.

The story is played in it and its own tests end it: it is every process we have, and starting them twice costs twice.
Tests with it are of one group (`pytestmark = pytest.mark.xdist_group("demo")`), which one worker runs in order.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.embedded import free_port
from config.processes import end_leftovers
from tests.stack import ROOT

READY = "Dừng: Ctrl-C"  # in the last line of the greeting
PASSWORD = "mat-khau-cua-toi-1"


class Demo:
    """`greeting` is what it said when it was last started."""

    def __init__(self, var: Path):
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.greeting = ""
        self._started: list[subprocess.Popen[str]] = []

    @property
    def process(self) -> subprocess.Popen[str]:
        return self._started[-1]

    def start(self, **environ: str) -> subprocess.Popen[str]:
        """`start(PORT="8001")`: one more, as its caller's environment says; perhaps it refuses."""
        own = {"PATH": os.environ["PATH"], "VAR_DIR": str(self.var), "SIMULATOR_PORT": str(free_port())}
        process = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=ROOT,
            env={**own, "PORT": str(self.port), "DEMO_PASSWORD": PASSWORD, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        self._started.append(process)
        return process

    def run(self) -> None:
        """Until it is ready; the one that runs, if there is one."""
        if not self._started or self.process.poll() is not None:
            self.greeting = read_until(self.start(), READY)
            assert READY in self.greeting, self.greeting

    def family(self) -> list[psutil.Process]:
        """Everything it has started, itself first."""
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def part(self, name: str) -> list[psutil.Process]:
        """The processes of one part: worker, beat, run_simulator."""
        found = []
        for member in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):  # it may end as we look
                if name in member.cmdline():
                    found.append(member)
        return found

    def end(self) -> None:
        """However far it has come."""
        for process in self._started:
            process.kill()
            process.wait()
            process.stdout.close()
        end_leftovers([self.var], patience_s=1)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What it says, up to the line with these words or its end."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            break
    return "".join(said)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Not running before somebody says `run`; only the first start has its data to make."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "var")
    yield demo
    demo.end()
