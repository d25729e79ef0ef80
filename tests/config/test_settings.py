"""A wrong or missing setting stops the start with a sentence that names it."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.production import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
ON_THIS_MACHINE = {"PUBLIC_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": "127.0.0.1"}


@pytest.fixture
def settings_of(monkeypatch):
    """`settings_of(NAME="value", OTHER=None)`: the settings of a real office with these changes (None: unset)."""

    def load(**changes: str | None) -> dict[str, Any]:
        with monkeypatch.context() as environment:
            for name in list(os.environ):
                environment.delenv(name)
            for name, value in {**PRODUCTION, **changes}.items():
                if value is not None:
                    environment.setenv(name, value)
            return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return load


def test_an_office_that_sets_what_is_asked_starts(settings_of):
    settings = settings_of()
    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["ZALO_SIGNATURE"] == "enforce"
    assert settings["ZALO_SIMULATOR"] is False
    assert settings["ALLOWED_HOSTS"] == ["tannha.example.gov.vn", "127.0.0.1", "localhost", "[::1]"]


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "ZALO_APP_ID",
        "ZALO_APP_SECRET",
        "ZALO_OA_ID",
        "ZALO_OA_SECRET",
    ],
)
@pytest.mark.parametrize("value", [None, "", "   "], ids=["unset", "empty", "blank"])
def test_what_is_missing_is_named(settings_of, name, value):
    with pytest.raises(ImproperlyConfigured, match=rf"{name} is not set\. Set "):
        settings_of(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG='maybe' is neither yes nor no. Set DEBUG to 1 or 0."),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("PUBLIC_URL", "tannha.example.gov.vn", "PUBLIC_URL is not a URL starting with http:// or https://"),
        ("PUBLIC_URL", "http://tannha.example.gov.vn", "PUBLIC_URL must start with https://"),
        ("DATABASE_URL", "mysql://a@b/c", "DATABASE_URL is not a URL starting with postgres://"),
        ("DATABASE_URL", "junk", "DATABASE_URL is not a URL"),
        ("REDIS_URL", "http://127.0.0.1", "REDIS_URL is not a URL starting with redis://"),
        ("DB_CONN_MAX_AGE", "an hour", "DB_CONN_MAX_AGE='an hour' is not a whole number"),
        ("DB_CONN_MAX_AGE", "-5", "DB_CONN_MAX_AGE='-5' is not a whole number from 0"),
        ("ZALO_SIMULATOR", "1", "ZALO_SIMULATOR=1 is refused"),
        ("ZALO_API_URL", "openapi.zalo.me", "ZALO_API_URL is not a URL"),
        ("ZALO_OAUTH_URL", "ftp://oauth", "ZALO_OAUTH_URL is not a URL"),
        ("ZALO_BUSINESS_URL", "nowhere", "ZALO_BUSINESS_URL is not a URL"),
        ("ZALO_BUTTONS", "D", "ZALO_BUTTONS='D' is not one of none, A, B, C."),
        ("ZALO_SIGNATURE", "on", "ZALO_SIGNATURE='on' is not one of off, log, enforce."),
        ("ZALO_CONNECT_TIMEOUT_S", "0", "ZALO_CONNECT_TIMEOUT_S='0' is not a whole number from 1 to 30."),
        ("ZALO_READ_TIMEOUT_S", "999", "ZALO_READ_TIMEOUT_S='999' is not a whole number from 1 to 60."),
        ("ZALO_QUIET_HOURS", "at night", "ZALO_QUIET_HOURS='at night' is neither none nor hours like 22:00-06:00."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL='LOUD' is not one of DEBUG, INFO, WARNING, ERROR."),
        ("SECURE_SSL_REDIRECT", "perhaps", "SECURE_SSL_REDIRECT='perhaps' is neither yes nor no"),
        ("BEHIND_PROXY", "nginx", "BEHIND_PROXY='nginx' is neither yes nor no"),
    ],
)
def test_junk_is_refused_with_a_sentence(settings_of, name, value, sentence):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_of(**{name: value})
    assert sentence in str(refusal.value)


def test_no_secret_is_repeated_in_a_refusal(settings_of):
    for name, value in {"SECRET_KEY": "hunter2", "DATABASE_URL": "mysql://u:hunter2@h/d"}.items():
        with pytest.raises(ImproperlyConfigured) as refusal:
            settings_of(**{name: value})
        assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ZALO_APP_SECRET", "ZALO_OA_SECRET"])
def test_a_secret_may_lie_in_a_file(settings_of, tmp_path, name):
    path = tmp_path / "secret"
    path.write_text(PRODUCTION[name] + "\n")
    assert settings_of(**{name: None, f"{name}_FILE": str(path)})[name] == PRODUCTION[name]


def test_a_file_that_is_not_there_is_named(settings_of, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE points to .*, which cannot be read: No such file"):
        settings_of(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "nothing"))


def test_one_machine_needs_no_https_and_may_play_zalo(settings_of):
    settings = settings_of(**ON_THIS_MACHINE, ZALO_SIMULATOR="1")
    assert settings["DEBUG"] is False
    assert not settings["SESSION_COOKIE_SECURE"]
    assert not settings["SECURE_SSL_REDIRECT"]
    assert "zalo_bridge.simulator" in settings["INSTALLED_APPS"]


def test_a_developer_needs_only_the_two_servers(settings_of):
    nothing = dict.fromkeys(PRODUCTION)
    servers = {name: PRODUCTION[name] for name in ("DATABASE_URL", "REDIS_URL")}
    assert settings_of(**{**nothing, **servers, "DEBUG": "1"})["PUBLIC_URL"] == "http://127.0.0.1:8000"
