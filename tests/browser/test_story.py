"""The whole story with real processes: a citizen in Zalo, a clerk at the queue, a person on the road."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from procedures.services import Field, load_catalogue
from registrations.models import Registration
from registrations.roles import FIELD_STAFF, MANAGERS, VERIFIERS
from scheduling.models import StaffMember, Ward
from scheduling.services import load_wards, prepare_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Generous: the test machine may be busy; nothing here sleeps, everything waits for what it expects.
PATIENCE_S = 45
PASSWORD = "mat-khau-de-thu-thoi"


@pytest.fixture
def office(transactional_db: None) -> StaffMember:
    """An office in its first hour: catalogue, wards, open times, a clerk, a manager, and somebody to send."""
    load_catalogue()
    load_wards()
    lan = StaffMember.objects.create(
        user=_user("canbo1", FIELD_STAFF), name="Nguyễn Thị Mẫu Lan", title="chị", phone="+84900000021"
    )
    lan.wards.set(Ward.objects.filter(is_served=True))
    lan.fields.set(Field.objects.all())
    _user("xacminh", VERIFIERS)
    _user("lanhdao", MANAGERS)
    prepare_office()
    return lan


def _user(username: str, group: str):
    user = get_user_model().objects.create_user(username, password=PASSWORD)
    user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(page: Page, url: str, username: str) -> Page:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return page


class Phone:
    """The citizen's phone: what they say, and the next message they read."""

    def __init__(self, stack, name: str):
        self.zalo = stack.zalo
        self.person = stack.zalo.person(name)
        self.read = 0

    def next(self, *expected: str) -> str:
        """The next text message; it must hold all of these."""

        def arrived():
            texts = [text for text in self.person.inbox_texts() if text]
            return texts[self.read] if len(texts) > self.read else None

        text = self.zalo.wait_until(arrived, seconds=PATIENCE_S)
        self.read += 1
        for words in expected:
            assert words in text, text
        return text


def test_from_the_first_message_to_the_rating(office, live_stack, browse):
    phone = Phone(live_stack, "Người Mẫu Một")
    citizen = phone.person

    # The citizen registers by chat …
    citizen.follows()
    phone.next("Chào anh/chị", "1. Đăng ký hỗ trợ tại nhà")
    citizen.says("#dangky")
    phone.next("Chia sẻ thông tin", "rút lại đồng ý")
    citizen.shares_info(address="Tổ 5", ward="Phường Vĩnh Hải", district="Thành phố Nha Trang", city="Khánh Hòa")
    phone.next("0900 000 014", "nay là Phường Bắc Nha Trang", "gõ tên thủ tục")
    # The worker dies in between: what was written meanwhile is answered by the next one.
    live_stack.kill("worker")
    citizen.says("ban ruou tap hoa")
    live_stack.start("worker")
    phone.next("1. Giấy phép bán lẻ rượu (cấp mới)")
    citizen.says("1")
    offer = phone.next("1. Thứ", "2. Thứ", "3. Thứ", "/dat-lich/")

    # … and chooses the time on the page, on a small phone.
    page = browse(viewport={"width": 360, "height": 740})
    page.goto(re.search(r"http\S+", offer)[0])
    expect(page.get_by_role("heading", name="Chọn giờ cán bộ đến nhà")).to_be_visible()
    page.locator("a.time").last.click()  # late in the day the first day may have one only
    page.locator("button.big").click()
    expect(page.get_by_role("heading", name="Đã hẹn xong")).to_be_visible()
    registration = Registration.objects.get()
    code = registration.code
    expect(page.locator("main")).to_contain_text(code)
    phone.next("Chúc mừng", "Giấy phép bán lẻ rượu (cấp mới)", "Tổ 5", code, "đổi giờ")

    # The clerk signs in, calls and verifies.
    desk = browse()
    desk.goto(f"{live_stack.url}/ho-so/")
    desk.fill("input[name=username]", "xacminh")
    desk.fill("input[name=password]", PASSWORD)
    desk.keyboard.press("Enter")
    expect(desk.locator("#list")).to_contain_text("Người Mẫu Một")
    desk.goto(f"{live_stack.url}/ho-so/{code}/")
    expect(desk.locator("#chat")).to_contain_text("ban ruou tap hoa")
    desk.locator(".sticky-actions").get_by_role("button", name="Xác minh").click()
    expect(desk.locator("body")).to_contain_text("Đã xác minh")
    phone.next("đã xác minh xong", code)

    # Somebody free who covers the ward is sent.
    desk.goto(f"{live_stack.url}/ho-so/{code}/phan-cong/")
    expect(desk.locator("fieldset legend")).to_contain_text("Đi được")
    desk.get_by_role("button", name="Phân công").click()
    expect(desk.locator("body")).to_contain_text("Đã phân công")
    phone.next("Chị Nguyễn Thị Mẫu Lan, điện thoại 0900 000 021 sẽ đến", code)

    # The board of that day shows the visit.
    registration.refresh_from_db()
    day = timezone.localtime(registration.appointment.starts_at).date()
    board = sign_in(browse(), live_stack.url, "lanhdao")
    board.goto(f"{live_stack.url}/lich/?ngay={day:%Y-%m-%d}")
    expect(board.locator("main")).to_contain_text("Mẫu Một")
    expect(board.locator("main")).to_contain_text("Giấy phép bán lẻ rượu (cấp mới)")

    # On the road.
    road = sign_in(browse(viewport={"width": 390, "height": 800}), live_stack.url, "canbo1")
    road.goto(f"{live_stack.url}/viec-cua-toi/?ngay={day:%Y-%m-%d}")
    # The visit is of another day: the phone asks whether that was meant.
    road.on("dialog", lambda asked: asked.accept())
    road.get_by_role("button", name="Đang đi").click()
    phone.next("Chị Nguyễn Thị Mẫu Lan", "đang trên đường")
    road.get_by_role("button", name="Đã đến").click()
    filing = road.locator("details", has=road.get_by_label("Mã hồ sơ trên Cổng dịch vụ công"))
    if filing.get_attribute("open") is None:
        filing.locator("summary").click()
    road.get_by_label("Mã hồ sơ trên Cổng dịch vụ công").fill("H32.MAU-26-0001")
    road.get_by_role("button", name="Lưu mã và kết thúc").click()
    phone.next("H32.MAU-26-0001", "chấm từ 1")

    # Thanks, and a rating with words.
    citizen.says("5")
    phone.next("5/5")
    citizen.says("cán bộ rất nhiệt tình")
    phone.next("Cảm ơn anh/chị")
    registration.refresh_from_db()
    assert (registration.state, registration.rating) == ("completed", 5)
    assert registration.rating_words == "cán bộ rất nhiệt tình"
    # Each of these was one message and no more.
    texts = [text for text in citizen.inbox_texts() if text]
    assert len(texts) == phone.read
    assert len(set(texts)) == len(texts)
