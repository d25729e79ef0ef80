"""How good any plan of a day could be at best: a bound that is proven, not sampled.

Times are fixed, so a person's round is a path through the visits in order of time. Choosing one round for each person,
each visit in one round at most, is a linear program over all rounds there are; they are too many to write down, so only
those are added that the program's own prices say would help (column generation), the best of each person by dynamic
programming. At the end no round helps, and the program's value bounds every plan from below; with the prices of any
earlier moment the bound is weaker, never wrong. It counts in the planner's own unit: visits left out first, then
minutes of travel, strange fields and unevenness.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from scheduling.rounds import SAME_ROUND_MINUTES, UNEVEN_SHARE, UNSERVED, Day, PlannedPerson, PlannedVisit
from scheduling.travel import TravelTable

ENOUGH_ROUNDS = 200
Path = tuple[int, ...]


class _Person:
    """The visits somebody may take, what leads from one to the next, and what each costs in taste."""

    def __init__(
        self, person: PlannedPerson, visits: Sequence[PlannedVisit], travel: TravelTable, *, travel_alone: bool
    ):
        self.uneven = 0.0 if travel_alone else UNEVEN_SHARE
        day = Day({person.id: person}, {}, travel)
        self.own = np.array([number for number, visit in enumerate(visits) if day.may(person, visit)], dtype=int)
        mine = [visits[number] for number in self.own]
        way = np.array([[travel.minutes(a.ward, b.ward) for b in mine] for a in mine], dtype=float)
        gap = np.array([[later.start - visit.end for later in mine] for visit in mine])
        if mine:
            self.ride = np.where(gap < way, np.inf, np.where(gap <= SAME_ROUND_MINUTES, way, 0.0))
            self.taste = np.array([0.0 if travel_alone else day.taste(person.id, visit) for visit in mine])

    def cost(self, path: Path) -> float:
        rides = sum(self.ride[a, b] for a, b in zip(path, path[1:], strict=False))
        return float(rides + self.taste[list(path)].sum() + self.uneven * len(path) ** 2)

    def best(self, worth: np.ndarray) -> list[tuple[float, Path]]:
        """For each number of visits the path of most worth, cost taken off."""
        if not len(self.own):
            return []
        gain = worth[self.own] - self.taste
        value, came, found = gain, [], []
        while np.isfinite(value).any():
            path = [int(value.argmax())]
            for step in reversed(came):
                path.append(int(step[path[-1]]))
            count = len(path)
            found.append((float(value.max()) - self.uneven * count**2, tuple(reversed(path))))
            through = value[:, None] - self.ride
            came.append(through.argmax(axis=0))
            value = through.max(axis=0) + gain
        return found


def least_cost(
    visits: Sequence[PlannedVisit],
    people: Sequence[PlannedPerson],
    travel: TravelTable,
    *,
    travel_alone: bool = False,
) -> float:
    """No plan of this day costs less (`Plan.cost`; `travel_alone`: visits left out and minutes of travel only).

    For people with nothing fixed before the plan.
    """
    crew = [_Person(person, visits, travel, travel_alone=travel_alone) for person in people]
    rounds: dict[tuple[int, Path], float] = {}
    bound, prices = -np.inf, np.zeros(len(visits) + len(people))
    value = 0.0
    for _ in range(ENOUGH_ROUNDS):
        if rounds:
            value, prices = _solve(rounds, crew, len(visits))
        fresh, could_gain = {}, 0.0
        for number, person in enumerate(crew):
            worth, own_price = UNSERVED + prices[: len(visits)], prices[len(visits) + number]
            found = [(gain + own_price, path) for gain, path in person.best(worth)]
            could_gain += max(0.0, *(gain for gain, _ in found)) if found else 0.0
            fresh |= {(number, path): person.cost(path) for gain, path in found if gain > 1e-6}
        bound = max(bound, value - could_gain)
        if not set(fresh) - set(rounds):
            break
        rounds |= fresh
    return float(bound) + UNSERVED * len(visits)


def _solve(rounds: dict[tuple[int, Path], float], crew: Sequence[_Person], visits: int) -> tuple[float, np.ndarray]:
    """The best mixture of the rounds known so far, and the price of each visit and person in it."""
    rows, columns = [], []
    for column, (number, path) in enumerate(rounds):
        rows += [*crew[number].own[list(path)], visits + number]
        columns += [column] * (len(path) + 1)
    once = csc_array((np.ones(len(rows)), (rows, columns)), shape=(visits + len(crew), len(rounds)))
    worth = np.array([cost - UNSERVED * len(path) for (_, path), cost in rounds.items()])
    answer = linprog(worth, A_ub=once, b_ub=np.ones(visits + len(crew)), method="highs")
    return answer.fun, answer.ineqlin.marginals
