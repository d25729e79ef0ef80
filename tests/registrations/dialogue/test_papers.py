"""Papers citizens send: fetched from Zalo after commit, judged by content, kept outside the web root."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import attachments
from registrations.attachments import MOST_BYTES, MOST_FETCHES, fetch, retry_and_forget, type_of
from registrations.erasure import erase_people
from registrations.models import Attachment, Citizen
from zalo_bridge import inbox

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 200
DOCX = b"PK\x03\x04" + b"[Content_Types].xml" + b"word/document.xml"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def person(zalo, office):
    """Somebody with a request, through the real bridge."""
    person = zalo.person("Người Mẫu Một").follows()
    for step in (
        lambda: person.says("#dangky"),
        person.shares_info,
        lambda: person.says("rượu"),
        lambda: person.says("1"),
        lambda: person.says("1"),
    ):
        step()
        hear(zalo)
    return person


def hear(zalo):
    zalo.deliver()
    while inbox.handle_waiting():
        pass


def test_a_picture_said_to_be_a_paper_is_fetched_and_kept_with_the_request(zalo, person, media):
    person.sends_photo(data=JPEG)
    hear(zalo)
    row = Attachment.objects.get()
    assert fetch(number=row.pk)
    row.refresh_from_db()
    assert not row.file, "nothing is fetched before the answer"
    person.says("1")
    hear(zalo)
    assert fetch(number=row.pk)
    row.refresh_from_db()
    with row.file.open() as kept:
        assert kept.read() == JPEG
    assert row.file.path.startswith(str(media))
    assert row.registration is not None


def test_a_document_is_fetched_at_once(zalo, person):
    person.sends_file(name="hop-dong.pdf", data=b"%PDF-1.4 x")
    hear(zalo)
    row = Attachment.objects.get()
    assert fetch(number=row.pk)
    row.refresh_from_db()
    assert (row.name, row.size) == ("hop-dong.pdf", 10)


def test_a_paper_on_its_way_when_its_owner_is_forgotten_is_not_kept(zalo, person, media, monkeypatch):
    person.sends_file(name="hop-dong.pdf", data=b"%PDF-1.4 x")
    hear(zalo)
    row = Attachment.objects.get()
    fetched = attachments.fetch_file

    def meanwhile(*args, **options):
        """The real download, while the night's withdrawals are finished."""
        erase_people(people=Citizen.objects.all(), now=timezone.now())
        return fetched(*args, **options)

    monkeypatch.setattr(attachments, "fetch_file", meanwhile)
    assert fetch(number=row.pk)
    row.refresh_from_db()
    assert (row.file.name, row.name, row.fetched_at) == ("", "", None)
    assert row.refused_because == "đã xóa theo yêu cầu"
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_program_dressed_as_a_document_is_refused(zalo, person):
    person.sends_file(name="hop-dong.pdf", data=b"MZ\x90 not a paper")
    hear(zalo)
    row = Attachment.objects.get()
    assert fetch(number=row.pk)
    row.refresh_from_db()
    assert not row.file
    assert "không phải" in row.refused_because


def test_a_file_that_cannot_be_had_is_tried_again_and_then_given_up(citizen):
    citizen.registers()
    row = Attachment.objects.create(
        contact=citizen.contact,
        registration=citizen.registrations[0],
        kind="file",
        source_url="https://f.zdn.invalid/x",
    )
    for _ in range(MOST_FETCHES):
        fetch(number=row.pk)
    row.refresh_from_db()
    assert row.refused_because
    assert not row.source_url
    assert retry_and_forget(now=timezone.now()) == ([], 0)


def test_a_picture_nobody_explains_is_forgotten_after_a_day(citizen, monday_morning):
    citizen.registers()
    citizen.sends_photo()
    assert retry_and_forget(now=timezone.now()) == ([], 0)
    monday_morning.shift(timedelta(hours=25))
    assert retry_and_forget(now=timezone.now()) == ([], 1)
    row = Attachment.objects.get()
    assert not row.source_url
    assert row.refused_because


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (JPEG, "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"%PDF-1.7", "pdf"),
        (b"RIFF\0\0\0\0WEBPVP8", "webp"),
        (DOCX, "docx"),
        (DOCX + b"word/vbaProject.bin", None),
        (b"<html>", None),
        (b"<svg onload=alert(1)>", None),
        (b"", None),
        (JPEG + b"\0" * MOST_BYTES, None),
    ],
)
def test_a_file_is_what_its_bytes_say(data, kind):
    found = type_of(data)
    assert (found[0] if found else None) == kind
    assert attachments.FETCH == "registrations.tasks.fetch_attachment"
