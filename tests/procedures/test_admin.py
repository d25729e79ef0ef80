"""The catalogue in the administration."""

import pytest
from django.test import Client
from django.urls import reverse

from procedures.models import Keyword, Procedure
from tests.factories.procedures import FieldFactory, ProcedureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(administrator):
    # Not the strict client: Django's own forms carry JSON whose braces look like template source.
    client = Client()
    client.force_login(administrator)
    return client


def form_of(procedure, **changes):
    """The change form as a browser would send it back, with one more keyword."""
    plain = {
        field.name: getattr(procedure, field.attname)
        for field in Procedure._meta.concrete_fields
        if field.editable and field.name not in {"id", "updated_at"}
    }
    data = {name: value for name, value in plain.items() if value is not None and value is not False}
    for prefix in ("components", "keywords", "versions"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | {"keywords-TOTAL_FORMS": 1, "keywords-0-phrase": "chim yến"} | changes


def test_saving_keeps_the_history_with_its_author(signed_in, administrator):
    procedure = ProcedureFactory(versioned=True)
    url = reverse("admin:procedures_procedure_change", args=[procedure.pk])
    assert "phiên bản thủ tục" in signed_in.get(url).content.decode().lower()
    response = signed_in.post(url, form_of(procedure, fee="50.000 đồng", fee_is_certain="on"))
    assert response.status_code == 302, response.context["errors"]
    procedure.refresh_from_db()
    assert procedure.current_version == 2
    version = procedure.versions.get(number=2)
    assert version.author == administrator
    assert version.snapshot["fee"] == "50.000 đồng"
    assert version.snapshot["keywords"] == ["chim yến"]


def test_a_form_that_contradicts_itself_is_told_in_a_sentence(signed_in):
    procedure = ProcedureFactory()
    url = reverse("admin:procedures_procedure_change", args=[procedure.pk])
    page = signed_in.post(url, form_of(procedure, is_in_scope="")).content.decode()
    assert "Thủ tục ngoài phạm vi phải ghi nơi tiếp nhận." in page


def test_a_procedure_cannot_be_deleted(signed_in):
    url = reverse("admin:procedures_procedure_delete", args=[ProcedureFactory().pk])
    assert signed_in.post(url, {"post": "yes"}).status_code == 403
    assert Procedure.objects.exists()


@pytest.mark.parametrize("words", ["giay phep nuoi chim", "Giấy phép nuôi CHIM", "yen sao", "9.0006", "x-c"])
def test_the_search_box_finds_names_words_and_codes_without_marks(signed_in, words):
    found = ProcedureFactory(code="9.000600", local_id="X-CHIM", name="Cấp Giấy phép nuôi chim", keywords=["yến sào"])
    other = ProcedureFactory(code="9.000700")
    page = signed_in.get(reverse("admin:procedures_procedure_changelist"), {"q": words}).content.decode()
    assert found.short_name in page
    assert other.short_name not in page


def test_a_phrase_can_be_tried_and_the_answer_says_why(signed_in):
    ProcedureFactory(short_name="Nuôi chim yến", keywords=["chim yến"])
    assert "Thử một câu" in signed_in.get(reverse("admin:procedures_procedure_changelist")).content.decode()
    page = signed_in.post(reverse("admin:procedures_procedure_try"), {"cau": "xin giay chim yen"}).content.decode()
    assert "đúng thủ tục này" in page
    assert "Nuôi chim yến" in page
    assert "từ khóa “chim yến”" in page
    assert "yến (90%)" in page


def test_a_phrase_of_another_office_shows_where_people_are_sent(signed_in):
    procedure = ProcedureFactory(elsewhere=True, keywords=["hộ chiếu"])
    page = signed_in.post(reverse("admin:procedures_procedure_try"), {"cau": "hộ chiếu"}).content.decode()
    assert "không thuộc danh mục" in page
    assert procedure.refer_to in page


def test_only_who_may_see_the_catalogue_tries_phrases(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("mau", is_staff=True))
    assert client.get(reverse("admin:procedures_procedure_try")).status_code == 403
    client.logout()
    assert client.get(reverse("admin:procedures_procedure_try")).status_code == 302


def test_a_field_in_use_cannot_be_deleted(signed_in):
    used, unused = ProcedureFactory().field, FieldFactory(code="trong")
    assert signed_in.get(reverse("admin:procedures_field_delete", args=[used.pk])).status_code == 403
    assert signed_in.get(reverse("admin:procedures_field_delete", args=[unused.pk])).status_code == 200


def test_a_keyword_typed_twice_is_refused_in_a_sentence(signed_in):
    procedure = ProcedureFactory(keywords=["chim yến"])
    url = reverse("admin:procedures_procedure_change", args=[procedure.pk])
    page = signed_in.post(url, form_of(procedure)).content.decode()
    assert "Từ khóa này đã có trong danh sách." in page
    assert Keyword.objects.count() == 1
