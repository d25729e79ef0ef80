"""Chat messages: what is accepted, what is refused with which number, and what the windows and quotas say."""

import unicodedata

import pytest

from tests.zalo import later

CS = "/v3.0/oa/message/cs"


def code(api, person, message):
    return api.post(CS, {"recipient": {"user_id": person.id}, "message": message})["error"]


def template(**payload):
    return {"attachment": {"type": "template", "payload": payload}}


def test_a_text_reaches_the_citizen(api, zalo):
    mot = zalo.person(follows=True)
    answer = api.say(mot, "Xin chào")
    assert answer["error"] == 0
    assert answer["data"]["user_id"] == mot.id
    assert answer["data"]["quota"] == {"quota_type": "reply", "remain": "7", "total": "8"}
    assert [message.text for message in mot.inbox()] == ["Xin chào"]


def test_two_thousand_characters_fit_and_one_more_does_not(api, zalo):
    mot = zalo.person(follows=True)
    assert code(api, mot, {"text": "ệ" * 2000}) == 0
    assert code(api, mot, {"text": "ệ" * 2001}) == -210


def test_length_is_counted_after_composing(api, zalo):
    mot = zalo.person(follows=True)
    assert code(api, mot, {"text": unicodedata.normalize("NFD", "ệ" * 2000)}) == 0
    assert mot.inbox()[0].text == "ệ" * 2000


@pytest.mark.parametrize("message", [None, "x", {}, {"text": " "}, {"text": 5}, {"text": "a", "attachment": []}])
def test_nonsense_is_an_invalid_parameter(api, zalo, message):
    assert code(api, zalo.person(follows=True), message) == -201


def test_an_id_that_is_a_number_or_unknown_is_an_invalid_parameter(api, zalo):
    mot = zalo.person(follows=True)
    for user_id in (int(mot.id), "1234567890123456789", None):
        assert api.post(CS, {"recipient": {"user_id": user_id}, "message": {"text": "a"}})["error"] == -201


def test_a_body_that_is_no_json_is_an_invalid_parameter(api):
    assert api.request("POST", CS, data=b"{").json()["error"] == -201


def test_the_window_closes_seven_days_after_the_last_interaction(api, zalo):
    mot = zalo.person(follows=True)
    mot.was_silent_for(days=6.9)
    assert api.say(mot)["error"] == 0
    mot.was_silent_for(days=0.2)
    assert api.say(mot)["error"] == -230
    mot.says("Em hỏi thêm")
    assert api.say(mot)["error"] == 0


def test_the_window_closes_with_the_clock_too(api, zalo):
    mot = zalo.person(follows=True)
    with later(days=7.1):
        zalo.store.set_options(calls_per_minute=0)
        token = api.refresh(zalo.refresh_token).json()["access_token"]
        body = {"recipient": {"user_id": mot.id}, "message": {"text": "a"}}
        assert api.post(CS, body, token=token)["error"] == -230


@pytest.mark.parametrize("act", ["shares_info", "looks", "withdraws"])
def test_sharing_data_and_looking_do_not_open_the_window(api, zalo, act):
    mot = zalo.person()
    getattr(mot, act)()
    assert api.say(mot)["error"] == -232


def test_a_reaction_does_not_open_the_window(api, zalo):
    mot = zalo.person(follows=True)
    api.say(mot)
    mot.was_silent_for(days=8)
    mot.reacts(mot.inbox()[0])
    assert api.say(mot)["error"] == -230


@pytest.mark.parametrize("act", ["follows", "opens_chat"])
def test_following_and_the_chat_button_open_it(api, zalo, act):
    mot = zalo.person()
    getattr(mot, act)()
    assert api.say(mot)["error"] == 0


def test_one_who_left_cannot_be_written_to(api, zalo):
    mot = zalo.person(follows=True)
    mot.unfollows()
    assert api.say(mot)["error"] == -213


def test_between_48_hours_and_7_days_the_package_pays_until_it_is_empty(api, zalo):
    zalo.set(package_quota=1)
    mot = zalo.person(follows=True)
    mot.was_silent_for(hours=49)
    quota = api.say(mot)["data"]["quota"]
    assert (quota["quota_type"], quota["remain"], quota["total"], quota["owner_type"]) == ("sub_quota", "0", "1", "OA")
    assert api.say(mot)["error"] == -211
    mot.says("Em đây")
    assert api.say(mot)["error"] == 0


def test_quota_tells_the_last_interaction(api, zalo):
    mot = zalo.person(follows=True)
    data = api.post("/v3.0/oa/quota/message", {"user_id": mot.id})["data"]
    assert data["last_interaction"] == str(mot.account.last_interaction_ms)
    assert data["cs_reply"] == {"remain": "8", "total": "8"}
    [asset] = api.post("/v3.0/oa/quota/message", {"quota_owner": "OA", "product_type": "cs"})["data"]
    assert asset["total"] == "2000"


def test_a_quote_must_exist(api, zalo):
    mot = zalo.person(follows=True)
    said = mot.says("Chào")
    assert code(api, mot, {"text": "Dạ", "quote_message_id": said.msg_id}) == 0
    assert mot.inbox()[0].quote_msg_id == said.msg_id
    assert code(api, mot, {"text": "Dạ", "quote_message_id": "nowhere"}) == -201


CARD = {"title": "Đăng ký", "subtitle": "Bấm để chia sẻ", "image_url": "https://example.gov.vn/zalo.png"}


def test_a_request_for_contact_data_echoes_as_a_list(api, zalo):
    mot = zalo.person(follows=True)
    assert code(api, mot, template(template_type="request_user_info", elements=[CARD])) == 0
    assert mot.inbox()[0].kind == "info_request"
    assert mot.inbox()[0].payload["title"] == "Đăng ký"
    assert zalo.events("oa_send_list")


@pytest.mark.parametrize(
    ("elements", "error"),
    [
        ([], -201),
        ([CARD, CARD], -210),
        ([{**CARD, "image_url": ""}], -201),
        ([{**CARD, "title": "a" * 101}], -210),
        ([{**CARD, "subtitle": "a" * 501}], -210),
    ],
)
def test_a_request_for_contact_data_has_one_full_element(api, zalo, elements, error):
    mot = zalo.person(follows=True)
    assert code(api, mot, template(template_type="request_user_info", elements=elements)) == error


BUTTONS = [
    {"title": "Đăng ký hẹn", "type": "oa.query.hide", "payload": "#dangky"},
    {"title": "Mở biểu mẫu", "type": "oa.open.url", "payload": {"url": "https://example.gov.vn/f"}},
    {"title": "Gọi cán bộ", "type": "oa.open.phone", "payload": {"phone_code": "84900000099"}},
]
SHAPES = {
    "A": {"text": "Chọn", **template(buttons=BUTTONS)},
    "B": {"text": "Chọn", **template(template_type="button", buttons=BUTTONS)},
    "C": template(template_type="list", elements=[{"title": "Chọn", "subtitle": "việc"}], buttons=BUTTONS),
}


@pytest.mark.parametrize("shape", "ABC")
def test_only_the_button_shapes_switched_on_are_accepted(api, zalo, shape):
    mot = zalo.person(follows=True)
    assert code(api, mot, SHAPES[shape]) == (-201 if shape == "A" else -233)
    zalo.set(button_shapes=shape)
    assert {name for name in "ABC" if code(api, mot, SHAPES[name]) == 0} == {shape}


def test_a_tap_on_a_button_is_its_payload_as_text(api, zalo):
    zalo.set(button_shapes="A")
    mot = zalo.person(follows=True)
    code(api, mot, SHAPES["A"])
    mot.taps("Đăng ký hẹn")
    [event] = zalo.events("user_send_text")
    assert event.json["message"]["text"] == "#dangky"
    mot.taps("Mở biểu mẫu")
    assert len(zalo.events("user_send_text")) == 1


@pytest.mark.parametrize(
    ("buttons", "error"),
    [
        (BUTTONS * 2, -210),
        ([{**BUTTONS[0], "title": "a" * 101}], -210),
        ([{**BUTTONS[0], "payload": "a" * 1001}], -210),
        ([{**BUTTONS[0], "type": "oa.dance"}], -201),
        ([{**BUTTONS[1], "payload": {}}], -201),
    ],
)
def test_buttons_have_limits(api, zalo, buttons, error):
    zalo.set(button_shapes="A")
    mot = zalo.person(follows=True)
    assert code(api, mot, {"text": "Chọn", **template(buttons=buttons)}) == error


def upload(api, kind="image", name="a.png", content_type="image/png", data=b"png"):
    answer = api.request("POST", f"/v2.0/oa/upload/{kind}", files={"file": (name, data, content_type)}).json()
    return answer["data"] if answer["error"] == 0 else answer["error"]


def image(**element):
    return {"text": "Sơ đồ", **template(template_type="media", elements=[{"media_type": "image", **element}])}


def test_an_uploaded_picture_can_be_sent_for_seven_days(api, zalo):
    mot = zalo.person(follows=True)
    attachment_id = upload(api)["attachment_id"]
    assert code(api, mot, image(attachment_id=attachment_id)) == 0
    assert zalo.events("oa_send_image")[0].json["message"]["attachments"][0]["type"] == "image"
    with zalo.store.writing() as db:
        db.execute("UPDATE files SET created_at = created_at - 7 * 24 * 3600 - 1")
    assert code(api, mot, image(attachment_id=attachment_id)) == -100


def test_a_picture_has_an_address_or_an_upload_not_both(api, zalo):
    mot = zalo.person(follows=True)
    assert code(api, mot, image(url="https://example.gov.vn/a.png")) == 0
    assert code(api, mot, image()) == -201
    assert code(api, mot, image(url="https://a", attachment_id="b")) == -201
    assert code(api, mot, image(attachment_id="never uploaded")) == -201


def test_a_gif_needs_its_size(api, zalo):
    mot = zalo.person(follows=True)
    gif = {"media_type": "gif", "url": "https://example.gov.vn/a.gif"}
    assert code(api, mot, template(template_type="media", elements=[gif])) == -201
    assert code(api, mot, template(template_type="media", elements=[{**gif, "width": 1, "height": 1}])) == 0


def test_stickers_and_files(api, zalo):
    mot = zalo.person(follows=True)
    sticker = {"media_type": "sticker", "attachment_id": "bfe458bf64fa8da4d4eb"}
    assert code(api, mot, template(template_type="media", elements=[sticker])) == 0
    token = upload(api, "file", "giay-to.pdf", "application/pdf", b"%PDF")["token"]
    assert code(api, mot, {"attachment": {"type": "file", "payload": {"token": token}}}) == 0
    assert [event.event_name for event in zalo.events() if event.event_name.startswith("oa_")] == [
        "oa_send_sticker",
        "oa_send_file",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "content_type", "size", "error"),
    [
        ("image", "a.gif", "image/gif", 1, -201),
        ("image", "a.png", "image/png", 1024 * 1024 + 1, -210),
        ("file", "a.exe", "application/pdf", 1, -201),
        ("file", "a.pdf", "application/pdf", 5 * 1024 * 1024 + 1, -210),
        ("gif", "a.png", "image/png", 1, -201),
    ],
)
def test_uploads_have_limits(api, kind, name, content_type, size, error):
    assert upload(api, kind, name, content_type, b"x" * size) == error


def test_an_upload_without_a_file_is_refused(api):
    assert api.post("/v2.0/oa/upload/image", {})["error"] == -201


def test_an_unknown_message_type_is_refused(api, zalo):
    mot = zalo.person(follows=True)
    assert code(api, mot, {"attachment": {"type": "video", "payload": {}}}) == -233
    assert code(api, mot, template(template_type="transaction_order")) == -233


@pytest.mark.parametrize("path", ["/v3.0/oa/message", "/v4/oa/refresh_token", "/v4/access_token", "/nowhere"])
def test_a_wrong_path_is_an_empty_api(api, path):
    answer = api.request("POST", path, json={})
    assert answer.status_code == 404
    assert answer.json()["message"] == "empty api"


@pytest.mark.parametrize("path", ["/v2.0/oa/message", "/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion"])
def test_what_was_shut_down_says_so(api, zalo, path):
    body = {"recipient": {"user_id": zalo.person(follows=True).id}, "message": {"text": "a"}}
    assert api.post(path, body)["error"] == -240


def test_the_office_can_react(api, zalo):
    mot = zalo.person(follows=True)
    said = mot.says("Cảm ơn")
    action = {"react_icon": "/-heart", "react_message_id": said.msg_id}
    assert api.post("/v2.0/oa/message", {"recipient": {"user_id": mot.id}, "sender_action": action})["error"] == 0
    assert mot.chat()[0].reaction == "/-heart"
    assert zalo.events("oa_reacted_message")


def test_the_rate_limit_is_told_and_kept(api, zalo):
    answer = api.request("GET", "/v2.0/oa/getoa")
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remain"]) == ("4000", "3999")
    zalo.set(calls_per_minute=2)
    assert [api.get("/v2.0/oa/getoa")["error"] for _ in range(2)] == [0, -32]


def test_a_template_by_user_id_ignores_the_window(api, zalo):
    mot = zalo.person(follows=True)
    mot.was_silent_for(days=30)
    body = {"user_id": mot.id, "template_id": "289335", "template_data": {"customer_name": "Một"}}
    data = api.post("/v3.0/oa/message/template", body)["data"]
    assert data["quota"]["quota_type"] == "purchase_quota"
    assert data["sent_time"].isdigit()
    assert mot.inbox()[0].kind == "template"
    zalo.store.add_template(template_id="7", name="OTP", params=[], by_uid=False)
    assert api.post("/v3.0/oa/message/template", {**body, "template_id": "7"})["error"] == -249
    assert api.post("/v3.0/oa/message/template", {**body, "template_data": {"a": 1}})["error"] == -201
    zalo.set(any_template=False)
    assert api.post("/v3.0/oa/message/template", body)["error"] == -201
    mot.unfollows()
    assert api.post("/v3.0/oa/message/template", body)["error"] == -213


def test_user_detail_shows_what_was_shared_until_it_is_deleted(api, zalo):
    mot = zalo.person("Người Mẫu Một", follows=True)
    mot.shares_info(ward="Phường Bắc Nha Trang")
    detail = api.get("/v3.0/oa/user/detail", data={"user_id": mot.id})["data"]
    assert (detail["display_name"], detail["user_is_follower"]) == ("Người Mẫu Một", True)
    assert detail["shared_info"]["ward"] == "Phường Bắc Nha Trang"
    assert api.post("/v2.0/oa/deletefollowerinfo", {"user_id": mot.id})["error"] == 0
    assert api.get("/v3.0/oa/user/detail", data={"user_id": mot.id})["data"]["shared_info"] == {}
    assert api.post("/v3.0/oa/user/update", {"user_id": mot.id, "user_alias": "x"})["error"] == 0


def test_user_detail_of_a_stranger_is_refused(api, zalo):
    assert api.get("/v3.0/oa/user/detail", data={"user_id": zalo.person().id})["error"] == -213
    assert api.get("/v3.0/oa/user/detail")["error"] == -201


def test_people_are_listed_in_pages(api, zalo):
    ids = [zalo.person(f"Người Mẫu {number}", follows=True).id for number in range(3)]
    zalo.person("Người lạ")
    page = api.get("/v3.0/oa/user/getlist", data={"offset": 1, "count": 1})["data"]
    assert (page["total"], page["count"], page["users"]) == (3, 1, [{"user_id": ids[1]}])
    assert api.get("/v3.0/oa/user/getlist", data={"offset": 0, "count": 51})["error"] == -201
    assert api.get("/v3.0/oa/user/getlist", data={"is_follower": "false"})["data"]["total"] == 0


def test_tags_are_given_listed_and_removed(api, zalo):
    mot = zalo.person(follows=True)
    tag = {"user_id": mot.id, "tag_name": "Hẹn tại nhà"}
    assert api.post("/v2.0/oa/tag/tagfollower", tag)["error"] == 0
    assert api.get("/v2.0/oa/tag/gettagsofoa")["data"] == ["Hẹn tại nhà"]
    assert api.get("/v3.0/oa/user/getlist", data={"tag_name": "Hẹn tại nhà"})["data"]["total"] == 1
    assert api.post("/v2.0/oa/tag/rmfollowerfromtag", tag)["error"] == 0
    assert api.post("/v2.0/oa/tag/rmtag", {"tag_name": "Hẹn tại nhà"})["error"] == -201
    assert [event.event_name for event in zalo.events()][1:] == ["add_user_to_tag", "remove_user_from_tag"]


def test_gaps_can_be_filled_from_the_conversation(api, zalo):
    mot = zalo.person(follows=True)
    mot.says("Chào")
    mot.taps("#dangky")
    api.say(mot, "Dạ")
    rows = api.get("/v2.0/oa/conversation", data={"user_id": mot.id, "offset": 0, "count": 10})["data"]
    assert [(row["src"], row["message"]) for row in rows] == [(0, "Dạ"), (1, "query:#dangky"), (1, "Chào")]
    assert isinstance(rows[0]["time"], int)
    [newest] = api.get("/v2.0/oa/listrecentchat", data={"offset": 0, "count": 10})["data"]
    assert newest["message"] == "Dạ"
    assert api.get("/v2.0/oa/conversation", data={"user_id": mot.id, "count": 11})["error"] == -201
