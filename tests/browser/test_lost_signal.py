"""A day in a valley without signal: what was pressed waits on the phone, and the server has each of it once."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from registrations import services
from registrations.models import Attachment, Receipt, Registration
from registrations.views.my_visits import ON_THE_ROAD
from tests.browsing import PATIENCE_MS, sign_in
from tests.factories.procedures import ProcedureFactory
from tests.factories.registrations import CitizenFactory, RegistrationFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    SlotFactory,
    StaffMemberFactory,
    WardFactory,
    enter_travel_times,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Whether the phone holds a copy of the list, as soon as it is as wanted.
KEPT = """async (wanted) => {
    for (let tries = 0; tries < 100; tries++) {
        if (Boolean(await caches.match("/viec-cua-toi/")) === wanted) return true;
        await new Promise((done) => setTimeout(done, 50));
    }
    return false;
}"""
# The names of what the phone still holds, when nothing is left or after five seconds.
EVERYTHING_KEPT = """async () => {
    for (let tries = 0; ; tries++) {
        const kept = [...await caches.keys(), ...(await indexedDB.databases()).map(one => one.name)];
        if (!kept.length || tries > 100) return kept;
        await new Promise((done) => setTimeout(done, 50));
    }
}"""
# The first two lists fetched on the page reach it a second after the server wrote them.
SLOW_LISTS = """const fetched = window.fetch;
let lists = 0;
window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    if (asked.length === 1 && lists++ < 2) await new Promise((done) => setTimeout(done, 1000));
    return answer;
};"""
# "Đã đến" pressed half an hour and a minute before the hour by somebody who then says no: what they were asked.
PRESSED_EARLY = """(code) => {
    const card = document.getElementById(code), hour = card.querySelector("time"), was = hour.dateTime;
    const confirm = window.confirm;
    let asked = "";
    window.confirm = (words) => { asked = words; return false; };
    hour.dateTime = new Date(Date.now() + 31 * 60e3).toISOString();
    card.querySelector("[data-press=da-den]").requestSubmit();
    hour.dateTime = was;
    window.confirm = confirm;
    return asked;
}"""
# What a browser writes to its console of answers that are no fault of the page.
NO_FAULT = ("ERR_INTERNET_DISCONNECTED", "status of 409")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small phone whose only complaints are about the missing signal."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, locale="vi-VN"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # Run in the morning, these visits of noon are pressed early: asked, the person means it.
    page.on("dialog", lambda question: question.accept() if "chưa tới giờ" in question.message else None)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [each for each in complaints if not any(words in each for words in NO_FAULT)] == []


@pytest.fixture
def photo() -> bytes:
    """As a camera makes it: larger than anybody needs."""
    kept = BytesIO()
    Image.new("RGB", (2400, 1200), "white").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def visits(field_staff: User, verifier: User, settings: Any, tmp_path: Any) -> list[Registration]:
    """Two visits of today, one after the other, both assigned to the same person."""
    settings.MEDIA_ROOT = tmp_path
    enter_travel_times(same=5, neighbour=5, far=5)
    ward, procedure = WardFactory(), ProcedureFactory(papers=["Bản sao giấy phép mẫu"])
    staff = StaffMemberFactory(user=field_staff, wards=[ward])
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    made = []
    for number, name in enumerate(("Người Mẫu Một", "Người Mẫu Hai")):
        slot = SlotFactory(booked=1, starts_at=noon + timedelta(hours=2 * number))
        visit = AppointmentFactory(slot=slot, ward=ward)
        facts = {"citizen": CitizenFactory(name=name), "appointment": visit, "procedure": procedure}
        made.append(RegistrationFactory(state="verified", ward=ward, **facts))
        services.assign(registration=made[-1], staff=staff, actor=services.Actor.staff(verifier))
    return made


def test_three_presses_without_signal_a_reload_and_each_is_done_once(
    phone, client, live_server, visits, verifier, field_staff, photo
):
    first, second = visits
    address = f"{live_server.url}/viec-cua-toi/"
    sign_in(phone, live_server, field_staff.username).goto(address)
    assert phone.evaluate(KEPT, True)
    second_window = phone.context.new_page()
    second_window.goto(address)

    # The signal goes. Three presses and a photo, then somebody closes the page and opens it again.
    phone.context.set_offline(True)
    assert "chưa tới giờ. Vẫn ghi “Đã đến” bây giờ?" in phone.evaluate(PRESSED_EARLY, first.code)
    card = phone.locator(f"#{first.code}")
    card.get_by_role("button", name="Đang đi").click()
    expect(card.locator(".presses li")).to_have_count(1)
    for window in (phone, second_window):
        expect(window.locator(f"#{first.code}").get_by_role("button", name="Đang đi")).to_be_hidden()
    second_window.close()
    card.get_by_role("button", name="Đã đến").click()
    card.locator("summary", has_text="Đã nộp hồ sơ").click()
    card.get_by_label("Mã hồ sơ trên Cổng dịch vụ công").fill("H32.MAU-1")
    card.get_by_role("button", name="Lưu mã và kết thúc").click()
    expect(card.locator(".presses li")).to_have_count(3)
    card.locator("summary", has_text="Biên nhận").click()
    card.get_by_label("Chụp biên nhận trên Cổng").set_input_files(
        {"name": "IMG_1.png", "mimeType": "image/png", "buffer": photo}
    )
    phone.locator(f"#{second.code}").get_by_role("button", name="Đã đến").click()
    expect(phone.locator(".presses li")).to_have_count(5)
    phone.reload()
    expect(phone.locator("h2", has_text="Người Mẫu Một")).to_be_visible()
    expect(phone.locator("#sync")).to_contain_text("Đang mất mạng")
    expect(phone.locator(".presses li", has_text="đang chờ mạng")).to_have_count(5)
    first.refresh_from_db()
    assert first.state == "assigned"

    # Meanwhile the second visit is given to a colleague. The signal comes back.
    colleague = StaffMemberFactory(wards=[second.ward])
    services.reassign(registration=second, staff=colleague, actor=services.Actor.staff(verifier))
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator(".presses li", has_text="đã gửi")).to_have_count(4)
    refused = phone.locator(".presses li", has_text="không được")
    expect(refused).to_contain_text("không còn giao cho anh/chị")
    expect(phone.locator(f"#{second.code}")).to_have_count(0)
    expect(phone.locator(f"#{first.code} .pill").first).to_have_text("Đã nộp hồ sơ")
    refused.get_by_role("button", name="Đã hiểu").click()
    expect(refused).to_have_count(0)

    # The same once more, as from a phone that never heard the answers.
    client.force_login(field_staff)
    for key in Receipt.objects.values_list("key", flat=True):
        slug = next(slug for slug in ON_THE_ROAD if f"-{slug}-" in key)
        facts = {"nguoi": field_staff.pk, "ma": first.code, "viec": slug, "khoa": key, "dossier_number": "H32.MAU-1"}
        answer = client.post("/viec-cua-toi/gui/", {**facts, "photo": SimpleUploadedFile("a.png", photo)})
        assert answer.status_code == 200
    first.refresh_from_db()
    assert (first.state, first.dossier_number) == ("completed", "H32.MAU-1")
    told = list(first.transitions.order_by("pk").values_list("to_state", flat=True))
    assert told == ["verified", "assigned", "in_progress", "completed"]
    assert Receipt.objects.count() == 4
    with Attachment.objects.get().file.open() as kept, Image.open(kept) as picture:
        # Drawn anew on the phone: smaller, and without what the camera wrote beside it.
        assert (picture.format, picture.size) == ("JPEG", (2000, 1000))


def test_signed_out_meanwhile_the_press_waits_and_signing_out_for_good_leaves_nothing(
    phone, live_server, visits, field_staff
):
    first, second = visits
    address = f"{live_server.url}/viec-cua-toi/"
    sign_in(phone, live_server, field_staff.username).goto(address)
    assert phone.evaluate(KEPT, True)
    Session.objects.all().delete()
    cache.clear()
    phone.locator(f"#{first.code}").get_by_role("button", name="Đã đến").click()
    expect(phone.locator(".presses li")).to_contain_text("chờ đăng nhập lại")
    expect(phone.locator("#sync").get_by_role("link", name="đăng nhập lại để gửi")).to_be_visible()
    # The login page takes the list away, but not what waits.
    phone.locator("#sync").get_by_role("link").click()
    phone.wait_for_url("**/dang-nhap/**")
    assert phone.evaluate(KEPT, False)
    phone.add_init_script(SLOW_LISTS)
    sign_in(phone, live_server, field_staff.username).goto(address)
    expect(phone.locator(".presses li")).to_contain_text("đã gửi")
    assert Registration.objects.get(pk=first.pk).state == "in_progress"

    # It was the wrong visit: taken back where it was pressed, then pressed again. The list written before the undoing
    # arrives after it, and is not believed.
    phone.get_by_role("button", name="Hoàn tác").click()
    expect(phone.locator(".presses li")).to_contain_text("đã hoàn tác")
    assert Registration.objects.get(pk=first.pk).state == "assigned"
    phone.locator(f"#{first.code}").get_by_role("button", name="Đã đến").click()
    expect(phone.locator(".presses li", has_text="đã gửi")).to_have_count(1)
    assert Registration.objects.get(pk=first.pk).state == "in_progress"

    # A paper is ticked and stays so while the list around it is drawn anew; the reader is not moved.
    card = phone.locator(f"#{first.code}")
    card.locator("summary", has_text="giấy tờ cần kiểm").click()
    card.get_by_role("checkbox").first.check()
    expect(card.locator("summary", has_text="đã kiểm 1")).to_be_visible()
    expect(card.get_by_role("checkbox").first).to_be_checked()
    expect(card.get_by_role("checkbox").first).to_be_focused()
    assert len(first.checklist.papers_seen) == 1

    # Without signal again, and somebody wants to sign out: they are asked first.
    phone.context.set_offline(True)
    phone.locator(f"#{second.code}").get_by_role("button", name="Đã đến").click()
    expect(phone.locator(".presses li", has_text="đang chờ mạng")).to_have_count(1)
    expect(phone.locator(".presses li", has_text="đã gửi")).to_have_count(2)
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    phone.once("dialog", stay)
    phone.get_by_role("button", name="Đăng xuất").click()
    assert asked and "Còn 1 việc chưa gửi được" in asked[0]
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator(".presses li", has_text="đã gửi")).to_have_count(3)
    phone.get_by_role("button", name="Đăng xuất").click()
    phone.wait_for_url("**/dang-nhap/**")
    assert phone.evaluate(EVERYTHING_KEPT) == []
