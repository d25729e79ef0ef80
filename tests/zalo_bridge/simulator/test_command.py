"""`manage.py run_simulator`: the platform as a process of its own."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.urls import resolve

from config.embedded import free_port
from tests.zalo import Zalo
from zalo_bridge.simulator.records import Identity
from zalo_bridge.simulator.store import Store

ROOT = Path(__file__).resolve().parents[3]


class Process:
    def __init__(self, folder, port, webhook):
        self.url = f"http://127.0.0.1:{port}"
        self.command = [sys.executable, str(ROOT / "manage.py"), "run_simulator", "--port", str(port)]
        self.command += ["--file", str(folder / "zalo.sqlite3"), "--webhook", webhook, "--ladder-scale", "0.001"]
        self.env = {**os.environ, "ZALO_ACCESS_TOKEN": "first-access", "ZALO_REFRESH_TOKEN": "first-refresh"}
        self.running = None

    def start(self, **env):
        self.running = subprocess.Popen(
            self.command, env={**self.env, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/v2.0/oa/getoa", timeout=1):
                return True
        except OSError:
            return False

    def end(self, how=signal.SIGTERM):
        self.running.send_signal(how)
        self.running.stderr.close()
        return self.running.wait(10)


@pytest.fixture
def process(tmp_path, hook):
    process = Process(tmp_path / "own", free_port(), hook.url)
    yield process
    if process.running and process.running.poll() is None:
        process.running.kill()
        process.running.wait(10)


def store_of(process, zalo):
    path = process.command[process.command.index("--file") + 1]
    return Store(Path(path), Identity(**vars(zalo.store.identity)))


def test_events_survive_a_kill_of_the_platform(process, zalo, hook):
    process.start()
    zalo.wait_until(process.answers, seconds=30)
    store = store_of(process, zalo)
    assert [person.name for person in store.people()] == ["Trần Mẫu An", "Lê Mẫu Bình", "Phạm Mẫu Chi"]
    own = Zalo(store, zalo.server)
    assert own.access_token == "first-access"

    assert process.end(signal.SIGKILL) == -signal.SIGKILL
    own.person("Người Mẫu Bốn").says("Có ai không?")  # the web process writes to the file while the platform is down
    assert hook.received == []

    process.start()
    zalo.wait_until(lambda: hook.received, seconds=30)
    assert hook.received[0].json["message"]["text"] == "Có ai không?"
    assert len(store.people()) == 4
    assert process.end() == 0
    store.close()


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"ZALO_SIMULATOR": "0"}, "Unknown command: 'run_simulator'"),
        ({"PUBLIC_URL": "https://van-phong.example"}, "ZALO_SIMULATOR=1 is refused"),
    ],
)
def test_it_refuses_to_play_where_citizens_are_real(process, env, sentence):
    process.start(**env)
    _, complaint = process.running.communicate(timeout=30)
    assert process.running.returncode != 0
    assert sentence in complaint


def test_the_phones_are_nowhere_unless_switched_on():
    assert resolve("/gia-lap/")
    asking = "import django; django.setup(); from django.urls import resolve; resolve('/gia-lap/')"
    env = {**os.environ, "ZALO_SIMULATOR": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", asking], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Resolver404" in done.stderr


def test_a_busy_port_is_explained(process, zalo):
    process.command[process.command.index("--port") + 1] = zalo.url.rpartition(":")[2]
    process.start()
    _, complaint = process.running.communicate(timeout=30)
    assert "cannot be used" in complaint
