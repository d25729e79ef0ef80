import json

import pytest
from django.db import DatabaseError, connections


def checks_of(response) -> dict[str, dict]:
    return {check["name"]: check for check in json.loads(response.content)["checks"]}


def test_healthz_answers_without_a_database(client):
    """No `db` fixture: a query would fail the test."""
    assert client.get("/healthz").json() == {"ok": True}


def test_readyz_is_well_once_a_token_is_there(client, db, settings):
    settings.ZALO_ACCESS_TOKEN = "seeded"
    response = client.get("/readyz")
    assert response.status_code == 200, response.content.decode()
    assert {"database", "broker", "zalo-token", "zalo-inbox", "zalo-outbox"} <= set(checks_of(response))


def test_readyz_says_that_the_token_is_missing(client, db):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert checks_of(response)["zalo-token"] == {"name": "zalo-token", "ok": False, "detail": "chưa có token Zalo"}


def test_readyz_says_that_redis_is_gone(client, db, settings):
    settings.ZALO_ACCESS_TOKEN = "seeded"
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert checks_of(response)["broker"]["detail"] == "không kết nối được Redis"
    assert checks_of(response)["database"]["ok"]


def test_readyz_says_that_the_database_is_gone(client, db, settings, monkeypatch):
    def refuse(*args: object) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(connections["default"], "cursor", refuse)
        response = client.get("/readyz")
    assert response.status_code == 503
    assert checks_of(response)["database"]["detail"] == "không kết nối được PostgreSQL"


def test_a_stranger_cannot_take_the_site_out_of_service(client, db, settings):
    settings.ZALO_ACCESS_TOKEN = "seeded"
    client.post("/zalo/webhook/", data=b'{"event_name":"follow"}', content_type="application/json")
    response = client.get("/readyz")
    assert response.status_code == 200, response.content.decode()
    assert not checks_of(response)["zalo-quarantine"]["ok"]


@pytest.mark.parametrize("page", ["/healthz", "/readyz"])
def test_health_pages_need_no_sign_in_and_are_never_cached(client, db, page):
    response = client.get(page)
    assert response.status_code in (200, 503)
    assert "no-store" in response["Cache-Control"]
