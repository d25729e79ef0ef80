"""Doors for the worker: ids in, the service called, nothing else."""

from functools import partial

from celery import current_app, shared_task
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from registrations import (
    attachments,
    consistency,
    data_rights,
    erasure,
    exports,
    reminders,
    retention,
    services,
    statistics,
)
from registrations.asking import asked_for
from registrations.models import Export


@shared_task
def send_due_reminders() -> int:
    """Every minute: owe the reminders whose time has come; take up files and lists that were left half done."""
    now = timezone.now()
    for number in exports.left_behind(now=now):
        write_export.delay(number)
    again, _ = attachments.retry_and_forget(now=now)
    for number in again:
        current_app.send_task(attachments.FETCH, args=[number])
    return reminders.send_due(now=now)


@shared_task
def alarm_missed_arrivals() -> int:
    """Every minute: managers hear of visits nobody has arrived at in time."""
    return services.alarm_missed(now=timezone.now())


@shared_task
def fetch_attachment(number: int) -> None:
    attachments.fetch(number=number)


@shared_task
def keep_house() -> None:
    """Every night: withdrawals that had to wait, people whose time is over, old drafts, files and sessions.

    One that fails does not keep the others from being done. Raises `ExceptionGroup` of what failed.
    """
    now = timezone.now()
    chores = (
        partial(data_rights.finish_open_withdrawals, now=now),
        partial(retention.erase_expired, now=now),
        partial(retention.forget_old_drafts, now=now),
        partial(erasure.erase_last_words, now=now),
        partial(exports.forget_old, now=now),
        # The names staff searched for lie in their sessions; nothing else ever deletes those that have run out.
        partial(call_command, "clearsessions"),
    )
    failed: list[Exception] = []
    for chore in chores:
        try:
            chore()
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("Chores of the night that failed", failed)


@shared_task(time_limit=exports.LONGEST_S, soft_time_limit=exports.LONGEST_S - 60)
def write_export(number: int) -> None:
    """Write a long list to its file."""
    export = Export.objects.select_related("user").filter(pk=number).first()
    if export is not None:
        exports.write_export(export=export, registrations=asked_for(export.user, QueryDict(export.query)).rows)


@shared_task
def close_unreachable() -> int:
    """Every working morning: requests whose citizen nobody could reach, told so, and silent since."""
    return services.close_unreachable()


@shared_task
def refresh_statistics() -> int:
    """Every four minutes: figures of the usual periods, so that opening the page never waits for a count."""
    return statistics.refresh()


@shared_task
def read_first_free() -> None:
    """Every hour: how long a citizen who asks now has to wait."""
    statistics.read_first_free()


@shared_task
def report_disagreements() -> int:
    """Every morning: managers hear when the records do not agree."""
    return consistency.tell_managers()
