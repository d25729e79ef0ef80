"""A citizen is offered a time only while somebody who covers their ward is left."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import services
from scheduling.errors import SlotFull
from scheduling.hours import ZONE
from scheduling.room import Held, more_visits
from tests.factories.scheduling import (
    NOW,
    WEDNESDAY,
    AbsenceFactory,
    SlotFactory,
    StaffMemberFactory,
    WardFactory,
    at,
)

WARDS = st.frozensets(st.integers(1, 3), max_size=3)


@given(visits=st.lists(st.integers(1, 3), max_size=4), people=st.lists(WARDS, max_size=5), ward=st.integers(1, 3))
def test_one_more_visit_fits_exactly_when_some_way_of_sending_people_serves_it_beside_as_many_others(
    visits, people, ward
):
    def most_served(wanted):
        crews = permutations([*people, *[frozenset({0})] * len(wanted)], len(wanted))
        return max(sum(not crew or want in crew for want, crew in zip(wanted, each, strict=True)) for each in crews)

    fits = more_visits(ward, visits=[Held(each) for each in visits], people=dict(enumerate(people)), anybody=0, most=1)
    assert bool(fits) == (most_served([*visits, ward]) > most_served(visits))


def test_somebody_sent_outside_their_wards_is_not_counted_as_free():
    north, south = 1, 2
    people = {7: frozenset({north}), 8: frozenset({north})}
    assert more_visits(north, visits=[Held(south, (7,))], people=people, anybody=0, most=5) == 1
    assert more_visits(north, visits=[Held(north, (7, 8))], people=people, anybody=0, most=5) == 0


@pytest.fixture
def north():
    return WardFactory(short_name="Bắc Mẫu")


@pytest.fixture
def south():
    return WardFactory(short_name="Nam Mẫu")


def times(ward):
    (day,) = services.free_days(days=1, first=WEDNESDAY, ward=ward, now=NOW)
    return {f"{slot.starts_at.astimezone(ZONE):%H:%M}" for slot in day.slots}


@pytest.mark.django_db
def test_a_time_goes_from_the_offer_of_a_ward_with_the_last_person_who_covers_it(north, south):
    StaffMemberFactory(wards=[north])
    for _ in range(2):
        StaffMemberFactory(wards=[south])
    slot, later = SlotFactory(capacity=3), SlotFactory(starts_at=at("09:00"), capacity=3)
    assert times(north) == {"08:00", "09:00"}
    services.book(slot_id=slot.pk, ward=north, now=NOW)
    assert times(north) == {"09:00"}
    assert times(south) == {"08:00", "09:00"}
    with pytest.raises(SlotFull, match=r"08:00 Thứ Tư 25/11 không còn cán bộ phụ trách phường, xã này"):
        services.book(slot_id=slot.pk, ward=north, now=NOW)
    visit = services.book(slot_id=later.pk, ward=north, now=NOW)
    with pytest.raises(SlotFull):
        services.move(appointment=visit, slot_id=slot.pk, audience="public", now=NOW)
    services.book(slot_id=slot.pk, ward=north, audience="staff", now=NOW)
    slot.refresh_from_db()
    assert slot.booked == 2


@pytest.mark.django_db
def test_somebody_of_two_wards_changes_hands_so_that_both_are_served(north, south):
    both = StaffMemberFactory(wards=[north, south])
    StaffMemberFactory(wards=[north])
    slot = SlotFactory(capacity=2)
    visit = services.book(slot_id=slot.pk, ward=north, now=NOW)
    services.assign(appointment=visit, staff=both, by=None)
    assert times(south) == {"08:00"}
    services.book(slot_id=slot.pk, ward=south, now=NOW)
    assert times(north) == set()


@pytest.mark.django_db
def test_people_who_are_away_cover_nothing_and_places_entered_by_hand_are_for_any_ward(north, south):
    AbsenceFactory(staff=StaffMemberFactory(wards=[north]))
    StaffMemberFactory(wards=[south])
    SlotFactory(capacity=1)
    SlotFactory(starts_at=at("09:00"), capacity=2)
    assert times(north) == {"09:00"}
    assert times(south) == {"08:00", "09:00"}


@pytest.mark.django_db
def test_a_long_visit_needs_its_person_in_every_slot_it_runs_into(north, south):
    StaffMemberFactory(wards=[north])
    StaffMemberFactory(wards=[south])
    first, second = SlotFactory(capacity=2), SlotFactory(starts_at=at("09:00"), capacity=2)
    services.book(slot_id=second.pk, ward=north, now=NOW)
    (day,) = services.free_days(days=1, first=WEDNESDAY, minutes=90, ward=north, now=NOW)
    assert day.slots == []
    with pytest.raises(SlotFull):
        services.book(slot_id=first.pk, ward=north, minutes=90, now=NOW)
    first.refresh_from_db()
    assert first.booked == 0
