"""The life of access and refresh tokens, and the consent page of an OA administrator."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.zalo import later
from zalo_bridge.simulator import tokens


def test_a_live_token_opens_the_api(api):
    answer = api.get("/v2.0/oa/getoa")
    assert answer["error"] == 0
    assert answer["data"]["oaid"] == api.zalo.store.identity.oa_id
    assert answer["data"]["oa_type"] == 4


@pytest.mark.parametrize("token", ["", "never-issued"])
def test_an_unknown_token_gets_minus_216(api, token):
    assert api.get("/v2.0/oa/getoa", token=token)["error"] == -216


def test_an_expired_token_gets_minus_216_and_a_refreshed_one_works(api, zalo):
    old = zalo.access_token
    zalo.expire_token()
    assert api.get("/v2.0/oa/getoa", token=old)["error"] == -216
    pair = api.refresh(zalo.refresh_token).json()
    assert pair["expires_in"] == "90000"
    assert api.get("/v2.0/oa/getoa", token=pair["access_token"])["error"] == 0


def test_the_business_host_says_minus_124_instead(api):
    assert api.get("/message/quota", token="never-issued")["error"] == -124


def test_an_access_token_lives_25_hours(api, zalo):
    with later(hours=24.9):
        assert api.get("/v2.0/oa/getoa")["error"] == 0
    with later(hours=25.1):
        assert api.get("/v2.0/oa/getoa")["error"] == -216


@pytest.mark.parametrize(("reuse", "body"), [("error", '"error": -14014'), ("empty", "")])
def test_a_refresh_token_works_once(api, zalo, reuse, body):
    zalo.set(refresh_reuse=reuse)
    first = zalo.refresh_token
    assert api.refresh(first).json()["refresh_token"] != first
    again = api.refresh(first)
    assert again.status_code == 200
    assert body in again.text
    assert bool(again.text) == bool(body)


def test_of_many_who_refresh_at_once_one_wins(api, zalo):
    first = zalo.refresh_token
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(api.refresh(first).json())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("access_token" in answer for answer in answers) == 1
    assert sum(answer.get("error") == -14014 for answer in answers) == 7


def test_a_refresh_token_dies_after_three_months(api, zalo):
    with later(hours=91 * 24):
        assert api.refresh(zalo.refresh_token).json()["error"] == -14014


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"app_id": "1"}, -14002), ({"refresh_token": "x"}, -14014), ({"grant_type": "password"}, -118)],
)
def test_a_wrong_refresh_is_refused_with_the_name_of_the_error(api, zalo, changes, error):
    answer = api.refresh(zalo.refresh_token, **changes).json()
    assert answer["error"] == error
    assert answer["error_name"]


def test_the_app_secret_must_be_right(api, zalo):
    form = {"app_id": zalo.store.identity.app_id, "grant_type": "refresh_token", "refresh_token": zalo.refresh_token}
    headers = {"secret_key": zalo.store.identity.oa_secret}
    answer = requests.post(f"{zalo.url}/v4/oa/access_token", data=form, headers=headers, timeout=5).json()
    assert answer["error"] == -14004


def grant(zalo, **changes):
    """What the administrator's browser does: sees the page, presses the button."""
    query = {
        "app_id": zalo.store.identity.app_id,
        "redirect_uri": "http://127.0.0.1:1/back",
        "code_challenge": tokens.challenge_of("v" * 43),
        "state": "s-1",
        **changes,
    }
    page = requests.get(f"{zalo.url}/v4/oa/permission", params=query, timeout=5)
    if "Cho phép" not in page.text:
        return page.json()
    back = requests.post(page.url, allow_redirects=False, timeout=5)
    assert back.status_code == 302
    return {key: values[0] for key, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def spend(zalo, code, verifier="v" * 43):
    form = {
        "app_id": zalo.store.identity.app_id,
        "code": code,
        "grant_type": "authorization_code",
        "code_verifier": verifier,
    }
    headers = {"secret_key": zalo.store.identity.app_secret}
    return requests.post(f"{zalo.url}/v4/oa/access_token", data=form, headers=headers, timeout=5).json()


def test_an_administrator_grants_and_the_code_becomes_tokens_once(api, zalo):
    back = grant(zalo)
    assert back["state"] == "s-1"
    assert back["oa_id"] == zalo.store.identity.oa_id
    pair = spend(zalo, back["code"])
    assert api.get("/v2.0/oa/getoa", token=pair["access_token"])["error"] == 0
    assert spend(zalo, back["code"])["error"] == -118


def test_the_code_needs_the_verifier_of_its_challenge(zalo):
    answer = spend(zalo, grant(zalo)["code"], verifier="w" * 43)
    assert (answer["error"], answer["error_name"]) == (-14003, "Invalid code verifier")


def test_a_grant_without_pkce_is_fine_when_no_challenge_was_sent(zalo):
    assert "access_token" in spend(zalo, grant(zalo, code_challenge="")["code"], verifier="")


def test_a_code_dies_after_ten_minutes(zalo):
    code = grant(zalo)["code"]
    with later(hours=601 / 3600):
        assert spend(zalo, code)["error"] == -118


def test_only_the_callback_of_the_console_may_come_back(zalo):
    zalo.set(callback_url="https://van-phong.example/zalo/callback/")
    assert grant(zalo)["error"] == -14003
    assert grant(zalo, redirect_uri="https://van-phong.example/zalo/callback/")["code"]


def test_the_page_of_an_unknown_app_is_refused(zalo):
    assert grant(zalo, app_id="42")["error"] == -14002


def test_a_wrong_appsecret_proof_is_refused(api):
    answer = api.request("GET", "/v2.0/oa/getoa", headers={"appsecret_proof": "00"}).json()
    assert answer["error"] == -242
    answer = api.request("GET", "/message/quota", headers={"appsecret_proof": "00"}).json()
    assert answer["error"] == -1241
