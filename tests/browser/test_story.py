"""The whole story in `make demo`, every process running: a citizen in Zalo, a clerk at the queue, a person on the road.

Everybody sits at a browser; nothing here looks behind the pages.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from registrations.demo import FIELD_NAMES
from tests.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

NAME, TELEPHONE = "Người Mẫu Kể Chuyện", "0900 000 777"


class Phone:
    """A new citizen's phone at `/gia-lap/`: what they do, and the next message they read."""

    # Generous: a worker may have been killed. Nothing sleeps, everything waits for what it expects.
    PATIENCE_MS = 45_000

    def __init__(self, page: Page, url: str):
        page.goto(f"{url}/gia-lap/")
        page.get_by_text("Thêm người").click()
        page.get_by_label("Tên").fill(NAME)
        page.get_by_role("button", name="Thêm", exact=True).click()
        self.screen = page.get_by_role("region", name=f"Máy của {NAME}")
        self.texts = self.screen.locator(".turn:not(.mine) .bubble.text")
        self.read = 0

    def presses(self, name: str) -> None:
        self.screen.get_by_role("button", name=name, exact=True).click()

    def says(self, words: str) -> None:
        box = self.screen.get_by_label(f"Tin nhắn của {NAME}")
        box.fill(words)
        box.press("Enter")

    def shares_info(self, answers: dict[str, str]) -> None:
        """By the form as Zalo had it before the districts went."""
        self.screen.get_by_role("link", name="Chia sẻ thông tin").last.click()
        form = self.screen.frame_locator("iframe")
        form.get_by_role("link", name="Biểu mẫu cũ").click()
        form.get_by_label("Quận / huyện").wait_for()  # or the words would go into the form that is leaving
        for label, answer in answers.items():
            form.get_by_label(label).fill(answer)
        form.get_by_label("Đồng ý cung cấp thông tin").check()
        form.get_by_role("button", name="GỬI THÔNG TIN").click()

    def next(self, *expected: str) -> str:
        """The next text message; it must hold all of these."""
        text = self.texts.nth(self.read)
        text.wait_for(timeout=self.PATIENCE_MS)
        self.read += 1
        for words in expected:
            expect(text).to_contain_text(words)
        return text.inner_text()


def sign_in_by_form(page: Page, address: str, username: str) -> Page:
    page.goto(address)
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    return page


def test_from_the_first_message_to_the_rating(demo, browse):
    demo.run()
    phone = Phone(browse(), demo.url)

    # The citizen registers by chat …
    phone.presses("Quan tâm")
    phone.next("Chào anh/chị", "1. Đăng ký hỗ trợ tại nhà")
    phone.presses("ĐK hỗ trợ tại nhà")
    phone.next("Chia sẻ thông tin", "rút lại đồng ý")
    phone.shares_info(
        {
            "Họ tên": NAME,
            "Số điện thoại": TELEPHONE,
            "Địa chỉ": "Tổ 5",
            "Tỉnh / thành phố": "Khánh Hòa",
            "Quận / huyện": "Thành phố Nha Trang",
            "Phường / xã": "Phường Vĩnh Hải",
        }
    )
    phone.next(TELEPHONE, "nay là Phường Bắc Nha Trang", "gõ tên thủ tục")
    # The worker dies in between: what was written meanwhile is answered by the next one.
    for process in demo.part("worker"):
        process.kill()
    phone.says("ban ruou tap hoa")
    phone.next("1. Giấy phép bán lẻ rượu (cấp mới)")
    phone.says("1")
    offer = phone.next("1. Thứ", "2. Thứ", "3. Thứ", "/dat-lich/")

    # … and chooses the time on the page, on a small phone.
    page = browse(viewport={"width": 360, "height": 740})
    page.goto(re.search(r"http\S+", offer)[0])
    expect(page.get_by_role("heading", name="Chọn giờ cán bộ đến nhà")).to_be_visible()
    page.locator("a.time").last.click()  # late in the day the first day may have one only
    page.locator("button.big").click()
    expect(page.get_by_role("heading", name="Đã hẹn xong")).to_be_visible()
    code = re.search(r"HT-[\w-]+", page.locator("main").inner_text())[0]
    confirmation = phone.next("Chúc mừng", "Giấy phép bán lẻ rượu (cấp mới)", "Tổ 5", code, "đổi giờ")
    day = "-".join(reversed(re.search(r"(\d\d)/(\d\d)/(\d{4})", confirmation).groups()))

    # The clerk signs in, calls and verifies.
    desk = sign_in_by_form(browse(), f"{demo.url}/ho-so/", "xacminh")
    expect(desk.locator("#list [data-row]", has_text=NAME)).to_have_count(1)
    desk.goto(f"{demo.url}/ho-so/{code}/")
    expect(desk.locator("#chat")).to_contain_text("ban ruou tap hoa")
    desk.locator(".sticky-actions").get_by_role("button", name="Xác minh").click()
    expect(desk.locator("body")).to_contain_text("Đã xác minh")
    phone.next("đã xác minh xong", code)

    # Somebody free who covers the ward is sent.
    desk.goto(f"{demo.url}/ho-so/{code}/phan-cong/")
    expect(desk.locator("fieldset legend")).to_contain_text("Đi được")
    first = desk.locator("label.choice b").first.inner_text()
    username, name, title, number = next(person for person in FIELD_NAMES if person[1] == first)
    desk.get_by_role("button", name="Phân công").click()
    expect(desk.locator("body")).to_contain_text("Đã phân công")
    telephone = f"0{number[3:6]} {number[6:9]} {number[9:]}"
    phone.next(f"{title.capitalize()} {name}, điện thoại {telephone} sẽ đến", code)

    # The board of that day shows the visit.
    board = sign_in_by_form(browse(), f"{demo.url}/lich/?ngay={day}", "lanhdao")
    theirs = board.get_by_role("row").filter(has=board.get_by_role("rowheader", name=name))
    expect(theirs.get_by_role("link", name="Kể Chuyện")).to_contain_text("Giấy phép bán lẻ rượu (cấp mới)")

    # On the road.
    road = sign_in_by_form(
        browse(viewport={"width": 390, "height": 800}), f"{demo.url}/viec-cua-toi/?ngay={day}", username
    )
    # The visit is of another day: the phone asks whether that was meant.
    road.on("dialog", lambda asked: asked.accept())
    card = road.locator(f"#{code}")
    card.get_by_role("button", name="Đang đi").click()
    phone.next(f"{title.capitalize()} {name}", "đang trên đường")
    card.get_by_role("button", name="Đã đến").click()
    expect(card).to_contain_text("Đang hỗ trợ")
    filing = card.locator("details", has=road.get_by_label("Mã hồ sơ trên Cổng dịch vụ công"))
    if filing.get_attribute("open") is None:
        filing.locator("summary").click()
    card.get_by_label("Mã hồ sơ trên Cổng dịch vụ công").fill("H32.MAU-26-0001")
    card.get_by_role("button", name="Lưu mã và kết thúc").click()
    phone.next("H32.MAU-26-0001", "chấm từ 1")

    # Thanks, and a rating with words.
    phone.says("5")
    phone.next("5/5")
    phone.says("cán bộ rất nhiệt tình")
    phone.next("Cảm ơn anh/chị")
    desk.goto(f"{demo.url}/ho-so/{code}/")
    expect(desk.locator("main")).to_contain_text("5/5 “cán bộ rất nhiệt tình”")
    expect(desk.locator("main .pill").first).to_have_text("Đã nộp hồ sơ")
    # Each of these was one message and no more.
    texts = phone.texts.all_inner_texts()
    assert len(texts) == phone.read
    assert len(set(texts)) == len(texts)
