"""Sending reminders that are due. Which ones are owed is decided with the visit itself (notices.py)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from registrations import notices
from registrations.models import Registration, Reminder
from registrations.notices import STATES_REMINDED, Notice

NOTICE_OF = {Reminder.Kind.DAY_BEFORE: Notice.REMINDER_DAY_BEFORE, Reminder.Kind.SOON: Notice.REMINDER_SOON}
MOST_AT_ONCE = 500


def send_due(*, now: datetime) -> int:
    """Owe every reminder whose time has come, each once whoever else runs this. How many were owed."""
    sent = 0
    for number in list(_due(now).values_list("pk", flat=True)[:MOST_AT_ONCE]):
        with transaction.atomic():
            # Skipped rows are being sent by another worker; a row it has finished no longer matches.
            reminder = _due(now).filter(pk=number).select_for_update(skip_locked=True, of=("self",)).first()
            if reminder is None:
                continue
            reminder.sent_at = now
            reminder.save(update_fields=["sent_at"])
            sent += _send(reminder, now)
    return sent


def _due(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(sent_at__isnull=True, due_at__lte=now).order_by("due_at", "id")


def _send(reminder: Reminder, now: datetime) -> int:
    registration = Registration.objects.select_related("citizen__contact", "procedure", "appointment", "ward").get(
        pk=reminder.registration_id
    )
    appointment = registration.appointment
    if registration.state not in STATES_REMINDED or appointment is None or not appointment.is_live:
        return 0
    # After an outage: a reminder for a visit that has begun is worse than none.
    if appointment.starts_at <= now + timedelta(minutes=5):
        return 0
    # One that comes a day late would say the same as the one two hours before.
    if reminder.kind == Reminder.Kind.DAY_BEFORE and appointment.starts_at - now < timedelta(hours=3):
        return 0
    kind = NOTICE_OF[Reminder.Kind(reminder.kind)]
    notices.tell(registration=registration, kind=kind, occasion=f"{appointment.pk}-{appointment.sequence}")
    return 1
