"""Orders given on the board: this visit to that person, at that time. Checked, previewed, carried out, taken back.

A request's state, its history and the word to the citizen belong to another app, which registers itself with
`carry_out_with` and does the whole thing in the transaction opened here. Alone, scheduling just moves the visit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from scheduling import booking, ranking, staffing
from scheduling.choosing import is_first
from scheduling.errors import AppointmentGone, ExchangeRefused, PlanIsStale, SchedulingError
from scheduling.free_times import SLOT_COLUMNS, SlotFacts, fits_before_closing
from scheduling.hours import ZONE, current_calendar, day_bounds
from scheduling.models import LIVE, Appointment, BoardChange, Slot, StaffMember
from scheduling.names import staff_name
from scheduling.words import sentence, when

Telling = Literal["now", "soon", "no"]  # the citizen is told at once, in two minutes, not at all
UNDO_WITHIN = timedelta(minutes=2)
# A fixed number for the advisory lock that puts orders for one visit in a row (see `_one_at_a_time`).
_LOCK_CLASS = 7301


@dataclass(frozen=True)
class Order:
    """`staff` None: nobody goes. `slot_id` None: the time stays. `undoes`: the memo of the change it takes back."""

    appointment: Appointment
    staff: StaffMember | None
    slot_id: int | None
    by: User
    reason: str = ""
    telling: Telling = "now"
    undoes: dict[str, Any] | None = None


# Answers what it needs to know when the order is taken back (plain values, nothing personal); None: not its order.
Performer = Callable[[Order], dict[str, Any] | None]
_performers: list[Performer] = []


def carry_out_with(performer: Performer) -> None:
    """Register who carries out orders (once, at start): a memo when it did, None for a visit it knows nothing of.

    It may raise SchedulingError with a sentence.
    """
    _performers[:] = [performer]


@dataclass(frozen=True)
class Preview:
    """What would happen. `refusal`: why it cannot be; `remarks`: what else to know; `standing`: what it rests on."""

    appointment: Appointment
    staff: StaffMember | None
    slot: Slot
    from_staff: StaffMember | None
    refusal: str
    remarks: list[str]
    needs_reason: bool
    standing: str

    @property
    def ends_at(self) -> datetime:
        return self.slot.starts_at + length_at(self.slot, self.appointment)

    @property
    def changes_time(self) -> bool:
        return self.slot.starts_at != self.appointment.starts_at

    @property
    def changes_staff(self) -> bool:
        return self.staff != self.from_staff


def length_at(slot: Slot, appointment: Appointment) -> timedelta:
    """How long the visit takes there: as it is, or with another time as its procedure is planned by now."""
    procedure = getattr(getattr(appointment, "registration", None), "procedure", None)
    if slot.pk == appointment.slot_id or procedure is None:
        return appointment.ends_at - appointment.starts_at
    return timedelta(minutes=procedure.visit_minutes)


def standing_of(appointment: Appointment) -> str:
    """How a visit stands, as the screen remembers it between showing and saving."""
    lead = appointment.assignments.filter(LIVE, is_lead=True).values_list("staff_id", flat=True).first()
    return f"{appointment.sequence}.{appointment.slot_id}.{lead or 0}"


def lead_of(appointment: Appointment) -> StaffMember | None:
    row = appointment.assignments.filter(LIVE, is_lead=True).select_related("staff").first()
    return row.staff if row else None


def preview(
    *, appointment: Appointment, staff: StaffMember | None, slot: Slot | None = None, now: datetime | None = None
) -> Preview:
    """Look ahead without writing anything: clash, way, coverage, room in the slot, closing time."""
    now = now or timezone.now()
    slot = slot or appointment.slot
    from_staff = lead_of(appointment)
    length = length_at(slot, appointment)
    refusal, remarks, needs_reason = "", [], False
    if not appointment.is_live:
        refusal = "Lịch hẹn này đã hủy."
    elif slot.pk != appointment.slot_id:
        refusal = _slot_refusal(slot, int(length.total_seconds() // 60), now)
        remarks.append(f"Người dân đã hẹn {when(appointment.starts_at)}; giờ mới là {when(slot.starts_at)}.")
    if staff is not None and not refusal:
        visit = ranking.Visit(
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + length,
            ward_id=appointment.ward_id,
            ward_name=appointment.ward.name,
            field_id=appointment.field_id,
        )
        start, end = day_bounds(slot.starts_at.astimezone(ZONE).date())
        team = staffing.team_between(start, end, people=[staff])
        verdict = ranking.judge(
            staffing.person_of(staff),
            visit,
            others=team.others(staff.pk, {appointment.pk}),
            absences=team.absences.get(staff.pk, []),
            travel=team.travel,
            average_visits=float(len(team.others(staff.pk, {appointment.pk}))),
            has_met_citizen=False,
        )
        hard = [phrase for phrase in verdict.obstacles if not phrase.startswith("không phụ trách")]
        needs_reason = len(hard) < len(verdict.obstacles)
        if hard:
            refusal = sentence(f"{staff.called} {hard[0]}.")
        elif needs_reason:
            remarks.append(sentence(f"{staff.called} không phụ trách {appointment.ward.name}: cần ghi lý do."))
        elif needs_why(appointment=appointment, staff=staff, slot=slot):
            needs_reason = True
            remarks.append(sentence(f"{staff.called} không đứng đầu danh sách gợi ý: cần ghi lý do."))
        remarks += [sentence(phrase) + "." for phrase in verdict.reasons if "phút" in phrase]
    return Preview(
        appointment=appointment,
        staff=staff,
        slot=slot,
        from_staff=from_staff,
        refusal=refusal,
        remarks=remarks,
        needs_reason=needs_reason,
        standing=standing_of(appointment),
    )


def needs_why(*, appointment: Appointment, staff: StaffMember | None, slot: Slot | None) -> bool:
    """Whether sending this person passes over the first of the ranking; keeping who goes already does not."""
    if staff is None or staff == lead_of(appointment):
        return False
    starts_at = slot.starts_at if slot else None
    return not is_first(staff, staffing.candidates(appointment=appointment, starts_at=starts_at))


def carry_out(order: Order, *, standing: str) -> BoardChange:
    """Do it, if the visit still stands as the person giving the order saw it.

    Raises PlanIsStale (somebody else was quicker; says who and what) and every refusal of booking and assigning.
    """
    with transaction.atomic():
        _one_at_a_time([order.appointment.pk])
        current = _as_seen(order, standing)
        return _perform(order, current, lead_of(current))


def exchange(orders: Sequence[tuple[Order, str]]) -> list[BoardChange]:
    """Do several changes of people in one step, or none: everybody is let go before anybody is sent.

    So people can take over from each other at the same hour, which no order of single changes allows. Orders come with
    the standing they rest on and leave the time as it is. Raises ExchangeRefused, which says whose turn it was.
    """
    with transaction.atomic():
        _one_at_a_time([order.appointment.pk for order, _ in orders])
        visits, leads = [], []
        for number, (order, standing) in enumerate(orders):
            with _refusing(number):
                visits.append(_as_seen(order, standing))
            leads.append(lead_of(visits[-1]))
        # Each performer locks request, visit, people in turn. Several turns would take people before the next request,
        # so all of them are held beforehand, kind by kind, in the order every other writer keeps to.
        hold_requests([visit.pk for visit in visits])
        staffing.let_go(visits, also=[order.staff for order, _ in orders if order.staff is not None])
        changes = []
        for number, (order, _) in enumerate(orders):
            with _refusing(number):
                changes.append(_perform(order, visits[number], leads[number]))
        return changes


@contextmanager
def _refusing(number: int) -> Iterator[None]:
    try:
        yield
    except SchedulingError as error:
        raise ExchangeRefused(error.sentence, number) from error


def _as_seen(order: Order, standing: str) -> Appointment:
    current = Appointment.objects.select_related("ward", "slot").get(pk=order.appointment.pk)
    if not current.is_live:
        raise AppointmentGone("Lịch hẹn này đã hủy. Hãy tải lại trang.")
    if standing_of(current) != standing:
        raise PlanIsStale(_what_happened(current))
    return current


def _perform(order: Order, current: Appointment, before_staff: StaffMember | None) -> BoardChange:
    before_slot = current.slot_id
    exact = replace(order, appointment=current, slot_id=order.slot_id if order.slot_id != current.slot_id else None)
    memo = next((memo for perform in _performers if (memo := perform(exact)) is not None), None)
    if memo is None:
        _perform_alone(exact)
    current.refresh_from_db()
    return BoardChange.objects.create(
        appointment=current,
        from_staff=before_staff,
        to_staff=lead_of(current),
        from_slot_id=before_slot,
        to_slot_id=current.slot_id,
        reason=order.reason[:300],
        memo=memo or {},
        by=order.by,
        at=timezone.now(),
    )


def hold_requests(appointment_ids: Sequence[int]) -> None:
    """Hold the rows of the requests these visits are for, known by name only."""
    visits = Appointment.objects.filter(pk__in=appointment_ids, registration__isnull=False)
    held = visits.select_related("registration").select_for_update(of=("registration",))
    list(held.order_by("registration__pk"))


def undo(*, change: BoardChange, by: User) -> BoardChange:
    """Put a visit back as it was before this change, within two minutes, if nobody has touched it since."""
    now = timezone.now()
    if change.undone_at is not None:
        raise PlanIsStale("Thay đổi này đã được hoàn tác.")
    if now > change.at + UNDO_WITHIN:
        raise PlanIsStale("Đã quá hai phút nên không hoàn tác được. Hãy chuyển lại như một thay đổi mới.")
    with transaction.atomic():
        _one_at_a_time([change.appointment_id])
        taken = BoardChange.objects.filter(pk=change.pk, undone_at__isnull=True).update(undone_at=now)
        if not taken:
            raise PlanIsStale("Thay đổi này đã được hoàn tác.")
        visit = Appointment.objects.get(pk=change.appointment_id)
        lead = lead_of(visit)
        if visit.slot_id != change.to_slot_id or (lead.pk if lead else None) != change.to_staff_id:
            raise PlanIsStale(_what_happened(visit))
        order = Order(
            appointment=visit,
            staff=change.from_staff,
            slot_id=change.from_slot_id,
            by=by,
            reason="Hoàn tác",
            telling="no",
            undoes=change.memo,
        )
        return carry_out(order, standing=standing_of(visit))


def _perform_alone(order: Order) -> None:
    visit = order.appointment
    if order.slot_id is not None:
        booking.move(appointment=visit, slot_id=order.slot_id)
    lead = lead_of(visit)
    if order.staff is None and lead is not None:
        staffing.unassign(appointment=visit, by=order.by, reason=order.reason or "Bỏ phân công trên bảng lịch")
    elif order.staff is not None and order.staff != lead:
        staffing.reassign(appointment=visit, staff=order.staff, by=order.by, reason=order.reason)


def _one_at_a_time(appointment_ids: Sequence[int]) -> None:
    """Orders for one visit wait for each other here, before any row is locked, so their row locks never cross."""
    with connection.cursor() as cursor:
        for appointment_id in sorted(set(appointment_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, appointment_id % 2**31])


def _slot_refusal(slot: Slot, minutes: int, now: datetime) -> str:
    facts = SlotFacts(*(getattr(slot, column) for column in SLOT_COLUMNS))
    if slot.starts_at <= now:
        return f"Giờ {when(slot.starts_at)} đã qua."
    if not slot.is_open or not fits_before_closing(current_calendar(), slot.starts_at, minutes):
        return f"Giờ {when(slot.starts_at)} đóng, hoặc việc cần {minutes} phút sẽ quá giờ làm việc."
    if facts.places("staff") <= 0:
        return f"Giờ {when(slot.starts_at)} đã hết chỗ."
    return ""


def _what_happened(visit: Appointment) -> str:
    last = visit.board_changes.select_related("by").order_by("-pk").first()
    lead = lead_of(visit)
    now_stands = f"{when(visit.starts_at)}, {lead.called if lead else 'chưa phân công'}"
    if last is not None:
        who = staff_name(last.by)
        return f"{who} vừa đổi lượt này lúc {last.at.astimezone(ZONE):%H:%M}: nay là {now_stands}. Hãy xem lại."
    return f"Lượt này vừa được người khác đổi: nay là {now_stands}. Hãy xem lại."
