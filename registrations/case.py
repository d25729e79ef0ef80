"""What the pane and the request page show besides the row itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from procedures.services import papers_as_promised
from registrations.access import SEE_ALL, visible_to
from registrations.actions import Offer, offers
from registrations.checklists import ANSWER_WORDS
from registrations.map_links import map_url
from registrations.models import CaseLock, Checklist, Citizen, Follow, Registration, WorkRules
from registrations.timeline import Item, timeline_of

PANE_ITEMS = 8
_YES, _NO = ("yes", True), ("no", False)
OTHERS = {None: (_YES, _NO), True: (_NO,), False: (_YES,)}
DOUBLES_SHOWN = 5


@dataclass(frozen=True)
class Case:
    """One request as this person sees it."""

    registration: Registration
    offers: list[Offer]
    papers: list[str]
    checklist: Checklist | None
    worked_on_by: CaseLock | None
    held: CaseLock | None
    doubles: list[Citizen]
    related: list[Registration]
    is_followed: bool
    sees_phone: bool
    items: list[Item] = field(default_factory=list)
    more_items: int = 0

    @property
    def possible(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.why_not]

    @property
    def impossible(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.why_not]

    @property
    def papers_ready(self) -> list[tuple[str, bool]]:
        """Each paper to prepare, and whether the citizen said they have it."""
        ready = set(self.checklist.papers_ready) if self.checklist else set()
        return [(paper, paper in ready) for paper in self.papers]

    @property
    def checklist_answers(self) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
        """Each question of the call: its name, its words, its answer, and the answers one press gives it instead."""
        rows = [(name, label, getattr(self.checklist, name)) for name, label in Checklist.LABELS.items()]
        return [
            (name, label, ANSWER_WORDS[answer], [(value, ANSWER_WORDS[is_so]) for value, is_so in OTHERS[answer]])
            for name, label, answer in rows
        ]

    @property
    def map_url(self) -> str:
        return map_url(self.registration.address_line, self.registration.ward)


def case_of(registration: Registration, user: User, *, now: datetime | None = None, whole: bool = False) -> Case:
    """`whole` is the request page: every line of the timeline with the chat; otherwise the last few, for the pane.

    To open a request is to work on it: this takes it up (`take_up`).
    """
    at = now or timezone.now()
    items = timeline_of(registration, with_chat=whole)
    worked_on_by, held = take_up(registration, user, at)
    return Case(
        registration=registration,
        offers=offers(registration, user),
        papers=papers_of(registration),
        checklist=Checklist.objects.filter(registration=registration).first(),
        worked_on_by=worked_on_by,
        held=held,
        # Names and numbers of other people, and only for who may open their requests, too.
        doubles=doubles_of(registration.citizen) if user.has_perm(SEE_ALL) else [],
        related=related_to(registration, user),
        is_followed=Follow.objects.filter(registration=registration, user=user).exists(),
        sees_phone=user.has_perm("registrations.see_personal_data")
        or user.has_perm("registrations.work_on_own_visits"),
        items=items if whole else items[:PANE_ITEMS],
        more_items=0 if whole else max(0, len(items) - PANE_ITEMS),
    )


def papers_of(registration: Registration) -> list[str]:
    """The papers the citizen was told to prepare, as the procedure read then."""
    if registration.procedure is None:
        return []
    return papers_as_promised(procedure=registration.procedure, version=registration.procedure_version or 0)


def take_up(registration: Registration, user: User, now: datetime) -> tuple[CaseLock | None, CaseLock | None]:
    """Who else has this request open to work on it, and this person's own claim: at most one of the two.

    Where this person works on requests and nobody else is on this one, they now are: read and taken in one step, or a
    colleague leaving in between would leave a screen that shows nobody and holds nothing.
    """
    fresh = now - timedelta(minutes=WorkRules.current().lock_minutes)  # a claim fades without a sign of life
    if registration.is_closed or not user.has_perm("registrations.verify_registration"):
        lock = CaseLock.objects.filter(registration=registration, seen_at__gte=fresh).select_related("user").first()
        return (None, lock) if lock and lock.user_id == user.pk else (lock, None)
    with transaction.atomic():
        lock, is_new = CaseLock.objects.select_for_update(of=("self",)).get_or_create(
            registration=registration, defaults={"user": user, "since": now, "seen_at": now}
        )
        if lock.user_id != user.pk:
            if lock.seen_at >= fresh:
                return lock, None
            lock.user, lock.since = user, now
        if not is_new:
            lock.seen_at = now
            lock.save(update_fields=["user", "since", "seen_at"])
    return None, lock


def others_on(registrations: Iterable[Registration], user: User, now: datetime) -> dict[int, CaseLock]:
    """Which of these a colleague has open, by primary key."""
    fresh = now - timedelta(minutes=WorkRules.current().lock_minutes)
    locks = CaseLock.objects.filter(registration__in=registrations, seen_at__gte=fresh).exclude(user=user)
    return {lock.registration_id: lock for lock in locks.select_related("user")}


def let_go(*, registration: Registration, user: User, seen_at: datetime) -> None:
    """Give up this person's claim, if it still stands as the screen that closes knew it.

    The page after it, or another window on the same request, may have renewed the claim in the meantime.
    """
    CaseLock.objects.filter(registration=registration, user=user, seen_at=seen_at).delete()


def doubles_of(citizen: Citizen) -> list[Citizen]:
    """Other records that are probably the same person: same phone, same Zalo, or same name at the same address."""
    same = Q(pk__in=[])
    if citizen.phone:
        same |= Q(phone=citizen.phone)
    if citizen.contact_id:
        same |= Q(contact_id=citizen.contact_id)
    if citizen.address_line:
        same |= Q(sort_key=citizen.sort_key, address_line__iexact=citizen.address_line)
    others = Citizen.objects.filter(same, merged_into__isnull=True, erased_at__isnull=True).exclude(pk=citizen.pk)
    return list(others.order_by(Length("address_line").desc(), "pk")[:DOUBLES_SHOWN])


def related_to(registration: Registration, user: User) -> list[Registration]:
    """The same citizen's other requests that this person may open, newest first."""
    others = visible_to(user).filter(citizen_id=registration.citizen_id).exclude(pk=registration.pk)
    return list(others.select_related("procedure").order_by("-created_at")[:DOUBLES_SHOWN])
