"""Loading a catalogue file: compared, stored whole or not at all, with the history kept."""

import json
from datetime import date
from io import StringIO

import openpyxl
import psutil
import pytest
import time_machine
from django.core.management import CommandError, call_command

from procedures import services
from procedures.catalogue_file import COLUMNS, derive_family, read_catalogue
from procedures.errors import UnreadableCatalogue
from procedures.loading import PACKAGED_FILE, load_catalogue
from procedures.models import Field, Procedure, ProcedureVersion

SELLING = {
    "code": "9.000001", "name": "Cấp Giấy phép bán mẫu", "short_name": "Bán mẫu", "field": "mau", "action": "cap_moi",
    "papers": ["Đơn đề nghị", "Bản sao đăng ký"], "keywords": ["bán mẫu"], "fee": "Không", "processing_days": 10,
}  # fmt: skip
RENEWING = {"code": "9.000002", "name": "Cấp lại Giấy phép bán mẫu", "field": "mau", "action": "cap_lai"}


@pytest.fixture
def write(tmp_path):
    def write(*procedures, name="danh-muc.json"):
        path = tmp_path / name
        data = {"fields": [{"code": "mau", "name": "Lĩnh vực mẫu"}], "procedures": procedures}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.mark.django_db
class TestLoading:
    def test_the_packaged_catalogue_loads_and_a_second_load_changes_nothing(self):
        first = load_catalogue()
        assert len(first.added) == Procedure.objects.count() > 30
        versions = ProcedureVersion.objects.count()
        second = load_catalogue()
        assert second.changes_nothing
        assert ProcedureVersion.objects.count() == versions == Procedure.objects.count()

    def test_a_change_is_told_line_by_line_and_the_old_wording_kept(self, write):
        load_catalogue(path=write(SELLING))
        changed = SELLING | {
            "fee": "50.000 đồng",
            "papers": ["Đơn đề nghị", "Ảnh cửa hàng"],
            "keywords": ["bán mẫu", "mẫu"],
        }
        report = load_catalogue(path=write(changed))
        assert report.changed[0].lines == [
            "phí, lệ phí: “Không” → “50.000 đồng”",
            "bỏ giấy tờ: “Bản sao đăng ký”",
            "thêm giấy tờ: “Ảnh cửa hàng”",
            "thêm từ khóa: mẫu",
        ]
        procedure = services.get_procedure("9.000001")
        assert procedure.current_version == 2
        assert services.papers_for(procedure) == ["Đơn đề nghị", "Ảnh cửa hàng"]
        assert services.papers_as_promised(procedure=procedure, version=1) == ["Đơn đề nghị", "Bản sao đăng ký"]
        assert services.procedure_as_it_was(procedure=procedure, version=1)["fee"] == "Không"

    def test_a_dry_run_tells_the_same_and_stores_nothing(self, write):
        load_catalogue(path=write(SELLING))
        path = write(SELLING | {"fee": "50.000 đồng"}, RENEWING)
        told = load_catalogue(path=path, dry_run=True)
        assert [change.public_id for change in told.added] == ["9.000002"]
        assert Procedure.objects.get().fee == "Không"
        assert ProcedureVersion.objects.count() == 1
        assert load_catalogue(path=path).changed[0].lines == told.changed[0].lines

    def test_one_wrong_procedure_and_nothing_is_loaded(self, write):
        wrong = RENEWING | {"visit_minutes": 5, "is_in_scope": False}
        with pytest.raises(UnreadableCatalogue) as refused:
            load_catalogue(path=write(SELLING, wrong))
        assert not Procedure.objects.exists()
        assert not Field.objects.exists()
        assert "Thủ tục thứ 2 (9.000002): Thời gian tại nhà từ 15 đến 240 phút." in refused.value.problems
        assert "Thủ tục thứ 2 (9.000002): Thủ tục ngoài phạm vi phải ghi nơi tiếp nhận." in refused.value.problems

    def test_what_the_file_no_longer_names_is_retired_only_when_asked(self, write):
        load_catalogue(path=write(SELLING, RENEWING))
        left = load_catalogue(path=write(SELLING))
        assert [change.public_id for change in left.missing] == ["9.000002"]
        assert services.get_procedure("9.000002").is_in_force()
        with time_machine.travel("2026-11-23 09:00+07:00"):
            report = load_catalogue(path=write(SELLING), retire_missing=True)
            assert [change.public_id for change in report.retired] == ["9.000002"]
            retired = services.get_procedure("9.000002")
            assert retired.active_to == date(2026, 11, 22)
            assert retired.current_version == 2
            assert list(services.open_procedures()) == [services.get_procedure("9.000001")]
            again = load_catalogue(path=write(SELLING), retire_missing=True)
            assert again.changes_nothing

    def test_a_retired_procedure_named_again_stays_retired_until_the_file_opens_it(self, write):
        load_catalogue(path=write(SELLING | {"active_to": "2020-01-01"}))
        assert [change.public_id for change in load_catalogue(path=write(SELLING)).closed] == ["9.000001"]
        assert not services.get_procedure("9.000001").is_in_force()
        load_catalogue(path=write(SELLING | {"active_to": None}))
        assert services.get_procedure("9.000001").is_in_force()

    def test_what_staff_changed_and_the_file_does_not_mention_stays(self, write):
        load_catalogue(path=write(SELLING))
        Procedure.objects.update(visit_minutes=90)
        assert load_catalogue(path=write(SELLING)).changes_nothing
        assert Procedure.objects.get().visit_minutes == 90

    def test_a_new_order_alone_makes_no_version(self, write):
        load_catalogue(path=write(SELLING, RENEWING))
        report = load_catalogue(path=write(RENEWING, SELLING))
        assert (report.reordered_count, report.changed) == (2, [])
        assert [procedure.code for procedure in services.open_procedures()] == ["9.000002", "9.000001"]

    def test_a_spreadsheet_says_the_same_as_the_json(self, write, tmp_path):
        load_catalogue(path=write(SELLING))
        workbook = openpyxl.Workbook()
        workbook.active.append([COLUMNS[key][0] for key in SELLING])
        cells = SELLING | {"field": "Lĩnh vực mẫu"}
        workbook.active.append(["\n".join(value) if isinstance(value, list) else value for value in cells.values()])
        workbook.save(tmp_path / "danh-muc.xlsx")
        assert load_catalogue(path=tmp_path / "danh-muc.xlsx").changes_nothing
        assert str(tmp_path / "danh-muc.xlsx") not in {file.path for file in psutil.Process().open_files()}

    def test_a_spreadsheet_of_an_office_loads(self, tmp_path):
        workbook = openpyxl.Workbook()
        workbook.active.append(
            ["Mã quốc gia", "Tên thủ tục", "Lĩnh vực", "Loại việc", "Giấy tờ", "Áp dụng từ", "Phí đã xác nhận"]
        )
        workbook.active.append(
            ["9.000003", "Cấp Giấy phép mẫu", "Lĩnh vực mẫu", "cap_moi", "Đơn\nẢnh", "01/02/2026", "không"]
        )
        workbook.active.append([None] * 7)
        workbook.save(tmp_path / "vp.xlsx")
        load_catalogue(path=tmp_path / "vp.xlsx")
        procedure = services.get_procedure("9.000003")
        assert services.papers_for(procedure) == ["Đơn", "Ảnh"]
        assert procedure.active_from == date(2026, 2, 1)
        assert procedure.field.name == "Lĩnh vực mẫu"


@pytest.mark.parametrize(
    ("procedure", "problem"),
    [
        ({"name": "Mẫu", "action": "cap_moi", "field": "mau"}, "cần mã quốc gia hoặc mã nội bộ"),
        ({"code": "9.000001", "action": "cap_moi", "field": "mau"}, "thiếu “Tên thủ tục”"),
        (SELLING | {"field": "la"}, "lĩnh vực “la” không có trong tệp"),
        (SELLING | {"mau": "x"}, "không hiểu mục “mau”"),
        (SELLING | {"processing_days": "mười"}, "“mười” không phải số nguyên"),
        (SELLING | {"fee_is_certain": "có lẽ"}, "“có lẽ” không phải có hay không"),
        (SELLING | {"active_from": "hôm qua"}, "“hôm qua” không phải ngày"),
        (SELLING | {"papers": 5}, "cần một danh sách"),
    ],
)
def test_a_file_is_told_what_is_wrong_and_where(write, procedure, problem):
    with pytest.raises(UnreadableCatalogue, match=problem) as refused:
        read_catalogue(write(procedure))
    assert refused.value.problems[0].startswith("Thủ tục thứ 1 (")


def test_every_problem_of_a_file_is_told_at_once(write):
    with pytest.raises(UnreadableCatalogue) as refused:
        read_catalogue(write({"code": "9.000001"}, SELLING, SELLING))
    assert len(refused.value.problems) == 4  # name, field and action missing; a code used twice


def test_files_that_are_no_catalogue_are_refused_with_a_sentence(tmp_path):
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.xlsx").write_text("không phải bảng tính")
    (tmp_path / "d.txt").write_text("")
    for name in ["a.json", "b.json", "c.xlsx", "d.txt", "khong-co.json", "khong-co.xlsx"]:
        with pytest.raises(UnreadableCatalogue):
            read_catalogue(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Cấp Giấy phép bán lẻ rượu", "giay-phep-ban-le-ruou"),
        ("Cấp sửa đổi, bổ sung Giấy phép bán lẻ rượu", "giay-phep-ban-le-ruou"),
        ("Cấp lại Giấy phép bán lẻ rượu", "giay-phep-ban-le-ruou"),
        ("Cấp điều chỉnh Giấy chứng nhận đủ điều kiện X", "giay-chung-nhan-du-dieu-kien-x"),
        ("Cấp Giấy chứng nhận đủ điều kiện X (ngành Công Thương)", "giay-chung-nhan-du-dieu-kien-x"),
        ("Gia hạn Giấy phép X", "giay-phep-x"),
    ],
)
def test_names_of_one_licence_give_one_family(name, family):
    assert derive_family(name) == family


def test_the_packaged_catalogue_keeps_its_doubts_and_never_calls_a_doubtful_fee_certain():
    entries = read_catalogue(PACKAGED_FILE).entries
    for entry in entries:
        fee, doubts = entry.values.get("fee", ""), entry.values.get("doubts", "")
        if entry.values.get("fee_is_certain"):
            assert fee
            assert "Phí: " not in doubts
        for guess in ("from memory", "nhớ lại", "cần kiểm tra"):
            assert guess not in fee + entry.values.get("legal_bases", "") + entry.values.get("processing_note", "")


@pytest.mark.django_db
class TestCommand:
    def run(self, *args):
        out = StringIO()
        call_command("load_catalogue", *args, stdout=out, no_color=True)
        return out.getvalue()

    def test_a_dry_run_shows_what_would_change(self, write):
        self.run(str(write(SELLING)))
        shown = self.run(str(write(SELLING | {"fee": "50.000 đồng"}, RENEWING)), "--dry-run")
        assert "+ 9.000002" in shown
        assert "~ 9.000001 Bán mẫu\n    phí, lệ phí: “Không” → “50.000 đồng”" in shown
        assert shown.endswith("Chạy thử: chưa ghi gì.\n")

    def test_a_second_load_says_that_nothing_changed(self):
        assert "Đã nạp danh mục." in self.run()
        assert "Không có thay đổi nào." in self.run()

    def test_what_is_missing_is_named_and_retired_on_demand(self, write):
        self.run(str(write(SELLING, RENEWING)))
        assert "? 9.000002" in self.run(str(write(SELLING)))
        assert "- 9.000002" in self.run(str(write(SELLING)), "--retire-missing")

    def test_an_unreadable_file_ends_with_its_problems(self, write):
        with pytest.raises(CommandError, match="thiếu “Tên thủ tục”"):
            self.run(str(write({"code": "9.000001", "action": "cap_moi", "field": "mau"})))
