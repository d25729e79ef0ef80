"""Who looked at or did what on the console, kept in Django's own log of administration."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

# Never loaded for a screen, so that no template can show them.
SECRETS = ("access_token", "refresh_token", "previous_access_token", "previous_refresh_token")


def note(*, user: Any, row: Model, words: str) -> None:
    note_all(user=user, rows=[row], words=words)


def note_all(*, user: Any, rows: Iterable[Model], words: str) -> None:
    """One line per row: of each it can be read who touched it, also where one press touched a thousand."""
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=CHANGE,
            change_message=words[:500],
        )
        for row in rows
    )
