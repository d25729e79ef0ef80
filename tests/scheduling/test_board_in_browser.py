"""The day board in a real browser: drag, keyboard, and what another screen sees."""

from datetime import date

import pytest
from playwright.sync_api import expect

from registrations.roles import MANAGERS
from registrations.states import State
from scheduling import services
from scheduling.hours import current_calendar
from tests.browsing import accessibility_faults, sign_in
from tests.factories.registrations import RegistrationFactory
from tests.factories.scheduling import AppointmentFactory, SlotFactory, StaffMemberFactory, UserFactory, WardFactory, at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(live_server) -> date:
    """A working day to come; the server's clock is the real one."""
    return current_calendar().working_days_after(date.today(), 3)  # noqa: DTZ011


@pytest.fixture
def lan():
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan")


@pytest.fixture
def registration(day):
    ward = WardFactory(short_name="Bắc Mẫu")
    slot = SlotFactory(starts_at=at("08:00", day), booked=1)
    SlotFactory(starts_at=at("14:30", day))
    visit = AppointmentFactory(slot=slot, ward=ward)
    return RegistrationFactory(appointment=visit, ward=ward, state=State.VERIFIED)


@pytest.fixture
def board(live_server, day):
    """`board(page)`: signed in as a manager, looking at the day."""
    user = UserFactory()
    user.groups.add(user.groups.model.objects.get(name=MANAGERS))

    def look(page):
        sign_in(page, live_server, user.username)
        page.goto(f"{live_server.url}/lich/?ngay={day.isoformat()}")
        return page

    return look


def test_a_visit_is_dragged_to_a_person_and_a_time_and_taken_back(page, board, lan, registration, day):
    board(page)
    visit, target = page.locator("a.visit").first, page.locator(f'tbody[data-staff="{lan.pk}"] tr')
    head = page.locator("thead tr").bounding_box()
    who = page.locator("thead th").first.bounding_box()["width"]
    row = target.bounding_box()
    # 14:35 on a day that runs from 07:00 to 17:00: the nearest open time is 14:30.
    x = head["x"] + who + (head["width"] - who) * (7 * 60 + 35) / 600
    visit.drag_to(target, source_position={"x": 3, "y": 10}, target_position={"x": x - row["x"], "y": 20})
    dialog = page.locator("#hop")
    dialog.get_by_text("14:30–15:15").wait_for()
    assert "Nguyễn Thị Mẫu Lan" in dialog.inner_text()
    dialog.get_by_role("button", name="Chuyển").click()
    page.get_by_text("Đã chuyển: chị Lan, 14:30").wait_for()
    registration.refresh_from_db()
    assert (registration.state, services.staff_of(registration.appointment)) == (State.ASSIGNED, [lan])
    page.get_by_role("button", name="Hoàn tác").click()
    page.locator("tbody.loose a.visit").wait_for()
    registration.appointment.refresh_from_db()
    assert registration.appointment.starts_at == at("08:00", day)


def test_the_same_by_keyboard_alone(page, board, lan, registration):
    board(page)
    page.locator("a.visit").first.focus()
    page.keyboard.press("m")
    page.locator("#hop[open]").get_by_text("Ai đi được").wait_for()
    heights = [page.locator(part).bounding_box()["height"] for part in ("#hop", "#hop-noi-dung")]
    assert heights[0] - heights[1] < 5, "the dialog is as high as what it says"
    # The best candidate's button has the focus: one press sends her.
    page.keyboard.press("Enter")
    page.get_by_text("Đã chuyển: chị Lan, 08:00").wait_for()
    expect(page.locator(f"#luot-{registration.appointment_id}")).to_be_focused()  # not back at the top of the page
    assert services.staff_of(registration.appointment) == [lan]


def test_a_visit_named_above_the_board_opens_on_it(page, board, registration):
    registration.state = State.SUBMITTED
    registration.save(update_fields=["state"])
    board(page)
    lane = page.locator("li", has_text="1 chưa xác minh")
    lane.get_by_role("link").click()
    page.locator("#hop[open]").get_by_text(registration.citizen.name).wait_for()


def test_another_screen_sees_the_change_within_three_seconds_without_a_reload(browse, board, lan, registration):
    wall = board(browse())
    wall.evaluate("window.stillTheSamePage = true")
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    wall.locator(f'tbody[data-staff="{lan.pk}"] a.visit').wait_for(timeout=6000)
    assert wall.evaluate("window.stillTheSamePage")


def test_on_a_phone_the_day_reads_as_a_list(phone, board, lan, registration):
    board(phone)
    visit = phone.locator("a.visit").first
    visit.get_by_text("08:00–08:45").wait_for()
    assert visit.bounding_box()["width"] > 280
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


PAGES = ("/lich/", "/lich/tuan/", "/lich/thang/", "/lich/xep/?xep-lai=1&", "/lich/vang/", "/lich/nghi/", "/lich/in/")


def test_axe_finds_nothing_on_any_page_of_the_calendar(page, board, lan, registration, live_server, day):
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    services.propose_holidays(year=day.year)
    board(page)
    found: list[str] = []
    addresses = [f"{path}{'' if '?' in path else '?'}ngay={day.isoformat()}" for path in (*PAGES, "/lich/ngoai-gio/")]
    visit = f"/lich/luot/{registration.appointment_id}/"
    for address in [*addresses, visit, f"{visit}?nguoi=0"]:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(live_server.url + address)
        found += [f"{address} {fault}" for fault in accessibility_faults(page)]
        page.set_viewport_size({"width": 360, "height": 740})
        found += [f"{address} on a phone, {fault}" for fault in accessibility_faults(page, "light")]
    assert found == []


def test_paper_has_the_whole_table_in_dark_ink_though_the_screen_is_dark(browse, board, lan, registration, live_server):
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    page = board(browse(color_scheme="dark", viewport={"width": 680, "height": 960}))  # A4 without its margins
    page.emulate_media(media="print")
    day = f"?ngay={registration.appointment.starts_at.date().isoformat()}"
    for path in ("/lich/tuan/", "/lich/thang/", "/lich/in/"):
        page.goto(live_server.url + path + day)
        edges = page.locator("table").evaluate_all("tables => tables.map(table => table.getBoundingClientRect().right)")
        assert edges
        assert max(edges) <= 680, path
        heading = page.locator("h1, h2").locator("visible=true").first
        assert heading.evaluate("heading => getComputedStyle(heading).color") == "rgb(18, 39, 45)"
