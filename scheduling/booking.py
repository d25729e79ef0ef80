"""Taking, changing and freeing places. The guarded updates here are the only writers of a slot's counters.

Locks, always in this order: the visit's row, slots by id, staff by id. A single place is taken by one guarded UPDATE,
which writes the visit in the same statement; several slots are locked in order first, so that two long visits never
wait for each other. Where only some people cover the citizen's ward, they are matched with the visits of the slot while
its row is held (see `room`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from procedures.services import Field
from scheduling.errors import AppointmentGone, SlotClosed, SlotFull, SlotGone, TooLate, TooSoon
from scheduling.free_times import (
    SLOT_COLUMNS,
    USUAL_VISIT_MINUTES,
    Audience,
    SlotFacts,
    booking_window,
    fits_before_closing,
    held_slots,
)
from scheduling.hours import ZONE, day_bounds
from scheduling.models import Appointment, Slot, Ward
from scheduling.office_facts import STAMP, OfficeFacts, office_facts
from scheduling.room import room_in
from scheduling.staffing import end_assignments, keep_staff_if_possible
from scheduling.words import when

# Room for one more of the public: staff bookings use up the reserve first.
ROOM_FOR_THE_PUBLIC = Q(capacity__gt=F("booked") - F("booked_by_staff") + Greatest(F("reserved"), F("booked_by_staff")))
ROOM_FOR_STAFF = Q(capacity__gt=F("booked"))
_SLOT_AND_STAMP = f"SELECT {', '.join(SLOT_COLUMNS)}, {STAMP} FROM scheduling_slot WHERE id = %s"  # noqa: S608
# As ROOM_FOR_THE_PUBLIC and ROOM_FOR_STAFF say it; besides, so many people are left that some cover the ward.
_TAKE_AT_ONCE = """
WITH taken AS (
    UPDATE scheduling_slot SET booked = booked + 1, booked_by_staff = booked_by_staff + %(by_staff)s
    WHERE id = %(slot)s AND is_open AND booked < capacity - %(strangers)s
        AND (%(by_staff)s = 1 OR capacity > booked - booked_by_staff + greatest(reserved, booked_by_staff))
    RETURNING id
)
"""


def book(
    *,
    slot_id: int,
    ward: Ward,
    field: Field | None = None,
    minutes: int = USUAL_VISIT_MINUTES,
    audience: Audience = "public",
    now: datetime | None = None,
) -> Appointment:
    """Take a place for a visit of so many minutes.

    Raises SlotGone, SlotClosed, SlotFull, TooSoon, TooLate; nothing is written then.
    """
    now = now or timezone.now()
    office, held = _slots_for(slot_id=slot_id, minutes=minutes, audience=audience, now=now)
    visit = Appointment(
        slot_id=slot_id,
        ward=ward,
        field=field,
        starts_at=held[0].starts_at,
        ends_at=held[0].starts_at + timedelta(minutes=minutes),
        also_holds=[slot.id for slot in held[1:]],
        is_by_staff=audience == "staff",
        created_at=now,
    )
    if len(held) == 1 and _take_at_once(visit, strangers=_strangers(office, ward.pk, audience)):
        return visit
    with transaction.atomic():
        _take(held, audience=audience, ward_id=ward.pk, office=office)
        visit.save(force_insert=True)
    return visit


def move(
    *,
    appointment: Appointment,
    slot_id: int,
    minutes: int | None = None,
    audience: Audience = "staff",
    now: datetime | None = None,
) -> Appointment:
    """Give the visit another time: new place taken and old one freed together, same row, `sequence` one higher.

    Whoever was going still goes if free then; otherwise those assignments end. Raises what `book` raises, and
    AppointmentGone. The passed object is brought up to date.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _lock_live(appointment)
        length = minutes or int((locked.ends_at - locked.starts_at).total_seconds() // 60)
        office, held = _slots_for(slot_id=slot_id, minutes=length, audience=audience, now=now)
        old_ids = [locked.slot_id, *locked.also_holds]
        list(Slot.objects.select_for_update().filter(pk__in=[*old_ids, *(s.id for s in held)]).order_by("pk"))
        _free(old_ids, by_staff=locked.is_by_staff)
        _take(held, audience=audience, ward_id=locked.ward_id, office=office, but=locked.pk)
        appointment.slot_id = locked.slot_id = slot_id
        appointment.starts_at = locked.starts_at = held[0].starts_at
        appointment.ends_at = locked.ends_at = held[0].starts_at + timedelta(minutes=length)
        appointment.also_holds = locked.also_holds = [slot.id for slot in held[1:]]
        appointment.is_by_staff = locked.is_by_staff = audience == "staff"
        appointment.sequence = locked.sequence = locked.sequence + 1
        locked.save(update_fields=["slot", "starts_at", "ends_at", "also_holds", "is_by_staff", "sequence"])
        keep_staff_if_possible(appointment=locked, now=now, because="Đổi giờ hẹn", excuse="Đổi giờ hẹn")
    return appointment


def follow(
    *, appointment: Appointment, ward: Ward, field: Field | None, minutes: int, now: datetime | None = None
) -> bool:
    """The visit follows what was mended in its request: ward, field, length; the time stays.

    Who was going still goes if they cover it and can be there. False: there is no room for so long a visit then, and it
    keeps its length. Raises AppointmentGone. The passed object is brought up to date.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _lock_live(appointment)
        appointment.ward = locked.ward = ward
        appointment.field = locked.field = field
        appointment.sequence = locked.sequence = locked.sequence + 1
        locked.save(update_fields=["ward", "field", "sequence"])
        keep_staff_if_possible(appointment=locked, now=now, because="Đổi phường hoặc việc cần làm")
        if locked.ends_at - locked.starts_at == timedelta(minutes=minutes):
            return True
        try:
            with transaction.atomic():
                move(appointment=appointment, slot_id=locked.slot_id, minutes=minutes, now=now)
        except (SlotGone, SlotClosed, SlotFull, TooSoon, TooLate):
            return False
    return True


def release(*, appointment: Appointment, reason: str = "Đã hủy lịch hẹn", now: datetime | None = None) -> None:
    """Free the place and end who goes. A second call changes nothing."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
        if locked.is_live:
            _free([locked.slot_id, *locked.also_holds], by_staff=locked.is_by_staff)
            locked.is_live = False
            locked.released_at = now
            locked.sequence += 1
            locked.save(update_fields=["is_live", "released_at", "sequence"])
            end_assignments(appointment=locked, reason=reason, now=now)
    appointment.is_live, appointment.released_at, appointment.sequence = False, locked.released_at, locked.sequence


def _lock_live(appointment: Appointment) -> Appointment:
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if not locked.is_live:
        raise AppointmentGone("Lịch hẹn này đã hủy. Hãy đặt lịch mới.")
    return locked


def _slots_for(*, slot_id: int, minutes: int, audience: Audience, now: datetime) -> tuple[OfficeFacts, list[SlotFacts]]:
    """The slots such a visit holds, after every check that needs no lock."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOT_AND_STAMP, [slot_id])
        row = cursor.fetchone()
    if row is None:
        raise SlotGone("Khung giờ này không còn. Hãy chọn giờ khác.")
    *columns, stamp = row
    slot = SlotFacts(*columns)
    if slot.starts_at <= now:
        raise SlotGone(f"Giờ {when(slot.starts_at)} đã qua. Hãy chọn giờ khác.")
    office = office_facts(stamp)
    calendar = office.calendar
    soonest, latest = booking_window(calendar=calendar, rules=office.rules, audience=audience, now=now)
    if slot.starts_at < soonest:
        earliest = when(calendar.next_open_moment(soonest))
        raise TooSoon(f"Giờ {when(slot.starts_at)} gần quá, không kịp chuẩn bị. Sớm nhất là {earliest}.")
    if latest is not None and slot.starts_at >= latest:
        raise TooLate(f"Giờ {when(slot.starts_at)} xa quá, chưa mở lịch. Hãy chọn ngày gần hơn.")
    if not slot.is_open:
        raise SlotClosed(f"Giờ {when(slot.starts_at)} đã đóng. Hãy chọn giờ khác.")
    if not fits_before_closing(calendar, slot.starts_at, minutes):
        if not calendar.is_open(slot.starts_at):
            raise SlotClosed(f"Cơ quan không làm việc lúc {when(slot.starts_at)}. Hãy chọn giờ khác.")
        raise SlotClosed(f"Việc này cần {minutes} phút, bắt đầu {when(slot.starts_at)} thì quá giờ làm việc.")
    busy_until = slot.starts_at + timedelta(minutes=minutes + office.least_ride)
    if busy_until <= slot.ends_at:
        return office, [slot]
    end_of_day = day_bounds(slot.starts_at.astimezone(ZONE).date())[1]
    later = Slot.objects.filter(starts_at__gt=slot.starts_at, starts_at__lt=min(busy_until, end_of_day), is_open=True)
    of_the_day = [SlotFacts(*each) for each in later.values_list(*SLOT_COLUMNS)]
    return office, held_slots(start=slot, of_the_day=of_the_day, busy_until=busy_until)


def _strangers(office: OfficeFacts, ward_id: int, audience: Audience) -> int:
    """How many of those counted in a slot's capacity may not cover the ward; staff may send them nevertheless."""
    return 0 if audience == "staff" else office.strangers(ward_id)


def _take_at_once(visit: Appointment, *, strangers: int) -> bool:
    """Place and visit in one statement, where room for this ward is beyond doubt. False: nothing was written."""
    fields = [column for column in visit._meta.local_concrete_fields if not column.primary_key]
    values: dict[str, Any] = {
        str(column.column): column.get_db_prep_save(getattr(visit, column.attname), connection) for column in fields
    }
    quoted, marks = ", ".join(f'"{name}"' for name in values), ", ".join(f"%({name})s" for name in values)
    insert = f"INSERT INTO scheduling_appointment ({quoted}) SELECT {marks} FROM taken RETURNING id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_AT_ONCE + insert,
            {**values, "slot": visit.slot_id, "by_staff": int(visit.is_by_staff), "strangers": strangers},
        )
        row = cursor.fetchone()
    if row is None:
        return False
    (visit.pk,) = row
    visit._state.adding, visit._state.db = False, connection.alias
    return True


def _take(
    held: Sequence[SlotFacts], *, audience: Audience, ward_id: int, office: OfficeFacts, but: int | None = None
) -> None:
    """Take a place in each slot and look, holding their rows, whether somebody who covers the ward is left.

    The caller's atomic block undoes it. `but`: the visit that moves here.
    """
    ids = [slot.id for slot in held]
    if len(ids) > 1:
        list(Slot.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    by_staff = audience == "staff"
    taken = Slot.objects.filter(ROOM_FOR_STAFF if by_staff else ROOM_FOR_THE_PUBLIC, pk__in=ids, is_open=True).update(
        booked=F("booked") + 1, booked_by_staff=F("booked_by_staff") + int(by_staff)
    )
    starts_at = held[0].starts_at
    if taken < len(ids):
        # Only now, on the way out, is it worth asking what was wrong.
        if Slot.objects.filter(pk=ids[0], is_open=False).exists():
            raise SlotClosed(f"Giờ {when(starts_at)} vừa đóng. Hãy chọn giờ khác.")
        raise SlotFull(f"Giờ {when(starts_at)} vừa hết chỗ. Hãy chọn giờ khác.")
    if _strangers(office, ward_id, audience):
        room = room_in(ids, ward_id=ward_id, office=office, but=but, most=1)
        if not all(room.values()):
            raise SlotFull(f"Giờ {when(starts_at)} không còn cán bộ phụ trách phường, xã này. Hãy chọn giờ khác.")


def _free(ids: Sequence[int], *, by_staff: bool) -> None:
    if len(ids) > 1:
        list(Slot.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    Slot.objects.filter(pk__in=ids).update(booked=F("booked") - 1, booked_by_staff=F("booked_by_staff") - int(by_staff))
