"""The guides' pictures are the screens of today: taken here, and found stale when a screen they show is gone.

`GUIDE_PICTURES=write python -m pytest tests/browser/test_guides.py` takes them anew into static/img/guide.
"""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from config.guides import GUIDES
from registrations.models import Registration
from tests.browsing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(__file__).resolve().parents[2] / "static" / "img" / "guide"
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}
# picture, who, address, what must stand on the screen for the guide's words to be true, window
PICTURES = (
    ("ho-so", "xacminh", "/ho-so/", "Gọi xác minh", DESK),
    ("can-goi", "xacminh", "/can-goi/", "Gọi", DESK),
    ("viec-cua-toi", "canbo1", "/viec-cua-toi/?ngay=DAY", "Bản đồ", PHONE),
    ("lich", "lanhdao", "/lich/?ngay=DAY", "Chưa phân công", DESK),
    ("xep-lich", "lanhdao", "/lich/xep/?pham-vi=tuan", "Xếp lịch", DESK),
    ("thong-ke", "lanhdao", "/thong-ke/", "Đăng ký theo thời gian", DESK),
    ("zalo", "quantri", "/zalo/", "Quyền truy cập và hạn mức", DESK),
)


def test_every_picture_of_the_guides_shows_a_screen_of_today(page: Page, live_server: Any, week: None) -> None:
    # In the evening and on a day off somebody's next visit is on another day.
    hers = Registration.objects.filter(state="assigned", appointment__assignments__staff__user__username="canbo1")
    day = timezone.localdate(hers.earliest("appointment__starts_at").appointment.starts_at).isoformat()
    for name, username, place, words, window in PICTURES:
        address = place.replace("DAY", day)
        page.set_viewport_size(window)
        sign_in(page, live_server, username).goto(f"{live_server.url}{address}")
        assert words in page.locator("main").inner_text(), f"{address} no longer shows “{words}”"
        if os.environ.get("GUIDE_PICTURES") == "write":
            FOLDER.mkdir(parents=True, exist_ok=True)
            picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
            picture.save(FOLDER / f"{name}.webp", quality=72, method=6)
        with Image.open(FOLDER / f"{name}.webp") as kept:
            assert kept.size == (window["width"], window["height"])


def test_each_guide_opens_with_its_pictures(browse: Any, live_server: Any, week: None) -> None:
    page = sign_in(browse(viewport=DESK), live_server, "quantri")
    for guide in GUIDES:
        page.goto(f"{live_server.url}/huong-dan/{guide.slug}/")
        page.locator("img.guide-picture").evaluate_all("images => images.forEach(image => image.loading = 'eager')")
        arrived = "images => Promise.allSettled(images.map(image => image.decode()))"
        page.locator("img.guide-picture").evaluate_all(arrived)
        broken = "images => images.filter(image => !image.complete || !image.naturalWidth).map(image => image.src)"
        assert page.locator("img.guide-picture").evaluate_all(broken) == []
