"""What staff do with a request about personal data: note it, answer, extend, carry it out or refuse it, and say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registrations import data_rights
from registrations.errors import MissingFact, RegistrationError, StaleState
from registrations.models import Attachment, Citizen, Consent, ConsentWording, DataRequest, Registration
from registrations.phones import show_phone
from registrations.transitions import Actor
from scheduling.services import staff_name
from zalo_bridge import outbox
from zalo_bridge.services import window

ANSWER, EXTEND, DONE, REFUSE = "tra-loi", "gia-han", "xong", "tu-choi"
DEEDS = {ANSWER: "Trả lời", EXTEND: "Gia hạn", DONE: "Đã thực hiện", REFUSE: "Từ chối"}
BY_CHAT = "zalo"
TOLD = {BY_CHAT: "Nhắn Zalo", "goi": "Đã gọi điện", "van-ban": "Gửi văn bản"}
LONGEST_WORDS = 1_000
ERASING = (DataRequest.Kind.WITHDRAW, DataRequest.Kind.DELETE)


@dataclass(frozen=True)
class ConsentHeld:
    """One proof of consent with the very words that were shown."""

    consent: Consent
    words: str


@dataclass(frozen=True)
class Holdings:
    """Everything kept about whoever asked, as the page shows it and as the person may be told."""

    people: list[Citizen]
    registrations: list[Registration]
    consents: list[ConsentHeld]
    file_count: int

    @property
    def in_words(self) -> str:
        """For the person: names, numbers and codes only; nothing of what stands in a dossier goes into a chat."""
        lines = []
        for person in self.people:
            address = ", ".join(part for part in (person.address_line, str(person.ward or "")) if part)
            lines += [f"Họ tên: {person.name}", f"Điện thoại: {show_phone(person.phone)}", f"Địa chỉ: {address}"]
        if self.registrations:
            lines.append("Đăng ký: " + ", ".join(registration.code for registration in self.registrations))
        if self.file_count:
            lines.append(f"Giấy tờ đã gửi: {self.file_count} tệp")
        return "\n".join(lines) or "Bên em không còn giữ thông tin nào."


def open_requests() -> QuerySet[DataRequest]:
    """Still to do, the next deadline first."""
    return DataRequest.objects.filter(done_at__isnull=True).select_related("citizen", "contact")


def closed_requests() -> QuerySet[DataRequest]:
    """Done or refused, latest first: the register an inspector asks for."""
    closed = DataRequest.objects.filter(done_at__isnull=False).select_related("citizen", "contact", "done_by")
    return closed.order_by("-done_at", "-id")


def holdings_of(request: DataRequest) -> Holdings:
    people = list(data_rights.records_of(request).select_related("ward").order_by("pk"))
    consents = Consent.objects.filter(citizen__in=people)
    if request.contact is not None:
        consents |= Consent.objects.filter(contact=request.contact)
    proofs = list(consents.order_by("-given_at", "-id"))
    words = dict(
        ConsentWording.objects.filter(sha256__in={proof.text_sha256 for proof in proofs}).values_list("sha256", "text")
    )
    registrations = Registration.objects.filter(citizen__in=people).select_related("procedure", "appointment")
    return Holdings(
        people=people,
        registrations=list(registrations.order_by("-created_at", "-id")),
        consents=[ConsentHeld(proof, words.get(proof.text_sha256, "")) for proof in proofs],
        file_count=Attachment.objects.filter(registration__citizen__in=people).exclude(file="").count(),
    )


def suggested_words(request: DataRequest, holdings: Holdings) -> str:
    """A first draft of what to tell the person, to be read over before it goes."""
    Kind = DataRequest.Kind
    greeting = f"Chào anh/chị {request.citizen.given_name if request.citizen else ''}".strip() + "."
    match request.kind:
        case Kind.SEE:
            return f"{greeting} Thông tin về anh/chị bên em đang giữ:\n{holdings.in_words}"
        case Kind.CORRECT:
            return f"{greeting} Bên em đã sửa thông tin theo yêu cầu của anh/chị."
        case Kind.WRONG_PERSON:
            return f"{greeting} Bên em đã gỡ Zalo này khỏi hồ sơ. Bên em xin lỗi vì nhắn nhầm."
    return f"{greeting} Bên em đã xóa thông tin cá nhân của anh/chị theo yêu cầu. Lịch chưa làm cũng đã hủy."


def take(*, registration: Registration, kind: str, words: str, now: datetime) -> DataRequest:
    """Somebody asked by telephone or at the counter. Raises MissingFact."""
    if kind not in DataRequest.Kind.values:
        raise MissingFact("Hãy chọn người dân yêu cầu điều gì.")
    if kind in (DataRequest.Kind.CORRECT, DataRequest.Kind.SEE) and not words.strip():
        raise MissingFact("Hãy ghi người dân muốn xem hoặc sửa thông tin nào.")
    return data_rights.open_request(
        kind=kind,
        channel=DataRequest.Channel.STAFF,
        contact=registration.citizen.contact,
        citizen=registration.citizen,
        at=now,
        note=words.strip(),
    )


def may_chat(request: DataRequest, now: datetime) -> bool:
    """Whether Zalo still lets us write to whoever asked."""
    return request.contact is not None and window(request.contact, now).is_open


def work_on(*, number: int, deed: str, words: str, told: str, user: User, now: datetime) -> DataRequest:
    """Do one thing with a request and tell the person, in one transaction.

    Extending is possible once and before the day is over. Carrying out a withdrawal or a deletion erases; while a visit
    is under way it is noted and the nightly task finishes it. Raises MissingFact, StaleState, RegistrationError.
    """
    words = words.strip()
    if deed not in DEEDS or told not in TOLD:
        raise MissingFact("Hãy chọn việc cần làm và cách báo cho người dân.")
    if not words:
        raise MissingFact("Hãy ghi điều đã nói với người dân (lý do, nếu từ chối hoặc gia hạn).")
    if len(words) > LONGEST_WORDS:
        raise MissingFact(f"Nội dung dài {len(words)} ký tự; tối đa {LONGEST_WORDS}.")
    with transaction.atomic():
        rows = DataRequest.objects.select_for_update(of=("self",)).select_related("contact", "citizen")
        request = rows.get(pk=number)
        if request.done_at is not None:
            raise StaleState("Yêu cầu này đã được đóng.")
        if told == BY_CHAT and not may_chat(request, now):
            raise RegistrationError("Zalo không cho nhắn người này nữa. Hãy gọi điện rồi chọn “Đã gọi điện”.")
        if deed == EXTEND:
            _extend(request, words, now)
        elif deed == REFUSE:
            request.is_refused, request.done_at, request.done_by = True, now, user
        elif deed == DONE:
            _carry_out(request, user, now)
        request.answered_at = request.answered_at or now
        # What was erased must not live on in our own words about it.
        is_erased = request.citizen is not None and request.citizen.erased_at is not None
        kept = DEEDS[deed] if is_erased or (deed == DONE and request.kind in ERASING) else words
        request.steps = [
            *request.steps,
            {
                "at": now.isoformat(),
                "by": staff_name(user),
                "did": deed,
                "words": kept,
                "told": told,
            },
        ]
        request.save()
        if told == BY_CHAT and request.contact is not None:
            outbox.enqueue(
                kind="staff",
                dedupe_key=f"data:{request.pk}:{len(request.steps)}",
                contact=request.contact,
                text=words,
                is_reply=True,
                written_by=staff_name(user),
                subject=f"chat:{request.contact.pk}",
            )
    return request


def _extend(request: DataRequest, because: str, now: datetime) -> None:
    if request.extended_because:
        raise StaleState("Luật chỉ cho gia hạn một lần.")
    if request.done_due_on < timezone.localtime(now).date():
        raise StaleState("Đã quá hạn, không gia hạn được nữa.")
    request.extended_because = because[:300]
    request.done_due_on += timedelta(days=data_rights.TERMS[DataRequest.Kind(request.kind)].extension)


def _carry_out(request: DataRequest, user: User, now: datetime) -> None:
    request.done_by = user
    if request.kind not in ERASING:
        request.done_at = now
        return
    people = data_rights.people_of(request)
    data_rights.end_consent(contact=request.contact, people=people, actor=Actor.staff(user), now=now)
    data_rights.finish_withdrawal(request=request, now=now)
