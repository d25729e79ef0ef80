"""An office with hours, a ward, a slot and a person who can go."""

from collections.abc import Iterator
from datetime import date, time

import pytest
import time_machine
from django.test import Client

from registrations.models import Registration
from registrations.transitions import Actor
from scheduling.models import StaffMember, Ward, WorkingHours
from tests.factories.registrations import FieldFactory, ProcedureFactory, RegistrationFactory
from tests.factories.scheduling import NOW, SlotFactory, StaffMemberFactory, WardFactory, at, enter_travel_times


@pytest.fixture
def office_clock() -> Iterator[None]:
    """Monday 23/11/2026, 09:00: open hours."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office_clock_at() -> object:
    """`with office_clock_at(moment):`"""
    return lambda moment: time_machine.travel(moment, tick=False)


@pytest.fixture
def office(db: None, office_clock: object) -> None:
    """07:00–11:30 and 13:30–17:00, Monday to Friday."""
    WorkingHours.objects.bulk_create(
        WorkingHours(weekday=weekday, opens_at=opens, closes_at=closes, valid_from=date(2020, 1, 1))
        for weekday in range(1, 6)
        for opens, closes in ((time(7), time(11, 30)), (time(13, 30), time(17)))
    )
    enter_travel_times(same=10, neighbour=15, far=30)


@pytest.fixture
def ward(office: None) -> Ward:
    return WardFactory(short_name="Mẫu Bắc")


@pytest.fixture
def procedure(office: None):
    return ProcedureFactory(short_name="Giấy phép bán lẻ rượu mẫu")


@pytest.fixture
def free_slot(office: None):
    return SlotFactory(starts_at=at("09:30"), capacity=2)


@pytest.fixture
def lan(ward: Ward) -> StaffMember:
    """Covers the ward and the field."""
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan", title="chị", wards=[ward], fields=[FieldFactory()])


@pytest.fixture
def hung(ward: Ward) -> StaffMember:
    return StaffMemberFactory(name="Trần Văn Mẫu Hùng", title="anh", wards=[ward], fields=[FieldFactory()])


@pytest.fixture
def request_in(ward: Ward, procedure):
    """`request_in(state, **fields)`: a request with a visit on Wednesday morning."""

    def make(state: str = "submitted", **fields) -> Registration:
        return RegistrationFactory(**{"state": state, "ward": ward, "procedure": procedure, **fields})

    return make


@pytest.fixture
def clerk(verifier) -> Actor:
    return Actor.staff(verifier)


@pytest.fixture
def desk(client: Client, verifier) -> Client:
    """A clerk's browser."""
    client.force_login(verifier)
    return client
