from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from procedures.models import DossierComponent, Keyword, Procedure
from tests.factories.procedures import ProcedureFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrong", "constraint", "sentence"),
    [
        ({"code": "rượu"}, "procedure_code_is_of_the_national_catalogue", "Mã thủ tục quốc gia có dạng 2.000620"),
        ({"code": "", "local_id": "x y"}, "procedure_local_id_fits_in_an_address", "Mã nội bộ chỉ gồm chữ in hoa"),
        ({"is_in_scope": False}, "procedure_out_of_scope_says_where_to_turn", "phải ghi nơi tiếp nhận"),
        ({"fee_is_certain": True}, "procedure_certain_fee_is_written_down", "phải ghi mức phí"),
        ({"processing_days": 0}, "procedure_takes_at_least_a_day", "ít nhất một ngày"),
        ({"visit_minutes": 5}, "procedure_visit_lasts_15_to_240_minutes", "từ 15 đến 240 phút"),
        (
            {"active_from": date(2026, 5, 2), "active_to": date(2026, 5, 1)},
            "procedure_ends_after_it_starts",
            "không được trước ngày bắt đầu",
        ),
    ],
)
def test_the_database_refuses_nonsense_and_the_form_says_so(wrong, constraint, sentence):
    procedure = ProcedureFactory.build(**wrong)
    procedure.field.save()
    procedure.field_id = procedure.field.pk
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        procedure.save()
    with pytest.raises(ValidationError, match=sentence):
        procedure.full_clean()


def test_two_procedures_never_share_a_national_code_but_many_have_none():
    ProcedureFactory(code="9.123456")
    with pytest.raises(IntegrityError, match="procedure_code_names_one_procedure"), transaction.atomic():
        ProcedureFactory(code="9.123456", local_id="X-KHAC")
    ProcedureFactory(without_code=True)
    ProcedureFactory(without_code=True)


def test_a_paper_and_a_keyword_are_listed_once():
    procedure = ProcedureFactory(papers=["Đơn đề nghị"], keywords=["rượu"])
    with pytest.raises(IntegrityError, match="dossier_component_is_listed_once"), transaction.atomic():
        DossierComponent.objects.create(procedure=procedure, text="Đơn đề nghị")
    with pytest.raises(IntegrityError, match="keyword_is_listed_once"), transaction.atomic():
        Keyword.objects.create(procedure=procedure, phrase="rượu")


def test_a_keyword_knows_its_letters_without_marks():
    keyword = Keyword.objects.create(procedure=ProcedureFactory(), phrase="Bán Rượu Đế")
    assert keyword.folded == "ban ruou de"


def test_in_force_counts_the_first_and_the_last_day():
    ProcedureFactory(local_id="X-1", active_from=date(2026, 3, 1), active_to=date(2026, 3, 31))
    open_on = [
        Procedure.objects.in_force(date(2026, month, day)).exists() for month, day in [(2, 28), (3, 1), (3, 31), (4, 1)]
    ]
    assert open_on == [False, True, True, False]
    procedure = Procedure.objects.get()
    assert [procedure.is_in_force(date(2026, 3, day)) for day in (1, 31)] == [True, True]


def test_an_unconfirmed_fee_is_never_told_to_a_citizen():
    assert "báo lại" in ProcedureFactory(fee="1.200.000 đồng").fee_for_citizens
    assert ProcedureFactory(with_certain_fee=True).fee_for_citizens == "100.000 đồng"


def test_the_portal_is_found_by_code_through_the_pattern_of_the_settings(settings):
    settings.PORTAL_URL_TEMPLATE = "https://cong.example/xem?ma={code}"
    assert ProcedureFactory(code="9.000777").portal_link == "https://cong.example/xem?ma=9.000777"
    assert ProcedureFactory(without_code=True).portal_link == ""
    assert ProcedureFactory(portal_url="https://cong.example/rieng").portal_link == "https://cong.example/rieng"
