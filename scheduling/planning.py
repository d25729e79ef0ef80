"""Plans for real days: what the planner needs is read here, and what it says becomes proposals a person can alter.

Nothing is written: saving goes through `orders.carry_out`, visit by visit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User

from scheduling import ranking
from scheduling.errors import ExchangeRefused, SchedulingError, StaffNotAvailable
from scheduling.hours import ZONE, day_bounds
from scheduling.models import LIVE, Appointment, Assignment, BoardChange, StaffMember
from scheduling.orders import Order, Telling, carry_out, exchange
from scheduling.planner import Plan, PlannedPerson, PlannedVisit, plan_day
from scheduling.staffing import Team, person_of, team_between, visit_of
from scheduling.words import sentence


@dataclass(frozen=True)
class Proposal:
    """One visit of the plan: who would go (None: nobody can), who goes now, why, and what the proposal rests on."""

    appointment: Appointment
    staff: StaffMember | None
    now_with: StaffMember | None
    words: str
    standing: str
    is_pinned: bool = False

    @property
    def is_change(self) -> bool:
        return self.staff is not None and self.staff != self.now_with


@dataclass(frozen=True)
class DayPlan:
    """The proposals of a day with what they add up to."""

    day: date
    proposals: list[Proposal]
    travel_minutes: int
    unserved: int


def visits_to_plan(start: datetime, end: datetime, *, with_assigned: bool = False) -> list[Appointment]:
    """Live visits of a stretch that wait for somebody: verified requests and visits without a request.

    With `with_assigned` also those somebody already goes to and nobody has set off for.
    """
    taken = Assignment.objects.filter(LIVE, is_lead=True).values("appointment")
    rows = Appointment.objects.filter(is_live=True, starts_at__gte=start, starts_at__lt=end)
    waiting = rows.exclude(pk__in=taken).exclude(registration__state__in=_NOT_TO_PLAN)
    if with_assigned:
        waiting = waiting | rows.filter(pk__in=taken).exclude(registration__state__in=_UNDER_WAY)
    related = ("ward", "slot", "registration__citizen", "registration__procedure")
    return list(waiting.select_related(*related).order_by("starts_at", "pk"))


# By the names registrations gives its states: not yet verified, or already over.
_UNDER_WAY = ("in_progress", "completed", "no_show")
_NOT_TO_PLAN = ("submitted", "needs_info", "rejected", "cancelled", *_UNDER_WAY)


def propose_day(day: date, *, with_assigned: bool = False, prior: dict[int, int] | None = None) -> DayPlan:
    """Who should go to every waiting visit of a day. Pinned people keep their visits; times stay as promised.

    `prior` (staff id → visits of earlier days) is added to, so that days planned in a row come out even together.
    """
    start, end = day_bounds(day)
    visits = visits_to_plan(start, end, with_assigned=with_assigned)
    team = team_between(start, end)
    return propose(visits, team=team, day=day, prior=prior)


def propose(
    visits: Sequence[Appointment],
    *,
    team: Team,
    day: date,
    prior: dict[int, int] | None = None,
    keep_pins: bool = True,
) -> DayPlan:
    """Proposals for these visits, with everything else the team does that day left as it is."""
    prior = {} if prior is None else prior
    leads = {
        row.appointment_id: row
        for row in Assignment.objects.filter(LIVE, appointment__in=visits, is_lead=True).order_by("pk")
    }
    members = {member.pk: member for member in team.people}
    planned = [_planned(visit, leads.get(visit.pk), keep_pins) for visit in visits]
    people = [_planned_person(member, team, {v.pk for v in visits}, day, prior) for member in team.people]
    plan = plan_day(planned, people, team.travel)
    for staff_id in plan.who.values():
        prior[staff_id] = prior.get(staff_id, 0) + 1
    proposals = [
        Proposal(
            appointment=visit,
            staff=members.get(plan.who.get(visit.pk, 0)),
            now_with=members.get(leads[visit.pk].staff_id) if visit.pk in leads else None,
            words=_words(visit, plan, visits, members, team),
            standing=f"{visit.sequence}.{visit.slot_id}.{leads[visit.pk].staff_id if visit.pk in leads else 0}",
            is_pinned=visit.pk in leads and leads[visit.pk].is_pinned,
        )
        for visit in visits
    ]
    return DayPlan(day=day, proposals=proposals, travel_minutes=plan.travel, unserved=len(plan.unserved))


@dataclass(frozen=True)
class Choice:
    """What a person ticked: this visit to that person, as the screen showed it."""

    appointment: Appointment
    staff: StaffMember | None
    standing: str
    slot_id: int | None = None
    reason: str = ""


def save(choices: Iterable[Choice], *, by: User, telling: Telling) -> tuple[list[BoardChange], list[str]]:
    """Carry out what was chosen, each for itself; returns what was done and a sentence for each that was refused.

    Who must first be freed by another change of the same plan is tried again after it; where people wait for each
    other in a ring, they exchange in one step.
    """
    waiting, done, refused = list(choices), [], []
    while waiting:
        again: list[tuple[Choice, str]] = []
        for choice in waiting:
            try:
                done.append(carry_out(_order(choice, by, telling), standing=choice.standing))
            except StaffNotAvailable as error:
                again.append((choice, error.sentence))
            except SchedulingError as error:
                refused.append(error.sentence)
        if len(again) == len(waiting):
            exchanged, words = _exchange(again, by=by, telling=telling)
            return done + exchanged, refused + words
        waiting = [choice for choice, _ in again]
    return done, refused


def _exchange(
    stuck: Sequence[tuple[Choice, str]], *, by: User, telling: Telling
) -> tuple[list[BoardChange], list[str]]:
    """As many of these as can be done together; whoever stands in the way is left out, with the sentence why."""
    refused = [words for choice, words in stuck if choice.slot_id is not None]
    left = [choice for choice, _ in stuck if choice.slot_id is None]
    while left:
        try:
            return exchange([(_order(choice, by, telling), choice.standing) for choice in left]), refused
        except ExchangeRefused as error:
            refused.append(error.sentence)
            del left[error.number]
    return [], refused


def _order(choice: Choice, by: User, telling: Telling) -> Order:
    return Order(
        appointment=choice.appointment,
        staff=choice.staff,
        slot_id=choice.slot_id,
        by=by,
        reason=choice.reason or "Theo lịch máy xếp",
        telling=telling,
    )


def _planned(visit: Appointment, lead: Assignment | None, keep_pins: bool) -> PlannedVisit:
    return PlannedVisit(
        id=visit.pk,
        start=_minute(visit.starts_at),
        end=_minute(visit.starts_at) + int((visit.ends_at - visit.starts_at).total_seconds() // 60),
        ward=visit.ward_id,
        field=visit.field_id,
        only=lead.staff_id if lead and lead.is_pinned and keep_pins else None,
        now_with=lead.staff_id if lead else None,
    )


def _planned_person(
    member: StaffMember, team: Team, in_plan: set[int], day: date, prior: dict[int, int]
) -> PlannedPerson:
    person = person_of(member)
    start, end = day_bounds(day)
    return PlannedPerson(
        id=person.id,
        wards=person.wards,
        fields=person.fields,
        away=tuple(
            (_minutes_into(max(away.starts_at, start), start), _minutes_into(min(away.ends_at, end), start))
            for away in team.absences.get(person.id, [])
        ),
        busy=tuple(
            (_minutes_into(v.starts_at, start), _minutes_into(v.ends_at, start), v.ward_id)
            for v in team.others(person.id, in_plan)
        ),
        prior=prior.get(person.id, 0),
    )


def _words(
    visit: Appointment, plan: Plan, visits: Sequence[Appointment], members: dict[int, StaffMember], team: Team
) -> str:
    """Why this person, judged against the plan as a whole; or why nobody can."""
    rounds: dict[int, list[ranking.Visit]] = {
        staff_id: team.others(staff_id, {v.pk for v in visits}) for staff_id in members
    }
    for other in visits:
        if other.pk in plan.who and other.pk != visit.pk:
            rounds[plan.who[other.pk]].append(visit_of(other))
    counts = [len(stops) for stops in rounds.values()]
    average = sum(counts) / len(counts) if counts else 0.0
    going = members.get(plan.who.get(visit.pk, 0))
    judged = ranking.best_first(
        ranking.judge(
            person_of(member),
            visit_of(visit),
            others=rounds[member.pk],
            absences=team.absences.get(member.pk, []),
            travel=team.travel,
            average_visits=average,
            has_met_citizen=False,
        )
        for member in ([going] if going else members.values())
    )
    if going:
        return sentence(" · ".join(judged[0].reasons))
    return sentence("; ".join(f"{v.person.called} {v.obstacles[0]}" for v in judged if v.obstacles) or "không còn ai")


def _minute(at: datetime) -> int:
    local = at.astimezone(ZONE)
    return local.hour * 60 + local.minute


def _minutes_into(at: datetime, start: datetime) -> int:
    return int((at - start).total_seconds() // 60)
