"""`make demo` as whoever types it sees it: greets, answers, ends everything."""

import signal
import socket
import sys
import time
from urllib.request import urlopen

import pytest

from config.embedded import free_port
from config.processes import hold
from tests.config.family import are_gone, is_alive
from tests.demo import PASSWORD, read_until

pytestmark = pytest.mark.xdist_group("demo")


def test_the_demo_greets_survives_a_kill_starts_again_and_ends_everything(demo):
    demo.run()
    if sys.platform == "linux":  # elsewhere the next start ends what was left
        family = demo.family()
        demo.process.kill()
        assert are_gone(family), [member for member in family if is_alive(member)]
        demo.process.wait()
        demo.run()

    for words in (f"{demo.url}/ho-so/", "/gia-lap/", f"Mật khẩu chung: {PASSWORD}", "quantri"):
        assert words in demo.greeting
    for page in ("/healthz", "/dang-nhap/", "/gia-lap/"):
        with urlopen(demo.url + page) as response:
            assert response.status == 200
    family = demo.family()
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

    demo.part("worker")[0].kill()
    assert "✗ worker đã dừng (bị tín hiệu SIGKILL)" in read_until(demo.process, "✗ worker")
    assert "Bật lại worker" in read_until(demo.process, "Bật lại worker")
    family += demo.family()

    demo.process.send_signal(signal.SIGTERM)
    assert "Đã dừng tất cả." in read_until(demo.process, "Đã dừng tất cả.")
    assert demo.process.wait(20) == 0
    assert [member for member in family if is_alive(member)] == []


@pytest.fixture
def ended(demo):
    """Nothing of it runs, whatever failed before."""
    demo.end()
    return demo


def test_a_busy_port_is_explained(ended):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process = ended.start(PORT=str(port))
        said = process.stdout.read()
    assert f"Không mở được cổng {port}" in said
    assert process.wait(5) == 1


def test_a_port_that_is_no_number_is_explained(ended):
    process = ended.start(PORT="tám nghìn")
    assert "không phải số cổng" in process.stdout.read()
    assert process.wait(5) == 1


def test_a_second_demo_in_the_same_folder_is_refused(ended):
    with hold(ended.var):  # as the first one does
        second = ended.start(PORT=str(free_port()))
        assert "Một bản khác đang chạy" in second.stdout.read()
        assert second.wait(5) == 1


def test_a_setting_that_is_wrong_is_shown_at_once(ended):
    started = time.monotonic()
    process = ended.start(ZALO_BUTTONS="Z")
    assert "ZALO_BUTTONS='Z' is not one of none, A, B, C." in process.stdout.read()
    assert process.wait(5) == 1
    assert time.monotonic() - started < 30
