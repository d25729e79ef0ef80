"""When whoever goes is expected at the door, and the alarm when nobody has reported there by then."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from registrations import notices
from registrations.errors import MissingFact, StaleState
from registrations.models import Notification, Registration
from registrations.notices import Notice
from registrations.notifying import tell_managers
from registrations.states import State
from registrations.transitions import Actor
from registrations.wordings import clock_or_day, stretch
from scheduling import services as scheduling
from scheduling.services import staff_name

LATE_START = "late_start"
# After a stop of the whole system nobody needs to hear of this morning's delays in the evening.
ALARM_WITHIN = timedelta(hours=6)


def expected_at(registration: Registration) -> datetime | None:
    """When somebody should be at the door: as whoever goes has said, else at the time of the visit."""
    if registration.appointment is None:
        return None
    return registration.expected_at or registration.appointment.starts_at


def report_delay(
    *, registration: Registration, minutes: int, actor: Actor, now: datetime | None = None
) -> Registration:
    """Whoever goes needs so many minutes more: citizen and managers know, and the alarm is for after that time."""
    pressed_at = now or timezone.now()
    at = pressed_at + timedelta(minutes=minutes)
    with transaction.atomic():
        visit = registration.appointment
        if visit is not None and at <= visit.starts_at:
            raise MissingFact(f"Vẫn kịp giờ hẹn {_clock(visit.starts_at)} nên không cần báo trễ.")
        if not Registration.objects.filter(pk=registration.pk, state=State.ASSIGNED).update(expected_at=at):
            raise StaleState(f"Hồ sơ {registration.code} không còn chờ người đến.")
        registration.expected_at = at
        settle(registration=registration)
        name = staff_name(actor.user) if actor.user else "Cán bộ"
        tell_managers(registration=registration, text=f"{name} báo đến {registration.code} muộn, khoảng {_clock(at)}.")
        if at > timezone.now():
            notices.tell(
                registration=registration,
                kind=Notice.DELAYED,
                occasion=f"{at:%Y%m%d%H%M}",
                until=f"{timezone.localtime(at):%H giờ %M}",
            )
    return registration


def settle(*, registration: Registration) -> None:
    """Somebody has arrived, or the visit is off or at another time: an unread alarm no longer asks to be read."""
    Notification.objects.filter(registration=registration, warns_of=LATE_START, read_at__isnull=True).update(
        read_at=timezone.now()
    )


def alarm_missed(*, now: datetime) -> int:
    """Tell the managers of every visit nobody has arrived at in time, once per expected time. How many visits."""
    told = 0
    for number in list(_missed(now).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            # Skipped rows are another worker's; once it has committed they no longer match.
            registration = _missed(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=number).first()
            if registration is None:
                continue
            registration.missed_at = now
            registration.save(update_fields=["missed_at"])
            tell_managers(registration=registration, text=_alarm(registration, now), warns_of=LATE_START)
            told += 1
    return told


def _missed(now: datetime) -> QuerySet[Registration]:
    """Expected, not there, and not yet told about this expected time: an alarm is always later than what it is for."""
    return (
        Registration.objects.filter(
            state=State.ASSIGNED, appointment__is_live=True, appointment__starts_at__range=(now - ALARM_WITHIN, now)
        )
        .annotate(expected=Coalesce(F("expected_at"), F("appointment__starts_at")))
        .filter(Q(missed_at__isnull=True) | Q(missed_at__lt=F("expected")))
        .filter(expected__lt=now - scheduling.late_after())
        .select_related("appointment")
    )


def _alarm(registration: Registration, now: datetime) -> str:
    expected = expected_at(registration)
    if registration.appointment is None or expected is None:
        return ""
    going = " và ".join(staff.called for staff in scheduling.staff_of(registration.appointment)) or "Chưa ai"
    late = f"{going[:1].upper()}{going[1:]} chưa báo đã đến {registration.code}"
    return f"{late}: hẹn {_clock(expected)}, trễ {stretch(now - expected)}. Gọi hỏi, hoặc đổi người trên bảng lịch."


def _clock(at: datetime) -> str:
    return clock_or_day(at, timezone.now())
