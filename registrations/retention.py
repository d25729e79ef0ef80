"""How long what is known about people is kept, and the nightly tasks that end it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from registrations.dialogue.turn import DRAFT_KEYS
from registrations.erasure import erase_people, with_merged
from registrations.models import Citizen, Dialogue, Registration
from registrations.states import CLOSED_STATES, State

RETENTION_FINISHED = timedelta(days=730)
RETENTION_CANCELLED = timedelta(days=183)
DRAFT_KEPT = timedelta(days=30)


def erase_expired(*, now: datetime, limit: int = 500) -> int:
    """The end of the retention period: people whose last request has been closed long enough. How many were erased.

    A merged record goes with the one it was merged into: the requests of both hang there.
    """
    erased = 0
    for number in list(_expired(now).order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            records = with_merged(Citizen.objects.filter(pk=number)).filter(erased_at__isnull=True)
            people = list(records.select_for_update(of=("self",)).order_by("pk"))
            # Asked again now that nobody can hang a new request on them.
            if not people or _kept_by(people, now).exists():
                continue
            erase_people(people=people, now=now)
            erased += 1
    return erased


def _expired(now: datetime) -> QuerySet[Citizen]:
    # A record left behind by one that is erased already has nobody else to go with.
    alone = Q(merged_into__isnull=True) | Q(merged_into__erased_at__isnull=False)
    people = Citizen.objects.filter(alone, erased_at__isnull=True, created_at__lt=now - RETENTION_CANCELLED)
    return people.exclude(Exists(Registration.objects.filter(citizen=OuterRef("pk")).exclude(_is_over(now))))


def _kept_by(people: list[Citizen], now: datetime) -> QuerySet[Registration]:
    return Registration.objects.filter(citizen__in=people).exclude(_is_over(now))


def _is_over(now: datetime) -> Q:
    others = [state for state in CLOSED_STATES if state != State.COMPLETED]
    finished = Q(state=State.COMPLETED, state_changed_at__lt=now - RETENTION_FINISHED)
    return finished | Q(state__in=others, state_changed_at__lt=now - RETENTION_CANCELLED)


def forget_old_drafts(*, now: datetime) -> int:
    """Registrations nobody finished: what was collected for them goes after a month. How many were forgotten."""
    old = Dialogue.objects.filter(data__has_key="draft", updated_at__lt=now - DRAFT_KEPT)
    forgotten = 0
    for number in list(old.values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            dialogue = old.select_for_update(skip_locked=True).filter(pk=number).first()
            if dialogue is None:
                continue
            for key in (*DRAFT_KEYS, "options", "asked"):
                dialogue.data.pop(key, None)
            dialogue.step = "idle"
            dialogue.save(update_fields=["data", "step"])
            forgotten += 1
    return forgotten
