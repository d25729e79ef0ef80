"""What Lighthouse would say of the main pages, measured by Chromium: what it loads, what moves, what it reads."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import Response

from registrations.models import Registration
from tests.browsing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_VISIT, LATER_VISIT = 100 * 1024, 25 * 1024
# Google's own limit for "good" is 0.1.
MOST_SHIFT = 0.02
PAGES = (
    ("xacminh", "/ho-so/"),
    ("xacminh", "/can-goi/"),
    ("xacminh", "CASE"),
    ("lanhdao", "/thong-ke/"),
    ("lanhdao", "/lich/"),
    ("canbo1", "/viec-cua-toi/"),
)
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
"""


def weighed(response: Response) -> dict[str, int]:
    """How much of the line a file takes, compressed as whitenoise and the web server in front do."""
    return {response.url: len(gzip.compress(response.body()))} if response.ok else {}


def test_the_main_pages_are_light_stand_still_and_say_what_they_are(browse: Any, live_server: Any, week: None) -> None:
    case = Registration.objects.filter(state="assigned").order_by("pk").values_list("code", flat=True)[0]
    faults = []
    for username, name in PAGES:
        page = sign_in(browse(), live_server, username)
        page.add_init_script(WATCH_SHIFTS)
        loaded: dict[str, int] = {}
        page.on("response", lambda response, loaded=loaded: loaded.update(weighed(response)))
        address = f"{live_server.url}/ho-so/{case}/" if name == "CASE" else f"{live_server.url}{name}"
        page.goto(address)
        page.wait_for_load_state("networkidle")
        # Files with a hash in their name are kept by the browser for good: a later visit fetches the rest.
        later = {url: size for url, size in loaded.items() if "/static/" not in url}
        for visit, files, most in (("first", loaded, FIRST_VISIT), ("later", later, LATER_VISIT)):
            if sum(files.values()) > most:
                faults.append(f"{name}: {visit} visit {sum(files.values())} bytes, at most {most}")
        if (shift := page.evaluate("window.shifted")) > MOST_SHIFT:
            faults.append(f"{name}: things moved by {shift:.3f}")
        head = page.evaluate(
            "[document.title, document.documentElement.lang, document.querySelector('meta[name=viewport]').content]"
        )
        if not head[0] or head[1] != "vi" or "width=device-width" not in head[2]:
            faults.append(f"{name}: {head}")
        page.context.close()
    assert faults == []
