"""The day board in a real browser: drag, keyboard, and what another screen sees."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from registrations.roles import MANAGERS, load_roles
from registrations.states import State
from scheduling import services
from scheduling.hours import current_calendar
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
    load_roles()
    user = UserFactory()
    user.groups.add(user.groups.model.objects.get(name=MANAGERS))
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value

    def look(page):
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
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
    # The best candidate's button has the focus: one press sends her.
    page.keyboard.press("Enter")
    page.get_by_text("Đã chuyển: chị Lan, 08:00").wait_for()
    assert services.staff_of(registration.appointment) == [lan]


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_the_calendar(browse, board, lan, registration, live_server, day, scheme):
    services.assign(appointment=registration.appointment, staff=lan, by=None)
    services.propose_holidays(year=day.year)
    page = board(browse(color_scheme=scheme))
    found = {}
    addresses = [f"{path}{'' if '?' in path else '?'}ngay={day.isoformat()}" for path in PAGES]
    visit = f"/lich/luot/{registration.appointment_id}/"
    for address in [*addresses, visit, f"{visit}?nguoi=0"]:
        page.goto(live_server.url + address)
        faults = Axe().run(page).response["violations"]
        if faults:
            found[address] = [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in faults]
    assert found == {}
