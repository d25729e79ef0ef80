import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.factories.zalo_bridge import text_event
from tests.zalo_bridge.conftest import settle
from zalo_bridge.models import WebhookEvent
from zalo_bridge.signature import mac_of

pytestmark = pytest.mark.django_db

URL = "/zalo/webhook/"
USER = "3000400050006000701"


def signed(body: bytes, settings: Any, *, secret: str = "", app_id: str = "", timestamp: str = "") -> dict[str, str]:
    """The signature as the vendor documents it, computed here on its own."""
    stamp = timestamp or str(json.loads(body).get("timestamp", ""))
    parts = (
        (app_id or settings.ZALO_APP_ID).encode() + body + stamp.encode() + (secret or settings.ZALO_OA_SECRET).encode()
    )
    return {"X-ZEvent-Signature": "mac=" + hashlib.sha256(parts).hexdigest()}


def post(client: Client, body: bytes, headers: dict[str, str] | None = None, path: str = URL, **extra: Any) -> int:
    return client.post(path, data=body, content_type="application/json", headers=headers or {}, **extra).status_code


def test_the_published_test_vector_fits():
    raw = b'{"app_id":"111","timestamp":"1700000000000"}'
    mac = mac_of(app_id="111", raw=raw, timestamp="1700000000000", secret="k")
    assert mac == "c7b1931c88eb0fcd69df6bb670ce24d34b5e216cffd7359bccdfa1e3f539e894"


def test_a_signed_event_is_stored_before_the_200(client, settings):
    body = json.dumps(text_event(USER, "rượu")).encode()
    assert post(client, body, signed(body, settings)) == 200
    event = WebhookEvent.objects.get()
    assert (event.state, event.user_id, bytes(event.raw)) == ("received", USER, body)


def test_the_address_without_the_slash_takes_posts_too(client, settings):
    body = json.dumps(text_event(USER)).encode()
    assert post(client, body, signed(body, settings), path="/zalo/webhook") == 200
    assert WebhookEvent.objects.count() == 1


def test_intake_is_one_statement_of_its_own_and_no_session_user_or_other_query(
    client, settings, django_assert_num_queries
):
    body = json.dumps(text_event(USER)).encode()
    headers = signed(body, settings)
    with django_assert_num_queries(0):
        post(client, body, headers)
    assert WebhookEvent.objects.count() == 1


def test_a_redelivery_is_counted_and_not_stored_again(client, settings):
    body = json.dumps(text_event(USER)).encode()
    for number in range(4):
        assert post(client, body, {**signed(body, settings), "num_retry": str(number)}) == 200
    assert WebhookEvent.objects.get().deliveries == 4


def test_a_redelivery_with_other_white_space_is_the_same_event(client, settings):
    event = text_event(USER)
    for body in (json.dumps(event).encode(), json.dumps(event, indent=2).encode()):
        post(client, body, signed(body, settings))
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("body", [b"{}", b"", b"null", b"[]", b"\xff\xfe\x00", b"not json", b'{"a":' * 3000, b"1e999"])
def test_probes_and_garbage_are_answered_and_dropped(client, body):
    assert post(client, body) == 200
    assert not WebhookEvent.objects.exists()


def test_five_megabytes_are_answered_and_dropped(client, settings):
    body = json.dumps(text_event(USER, "x" * 5_000_000)).encode()
    assert post(client, body, signed(body, settings)) == 200
    body = b"x" * 7_000_000
    assert post(client, body) == 200
    assert not WebhookEvent.objects.exists()


def test_a_get_is_refused_politely(client):
    assert client.get(URL).status_code == 405


def test_an_unsigned_event_is_kept_apart_and_never_acted_on(client, ears):
    body = json.dumps(text_event(USER)).encode()
    assert post(client, body) == 200
    settle()
    assert WebhookEvent.objects.get().state == "quarantined"
    assert ears.events == []


def test_a_forgery_does_not_take_the_place_of_the_real_event(client, settings, ears):
    body = json.dumps(text_event(USER, "hủy")).encode()
    post(client, body, {"X-ZEvent-Signature": "mac=" + "0" * 64})
    post(client, body, signed(body, settings))
    settle()
    assert ears.texts == ["hủy"]


def test_the_sample_zalo_signs_for_another_account_is_ignored(client, settings, ears):
    event = text_event(USER, "This is testing message", recipient={"id": "999"}, sender={"id": "888"})
    event["message"]["msg_id"] = "This is message id"
    body = json.dumps(event).encode()
    assert post(client, body, signed(body, settings)) == 200
    settle()
    assert WebhookEvent.objects.get().state == "ignored"
    assert ears.events == []


def test_another_app_is_never_believed_even_without_signature_checks(client, settings, ears):
    settings.ZALO_SIGNATURE = "off"
    body = json.dumps(text_event(USER, app_id="666")).encode()
    assert post(client, body) == 200
    settle()
    assert WebhookEvent.objects.get().state == "quarantined"
    assert ears.events == []


@pytest.mark.parametrize("mode", ["off", "log"])
def test_the_gentler_modes_let_an_unsigned_event_through(client, settings, ears, mode):
    settings.ZALO_SIGNATURE = mode
    post(client, json.dumps(text_event(USER)).encode())
    settle()
    assert ears.kinds == ["text"]


def test_a_wrong_key_is_named(client, settings):
    body = json.dumps(text_event(USER)).encode()
    post(client, body, signed(body, settings, secret=settings.ZALO_APP_SECRET))
    assert "App secret" in WebhookEvent.objects.get().note
    assert settings.ZALO_APP_SECRET not in WebhookEvent.objects.get().note


def test_the_quarantine_is_capped(client, settings):
    settings.ZALO_QUARANTINE_CAP = 3
    for _ in range(6):
        assert post(client, json.dumps(text_event(USER)).encode()) == 200
    assert WebhookEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_without_a_database_zalo_is_asked_to_come_again(client, settings):
    """The one case that must not be answered 200: nothing is stored."""
    body = json.dumps(text_event(USER)).encode()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE zalo_bridge_webhookevent RENAME TO away")
    try:
        assert post(client, body, signed(body, settings)) == 503
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO zalo_bridge_webhookevent")
    assert post(client, body, signed(body, settings)) == 200
