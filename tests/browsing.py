"""A real Chromium for tests marked `browser`.

`page` belongs to somebody in Việt Nam. A script error, a resource our Content-Security-Policy refuses or a file that is
not there fails the test that caused it.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

# Of several lists Chromium heeds the last: the first six are Playwright's own, as far as they matter here. The others
# would load a page for the address bar, which nobody sees, with each window: half the price of opening one.
FEATURES_OFF = [
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
]
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # no page here needs protection from another
    f"--disable-features={','.join(FEATURES_OFF)}",
]
# How long to wait for what comes within a moment: a limit for the busiest machine. A right page never makes it wait.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
AXE = Axe()
# Only what is wrong is carried over: the thousands of nodes that are right are not. No rule that runs needs the style
# sheets a second time, which axe would write into the page, where our policy refuses it. Of brothers built alike (the
# rows of a list, the bars of a chart) the first two are looked at, and the others are put aside for so long: a fault of
# one is a fault of all, and two show whether they disturb each other.
LOOK = """async () => {
    const matters = /^(class|style|type|role|hidden|disabled|open|tabindex|aria-(?!label|describedby|controls|owns))/;
    const shape = (node) => node.nodeType === Node.TEXT_NODE ? (node.data.trim() && "text") : node.tagName + "[" +
        [...node.attributes ?? []].map(({name, value}) => name + (matters.test(name) ? "=" + value : "")).join() + "]" +
        [...node.childNodes].map(shape).join();
    const aside = [];
    for (const parent of document.body.querySelectorAll("*")) {
        const seen = {};
        for (const child of [...parent.children]) {
            const like = shape(child);
            seen[like] = (seen[like] ?? 0) + 1;
            if (seen[like] > 2) {
                aside.unshift([parent, child, child.nextSibling]);
                child.remove();
            }
        }
    }
    const {violations} = await axe.run({resultTypes: ["violations"], preload: false});
    aside.forEach(([parent, child, next]) => parent.insertBefore(child, next));
    return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}"""
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str | None:
    """`CHROMIUM` if set, else the first browser of that family on PATH."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def accessibility_faults(page: Page, *themes: str) -> list[str]:
    """What axe objects to on the page as it stands, a line for each element: theme, rule and element.

    In both themes where none is named, set as the button sets them: the page is loaded once.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    page.emulate_media(reduced_motion="reduce")  # or a button is looked at halfway between two colours
    faults = []
    for theme in themes or ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        faults += [f"{theme}, {fault}" for fault in page.evaluate(LOOK)]
    return faults


def sign_in(page: Page, live_server: Any, username: str) -> Page:
    """As somebody who signed in at this browser before."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        missing = "no Chromium: `apt-get install chromium`, or set CHROMIUM to a browser's path"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    # Playwright runs an event loop in this thread, and Django would refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browse(browser: Browser) -> Iterator[Any]:
    """`browse(viewport={…})` opens another person's browser: own cookies, own window."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open_one(**options: Any) -> Page:
        wanted = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": {"width": 1280, "height": 800}}
        context = browser.new_context(**{**wanted, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == [], "the browser complained"


@pytest.fixture
def page(browse: Any) -> Page:
    """A desk's screen."""
    return browse()


@pytest.fixture
def phone(browse: Any) -> Page:
    """A small phone, touched rather than clicked."""
    return browse(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, device_scale_factor=2)
