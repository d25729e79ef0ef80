"""Being forgotten: whatever names a person is gone from every table and from the disk, and merged records go along."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from registrations import data_requests, services
from registrations.erasure import erase_last_words
from registrations.errors import StaleState
from registrations.merging import merge_citizens
from registrations.models import Attachment, Citizen, DataRequest, Dialogue, Registration
from registrations.notifying import write_note
from registrations.retention import erase_expired
from scheduling.models import BoardChange
from tests.factories.registrations import CitizenFactory, ContactFactory
from tests.factories.scheduling import NOW
from zalo_bridge.models import OutboundMessage, WebhookEvent

NAME, PHONE = "Người Mẫu Zyxova", "+84900000977"
TRACES = ("zyxova", "900000977", "900 000 977")
TEXT_TYPES = ("text", "character varying", "jsonb", "ARRAY")


def tables_naming(traces: Iterable[str]) -> dict[str, list[str]]:
    """Every table that holds one of these words in any column, with the columns."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = ANY(%s)",
            [[*TEXT_TYPES, "bytea"]],
        )
        for table, column, type_ in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if type_ == "bytea" else f'"{column}"::text'
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE {text} ILIKE ANY(%s))',  # noqa: S608
                [[f"%{trace}%" for trace in traces]],
            )
            if cursor.fetchone()[0]:
                found.setdefault(table, []).append(column)
    return found


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def known(request_in, clerk, manager, lan, ward):
    """`known(contact=…)`: somebody who is named wherever a person can be named."""

    def make(contact=None) -> Registration:
        person = CitizenFactory(contact=contact, name=NAME, phone=PHONE, address_line="Ngõ Zyxova")
        row = request_in("submitted", citizen=person, address_line="Ngõ Zyxova", words="Zyxova bán rượu")
        double = CitizenFactory(contact=contact, name=NAME, phone="", address_line="", priority="elderly")
        other = request_in("submitted", citizen=double, time_wish="Zyxova rảnh chiều")
        merge_citizens(keep=double, absorb=person, by=manager)
        row.refresh_from_db()
        edits = {"name": f"{NAME} Hai", "address_line": "Hẻm Zyxova", "time_wish": "Zyxova", "words": "Zyxova thuốc"}
        services.edit(registration=row, fields=edits, expected_version=None, actor=clerk)
        services.save_checklist(registration=row, actor=clerk, answers={}, papers=[], note="Nhà Zyxova cổng xanh")
        write_note(registration=row, author=manager, text="Zyxova nói con trai giữ máy")
        services.log_call(registration=row, outcome="no_answer", actor=clerk, note="Zyxova không nghe")
        services.ask_for_more(registration=row, reason="Thiếu giấy của Zyxova", actor=clerk)
        services.verify(registration=row, actor=clerk, note="Zyxova đã gửi")
        services.assign(registration=row, staff=lan, actor=clerk, reason="Quen bà Zyxova")
        services.unassign(registration=row, actor=clerk, reason="Zyxova xin người khác")
        services.owe_call(registration=row, notice_key="x", note="Tin cho Zyxova không tới")
        BoardChange.objects.create(
            appointment=row.appointment,
            from_slot=row.appointment.slot,
            to_slot=row.appointment.slot,
            reason="Zyxova bận",
            by=manager,
        )
        Registration.objects.filter(pk=row.pk).update(rating_words="Zyxova hài lòng")
        services.reject(registration=other, reason="Zyxova đăng ký hai lần", actor=clerk)
        # A paper sent before there was a request hangs on the chat alone.
        for place in [{"registration": row}, *([{"contact": contact}] if contact else [])]:
            paper = Attachment(kind="file", name="zyxova.pdf", source_url="https://f.zdn.invalid/zyxova", **place)
            paper.file.save("zyxova.pdf", ContentFile(b"%PDF"))
        if contact is not None:
            Dialogue.objects.create(
                contact=contact, data={"details": {"name": NAME, "phone": PHONE}}, wants_human_because="Zyxova hỏi"
            )
            WebhookEvent.objects.create(
                dedupe_key="z", user_id=contact.user_id, raw=b'{"text": "Zyxova"}', happened_at=NOW, state="done"
            )
        seen = data_requests.take(registration=row, kind="see", words="Zyxova muốn xem", now=NOW)
        words = data_requests.suggested_words(seen, data_requests.holdings_of(seen))
        assert words.count("Họ tên") == 2, "the record merged into another is told of, too"
        for deed in ("gia-han", "xong"):
            data_requests.work_on(number=seen.pk, deed=deed, words=words, told="goi", user=manager, now=NOW)
        return row

    return make


def forget(registration: Registration, manager, commits) -> DataRequest:
    asked = data_requests.take(registration=registration, kind="delete", words="Xóa giúp Zyxova", now=NOW)
    with commits(execute=True):
        for deed in ("tra-loi", "xong"):
            data_requests.work_on(
                number=asked.pk, deed=deed, words="Vâng, cô Zyxova", told="goi", user=manager, now=NOW
            )
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize("by_zalo", [True, False])
def test_who_asks_to_be_forgotten_is_named_nowhere_any_more(
    by_zalo, known, manager, media, django_capture_on_commit_callbacks
):
    registration = known(contact=ContactFactory(display_name="Zyxova") if by_zalo else None)
    before = tables_naming(TRACES)
    assert {"registrations_note", "registrations_transition", "scheduling_assignment", "registrations_merge"} <= set(
        before
    )
    assert {"payload"} <= set(before["zalo_bridge_outboundmessage"])
    asked = forget(registration, manager, django_capture_on_commit_callbacks)
    assert asked.done_at
    assert tables_naming(TRACES) == {}
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert not OutboundMessage.objects.filter(state__in=["queued", "retry"], is_reply=False).exists()
    # Who did what, and when, can still be read; so can the reasons that are nobody's words.
    steps = list(registration.transitions.values_list("to_state", "reason"))
    assert ("cancelled", "Người dân rút lại đồng ý") in steps
    assert ("needs_info", "(đã xóa)") in steps
    assert [step["did"] for step in asked.steps] == ["tra-loi", "xong"]


def test_strangers_keep_their_words_when_somebody_is_forgotten(
    known, request_in, clerk, manager, django_capture_on_commit_callbacks
):
    stranger = request_in("submitted", citizen=CitizenFactory(name="Người Mẫu Wyvern"))
    write_note(registration=stranger, author=manager, text="Wyvern gọi lại")
    services.ask_for_more(registration=stranger, reason="Thiếu giấy của Wyvern", actor=clerk)
    before = tables_naming(["wyvern"])
    forget(known(), manager, django_capture_on_commit_callbacks)
    assert tables_naming(["wyvern"]) == before


def test_a_message_on_its_way_during_the_erasure_is_emptied_the_night_after(
    known, manager, django_capture_on_commit_callbacks
):
    registration = known()
    message = OutboundMessage.objects.filter(kind="needs_info").get()
    OutboundMessage.objects.filter(pk=message.pk).update(state="sending")
    forget(registration, manager, django_capture_on_commit_callbacks)
    assert set(tables_naming(TRACES)) == {"zalo_bridge_outboundmessage"}
    OutboundMessage.objects.filter(pk=message.pk).update(state="failed")
    assert erase_last_words(now=NOW + timedelta(days=1)) == 1
    assert tables_naming(TRACES) == {}


def test_nobody_writes_a_name_back_after_the_erasure(known, manager, clerk, django_capture_on_commit_callbacks):
    registration = known()
    forget(registration, manager, django_capture_on_commit_callbacks)
    with pytest.raises(StaleState):
        services.edit(registration=registration, fields={"name": NAME}, expected_version=None, actor=clerk)
    assert tables_naming(TRACES) == {}


def test_what_is_answered_after_the_erasure_keeps_no_words(known, manager, django_capture_on_commit_callbacks):
    registration = known()
    asked = data_requests.take(registration=registration, kind="correct", words="Zyxova đổi tên", now=NOW)
    forget(registration, manager, django_capture_on_commit_callbacks)
    data_requests.work_on(number=asked.pk, deed="xong", words="Cô Zyxova", told="goi", user=manager, now=NOW)
    assert tables_naming(TRACES) == {}


def closed_long_ago(request_in, citizen, days=300, state="cancelled") -> Registration:
    row = request_in(state, citizen=citizen, state_reason="x", dossier_number="H32-1")
    Registration.objects.filter(pk=row.pk).update(state_changed_at=NOW - timedelta(days=days))
    Citizen.objects.filter(pk=citizen.pk).update(created_at=NOW - timedelta(days=days))
    return row


def test_a_record_merged_away_goes_with_the_one_it_was_merged_into(request_in, manager):
    first, second, third = (CitizenFactory() for _ in range(3))
    closed_long_ago(request_in, first)
    for citizen in (second, third):
        Citizen.objects.filter(pk=citizen.pk).update(created_at=NOW - timedelta(days=300))
    merge_citizens(keep=second, absorb=first, by=manager)
    merge_citizens(keep=third, absorb=second, by=manager)
    assert erase_expired(now=NOW) == 1
    assert not Citizen.objects.filter(erased_at=None).exists()
    assert not Citizen.objects.exclude(phone="").exists()


def test_a_record_left_behind_by_an_earlier_erasure_is_found(request_in):
    gone = CitizenFactory(phone="", address_line="", erased_at=NOW)
    left = CitizenFactory(merged_into=gone)
    Citizen.objects.update(created_at=NOW - timedelta(days=300))
    assert erase_expired(now=NOW) == 1
    left.refresh_from_db()
    assert left.phone == ""


def test_people_whose_time_is_not_over_do_not_hold_up_those_behind_them(request_in):
    for _ in range(2):
        closed_long_ago(request_in, CitizenFactory(), state="completed")
    last = CitizenFactory()
    closed_long_ago(request_in, last)
    assert erase_expired(now=NOW, limit=2) == 1
    last.refresh_from_db()
    assert last.erased_at == NOW


def test_a_chat_somebody_else_still_uses_is_kept(request_in):
    contact = ContactFactory(display_name="Người Mẫu Chung")
    closed_long_ago(request_in, CitizenFactory(contact=contact))
    request_in("submitted", citizen=CitizenFactory(contact=contact))
    assert erase_expired(now=NOW) == 1
    contact.refresh_from_db()
    assert (contact.display_name, contact.withdrawn_at) == ("Người Mẫu Chung", None)
