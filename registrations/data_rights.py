"""Withdrawing consent and being forgotten: what is done at once, what must wait, and the law's clocks meanwhile.

Nghị định 356/2025/NĐ-CP Điều 5: answered within 2 working days; a withdrawal done within 15 days, 20 when a third party
(Zalo) must act too; deletion within 20 days, 30 with third parties.
"""

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from registrations import services
from registrations.dialogue.heard import Heard, Kind
from registrations.dialogue.intents import Intent, intent_of
from registrations.dialogue.turn import DRAFT_KEYS
from registrations.models import Attachment, Citizen, Consent, DataRequest, Dialogue, Registration
from registrations.services import Actor
from registrations.states import CLOSED_STATES, State
from scheduling import services as scheduling
from zalo_bridge.services import Contact, erase_contact

ANSWER_WORKING_DAYS = 2
# Zalo must forget the person too, so the longer term of the law applies.
WITHDRAW_DAYS = 20
ERASED_NAME = "(đã xóa theo yêu cầu)"
RETENTION_FINISHED = timedelta(days=730)
RETENTION_CANCELLED = timedelta(days=183)
DRAFT_KEPT = timedelta(days=30)


def erased_by(received_on: date) -> date:
    """The last day for carrying out a withdrawal received that day."""
    return received_on + timedelta(days=WITHDRAW_DAYS)


def asks_to_withdraw(heard: Heard) -> bool:
    """ "Rút lại đồng ý" is heard even while a person has taken over the chat."""
    return heard.kind is Kind.TEXT and intent_of(heard.text, heard.folded) is Intent.WITHDRAW


def open_request(
    *, kind: str, channel: str, contact: Contact | None, citizen: Citizen | None, at: datetime, note: str = ""
) -> DataRequest:
    """Start the clocks."""
    today = timezone.localtime(at).date()
    return DataRequest.objects.create(
        kind=kind,
        channel=channel,
        contact=contact,
        citizen=citizen,
        received_at=at,
        answer_due_on=scheduling.working_days_after(today, ANSWER_WORKING_DAYS),
        done_due_on=max(erased_by(today), scheduling.working_days_after(today, ANSWER_WORKING_DAYS)),
        note=note[:300],
    )


def withdraw(*, dialogue: Dialogue, how: str, now: datetime) -> DataRequest:
    """Consent is withdrawn: visits to come are cancelled, personal data go at once, unless a visit is under way.

    `how`: "chat", "zalo" (Zalo's own settings) or "wrong_person" (the contact is cut loose, the request stays).
    """
    contact = dialogue.contact
    people = _people_behind(contact)
    person = people[-1] if people else None
    if how == "wrong_person":
        request = open_request(
            kind=DataRequest.Kind.WRONG_PERSON,
            channel=DataRequest.Channel.CHAT,
            contact=contact,
            citizen=person,
            at=now,
        )
        Citizen.objects.filter(pk__in=[each.pk for each in people]).update(contact=None)
        Consent.objects.filter(contact=contact, withdrawn_at__isnull=True).update(withdrawn_at=now)
        DataRequest.objects.filter(pk=request.pk).update(answered_at=now)
        return request
    channel = DataRequest.Channel.ZALO if how == "zalo" else DataRequest.Channel.CHAT
    request = open_request(kind=DataRequest.Kind.WITHDRAW, channel=channel, contact=contact, citizen=person, at=now)
    Consent.objects.filter(contact=contact, withdrawn_at__isnull=True).update(withdrawn_at=now)
    for citizen in people:
        Consent.objects.filter(citizen=citizen, withdrawn_at__isnull=True).update(withdrawn_at=now)
        for registration in citizen.registrations.exclude(state__in=(*CLOSED_STATES, State.IN_PROGRESS)):
            services.cancel(registration=registration, reason="Người dân rút lại đồng ý", actor=Actor.citizen())
    request.answered_at = now
    request.save(update_fields=["answered_at"])
    finish_withdrawal(request=request, now=now)
    return request


def _people_behind(contact: Contact) -> list[Citizen]:
    """Every record of the person with this contact, the one they were merged into last."""
    records = Citizen.objects.select_for_update(of=("self",)).filter(erased_at__isnull=True)
    mine = list(records.filter(contact=contact).order_by("pk"))
    kept = services.find_citizen(contact=contact)
    if kept is not None and kept.pk not in {record.pk for record in mine}:
        mine += records.filter(pk=kept.pk)
    return mine


def finish_withdrawal(*, request: DataRequest, now: datetime) -> bool:
    """Erase what is personal, if no visit is under way. True when done; else the nightly task tries again."""
    contact = request.contact
    people: list[Citizen] = []
    if contact is not None:
        people = _people_behind(contact)
    elif request.citizen is not None and request.citizen.erased_at is None:
        people = [request.citizen]
    if Registration.objects.filter(citizen__in=people).exclude(state__in=CLOSED_STATES).exists():
        return False
    with transaction.atomic():
        for citizen in people:
            erase_citizen(citizen=citizen, now=now)
        if contact is not None:
            Attachment.objects.filter(contact=contact).update(source_url="", name="")
            Dialogue.objects.filter(contact=contact).update(wants_human_because="")
            erase_contact(contact=contact)
        request.done_at = now
        request.save(update_fields=["done_at"])
    return True


def erase_citizen(*, citizen: Citizen, now: datetime) -> None:
    """Take out what names the person. What was done, when and by whom stays, for the figures and the law."""
    for attachment in Attachment.objects.filter(registration__citizen=citizen):
        if attachment.file:
            # The file goes when the row has gone for certain: a rolled back erasure must not lose it.
            transaction.on_commit(partial(attachment.file.storage.delete, str(attachment.file.name)))
        attachment.file, attachment.name, attachment.source_url = "", "", ""
        attachment.refused_because = "đã xóa theo yêu cầu"
        attachment.save(update_fields=["file", "name", "source_url", "refused_because"])
    for registration in citizen.registrations.all():
        registration.changes.filter(field__in=("name", "phone", "address_line", "words", "time_wish")).update(
            old="", new=""
        )
        registration.calls.exclude(note="").update(note="")
        registration.words = registration.address_line = registration.time_wish = registration.rating_words = ""
        registration.save(update_fields=["words", "address_line", "time_wish", "rating_words"])
    citizen.name, citizen.phone, citizen.address_line, citizen.ward = ERASED_NAME, "", "", None
    citizen.erased_at = now
    citizen.save(update_fields=["name", "phone", "address_line", "ward", "erased_at"])


def finish_open_withdrawals(*, now: datetime) -> int:
    """The nightly task: withdrawals that had to wait for a visit under way."""
    waiting = DataRequest.objects.filter(kind=DataRequest.Kind.WITHDRAW, done_at__isnull=True).order_by("id")
    return sum(finish_withdrawal(request=request, now=now) for request in waiting)


def erase_expired(*, now: datetime, limit: int = 500) -> int:
    """The end of the retention period: people whose last request has been closed long enough. How many were erased."""
    people = Citizen.objects.filter(
        erased_at__isnull=True, merged_into__isnull=True, created_at__lt=now - RETENTION_CANCELLED
    )
    erased = 0
    for citizen in people.order_by("id").prefetch_related("registrations")[:limit]:
        registrations = list(citizen.registrations.all())
        if all(_is_over(registration, now) for registration in registrations):
            with transaction.atomic():
                erase_citizen(citizen=citizen, now=now)
                if citizen.contact is not None:
                    Dialogue.objects.filter(contact=citizen.contact).update(data={}, step="idle")
                    erase_contact(contact=citizen.contact)
            erased += 1
    return erased


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


def _is_over(registration: Registration, now: datetime) -> bool:
    if registration.state not in CLOSED_STATES:
        return False
    term = RETENTION_FINISHED if registration.state == State.COMPLETED else RETENTION_CANCELLED
    return registration.state_changed_at < now - term
