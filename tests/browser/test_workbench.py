"""The clerk's desk by keyboard alone, and every page of it under axe, in light, dark, wide and narrow."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone
from playwright.sync_api import Page, expect

from registrations.models import Registration
from tests.browsing import accessibility_faults, sign_in
from tests.factories.registrations import RegistrationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_request_is_verified_and_assigned_by_keyboard_alone_and_the_reader_keeps_their_place(page, live_server, week):
    # In the made-up week of today somebody may come first of whom neither procedure nor time is known: they come last.
    unclear = Registration.objects.filter(Q(procedure=None) | Q(appointment=None), state="submitted")
    unclear.update(call_due_at=timezone.now() + timedelta(days=30))
    sign_in(page, live_server, "xacminh").goto(f"{live_server.url}/ho-so/?tab=goi")
    tab = page.locator("#tabs a[aria-current]")
    before = int(tab.locator("b").inner_text())
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("#list [data-row]").first
    expect(first.locator("[data-open]")).to_be_focused()
    page.keyboard.press("Enter")
    code = first.get_attribute("data-row")
    expect(page.locator(f'#pane [data-case="{code}"]')).to_be_visible()
    assert page.url.endswith(f"mo={code}"), "the address must show what is on screen"
    page.set_viewport_size({"width": 1280, "height": 620})
    call = page.locator("#pane [data-key=g]").bounding_box()
    assert call["y"] + call["height"] < 620, "what to press is below the fold"
    page.keyboard.press("v")
    expect(page.locator("#pane .notice.go")).to_contain_text("Đã xác minh")
    expect(page.locator(f'#list [data-row="{code}"]')).to_have_count(0)
    expect(tab.locator("b")).to_have_text(str(before - 1))
    expect(page.locator("#list [data-row] [data-open]:focus")).to_have_count(1)  # not back to the top of the page
    # The next step of the same request, still without a mouse or a new page.
    page.keyboard.press("p")
    expect(page.locator("#pane legend").first).to_contain_text("Đi được")
    expect(page.locator("#pane form input:focus")).to_have_count(1)  # a form asked for by a key is filled in at once
    page.locator("#pane").get_by_role("button", name="Phân công").press("Enter")
    expect(page.locator("#pane .notice.go")).to_contain_text("Đã phân công")
    title = page.locator("#pane .pane-title:focus")
    assert title.evaluate("each => getComputedStyle(each).outlineStyle") == "solid", "the focus cannot be seen"
    assert Registration.objects.get(code=code).state == "assigned"


# How wide a hint is, no box tells: it is drawn once more, in the same letters. The cross that empties the box, too, has
# its place, as wide as the letters are high.
HINT_FITS = """box => {
  const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const cross = parseFloat(style.fontSize);
  return pen.measureText(box.placeholder).width + cross <= room;
}"""


@pytest.mark.usefixtures("week")
def test_keys_are_listed_search_is_one_key_away_and_on_a_phone_the_pane_is_the_page(page, phone, live_server):
    sign_in(page, live_server, "xacminh").goto(f"{live_server.url}/ho-so/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#tim")).to_be_focused()
    page.keyboard.type("nguoi mau hai")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_contain_text("Người Mẫu Hai")
    assert "nguoi" not in page.url
    # The row lights up as a whole: a click beside the name opens it too.
    row = page.locator("#list [data-row]", has_text="Người Mẫu Hai").first
    row.locator("small").first.click()
    expect(page.locator(f'#pane [data-case="{row.get_attribute("data-row")}"]')).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("form.pane input:focus")).to_have_count(1)  # a form of its own begins at its first field, too
    sign_in(phone, live_server, "xacminh").goto(f"{live_server.url}/ho-so/?tab=goi")
    expect(phone.locator("#tim")).to_be_visible()
    assert phone.locator("#tim").evaluate(HINT_FITS), "the hint in the search box is cut"
    phone.locator("#list [data-open]").first.tap()
    phone.wait_for_url("**/ho-so/HT-*/")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()


PAGES = {
    "xacminh": [
        "/ho-so/?tab=goi",
        "/ho-so/?tab=hen-lai&nguon=counter",
        "/can-goi/",
        "/ho-so/them/",
        "/thong-bao/",
        "CASE",
    ],
    "lanhdao": [
        "/ho-so/?tab=phan-cong",
        "/thong-ke/",
        "/thong-ke/bao-cao/",
        "/thong-ke/han/",
        "/thong-ke/danh-sach/dong-y/",
        "/kiem-tra/",
        "/thanh-phan/",
        "ASSIGN",
    ],
    "canbo1": ["/viec-cua-toi/", "/viec-cua-toi/?ngay=2020-01-01"],
}


# Each page is asked for once and looked at twice.
SCREENS = ((1440, "dark"), (360, "light"))


@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing_and_nothing_spills_over(browse, live_server, week, username):
    codes = {
        "CASE": Registration.objects.filter(state="assigned").order_by("pk").values_list("code", flat=True)[0],
        "ASSIGN": Registration.objects.filter(state="verified").order_by("pk").values_list("code", flat=True)[0],
    }
    faults = []
    page = sign_in(browse(reduced_motion="reduce"), live_server, username)
    for name in PAGES[username]:
        address = f"/ho-so/{codes[name]}/" if name in codes else name
        address += "phan-cong/" if name == "ASSIGN" else ""
        page.goto(live_server.url + address)
        expect(page.locator(".htmx-request")).to_have_count(0)  # pieces a page fetches by itself
        for width, theme in SCREENS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{address} {width}: {fault}" for fault in accessibility_faults(page, theme)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{address}: wider than {width}")
    assert faults == []


@pytest.mark.usefixtures("week")
def test_a_new_request_shows_in_the_title_and_rings_for_who_wants_it_and_no_row_moves(browse: Any, live_server: Any):
    page = sign_in(browse(), live_server, "xacminh")
    # Chromium here has no loudspeaker: what the page asks of it is counted.
    page.add_init_script(
        "window.rung = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function () { window.rung++; return start.apply(this, arguments); };"
    )
    page.clock.install()
    page.goto(f"{live_server.url}/ho-so/?tab=goi")
    page.locator("summary", has_text="Hiển thị").click()
    page.get_by_label("Kêu khi có hồ sơ mới").check()
    page.get_by_role("button", name="Lưu", exact=True).last.press("Enter")
    expect(page.locator("#desk[data-rings]")).to_have_count(1)
    first = page.locator("#list [data-row]").first
    code, place = first.get_attribute("data-row"), first.bounding_box()
    RegistrationFactory(state="submitted", appointment=None)
    with page.expect_response("**/ho-so/moi/**"):
        page.clock.run_for(10_000)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("#fresh-line")).to_contain_text("1 hồ sơ mới")
    assert (first.get_attribute("data-row"), first.bounding_box()) == (code, place), "a row moved under the mouse"
    assert page.evaluate("window.rung") == 1


def expect_held(page: Page, words: str) -> None:
    """Who has the open request, asked again now rather than in half a minute; "" for nobody.

    A page that is left says so on its way out: until the server has read that, the question is repeated.
    """
    for _ in range(40):
        with page.expect_response("**/giu/"):
            page.evaluate(
                "htmx.ajax('POST', document.getElementById('held').dataset.hold, {target: '#held', swap: 'outerHTML'})"
            )
        said = page.locator("#held").inner_text()
        if words in said if words else not said:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still held: {said!r}, expected {words!r}")


@pytest.mark.usefixtures("week")
def test_the_second_clerk_sees_who_has_a_request_until_they_leave_it(browse: Any, live_server: Any):
    mine, theirs = sign_in(browse(viewport={"width": 1440, "height": 900}), live_server, "xacminh"), browse()
    sign_in(theirs, live_server, "lanhdao")
    mine.goto(f"{live_server.url}/ho-so/?tab=goi")
    mine.keyboard.press("j")
    mine.keyboard.press("Enter")
    code = mine.locator("#pane [data-case]").get_attribute("data-case")
    theirs.goto(f"{live_server.url}/ho-so/{code}/")
    expect(theirs.locator("#held")).to_have_text(re.compile(r"đang mở hồ sơ này từ \d\d:\d\d"))
    # The first opens another request in the pane: this one is free at once, and the second clerk has it.
    with mine.expect_request(f"**/{code}/giu/"):
        mine.keyboard.press("j")
        mine.keyboard.press("Enter")
    expect_held(theirs, "")
    mine.goto(f"{live_server.url}/ho-so/{code}/")
    expect(mine.locator("#held")).to_contain_text("đang mở")
    # Going on to a form of the same request keeps it; leaving for another page frees it.
    theirs.goto(f"{live_server.url}/ho-so/{code}/sua/")
    expect_held(mine, "đang mở")
    theirs.goto(f"{live_server.url}/lich/")
    expect_held(mine, "")


@pytest.mark.usefixtures("week")
def test_what_is_typed_survives_the_end_of_the_session_and_a_failing_server(browse: Any, live_server: Any):
    page = sign_in(browse(viewport={"width": 1440, "height": 900}), live_server, "xacminh")
    code = Registration.objects.filter(state="submitted").values_list("code", flat=True)[0]
    page.goto(f"{live_server.url}/ho-so/?tab=tat-ca&mo={code}")
    page.evaluate("htmx.trigger(document.body, 'htmx:sendError', {})")  # a real one would fail this test by itself
    expect(page.locator("#trouble")).to_contain_text("Chưa kết nối được máy chủ")
    page.keyboard.press("b")
    expect(page.locator("#pane textarea")).to_be_focused()
    expect(page.locator("#trouble")).to_have_count(0)
    page.keyboard.type("Thiếu hợp đồng thuê nhà")
    page.context.clear_cookies(name="sessionid")
    page.locator("#pane button[type=submit]").press("Enter")
    expect(page.locator("#trouble")).to_contain_text("Phiên làm việc đã hết")
    expect(page.locator("#pane textarea")).to_have_value("Thiếu hợp đồng thuê nhà")
    sign_in(page, live_server, "xacminh")  # as in another tab
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#trouble")).to_have_count(0)
    page.locator("#pane button[type=submit]").press("Enter")
    expect(page.locator("#pane .notice.go")).to_contain_text("cần bổ sung")


@pytest.mark.usefixtures("week")
def test_figures_renew_under_a_reader_who_notices_nothing(browse: Any, live_server: Any):
    page = sign_in(browse(reduced_motion="reduce"), live_server, "lanhdao")
    page.clock.install()
    page.goto(f"{live_server.url}/thong-ke/?ky=tuan")
    page.locator("#so-lieu summary").first.click()
    link = page.locator("#so-lieu .stat a").nth(3)
    link.focus()
    page.evaluate("document.getElementById('so-lieu').dataset.old = 'x'; window.scrollBy(0, 40)")
    place = link.bounding_box()
    page.clock.run_for(300_000)
    expect(page.locator("#so-lieu[data-old]")).to_have_count(0)
    expect(link).to_be_focused()
    assert page.locator("#so-lieu details").first.evaluate("each => each.open")
    assert link.bounding_box() == place
    # What a bar stands for is written on a phone, too.
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.locator(".chart .tick").first).to_be_visible()


def test_dark_follows_the_system_without_a_script(browse: Any, live_server: Any):
    page = browse(java_script_enabled=False, color_scheme="dark")
    page.goto(f"{live_server.url}/dang-nhap/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(14, 26, 30)"
    ink = "getComputedStyle(document.querySelector('label')).color"
    assert page.evaluate(ink) == "rgb(231, 239, 240)"
    page.emulate_media(media="print")
    assert page.evaluate(ink) == "rgb(0, 0, 0)", "white letters on white paper"
    page.emulate_media(media="screen", color_scheme="light")
    assert page.evaluate(ground) == "rgb(243, 246, 246)"
