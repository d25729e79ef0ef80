"""No slot is booked past its capacity, whatever happens at the same moment."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from config.processes import wait_until
from scheduling import services
from scheduling.closures import close
from scheduling.errors import SlotClosed, SlotFull
from scheduling.models import Appointment, Slot, Ward
from scheduling.office_facts import OfficeFacts
from tests.concurrency.crowd import all_at_once, errors_in, slots_wrongly_counted, wards_beyond_their_people
from tests.factories.scheduling import NOW, WEDNESDAY, SlotFactory, StaffMemberFactory, WardFactory, at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def ward():
    return WardFactory()


def booker(slot, ward, **how):
    return lambda: services.book(slot_id=slot.pk, ward=ward, now=NOW, **how)


def test_fifty_people_on_one_place_make_one_booking(ward):
    slot = SlotFactory(capacity=1)
    results = all_at_once(*[booker(slot, ward) for _ in range(50)])
    assert len(errors_in(results, SlotFull)) == 49
    assert Appointment.objects.count() == 1
    assert slots_wrongly_counted() == 0


def test_control_counting_before_booking_oversells(ward):
    """What the guard prevents: two people count, both see room, both book."""
    slot = SlotFactory(capacity=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_slot DROP CONSTRAINT slot_is_never_booked_past_capacity")
    both_have_counted = threading.Barrier(2)

    def book_naively():
        with transaction.atomic():
            row = Slot.objects.get(pk=slot.pk)
            both_have_counted.wait(timeout=10)
            if row.booked < row.capacity:
                row.booked += 1
                row.save(update_fields=["booked"])
                Appointment.objects.create(
                    slot=row, ward=ward, starts_at=row.starts_at, ends_at=row.starts_at + timedelta(minutes=45)
                )

    try:
        errors_in(all_at_once(book_naively, book_naively))
        assert Appointment.objects.count() == 2
        assert slots_wrongly_counted() == 1
    finally:
        Appointment.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE scheduling_slot ADD CONSTRAINT slot_is_never_booked_past_capacity "
                "CHECK (booked >= 0 AND booked <= capacity)"
            )


def test_no_ward_gets_more_visits_in_a_slot_than_people_who_cover_it(ward):
    south, slot = WardFactory(), crew_of_a_small_north(ward)
    results = all_at_once(*[booker(slot, each) for each in [ward, south] * 15])
    assert len(errors_in(results, SlotFull)) == 27
    assert Counter(Appointment.objects.values_list("ward", flat=True)) == {ward.pk: 1, south.pk: 2}
    assert wards_beyond_their_people() == slots_wrongly_counted() == 0


def test_control_without_matching_people_a_ward_is_promised_more_visits_than_can_be_served(ward, monkeypatch):
    slot = crew_of_a_small_north(ward)
    monkeypatch.setattr(OfficeFacts, "strangers", lambda office, ward_id: 0)
    errors_in(all_at_once(*[booker(slot, ward) for _ in range(5)]), SlotFull)
    assert Appointment.objects.count() == 3
    assert slots_wrongly_counted() == 0
    assert wards_beyond_their_people() > 0


def crew_of_a_small_north(north):
    """One person for the north, two for elsewhere, and a slot with room for three."""
    StaffMemberFactory(wards=[north])
    for _ in range(2):
        StaffMemberFactory(wards=list(Ward.objects.exclude(pk=north.pk)) or [WardFactory()])
    return SlotFactory(capacity=3)


def test_staff_and_public_share_a_slot_without_taking_each_others_places(ward):
    slot = SlotFactory(capacity=8, reserved=3)
    crowd = [booker(slot, ward) for _ in range(20)] + [booker(slot, ward, audience="staff") for _ in range(20)]
    errors_in(all_at_once(*crowd), SlotFull)
    slot.refresh_from_db()
    assert slot.booked == 8
    assert slot.booked_by_staff >= 3
    assert slots_wrongly_counted() == 0


def test_long_visits_over_the_same_slots_neither_oversell_nor_deadlock(ward):
    slots = [SlotFactory(starts_at=at(clock), capacity=3) for clock in ("07:00", "08:00", "09:00", "10:00")]
    crowd = [booker(slot, ward, minutes=minutes) for slot in slots for minutes in (45, 90, 150, 90) for _ in range(2)]
    results = all_at_once(*crowd)
    errors_in(results, SlotFull, SlotClosed)
    assert Appointment.objects.count() >= 6
    assert slots_wrongly_counted() == 0


def test_visits_moved_into_each_others_slots_do_not_deadlock(ward):
    morning, noon = SlotFactory(starts_at=at("07:00"), capacity=6), SlotFactory(starts_at=at("09:00"), capacity=6)
    early = [services.book(slot_id=morning.pk, ward=ward, now=NOW) for _ in range(3)]
    late = [services.book(slot_id=noon.pk, ward=ward, now=NOW) for _ in range(3)]
    jobs = [
        lambda visit=visit, target=target: services.move(appointment=visit, slot_id=target.pk, now=NOW)
        for visits, target in ((early, noon), (late, morning))
        for visit in visits
    ]
    errors_in(all_at_once(*jobs), SlotFull)
    assert slots_wrongly_counted() == 0


def test_a_second_release_at_the_same_moment_frees_one_place(ward):
    slot = SlotFactory(capacity=5)
    visit = services.book(slot_id=slot.pk, ward=ward, now=NOW)
    services.book(slot_id=slot.pk, ward=ward, now=NOW)
    jobs = [lambda: services.release(appointment=Appointment.objects.get(pk=visit.pk)) for _ in range(8)]
    errors_in(all_at_once(*jobs))
    slot.refresh_from_db()
    assert slot.booked == 1


def test_no_visit_is_both_booked_and_unseen_when_the_day_is_shut(ward):
    slots = [SlotFactory(starts_at=at(clock), capacity=9) for clock in ("07:00", "08:00", "09:00")]
    hit = []
    jobs = [booker(slot, ward) for slot in slots for _ in range(9)]
    jobs.insert(9, lambda: hit.extend(close(day=WEDNESDAY, name="Mất điện", by=None)))
    errors_in(all_at_once(*jobs), SlotClosed)
    booked = set(Appointment.objects.filter(is_live=True).values_list("pk", flat=True))
    assert booked == {visit.pk for visit in hit}
    assert not Slot.objects.filter(is_open=True).exists()


def test_places_refitted_while_people_book_never_fall_below_what_is_booked(ward):
    slots = [SlotFactory(starts_at=at(clock), capacity=4, is_set_by_hand=False) for clock in ("07:00", "08:00")]
    jobs = [booker(slot, ward) for slot in slots for _ in range(6)]
    jobs += [lambda: services.open_slots(now=NOW) for _ in range(3)]
    errors_in(all_at_once(*jobs), SlotFull)
    assert slots_wrongly_counted() == 0


def test_a_place_being_booked_at_that_moment_is_not_refitted_away(ward):
    slot = SlotFactory(starts_at=at("08:00"), capacity=4, is_set_by_hand=False)
    is_booked = threading.Event()

    def book_and_linger():
        with transaction.atomic():
            booker(slot, ward)()
            is_booked.set()
            assert wait_until(somebody_waits_for_us, timeout_s=30)

    def refit():
        assert is_booked.wait(30)
        return services.open_slots(now=NOW)  # nobody can go: what it reads first is a slot without visits

    assert errors_in(all_at_once(book_and_linger, refit)) == []
    slot.refresh_from_db()
    assert (slot.booked, slot.capacity) == (1, 1)


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0
