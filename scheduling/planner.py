"""Who goes where on one day: proposals for all visits at once. Plain functions over plain data, no database.

Most visits served first; then, in minutes: travel between consecutive visits, plus what an unfamiliar field, an uneven
share and a needless change cost. Start times are promises and stay.

How: visits that nobody could combine form a column; each column is an assignment problem between its visits and the
people (given where everybody is before and after), solved exactly by SciPy; columns are solved again in turn while that
helps, and visits left over are squeezed in by handing one to somebody else. Then the rounds of a few people at a time
are torn up and laid anew, each the best of what is left, and the better day is kept. Why this and not a general solver:
docs/decisions/.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduling.travel import TravelTable

UNSERVED = 100_000.0
IMPOSSIBLE = 10_000_000.0
# Minutes of travel that each of these is worth.
STRANGE_FIELD = 6.0
CHANGED_PERSON = 20.0
UNEVEN_SHARE = 2.0  # times the square of a person's visits
# Beyond this gap the way is not part of the same round: people come from the office or from lunch.
SAME_ROUND_MINUTES = 180
MOST_PASSES = 30
DEEPEST_CHAIN = 3
PATIENCE = 60_000
# How often rounds are torn up: fewer on larger days, so that two hundred visits stay below two seconds.
MOST_ATTEMPTS = 3_000
ATTEMPTS_PER_VISIT = 50
WORK_PER_DAY = 180_000


# Where somebody is: start, end, ward, and the visit planned there (None: fixed before the plan).
Stop = tuple[int, int, int, int | None]


@dataclass(frozen=True)
class PlannedVisit:
    """Times are minutes since midnight, half open. `only`: pinned to that person. `now_with`: who goes so far."""

    id: int
    start: int
    end: int
    ward: int
    field: int | None = None
    only: int | None = None
    now_with: int | None = None


@dataclass(frozen=True)
class PlannedPerson:
    """`wards`, `fields`: empty for all. `away`: absences; `busy`: visits that stay as they are (start, end, ward).

    `prior`: visits on earlier days of the same plan, so that a week comes out even and not only each day.
    """

    id: int
    wards: frozenset[int] = frozenset()
    fields: frozenset[int] = frozenset()
    away: tuple[tuple[int, int], ...] = ()
    busy: tuple[tuple[int, int, int], ...] = ()
    prior: int = 0


@dataclass(frozen=True)
class Plan:
    """Visit id → person id; visits nobody can take; what the rides add up to."""

    who: dict[int, int]
    unserved: list[int]
    travel: int
    unevenness: float
    cost: float


@dataclass
class _Day:
    """A plan being made. `rounds`: person → sorted list of (start, end, ward, visit id or None)."""

    people: dict[int, PlannedPerson]
    visits: dict[int, PlannedVisit]
    travel: TravelTable
    who: dict[int, int] = field(default_factory=dict)
    rounds: dict[int, list[Stop]] = field(default_factory=dict)
    # Who may take each visit at all, worked out once.
    able: dict[int, tuple[int, ...]] = field(default_factory=dict)
    # Looks left for squeezing visits in: on an overfull day there is no end of chains to try.
    patience: int = PATIENCE

    def ride(self, here: int, end: int, there: int, start: int) -> int:
        return self.travel.minutes(here, there) if start - end <= SAME_ROUND_MINUTES else 0

    def may(self, person: PlannedPerson, visit: PlannedVisit) -> bool:
        """Whether this person may ever take this visit, whatever else they do."""
        if visit.only is not None:
            return visit.only == person.id
        if person.wards and visit.ward not in person.wards:
            return False
        return all(visit.end <= start or end <= visit.start for start, end in person.away)

    def added_cost(self, person_id: int, visit: PlannedVisit) -> float:
        """What it costs that this person takes it on top of their round; IMPOSSIBLE where it does not fit."""
        before: Stop | None = None
        after: Stop | None = None
        for stop in self.rounds[person_id]:
            if stop[0] >= visit.start:
                after = stop
                break
            before = stop
        cost = 0
        if before is not None:
            if before[1] + self.travel.minutes(before[2], visit.ward) > visit.start:
                return IMPOSSIBLE
            cost += self.ride(before[2], before[1], visit.ward, visit.start)
        if after is not None:
            if visit.end + self.travel.minutes(visit.ward, after[2]) > after[0]:
                return IMPOSSIBLE
            cost += self.ride(visit.ward, visit.end, after[2], after[0])
        if before is not None and after is not None:
            cost -= self.ride(before[2], before[1], after[2], after[0])
        return cost + self._taste(person_id, visit) + UNEVEN_SHARE * (2 * self.share(person_id) + 1)

    def share(self, person_id: int) -> int:
        return len(self.rounds[person_id]) + self.people[person_id].prior

    def _taste(self, person_id: int, visit: PlannedVisit) -> float:
        person = self.people[person_id]
        strange = visit.field is not None and person.fields and visit.field not in person.fields
        changed = visit.now_with is not None and visit.now_with != person_id
        return STRANGE_FIELD * bool(strange) + CHANGED_PERSON * changed

    def put(self, person_id: int, visit: PlannedVisit) -> None:
        self.who[visit.id] = person_id
        stops = self.rounds[person_id]
        stops.append((visit.start, visit.end, visit.ward, visit.id))
        stops.sort(key=lambda stop: stop[0])

    def take(self, visit: PlannedVisit) -> None:
        person_id = self.who.pop(visit.id, None)
        if person_id is not None:
            self.rounds[person_id] = [stop for stop in self.rounds[person_id] if stop[3] != visit.id]

    def travel_minutes(self) -> int:
        return sum(
            self.ride(here[2], here[1], there[2], there[0])
            for stops in self.rounds.values()
            for here, there in zip(stops, stops[1:], strict=False)
        )

    def unevenness(self) -> float:
        return UNEVEN_SHARE * sum(self.share(person_id) ** 2 for person_id in self.rounds)

    def cost(self) -> float:
        taste = sum(self._taste(person, self.visits[visit]) for visit, person in self.who.items())
        left = UNSERVED * (len(self.visits) - len(self.who))
        return left + self.travel_minutes() + self.unevenness() + taste

    def copy(self) -> "_Day":
        rounds = {person: list(stops) for person, stops in self.rounds.items()}
        return _Day(self.people, self.visits, self.travel, dict(self.who), rounds, self.able, self.patience)


def plan_day(visits: Iterable[PlannedVisit], people: Iterable[PlannedPerson], travel: TravelTable) -> Plan:
    """A proposal for one day. The same input always gives the same plan."""
    start = _start(visits, people, travel)
    best: _Day | None = None
    for first_draft in (_by_columns, _first_come):
        day = start.copy()
        first_draft(day)
        _improve(day)
        if best is None or day.cost() < best.cost():
            best = day
    return _result(_lay_anew(best or start))


def first_come(visits: Iterable[PlannedVisit], people: Iterable[PlannedPerson], travel: TravelTable) -> Plan:
    """What a clerk does without a plan: each visit in turn to the first person who can. The floor to beat."""
    day = _start(visits, people, travel)
    _first_come(day)
    return _result(day)


def judge_plan(
    who: Mapping[int, int], visits: Iterable[PlannedVisit], people: Iterable[PlannedPerson], travel: TravelTable
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


def columns_of(visits: Iterable[PlannedVisit], least_travel: int) -> list[list[PlannedVisit]]:
    """Visits grouped so that nobody can take two of one group: each begins before any of the group could be left."""
    columns: list[list[PlannedVisit]] = []
    first_left = 0
    for visit in sorted(visits, key=lambda v: (v.start, v.end, v.id)):
        if columns and visit.start < first_left:
            columns[-1].append(visit)
            first_left = min(first_left, visit.end + least_travel)
        else:
            columns.append([visit])
            first_left = visit.end + least_travel
    return columns


def _start(visits: Iterable[PlannedVisit], people: Iterable[PlannedPerson], travel: TravelTable) -> _Day:
    day = _Day({person.id: person for person in people}, {visit.id: visit for visit in visits}, travel)
    for person in day.people.values():
        day.rounds[person.id] = sorted((start, end, ward, None) for start, end, ward in person.busy)
    for visit in day.visits.values():
        day.able[visit.id] = tuple(person.id for person in day.people.values() if day.may(person, visit))
    return day


def _first_come(day: _Day) -> None:
    for visit in sorted(day.visits.values(), key=lambda v: (v.start, v.id)):
        for person_id in day.able[visit.id]:
            if day.added_cost(person_id, visit) < IMPOSSIBLE:
                day.put(person_id, visit)
                break


def _by_columns(day: _Day) -> None:
    for column in columns_of(day.visits.values(), day.travel.least):
        _solve(day, column)


def _improve(day: _Day) -> None:
    columns = columns_of(day.visits.values(), day.travel.least)
    cost = day.cost()
    for _ in range(MOST_PASSES):
        for column in columns:
            _solve(day, column)
        for column in reversed(columns):
            _solve(day, column)
        _swap_tails(day, columns)
        for visit in sorted(day.visits.values(), key=lambda v: (v.start, v.id)):
            if visit.id not in day.who:
                _squeeze_in(day, visit, DEEPEST_CHAIN, frozenset())
        before, cost = cost, day.cost()
        if cost >= before - 1e-9:
            return


def _solve(day: _Day, column: Sequence[PlannedVisit]) -> None:
    """Give the visits of one column to people anew, best for the rounds as they are otherwise."""
    for visit in column:
        day.take(visit)
    people = list(day.people)
    places = {person_id: number for number, person_id in enumerate(people)}
    costs = np.full((len(column), len(people) + len(column)), IMPOSSIBLE)
    for row, visit in enumerate(column):
        costs[row, len(people) + row] = UNSERVED
        for person_id in day.able[visit.id]:
            costs[row, places[person_id]] = day.added_cost(person_id, visit)
    for row, number in zip(*linear_sum_assignment(costs), strict=True):
        if number < len(people):
            day.put(people[number], column[row])


def _squeeze_in(day: _Day, visit: PlannedVisit, depth: int, moved: frozenset[int]) -> bool:
    """Serve a visit nobody is free for, by handing what is in its way to others; up to `depth` people are asked."""
    for person_id in day.able[visit.id]:
        if day.added_cost(person_id, visit) < IMPOSSIBLE:
            day.put(person_id, visit)
            return True
    day.patience -= len(day.able[visit.id])
    if depth == 0 or day.patience < 0:
        return False
    for person_id in day.able[visit.id]:
        in_the_way = _in_the_way(day, person_id, visit)
        # One out, one in: handing on two to serve one more is possible, but hardly ever ends well.
        if len(in_the_way) != 1 or in_the_way[0] in moved:
            continue
        other = day.visits[in_the_way[0]]
        day.take(other)
        day.put(person_id, visit)
        if _squeeze_in(day, other, depth - 1, moved | {visit.id, other.id}):
            return True
        day.take(visit)
        day.put(person_id, other)
    return False


def _in_the_way(day: _Day, person_id: int, visit: PlannedVisit) -> list[int]:
    """The visits of a person's round that leave no room for this one; empty where a fixed one does."""
    found = []
    for start, end, ward, number in day.rounds[person_id]:
        way = day.travel.minutes(visit.ward, ward)
        if start < visit.end + way and visit.start < end + way:
            if number is None or day.visits[number].only is not None:
                return []
            found.append(number)
    return found


def _swap_tails(day: _Day, columns: Sequence[Sequence[PlannedVisit]]) -> None:
    """Let two people exchange everything after a moment, where that is cheaper: what no single column can see."""
    moments = [min(visit.start for visit in column) for column in columns]
    ids = list(day.people)
    for position, one in enumerate(ids):
        for other in ids[position + 1 :]:
            for moment in moments:
                _swap_tail(day, one, other, moment)


def _swap_tail(day: _Day, one: int, other: int, moment: int) -> None:
    rounds = {person: day.rounds[person] for person in (one, other)}
    cuts = {person: sum(stop[0] < moment for stop in stops) for person, stops in rounds.items()}
    gain = 0.0
    for here, there in ((one, other), (other, one)):
        head, tail = rounds[here][: cuts[here]], rounds[there][cuts[there] :]
        before = _seam(day, head, rounds[here][cuts[here] :])
        after = _seam(day, head, tail)
        if after >= IMPOSSIBLE:
            return
        count = len(head) + len(tail) + day.people[here].prior
        gain += before - after + UNEVEN_SHARE * (day.share(here) ** 2 - count**2)
        for stop in tail:
            if stop[3] is None or here not in day.able[stop[3]]:
                return
            visit = day.visits[stop[3]]
            gain += day._taste(there, visit) - day._taste(here, visit)
    if gain <= 1e-9:
        return
    tails = {person: stops[cuts[person] :] for person, stops in rounds.items()}
    for here, there in ((one, other), (other, one)):
        day.rounds[here] = rounds[here][: cuts[here]] + tails[there]
        for stop in tails[there]:
            if stop[3] is not None:
                day.who[stop[3]] = here


def _seam(day: _Day, head: Sequence[Stop], tail: Sequence[Stop]) -> float:
    """The ride from the end of one stretch to the start of another; IMPOSSIBLE where there is no time for it."""
    if not head or not tail:
        return 0.0
    here, there = head[-1], tail[0]
    if here[1] + day.travel.minutes(here[2], there[2]) > there[0]:
        return IMPOSSIBLE
    return float(day.ride(here[2], here[1], there[2], there[0]))


def _lay_anew(day: _Day) -> _Day:
    """Tear up the rounds of two to four people, lay them again in another order, keep the day if it got no worse."""
    if len(day.people) < 1 or not day.visits:
        return day
    # A fixed seed: the same day always gives the same plan.
    chance = Random(len(day.visits))  # noqa: S311
    wards = {ward: number for number, ward in enumerate(_wards_of(day))}
    ways = np.array([[day.travel.minutes(here, there) for there in wards] for here in wards])
    cost, ids = day.cost(), list(day.people)
    size = len(day.visits)
    for _ in range(min(MOST_ATTEMPTS, ATTEMPTS_PER_VISIT * size, WORK_PER_DAY // size)):
        torn = chance.sample(ids, min(len(ids), chance.randint(2, 4)))
        draft = day.copy()
        for visit_id in [v for v, person in day.who.items() if person in torn]:
            draft.take(day.visits[visit_id])
        for person_id in torn:
            _lay_round(draft, person_id, wards, ways, len(day.who) / len(ids))
        for visit in [v for v in draft.visits.values() if v.id not in draft.who and v.id in day.who]:
            _squeeze_in(draft, visit, 1, frozenset())
        if draft.cost() <= cost:
            day, cost = draft, draft.cost()
    _improve(day)
    return day


def _lay_round(day: _Day, person_id: int, wards: dict[int, int], ways: np.ndarray, average: float) -> None:
    """Give one person the best round out of the visits nobody has: the dearest path through what can follow what."""
    free = [v for v in day.visits.values() if v.id not in day.who and person_id in day.able[v.id]]
    fixed = day.rounds[person_id]
    worth = UNSERVED - UNEVEN_SHARE * (2 * average + 1)
    nodes: list[tuple[int, int, int, float, int | None]] = [
        (v.start, v.end, v.ward, worth - day._taste(person_id, v), v.id) for v in free
    ]
    nodes += [(start, end, ward, IMPOSSIBLE, None) for start, end, ward, _ in fixed]
    if not nodes:
        return
    nodes.sort(key=lambda node: (node[0], node[1], node[4] or 0))
    starts, ends = (np.array([node[side] for node in nodes]) for side in (0, 1))
    place = np.array([wards[node[2]] for node in nodes])
    way = ways[place[:, None], place[None, :]]
    gap = starts[None, :] - ends[:, None]
    ride = np.where(gap < way, np.inf, np.where(gap <= SAME_ROUND_MINUTES, way, 0.0))
    best = np.array([node[3] for node in nodes], dtype=float)
    came_from = [-1] * len(nodes)
    for number in range(1, len(nodes)):
        through = best[:number] - ride[:number, number]
        previous = int(through.argmax())
        if through[previous] > 0:
            best[number] += through[previous]
            came_from[number] = previous
    number = int(best.argmax())
    while number >= 0:
        visit_id = nodes[number][4]
        if visit_id is not None:
            day.put(person_id, day.visits[visit_id])
        number = came_from[number]


def _wards_of(day: _Day) -> list[int]:
    found = {visit.ward for visit in day.visits.values()}
    found |= {stop[2] for stops in day.rounds.values() for stop in stops}
    return sorted(found)


def _result(day: _Day) -> Plan:
    left = sorted(visit for visit in day.visits if visit not in day.who)
    return Plan(dict(day.who), left, day.travel_minutes(), day.unevenness(), day.cost())
