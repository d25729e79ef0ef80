"""Every event: its shape, who sends and who receives, and a signature the reference algorithm accepts."""

import hashlib
import hmac
import json

import pytest

from zalo_bridge.simulator.citizen import info_in_new_shape
from zalo_bridge.simulator.events import Events, wire_bytes
from zalo_bridge.simulator.records import Identity
from zalo_bridge.simulator.webhook import enqueue, signature


def mac_fits(raw: bytes, header: str, app_id: str, oa_secret: str) -> bool:
    """The check an application makes, as the platform documents it."""
    timestamp = str(json.loads(raw)["timestamp"])
    want = hashlib.sha256(app_id.encode() + raw + timestamp.encode() + oa_secret.encode()).hexdigest()
    return hmac.compare_digest(want, header.removeprefix("mac="))


def test_the_signature_of_the_known_vector():
    identity = Identity(app_id="111", app_secret="s", oa_id="2", oa_secret="k")
    raw = b'{"app_id":"111","timestamp":"1700000000000"}'
    assert signature(identity, raw, "1700000000000") == (
        "mac=c7b1931c88eb0fcd69df6bb670ce24d34b5e216cffd7359bccdfa1e3f539e894"
    )


def only(zalo, name):
    [event] = zalo.events(name)
    assert mac_fits(event.body, event.headers["X-ZEvent-Signature"], zalo.store.identity.app_id, "test-oa-secret")
    assert isinstance(event.json["timestamp"], str)
    assert event.json["timestamp"].isdigit()
    return event.json


def test_a_text_goes_from_citizen_to_office(zalo):
    mot = zalo.person()
    sent = mot.says("Tôi muốn đăng ký")
    event = only(zalo, "user_send_text")
    assert event == {
        "app_id": zalo.store.identity.app_id,
        "sender": {"id": mot.id},
        "user_id_by_app": mot.account.user_id_by_app,
        "recipient": {"id": zalo.store.identity.oa_id},
        "event_name": "user_send_text",
        "message": {"text": "Tôi muốn đăng ký", "msg_id": sent.msg_id},
        "timestamp": str(sent.sent_ms),
    }
    assert len(mot.id) == 19
    assert int(mot.id) > 2**53


def test_a_reply_names_what_it_quotes(zalo, api):
    mot = zalo.person(follows=True)
    api.say(mot, "Câu hỏi?")
    mot.says("Dạ", quoting=mot.inbox()[0])
    assert only(zalo, "user_send_text")["message"]["quote_msg_id"] == mot.inbox()[0].msg_id


def test_a_photo_can_be_fetched_and_has_a_caption(zalo, api):
    mot = zalo.person()
    mot.sends_photo(b"photo", caption="Giấy tờ đây ạ")
    message = only(zalo, "user_send_image")["message"]
    [attachment] = message["attachments"]
    assert attachment["type"] == "image"
    assert message["text"] == "Giấy tờ đây ạ"
    path = attachment["payload"]["url"].removeprefix(zalo.url)
    assert api.request("GET", path).content == b"photo"


def test_a_file_says_its_size_as_a_string_and_has_no_text(zalo):
    zalo.person().sends_file("Giấy phép.PDF", b"12345")
    message = only(zalo, "user_send_file")["message"]
    payload = message["attachments"][0]["payload"]
    assert (payload["size"], payload["name"], payload["type"]) == ("5", "Giấy phép.PDF", "pdf")
    assert payload["checksum"] == "827ccb0eea8a706c4c34a16891f84e7b"
    assert "text" not in message


def test_a_place_has_coordinates_as_strings(zalo):
    zalo.person().sends_location()
    payload = only(zalo, "user_send_location")["message"]["attachments"][0]["payload"]
    assert payload == {"coordinates": {"latitude": "12.2388", "longitude": "109.1967"}}


def test_a_sticker_has_an_id_and_an_address(zalo):
    zalo.person().sends_sticker()
    assert set(only(zalo, "user_send_sticker")["message"]["attachments"][0]["payload"]) == {"id", "url"}


def test_a_business_card_is_a_link_whose_description_is_json(zalo):
    zalo.person().sends_business_card()
    attachment = only(zalo, "user_send_business_card")["message"]["attachments"][0]
    assert attachment["type"] == "link"
    assert json.loads(attachment["payload"]["description"])["phone"] == "84900000099"


@pytest.mark.parametrize("kind", ["gif", "link", "audio", "video"])
def test_other_kinds_travel_in_the_same_envelope(zalo, kind):
    zalo.person().sends(kind, {"url": "https://cdn.example/x"})
    event = only(zalo, f"user_send_{kind}")
    assert event["message"]["attachments"] == [{"type": kind, "payload": {"url": "https://cdn.example/x"}}]


def test_shared_contact_data_come_in_the_new_shape(zalo):
    mot = zalo.person("Người Mẫu Một")
    mot.shares_info()
    event = only(zalo, "user_submit_info")
    assert event["info"] == info_in_new_shape(
        name="Người Mẫu Một",
        phone="84900000014",
        address="Tổ 5",
        city="Tỉnh Khánh Hòa",
        ward="Phường Bắc Nha Trang",
    )
    assert event["sender"]["id"] == mot.id
    assert "message" not in event
    assert "user_id_by_app" not in event


def test_or_in_the_old_shape_with_a_district(zalo):
    zalo.person().shares_info(district="TP Nha Trang", ward="Phường Vĩnh Hải", city="Khánh Hòa", phone=84900000014)
    info = only(zalo, "user_submit_info")["info"]
    assert set(info) == {"address", "phone", "city", "district", "ward", "name"}
    assert info["phone"] == 84900000014


@pytest.mark.parametrize("name", ["follow", "unfollow"])
def test_following_is_flat_and_has_no_sender(zalo, name):
    mot = zalo.person()
    mot.follows()
    mot.unfollows()
    event = only(zalo, name)
    assert event["follower"] == {"id": mot.id}
    assert event["oa_id"] == zalo.store.identity.oa_id
    assert event["source"] == "oa_profile"
    assert "sender" not in event


def test_the_first_tap_on_chat_is_told_once(zalo):
    mot = zalo.person(follows=True)
    mot.opens_chat()
    assert only(zalo, "user_click_chatnow")["user_id"] == mot.id
    mot.says("Chào")
    mot.opens_chat()
    assert len(zalo.events("user_click_chatnow")) == 1


def test_a_reaction_names_the_message(zalo, api):
    mot = zalo.person(follows=True)
    api.say(mot)
    mot.reacts(mot.inbox()[0], "/-strong")
    event = only(zalo, "user_reacted_message")
    assert event["message"] == {"msg_id": mot.inbox()[0].msg_id, "react_icon": "/-strong"}
    assert mot.inbox()[0].reaction == "/-strong"


def test_withdrawing_consent_is_flat(zalo):
    mot = zalo.person()
    mot.withdraws()
    assert only(zalo, "user_withdraw")["user_id"] == mot.id


def test_a_message_echoes_and_is_received_with_the_office_as_sender(zalo, api):
    mot = zalo.person(follows=True)
    msg_id = api.say(mot, "Xin chào")["data"]["message_id"]
    echo, received = only(zalo, "oa_send_text"), only(zalo, "user_received_message")
    for event in (echo, received):
        assert event["sender"] == {"id": zalo.store.identity.oa_id}
        assert event["recipient"] == {"id": mot.id}
        assert event["message"]["msg_id"] == msg_id
    assert echo["message"]["text"] == "Xin chào"


def test_what_is_seen_is_told_once_for_all_messages(zalo, api):
    mot = zalo.person(follows=True)
    ids = [api.say(mot, text)["data"]["message_id"] for text in ("Một", "Hai")]
    assert not zalo.events("user_seen_message")
    mot.looks()
    mot.looks()
    assert only(zalo, "user_seen_message")["message"] == {"msg_ids": ids}


def test_an_open_chat_sees_at_once(zalo, api):
    mot = zalo.person(follows=True)
    mot.looks()
    api.say(mot)
    assert only(zalo, "user_seen_message")


def test_a_colleague_in_the_zalo_site_is_told_by_admin_id(zalo):
    mot = zalo.person(follows=True)
    mot.hears_from_colleague("Em là cán bộ trực ạ")
    assert only(zalo, "oa_send_text")["sender"]["admin_id"]
    mot.looks()
    assert not zalo.events("user_seen_message")  # only the app that sent a message hears that it was seen


def test_a_template_by_phone_is_received_by_a_number_and_marked_zns(zalo, api):
    zalo.person(phone="84900000014")
    body = {"phone": "84900000014", "template_id": "289335", "template_data": {"a": "b"}, "tracking_id": "hs-1"}
    api.post("/message/template", body)
    event = only(zalo, "user_received_message")
    assert event["recipient"] == {"id": "84900000014"}
    assert set(event["message"]) == {"delivery_time", "msg_id", "tracking_id"}
    assert zalo.events("user_received_message")[0].headers["X-ZEvent-Server"] == "ZNS"


def test_everything_else_that_may_come_is_signed_and_named(zalo):
    person = zalo.person().account
    make = Events(zalo.store.identity)
    expected = {
        "anonymous_send_text": make.anonymous_text("a1", "c1", "m1", "Chào", 1),
        "add_user_to_tag": make.tagged(person, "Hẹn", 1),
        "remove_user_from_tag": make.tagged(person, "Hẹn", 1, removed=True),
        "remove_tag": make.tag_removed("Hẹn", 1),
        "widget_interaction_accepted": make.widget_accepted(person, "hs-1", "https://x.example", 1),
        "widget_failed_to_sync_user_external_id": make.widget_failed(person, "hs-1", "no", 1),
        "update_user_info": make.user_info_updated(person, 1),
        "oa_send_consent": make.call_consent_sent("84900000014", 1),
        "user_reply_consent": make.call_consent_answered("84900000014", 1, allowed=True),
        "user_call_oa": make.called(person, "call", 1),
        "oa_call_user": make.called(person, "call", 1, by_oa=True),
        "user_feedback": make.template_rated("m1", "hs-1", 5, "Tốt", 1),
        "user_click_response_button": make.template_answered("m1", "hs-1", "Đồng ý", 1),
        "change_template_status": make.template_status_changed("1", "PENDING_REVIEW", "REJECT", "Sai", 1),
        "change_template_quality": make.template_quality_changed("1", "LOW", 1),
        "change_oa_daily_quota": make.daily_quota_changed(500, 1000, 1),
        "oa_reacted_message": make.oa_reacted(person, "m1", "/-heart", 1),
    }
    with zalo.store.writing() as db:
        for event in expected.values():
            enqueue(zalo.store, db, event, zalo.options)
    for name, event in expected.items():
        assert only(zalo, name) == event.body
    assert expected["user_feedback"].body["message"]["rate"] == 5
    assert expected["change_oa_daily_quota"].body["oaId"] == zalo.store.identity.oa_id


def test_vietnamese_travels_unescaped_so_that_writing_the_body_again_breaks_the_signature(zalo):
    zalo.person().says("Đăng ký")
    [event] = zalo.events("user_send_text")
    assert "Đăng ký".encode() in event.body
    assert wire_bytes(event.json) == event.body
    again = json.dumps(event.json).encode()
    assert not mac_fits(again, event.headers["X-ZEvent-Signature"], zalo.store.identity.app_id, "test-oa-secret")


def test_two_events_never_share_a_moment(zalo):
    mot = zalo.person()
    stamps = [mot.says(str(number)).sent_ms for number in range(50)]
    assert stamps == sorted(set(stamps))
