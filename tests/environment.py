"""What the environment says while tests run. A pytest plugin, loaded before Django reads its settings.

The tests run as production does (DEBUG off), with the stand-in for Zalo switched on. Where `DATABASE_URL` or
`REDIS_URL` is unset, servers are started in `var/test` for the length of the run; where it is set, a database
`test_<name>` is made beside the one it names, and the Redis database it names is emptied again and again.

`python -m tests.environment COMMAND …` runs a manage.py command in the same environment.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import execute_from_command_line

from config.collector import spare_what_stays
from config.embedded import Servers
from config.processes import FolderIsTaken, hold

VAR = Path(__file__).resolve().parent.parent / "var"
FOR_TESTS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "SECRET_KEY": "a-secret-of-the-tests-that-guards-nothing-at-all",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "SECURE_SSL_REDIRECT": "0",
    "BEHIND_PROXY": "0",
    "ZALO_SIMULATOR": "1",
    "ZALO_SIGNATURE": "enforce",
    "ZALO_BUTTONS": "none",
    "ZALO_APP_ID": "1000200030004000501",
    "ZALO_APP_SECRET": "test-app-secret",
    "ZALO_OA_ID": "2000300040005000601",
    "ZALO_OA_SECRET": "test-oa-secret",
    # Where nobody listens: a test that forgets to point at the simulator fails at once instead of calling Zalo.
    "ZALO_API_URL": "http://127.0.0.1:9",
    "ZALO_OAUTH_URL": "http://127.0.0.1:9",
    "ZALO_BUSINESS_URL": "http://127.0.0.1:9",
    "ZALO_ACCESS_TOKEN": "",
    "ZALO_REFRESH_TOKEN": "",
    "OFFICE_PHONE": "0258 3000 000",
    "LOG_LEVEL": "WARNING",
    "DB_CONN_MAX_AGE": "60",
    # Dozens of processes are started; each would compile all our code again where the machine says not to keep it.
    "PYTHONDONTWRITEBYTECODE": "",
}
# Redis has 16 databases unless told otherwise; the workers of pytest-xdist take every fourth, from the given one on.
REDIS_DATABASES, REDIS_STRIDE = 16, 4

_running = contextlib.ExitStack()


def enter(purpose: str = "test", *, durable: bool = False) -> None:
    """Set the environment and see to the two servers, in `var/<purpose>`. Call `leave` when done.

    `durable`: PostgreSQL waits for the disk as it does in production; tests have nothing to lose and do not.
    """
    os.environ.update(FOR_TESTS)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["REDIS_URL"] = redis_url_of(os.environ["REDIS_URL"], int(worker.removeprefix("gw")))
        return
    servers = Servers(hold_a_folder(purpose), durable=durable)
    _running.callback(servers.stop)
    servers.start()
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = servers.database_url, servers.redis_url


def leave() -> None:
    _running.close()


def hold_a_folder(purpose: str) -> Path:
    """`var/<purpose>`, or a numbered one beside it while another run holds it."""
    for number in range(1, 20):
        folder = VAR / (f"{purpose}-{number}" if number > 1 else purpose)
        with contextlib.suppress(FolderIsTaken):
            _running.enter_context(hold(folder))
            return folder
    raise FolderIsTaken(f"twenty runs at once in {VAR}")


def redis_url_of(url: str, worker: int) -> str:
    parts = urlsplit(url)
    database = (int(parts.path.strip("/") or 0) + REDIS_STRIDE * worker) % REDIS_DATABASES
    return parts._replace(path=f"/{database}").geturl()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    enter()
    return (yield)


def pytest_collection_finish() -> None:
    # What is loaded by now stays until the end: the collector of circular garbage need not walk through it each time.
    gc.collect()
    spare_what_stays()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure() -> None:
    leave()


if __name__ == "__main__":
    enter()
    try:
        execute_from_command_line(["manage.py", *sys.argv[1:]])
    finally:
        leave()
