"""The clerk's desk by keyboard alone, and every page of it under axe, in light, dark, wide and narrow."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, expect

from procedures.services import load_catalogue
from registrations.demo import load_demo
from registrations.models import Registration
from scheduling.services import load_wards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def week(db: None) -> None:
    load_catalogue()
    load_wards()
    load_demo(password="mot-mat-khau-mau")


def sign_in(page: Page, live_server: Any, username: str) -> Page:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_a_request_is_verified_and_assigned_by_keyboard_alone_and_the_reader_keeps_their_place(page, live_server, week):
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
    if page.locator('#pane [data-key="v"]').count() == 0:
        pytest.fail("the first request cannot be verified")
    page.keyboard.press("v")
    expect(page.locator("#pane .notice.go")).to_contain_text("Đã xác minh")
    expect(page.locator(f'#list [data-row="{code}"]')).to_have_count(0)
    expect(tab.locator("b")).to_have_text(str(before - 1))
    expect(page.locator("#list [data-row] [data-open]:focus")).to_have_count(1)  # not back to the top of the page
    # The next step of the same request, still without a mouse or a new page.
    page.keyboard.press("p")
    expect(page.locator("#pane legend").first).to_contain_text("Đi được")
    page.locator("#pane").get_by_role("button", name="Phân công").press("Enter")
    expect(page.locator("#pane .notice.go")).to_contain_text("Đã phân công")
    assert Registration.objects.get(code=code).state == "assigned"


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
    sign_in(phone, live_server, "xacminh").goto(f"{live_server.url}/ho-so/?tab=goi")
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
    "lanhdao": ["/ho-so/?tab=phan-cong", "/thong-ke/", "/thong-ke/bao-cao/", "/kiem-tra/", "/thanh-phan/", "ASSIGN"],
    "canbo1": ["/viec-cua-toi/", "/viec-cua-toi/?ngay=2020-01-01"],
}


SCREENS = ((1440, "dark"), (360, "light"))


def test_axe_finds_nothing_and_nothing_spills_over(browse, live_server, week):
    codes = {
        "CASE": Registration.objects.filter(state="assigned").order_by("pk").values_list("code", flat=True)[0],
        "ASSIGN": Registration.objects.filter(state="verified").order_by("pk").values_list("code", flat=True)[0],
    }
    faults = []
    for width, scheme in SCREENS:
        page = browse(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        for username, addresses in PAGES.items():
            sign_in(page, live_server, username)
            for name in addresses:
                address = f"/ho-so/{codes[name]}/" if name in codes else name
                address += "phan-cong/" if name == "ASSIGN" else ""
                page.goto(live_server.url + address)
                page.wait_for_load_state("networkidle")
                found = Axe().run(page).response["violations"]
                faults += [f"{address} {width}: {fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in found]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    faults.append(f"{address}: wider than {width}")
    assert faults == []
