"""Papers citizens send, and receipts staff photograph: judged by content, kept outside the web root.

What comes by chat is noted in the event's transaction and fetched afterwards.
"""

import re
from datetime import datetime, timedelta

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from registrations.errors import MissingFact, StaleState
from registrations.models import Attachment, Citizen, Dialogue, Registration
from registrations.states import State
from registrations.transitions import Actor
from zalo_bridge.errors import FileUnavailable
from zalo_bridge.services import Contact, InboundEvent, ReceivedFile, fetch_file

FETCH = "registrations.tasks.fetch_attachment"
MOST_BYTES = 10 * 1024 * 1024
MOST_FETCHES = 5
RECEIPT = "receipt"
PHOTOS = ("image/jpeg", "image/png", "image/webp")
ANSWER_WITHIN = timedelta(hours=24)
# What a file is by its first bytes; its name and its sender's word for it prove nothing.
SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"GIF87a", "gif", "image/gif"),
    (b"GIF89a", "gif", "image/gif"),
    (b"%PDF-", "pdf", "application/pdf"),
)
_WEBP = re.compile(rb"^RIFF....WEBP", re.S)
_OFFICE_TYPES = {
    b"word/": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    b"xl/": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def note_file(*, dialogue: Dialogue, event: InboundEvent, wait: bool, registration: Registration | None) -> None:
    """Remember what was sent. It is fetched after commit, a picture only when the citizen has said what it is."""
    for file in event.attachments:
        row = Attachment.objects.create(
            contact=dialogue.contact,
            registration=registration,
            kind=file.kind,
            name=(file.name or file.text)[:200],
            source_url=file.url[:1000],
            size=file.size or None,
            awaits_answer=wait,
            at=event.at,
        )
        if not wait and file.kind != "contact_card":
            fetch_soon(row)


def settle_files(*, contact: Contact, keep: bool) -> None:
    """The citizen has said what the waiting pictures are: fetch them, or forget where they lie."""
    waiting = Attachment.objects.filter(contact=contact, awaits_answer=True)
    if not keep:
        waiting.update(awaits_answer=False, source_url="", name="", refused_because="ảnh giấy tờ tùy thân: không lưu")
        return
    rows = list(waiting)
    waiting.update(awaits_answer=False)
    for row in rows:
        fetch_soon(row)


def fetch_soon(row: Attachment) -> None:
    number = row.pk
    # Lost with the broker, it is found again by the task that sweeps every few minutes.
    transaction.on_commit(lambda: current_app.send_task(FETCH, args=[number]), robust=True)


def fetch(*, number: int) -> bool:
    """Download one noted file and keep it if it is what staff can open. An HTTP call: no transaction is open.

    True when settled.
    """
    row = Attachment.objects.filter(
        pk=number, fetched_at__isnull=True, awaits_answer=False, refused_because="", fetch_attempts__lt=MOST_FETCHES
    ).first()
    if row is None or not row.source_url:
        return True
    # The row may be emptied while we wait for Zalo (the citizen is being forgotten): every write asks for it as it was.
    wanted = Attachment.objects.filter(pk=number, fetched_at__isnull=True, refused_because="")
    row.fetch_attempts += 1
    wanted.update(fetch_attempts=row.fetch_attempts)
    try:
        data, _ = fetch_file(ReceivedFile(kind=row.kind, url=row.source_url), most_bytes=MOST_BYTES)
    except FileUnavailable as error:
        if row.fetch_attempts >= MOST_FETCHES:
            _refuse(wanted, getattr(error, "sentence", "") or "không tải được từ Zalo")
        return row.fetch_attempts >= MOST_FETCHES
    kind = type_of(data)
    if kind is None:
        _refuse(wanted, "không phải ảnh, PDF, Word hay Excel")
        return True
    row.file.save(f"{row.pk}.{kind[0]}", ContentFile(data), save=False)
    kept = wanted.update(
        file=row.file.name,
        size=len(data),
        fetched_at=timezone.now(),
        name=row.name or f"anh-{row.pk}.{kind[0]}",
    )
    if not kept:
        row.file.storage.delete(str(row.file.name))
    return True


def keep_receipt(
    *, registration: Registration, photo: UploadedFile, actor: Actor, now: datetime | None = None
) -> Attachment:
    """Keep a photo a member of staff took of the portal's receipt.

    Raises MissingFact for what is no photo, StaleState before somebody goes and where no visit came of it.
    """
    if registration.state not in (State.ASSIGNED, State.IN_PROGRESS, State.COMPLETED):
        raise StaleState(f"Hồ sơ {registration.code} chưa có cán bộ đi nộp nên chưa có biên nhận.")
    if photo.size is None or photo.size > MOST_BYTES:
        raise MissingFact(f"Ảnh quá lớn. Tối đa {MOST_BYTES // 1024 // 1024} MB.")
    data = photo.read()
    kind = type_of(data)
    if kind is None or kind[1] not in PHOTOS:
        raise MissingFact("Tệp này không phải ảnh JPEG, PNG hoặc WebP. Hãy chụp lại.")
    with transaction.atomic():
        # An erasure waits for this, or this for the erasure and then sees it.
        owner = Citizen.objects.select_for_update(of=("self",), no_key=True).get(pk=registration.citizen_id)
        if owner.erased_at is not None:
            raise StaleState(f"Dữ liệu của hồ sơ {registration.code} đã xóa theo yêu cầu nên không nhận thêm ảnh.")
        row = Attachment(
            registration=registration,
            kind=RECEIPT,
            name=f"bien-nhan-{registration.code}.{kind[0]}",
            size=len(data),
            added_by=actor.user,
            at=now or timezone.now(),
            fetched_at=timezone.now(),
        )
        row.file.save(f"{registration.code}.{kind[0]}", ContentFile(data), save=True)
        return row


def _refuse(wanted: QuerySet[Attachment], why: str) -> None:
    wanted.update(refused_because=why[:200], source_url="")


def type_of(data: bytes) -> tuple[str, str] | None:
    """(extension, media type) by content; None for anything staff should not open."""
    if len(data) > MOST_BYTES:
        return None
    for start, extension, media_type in SIGNATURES:
        if data.startswith(start):
            return extension, media_type
    if _WEBP.match(data[:16]):
        return "webp", "image/webp"
    if data.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in data[:4096]:
        for marker, found in _OFFICE_TYPES.items():
            # A document with macros could run on a clerk's computer.
            if marker in data and b"vbaProject.bin" not in data:
                return found
    return None


def retry_and_forget(*, now: datetime) -> tuple[list[int], int]:
    """(files to try again, pictures nobody explained in time and which are forgotten now)."""
    forgotten = Attachment.objects.filter(awaits_answer=True, at__lt=now - ANSWER_WITHIN).update(
        awaits_answer=False, source_url="", name="", refused_because="người dân chưa cho biết ảnh gì nên không lưu"
    )
    again = Attachment.objects.filter(
        ~Q(source_url=""),
        fetched_at__isnull=True,
        awaits_answer=False,
        refused_because="",
        fetch_attempts__lt=MOST_FETCHES,
        at__gt=now - timedelta(days=3),
    ).exclude(kind="contact_card")
    return list(again.values_list("pk", flat=True)[:200]), forgotten
