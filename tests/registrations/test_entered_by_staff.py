"""What staff enter and mend themselves: by phone or at the counter, edits, the same person twice."""

import pytest

from registrations import services
from registrations.models import (
    Consent,
    Merge,
    Registration,
)
from tests.factories.procedures import FieldFactory, ProcedureFactory
from tests.factories.registrations import CitizenFactory
from tests.factories.scheduling import WardFactory

pytestmark = pytest.mark.django_db


def url(registration: Registration, slug: str = "") -> str:
    return f"/ho-so/{registration.code}/" + (f"{slug}/" if slug else "")


def test_the_second_saver_chooses_between_both_versions(desk, request_in, clerk):
    registration = request_in(address_line="Tổ 1")
    form = {
        "name": registration.citizen.name,
        "phone": registration.citizen.phone,
        "procedure": registration.procedure_id,
        "ward": registration.ward_id,
        "address_line": "Tổ 3",
        "expected_version": 1,
    }
    services.edit(registration=registration, fields={"address_line": "Tổ 2"}, expected_version=1, actor=clerk)
    response = desk.post(url(registration, "sua"), form)
    page = response.content.decode()
    assert "Tổ 2" in page
    assert "Tổ 3" in page
    registration.refresh_from_db()
    assert registration.address_line == "Tổ 2"
    desk.post(url(registration, "sua"), {**form, "overwrite": "1"})
    registration.refresh_from_db()
    assert registration.address_line == "Tổ 3"


def test_an_edit_shows_old_and_new_in_the_timeline(desk, request_in, clerk):
    registration = request_in(address_line="Tổ 1")
    services.edit(registration=registration, fields={"address_line": "Tổ 9"}, expected_version=1, actor=clerk)
    assert "Tổ 1 → Tổ 9" in desk.get(url(registration) + "?loai=edit").content.decode()


def test_a_request_by_phone_is_entered_with_consent_and_the_known_citizen(desk, ward, procedure, free_slot):
    known = CitizenFactory(phone="+84905123456", name="Người Mẫu Quen")
    facts = {
        "channel": "phone",
        "phone": "0905 123 456",
        "name": "Người Mẫu Quen",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "procedure": procedure.pk,
        "slot": free_slot.pk,
    }
    response = desk.post("/ho-so/them/", facts)
    assert "Chưa có đồng ý" in response.content.decode()
    assert not Registration.objects.exists()
    response = desk.post("/ho-so/them/", {**facts, "consent": "on"}, follow=True)
    registration = Registration.objects.get()
    assert registration.citizen == known
    assert registration.code in response.content.decode()
    assert Consent.objects.get().taken_by is not None


def at_desk(ward, **facts):
    return {
        "channel": "phone",
        "phone": "0905 123 456",
        "address_line": "Tổ 9",
        "ward": ward.pk,
        "consent": "on",
        **facts,
    }


def test_a_daughter_on_her_mothers_telephone_is_another_person(desk, request_in, ward):
    mother = CitizenFactory(phone="+84905123456", name="Người Mẫu Mẹ", address_line="Tổ 5")
    hers = request_in(citizen=mother)
    desk.post("/ho-so/them/", at_desk(ward, name="Người Mẫu Con"))
    mother.refresh_from_db()
    assert (mother.name, mother.address_line) == ("Người Mẫu Mẹ", "Tổ 5")
    made = Registration.objects.exclude(pk=hers.pk).get()
    assert (made.citizen.name, made.citizen.address_line) == ("Người Mẫu Con", "Tổ 9")
    assert "Có thể trùng người" in desk.get(url(made)).content.decode(), "whoever knows better merges the two"


def test_what_a_known_citizen_tells_anew_stands_in_the_history(desk, ward, verifier):
    old = WardFactory(short_name="Mẫu Cũ")
    merged_into = CitizenFactory(phone="", name="Người Mẫu Quen", address_line="Tổ 5", ward=old)
    CitizenFactory(phone="+84905123456", name="Người  mẫu quen", merged_into=merged_into)
    desk.post("/ho-so/them/", at_desk(ward, name="người mẫu Quen", priority="elderly"))
    made = Registration.objects.get()
    assert made.citizen == merged_into
    assert (made.citizen.name, made.citizen.address_line, made.citizen.ward) == ("Người Mẫu Quen", "Tổ 9", ward)
    lines = [(line.field, line.old, line.new, line.actor) for line in made.changes.order_by("pk")]
    assert lines == [
        ("home", "Tổ 5, Phường Mẫu Cũ", "Tổ 9, Phường Mẫu Bắc", verifier),
        ("priority", "Không", "Người cao tuổi", verifier),
    ]
    assert "Sửa địa chỉ người dân" in desk.get(url(made)).content.decode()


def test_a_second_press_on_add_enters_one_request(desk, ward, procedure):
    form = desk.get("/ho-so/them/").context
    facts = {
        "key": form["key"],
        "channel": "counter",
        "phone": "0905123456",
        "name": "Người Mẫu",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "procedure": procedure.pk,
        "time_wish": "sáng thứ Sáu",
        "consent": "on",
    }
    first, second = desk.post("/ho-so/them/", facts), desk.post("/ho-so/them/", facts)
    registration = Registration.objects.get()
    assert first.url == second.url == f"/ho-so/{registration.code}/"


def test_a_taken_slot_is_said_beside_the_field(desk, ward, procedure, free_slot):
    type(free_slot).objects.update(booked=1, capacity=2)
    facts = {
        "channel": "counter",
        "phone": "0905123456",
        "name": "Người Mẫu",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "slot": free_slot.pk,
        "consent": "on",
    }
    desk.get("/ho-so/them/")
    assert desk.post("/ho-so/them/", facts).status_code == 302
    response = desk.post("/ho-so/them/", {**facts, "phone": "0905123457"})
    assert response.status_code == 200
    assert response.context["form"].errors["slot"]


def test_the_same_person_twice_is_shown_merged_and_taken_apart(desk, request_in):
    first = request_in(citizen=CitizenFactory(phone="+84905123456", address_line=""))
    second = request_in(citizen=CitizenFactory(phone="+84905123456", address_line="Tổ 9"))
    assert "Có thể trùng người" in desk.get(url(first)).content.decode()
    desk.post(url(first, "trung/gop"), {"other": second.citizen_id})
    second.refresh_from_db()
    first.citizen.refresh_from_db()
    assert second.citizen_id == first.citizen_id
    assert first.citizen.address_line == "Tổ 9"
    assert second.code in desk.get(url(first)).content.decode()
    merge = Merge.objects.get()
    desk.post(url(first, "trung/tach"), {"merge": merge.pk})
    second.refresh_from_db()
    first.citizen.refresh_from_db()
    assert second.citizen_id == merge.absorbed_id
    assert first.citizen.address_line == ""


def test_only_a_likely_double_can_be_merged(desk, request_in):
    first, stranger = request_in(), request_in()
    desk.post(url(first, "trung/gop"), {"other": stranger.citizen_id})
    assert not Merge.objects.exists()


def test_a_mended_ward_reaches_the_visit_and_ends_who_does_not_cover_it(request_in, lan, clerk):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    elsewhere = WardFactory(short_name="Mẫu Nam")
    services.edit(registration=registration, fields={"ward": elsewhere}, expected_version=None, actor=clerk)
    visit = registration.appointment
    visit.refresh_from_db()
    assert visit.ward == elsewhere
    assert not visit.assignments.filter(is_active=True).exists()
    assert registration.state == "verified"
    assert "cán bộ cũ không đi được" in registration.state_reason
    lan.wards.add(elsewhere)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.edit(registration=registration, fields={"ward": lan.wards.first()}, expected_version=None, actor=clerk)
    registration.refresh_from_db()
    assert registration.state == "assigned", "who covers the new ward too still goes"


def test_a_mended_procedure_reaches_the_visit_and_says_when_it_does_not_fit(request_in, lan, clerk, office):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    other = ProcedureFactory(field=FieldFactory(), visit_minutes=60)
    services.edit(registration=registration, fields={"procedure": other}, expected_version=None, actor=clerk)
    visit = registration.appointment
    visit.refresh_from_db()
    assert visit.field == other.field
    assert registration.state == "assigned", "knowing the field is a merit, not a condition"
    long_one = ProcedureFactory(field=other.field, visit_minutes=240)
    services.edit(registration=registration, fields={"procedure": long_one}, expected_version=None, actor=clerk)
    took = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
    visit.refresh_from_db()
    assert int((visit.ends_at - visit.starts_at).total_seconds() // 60) == took, "it keeps the length it could have"
    assert registration.changes.filter(field="visit", new__contains="không đủ chỗ").exists()
