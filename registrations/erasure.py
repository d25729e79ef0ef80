"""Taking a person out of the records: what names them goes, what was done, when and by whom stays.

Which words those are stands in docs/decisions/0041; a test looks through every column of every table for what is left.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from registrations.dialogue.aftercare import REASONS
from registrations.models import (
    Attachment,
    Checklist,
    Citizen,
    ContactAttempt,
    DataRequest,
    Dialogue,
    FieldChange,
    Merge,
    Note,
    Registration,
    Transition,
)
from registrations.notices import subject_of
from scheduling import services as scheduling
from zalo_bridge.services import Contact, erase_contact, erase_messages

ERASED_NAME = "(đã xóa theo yêu cầu)"
# The one thing, besides nothing, that the database lets a reason in the history become (migration 0002).
ERASED_WORDS = "(đã xóa)"
WITHDRAWN = "Người dân rút lại đồng ý"
# Reasons the program itself writes or offers: they name nobody, and the figures count them.
OUR_REASONS = (*REASONS, WITHDRAWN, "Trả lời qua Zalo", "Người dân xin hủy", "Không có người ở nhà", "Hẹn lại")
# Edits of these say what was done, not who the person is.
NOT_PERSONAL = ("procedure", "visit", "set_off")
# A message on its way while somebody was erased has been sent, or given up, by then.
LAST_WORDS_WITHIN = timedelta(days=7)


def with_merged(people: QuerySet[Citizen]) -> QuerySet[Citizen]:
    """These records and every other one merged with them, in either direction and however often."""
    found = set(people.order_by().values_list("pk", flat=True))
    new = found
    while new:
        # Asked both ways apart: with OR between them the database reads every citizen there is.
        absorbed = Citizen.objects.filter(merged_into__in=new).values_list("pk", flat=True)
        kept = Citizen.objects.filter(pk__in=new, merged_into__isnull=False).values_list("merged_into", flat=True)
        new = {number for number in (*absorbed, *kept) if number is not None} - found
        found = found | new
    return Citizen.objects.filter(pk__in=found)


def erase_people(*, people: Iterable[Citizen], contact: Contact | None = None, now: datetime) -> None:
    """Erase these records (locked by the caller) and the chats they came by; `contact` whoever is behind it."""
    everybody = list(people)
    with transaction.atomic():
        for citizen in everybody:
            _erase_citizen(citizen, now)
        numbers = {citizen.contact_id for citizen in everybody if citizen.contact_id is not None}
        # A chat somebody else still uses (a daughter registers for her mother, too) is not ours to empty.
        in_use = Citizen.objects.filter(contact__in=numbers, erased_at__isnull=True).values_list("contact", flat=True)
        gone = (numbers - set(in_use)) | ({contact.pk} if contact is not None else set())
        for chat in Contact.objects.filter(pk__in=gone).order_by("pk"):
            _erase_chat(chat)
        _erase_requests(DataRequest.objects.filter(Q(citizen__in=everybody) | Q(contact__in=gone)))


def _erase_citizen(citizen: Citizen, now: datetime) -> None:
    requests = Registration.objects.filter(citizen=citizen)
    _erase_papers(Attachment.objects.filter(registration__in=requests))
    _erase_words(requests)
    erase_messages(subjects=[subject_of(registration) for registration in requests])
    scheduling.forget_reasons(requests.filter(appointment__isnull=False).values_list("appointment", flat=True))
    requests.update(words="", address_line="", time_wish="", rating_words="")
    requests.exclude(state_reason__in=("", *OUR_REASONS)).update(state_reason=ERASED_WORDS)
    Merge.objects.filter(Q(kept=citizen) | Q(absorbed=citizen)).update(taken={})
    citizen.name, citizen.phone, citizen.address_line, citizen.ward = ERASED_NAME, "", "", None
    citizen.erased_at = now
    citizen.save(update_fields=["name", "phone", "address_line", "ward", "erased_at"])


def _erase_words(requests: QuerySet[Registration]) -> None:
    """What people wrote about these requests. The lines stay: who did something, when."""
    FieldChange.objects.filter(registration__in=requests).exclude(field__in=NOT_PERSONAL).update(old="", new="")
    typed = Transition.objects.filter(registration__in=requests).exclude(actor_kind="system")
    typed.exclude(reason__in=("", *OUR_REASONS)).update(reason=ERASED_WORDS)
    ContactAttempt.objects.filter(registration__in=requests).exclude(note="").update(note="")
    Checklist.objects.filter(registration__in=requests).exclude(note="").update(note="")
    Note.objects.filter(registration__in=requests).update(text=ERASED_WORDS)


def _erase_papers(papers: QuerySet[Attachment]) -> None:
    # Locked: one that is being fetched right now is waited for, so that its file is seen here, or refused there.
    for paper in papers.select_for_update(of=("self",)).order_by("pk"):
        if paper.file:
            # The file goes when the row has gone for certain: a rolled back erasure must not lose it.
            transaction.on_commit(partial(paper.file.storage.delete, str(paper.file.name)))
        paper.file, paper.name, paper.source_url, paper.awaits_answer = "", "", "", False
        paper.refused_because = "đã xóa theo yêu cầu"
        paper.save(update_fields=["file", "name", "source_url", "awaits_answer", "refused_because"])


def _erase_chat(contact: Contact) -> None:
    _erase_papers(Attachment.objects.filter(contact=contact))
    Dialogue.objects.filter(contact=contact).update(step="idle", data={}, wants_human_because="")
    erase_contact(contact=contact)


def _erase_requests(requests: QuerySet[DataRequest]) -> None:
    """What they asked about their data, and what we told them of it: an answer to "what do you keep?" lists it all."""
    for request in requests.select_for_update(of=("self",)).order_by("pk"):
        request.note = request.extended_because = ""
        request.steps = [{**step, "words": ""} for step in request.steps]
        request.save(update_fields=["note", "extended_because", "steps"])


def erase_last_words(*, now: datetime) -> int:
    """What was on its way to people while they were erased loses its content, too. How many messages did."""
    lately = Registration.objects.filter(citizen__erased_at__gte=now - LAST_WORDS_WITHIN)
    return erase_messages(subjects=[subject_of(registration) for registration in lately])
