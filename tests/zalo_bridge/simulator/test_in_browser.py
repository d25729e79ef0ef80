"""`/gia-lap/` in a real browser: new bubbles without reloading, pages inside the phone, small screens, no script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import accessibility_faults

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(zalo, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return f"{live_server.url}/gia-lap/"


@pytest.fixture
def mot(zalo):
    return zalo.person("Người Mẫu Một", follows=True)


def chat(page: Page, number: int = 1):
    return page.locator(f"[data-phone='{number}'] .chat-log")


def test_words_travel_both_ways_without_reloading(page, desk, zalo, api, mot):
    page.goto(desk)
    page.evaluate("window.stayed = true")
    box = page.get_by_label("Tin nhắn của Người Mẫu Một")
    box.fill("Em hỏi chút ạ")
    box.press("Enter")
    expect(chat(page)).to_contain_text("Em hỏi chút ạ")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    api.say(mot, "Dạ, anh chị cứ hỏi")
    expect(chat(page)).to_contain_text("Dạ, anh chị cứ hỏi")
    page.get_by_role("button", name="ĐK hỗ trợ tại nhà").click()
    expect(chat(page).locator(".turn.mine").last).to_contain_text("ĐK hỗ trợ tại nhà")
    assert page.evaluate("window.stayed")
    zalo.wait_until(lambda: zalo.events("user_seen_message"))


def test_a_reader_who_scrolled_up_stays_there(page, desk, api, mot):
    for number in range(30):
        api.say(mot, f"Tin số {number}")
    page.goto(desk)
    expect(chat(page).get_by_text("Tin số 29", exact=True)).to_be_in_viewport()
    page.locator(".chat").evaluate("box => { box.scrollTop = -600; }")
    before = chat(page).get_by_text("Tin số 15", exact=True).bounding_box()
    api.say(mot, "Tin mới nhất")
    expect(chat(page)).to_contain_text("Tin mới nhất")
    after = chat(page).get_by_text("Tin số 15", exact=True).bounding_box()
    assert abs(before["y"] - after["y"]) < 2


def test_two_phones_do_not_mix(page, desk, zalo, mot):
    zalo.person("Người Mẫu Hai", follows=True)
    page.goto(desk + "?xem=1,2")
    page.get_by_label("Tin nhắn của Người Mẫu Hai").fill("Tôi là Hai")
    page.locator("[data-phone='2']").get_by_role("button", name="Gửi", exact=True).click()
    expect(chat(page, 2)).to_contain_text("Tôi là Hai")
    expect(chat(page, 1)).not_to_contain_text("Tôi là Hai")


def ask_for_contact_data(api, mot):
    card = {"title": "Đăng ký", "subtitle": "Bấm để chia sẻ", "image_url": "https://example.gov.vn/a.png"}
    api.say(mot, attachment={"type": "template", "payload": {"template_type": "request_user_info", "elements": [card]}})


def test_the_form_opens_inside_the_phone_and_closes_when_sent(page, desk, zalo, api, mot):
    ask_for_contact_data(api, mot)
    page.goto(desk)
    page.get_by_role("link", name="Chia sẻ thông tin").click()
    form = page.frame_locator("iframe[name='web-1']")
    form.get_by_label("Họ tên").fill("Người Mẫu Một")
    form.get_by_label("Số điện thoại").fill("0900 000 014")
    form.get_by_role("button", name="GỬI THÔNG TIN").click()
    expect(form.get_by_text("Đánh dấu vào ô đồng ý")).to_be_in_viewport()
    form.get_by_label("Đồng ý cung cấp thông tin").check()
    form.get_by_role("button", name="GỬI THÔNG TIN").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(chat(page)).to_contain_text("Đã gửi thông tin liên hệ")
    assert zalo.events("user_submit_info")[0].json["info"]["phone"] == "84900000014"


def test_our_links_open_inside_the_phone_and_escape_closes_them(page, desk, live_server, api, mot):
    api.say(mot, f"Mời xem {live_server.url}/healthz nhé")
    page.goto(desk)
    chat(page).get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.frame_locator("iframe[name='web-1']").get_by_text("ok")).to_be_visible()
    page.get_by_role("button", name="Đóng, về trò chuyện").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_quoting_and_reacting_stay_on_the_page(page, desk, zalo, api, mot):
    api.say(mot, "Anh chị chọn giờ nào?")
    page.goto(desk)
    page.get_by_label("Trả lời hoặc bày tỏ cảm xúc").click()
    page.get_by_role("link", name="Trả lời tin này").click()
    box = page.get_by_label("Tin nhắn của Người Mẫu Một")
    box.fill("8 giờ")
    box.press("Enter")
    expect(chat(page).locator("blockquote")).to_have_text("Anh chị chọn giờ nào?")
    page.get_by_label("Trả lời hoặc bày tỏ cảm xúc").click()
    page.get_by_role("button", name="Thả 👍").click()
    expect(chat(page).locator(".reaction")).to_have_text("👍")
    assert zalo.events("user_send_text")[0].json["message"]["quote_msg_id"] == mot.inbox()[0].msg_id


def test_all_of_it_works_without_a_script(browse, desk, zalo, api, mot):
    page = browse(java_script_enabled=False)
    ask_for_contact_data(api, mot)
    page.goto(desk)
    page.get_by_label("Tin nhắn của Người Mẫu Một").fill("Không có script")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(chat(page).get_by_text("Không có script")).to_be_in_viewport()
    api.say(mot, "Dạ vâng")
    page.get_by_role("link", name="Làm mới").click()
    expect(chat(page).get_by_text("Dạ vâng")).to_be_in_viewport()
    page.get_by_role("link", name="Chia sẻ thông tin").click()
    page.get_by_role("link", name="Điền thông tin mẫu").click()
    page.get_by_label("Đồng ý cung cấp thông tin").check()
    page.get_by_role("button", name="GỬI THÔNG TIN").click()
    page.get_by_role("link", name="Về trò chuyện").click()
    expect(chat(page)).to_contain_text("Đã gửi thông tin liên hệ")


def test_it_fits_a_small_phone(phone, desk, zalo, api, mot):
    zalo.person("Người Mẫu Hai")
    api.say(mot, "https://example.gov.vn/" + "dai" * 60)
    for address in (desk, desk + "dieu-khien/", desk + "nguoi/1/chia-se/"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360, address
    phone.goto(desk)
    expect(phone.get_by_label("Tin nhắn của Người Mẫu Một")).to_be_in_viewport()


def test_axe_finds_nothing(browse, desk, zalo, api, mot):
    zalo.set(button_shapes="A")
    ask_for_contact_data(api, mot)
    mot.says("Chào")
    button = {"title": "Có", "type": "oa.query.show", "payload": "#co"}
    api.say(mot, "Chọn https://example.gov.vn/", attachment={"type": "template", "payload": {"buttons": [button]}})
    zalo.fail_next(error=-32, times=None)
    page = browse(viewport={"width": 1440, "height": 900})
    for address in (desk, desk + "dieu-khien/", desk + "nguoi/1/chia-se/"):
        page.goto(address)
        assert accessibility_faults(page) == []
