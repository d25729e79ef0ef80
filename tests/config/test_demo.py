"""`make demo` as whoever types it sees it: greets, answers, ends everything."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from config.embedded import free_port
from config.processes import end_leftovers, hold
from tests.config.family import are_gone, is_alive

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """The folder of all demos here, so that only the first has its data to make."""
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture
def demo(var):
    """`demo(PORT="8001")` starts one; whatever a failed test leaves is ended."""
    started = []

    def start(**environ: str) -> subprocess.Popen:
        settings = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "SIMULATOR_PORT": str(free_port())}
        process = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=ROOT,
            env={**settings, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
    end_leftovers([var], patience_s=1)


def read_until(process: subprocess.Popen, words: str) -> str:
    """What it says, up to the line with these words or its end."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            break
    return "".join(said)


def test_the_demo_greets_survives_a_kill_starts_again_and_ends_everything(demo):
    port = free_port()
    environ = {"PORT": str(port), "DEMO_PASSWORD": "mat-khau-cua-toi-1"}
    process = demo(**environ)
    if sys.platform == "linux":  # elsewhere the next start ends what was left
        assert "Tận Nhà đã sẵn sàng" in read_until(process, "Dừng: Ctrl-C")
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert are_gone(family), [member for member in family if is_alive(member)]
        process = demo(**environ)

    greeting = read_until(process, "Dừng: Ctrl-C")
    for words in (f"http://127.0.0.1:{port}/ho-so/", "/gia-lap/", "Mật khẩu chung: mat-khau-cua-toi-1", "quantri"):
        assert words in greeting
    for page in ("/healthz", "/dang-nhap/", "/gia-lap/"):
        with urlopen(f"http://127.0.0.1:{port}{page}") as response:
            assert response.status == 200
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    names = " ".join(" ".join(member.cmdline()) for member in family)
    for part in (
        "postgres",
        "redis-server",
        "granian",
        "celery -A config worker",
        "celery -A config beat",
        "run_simulator",
    ):
        assert part in names

    worker = next(member for member in family if "worker" in member.cmdline())
    worker.kill()
    assert "✗ worker đã dừng (bị tín hiệu SIGKILL)" in read_until(process, "✗ worker")
    assert "Bật lại worker" in read_until(process, "Bật lại worker")
    family += psutil.Process(process.pid).children(recursive=True)

    process.send_signal(signal.SIGTERM)
    assert "Đã dừng tất cả." in read_until(process, "Đã dừng tất cả.")
    assert process.wait(20) == 0
    assert [member for member in family if is_alive(member)] == []


def test_a_busy_port_is_explained(demo):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process = demo(PORT=str(port))
        said = process.stdout.read()
    assert f"Không mở được cổng {port}" in said
    assert process.wait(5) == 1


def test_a_port_that_is_no_number_is_explained(demo):
    process = demo(PORT="tám nghìn")
    assert "không phải số cổng" in process.stdout.read()
    assert process.wait(5) == 1


def test_a_second_demo_in_the_same_folder_is_refused(demo, var):
    with hold(var):  # as the first one does
        second = demo(PORT=str(free_port()))
        assert "Một bản khác đang chạy" in second.stdout.read()
        assert second.wait(5) == 1


def test_a_setting_that_is_wrong_is_shown_at_once(demo):
    started = time.monotonic()
    process = demo(PORT=str(free_port()), ZALO_BUTTONS="Z")
    assert "ZALO_BUTTONS='Z' is not one of none, A, B, C." in process.stdout.read()
    assert process.wait(5) == 1
    assert time.monotonic() - started < 30
