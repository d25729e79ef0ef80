"""Nothing we start outlives us, and nothing else is touched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.processes import Child, FolderIsTaken, end_leftovers, hold, wait_until
from tests.config.family import are_gone

ROOT = Path(__file__).resolve().parents[2]
# A program with a child of its own; both would run for a minute.
SLEEP = "import time; time.sleep(60)"
FAMILY = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"


@pytest.fixture
def child(tmp_path):
    child = Child("family", [sys.executable, "-c", FAMILY], tmp_path / "family.log", tmp_path, patience_s=2)
    yield child
    child.kill_group()


def family_of(child: Child) -> list[psutil.Process]:
    parent = psutil.Process(child.process.pid)
    assert wait_until(lambda: len(parent.children()) == 1, timeout_s=10)
    return [parent, *parent.children()]


def test_a_stopped_child_takes_its_own_children_along(child):
    child.start()
    family = family_of(child)
    child.stop()
    assert are_gone(family)
    assert not child.is_running()


def test_a_restart_ends_what_a_crash_left(child):
    child.start()
    family = family_of(child)
    os.kill(child.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not child.is_running(), timeout_s=10)
    assert child.exit_code() == -signal.SIGKILL
    child.start()
    assert are_gone(family)
    assert child.is_running()


def test_a_child_that_ignores_the_request_is_killed(tmp_path):
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
    child = Child("stubborn", [sys.executable, "-c", stubborn], tmp_path / "stubborn.log", tmp_path, patience_s=0.2)
    child.start()
    assert wait_until(lambda: "deaf" in child.last_lines(), timeout_s=10)
    process = psutil.Process(child.process.pid)
    child.stop()
    assert are_gone([process])


def test_the_end_of_the_log_is_there_to_read(tmp_path):
    child = Child("talker", [sys.executable, "-c", "print('một'); print('hai'); exit(3)"], tmp_path / "log", tmp_path)
    child.start()
    assert wait_until(lambda: child.exit_code() == 3, timeout_s=10)
    assert child.last_lines(1) == "hai"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children with their parent on Linux only")
def test_killing_us_outright_ends_our_children(tmp_path):
    starter = (
        "import sys, time; from pathlib import Path; from config.processes import Child\n"
        f"child = Child('sleeper', [sys.executable, '-c', {SLEEP!r}], Path('log'), Path({str(tmp_path)!r}))\n"
        "child.start(); print(child.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starter],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    sleeper = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    assert are_gone([sleeper])


def test_leftovers_in_our_folder_are_ended_and_others_are_not(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    processes = []
    for folder in (ours, theirs):
        folder.mkdir()
        processes.append(subprocess.Popen([sys.executable, "-c", SLEEP], cwd=folder))
    try:
        assert end_leftovers([ours], patience_s=5) == 1
        assert processes[0].wait(5) is not None
        assert processes[1].poll() is None
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path):
    with hold(tmp_path), pytest.raises(FolderIsTaken, match="đang chạy"), hold(tmp_path):
        pass
    with hold(tmp_path):
        pass


def test_waiting_gives_up_in_time():
    started = time.monotonic()
    assert not wait_until(lambda: False, timeout_s=0.1)
    assert time.monotonic() - started < 2
