"""Doors for the worker: ids in, the service called, nothing else."""

from celery import current_app, shared_task
from django.http import QueryDict
from django.utils import timezone

from registrations import attachments, data_rights, exports, reminders, services, statistics
from registrations.asking import asked_for
from registrations.models import Export


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
    """Every night: withdrawals that had to wait, people whose time in the records is over, old drafts."""
    now = timezone.now()
    data_rights.finish_open_withdrawals(now=now)
    data_rights.erase_expired(now=now)
    data_rights.forget_old_drafts(now=now)


@shared_task(time_limit=1800, soft_time_limit=1740)
def write_export(number: int) -> None:
    """Write a long list to its file."""
    export = Export.objects.select_related("user").get(pk=number)
    exports.write_export(export=export, registrations=asked_for(export.user, QueryDict(export.query)).rows)


@shared_task
def close_unreachable() -> int:
    """Every working morning: requests whose citizen nobody could reach, told so, and silent since."""
    return services.close_unreachable()


@shared_task
def refresh_statistics() -> int:
    """Every four minutes: figures of the usual periods, so that opening the page never waits for a count."""
    return statistics.refresh()
