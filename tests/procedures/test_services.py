"""The catalogue's door."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from procedures import services
from procedures.errors import ProcedureNotFound, VersionNotFound
from procedures.models import Keyword, Procedure
from tests.factories.procedures import FieldFactory, ProcedureFactory

pytestmark = pytest.mark.django_db


def test_a_procedure_is_found_by_code_or_by_local_id():
    coded = ProcedureFactory(code="9.000100", local_id="X-CU")
    uncoded = ProcedureFactory(without_code=True)
    assert services.get_procedure("9.000100") == coded
    assert services.get_procedure("X-CU") == coded
    assert services.get_procedure(uncoded.local_id) == uncoded
    for nothing in ("", "khong-co"):
        with pytest.raises(ProcedureNotFound):
            services.get_procedure(nothing)


def test_open_procedures_are_in_scope_and_in_force():
    ours = ProcedureFactory()
    ProcedureFactory(elsewhere=True)
    ProcedureFactory(retired=True)
    ProcedureFactory(active_from=timezone.localdate() + timedelta(days=1))
    assert list(services.open_procedures()) == [ours]


def test_fields_are_those_of_what_we_do_today():
    ProcedureFactory(field=FieldFactory(code="cua-ta"))
    ProcedureFactory(field=FieldFactory(code="cua-ta"))
    ProcedureFactory(elsewhere=True, field=FieldFactory(code="noi-khac"))
    ProcedureFactory(retired=True, field=FieldFactory(code="da-ngung"))
    assert [field.code for field in services.fields_in_scope()] == ["cua-ta"]


def test_a_promise_is_shown_as_it_was_made():
    procedure = ProcedureFactory(papers=["Đơn cũ"], versioned=True)
    procedure.components.update(text="Đơn mới")
    services.record_version(procedure=procedure, reason="Sửa mẫu đơn")
    assert services.papers_as_promised(procedure=procedure, version=1) == ["Đơn cũ"]
    assert services.papers_as_promised(procedure=procedure, version=2) == ["Đơn mới"]
    assert services.papers_as_promised(procedure=procedure, version=9) == ["Đơn mới"]
    with pytest.raises(VersionNotFound):
        services.procedure_as_it_was(procedure=procedure, version=9)


def test_saving_without_a_change_makes_no_version():
    procedure = ProcedureFactory(versioned=True)
    assert services.record_version(procedure=procedure, reason="Lưu lại") is None
    procedure.refresh_from_db()
    assert procedure.current_version == 1


def test_search_sees_a_new_keyword_at_once_however_it_was_written():
    procedure = ProcedureFactory(keywords=["nuôi chim yến"])
    assert services.search_text("chim cút").codes == []
    Keyword.objects.bulk_create([Keyword(procedure=procedure, phrase="chim cút")])
    assert services.search_text("bán chim cút").codes == [procedure.code]
    Keyword.objects.filter(phrase="chim cút").update(phrase="chim sẻ")
    assert services.search_text("bán chim cút").codes == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procedures_keyword")
    assert services.search_text("nuôi chim yến").verdict == services.NONE


def test_search_forgets_a_change_that_was_rolled_back():
    procedure = ProcedureFactory(keywords=["chim yến"])
    assert services.search_text("chim yến").codes == [procedure.code]
    with transaction.atomic():
        Keyword.objects.create(procedure=procedure, phrase="chim sẻ")
        assert services.search_text("chim sẻ").codes == [procedure.code]
        transaction.set_rollback(True)
    assert services.search_text("chim sẻ").codes == []
    # The next change must not be taken for the one that was taken back.
    Keyword.objects.create(procedure=procedure, phrase="chim cút")
    assert services.search_text("chim sẻ").codes == []
    assert services.search_text("chim cút").codes == [procedure.code]


def test_a_procedure_is_found_from_its_first_day_to_its_last():
    ProcedureFactory(code="9.000200", keywords=["chim yến"], active_from="2026-12-01", active_to="2026-12-31")
    found = []
    for day in ["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"]:
        with time_machine.travel(f"{day} 12:00+07:00"):
            found.append(services.search_text("chim yến").codes)
    assert found == [[], ["9.000200"], ["9.000200"], []]


def test_search_asks_the_database_one_small_question(django_assert_num_queries):
    ProcedureFactory(keywords=["chim yến"])
    services.search_text("chim yến")
    with django_assert_num_queries(1):
        services.search_text("bán chim yến")


def test_what_was_found_comes_as_procedures_in_order():
    new = ProcedureFactory(code="9.000301", family="yen", keywords=["chim yến"], position=2)
    again = ProcedureFactory(code="9.000302", family="yen", action=Procedure.Action.RENEW, position=1)
    assert services.procedures_in(services.search_text("chim yến")) == [new, again]
    assert services.procedures_in(services.search_text("giấy chim yến hết hạn")) == [again, new]


def test_an_explanation_shows_how_each_word_was_read():
    ProcedureFactory(keywords=["rượu"])
    explanation = services.explain("ban ruwowju")
    assert [(word.typed, [meant.word for meant in word.meant]) for word in explanation.words] == [
        ("ban", []),
        ("ruwowju", ["rượu"]),
    ]
