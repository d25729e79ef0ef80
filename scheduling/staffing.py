"""Who goes: candidates with reasons, assigning under a lock, and what ends an assignment.

The person's row is locked before looking at their day, so that of two clerks the second reads a sentence; the exclusion
constraint stays behind it as the truth. Locks: the visit's row first, then staff by id (see `booking`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from scheduling import ranking
from scheduling.errors import (
    AlreadyAssigned,
    AppointmentGone,
    SchedulingError,
    StaffAbsent,
    StaffBusy,
    StaffNotAvailable,
)
from scheduling.hours import ZONE, day_bounds
from scheduling.models import LIVE, Absence, Appointment, Assignment, BoardChange, StaffMember
from scheduling.names import staff_name
from scheduling.travel import TravelTable, current_travel, least_minutes
from scheduling.words import sentence


@dataclass(frozen=True)
class Candidate:
    """One person for a visit. `reasons` for, `obstacles` against (empty exactly when `can_go`), `score` in minutes."""

    staff: StaffMember
    can_go: bool
    reasons: list[str]
    obstacles: list[str]
    score: float


@dataclass(frozen=True)
class Team:
    """Everybody's day as the ranking needs it."""

    people: list[StaffMember]
    visits: dict[int, list[tuple[int, ranking.Visit]]]  # staff id → (appointment id, visit)
    absences: dict[int, list[ranking.Away]]
    travel: TravelTable

    def others(self, staff_id: int, but: Collection[int] = ()) -> list[ranking.Visit]:
        """A person's visits, without those of the given appointments."""
        return [visit for appointment_id, visit in self.visits.get(staff_id, []) if appointment_id not in but]


def person_of(staff: StaffMember) -> ranking.Person:
    """The facts the ranking needs; prefetch `wards` and `fields` where several people are read."""
    return ranking.Person(
        id=staff.pk,
        called=staff.called,
        wards=frozenset(ward.pk for ward in staff.wards.all()),
        fields=frozenset(field.pk for field in staff.fields.all()),
        is_active=staff.is_active,
    )


def visit_of(appointment: Appointment) -> ranking.Visit:
    return ranking.Visit(
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        ward_id=appointment.ward_id,
        ward_name=appointment.ward.name,
        field_id=appointment.field_id,
    )


def team_between(start: datetime, end: datetime, *, people: Iterable[StaffMember] | None = None) -> Team:
    """Visits and absences that touch [start, end), of everybody who works here or of the given people."""
    if people is None:
        people = StaffMember.objects.filter(is_active=True).prefetch_related("wards", "fields").order_by("pk")
    members = list(people)
    ids = [member.pk for member in members]
    visits: dict[int, list[tuple[int, ranking.Visit]]] = {}
    rows = Assignment.objects.filter(
        LIVE,
        staff__in=ids,
        period__overlap=(start, end),
        appointment__is_live=True,
    ).select_related("appointment__ward")
    for row in rows.order_by("appointment__starts_at", "pk"):
        visits.setdefault(row.staff_id, []).append((row.appointment_id, visit_of(row.appointment)))
    absences: dict[int, list[ranking.Away]] = {}
    for away in Absence.objects.filter(staff__in=ids, period__overlap=(start, end)).order_by("pk"):
        reason = Absence.Reason(away.reason).label.lower()
        absences.setdefault(away.staff_id, []).append(ranking.Away(away.period.lower, away.period.upper, reason))
    return Team(people=members, visits=visits, absences=absences, travel=current_travel())


def candidates(
    *, appointment: Appointment, starts_at: datetime | None = None, now: datetime | None = None
) -> list[Candidate]:
    """Everybody for this visit, best first, those who cannot go last, each with the reasons. A fixed number of queries.

    `starts_at`: as if the visit were then. `now` is accepted for callers that pin time; the ranking looks only at the
    visit's own day.
    """
    visit = visit_of(appointment)
    if starts_at is not None:
        visit = replace(visit, starts_at=starts_at, ends_at=starts_at + (visit.ends_at - visit.starts_at))
    start, end = day_bounds(visit.starts_at.astimezone(ZONE).date())
    team = team_between(start, end)
    met = set(met_before(appointment))
    counts = [len(team.others(member.pk, {appointment.pk})) for member in team.people]
    average = sum(counts) / len(counts) if counts else 0.0
    members = {member.pk: member for member in team.people}
    verdicts = ranking.best_first(
        ranking.judge(
            person_of(member),
            visit,
            others=team.others(member.pk, {appointment.pk}),
            absences=team.absences.get(member.pk, []),
            travel=team.travel,
            average_visits=average,
            has_met_citizen=member.pk in met,
        )
        for member in team.people
    )
    return [
        Candidate(
            staff=members[verdict.person.id],
            can_go=verdict.can_go,
            reasons=verdict.reasons,
            obstacles=verdict.obstacles,
            score=verdict.score,
        )
        for verdict in verdicts
    ]


def met_before(appointment: Appointment) -> list[int]:
    """Ids of staff who went to this citizen on an earlier visit (through the request of the appointment)."""
    citizens = Appointment.objects.filter(pk=appointment.pk).values("registration__citizen")
    return list(
        Assignment.objects.filter(
            LIVE,
            appointment__registration__citizen__in=citizens,
            appointment__is_live=True,
            appointment__starts_at__lt=appointment.starts_at,
        )
        .order_by("staff_id")
        .values_list("staff_id", flat=True)
        .distinct()
    )


def assign(
    *,
    appointment: Appointment,
    staff: StaffMember,
    by: User | None,
    reason: str = "",
    is_pinned: bool = False,
    is_lead: bool = True,
    now: datetime | None = None,
) -> Assignment:
    """Send a person to a visit; `is_lead=False` adds a second person.

    Outside their wards only with a reason. Raises StaffBusy, StaffAbsent, StaffNotAvailable, AlreadyAssigned,
    AppointmentGone; nothing is written then.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = lock_visit(appointment)
        if is_lead:
            going = locked.assignments.filter(LIVE, is_lead=True).select_related("staff").first()
            if going:
                raise AlreadyAssigned(f"Lượt này đã phân công cho {going.staff.called}.")
        lock_staff([staff.pk])
        check(appointment=locked, staff=staff, reason=reason)
        return _send(locked, staff, by=by, reason=reason, is_pinned=is_pinned, is_lead=is_lead, now=now)


def reassign(
    *,
    appointment: Appointment,
    staff: StaffMember,
    by: User | None,
    reason: str = "",
    is_pinned: bool = False,
    now: datetime | None = None,
) -> Assignment:
    """Send somebody else instead of whoever leads this visit. Raises what `assign` raises, but never AlreadyAssigned.

    Naming the person who already goes changes nothing and returns that assignment.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = lock_visit(appointment)
        going = locked.assignments.filter(LIVE, is_lead=True).first()
        if going and going.staff_id == staff.pk:
            return going
        lock_staff([staff.pk])
        check(appointment=locked, staff=staff, reason=reason)
        _end(locked.assignments.filter(LIVE, is_lead=True), reason=reason or f"Đổi sang {staff.called}", now=now)
        return _send(locked, staff, by=by, reason=reason, is_pinned=is_pinned, is_lead=True, now=now)


def swap(*, one: Appointment, other: Appointment, by: User | None, reason: str = "") -> None:
    """Exchange the two people who lead these visits, in one step. Raises what `assign` raises, and SchedulingError."""
    now = timezone.now()
    with transaction.atomic():
        locked = {row.pk: row for row in lock_visits([one.pk, other.pk])}
        if len(locked) < 2:
            raise AppointmentGone("Một trong hai lịch hẹn đã hủy.")
        leads = Assignment.objects.filter(LIVE, appointment__in=locked, is_lead=True).select_related("staff")
        going = {row.appointment_id: row.staff for row in leads}
        if len(going) < 2:
            raise SchedulingError("Cả hai lượt phải đã có người đi thì mới đổi cho nhau được.")
        lock_staff([member.pk for member in going.values()])
        _end(leads, reason=reason or "Đổi người cho nhau", now=now)
        for here, there in ((one.pk, other.pk), (other.pk, one.pk)):
            check(appointment=locked[here], staff=going[there], reason=reason or "Đổi người cho nhau")
            _send(locked[here], going[there], by=by, reason=reason, is_pinned=False, is_lead=True, now=now)


def unassign(*, appointment: Appointment, by: User | None, reason: str, now: datetime | None = None) -> int:
    """End everybody's assignment to this visit; returns how many there were. `by` is written with the reason."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
        author = f" ({staff_name(by)})" if by else ""
        return end_assignments(appointment=locked, reason=f"{reason[: 300 - len(author)]}{author}", now=now)


def let_go(appointments: Collection[Appointment], *, also: Collection[StaffMember]) -> None:
    """End who leads these visits, so that others can be sent in the same transaction. Holds the visits, then the people
    who go and those who will (`also`)."""
    locked = [row.pk for row in lock_visits([appointment.pk for appointment in appointments])]
    leads = Assignment.objects.filter(LIVE, appointment__in=locked, is_lead=True)
    lock_staff({*leads.order_by("pk").values_list("staff", flat=True), *(member.pk for member in also)})
    _end(leads, reason="Đổi người cho nhau", now=timezone.now())


def set_pin(*, appointment: Appointment, is_pinned: bool) -> bool:
    """Keep whoever goes in every plan to come, or let go again. False where nobody goes."""
    return bool(appointment.assignments.filter(LIVE, is_lead=True).update(is_pinned=is_pinned))


def end_assignments(*, appointment: Appointment, reason: str, now: datetime) -> int:
    """End every live assignment of a visit whose row the caller holds."""
    return _end(appointment.assignments.filter(LIVE), reason=reason, now=now)


def keep_staff_if_possible(*, appointment: Appointment, now: datetime, because: str = "", excuse: str = "") -> None:
    """After a change of time or place: the same people go if they can then, otherwise their assignments end.

    `excuse` stands for the reason that sending somebody outside their wards asks for, where none was given.
    """
    rows = list(appointment.assignments.filter(LIVE).select_related("staff").order_by("staff_id"))
    lock_staff([row.staff_id for row in rows])
    _end(appointment.assignments.filter(LIVE), reason=because, now=now)
    for row in rows:
        try:
            check(appointment=appointment, staff=row.staff, reason=row.reason or excuse)
        except StaffNotAvailable:
            continue
        _send(
            appointment,
            row.staff,
            by=row.assigned_by,
            reason=row.reason,
            is_pinned=row.is_pinned,
            is_lead=row.is_lead,
            now=now,
        )


def lock_visit(appointment: Appointment) -> Appointment:
    """Hold a live visit's row. Raises AppointmentGone."""
    rows = lock_visits([appointment.pk])
    if not rows:
        raise AppointmentGone("Lịch hẹn này đã hủy. Hãy tải lại trang.")
    return rows[0]


def lock_visits(ids: Collection[int]) -> list[Appointment]:
    """Hold live visits' rows, by id."""
    return list(
        Appointment.objects.select_for_update(of=("self",))
        .select_related("ward")
        .filter(pk__in=ids, is_live=True)
        .order_by("pk")
    )


def lock_staff(ids: Collection[int]) -> None:
    """Hold people's days, by id. Weaker than the key lock of foreign keys, so reading and referring go on."""
    list(StaffMember.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))


def check(*, appointment: Appointment, staff: StaffMember, reason: str = "") -> None:
    """Raise the sentence that says why this person cannot go; call it holding the person's row."""
    start, end = day_bounds(appointment.starts_at.astimezone(ZONE).date())
    current = StaffMember.objects.get(pk=staff.pk)
    team = team_between(start, end, people=[current])
    person, visit = person_of(current), visit_of(appointment)
    if not person.is_active:
        raise StaffNotAvailable(sentence(f"{person.called} không còn làm việc."))
    if phrase := ranking.absence(visit, team.absences.get(person.id, [])):
        raise StaffAbsent(sentence(f"{person.called} {phrase}."))
    if phrase := ranking.clash(visit, team.others(person.id, {appointment.pk}), team.travel):
        raise StaffBusy(sentence(f"{person.called} {phrase}."))
    if not person.covers(visit.ward_id) and not reason.strip():
        raise StaffNotAvailable(
            sentence(f"{person.called} không phụ trách {visit.ward_name}. Nếu vẫn cử đi, hãy ghi lý do.")
        )


def staff_member_of(user: User) -> StaffMember | None:
    """The person who signs in as this user, if they can be sent."""
    return StaffMember.objects.filter(user=user, is_active=True).first() if user.is_authenticated else None


def staff_of(appointment: Appointment) -> list[StaffMember]:
    """Who goes, the one in charge first."""
    rows = appointment.assignments.filter(LIVE).select_related("staff").order_by("-is_lead", "pk")
    return [row.staff for row in rows]


def visits_of(*, staff: StaffMember, day: date) -> list[Appointment]:
    """A person's live visits of a day, in order."""
    start, end = day_bounds(day)
    return list(
        Appointment.objects.filter(
            pk__in=Assignment.objects.filter(LIVE, staff=staff).values("appointment"),
            is_live=True,
            starts_at__gte=start,
            starts_at__lt=end,
        )
        .select_related("ward", "field")
        .order_by("starts_at", "pk")
    )


def _send(
    appointment: Appointment,
    staff: StaffMember,
    *,
    by: User | None,
    reason: str,
    is_pinned: bool,
    is_lead: bool,
    now: datetime,
) -> Assignment:
    try:
        with transaction.atomic():
            return Assignment.objects.create(
                appointment=appointment,
                staff=staff,
                period=(appointment.starts_at, appointment.ends_at + timedelta(minutes=least_minutes())),
                is_lead=is_lead,
                is_pinned=is_pinned,
                reason=reason[:300],
                assigned_by=by,
                assigned_at=now,
            )
    except IntegrityError as error:
        # Written by somebody who did not hold the person's row (the admin, a script): the database noticed.
        if "nobody_is_in_two_places" in str(error):
            raise StaffBusy(sentence(f"{staff.called} vừa có lịch khác trùng giờ này.")) from error
        if "person_is_on_a_visit_once" in str(error):
            raise AlreadyAssigned(sentence(f"{staff.called} đã được cử đi lượt này.")) from error
        raise


def forget_reasons(appointments: Iterable[int]) -> None:
    """Why somebody went or no longer did, in words somebody typed: gone with whatever the visit was for."""
    visits = list(appointments)
    Assignment.objects.filter(appointment__in=visits).update(reason="", end_reason="")
    BoardChange.objects.filter(appointment__in=visits).update(reason="")


def _end(rows: QuerySet[Assignment], *, reason: str, now: datetime) -> int:
    return rows.update(is_active=False, ended_at=now, end_reason=reason[:300])
