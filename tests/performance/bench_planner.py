"""The planner against a proven bound, first come first served, VROOM and OR-Tools CP-SAT, on the same generated days.

CP-SAT and VROOM are measured where they are installed (see `planner_rivals`); the figures we chose by stand in
docs/decisions/.
"""

import time
from collections.abc import Callable
from typing import Any

from scheduling.planner import Plan, first_come, plan_day
from scheduling.rounds import UNSERVED
from tests.performance.planner_bound import least_cost
from tests.performance.planner_rivals import TRAVEL, cp_sat, generated_day, has, vroom

SIZES = ((20, 3), (60, 8), (200, 20))
SECONDS_FOR_CP_SAT = 60.0
# CP-SAT proves nothing in a minute on the largest day, and building the model alone takes longer than that.
MOST_FOR_CP_SAT = 60
SEED = 1
Row = dict[str, Any]


def run() -> list[Row]:
    rows: list[Row] = []
    for count, staff in SIZES:
        visits, people = generated_day(count, staff, SEED)
        name = f"plan {count} visits, {staff} people"
        greedy, greedy_s = _timed(lambda v=visits, p=people: first_come(v, p, TRAVEL))
        ours, ours_s = _timed(lambda v=visits, p=people: plan_day(v, p, TRAVEL))
        rows += _figures(f"{name}: first come", greedy, greedy_s, count)
        rows += _figures(f"{name}: ours", ours, ours_s, count)
        rows[-4] |= {"goal": f">= {count - len(greedy.unserved)}", "holds": len(ours.unserved) <= len(greedy.unserved)}
        rows[-1] |= {"goal": "< 2", "holds": ours_s < 2}
        started = time.perf_counter()
        rows += _gap_to_bound(name, ours, least_cost(visits, people, TRAVEL, travel_alone=True), count)
        rows.append({"name": f"{name}: bound by columns, time", "value": time.perf_counter() - started, "unit": "s"})
        if has("vroom"):
            rows += _figures(f"{name}: VROOM", *_timed(lambda v=visits, p=people: vroom(v, p, TRAVEL)), count)
        if has("ortools") and count <= MOST_FOR_CP_SAT:
            started = time.perf_counter()
            best, bound, is_proven = cp_sat(visits, people, TRAVEL, SECONDS_FOR_CP_SAT)
            rows += _figures(f"{name}: CP-SAT", best, time.perf_counter() - started, count)
            rows.append({"name": f"{name}: CP-SAT proved it best", "value": is_proven, "unit": ""})
            rows.append(_gap(name, ours, best, count))
    return rows


def _figures(name: str, plan: Plan, seconds: float, count: int) -> list[Row]:
    served = count - len(plan.unserved)
    return [
        {"name": f"{name}, served", "value": served, "unit": "visits"},
        {"name": f"{name}, travel per visit", "value": plan.travel / max(served, 1), "unit": "minutes"},
        {"name": f"{name}, unevenness", "value": plan.unevenness, "unit": ""},
        {"name": f"{name}, time", "value": seconds, "unit": "s"},
    ]


def _gap_to_bound(name: str, ours: Plan, bound: float, count: int) -> list[Row]:
    """Against what no plan can beat: visits served, and the minutes of travel with that many served."""
    most = count - int((bound + 1e-3) // UNSERVED)
    served = count - len(ours.unserved)
    fewer = 100.0 * (most - served) / most
    rows: list[Row] = [
        row(f"{name}: fewer served than the proven most ({most})", fewer, "%", "<= 2", fewer <= 2),
    ]
    if served == most:
        least = bound - UNSERVED * len(ours.unserved)
        longer = 100.0 * (ours.travel - least) / least
        rows.append(row(f"{name}: more travel than the proven least", longer, "%", "<= 2", longer <= 2))
    return rows


def row(name: str, value: float, unit: str, goal: str, holds: bool) -> Row:
    return {"name": name, "value": value, "unit": unit, "goal": goal, "holds": holds}


def _gap(name: str, ours: Plan, best: Plan, count: int) -> Row:
    """How much dearer our day is than the best known one that serves as many (travel, share and field together)."""
    served, possible = count - len(ours.unserved), count - len(best.unserved)
    if served < possible:
        gap = 100.0 * (possible - served) / possible
        return {
            "name": f"{name}: fewer served than CP-SAT",
            "value": gap,
            "unit": "%",
            "goal": "<= 2",
            "holds": gap <= 2,
        }
    gap = 100.0 * (ours.cost - best.cost) / (best.cost - 100_000 * len(best.unserved))
    return {"name": f"{name}: dearer than CP-SAT", "value": gap, "unit": "%", "goal": "<= 2", "holds": gap <= 2}


def _timed(make: Callable[[], Plan]) -> tuple[Plan, float]:
    """The plan and the seconds a manager waits for it."""
    started = time.perf_counter()
    return make(), time.perf_counter() - started
