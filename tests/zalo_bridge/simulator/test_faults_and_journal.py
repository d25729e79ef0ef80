"""What can be made to go wrong, and what the journal remembers of every call."""

import time

import pytest
import requests

from tests.zalo import later

CS = "/v3.0/oa/message/cs"


def test_an_error_code_comes_once_with_http_200(api, zalo):
    mot = zalo.person(follows=True)
    zalo.fail_next(CS, error=-230)
    answer = api.say(mot)
    assert answer["error"] == -230
    assert answer["message"]
    assert mot.inbox() == []
    assert api.say(mot)["error"] == 0


def test_a_fault_can_last_until_healed_and_keeps_to_its_path(api, zalo):
    mot = zalo.person(follows=True)
    zalo.fail_next("/v3.0/*", error=-200, times=None)
    assert [api.say(mot)["error"] for _ in range(3)] == [-200] * 3
    assert api.get("/v2.0/oa/getoa")["error"] == 0
    zalo.heal()
    assert api.say(mot)["error"] == 0


def test_a_fault_can_be_for_one_person(api, zalo):
    mot, hai = zalo.person(follows=True), zalo.person(follows=True)
    zalo.fail_next(CS, error=-244, person=mot, times=None)
    assert (api.say(mot)["error"], api.say(hai)["error"]) == (-244, 0)


def test_n_calls_fail_and_no_more(api, zalo):
    zalo.fail_next(error=-32, times=2)
    assert [api.get("/v2.0/oa/getoa")["error"] for _ in range(3)] == [-32, -32, 0]


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"http": 500}, 500, "Internal"),
        ({"html": True}, 502, "<html>"),
        ({"html": True, "http": 200}, 200, "<html>"),
        ({"empty": True}, 200, ""),
    ],
)
def test_answers_that_are_no_json(api, zalo, fault, status, body):
    zalo.fail_next(**fault)
    answer = api.request("GET", "/v2.0/oa/getoa")
    assert answer.status_code == status
    assert body in answer.text


def test_a_cut_connection_is_an_error_for_the_caller(api, zalo):
    zalo.fail_next(cut=True)
    with pytest.raises(requests.ConnectionError):
        api.get("/v2.0/oa/getoa")
    [call] = zalo.calls("/v2.0/oa/getoa")
    assert (call.status, call.fault) == (None, "cut")


def test_cut_after_the_work_means_the_message_was_sent(api, zalo):
    mot = zalo.person(follows=True)
    zalo.fail_next(CS, cut=True, after_work=True)
    with pytest.raises(requests.ConnectionError):
        api.say(mot)
    assert len(mot.inbox()) == 1
    assert zalo.events("oa_send_text")


def test_a_hanging_call_runs_into_the_callers_timeout(api, zalo):
    zalo.fail_next(hang=20)
    with pytest.raises(requests.Timeout):
        api.request("GET", "/v2.0/oa/getoa", timeout=0.2)
    assert zalo.calls("/v2.0/oa/getoa")[0].status is None


def test_a_delayed_call_is_answered_late(api, zalo):
    zalo.fail_next(delay=0.2)
    started = time.perf_counter()
    assert api.get("/v2.0/oa/getoa")["error"] == 0
    assert time.perf_counter() - started >= 0.2


def test_tokens_can_fail_too(api, zalo):
    zalo.fail_next("/v4/oa/access_token", error=-14014)
    assert api.refresh(zalo.refresh_token).json()["error_name"] == "Invalid refresh token."
    assert "access_token" in api.refresh(zalo.refresh_token).json()


def test_the_journal_has_what_was_asked_and_answered(api, zalo):
    mot = zalo.person(follows=True)
    api.say(mot, "Xin chào")
    [call] = zalo.calls(CS)
    assert call.method == "POST"
    assert call.json["message"] == {"text": "Xin chào"}
    assert call.status == 200
    assert '"error": 0' in call.answer
    assert call.took_ms is not None
    api.get("/v3.0/oa/user/detail", data={"user_id": mot.id})
    assert mot.id in zalo.calls("/v3.0/oa/user/detail")[0].query["data"]
    zalo.forget_calls()
    assert zalo.calls() == []


def test_the_journal_holds_no_secret(api, zalo):
    first = zalo.refresh_token
    api.get("/v2.0/oa/getoa", headers={"appsecret_proof": "0123456789"})
    api.refresh(first)
    with zalo.store.reading() as db:
        written = str([tuple(row) for row in db.execute("SELECT * FROM calls")])
    for secret in (first, zalo.access_token, zalo.refresh_token, zalo.store.identity.app_secret, "0123456789"):
        assert secret not in written
    assert f"…{first[-4:]}" in written


def test_a_code_inside_a_message_is_no_secret(api, zalo):
    mot = zalo.person(follows=True)
    api.post(
        "/v3.0/oa/message/template", {"user_id": mot.id, "template_id": "1", "template_data": {"code": "HT-7K2MP"}}
    )
    assert zalo.calls("/v3.0/oa/message/template")[0].json["template_data"] == {"code": "HT-7K2MP"}


def test_a_week_old_log_is_forgotten_what_waits_is_kept(api, zalo):
    zalo.person().says("Chào")
    api.get("/v2.0/oa/getoa")
    with later(days=8):
        zalo.store.forget_old_logs()
    assert zalo.calls() == []
    assert len(zalo.events()) == 1


def test_the_next_platform_on_the_same_file_remembers(api, zalo):
    mot = zalo.person("Người Mẫu Một", follows=True)
    api.say(mot, "Xin chào")
    again = type(zalo.store)(zalo.store.path, zalo.store.identity)
    assert [person.name for person in again.people()] == ["Người Mẫu Một"]
    assert again.messages(mot.id)[-1].text == "Xin chào"
    again.close()
