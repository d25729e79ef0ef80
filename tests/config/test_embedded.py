"""PostgreSQL and Redis out of wheels: for root and others, in any locale, after any kind of end."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis

from config.embedded import Servers, ServersDoNotStart
from tests.config.family import are_gone

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("servers")  # one worker makes the cluster


@pytest.fixture
def no_servers_given(monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One cluster is made for all tests that need no new one."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture
def servers(no_servers_given, folder):
    servers = Servers(folder, durable=False)
    servers.start()
    yield servers
    servers.stop()


def test_the_database_knows_vietnamese_letters(servers):
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        assert connection.execute("SELECT lower('ĐẶNG'), upper('rượu')").fetchone() == ("đặng", "RƯỢU")
        assert len(connection.execute("SELECT show_trgm('rượu')").fetchone()[0]) == 5
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_our_role_is_no_superuser_but_may_do_what_we_need(servers):
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        for extension in ("unaccent", "pg_trgm", "btree_gist"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        connection.execute("CREATE DATABASE another")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pg_read_file('/etc/hostname')")


def test_nobody_gets_in_without_the_password(servers):
    url = urlsplit(servers.database_url)
    wrong = servers.database_url.replace(url.password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    no_password = f"redis://127.0.0.1:{urlsplit(servers.redis_url).port}"
    with pytest.raises(redis.AuthenticationError), redis.Redis.from_url(no_password) as stranger:
        stranger.ping()
    home = servers.folder / "postgres"
    for private in (home, home / "data", home / "socket", home / "password", servers.folder / "redis" / "redis.conf"):
        assert stat.S_IMODE(private.stat().st_mode) & 0o077 == 0, private


def test_a_second_start_finds_the_data_of_the_first(servers):
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    servers.stop()
    servers.start()
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_it_starts_again_after_a_kill(servers):
    for child in list(servers.children):
        os.killpg(child.process.pid, signal.SIGKILL)
    servers.stop()
    # As in a container, where numbers are few: the dead server's number is now another program's, of the same user.
    other = subprocess.Popen(["sleep", "60"], cwd="/", user="nobody" if os.geteuid() == 0 else None)
    lock = servers.folder / "postgres" / "data" / "postmaster.pid"
    lock.write_text("\n".join([str(other.pid), *lock.read_text().splitlines()[1:]]) + "\n")
    try:
        servers.start()
        psycopg.connect(servers.database_url).close()
    finally:
        other.kill()
        other.wait()


def test_nothing_runs_after_stop(servers):
    processes = [psutil.Process(child.process.pid) for child in servers.children]
    servers.stop()
    assert are_gone(processes, timeout_s=5)


def test_a_folder_too_deep_for_a_socket_gets_a_loopback_port(no_servers_given, tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    servers = Servers(deep, durable=False)
    servers.start()
    try:
        assert urlsplit(servers.database_url).hostname == "127.0.0.1"
        psycopg.connect(servers.database_url).close()
    finally:
        servers.stop()


@pytest.mark.parametrize("locale", ["C", "khong_co.that"])
def test_the_machines_locale_does_not_matter(no_servers_given, tmp_path, locale):
    program = (
        "import psycopg; from pathlib import Path; from config.embedded import Servers\n"
        "servers = Servers(Path('here'), durable=False); servers.start()\n"
        "answer = psycopg.connect(servers.database_url).execute(\"SELECT lower('ĐẶNG') = 'đặng'\").fetchone()\n"
        "servers.stop(); print(answer)"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": locale, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "(True,)", done.stderr


def test_data_of_another_major_version_is_explained(servers):
    servers.stop()
    version = servers.folder / "postgres" / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("13\n")
    try:
        with pytest.raises(ServersDoNotStart, match="do PostgreSQL 13 tạo.*make demo-reset"):
            servers.start()
    finally:
        version.write_text(ours)


def test_servers_that_are_given_are_used(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://given")
    monkeypatch.setenv("REDIS_URL", "redis://given")
    servers = Servers(tmp_path / "untouched")
    servers.start()
    assert (servers.database_url, servers.redis_url, servers.children) == ("postgres://given", "redis://given", [])
    assert not (tmp_path / "untouched").exists()
