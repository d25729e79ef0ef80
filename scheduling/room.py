"""Whether somebody who covers a ward is left for one more visit: visits and people matched, not only counted.

A slot's capacity says how many can go at all. Where people cover some wards only, that many visits may still be too
many of one ward: two visits of the North want two people of the North. Visits are matched with people (each visit with
somebody who covers its ward, or who already goes to it), and a citizen is offered a slot only if one more visit of
their ward can be matched too. Matching decides this exactly: who is free can change hands until everybody fits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from scheduling.models import LIVE, Absence, Appointment, Assignment, Slot
from scheduling.office_facts import OfficeFacts


@dataclass(frozen=True)
class Held:
    """A visit that takes part of a slot: its ward, and who goes to it already."""

    ward_id: int
    going: tuple[int, ...] = ()


def more_visits(
    ward_id: int, *, visits: Sequence[Held], people: Mapping[int, frozenset[int]], anybody: int, most: int
) -> int:
    """How many more visits of a ward could be served beside these, counted up to `most`.

    `people`: who is there → wards they cover (empty: all). `anybody`: places entered by hand beyond the people known,
    each taken for somebody who can go anywhere.
    """
    crew: dict[int, frozenset[int]] = {**people, **{-number: frozenset() for number in range(1, anybody + 1)}}

    def able(ward: int, going: Collection[int] = ()) -> list[int]:
        return [person for person, wards in crew.items() if not wards or ward in wards or person in going]

    wants = []
    for visit in visits:
        wants.append(able(visit.ward_id, visit.going[:1]))
        wants += [[person] for person in visit.going[1:] if person in crew]  # whoever comes along is busy too
    with_whom: dict[int, int] = {}
    for number in range(len(wants)):
        _match(number, wants, with_whom, set())
    found = 0
    while found < most:
        wants.append(able(ward_id))
        if not _match(len(wants) - 1, wants, with_whom, set()):
            break
        found += 1
    return found


def _match(number: int, wants: Sequence[Sequence[int]], with_whom: dict[int, int], asked: set[int]) -> bool:
    """Give this visit somebody, others changing hands where needed (an augmenting path)."""
    for person in wants[number]:
        if person in asked:
            continue
        asked.add(person)
        if person not in with_whom or _match(with_whom[person], wants, with_whom, asked):
            with_whom[person] = number
            return True
    return False


def room_in(
    slot_ids: Collection[int],
    *,
    ward_id: int,
    office: OfficeFacts,
    but: int | None = None,
    most: int = 100,
    away: Sequence[tuple[int, datetime, datetime]] = (),
) -> dict[int, int]:
    """Slot id → how many more visits of the ward somebody could go to, up to `most` (three queries).

    Hold the slots' rows to rely on it. `but`: a visit that is leaving its place. `away`: absences not entered yet.
    """
    slots = list(Slot.objects.filter(pk__in=slot_ids).values("id", "starts_at", "ends_at", "capacity"))
    if not slots:
        return {}
    first, last = min(slot["starts_at"] for slot in slots), max(slot["ends_at"] for slot in slots)
    held = _held_in(slot_ids, first, last, but)
    entered = Absence.objects.filter(period__overlap=(first, last)).values_list("staff", "period")
    absences = [(staff_id, period.lower, period.upper) for staff_id, period in entered]
    room = {}
    for slot in slots:
        span = slot["starts_at"], slot["ends_at"]
        known = office.crew.keys() - _away_in(span, absences)
        people = {staff: office.crew[staff] for staff in known - _away_in(span, away)}
        visits = held.get(slot["id"], [])
        # The capacity still counts whoever is about to be away: their place is nobody else's.
        anybody = max(0, slot["capacity"] - len(known))
        room[slot["id"]] = more_visits(ward_id, visits=visits, people=people, anybody=anybody, most=most)
    return room


def _away_in(span: tuple[datetime, datetime], absences: Sequence[tuple[int, datetime, datetime]]) -> set[int]:
    return {staff for staff, leaves, returns in absences if leaves < span[1] and span[0] < returns}


def _held_in(slot_ids: Collection[int], first: datetime, last: datetime, but: int | None) -> dict[int, list[Held]]:
    going = Assignment.objects.filter(LIVE, appointment=OuterRef("pk")).order_by("-is_lead", "pk").values("staff_id")
    # By time, which is indexed: no visit begins a day before the last slot it holds.
    rows = Appointment.objects.filter(is_live=True, starts_at__gt=first - timedelta(days=1), starts_at__lt=last)
    rows = rows.filter(Q(slot__in=slot_ids) | Q(also_holds__overlap=list(slot_ids)))
    if but is not None:
        rows = rows.exclude(pk=but)
    held: dict[int, list[Held]] = {}
    for row in rows.values("slot_id", "also_holds", "ward_id", people=ArraySubquery(going)):
        for slot_id in {row["slot_id"], *row["also_holds"]}:
            held.setdefault(slot_id, []).append(Held(row["ward_id"], tuple(row["people"])))
    return held
