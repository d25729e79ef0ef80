"""Withdrawing consent and being forgotten: what is done at once, what must wait, and the law's clocks meanwhile.

Nghị định 356/2025/NĐ-CP Điều 5: answered within 2 working days; then done within the days of `TERMS`. What staff do
with a request is in data_requests.py, what erasing takes out in erasure.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from registrations import services
from registrations.dialogue.heard import Heard, Kind
from registrations.dialogue.intents import Intent, intent_of
from registrations.erasure import WITHDRAWN, erase_people, with_merged
from registrations.models import Citizen, Consent, DataRequest, Dialogue, Registration
from registrations.services import Actor
from registrations.states import CLOSED_STATES, State
from scheduling import services as scheduling
from zalo_bridge.services import Contact

ANSWER_WORKING_DAYS = 2


@dataclass(frozen=True)
class Term:
    """Days the law gives, counted from the request; `with_others` when Zalo must act too; `extension` once."""

    days: int
    with_others: int
    extension: int


TERMS = {
    DataRequest.Kind.WITHDRAW: Term(15, 20, 15),
    DataRequest.Kind.WRONG_PERSON: Term(15, 20, 15),
    DataRequest.Kind.DELETE: Term(20, 30, 20),
    DataRequest.Kind.SEE: Term(10, 15, 10),
    DataRequest.Kind.CORRECT: Term(10, 15, 10),
}


def erased_by(received_on: date) -> date:
    """The last day for carrying out a withdrawal received that day, Zalo's part included."""
    return received_on + timedelta(days=TERMS[DataRequest.Kind.WITHDRAW].with_others)


def asks_to_withdraw(heard: Heard) -> bool:
    """ "Rút lại đồng ý" is heard even while a person has taken over the chat."""
    return heard.kind is Kind.TEXT and intent_of(heard.text, heard.folded) is Intent.WITHDRAW


def open_request(
    *, kind: str, channel: str, contact: Contact | None, citizen: Citizen | None, at: datetime, note: str = ""
) -> DataRequest:
    """Start the clocks."""
    today = timezone.localtime(at).date()
    answer_by = scheduling.working_days_after(today, ANSWER_WORKING_DAYS)
    term = TERMS[DataRequest.Kind(kind)]
    done_by = today + timedelta(days=term.with_others if contact is not None else term.days)
    return DataRequest.objects.create(
        kind=kind,
        channel=channel,
        contact=contact,
        citizen=citizen,
        received_at=at,
        answer_due_on=answer_by,
        done_due_on=max(done_by, answer_by),
        note=note[:300],
    )


def withdraw(*, dialogue: Dialogue, how: str, now: datetime) -> DataRequest:
    """Consent is withdrawn: visits to come are cancelled, personal data go at once, unless a visit is under way.

    `how`: "chat", "zalo" (Zalo's own settings) or "wrong_person" (the contact is cut loose, the request stays).
    """
    contact = dialogue.contact
    people = _locked(_records_behind(contact))
    person = people[-1] if people else None
    if how == "wrong_person":
        request = open_request(
            kind=DataRequest.Kind.WRONG_PERSON,
            channel=DataRequest.Channel.CHAT,
            contact=contact,
            citizen=person,
            at=now,
        )
        # Of this chat only: the person's other Zalo, known by a merge, is theirs.
        Citizen.objects.filter(pk__in=[each.pk for each in people], contact=contact).update(contact=None)
        Consent.objects.filter(contact=contact, withdrawn_at__isnull=True).update(withdrawn_at=now)
        DataRequest.objects.filter(pk=request.pk).update(answered_at=now)
        return request
    channel = DataRequest.Channel.ZALO if how == "zalo" else DataRequest.Channel.CHAT
    request = open_request(kind=DataRequest.Kind.WITHDRAW, channel=channel, contact=contact, citizen=person, at=now)
    end_consent(contact=contact, people=people, actor=Actor.citizen(), now=now)
    request.answered_at = now
    request.save(update_fields=["answered_at"])
    finish_withdrawal(request=request, now=now)
    return request


def end_consent(*, contact: Contact | None, people: Iterable[Citizen], actor: Actor, now: datetime) -> None:
    """No consent of these people stands any more; visits to come are cancelled, one under way is left to end."""
    if contact is not None:
        Consent.objects.filter(contact=contact, withdrawn_at__isnull=True).update(withdrawn_at=now)
    for citizen in people:
        Consent.objects.filter(citizen=citizen, withdrawn_at__isnull=True).update(withdrawn_at=now)
        for registration in citizen.registrations.exclude(state__in=(*CLOSED_STATES, State.IN_PROGRESS)):
            services.cancel(registration=registration, reason=WITHDRAWN, actor=actor)


def note_seen(*, contact: Contact, now: datetime) -> None:
    """Somebody asked in the chat what is kept about them, and was told at once: written down as asked and answered."""
    request = open_request(
        kind=DataRequest.Kind.SEE,
        channel=DataRequest.Channel.CHAT,
        contact=contact,
        citizen=services.find_citizen(contact=contact),
        at=now,
    )
    request.answered_at = request.done_at = now
    request.save(update_fields=["answered_at", "done_at"])


def records_of(request: DataRequest) -> QuerySet[Citizen]:
    """Every record of whoever asked that still holds something, merged ones included."""
    theirs = Q(pk=request.citizen_id)
    if request.contact_id is not None:
        theirs |= Q(contact=request.contact_id)
    return with_merged(Citizen.objects.filter(theirs)).filter(erased_at__isnull=True)


def people_of(request: DataRequest) -> list[Citizen]:
    """The same, locked. Call it in a transaction."""
    return _locked(records_of(request))


def _records_behind(contact: Contact) -> QuerySet[Citizen]:
    return with_merged(Citizen.objects.filter(contact=contact)).filter(erased_at__isnull=True)


def _locked(records: QuerySet[Citizen]) -> list[Citizen]:
    """In order of id, as merging locks them; the one the others were merged into comes last."""
    people = list(records.select_for_update(of=("self",)).order_by("pk"))
    return sorted(people, key=lambda each: each.merged_into_id is None)


def finish_withdrawal(*, request: DataRequest, now: datetime) -> bool:
    """Erase what is personal, if no visit is under way. True when done; else the nightly task tries again."""
    people = people_of(request)
    if Registration.objects.filter(citizen__in=people).exclude(state__in=CLOSED_STATES).exists():
        return False
    with transaction.atomic():
        erase_people(people=people, contact=request.contact, now=now)
        # Their own words, and ours about them, went with the rest.
        request.refresh_from_db(fields=["note", "extended_because", "steps"])
        request.done_at, request.note = now, ""
        request.save(update_fields=["done_at", "note"])
    return True


def finish_open_withdrawals(*, now: datetime) -> int:
    """The nightly task: withdrawals that had to wait for a visit under way."""
    kinds = (DataRequest.Kind.WITHDRAW, DataRequest.Kind.DELETE)
    waiting = DataRequest.objects.filter(kind__in=kinds, done_at__isnull=True).exclude(
        # Taken by staff, who have not decided yet.
        channel=DataRequest.Channel.STAFF,
        done_by__isnull=True,
    )
    finished = 0
    for request in waiting.order_by("id"):
        with transaction.atomic():
            finished += finish_withdrawal(request=request, now=now)
    return finished
