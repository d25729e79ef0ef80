"""What citizens read without logging in, and what staff read besides."""

import pytest

from procedures import services
from procedures.models import Procedure
from tests.factories.procedures import ProcedureFactory

pytestmark = pytest.mark.django_db

DOUBTFUL = {"fee": "1.200.000 đồng", "doubts": "Phí là suy luận.", "sources": "Trang mẫu"}


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_reads_a_procedure_without_logging_in(client):
    ProcedureFactory(
        code="9.000500", short_name="Bán mẫu", papers=["Đơn đề nghị", "Ảnh cửa hàng"], with_certain_fee=True,
        processing_days=10, legal_bases="Nghị định 1/2026\nThông tư 2/2026", result="Giấy phép mẫu", keywords=["mẫu"],
    )  # fmt: skip
    page = text_of(client.get("/thu-tuc/9.000500/"))
    for words in ["Bán mẫu", "Đơn đề nghị", "Ảnh cửa hàng", "100.000 đồng", "10 ngày làm việc", "Thông tư 2/2026",
                  "Giấy phép mẫu", "keyword=9.000500"]:  # fmt: skip
        assert words in page
    assert page.index("Đơn đề nghị") < page.index("Ảnh cửa hàng")


def test_a_citizen_never_sees_an_unconfirmed_fee(client):
    procedure = ProcedureFactory(**DOUBTFUL)
    page = text_of(client.get(procedure.get_absolute_url()))
    assert "1.200.000" not in page
    assert "Cán bộ sẽ báo lại" in page
    assert "suy luận" not in page
    assert "Trang mẫu" not in page


def test_staff_see_the_fee_with_its_mark_and_the_doubts(client, verifier):
    procedure = ProcedureFactory(**DOUBTFUL)
    client.force_login(verifier)
    page = text_of(client.get(procedure.get_absolute_url()))
    assert "Chưa xác nhận</span> 1.200.000 đồng" in page
    assert "suy luận" in page


def test_no_page_of_the_packaged_catalogue_tells_a_doubtful_fee(client, catalogue):
    for procedure in Procedure.objects.filter(fee_is_certain=False).exclude(fee="").exclude(fee="Không"):
        assert procedure.fee not in text_of(client.get(procedure.get_absolute_url()))


def test_a_registration_can_show_the_procedure_as_it_was(client):
    procedure = ProcedureFactory(papers=["Đơn cũ"], versioned=True)
    procedure.components.update(text="Đơn mới")
    services.record_version(procedure=procedure, reason="Sửa")
    then = text_of(client.get(procedure.get_absolute_url(), {"phien-ban": "1"}))
    assert "Đơn cũ" in then
    assert "Xem nội dung hiện nay" in then
    assert "Đơn mới" in text_of(client.get(procedure.get_absolute_url()))
    for wrong in ["9", "x", "-1", "²", "99999999999"]:
        assert client.get(procedure.get_absolute_url(), {"phien-ban": wrong}).status_code == 404


def test_a_retired_procedure_says_so(client):
    page = text_of(client.get(ProcedureFactory(retired=True).get_absolute_url()))
    assert "Hiện không nhận thủ tục này." in page


def test_what_we_do_not_do_says_who_does(client):
    page = text_of(client.get(ProcedureFactory(elsewhere=True).get_absolute_url()))
    assert "Anh/chị liên hệ: Cơ quan Mẫu." in page


def test_an_unknown_code_is_not_found(client):
    assert client.get("/thu-tuc/9.999999/").status_code == 404


def test_the_list_has_what_we_help_with_by_field(client):
    ours = ProcedureFactory(short_name="Của ta")
    ProcedureFactory(elsewhere=True, short_name="Nơi khác nhận")
    ProcedureFactory(retired=True, short_name="Đã ngừng")
    page = text_of(client.get("/thu-tuc/"))
    assert "Của ta" in page
    assert ours.field.name in page
    assert "Nơi khác nhận" not in page
    assert "Đã ngừng" not in page


def test_an_empty_catalogue_has_a_page(client):
    assert "Chưa có thủ tục nào" in text_of(client.get("/thu-tuc/"))


def test_the_box_answers_with_the_procedure_or_with_a_question(client, catalogue):
    match = text_of(client.get("/thu-tuc/", {"q": "ban ruou"}))
    assert "Thủ tục anh/chị cần" in match
    assert "Giấy phép bán lẻ rượu (cấp mới)" in match
    assert "Anh/chị cần thủ tục nào?" in text_of(client.get("/thu-tuc/", {"q": "rượu và thuốc lá"}))


def test_the_box_says_where_to_turn_or_shows_the_whole_list(client, catalogue):
    assert "xuất nhập cảnh" in text_of(client.get("/thu-tuc/", {"q": "hộ chiếu"}))
    nothing = text_of(client.get("/thu-tuc/", {"q": "<b>rươi</b>"}))
    assert "&lt;b&gt;rươi" in nothing
    assert "Kinh doanh khí" in nothing


def test_the_answer_swapped_in_equals_the_answer_of_a_reload(client, catalogue):
    for words in ["gas", "hộ chiếu", "rượu và thuốc lá"]:
        swapped = text_of(client.get("/thu-tuc/", {"q": words}, headers={"HX-Request": "true"})).strip()
        assert swapped.startswith('<div id="tra-loi"')
        assert swapped in text_of(client.get("/thu-tuc/", {"q": words}))


def test_the_list_costs_the_same_however_long_it_is(client, django_assert_num_queries):
    for _ in range(12):
        ProcedureFactory()
    with django_assert_num_queries(1):
        client.get("/thu-tuc/")


def test_pages_are_only_read(client):
    assert client.post("/thu-tuc/").status_code == 405
