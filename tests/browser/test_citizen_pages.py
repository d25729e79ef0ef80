"""The citizen's page on a narrow phone, in the dark, without scripts: nothing axe objects to, nothing cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from registrations.models import Dialogue
from registrations.picker_links import draft_link
from tests.registrations.dialogue.conftest import citizen, monday_morning, office  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def link(transactional_db, live_server, settings, citizen):  # noqa: F811
    settings.PUBLIC_URL = live_server.url
    citizen.says("#dangky")
    citizen.shares()
    citizen.says("rượu")
    citizen.says("1")
    return draft_link(Dialogue.objects.get(contact=citizen.contact))


def check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is cut off"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_page_is_sound_on_a_narrow_phone(browse, link, scheme):
    page = browse(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(link)
    expect(page.get_by_role("heading", name="Chọn giờ cán bộ đến nhà")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Không giờ nào tiện? Gửi giờ khác").click()
    check(page)
    page.goto(link)
    page.locator("a.time").first.click()
    button = page.locator("button.big")
    assert button.bounding_box()["height"] >= 48
    check(page)
    button.click()
    expect(page.get_by_role("heading", name="Đã hẹn xong")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Hủy lịch hẹn").click()
    check(page)


def test_the_whole_booking_works_without_scripts_and_by_keyboard(browse, link):
    # 200 % zoom of a 640 px wide window is a 320 px wide page.
    page = browse(viewport={"width": 320, "height": 480}, java_script_enabled=False)
    page.goto(link)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("a.time:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.locator("button.big")).to_be_visible()
    page.locator("button.big").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Đã hẹn xong")).to_be_visible()
