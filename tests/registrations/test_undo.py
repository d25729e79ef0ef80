"""Whatever a clerk has just done can be taken back, wholly, for some minutes, and both are in the history."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from registrations import services
from registrations.counting import STEPS, rows
from registrations.models import Checklist, ContactAttempt, Note, Notification, Receipt, Registration, Transition
from registrations.notices import subject_of
from registrations.states import State
from registrations.transitions import Actor
from registrations.undo import HELD_FOR, UNDO_WITHIN, standing_of
from scheduling.models import Slot
from tests.factories.procedures import ProcedureFactory
from tests.factories.registrations import CitizenFactory
from tests.factories.scheduling import NOW, SlotFactory, WardFactory, at
from zalo_bridge.models import OutboundMessage

EVER = {"start": NOW - timedelta(days=99), "end": NOW + timedelta(days=99)}
READ = {"state": "delivered", "sent_at": NOW, "delivered_at": NOW}
ACTIONS = (
    ("xac-minh", "submitted", {}),
    ("bo-sung", "verified", {"reason": "Thiếu hợp đồng"}),
    ("da-bo-sung", "needs_info", {}),
    ("tu-choi", "verified", {"reason": "Ngoài phạm vi"}),
    ("huy", "submitted", {"reason": "Người dân đổi ý"}),
    ("huy", "assigned", {"reason": "Người dân đổi ý"}),
    ("phan-cong", "verified", {"staff": "hung", "code": "dan"}),
    ("doi-nguoi", "assigned", {"staff": "hung", "code": "dan"}),
    ("bo-phan-cong", "assigned", {"reason": "Bận họp"}),
    ("doi-gio", "assigned", {"slot": "free"}),
    ("dang-di", "assigned", {}),
    ("da-den", "assigned", {}),
    ("da-nop", "assigned", {"dossier_number": "H32.15-261125-0001"}),
    ("khong-gap", "assigned", {}),
    ("ghi-goi", "submitted", {"outcome": "no_answer"}),
)


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def stood(request_in, lan, clerk):
    """`stood(state)`: a request that came to that state by the door, with Lan going where somebody goes."""

    def make(state: str) -> Registration:
        registration = request_in({"assigned": "verified", "needs_info": "submitted"}.get(state, state))
        if state == "needs_info":
            services.ask_for_more(registration=registration, reason="Thiếu giấy", actor=clerk)
        if state == "assigned":
            services.assign(registration=registration, staff=lan, actor=clerk)
        OutboundMessage.objects.update(**READ)
        return registration

    return make


def press(desk, registration: Registration, slug: str, **facts) -> str:
    """Act by the button; the address that takes it back."""
    page = desk.post(f"/ho-so/{registration.code}/{slug}/", {**facts, "key": "k"}, follow=True)
    (message,) = page.context["messages"]
    assert message.level_tag == "success", str(message)
    assert 'data-key="z"' in page.content.decode()
    return message.extra_tags


def stands(registration: Registration) -> dict:
    facts = standing_of(registration)
    return {name: value for name, value in facts.items() if name not in ("last", "calls", "version")}


@pytest.mark.parametrize(("slug", "state", "facts"), ACTIONS)
def test_an_action_taken_back_leaves_the_request_as_it_was(desk, stood, hung, free_slot, manager, slug, state, facts):
    if slug == "dang-di":
        manager.user_permissions.add(Permission.objects.get(codename="work_on_own_visits"))
    registration = stood(state)
    before, reason = stands(registration), Registration.objects.get().state_reason
    booked = dict(Slot.objects.values_list("pk", "booked"))
    lines, counted = Transition.objects.count(), rows(STEPS, EVER)
    filled = {"hung": hung.pk, "free": free_slot.pk}
    undo = press(desk, registration, slug, **{name: filled.get(value, value) for name, value in facts.items()})
    assert stands(registration) != before
    page = desk.post(undo, {"next": f"/ho-so/{registration.code}/"}, follow=True)
    assert "Đã hoàn tác" in page.content.decode()
    assert stands(registration) == before
    assert Registration.objects.get().state_reason == reason
    assert dict(Slot.objects.values_list("pk", "booked")) == booked
    taken_back = Transition.objects.filter(undoes__isnull=False).count()
    assert Transition.objects.count() == lines + 2 * taken_back
    assert rows(STEPS, EVER) == counted, "what was taken back is no figure of the month"
    waiting = OutboundMessage.objects.filter(subject=subject_of(registration), state__in=["queued", "retry"])
    assert not waiting.exists(), "what has not left must not be said any more"
    again = desk.post(undo, follow=True)
    assert "đã được hoàn tác rồi" in again.content.decode()


def test_an_edit_taken_back_restores_every_fact_and_the_visit_and_both_are_in_the_history(desk, stood, ward):
    registration = stood("assigned")
    before, person = stands(registration), registration.citizen
    facts = {
        name: getattr(registration, name)
        for name in ("procedure_id", "procedure_version", "ward_id", "address_line", "time_wish")
    }
    lead = registration.appointment.assignments.get(is_active=True).staff_id
    far = WardFactory(name="Phường Xa")
    sent = {
        "name": "Người Mẫu Đổi",
        "phone": "0900 000 099",
        "priority": "elderly",
        "procedure": ProcedureFactory(visit_minutes=30).pk,
        "ward": far.pk,
        "address_line": "Tổ 9",
        "time_wish": "chiều",
        "expected_version": registration.version,
    }
    page = desk.post(f"/ho-so/{registration.code}/sua/", sent, follow=True)
    (message,) = page.context["messages"]
    registration.refresh_from_db()
    assert registration.ward == far
    assert registration.state == State.VERIFIED, "nobody who goes there covers that ward"
    desk.post(message.extra_tags, {"next": f"/ho-so/{registration.code}/"})
    registration = Registration.objects.get()
    assert {name: getattr(registration, name) for name in facts} == facts
    now = registration.citizen
    assert (now.name, now.phone, now.priority) == (person.name, person.phone, person.priority)
    assert registration.appointment.assignments.get(is_active=True).staff_id == lead
    assert stands(registration) == before
    lines = list(registration.changes.filter(field="name").values_list("old", "new"))
    assert lines == [(person.name, "Người Mẫu Đổi"), ("Người Mẫu Đổi", person.name)]
    messages = OutboundMessage.objects.filter(subject=subject_of(registration), kind="procedure_changed")
    assert not messages.exclude(state="superseded").exists(), "what nobody has read need not be corrected"


def test_an_edit_is_not_taken_back_over_what_somebody_saved_since(desk, stood, clerk):
    registration = stood("submitted")
    sent = {"name": "Người Mẫu Sửa", "phone": "0900 000 098", "procedure": registration.procedure_id}
    page = desk.post(f"/ho-so/{registration.code}/sua/", {**sent, "expected_version": 1}, follow=True)
    (message,) = page.context["messages"]
    registration.citizen.__class__.objects.update(name="Người Mẫu Sau")
    page = desk.post(message.extra_tags, {"next": "/ho-so/"}, follow=True).content.decode()
    assert "đã có thay đổi khác sau đó" in page
    assert Registration.objects.get().citizen.name == "Người Mẫu Sau"


def test_a_call_taken_back_stays_in_the_history_and_is_owed_again(desk, stood):
    registration = stood("submitted")
    told_at = NOW - timedelta(hours=3)
    owed = ContactAttempt.objects.create(registration=registration, outcome="owed", note="Tin không tới", at=told_at)
    undo = press(desk, registration, "ghi-goi", outcome="reached", note="đã gặp")
    owed.refresh_from_db()
    assert (owed.outcome, owed.note) == ("reached", "Tin không tới; đã gặp")
    page = desk.post(undo, {"next": f"/ho-so/{registration.code}/"}, follow=True).content.decode()
    owed.refresh_from_db()
    assert (owed.outcome, owed.note, owed.at, owed.by) == ("owed", "Tin không tới", told_at, None)
    assert "Gặp được → đã hoàn tác" in page


def test_bad_news_waits_a_little_before_it_leaves(desk, stood):
    registration = stood("verified")
    press(desk, registration, "tu-choi", reason="Ngoài phạm vi")
    message = OutboundMessage.objects.get(kind="rejected")
    assert message.next_attempt_at >= timezone.now() + HELD_FOR - timedelta(seconds=1)


def test_news_already_read_are_corrected_by_a_call(desk, stood):
    registration = stood("verified")
    undo = press(desk, registration, "huy", reason="Nhầm")
    OutboundMessage.objects.filter(kind="cancelled").update(**READ)
    page = desk.post(undo, {"next": f"/ho-so/{registration.code}/"}, follow=True).content.decode()
    assert "cần gọi nói lại" in page
    assert ContactAttempt.objects.get(outcome="owed").registration == registration


def test_words_dropped_by_the_action_are_owed_again(desk, stood, lan, clerk):
    registration = stood("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    assigned = OutboundMessage.objects.get(kind="assigned")
    undo = press(desk, registration, "huy", reason="Nhầm")
    assigned.refresh_from_db()
    assert assigned.state == "superseded"
    desk.post(undo)
    assigned.refresh_from_db()
    assert assigned.state == "queued"


def test_nothing_is_taken_back_too_late_by_others_or_after_something_else_happened(
    desk, client, stood, verifier, office_clock_at
):
    registration = stood("submitted")
    undo = press(desk, registration, "xac-minh")
    stranger = type(desk)()
    stranger.force_login(verifier)
    stranger.post(undo)
    assert Registration.objects.get().state == State.VERIFIED
    with office_clock_at(timezone.now() + UNDO_WITHIN + timedelta(seconds=1)):
        desk.post(undo)
        assert Registration.objects.get().state == State.VERIFIED
    services.ask_for_more(registration=Registration.objects.get(), reason="Thiếu", actor=Actor.staff(verifier))
    page = desk.post(undo, {"next": "/ho-so/"}, follow=True).content.decode()
    assert "đã có thay đổi khác sau đó" in page
    assert Registration.objects.get().state == State.NEEDS_INFO


def test_a_place_taken_meanwhile_is_said_and_changes_nothing(desk, stood, ward):
    registration = stood("verified")
    undo = press(desk, registration, "huy", reason="Nhầm")
    Slot.objects.filter(pk=registration.appointment.slot_id).update(booked=1, capacity=1)
    page = desk.post(undo, {"next": "/ho-so/"}, follow=True).content.decode()
    assert "hết chỗ" in page
    assert Registration.objects.get().state == State.CANCELLED


def test_a_batch_is_taken_back_by_one_press(desk, request_in, lan, hung):
    slot = SlotFactory(starts_at=at("14:00"), capacity=3, booked=2)
    rows = [request_in("verified") for _ in range(2)]
    for row in rows:
        type(row.appointment).objects.filter(pk=row.appointment_id).update(
            slot=slot, starts_at=slot.starts_at, ends_at=slot.starts_at + timedelta(minutes=45)
        )
    pairs = [f"{row.code}:{staff.pk}" for row, staff in zip(rows, (lan, hung), strict=True)]
    page = desk.post("/ho-so/hang-loat/", {"confirm": "1", "pair": pairs, "next": "/ho-so/"}, follow=True)
    assert set(Registration.objects.values_list("state", flat=True)) == {"assigned"}
    (message,) = page.context["messages"]
    desk.post(message.extra_tags)
    assert set(Registration.objects.values_list("state", flat=True)) == {"verified"}


def test_a_merge_and_a_note_are_taken_back_from_the_message(desk, request_in, manager, verifier):
    kept = request_in(citizen=CitizenFactory(phone="+84900000077"))
    request_in(citizen=CitizenFactory(phone="+84900000077"))
    other = CitizenFactory._meta.model.objects.exclude(pk=kept.citizen_id).get()
    page = desk.post(f"/ho-so/{kept.code}/trung/gop/", {"other": other.pk}, follow=True)
    (message,) = page.context["messages"]
    desk.post(message.extra_tags)
    other.refresh_from_db()
    assert other.merged_into is None

    page = desk.post(f"/ho-so/{kept.code}/ghi-chu/", {"text": f"@{verifier.username} xem giúp"}, follow=True)
    assert Notification.objects.filter(user=verifier).count() == 1
    *_, message = page.context["messages"]
    desk.post(message.extra_tags)
    assert not Note.objects.exists()
    assert not Notification.objects.filter(user=verifier).exists()


def test_a_checklist_is_taken_back_with_its_note_until_somebody_saves_another(desk, request_in):
    registration = request_in()
    first = {"is_right_person": "yes", "note": "Gọi cổng sau"}
    desk.post(f"/ho-so/{registration.code}/phieu/", first)
    desk.post(f"/ho-so/{registration.code}/phieu/", {"is_right_person": "no", "note": ""})
    first_key, key = Receipt.objects.order_by("pk").values_list("key", flat=True)
    assert "Đã hoàn tác “Phiếu xác minh”" in desk.post(f"/ho-so/hoan-tac/{key}/", follow=True).content.decode()
    saved = Checklist.objects.get()
    assert (saved.is_right_person, saved.note) == (True, "Gọi cổng sau")
    fields = list(registration.changes.order_by("pk").values_list("field", "new"))
    assert fields[-2:] == [("checklist", "Đúng người đăng ký: có"), ("checklist_note", "Gọi cổng sau")]
    # A colleague's answer since then is not wiped out.
    desk.post(f"/ho-so/{registration.code}/phieu/", {**first, "has_device": "yes"})
    assert "đã có người sửa tiếp" in desk.post(f"/ho-so/hoan-tac/{first_key}/", follow=True).content.decode()
    assert Checklist.objects.get().has_device is True


def test_one_press_takes_back_a_call_and_what_was_asked_in_it(desk, request_in):
    registration = request_in()
    sent = {"phieu-has_device": "yes", "outcome": "no_answer", "key": "k9"}
    desk.post(f"/can-goi/?mo={registration.code}", sent)
    registration.refresh_from_db()
    assert (registration.missed_calls, Checklist.objects.get().has_device) == (1, True)
    page = desk.post("/ho-so/hoan-tac/k9/", follow=True).content.decode()
    for title in ("Ghi cuộc gọi", "Phiếu xác minh"):
        assert f"Đã hoàn tác “{title}”" in page
    registration.refresh_from_db()
    assert (registration.missed_calls, Checklist.objects.get().has_device) == (0, None)
