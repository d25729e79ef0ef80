"""Where visits could go when somebody falls away or a day is shut: another person, else another time, else a call.

Least disturbance: nobody else's visits are touched, and a citizen's time changes only where no person is free. Nothing
is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling import planning, ranking
from scheduling.absences import Period
from scheduling.free_times import SLOT_COLUMNS, SlotFacts, fits_before_closing
from scheduling.hours import ZONE, OfficeCalendar, current_calendar, day_bounds
from scheduling.models import Appointment, Slot, StaffMember
from scheduling.office_facts import office_facts
from scheduling.orders import lead_of, standing_of
from scheduling.room import room_in
from scheduling.staffing import Team, person_of, team_between, visit_of
from scheduling.words import sentence, when

LOOK_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class WayOut:
    """One visit and what could be done. Neither `staff` nor `slot`: only a call helps."""

    appointment: Appointment
    staff: StaffMember | None
    slot: Slot | None
    words: str
    standing: str

    @property
    def is_found(self) -> bool:
        return self.staff is not None or self.slot is not None


def when_person_is_away(*, staff: StaffMember, periods: Sequence[Period], hit: Sequence[Appointment]) -> list[WayOut]:
    """Ways out for the visits a person's absence hits, in order of time."""
    found: dict[int, WayOut] = {}
    by_day: dict[date, list[Appointment]] = {}
    for visit in hit:
        by_day.setdefault(_day(visit.starts_at), []).append(visit)
    away = [ranking.Away(start, end, "vắng") for start, end in periods]
    teams: dict[date, Team] = {}
    for day, visits in by_day.items():
        team = teams[day] = _without(team_between(*day_bounds(day)), staff, away)
        for proposal in planning.propose(visits, team=team, day=day, keep_pins=False).proposals:
            if proposal.staff is not None:
                _remember(team, proposal.staff, proposal.appointment, visit_of(proposal.appointment))
                found[proposal.appointment.pk] = WayOut(
                    proposal.appointment, proposal.staff, None, proposal.words, standing_of(proposal.appointment)
                )
    left = [visit for visit in hit if visit.pk not in found]
    for way in _other_times(left, teams=teams, absent=(staff, away), closed=()):
        found[way.appointment.pk] = way
    return [found[visit.pk] for visit in hit]


def when_shut(*, closed: Sequence[Period], hit: Sequence[Appointment]) -> list[WayOut]:
    """Ways out for the visits a closure hits: another time, with the same person where possible."""
    return _other_times(hit, teams={}, absent=None, closed=closed)


def _other_times(
    visits: Sequence[Appointment],
    *,
    teams: dict[date, Team],
    absent: tuple[StaffMember, list[ranking.Away]] | None,
    closed: Sequence[Period],
) -> list[WayOut]:
    """The nearest open time of each visit at which somebody can go, counting what was proposed for those before it.

    Visits that wait for somebody keep whoever can go to them: a time is taken only if the ward has one person more.
    """
    calendar, now = current_calendar(), timezone.now()
    slots = _open_slots(now, closed)
    gone = [(absent[0].pk, away.starts_at, away.ends_at) for away in absent[1]] if absent else []
    rooms: dict[int, dict[int, int]] = {}
    taken: dict[int, int] = {}
    ways = []
    for visit in visits:
        way = None
        if visit.ward_id not in rooms:
            numbers = [slot.pk for slot in slots]
            rooms[visit.ward_id] = room_in(numbers, ward_id=visit.ward_id, office=office_facts(), away=gone)
        lead = lead_of(visit)
        for slot in sorted(slots, key=lambda s: (abs(s.starts_at - visit.starts_at), s.starts_at)):
            if not _has_room(slot, visit, calendar, taken, rooms[visit.ward_id]):
                continue
            day = _day(slot.starts_at)
            if day not in teams:
                team = team_between(*day_bounds(day))
                teams[day] = _without(team, *absent) if absent else team
            moved = _moved(visit, slot)
            person = _who_can(teams[day], visit, moved, lead)
            if person is None and lead is not None:
                continue
            taken[slot.pk] = taken.get(slot.pk, 0) + 1
            if person is not None:
                _remember(teams[day], person, visit, moved)
            words = f"dời sang {when(slot.starts_at)}" + (f", {person.called} đi" if person else "")
            way = WayOut(visit, person, slot, sentence(words), standing_of(visit))
            break
        ways.append(
            way or WayOut(visit, None, None, "Chưa có người hoặc giờ nào; cần gọi người dân.", standing_of(visit))
        )
    return ways


def _who_can(team: Team, visit: Appointment, moved: ranking.Visit, lead: StaffMember | None) -> StaffMember | None:
    members = {member.pk: member for member in team.people}
    verdicts = ranking.best_first(
        ranking.judge(
            person_of(member),
            moved,
            others=team.others(member.pk, {visit.pk}),
            absences=team.absences.get(member.pk, []),
            travel=team.travel,
            average_visits=0.0,
            has_met_citizen=lead == member,
        )
        for member in team.people
    )
    able = [verdict for verdict in verdicts if verdict.can_go]
    if lead is not None and any(verdict.person.id == lead.pk for verdict in able):
        return members[lead.pk]
    return members[able[0].person.id] if able and lead is not None else None


def _open_slots(now: datetime, closed: Sequence[Period]) -> list[Slot]:
    slots = Slot.objects.filter(is_open=True, starts_at__gt=now, starts_at__lt=now + LOOK_AHEAD).order_by("starts_at")
    return [slot for slot in slots if not any(slot.starts_at < end and start < slot.ends_at for start, end in closed)]


def _has_room(
    slot: Slot, visit: Appointment, calendar: OfficeCalendar, taken: dict[int, int], room: dict[int, int]
) -> bool:
    if slot.pk == visit.slot_id:
        return False
    facts = SlotFacts(*(getattr(slot, column) for column in SLOT_COLUMNS))
    minutes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
    places = min(facts.places("staff"), room.get(slot.pk, 0))
    return places > taken.get(slot.pk, 0) and fits_before_closing(calendar, slot.starts_at, minutes)


def _moved(visit: Appointment, slot: Slot) -> ranking.Visit:
    length = visit.ends_at - visit.starts_at
    return replace(visit_of(visit), starts_at=slot.starts_at, ends_at=slot.starts_at + length)


def _without(team: Team, staff: StaffMember, away: list[ranking.Away]) -> Team:
    """The team as it will be once the person is away too."""
    absences = {**team.absences, staff.pk: [*team.absences.get(staff.pk, []), *away]}
    return replace(team, absences=absences)


def _remember(team: Team, person: StaffMember, visit: Appointment, moved: ranking.Visit) -> None:
    team.visits.setdefault(person.pk, []).append((visit.pk, moved))


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
