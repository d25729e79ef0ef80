"""What leaves as a file: what the list shows, harmless in a spreadsheet, phones masked."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection
from django.utils import timezone
from openpyxl import load_workbook

from registrations.exports import defused, left_behind, write_export
from registrations.models import Export, Registration, WorkRules
from registrations.tasks import keep_house
from tests.factories.registrations import CitizenFactory
from tests.factories.scheduling import NOW
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def table(response) -> list[list]:
    sheet = load_workbook(BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_file_holds_what_the_list_shows(desk, request_in):
    wanted = request_in(channel="phone", citizen=CitizenFactory(phone="+84905123456"))
    request_in(channel="zalo")
    rows = table(desk.get("/ho-so/xuat/?tab=goi&nguon=phone"))
    assert [row[0] for row in rows] == ["Mã", wanted.code]
    assert rows[1][2] == "0905 ••• 456"


@pytest.mark.parametrize("words", ["=cmd|'/c calc'!A1", "+1+1", "-2", "@SUM(A1)", "\t=1"])
def test_words_never_become_a_formula(desk, request_in, words: str):
    request_in(words=words)
    assert table(desk.get("/ho-so/xuat/?tab=goi"))[1][4].startswith("'")
    rows = list(csv.reader(StringIO(desk.get("/ho-so/xuat/?tab=goi&dang=csv").content.decode("utf-8-sig"))))
    assert rows[1][4].startswith("'")
    assert defused("rượu") == "rượu"


def test_csv_opens_in_excel_with_its_marks(desk, request_in):
    request_in()
    assert "/ho-so/xuat/?tab=goi&amp;dang=csv" in desk.get("/ho-so/?tab=goi").content.decode()
    assert desk.get("/ho-so/xuat/?tab=goi&dang=csv").content.startswith(b"\xef\xbb\xbf")


def test_a_long_list_is_written_in_the_background_with_progress(desk, verifier, request_in, media):
    WorkRules.objects.create(pk=1, export_in_background_over=2)
    for _ in range(3):
        request_in()
    asked = desk.get("/ho-so/xuat/?tab=goi")
    assert "3 hồ sơ" in asked.content.decode()
    made = Export.objects.create(user=verifier, query="tab=goi", format="xlsx", rows_total=3)
    page = desk.get(f"/ho-so/xuat/{made.pk}/").content.decode()
    assert "Đã ghi 0 / 3" in page
    assert desk.get(f"/ho-so/xuat/{made.pk}/tep/").status_code == 404
    write_export(export=made, registrations=Registration.objects.all())
    write_export(export=made, registrations=Registration.objects.none())  # a task delivered twice
    made.refresh_from_db()
    assert (made.state, made.rows_done) == ("ready", 3)
    response = desk.get(f"/ho-so/xuat/{made.pk}/tep/")
    assert len(list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.iter_rows())) == 4


def test_a_list_whose_worker_died_is_begun_anew_when_its_time_is_over(verifier, request_in, office_clock, media):
    request_in()
    made = Export.objects.create(user=verifier, format="csv", state="writing", started_at=NOW - timedelta(minutes=29))
    write_export(export=made, registrations=Registration.objects.all())
    made.refresh_from_db()
    assert (made.state, left_behind(now=NOW)) == ("writing", []), "its worker is still at it"
    Export.objects.update(started_at=NOW - timedelta(minutes=31))
    assert left_behind(now=NOW) == [made.pk]
    write_export(export=made, registrations=Registration.objects.all())
    made.refresh_from_db()
    assert (made.state, made.rows_done, left_behind(now=NOW)) == ("ready", 1, [])


def test_a_list_deleted_while_it_is_written_leaves_no_file(verifier, request_in, media):
    request_in()
    made = Export.objects.create(user=verifier, format="csv")

    class Deleted(type(Registration.objects.all())):
        """Somebody deletes the export while its rows are read."""

        def order_by(self, *names):
            Export.objects.all().delete()
            return Registration.objects.order_by(*names)

    write_export(export=made, registrations=Deleted(Registration))
    assert files_in(media) == []


def test_files_of_names_are_deleted_after_a_day(verifier, office_clock, media, django_capture_on_commit_callbacks):
    for hours in (23, 25):
        made = Export.objects.create(user=verifier, format="csv", created_at=NOW - timedelta(hours=hours))
        write_export(export=made, registrations=Registration.objects.none())
    Export.objects.create(user=verifier, format="csv", state="failed", created_at=NOW - timedelta(days=3))
    assert len(files_in(media)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        keep_house()
    left = Export.objects.get()
    assert [path.name for path in files_in(media)] == [left.file.name.rpartition("/")[2]]


def test_what_was_searched_for_goes_with_the_session(desk, office_clock):
    desk.post("/ho-so/tim/", {"q": "Người Mẫu"})
    (kept,) = Session.objects.all()
    assert kept.get_decoded()["searches"]
    keep_house()
    assert Session.objects.exists(), "who works is not signed out"
    Session.objects.update(expire_date=NOW - timedelta(minutes=1))
    keep_house()
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_chore_of_the_night_that_fails_does_not_keep_the_others_from_being_done(desk):
    desk.post("/ho-so/tim/", {"q": "Người Mẫu"})
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registrations_dialogue RENAME TO gone")
    try:
        with pytest.raises(ExceptionGroup) as raised:
            keep_house()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO registrations_dialogue")
    assert [type(error) for error in raised.value.exceptions] == [ProgrammingError]
    assert not Session.objects.exists()


def test_a_file_belongs_to_who_asked(desk, client, verifier, manager):
    made = Export.objects.create(user=manager, format="xlsx", state="ready")
    assert desk.get(f"/ho-so/xuat/{made.pk}/").status_code == 404


def test_field_staff_export_nothing(client):
    client.force_login(make_user("field_staff"))
    assert client.get("/ho-so/xuat/").status_code == 403
