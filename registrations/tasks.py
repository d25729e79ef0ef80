"""Doors for the worker: ids in, the service called, nothing else."""

from celery import current_app, shared_task
from django.utils import timezone

from registrations import attachments, data_rights, reminders


@shared_task
def send_due_reminders() -> int:
    """Every minute: owe the reminders whose time has come; look again for files that could not be fetched."""
    now = timezone.now()
    again, _ = attachments.retry_and_forget(now=now)
    for number in again:
        current_app.send_task(attachments.FETCH, args=[number])
    return reminders.send_due(now=now)


@shared_task
def fetch_attachment(number: int) -> None:
    attachments.fetch(number=number)


@shared_task
def keep_house() -> None:
    """Every night: withdrawals that had to wait, people whose time in the records is over."""
    now = timezone.now()
    data_rights.finish_open_withdrawals(now=now)
    data_rights.erase_expired(now=now)
