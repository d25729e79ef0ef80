"""What the pane and the request page show besides the row itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from procedures.services import papers_as_promised
from registrations.actions import Offer, offers
from registrations.models import CaseLock, Checklist, Citizen, Follow, Registration, WorkRules
from registrations.timeline import Item, timeline_of

PANE_ITEMS = 8
DOUBLES_SHOWN = 5


@dataclass(frozen=True)
class Case:
    """One request as this person sees it."""

    registration: Registration
    offers: list[Offer]
    papers: list[str]
    checklist: Checklist | None
    worked_on_by: CaseLock | None
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
    def checklist_answers(self) -> list[tuple[str, str]]:
        """Each question of the call with its answer in words."""
        words = {True: "có", False: "không", None: "chưa hỏi"}
        return [(label, words[getattr(self.checklist, name)]) for name, label in Checklist.LABELS.items()]

    @property
    def map_query(self) -> str:
        """What a map should look for."""
        ward = self.registration.ward
        return ", ".join(
            part for part in (self.registration.address_line, str(ward) if ward else "", "Khánh Hòa") if part
        )


def case_of(registration: Registration, user: User, *, now: datetime | None = None, whole: bool = False) -> Case:
    """`whole` is the request page: every line of the timeline with the chat; otherwise the last few, for the pane."""
    at = now or timezone.now()
    items = timeline_of(registration, with_chat=whole)
    return Case(
        registration=registration,
        offers=offers(registration, user),
        papers=papers_of(registration),
        checklist=Checklist.objects.filter(registration=registration).first(),
        worked_on_by=somebody_else_on(registration, user, at),
        doubles=doubles_of(registration.citizen),
        related=related_to(registration),
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


def somebody_else_on(registration: Registration, user: User, now: datetime) -> CaseLock | None:
    """Who else has this request open to work on it; their claim fades without a sign of life."""
    fresh = now - timedelta(minutes=WorkRules.current().lock_minutes)
    return (
        CaseLock.objects.filter(registration=registration, seen_at__gte=fresh)
        .exclude(user=user)
        .select_related("user")
        .first()
    )


def take_up(*, registration: Registration, user: User, now: datetime | None = None) -> CaseLock | None:
    """Note that this person works on the request; None while somebody else does."""
    at = now or timezone.now()
    if somebody_else_on(registration, user, at) is not None:
        return None
    lock, is_new = CaseLock.objects.get_or_create(
        registration=registration, defaults={"user": user, "since": at, "seen_at": at}
    )
    if not is_new:
        if lock.user_id != user.pk:
            lock.user, lock.since = user, at
        lock.seen_at = at
        lock.save(update_fields=["user", "since", "seen_at"])
    return lock


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


def related_to(registration: Registration) -> list[Registration]:
    """The same citizen's other requests, newest first."""
    others = Registration.objects.filter(citizen_id=registration.citizen_id).exclude(pk=registration.pk)
    return list(others.select_related("procedure").order_by("-created_at")[:DOUBLES_SHOWN])
