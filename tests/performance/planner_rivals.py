"""Generated days, and other ways to plan them: OR-Tools CP-SAT (with its proven bound) and VROOM, where installed.

`pip install ortools pyvroom` in any environment and put its site-packages on PYTHONPATH to have them measured too.
"""

import random
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from scheduling.planner import Plan, PlannedPerson, PlannedVisit, judge_plan
from scheduling.rounds import SAME_ROUND_MINUTES, STRANGE_FIELD, UNEVEN_SHARE
from scheduling.travel import TravelTable

# The four wards of Nha Trang: North (1), centre (2), West (3), South (4); North and South do not touch.
TOUCHING = frozenset((a, b) for pair in ((1, 2), (1, 3), (2, 3), (2, 4), (3, 4)) for a, b in (pair, pair[::-1]))
TRAVEL = TravelTable(neighbours=TOUCHING)
STARTS = [*range(7 * 60, 10 * 60 + 31, 30), *range(13 * 60 + 30, 16 * 60 + 1, 30)]
SCALE = 10  # CP-SAT counts in whole numbers


def generated_day(visits: int, staff: int, seed: int) -> tuple[list[PlannedVisit], list[PlannedPerson]]:
    """A day as it might be: half-hour starts, 30 to 90 minutes, people of two to four wards, some away a morning."""
    rng = random.Random(seed)
    people = []
    for number in range(1, staff + 1):
        away = ((7 * 60, 11 * 60 + 30),) if rng.random() < 0.08 else ()
        wards = frozenset(rng.sample(range(1, 5), rng.choice((2, 3, 4))))
        people.append(PlannedPerson(number, wards, frozenset(rng.sample(range(1, 7), 3)), away))
    planned = []
    for number in range(1, visits + 1):
        start, length = rng.choice(STARTS), rng.choice((30, 45, 45, 45, 60, 90))
        ward = rng.choices((1, 2, 3, 4), (3, 4, 2, 2))[0]
        planned.append(PlannedVisit(number, start, start + length, ward, rng.randint(1, 6)))
    return planned, people


def has(package: str) -> bool:
    return find_spec(package) is not None


def cp_sat(
    visits: list[PlannedVisit], people: list[PlannedPerson], travel: TravelTable, seconds: float
) -> tuple[Plan, float, bool]:
    """Its best plan, its best bound on our cost, and whether that is proven optimal.

    First most served, then the cost with that many served: the two together are the same goal as ours.
    """
    cp_model = import_module("ortools.sat.python.cp_model")
    served, proven = _cp_solve(cp_model, visits, people, travel, seconds / 2, least=None)
    plan, bound, done = _cp_solve_cost(cp_model, visits, people, travel, seconds / 2, served)
    return plan, bound, proven and done


def _model(cp_model: Any, visits: list[PlannedVisit], people: list[PlannedPerson], travel: TravelTable) -> Any:
    model = cp_model.CpModel()
    takes: dict[tuple[int, int], Any] = {}
    costs: list[Any] = []
    ordered = sorted(visits, key=lambda v: (v.start, v.id))
    for person in people:
        own = [v for v in ordered if _may(person, v)]
        nodes = {visit.id: position for position, visit in enumerate(own, start=1)}
        arcs: list[tuple[int, int, Any]] = [(0, 0, model.NewBoolVar(""))]
        for visit in own:
            taken = model.NewBoolVar("")
            takes[visit.id, person.id] = taken
            arcs.append((nodes[visit.id], nodes[visit.id], taken.Not()))
            arcs.append((0, nodes[visit.id], model.NewBoolVar("")))
            arcs.append((nodes[visit.id], 0, model.NewBoolVar("")))
            if visit.field is not None and person.fields and visit.field not in person.fields:
                costs.append(int(STRANGE_FIELD * SCALE) * taken)
            for later in own:
                way = travel.minutes(visit.ward, later.ward)
                if visit.end + way > later.start or visit.id == later.id:
                    continue
                arc = model.NewBoolVar("")
                arcs.append((nodes[visit.id], nodes[later.id], arc))
                if later.start - visit.end <= SAME_ROUND_MINUTES:
                    costs.append(way * SCALE * arc)
        model.AddCircuit(arcs)
        count = model.NewIntVar(0, 16, "")
        model.Add(count == sum(takes[v.id, person.id] for v in own))
        square = model.NewIntVar(0, 256, "")
        model.AddMultiplicationEquality(square, [count, count])
        costs.append(int(UNEVEN_SHARE * SCALE) * square)
    for visit in ordered:
        model.AddAtMostOne(takes[visit.id, person.id] for person in people if (visit.id, person.id) in takes)
    return model, takes, costs


def _cp_solve(cp_model: Any, visits: Any, people: Any, travel: Any, seconds: float, least: Any) -> tuple[int, bool]:
    model, takes, _ = _model(cp_model, visits, people, travel)
    model.Maximize(sum(takes.values()))
    solver = _solver(cp_model, seconds)
    status = solver.Solve(model)
    return round(solver.BestObjectiveBound()), status == cp_model.OPTIMAL


def _cp_solve_cost(
    cp_model: Any, visits: Any, people: Any, travel: Any, seconds: float, served: int
) -> tuple[Plan, float, bool]:
    model, takes, costs = _model(cp_model, visits, people, travel)
    missing = model.NewIntVar(0, len(visits), "")
    model.Add(missing == served - sum(takes.values()))
    model.Minimize(sum(costs) + 10_000 * SCALE * missing)
    solver = _solver(cp_model, seconds)
    status = solver.Solve(model)
    who = {visit: person for (visit, person), taken in takes.items() if solver.Value(taken)}
    plan = judge_plan(who, visits, people, travel)
    return plan, solver.BestObjectiveBound() / SCALE, status == cp_model.OPTIMAL


def _solver(cp_model: Any, seconds: float) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    return solver


def vroom(visits: list[PlannedVisit], people: list[PlannedPerson], travel: TravelTable) -> Plan:
    """VROOM over a matrix of one place per visit; its clock is kept in minutes."""
    package = import_module("vroom")
    numpy = import_module("numpy")
    ordered = sorted(visits, key=lambda v: v.id)
    # VROOM wants a place to start from: one more, no minutes away from anywhere.
    minutes = [[travel.minutes(a.ward, b.ward) if a.id != b.id else 0 for b in ordered] + [0] for a in ordered]
    minutes.append([0] * (len(ordered) + 1))
    problem = package.Input()
    problem.set_durations_matrix(profile="car", matrix_input=numpy.array(minutes, dtype=numpy.uint32))
    for person in people:
        depot, skills = len(ordered), {v.id for v in ordered if _may(person, v)}
        shift = package.TimeWindow(6 * 60, 18 * 60)
        problem.add_vehicle(
            package.Vehicle(person.id, start=depot, end=depot, skills=skills, time_window=shift, profile="car")
        )
    for position, visit in enumerate(ordered):
        problem.add_job(
            package.Job(
                visit.id,
                location=position,
                default_service=visit.end - visit.start,
                skills={visit.id},
                time_windows=[package.TimeWindow(visit.start, visit.start)],
            )
        )
    routes = problem.solve(exploration_level=5, nb_threads=2).routes
    jobs = routes[routes["type"] == "job"]
    who = {int(job): int(person) for job, person in zip(jobs["id"], jobs["vehicle_id"], strict=True)}
    return judge_plan(who, visits, people, travel)


def _may(person: PlannedPerson, visit: PlannedVisit) -> bool:
    if person.wards and visit.ward not in person.wards:
        return False
    return all(visit.end <= start or end <= visit.start for start, end in person.away)
