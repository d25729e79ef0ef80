"""After the booking: other times, cancelling, questions, people, papers, own data."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from registrations.data_rights import finish_open_withdrawals
from registrations.merging import merge_citizens
from registrations.models import Attachment, Citizen, Consent, ContactAttempt, DataRequest, Registration
from registrations.services import Actor, ask_for_more
from tests.factories.registrations import RegistrationFactory
from zalo_bridge.events import EventKind, ReceivedFile
from zalo_bridge.models import WebhookEvent


def test_a_returning_citizen_is_asked_whether_the_details_still_hold(citizen, visit):
    (known,) = citizen.says("đăng ký")
    assert "Người Mẫu Một, 0900 000 014, Tổ 5, Phường Bắc Nha Trang. Vẫn đúng chứ" in known
    citizen.says("1"), citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    assert len(citizen.registrations) == 2
    assert Citizen.objects.count() == 1


def test_what_a_returning_citizen_mends_stands_in_the_new_requests_history(citizen, visit):
    citizen.says("đăng ký"), citizen.says("1")
    citizen.says("tên tôi là Người Mẫu Hai Mươi"), citizen.says("số điện thoại đúng là 0900 000 018")
    citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    lines = citizen.registrations[-1].changes.values_list("field", "old", "new", "actor", "actor_kind")
    assert set(lines) == {
        ("name", "Người Mẫu Một", "Người Mẫu Hai Mươi", None, "citizen"),
        ("phone", "+84900000014", "+84900000018", None, "citizen"),
    }
    assert not visit.changes.exists()


def test_a_visit_at_a_parents_house_leaves_the_own_address_alone(citizen, visit):
    citizen.says("đăng ký"), citizen.says("3")
    citizen.says("7 đường Mẫu, phường Nam Nha Trang")
    citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    second = citizen.registrations[-1]
    assert (second.address_line, second.ward.name) == ("7 đường Mẫu, phường Nam Nha Trang", "Phường Nam Nha Trang")
    assert (second.citizen.address_line, second.citizen.ward.name) == ("Tổ 5", "Phường Bắc Nha Trang")


def test_the_time_is_changed_by_number(citizen, visit):
    (offer,) = citizen.says("đổi giờ")
    assert "đang hẹn 08 giờ 00, Thứ Tư ngày 25/11/2026" in offer
    assert "1. Thứ Tư 25/11, 09 giờ 00" in offer
    (told,) = citizen.says("1")
    assert "Giờ mới: 09 giờ 00" in told
    visit.refresh_from_db()
    assert timezone.localtime(visit.appointment.starts_at).hour == 9


def test_with_several_requests_it_is_asked_which(citizen, visit):
    citizen.says("đăng ký"), citizen.says("1"), citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    (which,) = citizen.says("hủy")
    assert "1. Giấy phép bán lẻ rượu" in which
    assert "2. Giấy phép bán lẻ thuốc lá" in which
    citizen.says("2")
    (told,) = citizen.says("Đã mua giấy phép khác")
    assert "đã hủy" in told
    assert [registration.state for registration in citizen.registrations] == ["submitted", "cancelled"]
    assert citizen.registrations[1].state_reason == "Đã mua giấy phép khác"


def test_the_code_names_the_request(citizen, visit):
    citizen.says("đăng ký"), citizen.says("1"), citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    code = citizen.registrations[1].code
    assert code in citizen.says(f"hủy lịch {code.lower()}")[0]


def test_cancelling_can_be_thought_better_of(citizen, visit):
    citizen.says("hủy")
    assert "giữ nguyên" in citizen.says("thôi")[0]
    citizen.says("hủy")
    assert "giữ nguyên" in citizen.says("5")[0]
    visit.refresh_from_db()
    assert visit.state == "submitted"


def test_cancel_in_the_middle_of_another_registration_asks_which_is_meant(citizen, visit):
    citizen.says("đăng ký"), citizen.says("1")
    (which,) = citizen.says("hủy")
    assert "Dừng đăng ký đang làm" in which
    citizen.says("1")
    assert "draft" not in citizen.dialogue.data
    visit.refresh_from_db()
    assert visit.state == "submitted"


def test_a_question_in_the_middle_is_answered_and_the_thread_taken_up(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu")
    (answer,) = citizen.says("cần giấy tờ gì vậy em")
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in answer
    (answer,) = citizen.says("thứ 7 có làm không")
    assert "làm việc" in answer
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in answer


def test_where_is_my_request(citizen, visit):
    (answer,) = citizen.says("hồ sơ của tôi tới đâu rồi")
    assert visit.code in answer
    assert "Chờ xác minh" in answer
    assert "08 giờ 00, Thứ Tư" in answer


def test_what_is_missing_is_answered_in_words(citizen, visit, verifier):
    ask_for_more(registration=visit, reason="Địa chỉ cửa hàng", actor=Actor.staff(verifier))
    (told,) = citizen.new_texts()
    assert "cần bổ sung: Địa chỉ cửa hàng" in told
    (answer,) = citizen.says("12 đường Mẫu nha em")
    assert "đã chuyển cho cán bộ" in answer
    visit.refresh_from_db()
    assert visit.state == "submitted"


def test_a_person_is_called_and_an_open_request_gets_a_call_task(citizen, visit):
    (answer,) = citizen.says("gặp cán bộ")
    assert "đã báo cán bộ" in answer
    assert citizen.dialogue.wants_human_since is not None
    assert ContactAttempt.objects.get(registration=visit).outcome == "owed"
    assert "chuyển lời" in citizen.says("tôi muốn hỏi thêm về phòng cháy")[0]
    citizen.says("menu")
    assert citizen.dialogue.wants_human_since is None


def test_outside_office_hours_it_says_when_somebody_answers(citizen, visit, monday_morning):
    monday_morning.move_to(timezone.now() + timedelta(hours=12))  # 21:00, and Tuesday is a holiday where one is entered
    (answer,) = citizen.says("gặp cán bộ")
    assert "Cán bộ sẽ trả lời từ Thứ" in answer
    assert "07 giờ 00" in answer


def test_registering_at_night_works_and_the_confirmation_is_sent_at_once(citizen, monday_morning):
    monday_morning.move_to(timezone.now() + timedelta(hours=14))
    registration = citizen.registers()
    confirmation = citizen.messages()[-1]
    assert confirmation.kind == "confirmation"
    assert confirmation.is_reply
    assert "trước" in confirmation.payload["text"]
    assert registration.call_due_at > timezone.now()


# --- pictures, files, places ---


def test_a_picture_is_kept_only_once_it_is_said_to_be_no_identity_card(citizen, visit):
    (asked,) = citizen.sends_photo()
    assert "Ảnh này là gì" in asked
    row = Attachment.objects.get()
    assert row.awaits_answer
    assert not row.file
    (kept,) = citizen.says("1")
    assert "đã lưu ảnh" in kept
    row.refresh_from_db()
    assert not row.awaits_answer
    assert row.source_url
    assert row.registration == visit


def test_an_identity_card_is_not_kept(citizen, visit):
    citizen.sends_photo()
    (answer,) = citizen.says("2")
    assert "không lưu" in answer
    row = Attachment.objects.get()
    assert not row.source_url
    assert row.refused_because
    (answer,) = citizen.sends_photo(caption="ảnh CCCD của em")
    assert "không lưu" in answer
    assert Attachment.objects.count() == 1


def test_a_place_on_the_map_is_not_kept_and_it_is_said_what_to_send(citizen, visit):
    (answer,) = citizen.does(
        EventKind.LOCATION, attachments=(ReceivedFile(kind="location", text="12.25,109.19"),), text=""
    )
    assert "không lưu" in answer
    assert "số nhà" in answer
    assert not Attachment.objects.exists()
    assert "109.19" not in str(citizen.dialogue.data)


def test_a_picture_without_a_request_is_not_kept(citizen):
    assert "chưa lưu" in citizen.sends_photo()[0]
    assert not Attachment.objects.exists()


def test_stickers_and_thumbs_get_a_human_answer(citizen, visit):
    assert "cảm ơn" in citizen.does(EventKind.STICKER)[0]
    assert "cảm ơn" in citizen.does(EventKind.REACTED, text="/-strong")[0]
    assert citizen.says("👍")


# --- rating ---


def finish(registration):
    Registration.objects.filter(pk=registration.pk).update(
        state="completed", dossier_number="H32-1", finished_at=timezone.now()
    )


def test_a_number_after_the_visit_is_the_rating_and_words_follow(citizen, visit, monday_morning):
    monday_morning.shift(timedelta(days=2))
    finish(visit)
    assert "4/5" in citizen.says("4")[0]
    citizen.says("Cán bộ nhiệt tình")
    visit.refresh_from_db()
    assert (visit.rating, visit.rating_words) == (4, "Cán bộ nhiệt tình")


def test_a_low_rating_is_answered_with_an_apology(citizen, visit, monday_morning):
    monday_morning.shift(timedelta(days=2))
    finish(visit)
    assert "xin lỗi" in citizen.says("#danhgia:1")[0]
    assert citizen.says("không")
    visit.refresh_from_db()
    assert (visit.rating, visit.rating_words) == (1, "")


def test_an_angry_word_after_few_stars_is_kept_with_the_rating(citizen, visit, monday_morning):
    monday_morning.shift(timedelta(days=2))
    finish(visit)
    citizen.says("1")
    thanks = citizen.says("đợi cả buổi không ai tới")[0]
    assert "cho em biết" in thanks
    assert "thuận lợi" not in thanks
    visit.refresh_from_db()
    assert (visit.rating, visit.rating_words) == (1, "đợi cả buổi không ai tới")


# --- own data ---


def test_withdrawing_cancels_erases_and_starts_the_clocks(citizen, visit):
    citizen.says("rút lại đồng ý")
    (answer,) = citizen.says("1")
    assert "xóa thông tin cá nhân" in answer
    visit.refresh_from_db()
    person = Citizen.objects.get()
    assert visit.state == "cancelled"
    assert (visit.words, visit.address_line) == ("", "")
    assert person.erased_at
    assert (person.phone, person.address_line) == ("", "")
    assert "Mẫu" not in person.name
    assert Consent.objects.get().withdrawn_at
    request = DataRequest.objects.get()
    assert request.done_at
    assert request.answered_at
    # Monday 23/11: two working days for the answer, twenty days for the deed.
    assert (request.answer_due_on.day, request.done_due_on.isoformat()) == (25, "2026-12-13")
    assert set(citizen.dialogue.data) <= {"at"}


def test_withdrawal_through_zalo_needs_no_question(citizen, visit):
    citizen.does(EventKind.WITHDREW)
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert DataRequest.objects.get().channel == "zalo"


def test_withdrawal_waits_for_a_visit_under_way(citizen, visit):
    Registration.objects.filter(pk=visit.pk).update(state="in_progress")
    citizen.says("rút lại đồng ý")
    assert "chậm nhất ngày 13/12/2026" in citizen.says("1")[0]
    assert Citizen.objects.get().phone
    assert finish_open_withdrawals(now=timezone.now()) == 0
    finish(visit)
    assert finish_open_withdrawals(now=timezone.now()) == 1
    assert not Citizen.objects.get().phone


def test_after_a_withdrawal_one_may_come_back(citizen, visit):
    citizen.says("rút lại đồng ý"), citizen.says("1")
    assert citizen.says("đăng ký")[-1] == "[phiếu]"
    citizen.shares(), citizen.says("rượu"), citizen.says("1"), citizen.says("1")
    assert Registration.objects.filter(state="submitted").count() == 1


def test_the_wrong_person_is_cut_loose_and_the_request_stays(citizen, visit):
    citizen.says("nhầm người rồi")
    citizen.says("1")
    visit.refresh_from_db()
    assert visit.state == "submitted"
    assert visit.citizen.contact is None


def test_own_data_are_shown(citizen, visit):
    assert "0900 000 014" in citizen.says("xem thông tin của tôi")[0]


def test_nobody_reaches_the_request_of_another_by_its_code(another, citizen, visit):
    assert "chưa có đăng ký" in another.says(f"hủy lịch {visit.code}")[0]
    assert "chưa có đăng ký" in another.says(visit.code)[0]


# --- days later, and people ---


def test_a_draft_is_taken_up_days_later(citizen, monday_morning):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        (answer,) = citizen.says("xin chào")
    assert "lần trước" in answer
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in answer


def test_while_a_colleague_writes_the_bot_is_silent_until_the_time_is_over(citizen, visit, monday_morning):
    assert citizen.does(EventKind.COLLEAGUE_WROTE, by_colleague="77", text="Em chào anh") == []
    assert citizen.says("đổi giờ") == []
    assert citizen.dialogue.wants_human_since is not None
    monday_morning.shift(timedelta(hours=3))
    assert "Đổi giờ cho" in citizen.says("đổi giờ")[0]


def test_withdrawing_is_heard_even_while_a_colleague_writes(citizen, visit):
    citizen.does(EventKind.COLLEAGUE_WROTE, by_colleague="77", text="Em chào anh")
    assert "Rút lại đồng ý thì" in citizen.says("rút lại đồng ý")[0]


def test_other_peoples_requests_are_not_touched(citizen, visit, another, office):
    stranger = RegistrationFactory(procedure=office["wine"])
    citizen.says("rút lại đồng ý"), citizen.says("1")
    stranger.refresh_from_db()
    assert stranger.state == "submitted"
    assert stranger.citizen.phone
    assert WebhookEvent.objects.count() == 0


def test_two_zalo_accounts_of_one_person_share_the_requests(citizen, visit, another, verifier):
    second = another.registers()
    merge_citizens(keep=visit.citizen, absorb=second.citizen, by=verifier)
    another.new_texts()
    another.says("hủy")
    another.says("1")
    assert "xong" in another.says("Đã tự nộp")[0]
    assert "đã hủy" in citizen.new_texts()[-1]
    assert {registration.state for registration in Registration.objects.all()} == {"submitted", "cancelled"}
    another.says("rút lại đồng ý")
    another.says("1")
    assert not Citizen.objects.exclude(phone="").exists()
