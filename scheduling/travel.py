"""Minutes from one door to the next, by how the wards lie."""

from dataclasses import dataclass, field

from scheduling.models import TravelTime, Ward

# Until the office enters its own: town traffic on a motorbike, parking and finding the house included.
USUAL_MINUTES = {TravelTime.Distance.SAME: 10, TravelTime.Distance.NEIGHBOUR: 15, TravelTime.Distance.FAR: 25}


@dataclass(frozen=True)
class TravelTable:
    """Travel minutes between wards, given by id."""

    same: int = USUAL_MINUTES[TravelTime.Distance.SAME]
    neighbour: int = USUAL_MINUTES[TravelTime.Distance.NEIGHBOUR]
    far: int = USUAL_MINUTES[TravelTime.Distance.FAR]
    neighbours: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def minutes(self, here: int, there: int) -> int:
        if here == there:
            return self.same
        return self.neighbour if (here, there) in self.neighbours else self.far

    @property
    def least(self) -> int:
        """What every pair of visits needs: the part of the way the database itself guards."""
        return min(self.same, self.neighbour, self.far)


def least_minutes() -> int:
    """`TravelTable.least` without reading how the wards lie."""
    return min(_entered_minutes().values())


def current_travel() -> TravelTable:
    """The table as entered, with the wards that touch (two queries)."""
    minutes = _entered_minutes()
    pairs = Ward.neighbours.through.objects.values_list("from_ward_id", "to_ward_id")
    return TravelTable(
        same=minutes[TravelTime.Distance.SAME],
        neighbour=minutes[TravelTime.Distance.NEIGHBOUR],
        far=minutes[TravelTime.Distance.FAR],
        neighbours=frozenset(pairs),
    )


def _entered_minutes() -> dict[TravelTime.Distance, int]:
    entered = dict(TravelTime.objects.values_list("distance", "minutes"))
    return {distance: entered.get(distance, usual) for distance, usual in USUAL_MINUTES.items()}
