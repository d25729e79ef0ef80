"""Who goes where on one day: proposals for all visits at once. Plain functions over plain data, no database.

Most visits served first; then, in minutes: travel between consecutive visits, plus what an unfamiliar field, an uneven
share and a needless change cost. Start times are promises and stay.

How: whole rounds, chosen by a linear program that prices the visits (`laying`). Why this and not a general solver:
docs/decisions/.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module

from scheduling.rounds import IMPOSSIBLE, Day, Plan, PlannedPerson, PlannedVisit
from scheduling.travel import TravelTable

__all__ = ["Plan", "PlannedPerson", "PlannedVisit", "first_come", "judge_plan", "plan_day"]


def plan_day(visits: Sequence[PlannedVisit], people: Sequence[PlannedPerson], travel: TravelTable) -> Plan:
    """A proposal for one day. The same input always gives the same plan."""
    laid, floor = _start(visits, people, travel), _start(visits, people, travel)
    # Read by who lays the first day, and not by every process: the solver's libraries are large.
    for visit_id, person_id in import_module("scheduling.laying").lay_rounds(laid).items():
        laid.put(person_id, laid.visits[visit_id])
    for day in (laid, floor):
        _first_come(day)
    return _result(min(laid, floor, key=Day.cost))


def first_come(visits: Sequence[PlannedVisit], people: Sequence[PlannedPerson], travel: TravelTable) -> Plan:
    """What a clerk does without a plan: each visit in turn to the first person who can. The floor to beat."""
    day = _start(visits, people, travel)
    _first_come(day)
    return _result(day)


def judge_plan(
    who: Mapping[int, int], visits: Sequence[PlannedVisit], people: Sequence[PlannedPerson], travel: TravelTable
) -> Plan:
    """The figures of a plan made elsewhere. Raises ValueError where somebody would be in two places."""
    day = _start(visits, people, travel)
    for visit in sorted(day.visits.values(), key=lambda v: v.start):
        if visit.id in who:
            person = day.people[who[visit.id]]
            if not day.may(person, visit) or day.added_cost(person.id, visit) >= IMPOSSIBLE:
                raise ValueError(f"person {person.id} cannot take visit {visit.id}")
            day.put(person.id, visit)
    return _result(day)


def _start(visits: Sequence[PlannedVisit], people: Sequence[PlannedPerson], travel: TravelTable) -> Day:
    day = Day({person.id: person for person in people}, {visit.id: visit for visit in visits}, travel)
    for person in day.people.values():
        day.rounds[person.id] = sorted((start, end, ward, None) for start, end, ward in person.busy)
    for visit in day.visits.values():
        day.able[visit.id] = tuple(person.id for person in day.people.values() if day.may(person, visit))
    return day


def _first_come(day: Day) -> None:
    left = [visit for visit in day.visits.values() if visit.id not in day.who]
    for visit in sorted(left, key=lambda v: (v.start, v.id)):
        for person_id in day.able[visit.id]:
            if day.added_cost(person_id, visit) < IMPOSSIBLE:
                day.put(person_id, visit)
                break


def _result(day: Day) -> Plan:
    left = sorted(visit for visit in day.visits if visit not in day.who)
    return Plan(dict(day.who), left, day.travel_minutes(), day.unevenness(), day.cost())
