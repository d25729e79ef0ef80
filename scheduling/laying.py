"""The rounds of a day, laid by price.

Times are promises, so a person's round is a path through the visits in order of time. Which rounds to give out, one to
a person and each visit in one at most, is a linear program over all rounds there are. They are too many to write down:
only those are added that the program's own prices say would help (column generation). Where it wants two halves of
different rounds, the surest rounds are given out and what is left is priced again.
"""

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from scheduling.rounds import SAME_ROUND_MINUTES, UNEVEN_SHARE, Day, PlannedPerson, Stop

# In minutes. More than leaving any visit out could save, and no more: far larger numbers beside minutes settle slowly.
SERVED = 300.0
# How often prices are made before the first rounds are given out, and after each: at least, at most. In between, a turn
# that gains hardly anything (in minutes a visit) is the last: prices settle slowly.
TURNS, LATER_TURNS = (8, 40), (1, 3)
HARDLY = 0.004
WALKS = 3  # a turn; each lets people choose in another order
SURE = 0.9
# Rounds are given out again, by other chances, until it costs at most this much a visit more than any plan must.
CLOSE, MOST_TRIES, WORK = 0.05, 10, 5_000
SPECK = 1e-6
Path = tuple[int, ...]
# Who, and along which of their places.
Round = tuple[int, Path]


class Walker:
    """One person's places of the day in order of time: visits they may take, and stops that stay as they are."""

    def __init__(self, day: Day, person: PlannedPerson, numbers: Mapping[int, int]):
        visits = [day.visits[number] for number in numbers if person.id in day.able[number]]
        places: list[Stop] = [(v.start, v.end, v.ward, v.id) for v in visits] + day.rounds[person.id]
        places.sort(key=lambda place: (place[0], place[1], place[3] or 0))
        stays = [number for number, place in enumerate(places) if place[3] is None]
        self.prior = person.prior
        self.visit = np.array([-1 if place[3] is None else numbers[place[3]] for place in places], dtype=int)
        self.taste = np.array([day.taste(person.id, day.visits[p[3]]) if p[3] is not None else 0.0 for p in places])
        self.ride = _rides(day, places)
        for one, other in zip(stays, stays[1:], strict=False):
            self.ride[one, other] = day.ride(places[one][2], places[one][1], places[other][2], places[other][0])
        # Nobody skips a stop that stays, nor begins after the first of them or ends before the last.
        self.opening, self.closing = np.zeros(len(places)), np.zeros(len(places))
        for stop in stays:
            self.ride[:stop, stop + 1 :] = np.inf
            self.opening[stop + 1 :] = self.closing[:stop] = -np.inf
        # Row by row, as the search reads it: from a place back to each before it.
        self.back, self.all = np.ascontiguousarray(self.ride.T), np.arange(len(places))
        self.idle_cost = self._cost(tuple(stays))

    def added_cost(self, path: Path) -> float:
        return self._cost(path) - self.idle_cost

    def visits(self, path: Path) -> np.ndarray:
        found = self.visit[list(path)]
        return found[found >= 0]

    def best(self, worth: np.ndarray) -> list[tuple[float, Path]]:
        """For each number of stops the round of most worth (by visit), with what it leaves when its cost is paid."""
        gain = np.where(self.visit >= 0, worth[self.visit], 0.0) - self.taste
        value, found = gain + self.opening, []
        came: list[np.ndarray] = []
        while len(value) and value.max() > -np.inf:
            ended = value + self.closing
            path = [int(ended.argmax())]
            if ended[path[0]] > -np.inf:
                for step in reversed(came):
                    path.append(int(step[path[-1]]))
                share = UNEVEN_SHARE * (len(path) + self.prior) ** 2
                found.append((float(ended.max()) - share + self.idle_cost, tuple(reversed(path))))
            through = value - self.back
            came.append(through.argmax(axis=1))
            value = through[self.all, came[-1]] + gain
        return found

    def _cost(self, path: Path) -> float:
        rides = sum(self.ride[here, there] for here, there in zip(path, path[1:], strict=False))
        return float(rides + self.taste[list(path)].sum() + UNEVEN_SHARE * (len(path) + self.prior) ** 2)


def lay_rounds(day: Day) -> dict[int, int]:
    """Who goes to each visit of a day that has only its fixed stops. The same day is always laid the same way."""
    if not day.visits:
        return {}
    visits = sorted(day.visits.values(), key=lambda v: (v.start, v.end, v.id))
    numbers = {visit.id: number for number, visit in enumerate(visits)}
    walkers = {person.id: Walker(day, person, numbers) for person in day.people.values()}
    market = Market(walkers, len(visits))
    given: dict[int, Path] = {}
    for _ in range(max(1, min(MOST_TRIES, WORK // (len(visits) * max(1, len(walkers)))))):
        bound = market.open()
        found = market.give_out()
        if not given or market.value(found) < market.value(given):
            given = found
        if market.value(given) <= bound + CLOSE * len(visits):
            break
    return {visits[number].id: who for who, path in given.items() for number in walkers[who].visits(path)}


class Market:
    """The rounds known so far, and how they are given out. Values: minutes they cost, less what serving is worth."""

    def __init__(self, walkers: Mapping[int, Walker], visits: int):
        self.walkers, self.visits = walkers, visits
        self.rounds: dict[Round, float] = {}
        self.shares: dict[Round, float] = {}
        self.chance = Random(1)  # noqa: S311

    def value(self, given: Mapping[int, Path]) -> float:
        return sum(self._value((who, path)) for who, path in given.items())

    def open(self) -> float:
        """Trade until hardly anything more pays; the value of the best mixture of rounds, about the best there is."""
        self.shares = _trade(self.rounds, self.walkers, np.ones(self.visits, dtype=bool), self.chance, TURNS)
        return sum(self._value(key) * share for key, share in self.shares.items())

    def give_out(self) -> dict[int, Path]:
        """One whole round to each person. All that is found on the way is kept for the next try."""
        idle, free = dict(self.walkers), np.ones(self.visits, dtype=bool)
        rounds, shares = self.rounds, self.shares
        given: dict[int, Path] = {}
        while shares:
            for who, path in self._surest(shares):
                if who in idle and free[idle[who].visits(path)].all():
                    free[idle.pop(who).visits(path)] = False
                    given[who] = path
            rounds = {
                (who, path): cost
                for (who, path), cost in rounds.items()
                if who in idle and free[idle[who].visits(path)].all()
            }
            shares = _trade(rounds, idle, free, self.chance, LATER_TURNS) if idle and free.any() else {}
            self.rounds |= rounds
        return given

    def _surest(self, shares: Mapping[Round, float]) -> list[Round]:
        """What is given out nearly whole; else one round, the likelier the larger its share."""
        sure = [key for key, share in shares.items() if share >= SURE]
        return sure or self.chance.choices(list(shares), list(shares.values()))

    def _value(self, key: Round) -> float:
        return self.rounds[key] - SERVED * len(self.walkers[key[0]].visits(key[1]))


def _trade(
    rounds: dict[Round, float], walkers: Mapping[int, Walker], free: np.ndarray, chance: Random, turns: tuple[int, int]
) -> dict[Round, float]:
    """Add rounds while prices say that it pays; how far the program would give each one out."""
    shares: dict[Round, float] = {}
    value = np.inf
    for turn in range(turns[1]):
        before = value
        value, shares, prices, own = _prices(rounds, walkers, len(free))
        if before - value < HARDLY * len(free) and turn >= turns[0]:
            break
        worth = np.where(free, SERVED - prices, -np.inf)
        orders = [chance.sample(list(walkers), len(walkers)) for _ in range(WALKS)]
        fresh = {key: cost for order in orders for key, cost in _chosen(order, walkers, worth.copy(), own).items()}
        if fresh.keys() <= rounds.keys():
            # Only where everybody may have the same visits does it show that nothing is left to add.
            fresh = {key: cost for one in walkers for key, cost in _chosen([one], walkers, worth.copy(), own).items()}
        if fresh.keys() <= rounds.keys():
            break
        rounds |= fresh
    return shares


def _chosen(
    order: Sequence[int], walkers: Mapping[int, Walker], worth: np.ndarray, own: Mapping[int, float]
) -> dict[Round, float]:
    """The rounds these people would choose in turn, the best one of each taken off the market."""
    fresh: dict[Round, float] = {}
    for person_id in order:
        walker = walkers[person_id]
        paying = [(gain, path) for gain, path in walker.best(worth) if gain > own[person_id] + SPECK]
        fresh |= {(person_id, path): walker.added_cost(path) for _, path in paying}
        if paying:
            worth[walker.visits(max(paying)[1])] = -np.inf
    return fresh


def _prices(
    rounds: Mapping[Round, float], walkers: Mapping[int, Walker], visits: int
) -> tuple[float, dict[Round, float], np.ndarray, dict[int, float]]:
    """The value of the best mixture of the rounds known so far, how much of each is in it, and what a visit and a
    person cost in it."""
    if not rounds:
        return np.inf, {}, np.zeros(visits), dict.fromkeys(walkers, 0.0)
    lines = {person_id: visits + number for number, person_id in enumerate(walkers)}
    taken = [walkers[person_id].visits(path) for person_id, path in rounds]
    rows = np.concatenate([[*numbers, lines[person_id]] for (person_id, _), numbers in zip(rounds, taken, strict=True)])
    ends = np.cumsum([0, *(len(numbers) + 1 for numbers in taken)])
    once = csc_array((np.ones(len(rows)), rows, ends), shape=(visits + len(walkers), len(rounds)))
    worth = np.array([cost - SERVED * len(numbers) for cost, numbers in zip(rounds.values(), taken, strict=True)])
    answer = linprog(worth, A_ub=once, b_ub=np.ones(once.shape[0]), method="highs-ds")
    prices = -answer.ineqlin.marginals
    own = {person_id: float(prices[line]) for person_id, line in lines.items()}
    shares = {key: share for key, share in zip(rounds, answer.x, strict=True) if share > SPECK}
    return answer.fun, shares, prices[:visits], own


def _rides(day: Day, places: list[Stop]) -> np.ndarray:
    """Minutes from each place to each later one; infinite where there is no time for the way."""
    wards = {ward: number for number, ward in enumerate({place[2] for place in places})}
    table = np.array([[day.travel.minutes(here, there) for there in wards] for here in wards], dtype=float)
    where = np.array([wards[place[2]] for place in places], dtype=int)
    if not places:
        return np.zeros((0, 0))
    way = table[where[:, None], where[None, :]]
    gap = np.array([place[0] for place in places])[None, :] - np.array([place[1] for place in places])[:, None]
    return np.where(gap < way, np.inf, np.where(gap <= SAME_ROUND_MINUTES, way, 0.0))
