"""`/gia-lap/`: what the reader of the demo sees and can do, first without any script."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html

from zalo_bridge.simulator import citizen, tokens
from zalo_bridge.simulator.views import sample_picture

DESK = "/gia-lap/"
PANEL = "/gia-lap/dieu-khien/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def mot(zalo):
    return zalo.person("Người Mẫu Một", phone="84900000014")


def act(client, person, name, **fields):
    return client.post(reverse("simulator:act", args=[person.account.number, name]), {"xem": "1", **fields})


def page(client, address=DESK):
    answer = client.get(address)
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def read(element):
    return " ".join(" ".join(element.itertext()).split())


def words(client, address=DESK):
    return read(page(client, address))


def test_the_desk_of_nobody_offers_to_add_somebody(client, zalo):
    assert "Chưa có ai" in words(client)
    answer = client.post("/gia-lap/nguoi/them/", {"name": "Người Mẫu Một", "phone": "0900000014", "xem": ""})
    assert answer.status_code == 302
    [person] = zalo.store.people()
    assert (person.name, person.phone) == ("Người Mẫu Một", "84900000014")
    assert answer.url == f"/gia-lap/?xem={person.number}"


def test_no_login_is_asked(client, mot):
    assert client.get(DESK).status_code == 200
    assert client.get(PANEL).status_code == 200


def test_the_desk_shows_several_phones_side_by_side(client, zalo, mot):
    hai = zalo.person("Người Mẫu Hai")
    shown = page(client, f"/gia-lap/?xem={mot.account.number},{hai.account.number}")
    assert [phone.get("aria-label") for phone in shown.xpath("//section[@data-phone]")] == [
        "Máy của Người Mẫu Một",
        "Máy của Người Mẫu Hai",
    ]
    assert (
        len(page(client, "/gia-lap/?xem=99,abc").xpath("//section[@data-phone]")) == 2
    )  # nonsense falls back to the first two


def test_a_phone_can_be_put_beside_and_away(client, zalo, mot):
    zalo.person("Người Mẫu Hai")
    beside = page(client, "/gia-lap/?xem=1").xpath("//a[@class='beside']")
    assert [link.get("href") for link in beside] == ["?xem=1,2"]
    assert [link.get("href") for link in page(client, "/gia-lap/?xem=1,2").xpath("//a[@class='beside']")] == [
        "?xem=2",
        "?xem=1",
    ]


def test_following_writing_and_the_menu_make_events(client, zalo, mot):
    assert "Quan tâm" in words(client)
    act(client, mot, "quan-tam")
    answer = act(client, mot, "menu")
    assert answer.url == "/gia-lap/?xem=1"
    act(client, mot, "nhan", text="  rượu ")
    act(client, mot, "nhan", text="   ")
    names = [event.event_name for event in zalo.events()]
    assert names == ["follow", "user_send_text", "user_send_text"]
    assert [event.json["message"]["text"] for event in zalo.events("user_send_text")] == ["#dangky", "rượu"]
    chat = page(client).xpath("//ol[@data-version]")[0].text_content()
    assert "ĐK hỗ trợ tại nhà" in chat
    assert "#dangky" not in chat


def test_a_script_gets_204_instead_of_the_page(client, mot):
    address = reverse("simulator:act", args=[mot.account.number, "nhan"])
    assert client.post(address, {"text": "Chào"}, headers={"X-Requested-With": "fetch"}).status_code == 204


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("nhan-dan", "user_send_sticker"),
        ("vi-tri", "user_send_location"),
        ("danh-thiep", "user_send_business_card"),
        ("anh", "user_send_image"),
        ("tep", "user_send_file"),
        ("mo-chat", "user_click_chatnow"),
        ("bo-quan-tam", "unfollow"),
        ("rut-dong-y", "user_withdraw"),
    ],
)
def test_everything_a_citizen_can_send(client, zalo, mot, name, event):
    act(client, mot, name)
    assert [one.event_name for one in zalo.events()] == [event]
    page(client)


def test_a_photo_from_this_machine_is_shown_in_the_chat(client, mot, zalo):
    act(client, mot, "anh", tep=SimpleUploadedFile("nobody-drew-this.png", sample_picture()))
    [image] = page(client).xpath("//img")
    answer = client.get(image.get("src"))
    assert answer["Content-Type"] == "image/png"
    assert answer.content == sample_picture()


def test_a_paper_is_downloaded_never_shown(client, mot, zalo):
    citizen.send_file(zalo.store, mot.account, name="a.html", data=b"<script>", content_type="text/html")
    file_id = zalo.events()[0].json["message"]["attachments"][0]["payload"]["url"].split("/")[4]
    answer = client.get(reverse("simulator:file", args=[file_id]))
    assert answer["Content-Disposition"] == "attachment"
    assert client.get(reverse("simulator:file", args=["nothing"])).status_code == 404


def test_a_colleague_answers_by_hand(client, zalo, mot):
    act(client, mot, "dong-nghiep", text="Em trực đây ạ")
    assert zalo.events("oa_send_text")[0].json["sender"]["admin_id"]
    assert "Cán bộ trực Zalo (người thật)" in words(client)


def test_silence_can_be_played(client, zalo, api, mot):
    mot.follows()
    act(client, mot, "im-lang-8-ngay")
    assert api.say(mot)["error"] == -230


def test_what_the_office_sends_is_seen_by_looking(client, zalo, api, mot):
    mot.follows()
    api.say(mot, "1. Đúng\n2. Sai <b>đậm</b>")
    assert "1. Đúng 2. Sai <b>đậm</b>" in words(client)
    assert zalo.events("user_seen_message")


def test_links_in_a_text_open_and_our_own_lose_their_origin(client, api, mot, settings):
    settings.PUBLIC_URL = "https://van-phong.example"
    mot.follows()
    api.say(mot, "Mời chọn giờ: https://van-phong.example/dat-lich/abc/. Hoặc xem https://dichvucong.gov.vn/a(b).")
    links = page(client).xpath("//a[@data-webview][not(@class)]")
    assert [(link.text, link.get("href")) for link in links] == [
        ("https://van-phong.example/dat-lich/abc/", "/dat-lich/abc/"),
        ("https://dichvucong.gov.vn/a(b", "https://dichvucong.gov.vn/a(b"),
    ]


def test_a_card_asks_for_contact_data_and_the_form_needs_consent(client, zalo, api, mot):
    mot.follows()
    card = {"title": "Đăng ký", "subtitle": "Bấm để chia sẻ", "image_url": "https://example.gov.vn/a.png"}
    payload = {"template_type": "request_user_info", "elements": [card]}
    api.post(
        "/v3.0/oa/message/cs",
        {"recipient": {"user_id": mot.id}, "message": {"attachment": {"type": "template", "payload": payload}}},
    )
    [ask] = page(client).xpath("//a[@class='ask']")
    assert ask.text == "Chia sẻ thông tin"
    form = page(client, ask.get("href"))
    [box] = form.xpath("//input[@type='checkbox']")
    assert box.get("checked") is None
    fields = {
        "name": "Người Mẫu Một",
        "phone": "0900 000 014",
        "address": "Tổ 5",
        "city": "Khánh Hòa",
        "ward": "P. Mẫu",
    }
    assert "Đánh dấu vào ô đồng ý" in client.post(ask.get("href"), fields).content.decode()
    assert not zalo.events("user_submit_info")
    answer = client.post(ask.get("href"), {**fields, "agreed": "on"}, follow=True)
    assert "Đã gửi thông tin liên hệ" in answer.content.decode()
    info = zalo.events("user_submit_info")[0].json["info"]
    assert info["phone"] == "84900000014"
    assert info["full_address"] == {"user_city": "Khánh Hòa", "user_ward": "P. Mẫu", "user_address": "Tổ 5"}


def test_the_old_form_has_a_district(client, zalo, mot):
    address = reverse("simulator:share_info", args=[mot.account.number]) + "?cu=1&mau=1"
    values = {field.get("name"): field.get("value") for field in page(client, address).xpath("//input[@name]")}
    assert values["district"] == "Nha Trang"
    client.post(address, {**values, "agreed": "on"})
    assert zalo.events("user_submit_info")[0].json["info"]["district"] == "Nha Trang"


def test_the_new_form_has_none(client, mot):
    assert "Quận / huyện" not in words(client, reverse("simulator:share_info", args=[mot.account.number]))


BUTTONS = [
    {"title": "Có", "type": "oa.query.show", "payload": "#co"},
    {"title": "Ẩn", "type": "oa.query.hide", "payload": "#an"},
    {"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://example.gov.vn/"}},
    {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84900000099"}},
]


def test_buttons_send_open_and_call(client, zalo, api, mot):
    zalo.set(button_shapes="A")
    mot.follows()
    api.say(mot, "Chọn", attachment={"type": "template", "payload": {"buttons": BUTTONS}})
    shown = page(client)
    assert [ask.text for ask in shown.xpath("//*[@class='ask']")] == ["Có", "Ẩn", "Mở", "Gọi"]
    assert [link.get("href") for link in shown.xpath("//a[@class='ask']")] == [
        "https://example.gov.vn/",
        "tel:+84900000099",
    ]
    msg_id = mot.inbox()[0].msg_id
    act(client, mot, "nut", tin=msg_id, nut="0")
    act(client, mot, "nut", tin=msg_id, nut="1")
    assert [event.json["message"]["text"] for event in zalo.events("user_send_text")] == ["#co", "#an"]
    mine = [turn.text_content().split()[0] for turn in page(client).xpath("//li[@class='turn mine']")]
    assert mine == ["Có"]
    for nonsense in ({"tin": msg_id, "nut": "2"}, {"tin": msg_id, "nut": "9"}, {"tin": "x", "nut": "0"}):
        assert act(client, mot, "nut", **nonsense).status_code == 404


def test_reactions_and_replies(client, zalo, api, mot):
    mot.follows()
    api.say(mot, "Chào")
    msg_id = mot.inbox()[0].msg_id
    act(client, mot, "tha-cam-xuc", tin=msg_id, hinh="/-heart")
    assert "❤️" in words(client)
    assert act(client, mot, "tha-cam-xuc", tin=msg_id, hinh="nonsense").status_code == 404
    quoting = page(client, f"/gia-lap/?xem=1&trich={msg_id}").xpath("//input[@name='trich']")[0]
    assert quoting.get("value") == msg_id
    act(client, mot, "nhan", text="Dạ", trich=msg_id)
    assert zalo.events("user_send_text")[0].json["message"]["quote_msg_id"] == msg_id


def test_every_kind_of_message_has_a_bubble(client, zalo, api, mot):
    zalo.set(button_shapes="C")
    zalo.store.add_template(template_id="5", name="Xác nhận lịch hẹn", params=[])
    mot.follows()
    for kind in ("gif", "link", "audio", "video"):
        mot.sends(kind, {"url": "https://cdn.example/x"})
    mot.sends_location()
    api.post(
        "/v3.0/oa/message/template", {"user_id": mot.id, "template_id": "5", "template_data": {"Giờ hẹn": "08:00"}}
    )
    api.say(
        mot,
        attachment={
            "type": "template",
            "payload": {"template_type": "list", "elements": [{"title": "Đầu đề", "subtitle": "Dòng dưới"}]},
        },
    )
    text = words(client)
    for expected in ("Liên kết", "Tin thoại", "Video", "Vị trí đã gửi", "Xác nhận lịch hẹn", "Giờ hẹn 08:00", "Đầu đề"):
        assert expected in text


def test_polling_says_204_until_something_changes(client, api, mot):
    mot.follows()
    address = reverse("simulator:chat", args=[mot.account.number]) + "?xem=1"
    first = client.get(address)
    version = html.fromstring(first.content.decode()).get("data-version")
    assert client.get(address, {"xem": "1", "ban": version}).status_code == 204
    api.say(mot, "Mới")
    assert "Mới" in client.get(address, {"xem": "1", "ban": version}).content.decode()


def test_what_polling_brings_equals_a_reload(client, api, mot):
    mot.follows()
    api.say(mot, "Chào https://example.gov.vn/")
    bare = lambda text: [part for part in text.split('"') if len(part) != 64]  # noqa: E731  the CSRF token differs each time
    whole = client.get("/gia-lap/?xem=1").content.decode()
    part = client.get(reverse("simulator:chat", args=[mot.account.number]), {"xem": "1"}).content.decode()
    assert " ".join(bare(part)).strip() in " ".join(bare(whole))


def test_the_list_tells_who_got_something_meanwhile(client, zalo, api, mot):
    hai = zalo.person("Người Mẫu Hai", follows=True)
    api.say(hai, "Tin cho chị Hai")
    assert "Người Mẫu Hai Tin cho chị Hai 1 tin chưa xem" in words(client, "/gia-lap/nguoi/?xem=1")


def test_what_happens_behind_is_listed(client, zalo, api, mot):
    mot.follows()
    zalo.fail_next("/v2.0/oa/getoa", error=-32)
    api.get("/v2.0/oa/getoa")
    text = words(client, "/gia-lap/nhat-ky/")
    assert "Zalo báo follow Người Mẫu Một" in text
    assert "Ta gọi /v2.0/oa/getoa error -32 -32" in text
    assert "1 sự kiện đang chờ" in text
    zalo.set(webhook_enabled=False)
    assert "Webhook đã bị tắt" in client.get("/gia-lap/nhat-ky/").content.decode()


def test_people_and_acts_that_do_not_exist_are_404(client, mot):
    assert client.get("/gia-lap/nguoi/99/tro-chuyen/").status_code == 404
    assert client.post("/gia-lap/nguoi/1/bay/").status_code == 404
    assert client.get("/gia-lap/nguoi/1/nhan/").status_code == 405


def test_forms_without_a_csrf_token_are_refused(mot):
    assert Client(enforce_csrf_checks=True).post("/gia-lap/nguoi/1/nhan/", {"text": "a"}).status_code == 403


# The control panel


def test_a_fault_is_set_shown_and_removed(client, zalo, api):
    answer = client.post(
        "/gia-lap/dieu-khien/loi/", {"path": "*", "kind": "error", "code": "-32", "times": "3"}, follow=True
    )
    assert "Mã lỗi của Zalo (HTTP 200) -32" in answer.content.decode()
    assert "còn 3 lần" in answer.content.decode()
    assert api.get("/v2.0/oa/getoa")["error"] == -32
    client.post("/gia-lap/dieu-khien/bo-loi/", {"loi": str(zalo.store.faults()[0].id)})
    assert api.get("/v2.0/oa/getoa")["error"] == 0


def test_a_fault_can_be_for_one_citizen(client, zalo, api, mot):
    hai = zalo.person("Người Mẫu Hai", follows=True)
    mot.follows()
    fields = {"path": "/v3.0/oa/message/cs", "kind": "error", "code": "-244", "times": "", "user_id": hai.id}
    client.post("/gia-lap/dieu-khien/loi/", fields)
    assert "Người Mẫu Hai · đến khi bỏ" in words(client, PANEL)
    assert (api.say(mot)["error"], api.say(hai)["error"]) == (0, -244)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "error"}, "Cho biết mã lỗi"),
        ({"kind": "http", "code": "99"}, "Mã HTTP từ 200 đến 599"),
        ({"kind": "hang"}, "Cho biết bao nhiêu giây"),
    ],
)
def test_a_fault_that_makes_no_sense_is_explained(client, zalo, fields, sentence):
    answer = client.post("/gia-lap/dieu-khien/loi/", {"path": "*", "times": "1", **fields})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert zalo.store.faults() == []


def test_options_are_saved(client, zalo):
    values = {
        field.get("name"): field.get("value") or ""
        for field in page(client, PANEL).xpath("//form[contains(@action, 'cach-chay')]//input[not(@type='checkbox')]")
    }
    values |= {"webhook_url": "http://127.0.0.1:1/zalo/webhook/", "duplicate_percent": "50", "shuffle": "on"}
    values |= {"button_shapes": "B", "refresh_reuse": "empty"}
    assert client.post("/gia-lap/dieu-khien/cach-chay/", values).status_code == 302
    options = zalo.options
    assert (options.duplicate_percent, options.shuffle, options.button_shapes) == (50, True, "B")
    assert not options.webhook_enabled  # its box was not ticked
    assert "không trả lời 200 khi thử" in client.get(PANEL).content.decode()
    assert client.post("/gia-lap/dieu-khien/cach-chay/", {**values, "duplicate_percent": "101"}).status_code == 422


def test_tokens_expire_and_are_revoked(client, zalo, api):
    client.post("/gia-lap/dieu-khien/token/")
    assert not tokens.is_live(zalo.store, zalo.access_token)
    assert "hết hạn" in words(client, PANEL)
    assert "access_token" in api.refresh(zalo.refresh_token).json()
    client.post("/gia-lap/dieu-khien/token/", {"ca-hai": "1"})
    assert api.refresh(zalo.refresh_token).json()["error"] == -14014


def test_the_logs_show_signature_answers_and_bodies(client, zalo, api, hook, mot):
    hook.statuses = [500]
    mot.says("Tôi muốn đăng ký")
    zalo.wait_delivered()
    mot.follows()
    api.say(mot, "Xin chào")
    text = words(client, PANEL)
    assert "X-ZEvent-Signature: mac=" in text
    assert "HTTP 500" in text
    assert '"text": "Tôi muốn đăng ký"' in text
    assert "/v3.0/oa/message/cs" in text
    assert json.dumps({"text": "Xin chào"}, ensure_ascii=False) in text


def test_the_webhook_is_switched_on_again(client, zalo):
    zalo.set(webhook_enabled=False)
    assert "Webhook đã tắt" in words(client, PANEL)
    client.post("/gia-lap/dieu-khien/gui-lai/")
    assert zalo.options.webhook_enabled
