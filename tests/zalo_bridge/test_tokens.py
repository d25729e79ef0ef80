import io
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.zalo_bridge.conftest import MORNING
from zalo_bridge import health, incidents, tokens, vault
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import OACredential
from zalo_bridge.simulator import tokens as zalo_tokens

pytestmark = pytest.mark.django_db

OAUTH = "/v4/oa/access_token"


def due_soon() -> None:
    OACredential.objects.update(expires_at=timezone.now() + timedelta(hours=1))


def test_the_first_pair_comes_from_the_environment_and_is_stored_encrypted(zalo, settings):
    assert tokens.access_token() == settings.ZALO_ACCESS_TOKEN
    stored = OACredential.objects.get()
    assert settings.ZALO_ACCESS_TOKEN.encode() not in bytes(stored.access_token)


def test_without_any_token_sending_stops_and_says_why(settings):
    settings.ZALO_ACCESS_TOKEN = settings.ZALO_REFRESH_TOKEN = ""
    with pytest.raises(TokenUnusable):
        tokens.access_token()
    assert incidents.open_incidents().get().channel == "all"
    assert not next(check for check in health.health() if check.name == "zalo-token").ok


def test_a_pair_is_refreshed_ahead_of_time_and_the_old_one_kept(zalo):
    old = tokens.access_token()
    assert not tokens.refresh_if_due()
    due_soon()
    assert tokens.refresh_if_due()
    credential = OACredential.objects.get()
    assert tokens.access_token() == zalo.access_token != old
    assert vault.unseal(credential.previous_access_token) == old
    assert not tokens.refresh_if_due()


def test_an_idle_office_still_refreshes_within_a_day(zalo):
    tokens.access_token()
    with time_machine.travel(timezone.now() + timedelta(hours=21), tick=True):
        assert tokens.refresh_if_due()


@pytest.mark.parametrize("fault", [{"http": 502}, {"html": True}, {"cut": True}])
def test_trouble_at_zalos_login_keeps_the_old_pair_and_tries_again(zalo, fault):
    old = tokens.access_token()
    due_soon()
    zalo.fail_next(OAUTH, **fault)
    assert not tokens.refresh_if_due()
    assert tokens.access_token() == old
    assert not OACredential.objects.get().needs_reauthorisation
    assert not incidents.open_incidents().exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert tokens.refresh_if_due()


@pytest.mark.parametrize("reuse", ["error", "empty"])
def test_a_refresh_token_spent_elsewhere_asks_for_a_person(zalo, settings, reuse):
    zalo.set(refresh_reuse=reuse)
    tokens.access_token()
    zalo_tokens.refresh(zalo.store, settings.ZALO_REFRESH_TOKEN)  # staging had a copy
    due_soon()
    assert not tokens.refresh_if_due()
    assert OACredential.objects.get().needs_reauthorisation
    assert incidents.open_incidents().get().cause == "token"
    with pytest.raises(TokenUnusable):
        tokens.access_token()


def test_an_unspent_pair_survives_a_wrong_app_secret(zalo, settings):
    tokens.access_token()
    due_soon()
    right, settings.ZALO_APP_SECRET = settings.ZALO_APP_SECRET, "wrong"
    assert not tokens.refresh_if_due()
    assert not OACredential.objects.get().needs_reauthorisation
    settings.ZALO_APP_SECRET = right
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert tokens.refresh_if_due()


def test_the_key_can_be_changed_in_use(zalo, settings):
    settings.ZALO_TOKEN_KEYS = ["old key"]
    token = tokens.access_token()
    settings.ZALO_TOKEN_KEYS = ["new key", "old key"]
    assert tokens.access_token() == token
    call_command("zalo_tokens", "--reseal", stdout=io.StringIO())
    settings.ZALO_TOKEN_KEYS = ["new key"]
    assert tokens.access_token() == token
    settings.ZALO_TOKEN_KEYS = ["another key"]
    with pytest.raises(TokenUnusable, match="khóa"):
        tokens.access_token()


def test_a_pair_can_be_pasted_and_is_not_printed(zalo, monkeypatch):
    access, refresh = zalo_tokens.issue_pair(zalo.store)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{access}\n{refresh}\n"))
    out = io.StringIO()
    call_command("zalo_tokens", "--paste", stdout=out)
    assert tokens.access_token() == access
    assert access not in out.getvalue()
    assert "hết hạn" in out.getvalue()


def test_a_fresh_token_that_zalo_refuses_is_not_spent_in_a_circle(zalo):
    tokens.access_token()
    due_soon()
    tokens.refresh_if_due()
    with pytest.raises(TokenUnusable):
        tokens.refresh_after_refusal(tokens.access_token())
    assert len(zalo.calls(OAUTH)) == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def refresh_in_threads(self, count: int) -> None:
        refused = tokens.access_token()
        barrier = threading.Barrier(count, timeout=10)

        def body() -> None:
            barrier.wait()
            try:
                tokens.refresh_after_refusal(refused)
            except TokenUnusable:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=body) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()

    def test_eight_workers_make_one_refresh(self, zalo):
        self.refresh_in_threads(8)
        assert len(zalo.calls(OAUTH)) == 1
        assert tokens.access_token() == zalo.access_token

    def test_without_the_turn_the_grant_is_lost(self, zalo, monkeypatch):
        """The control: two refreshes with one refresh token, and Zalo ends the grant."""

        @contextmanager
        def everybodys(*args, **kwargs):
            yield True

        monkeypatch.setattr(tokens, "turn", everybodys)
        zalo.fail_next(OAUTH, delay=1, times=8)
        self.refresh_in_threads(8)
        assert len(zalo.calls(OAUTH)) > 1


def test_the_new_pair_is_committed_before_anybody_uses_it(zalo, monkeypatch):
    """If storing fails, the caller gets an error and not a token that nobody else knows."""

    def fail(**kwargs):
        raise RuntimeError("disk full")

    with time_machine.travel(MORNING, tick=True):
        refused = tokens.access_token()
        due_soon()
        monkeypatch.setattr(tokens, "store_pair", fail)
        with pytest.raises(RuntimeError):
            tokens.refresh_after_refusal(refused)
