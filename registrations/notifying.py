"""Words between colleagues: followed requests, mentions, notifications."""

import re
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from registrations.models import Follow, Note, Notification, Registration
from registrations.roles import MANAGERS
from scheduling.services import staff_name

_MENTION = re.compile(r"(?<![\w@])@([\w.+-]+)")


def tell_followers(*, registration: Registration, text: str, but: User | None = None) -> int:
    """A line for everybody who follows this request except the one who did it. How many were told."""
    follows = Follow.objects.filter(registration=registration)
    if but is not None:
        follows = follows.exclude(user=but)
    rows = [Notification(user_id=follow.user_id, registration=registration, text=text[:300]) for follow in follows]
    return len(Notification.objects.bulk_create(rows))


def tell_managers(
    *, registration: Registration | None, text: str, warns_of: str = "", at: datetime | None = None
) -> int:
    """A line for every manager. `warns_of` names an alarm that may be settled without them. How many were told."""
    managers = get_user_model().objects.filter(groups__name=MANAGERS, is_active=True)
    rows = [
        Notification(user=user, registration=registration, text=text[:300], warns_of=warns_of, at=at or timezone.now())
        for user in managers.order_by("pk")
    ]
    return len(Notification.objects.bulk_create(rows))


def write_note(*, registration: Registration, author: User, text: str) -> Note:
    """An internal note; `@username` in it tells that colleague."""
    names = {name.rstrip(".") for name in _MENTION.findall(text)}
    with transaction.atomic():
        note = Note.objects.create(registration=registration, author=author, text=text)
        people = list(get_user_model().objects.filter(username__in=names, is_active=True).exclude(pk=author.pk))
        note.mentions.set(people)
        who = staff_name(author)
        Notification.objects.bulk_create(
            Notification(
                user=user, registration=registration, text=f"{who} nhắc anh/chị trong hồ sơ {registration.code}."
            )
            for user in people
        )
    return note


def unwrite_note(*, note: Note) -> None:
    """Take back a note just written, and the word about it to those it mentioned."""
    with transaction.atomic():
        Notification.objects.filter(
            registration=note.registration, user__in=note.mentions.all(), at__gte=note.at, warns_of=""
        ).delete()
        note.delete()


def mark_read(*, user: User) -> int:
    """Everything this person has been told so far counts as read. How many lines that were."""
    return Notification.objects.filter(user=user, read_at__isnull=True).update(read_at=timezone.now())
