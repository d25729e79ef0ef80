"""No person is in two places, whoever assigns, swaps, moves or enters an absence at the same moment."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from scheduling import orders, services, staffing
from scheduling.absences import record
from scheduling.errors import AlreadyAssigned, PlanIsStale, SchedulingError, StaffAbsent, StaffBusy
from scheduling.models import Assignment
from tests.concurrency.crowd import all_at_once, errors_in, people_in_two_places, people_sent_while_away
from tests.factories.scheduling import (
    NOW,
    AppointmentFactory,
    SlotFactory,
    StaffMemberFactory,
    UserFactory,
    WardFactory,
    at,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def ward():
    return WardFactory(short_name="Bắc Mẫu")


@pytest.fixture
def lan():
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan")


def visit(start, end, ward):
    slot = services.Slot.objects.filter(starts_at=at(start)).first() or SlotFactory(
        starts_at=at(start), capacity=50, booked=50
    )
    return AppointmentFactory(slot=slot, ward=ward, ends_at=at(end))


def assigner(appointment, staff):
    return lambda: services.assign(appointment=appointment, staff=staff, by=None)


def test_of_twenty_clerks_sending_lan_somewhere_at_eight_one_succeeds_and_the_others_read_where_she_is(ward, lan):
    visits = [visit("08:00", "08:45", ward) for _ in range(20)]
    refused = errors_in(all_at_once(*[assigner(each, lan) for each in visits]), StaffBusy)
    assert len(refused) == 19
    assert {error.sentence for error in refused} == {"Chị Lan đã có lịch 08:00–08:45 tại Phường Bắc Mẫu."}
    assert people_in_two_places() == 0


def test_partly_overlapping_visits_are_refused_and_far_enough_ones_are_not(ward, lan):
    first, middle, last = (
        visit(*clock, ward) for clock in (("08:00", "08:45"), ("08:30", "09:15"), ("09:00", "09:45"))
    )
    results = all_at_once(*[assigner(each, lan) for each in (first, middle, last)])
    errors_in(results, StaffBusy)
    assert people_in_two_places() == 0
    assert Assignment.objects.filter(is_active=True).count() in (1, 2)


def test_visits_whose_ends_touch_are_refused_for_want_of_a_way(ward, lan):
    touching = [visit("08:00", "08:45", ward), visit("08:45", "09:30", ward)]
    assert len(errors_in(all_at_once(*[assigner(each, lan) for each in touching]), StaffBusy)) == 1


def test_two_people_are_not_both_put_in_charge_of_one_visit(ward):
    one = visit("08:00", "08:45", ward)
    results = all_at_once(*[assigner(one, StaffMemberFactory()) for _ in range(6)])
    assert len(errors_in(results, AlreadyAssigned)) == 5
    assert Assignment.objects.filter(is_active=True).count() == 1


def test_control_without_lock_and_constraint_a_person_is_sent_to_two_places(ward, lan, monkeypatch):
    """What the guards prevent: both clerks look at an empty day, both send her."""
    both_have_looked = threading.Barrier(2)
    look = staffing.check

    def look_then_wait(**what):
        look(**what)
        both_have_looked.wait(timeout=10)

    monkeypatch.setattr(staffing, "lock_staff", lambda ids: None)
    monkeypatch.setattr(staffing, "check", look_then_wait)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_assignment DROP CONSTRAINT nobody_is_in_two_places")
    try:
        errors_in(
            all_at_once(assigner(visit("08:00", "08:45", ward), lan), assigner(visit("08:30", "09:15", ward), lan))
        )
        assert people_in_two_places() == 1
    finally:
        Assignment.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE scheduling_assignment ADD CONSTRAINT nobody_is_in_two_places "
                "EXCLUDE USING gist (staff_id WITH =, period WITH &&) WHERE (is_active)"
            )


def test_control_without_the_lock_the_constraint_still_holds_and_reads_as_a_sentence(ward, lan, monkeypatch):
    both_have_looked = threading.Barrier(2)
    look = staffing.check

    def look_then_wait(**what):
        look(**what)
        both_have_looked.wait(timeout=10)

    monkeypatch.setattr(staffing, "lock_staff", lambda ids: None)
    monkeypatch.setattr(staffing, "check", look_then_wait)
    results = all_at_once(assigner(visit("08:00", "08:45", ward), lan), assigner(visit("08:30", "09:15", ward), lan))
    (refused,) = errors_in(results, StaffBusy)
    assert refused.sentence == "Chị Lan vừa có lịch khác trùng giờ này."
    assert people_in_two_places() == 0


def test_the_same_two_people_swapped_from_both_ends_do_not_deadlock(ward, lan):
    hung = StaffMemberFactory()
    one, other = visit("08:00", "08:45", ward), visit("08:10", "08:55", ward)
    services.assign(appointment=one, staff=lan, by=None)
    services.assign(appointment=other, staff=hung, by=None)
    jobs = [
        lambda a=a, b=b: services.swap(one=a, other=b, by=None)
        for a, b in ((one, other), (other, one))
        for _ in range(4)
    ]
    errors_in(all_at_once(*jobs))
    # An even number of swaps leaves everybody where they were.
    assert (services.staff_of(one), services.staff_of(other)) == ([lan], [hung])
    assert people_in_two_places() == 0


def test_two_people_reassigned_crosswise_do_not_deadlock(ward, lan):
    hung = StaffMemberFactory()
    one, other = visit("08:00", "08:45", ward), visit("10:00", "10:45", ward)
    services.assign(appointment=one, staff=lan, by=None)
    services.assign(appointment=other, staff=hung, by=None)
    jobs = [
        lambda: services.reassign(appointment=one, staff=hung, by=None),
        lambda: services.reassign(appointment=other, staff=lan, by=None),
    ] * 4
    errors_in(all_at_once(*jobs), StaffBusy)
    assert (services.staff_of(one), services.staff_of(other)) == ([hung], [lan])


def test_a_visit_given_to_somebody_falling_ill_is_refused_or_listed(ward, lan):
    hung = StaffMemberFactory()
    visits = [visit(f"{hour:02}:00", f"{hour:02}:45", ward) for hour in (7, 8, 9, 10, 13, 14, 15)]
    for each in visits:
        services.assign(appointment=each, staff=hung, by=None)
    hit = []
    jobs = [lambda each=each: services.reassign(appointment=each, staff=lan, by=None) for each in visits]
    jobs.insert(
        3,
        lambda: hit.extend(record(staff=lan, periods=[(at("07:00"), at("17:00"))], reason="sick", by=None)),
    )
    errors_in(all_at_once(*jobs), StaffAbsent)
    assert people_sent_while_away() == {each.pk for each in hit}


def test_a_visit_moved_while_its_person_is_sent_elsewhere_stays_in_one_place(ward, lan):
    target = SlotFactory(starts_at=at("14:30"), capacity=50)
    moved, other = visit("08:00", "08:45", ward), visit("14:30", "15:15", ward)
    services.Slot.objects.filter(pk=target.pk).update(booked=1)
    services.assign(appointment=moved, staff=lan, by=None)
    jobs = [
        lambda: services.move(appointment=moved, slot_id=target.pk, now=at("07:00") - timedelta(days=1)),
        assigner(other, lan),
    ]
    errors_in(all_at_once(*jobs), StaffBusy)
    assert people_in_two_places() == 0


def test_of_ten_managers_dragging_one_visit_one_moves_it_and_the_others_are_told(ward):
    one, managers = visit("08:00", "08:45", ward), [UserFactory() for _ in range(10)]
    people = [StaffMemberFactory() for _ in managers]
    standing = orders.standing_of(one)
    jobs = [
        lambda by=by, staff=staff: orders.carry_out(
            orders.Order(appointment=one, staff=staff, slot_id=None, by=by), standing=standing
        )
        for by, staff in zip(managers, people, strict=True)
    ]
    told = errors_in(all_at_once(*jobs), PlanIsStale)
    assert len(told) == 9
    assert all("vừa đổi lượt này" in error.sentence for error in told)
    assert len(services.staff_of(one)) == 1


def test_two_presses_on_undo_take_one_step_back(ward, lan):
    one, by = visit("08:00", "08:45", ward), UserFactory()
    change = orders.carry_out(
        orders.Order(appointment=one, staff=lan, slot_id=None, by=by), standing=orders.standing_of(one)
    )
    results = all_at_once(*[lambda: orders.undo(change=change, by=by) for _ in range(5)])
    assert len(errors_in(results, SchedulingError)) == 4
    assert services.staff_of(one) == []
