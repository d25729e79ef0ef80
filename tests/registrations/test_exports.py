"""What leaves as a file: what the list shows, harmless in a spreadsheet, phones masked."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from registrations.exports import defused, write_export
from registrations.models import Export, Registration, WorkRules
from tests.factories.registrations import CitizenFactory
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, verifier):
    client.force_login(verifier)
    return client


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
    assert desk.get("/ho-so/xuat/?tab=goi&dang=csv").content.startswith(b"\xef\xbb\xbf")


def test_a_long_list_is_written_in_the_background_with_progress(desk, verifier, request_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
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


def test_a_file_belongs_to_who_asked(desk, client, verifier, manager):
    made = Export.objects.create(user=manager, format="xlsx", state="ready")
    assert desk.get(f"/ho-so/xuat/{made.pk}/").status_code == 404


def test_field_staff_export_nothing(client):
    client.force_login(make_user("field_staff"))
    assert client.get("/ho-so/xuat/").status_code == 403
