"""business.openapi.zalo.me: templates to a phone number."""

import hashlib

import pytest

PHONE = "84900000014"


@pytest.fixture
def mot(zalo):
    return zalo.person("Người Mẫu Một", phone=PHONE)


def send(api, **changes):
    body = {
        "phone": PHONE,
        "template_id": "289335",
        "template_data": {"customer_name": "Một"},
        "tracking_id": "hs-1-xn",
    }
    return api.post("/message/template", {**body, **changes})


def test_a_template_reaches_the_phone_and_counts(api, zalo, mot):
    data = send(api)["data"]
    assert data["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
    assert mot.inbox()[0].payload["data"] == {"customer_name": "Một"}
    status = api.get("/message/status", message_id=data["msg_id"])["data"]
    assert status["status"] == 1
    assert status["delivery_time"].isdigit()
    assert api.get("/message/quota")["data"]["remainingQuota"] == "499"


def test_a_rating_names_the_message_not_the_citizen(api, zalo, mot):
    send(api)
    mot.rates(mot.inbox()[0], 5, "Rất tốt")
    [event] = zalo.events("user_feedback")
    assert event.headers["X-ZEvent-Server"] == "ZNS"
    assert event.json["message"]["tracking_id"] == "hs-1-xn"
    assert (event.json["message"]["rate"], event.json["message"]["note"]) == (5, "Rất tốt")
    assert mot.id not in event.body.decode()


def test_plus_84_is_fine_too(api, mot):
    assert send(api, phone="+" + PHONE)["error"] == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"phone": "0900000014"}, -108),
        ({"phone": "84900000015"}, -118),
        ({"template_id": 5}, -109),
        ({"template_data": {}}, -111),
        ({"template_data": {"a": 1}}, -132),
        ({"tracking_id": ""}, -132),
        ({"tracking_id": "a" * 49}, -132),
        ({"tracking_id": "hồ sơ"}, -132),
    ],
)
def test_a_wrong_request_gets_its_number(api, mot, changes, error):
    assert send(api, **changes)["error"] == error


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": "Một"}, 0),
        ({"name": "Một", "x": "y"}, -112),
        ({}, -111),
        ({"name": ""}, -1122),
        ({"name": "a" * 31}, -1121),
    ],
)
def test_a_registered_template_is_strict_about_its_parameters(api, zalo, mot, data, error):
    zalo.store.add_template(
        template_id="5", name="Xác nhận", params=[{"name": "name", "require": True, "maxLength": 30}]
    )
    assert send(api, template_id="5", template_data=data)["error"] == error


def test_only_registered_templates_when_told_so(api, zalo, mot):
    zalo.set(any_template=False)
    assert send(api)["error"] == -109


def test_templates_are_listed_with_their_parameters(api, zalo):
    params = [{"name": "name", "require": True, "type": "STRING", "maxLength": 30, "minLength": 1, "acceptNull": False}]
    zalo.store.add_template(template_id="5", name="Xác nhận", params=params)
    [listed] = api.get("/template/all", offset="0", limit="100")["data"]
    assert (listed["templateId"], listed["status"]) == ("5", "ENABLE")
    assert api.get("/template/info/v2", template_id="5")["data"]["listParams"] == params
    assert api.get("/template/info/v2", template_id="6")["error"] == -109
    assert api.get("/template/all", limit="101")["error"] == -132


def test_the_daily_quota_ends(api, zalo, mot):
    zalo.set(template_quota=1)
    assert [send(api)["error"] for _ in range(2)] == [0, -144]


def test_a_hashed_number_is_found_and_the_receipt_names_the_hash(api, zalo, mot):
    hashed = hashlib.sha256(PHONE.encode()).hexdigest()
    body = {"hash_phone": hashed, "template_id": "1", "template_data": {"a": "b"}, "tracking_id": "t"}
    assert api.post("/message/template/hashphone", body)["error"] == 0
    assert zalo.events("user_received_message")[0].json["recipient"] == {"id": hashed}
    assert api.post("/message/template/hashphone", {**body, "hash_phone": "0" * 64})["error"] == -118


def test_no_body_and_a_broken_body_differ(api):
    assert api.request("POST", "/message/template").json()["error"] == -121
    assert api.request("POST", "/message/template", data=b"{").json()["error"] == -122


def test_an_unknown_message_has_unknown_status(api):
    assert api.get("/message/status", message_id="x")["data"]["status"] == -1
