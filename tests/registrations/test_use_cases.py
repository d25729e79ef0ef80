"""What staff and citizens do to a request, and what follows from it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services, verification
from registrations.errors import EditedMeanwhile, MissingFact, StaleState
from registrations.models import Citizen, ContactAttempt, Notification, Registration, WorkRules
from registrations.states import State
from registrations.transitions import Actor
from scheduling.errors import SlotFull, StaffBusy
from scheduling.models import Slot
from tests.factories.registrations import CitizenFactory, ContactFactory, ProcedureFactory
from tests.factories.scheduling import NOW, SlotFactory, WardFactory, at
from tests.people import make_user
from zalo_bridge.models import OutboundMessage

pytestmark = pytest.mark.django_db


def told(registration: Registration) -> list[str]:
    """The kinds of notices owed about this request, in order."""
    rows = OutboundMessage.objects.filter(subject=f"registration:{registration.pk}").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def register(free_slot, ward, procedure, **fields) -> Registration:
    facts = {
        "citizen": CitizenFactory(contact=ContactFactory()),
        "procedure": procedure,
        "words": "ban ruou",
        "slot_id": free_slot.pk,
        "address_line": "Tổ 5",
        "ward": ward,
        "channel": "zalo",
        "actor": Actor.citizen(),
    }
    return services.register(**{**facts, **fields})


def test_a_new_request_takes_a_place_and_has_a_code_a_clock_and_a_history(free_slot, ward, procedure):
    registration = register(free_slot, ward, procedure)
    free_slot.refresh_from_db()
    assert free_slot.booked == 1
    assert registration.code.startswith("HT-")
    assert len(registration.code) == 8
    # Two working hours from Monday 09:00.
    assert timezone.localtime(registration.call_due_at).strftime("%H:%M %d/%m") == "11:00 23/11"
    assert [line.actor_kind for line in registration.transitions.all()] == ["citizen"]
    assert "confirmation" in told(registration)


@pytest.mark.parametrize(
    ("visit", "minutes", "due"),
    [("10:30", 60, "10:00"), ("10:15", 60, "09:30"), ("09:45", 240, "09:45")],
    ids=["time enough", "at the visit's door", "sooner than half"],
)
def test_who_is_visited_soon_is_called_sooner(ward, procedure, visit, minutes, due):
    WorkRules.objects.create(pk=1, call_within_minutes=minutes)
    slot = SlotFactory(starts_at=at(visit, NOW.date()), capacity=2)
    registration = register(slot, ward, procedure, actor=Actor.staff(make_user("verifier")), channel="counter")
    assert timezone.localtime(registration.call_due_at).strftime("%H:%M %d/%m") == f"{due} 23/11"


def test_a_visit_moved_nearer_is_called_sooner(free_slot, ward, procedure):
    registration = register(free_slot, ward, procedure)
    near = SlotFactory(starts_at=at("10:30", NOW.date()), capacity=2)
    clerk = Actor.staff(make_user("verifier"))
    registration = services.change_time(registration=registration, slot_id=near.pk, actor=clerk)
    assert timezone.localtime(registration.call_due_at).strftime("%H:%M %d/%m") == "10:00 23/11"


def test_a_taken_slot_leaves_nothing_behind(free_slot, ward, procedure):
    Slot.objects.update(booked=2)
    with pytest.raises(SlotFull):
        register(free_slot, ward, procedure)
    assert not Registration.objects.exists()


def test_the_whole_story_from_call_to_rating(free_slot, ward, procedure, clerk, lan):
    registration = register(free_slot, ward, procedure)
    services.ask_for_more(registration=registration, reason="Thiếu số nhà", actor=clerk)
    services.answer_received(registration=registration, actor=Actor.citizen())
    services.verify(registration=registration, actor=clerk)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.set_off(registration=registration, actor=clerk)
    services.start(registration=registration, actor=clerk)
    services.complete(registration=registration, dossier_number=" H58.22-261125-0001 ", actor=clerk)
    services.rate(registration=registration, stars=5, words="Nhanh")
    registration.refresh_from_db()
    assert registration.state == State.COMPLETED
    assert registration.dossier_number == "H58.22-261125-0001"
    assert registration.rating == 5
    assert [line.to_state for line in registration.transitions.all()] == [
        "submitted", "needs_info", "submitted", "verified", "assigned", "in_progress", "completed",
    ]  # fmt: skip
    kinds = told(registration)
    for kind in ("needs_info", "verified", "assigned", "on_the_way", "completed"):
        assert kinds.count(kind) == 1, kind


def test_a_visit_reported_only_at_the_end_still_counts_as_arrived(request_in, lan, clerk):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.complete(registration=registration, dossier_number="H1", actor=clerk)
    assert registration.arrived_at is not None


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        (lambda r, a: services.reject(registration=r, reason=" ", actor=a), "lý do từ chối"),
        (lambda r, a: services.cancel(registration=r, reason="", actor=a), "lý do hủy"),
        (lambda r, a: services.ask_for_more(registration=r, reason="", actor=a), "cần bổ sung gì"),
        (lambda r, a: services.complete(registration=r, dossier_number=" ", actor=a), "mã hồ sơ"),
        (lambda r, a: services.unassign(registration=r, reason="", actor=a), "lý do bỏ phân công"),
    ],
)
def test_a_step_without_its_words_is_asked_for_them(request_in, clerk, do, sentence: str):
    with pytest.raises(MissingFact, match=sentence):
        do(request_in(), clerk)


def test_a_request_without_a_procedure_cannot_be_verified(request_in, clerk):
    with pytest.raises(MissingFact, match="chọn thủ tục"):
        services.verify(registration=request_in(procedure=None), actor=clerk)


@pytest.mark.parametrize("do", [services.reject, services.cancel])
def test_a_request_turned_away_gives_its_place_back(request_in, clerk, do):
    registration = request_in()
    do(registration=registration, reason="Đổi ý", actor=clerk)
    registration.appointment.slot.refresh_from_db()
    assert registration.appointment.slot.booked == 0
    registration.appointment.refresh_from_db()
    assert not registration.appointment.is_live


def test_someone_who_is_elsewhere_then_is_refused_with_a_sentence_and_nothing_changes(request_in, lan, clerk):
    first = request_in("verified")
    second = request_in("verified")
    services.assign(registration=first, staff=lan, actor=clerk)
    with pytest.raises(StaffBusy) as refusal:
        services.assign(registration=second, staff=lan, actor=clerk)
    assert "Lan" in refusal.value.sentence
    second.refresh_from_db()
    assert second.state == State.VERIFIED
    assert told(second) == []


def test_reassigning_keeps_the_state_and_both_names(request_in, lan, hung, clerk):
    registration = request_in("verified", by_zalo=True)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.reassign(registration=registration, staff=hung, actor=clerk, reason="Chị Lan ốm")
    registration.refresh_from_db()
    assert registration.state == State.ASSIGNED
    assert [str(a.staff) for a in registration.appointment.assignments.order_by("pk")] == [lan.name, hung.name]
    assert told(registration) == ["assigned", "reassigned"]


def test_unassigning_frees_the_person(request_in, lan, clerk):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.unassign(registration=registration, reason="Ốm", actor=clerk)
    assert registration.state == State.VERIFIED
    assert not registration.appointment.assignments.filter(is_active=True).exists()


def test_a_new_time_keeps_whoever_can_still_go(request_in, lan, clerk, free_slot):
    registration = request_in("verified", by_zalo=True)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.change_time(registration=registration, slot_id=free_slot.pk, actor=clerk)
    assert registration.state == State.ASSIGNED
    assert registration.appointment.starts_at == free_slot.starts_at
    assert registration.changes.get(field="visit").new == "09:30 25/11/2026"
    assert told(registration) == ["assigned", "moved"]


def test_a_new_time_at_which_she_is_elsewhere_waits_for_another_person(request_in, lan, clerk, free_slot):
    elsewhere = request_in("verified")
    services.change_time(registration=elsewhere, slot_id=free_slot.pk, actor=clerk)
    services.assign(registration=elsewhere, staff=lan, actor=clerk)
    afternoon = SlotFactory(starts_at=at("14:00"), capacity=2)
    registration = request_in("verified")
    services.change_time(registration=registration, slot_id=afternoon.pk, actor=clerk)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.change_time(registration=registration, slot_id=free_slot.pk, actor=clerk)
    assert registration.state == State.VERIFIED
    assert registration.transitions.last().actor_kind == "system"


def test_choosing_the_same_time_again_changes_and_tells_nothing(request_in, clerk, free_slot):
    registration = request_in(by_zalo=True)
    services.change_time(registration=registration, slot_id=free_slot.pk, actor=Actor.citizen())
    services.change_time(registration=registration, slot_id=free_slot.pk, actor=Actor.citizen())
    assert told(registration) == ["moved"]


def test_a_finished_visit_cannot_be_moved(request_in, clerk, free_slot):
    registration = request_in("completed", dossier_number="H1")
    with pytest.raises(StaleState, match="không đổi giờ được"):
        services.change_time(registration=registration, slot_id=free_slot.pk, actor=clerk)


def test_nobody_at_home_then_a_new_time(request_in, lan, clerk, free_slot):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.not_at_home(registration=registration, reason="", actor=clerk)
    assert registration.state_reason == "Không có người ở nhà"
    services.rebook(registration=registration, slot_id=free_slot.pk, actor=clerk)
    assert registration.state == State.VERIFIED
    assert registration.appointment.starts_at == free_slot.starts_at
    assert not registration.appointment.assignments.filter(is_active=True).exists()
    assert registration.finished_at is None


def test_setting_off_twice_tells_the_citizen_once(request_in, lan, clerk):
    registration = request_in("verified", by_zalo=True)
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.set_off(registration=registration, actor=clerk)
    with pytest.raises(StaleState):
        services.set_off(registration=registration, actor=clerk)
    assert told(registration).count("on_the_way") == 1


def test_three_missed_calls_send_one_message_and_silence_closes_the_request(request_in, clerk, office_clock_at):
    registration = request_in(by_zalo=True)
    for _ in range(4):
        services.log_call(registration=registration, outcome="no_answer", actor=clerk)
    assert told(registration).count("unreachable") == 1
    assert registration.missed_calls == 4
    assert registration.first_called_at is not None
    assert services.close_unreachable() == 0  # still the same day
    with office_clock_at(at("08:00") + timedelta(days=2)):
        assert services.close_unreachable() == 1
        assert services.close_unreachable() == 0
    registration.refresh_from_db()
    assert registration.state == State.CANCELLED
    assert "Không liên lạc được sau 4 lần gọi" in registration.state_reason


def test_someone_who_wrote_back_is_not_closed(request_in, clerk, office_clock_at):
    registration = request_in(by_zalo=True)
    for _ in range(3):
        services.log_call(registration=registration, outcome="busy", actor=clerk)
    contact = registration.citizen.contact
    contact.last_interaction_at = timezone.now() + timedelta(hours=1)
    contact.save()
    with office_clock_at(at("08:00") + timedelta(days=5)):
        assert services.close_unreachable() == 0


def test_nobody_is_closed_on_a_day_off_nor_by_a_run_that_began_before_they_were_reached(
    request_in, clerk, office_clock_at, monkeypatch
):
    first, second = (request_in(unreachable_told_at=at("08:00"), missed_calls=3) for _ in range(2))
    with office_clock_at(at("08:00") + timedelta(days=10)):  # a Saturday
        assert services.close_unreachable() == 0
    end = verification.end_without_visit

    def end_while_a_clerk_reaches_the_other(**facts):
        services.log_call(registration=second, outcome="reached", actor=clerk)
        return end(**facts)

    monkeypatch.setattr(verification, "end_without_visit", end_while_a_clerk_reaches_the_other)
    with office_clock_at(at("08:00") + timedelta(days=12)):
        assert services.close_unreachable() == 1
    assert Registration.objects.filter(state=State.CANCELLED).get() == first


def test_a_place_booked_a_moment_before_a_refusal_is_given_back_too(request_in, clerk, free_slot):
    registration = request_in("submitted", appointment=None)
    as_the_clerk_sees_it = Registration.objects.get(pk=registration.pk)
    services.change_time(registration=registration, slot_id=free_slot.pk, actor=Actor.citizen())
    services.reject(registration=as_the_clerk_sees_it, reason="Ngoài phạm vi", actor=clerk)
    free_slot.refresh_from_db()
    assert free_slot.booked == 0


def test_a_new_time_after_nobody_was_at_home_shows_both_times_in_the_history(request_in, lan, clerk, free_slot):
    registration = request_in("verified")
    services.assign(registration=registration, staff=lan, actor=clerk)
    services.not_at_home(registration=registration, reason="", actor=clerk)
    services.rebook(registration=registration, slot_id=free_slot.pk, actor=clerk)
    change = registration.changes.get(field="visit")
    assert change.old.endswith("25/11/2026")
    assert change.new.startswith("09:30")
    assert change.actor == clerk.user


def test_a_reached_citizen_settles_the_calls_owed_instead_of_messages(request_in, clerk):
    registration = request_in()
    for _ in range(2):
        services.owe_call(registration=registration, notice_key="notice:moved:1:1", note="Báo đổi giờ")
    assert registration.calls.filter(outcome="owed").count() == 1
    services.log_call(registration=registration, outcome="reached", actor=clerk, note="Đã báo")
    attempt = registration.calls.get()
    assert (attempt.outcome, attempt.note) == ("reached", "Báo đổi giờ; Đã báo")


def test_calling_later_needs_a_time(request_in, clerk):
    with pytest.raises(MissingFact, match="chọn giờ gọi"):
        services.log_call(registration=request_in(), outcome=ContactAttempt.Outcome.CALL_LATER, actor=clerk)


def test_an_edit_leaves_old_and_new_and_tells_of_another_procedure(request_in, clerk):
    registration = request_in(by_zalo=True)
    other = ProcedureFactory(short_name="Giấy phép khác")
    ward = WardFactory(name="Phường Mẫu Nam", short_name="Mẫu Nam")
    changes = services.edit(
        registration=registration,
        fields={"name": "Người Mẫu Mới", "procedure": other, "ward": ward, "words": registration.words},
        expected_version=1,
        actor=clerk,
    )
    assert {c.field: c.new for c in changes} == {
        "name": "Người Mẫu Mới", "procedure": "Giấy phép khác", "ward": "Phường Mẫu Nam",
    }  # fmt: skip
    assert registration.version == 2
    assert told(registration) == ["procedure_changed"]


def test_the_second_to_save_sees_both_versions_and_overwrites_only_on_purpose(request_in, clerk):
    registration = request_in(address_line="Tổ 1")
    services.edit(registration=registration, fields={"address_line": "Tổ 2"}, expected_version=1, actor=clerk)
    with pytest.raises(EditedMeanwhile) as meeting:
        services.edit(registration=registration, fields={"address_line": "Tổ 3"}, expected_version=1, actor=clerk)
    assert meeting.value.theirs == {"address_line": ("Tổ 2", "Tổ 3")}
    services.edit(registration=registration, fields={"address_line": "Tổ 3"}, expected_version=None, actor=clerk)
    registration.refresh_from_db()
    assert registration.address_line == "Tổ 3"


def test_a_low_rating_becomes_work_for_the_managers_once(request_in, manager):
    registration = request_in("completed", dossier_number="H1")
    services.rate(registration=registration, stars=2)
    services.rate(registration=registration, stars=1, words="Đến trễ")
    assert Notification.objects.filter(user=manager).count() == 1
    registration.refresh_from_db()
    assert (registration.rating, registration.rating_words) == (1, "Đến trễ")


def test_a_returning_citizen_is_found_by_contact_then_phone_and_through_a_merge(db):
    contact = ContactFactory()
    kept = CitizenFactory(contact=contact, phone="+84900000001")
    CitizenFactory(phone="+84900000002", merged_into=kept)
    assert services.find_citizen(contact=contact) == kept
    assert services.find_citizen(phone="+84900000002") == kept
    assert services.find_citizen(phone="+84900000003") is None


def test_people_sort_by_given_name(db):
    for name in ("Trần Đạt", "Lê An", "Nguyễn Dũng", "Võ Ánh", "Bùi Thị Hạ", "Lê Hà"):
        CitizenFactory(name=name)
    names = list(Citizen.objects.order_by("sort_key").values_list("name", flat=True))
    assert names == ["Lê An", "Võ Ánh", "Nguyễn Dũng", "Trần Đạt", "Lê Hà", "Bùi Thị Hạ"]


def test_rules_are_one_row(db):
    assert WorkRules.current().calls_before_message == 3
    WorkRules.objects.create(pk=1, calls_before_message=5)
    assert WorkRules.current().calls_before_message == 5
