"""Many citizens press the same time on their own pages at once, over real HTTP."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from registrations.picker_links import visit_link
from scheduling.models import Appointment, Slot
from scheduling.services import free_days
from tests.concurrency.crowd import slots_wrongly_counted
from tests.factories.registrations import ProcedureFactory, RegistrationFactory
from tests.factories.scheduling import SlotFactory, StaffMemberFactory, WardFactory, at

pytestmark = pytest.mark.django_db(transaction=True)
# Eight at a time: the test server queues no more than ten connections.
CITIZENS, AT_ONCE, PLACES = 60, 8, 8


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def press(url: str, slot: Slot) -> tuple[int, str]:
    """Status and page of one press on the button."""
    opener = build_opener(_StayHere)
    try:
        with opener.open(Request(url, data=urlencode({"viec": "doi", "gio": slot.pk}).encode()), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def slot_on(day: date, clock: str, **places: int) -> Slot:
    return SlotFactory(starts_at=at(clock, day), **places)


def test_of_many_citizens_on_eight_places_eight_get_them_and_every_other_is_offered_other_times(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    StaffMemberFactory()
    ward, procedure = WardFactory(), ProcedureFactory()
    days = [day.day for day in free_days(days=21) if day.is_open][3:6]
    for day in days[1:]:
        slot_on(day, "08:00", capacity=5)
    hot = slot_on(days[0], "09:00", capacity=PLACES)
    waiting_room = slot_on(days[0], "14:30", capacity=CITIZENS, booked=CITIZENS)
    requests = []
    for _ in range(CITIZENS):
        visit = Appointment.objects.create(
            slot=waiting_room, ward=ward, starts_at=waiting_room.starts_at, ends_at=waiting_room.ends_at
        )
        requests.append(RegistrationFactory(appointment=visit, ward=ward, procedure=procedure))
    links = [visit_link(registration) for registration in requests]
    gate = threading.Barrier(AT_ONCE)

    def citizen(number: int) -> tuple[int, str]:
        if number < AT_ONCE:
            gate.wait(timeout=30)
        return press(links[number], hot)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = list(crowd.map(citizen, range(CITIZENS)))
    assert Counter(status for status, _ in answers) == {302: PLACES, 409: CITIZENS - PLACES}
    hot.refresh_from_db()
    assert hot.booked == PLACES
    assert slots_wrongly_counted() == 0
    for status, page in answers:
        if status == 409:
            assert "vừa hết chỗ" in page
            assert "08:00" in page or "08 giờ" in page
