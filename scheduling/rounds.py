"""A day being planned: who takes which visit, and what that costs. Plain data, no database."""

from dataclasses import dataclass, field

from scheduling.travel import TravelTable

UNSERVED = 100_000.0
IMPOSSIBLE = 10_000_000.0
# Minutes of travel that each of these is worth.
STRANGE_FIELD = 1.0
CHANGED_PERSON = 20.0
UNEVEN_SHARE = 0.25  # times the square of a person's visits
# Beyond this gap the way is not part of the same round: people come from the office or from lunch.
SAME_ROUND_MINUTES = 180
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
class Day:
    """A plan being made. `rounds`: person → sorted list of (start, end, ward, visit id or None)."""

    people: dict[int, PlannedPerson]
    visits: dict[int, PlannedVisit]
    travel: TravelTable
    who: dict[int, int] = field(default_factory=dict)
    rounds: dict[int, list[Stop]] = field(default_factory=dict)
    # Who may take each visit at all, worked out once.
    able: dict[int, tuple[int, ...]] = field(default_factory=dict)

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
        return cost + self.taste(person_id, visit) + UNEVEN_SHARE * (2 * self.share(person_id) + 1)

    def share(self, person_id: int) -> int:
        return len(self.rounds[person_id]) + self.people[person_id].prior

    def taste(self, person_id: int, visit: PlannedVisit) -> float:
        person = self.people[person_id]
        strange = visit.field is not None and person.fields and visit.field not in person.fields
        changed = visit.now_with is not None and visit.now_with != person_id
        return STRANGE_FIELD * bool(strange) + CHANGED_PERSON * changed

    def put(self, person_id: int, visit: PlannedVisit) -> None:
        self.who[visit.id] = person_id
        stops = self.rounds[person_id]
        stops.append((visit.start, visit.end, visit.ward, visit.id))
        stops.sort(key=lambda stop: stop[0])

    def travel_minutes(self) -> int:
        return sum(
            self.ride(here[2], here[1], there[2], there[0])
            for stops in self.rounds.values()
            for here, there in zip(stops, stops[1:], strict=False)
        )

    def unevenness(self) -> float:
        return UNEVEN_SHARE * sum(self.share(person_id) ** 2 for person_id in self.rounds)

    def cost(self) -> float:
        taste = sum(self.taste(person, self.visits[visit]) for visit, person in self.who.items())
        left = UNSERVED * (len(self.visits) - len(self.who))
        return left + self.travel_minutes() + self.unevenness() + taste
