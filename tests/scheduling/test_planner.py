"""The planner over plain data: no database."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import PlannedPerson, PlannedVisit, first_come, judge_plan, plan_day
from scheduling.rounds import UNSERVED
from scheduling.travel import TravelTable
from tests.performance.planner_bound import least_cost
from tests.performance.planner_rivals import TRAVEL, generated_day

HOUR = 60
FLAT = TravelTable(same=10, neighbour=15, far=25, neighbours=frozenset({(1, 2), (2, 1)}))


def visit(number, start, ward=1, minutes=45, **more):
    return PlannedVisit(number, start, start + minutes, ward, **more)


def served(plan, visits):
    return len(visits) - len(plan.unserved)


def test_a_long_visit_goes_where_it_leaves_room_for_the_rest():
    visits = [visit(1, 8 * HOUR, minutes=90), visit(2, 9 * HOUR, ward=2)]
    people = [PlannedPerson(1), PlannedPerson(2, wards=frozenset({1}))]
    assert plan_day(visits, people, FLAT).who == {1: 2, 2: 1}


def test_somebody_is_asked_to_hand_a_visit_on_so_that_one_more_is_served():
    visits = [visit(1, 8 * HOUR), visit(2, 8 * HOUR + 5, ward=2)]
    people = [PlannedPerson(1), PlannedPerson(2, wards=frozenset({1}))]
    assert served(first_come(visits, people, FLAT), visits) == 1
    assert plan_day(visits, people, FLAT).unserved == []


def test_pinned_people_keep_their_visits_even_where_another_would_be_nearer():
    visits = [visit(1, 8 * HOUR, ward=3, only=2), visit(2, 9 * HOUR + 15, ward=3)]
    assert plan_day(visits, [PlannedPerson(1), PlannedPerson(2)], FLAT).who[1] == 2


def test_nobody_is_planned_into_an_absence_or_a_fixed_visit():
    people = [
        PlannedPerson(1, away=((7 * HOUR, 12 * HOUR),)),
        PlannedPerson(2, busy=((8 * HOUR, 8 * HOUR + 45, 1),)),
    ]
    plan = plan_day([visit(1, 8 * HOUR + 50), visit(2, 9 * HOUR)], people, FLAT)
    assert plan.who == {2: 2}
    assert plan.unserved == [1]


def test_the_load_is_shared():
    visits = [visit(n, start) for n, start in enumerate((7 * HOUR, 8 * HOUR, 14 * HOUR, 15 * HOUR))]
    plan = plan_day(visits, [PlannedPerson(1), PlannedPerson(2)], FLAT)
    assert sorted(plan.who.values()) == [1, 1, 2, 2]


def test_earlier_days_of_the_week_count():
    plan = plan_day([visit(1, 8 * HOUR)], [PlannedPerson(1, prior=5), PlannedPerson(2)], FLAT)
    assert plan.who == {1: 2}


def test_whoever_goes_already_keeps_going_unless_it_pays():
    visits = [visit(1, 8 * HOUR, now_with=2), visit(2, 10 * HOUR, now_with=1)]
    assert plan_day(visits, [PlannedPerson(1), PlannedPerson(2)], FLAT).who == {1: 2, 2: 1}


def test_the_same_day_always_gives_the_same_plan():
    day = generated_day(25, 4, 5)
    assert plan_day(*day, TRAVEL) == plan_day(*day, TRAVEL)


def test_a_day_without_people_or_visits_is_planned_too():
    assert plan_day([], [PlannedPerson(1, busy=((8 * HOUR, 9 * HOUR, 1),))], FLAT).who == {}
    assert plan_day([visit(1, 8 * HOUR)], [], FLAT).unserved == [1]


@pytest.mark.parametrize("seed", range(4))
def test_as_many_are_served_as_can_be_for_hardly_more_travel_than_must_be(seed):
    visits, people = generated_day(30, 5, seed)
    plan, bound = plan_day(visits, people, TRAVEL), least_cost(visits, people, TRAVEL, travel_alone=True)
    assert served(plan, visits) >= served(first_come(visits, people, TRAVEL), visits)
    assert len(plan.unserved) == (bound + 1e-3) // UNSERVED
    assert plan.travel <= 1.02 * (bound - UNSERVED * len(plan.unserved))


def brute_force(visits, people):
    """The most visits that can be served, by trying everything."""
    best = 0

    def go(position, who):
        nonlocal best
        best = max(best, len(who))
        if position == len(visits) or len(who) + len(visits) - position <= best:
            return
        for person in people:
            try:
                judge_plan({**who, visits[position].id: person.id}, visits, people, FLAT)
            except ValueError:
                continue
            go(position + 1, {**who, visits[position].id: person.id})
        go(position + 1, who)

    go(0, {})
    return best


@pytest.mark.parametrize("seed", range(12))
def test_small_days_are_served_as_well_as_by_trying_everything(seed):
    rng = random.Random(seed)
    visits = [
        visit(n, rng.choice(range(7 * HOUR, 11 * HOUR, 15)), ward=rng.randint(1, 3), minutes=rng.choice((30, 45, 90)))
        for n in range(8)
    ]
    people = [PlannedPerson(n, wards=frozenset(rng.sample((1, 2, 3), 2))) for n in range(3)]
    assert served(plan_day(visits, people, FLAT), visits) == brute_force(visits, people)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 6))
def test_no_plan_ever_sends_anybody_to_two_places(seed, count, staff):
    visits, people = generated_day(count, staff, seed)
    rng = random.Random(seed)
    visits = [replace(each, now_with=rng.randint(1, staff)) if rng.random() < 0.5 else each for each in visits]
    visits = [replace(each, only=rng.randint(1, staff)) if rng.random() < 0.1 else each for each in visits]
    fixed = ((8 * HOUR, 9 * HOUR, 1), (9 * HOUR + 30, 10 * HOUR, 2))
    people = [replace(each, busy=fixed[: rng.randint(0, 2)]) for each in people]
    plan = plan_day(visits, people, TRAVEL)
    assert judge_plan(plan.who, visits, people, TRAVEL) == plan
