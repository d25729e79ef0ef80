"""The citizen's page on a narrow phone, in the dark, without scripts: nothing axe objects to, nothing cut off."""

import re

import pytest
from playwright.sync_api import Page, expect

from registrations.models import Dialogue
from registrations.picker_links import draft_link
from tests.browsing import accessibility_faults
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
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is cut off"


def test_every_state_of_the_page_is_sound_on_a_narrow_phone(browse, link):
    page = browse(viewport={"width": 320, "height": 640})
    page.goto(link)
    expect(page.get_by_role("heading", name="Chọn giờ cán bộ đến nhà")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Không giờ nào tiện? Gửi giờ khác").click()
    expect(page.get_by_label("Giờ anh/chị muốn")).to_be_visible()
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
    expect(page.locator("button.big.stop")).to_be_visible()
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
    # Loaded: until then the browser still moves the focus to the part that the address names.
    page.wait_for_url(re.compile(r"gio=\d+#hen$"))
    expect(page.locator("button.big")).to_be_visible()
    page.locator("button.big").focus()
    expect(page.locator("button.big")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Đã hẹn xong")).to_be_visible()


# The "3G" profile of WebPageTest: 1.6 Mbit/s down, 768 kbit/s up, and every request waits 300 ms.
FIRST_PAINT = """new Promise(told => new PerformanceObserver(
    list => list.getEntriesByName("first-contentful-paint").forEach(entry => told(entry.startTime))
).observe({type: "paint", buffered: true}))"""
REGULAR_3G = {"offline": False, "latency": 300, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8}


def test_a_phone_on_3g_sees_the_page_within_a_second_for_few_bytes(browse, link):
    page = browse(viewport={"width": 360, "height": 740})
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", REGULAR_3G)
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    carried: list[float] = []
    network.on("Network.loadingFinished", lambda event: carried.append(event["encodedDataLength"]))
    painted = []
    # The best of three: the machine the tests run on may be at something else.
    for _ in range(3):
        carried.clear()
        page.goto(link, wait_until="load")
        painted.append(page.evaluate(FIRST_PAINT))
        if painted[-1] < 1000:
            break
    assert sum(carried) < 60_000
    assert min(painted) < 1000, painted
