"""No person is in two places, whoever assigns, swaps, moves or enters an absence at the same moment."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from registrations.models import Registration
from scheduling import orders, planning, services, staffing
from scheduling.absences import record
from scheduling.errors import AlreadyAssigned, PlanIsStale, SchedulingError, StaffAbsent, StaffBusy
from scheduling.models import Assignment
from tests.concurrency.crowd import all_at_once, errors_in, people_in_two_places, people_sent_while_away
from tests.factories.registrations import RegistrationFactory
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


def test_plans_that_exchange_two_people_of_one_hour_from_both_ends_do_not_deadlock(ward, lan):
    """Four managers save the same exchange, half of them in the other order, while citizens move other times."""
    hung, managers = StaffMemberFactory(), [UserFactory() for _ in range(4)]
    visits = [visit("08:00", "08:45", ward), visit("08:10", "08:55", ward)]
    requests = [RegistrationFactory(appointment=each, ward=ward, state="assigned") for each in visits]
    for each, person in zip(visits, (lan, hung), strict=True):
        services.assign(appointment=each, staff=person, by=None)
    choices = [
        planning.Choice(each, person, orders.standing_of(each))
        for each, person in zip(visits, (hung, lan), strict=True)
    ]
    saves = [
        lambda by=by, order=order: planning.save(choices[::order], by=by, telling="no")
        for by, order in zip(managers, (1, -1, 1, -1), strict=True)
    ]
    noises = [lambda r=request: Registration.objects.select_for_update().get(pk=r.pk) for request in requests]
    results = all_at_once(*saves, *[lambda job=job: in_transaction(job) for job in noises])
    errors_in(results)
    assert sorted(len(done) for done, _ in results[:4]) == [0, 0, 0, 2]
    assert all("vừa đổi lượt này" in words for done, refused in results[:4] for words in refused if not done)
    assert [services.staff_of(each) for each in visits] == [[hung], [lan]]
    assert people_in_two_places() == 0


def in_transaction(job):
    with transaction.atomic():
        return job()


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


def test_a_step_taken_back_while_that_person_is_sent_elsewhere_leaves_them_in_one_place(ward, lan):
    hung, by = StaffMemberFactory(), UserFactory()
    one, other = visit("08:00", "08:45", ward), visit("08:15", "09:00", ward)
    services.assign(appointment=one, staff=lan, by=None)
    change = orders.carry_out(
        orders.Order(appointment=one, staff=hung, slot_id=None, by=by), standing=orders.standing_of(one)
    )
    jobs = [lambda: orders.undo(change=change, by=by), assigner(other, lan), assigner(other, lan)]
    assert len(errors_in(all_at_once(*jobs), StaffBusy, AlreadyAssigned)) == 2
    assert (services.staff_of(one), services.staff_of(other)) in (([lan], []), ([hung], [lan]))
    assert people_in_two_places() == 0


def test_two_managers_rehoming_into_one_time_move_each_visit_once_and_no_further_than_it_has_places(ward):
    target = SlotFactory(starts_at=at("14:30"), capacity=2)
    visits = [visit(clock, end, ward) for clock, end in (("08:00", "08:45"), ("09:00", "09:45"), ("10:00", "10:45"))]
    choices = [planning.Choice(each, None, orders.standing_of(each), slot_id=target.pk) for each in visits]
    shares = [choices[:2], choices[1:], choices[::-1]]
    presses = [lambda share=share: planning.save(share, by=UserFactory(), telling="no") for share in shares]
    results = all_at_once(*presses)
    errors_in(results)
    moved = [change.appointment_id for done, _ in results for change in done]
    assert len(moved) == len(set(moved)) == 2
    assert services.Slot.objects.get(pk=target.pk).booked == 2
    assert sum(len(done) + len(refused) for done, refused in results) == 7
