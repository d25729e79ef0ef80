"""Sentences that say more than one thing: for whom, where, what, when."""

import re

import pytest

from procedures.services import fold
from registrations.dialogue import conversation, heard
from registrations.dialogue.aftercare import stars_in
from registrations.dialogue.explore import PERSON, PaperWorld, a_visit, text
from registrations.dialogue.heard import Heard, Kind, State
from registrations.dialogue.intents import Intent, intent_of
from registrations.dialogue.turn import Step
from registrations.dialogue.wishes import for_other_in


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("tôi muốn đăng ký cho mẹ tôi ở Vĩnh Lương nữa", "Vĩnh Lương"),
        ("đăng ký giúp ba em ở xã Phước Đồng", "xã Phước Đồng"),
        ("làm hộ bà ngoại", ""),
        ("dk cho chồng", ""),
        ("hẹn ở nhà mẹ tôi", ""),
        ("đăng ký bán rượu giúp ba em ở 12 Trần Phú, phường Vĩnh Hải được không", "12 Trần Phú, phường Vĩnh Hải"),
    ],
)
def test_a_request_for_a_relative_is_read_with_the_place_in_it(words, place):
    found = for_other_in(words, fold(words))
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    "words",
    [
        "đăng ký hộ kinh doanh",
        "đăng ký giúp em với",
        "cho em hỏi",
        "làm giấy cho chống cháy",
        "làm hồ sơ cho bộ phận bán hàng",
        "làm giấy phép cho ba cái cửa hàng",
        "giấy phép bán rượu",
    ],
)
def test_words_that_only_look_like_a_relative_are_left_alone(words):
    assert for_other_in(words, fold(words)) is None


def test_a_known_citizen_registers_a_parent_at_the_place_named(citizen, real_wards):
    citizen.registers()
    (answer,) = citizen.says("tôi muốn đăng ký cho mẹ tôi ở Vĩnh Lương nữa")
    assert "Em ghi: Người Mẫu Một, 0900 000 014, Vĩnh Lương" in answer
    assert "gõ tên thủ tục" in answer
    citizen.says("rượu"), citizen.says("1"), citizen.says("1")
    first, second = citizen.registrations
    assert second.ward.name == "Phường Bắc Nha Trang"
    assert second.citizen.address_line == first.citizen.address_line == "Tổ 5"


def test_the_place_is_asked_for_where_the_sentence_names_none(citizen):
    citizen.registers()
    assert "địa chỉ cán bộ cần đến" in citizen.says("làm hộ bà ngoại")[0]
    assert "phường Nam Nha Trang" in citizen.says("thôn Mẫu, phường Nam Nha Trang")[0]


def test_procedure_place_and_time_of_one_sentence_are_all_kept(citizen):
    citizen.registers()
    (which,) = citizen.says("thứ 5 này làm giấy bán rượu giúp ba em ở phường Nam Nha Trang được không")
    assert "Phường Nam Nha Trang" in which
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in which
    (times,) = citizen.says("1")
    assert "Thứ Năm 26/11 còn các giờ" in times


def test_a_newcomer_registering_a_parent_is_asked_whose_house_and_nothing_is_kept_before_consent(citizen):
    consent, card = citizen.says("đăng ký giúp ba em ở phường Nam Nha Trang")
    assert "đăng ký giúp người thân được" in consent
    assert card == "[phiếu]"
    assert "Nam Nha Trang" not in str(citizen.dialogue.data)
    (asked,) = citizen.shares()
    assert "Cán bộ đến đâu ạ?" in asked
    assert "gõ địa chỉ cán bộ cần đến" in citizen.says("3")[0]
    citizen.says("thôn Mẫu, phường Nam Nha Trang"), citizen.says("rượu"), citizen.says("1"), citizen.says("1")
    assert citizen.registrations[0].ward.name == "Phường Nam Nha Trang"


def test_plain_ones_lead_a_newcomer_with_a_parent_to_a_request(citizen):
    citizen.says("dk cho chồng"), citizen.shares()
    assert "gõ tên thủ tục" in citizen.says("1")[0]
    citizen.says("rượu"), citizen.says("1"), citizen.says("1")
    assert citizen.registrations[0].ward.name == "Phường Bắc Nha Trang"


def test_praise_and_reasons_are_no_requests():
    for step in (Step.RATE_WORDS, Step.CANCEL_REASON):
        state = State(step, {"about": 7, "options": []})
        outcome = conversation.respond(state, text("làm hộ bà ngoại rất tốt"), PaperWorld(consented=True))
        assert not outcome.state.data.get("draft")


def test_a_wish_with_a_time_keeps_both(citizen):
    citizen.says("thứ 5 tuần này đăng ký làm giấy bán rượu được không")
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in citizen.shares()[0]
    assert "Thứ Năm 26/11 còn các giờ:\n1. Thứ Năm 26/11, 07 giờ 00" in citizen.says("1")[0]


def test_the_hour_wished_for_is_the_first_answer(citizen):
    citizen.says("đăng ký bán rượu 14h30 thứ 5"), citizen.shares()
    assert "Thứ Năm 26/11, 14 giờ 30 còn chỗ:\n1. Thứ Năm 26/11, 14 giờ 30" in citizen.says("1")[0]
    citizen.says("1")
    assert f"{citizen.registrations[0].appointment.starts_at:%H:%M}" == "07:30"  # UTC


def test_somebody_with_a_visit_who_names_a_new_procedure_and_a_time_starts_a_new_request(citizen):
    citizen.registers()
    assert "Vẫn đúng chứ" in citizen.says("thứ 5 tuần này đăng ký làm giấy bán thuốc lá được không")[0]
    assert "1. Giấy phép bán lẻ thuốc lá (cấp mới)" in citizen.says("1")[0]


@pytest.mark.parametrize(
    ("words", "heading", "offered", "left_out"),
    [
        ("sau 8h thứ 5", "Thứ Năm 26/11, sau 08 giờ 00 còn các giờ", "14 giờ 30", "07 giờ 00"),
        ("trước 9h thứ 4", "Thứ Tư 25/11, trước 09 giờ 00 còn các giờ", "08 giờ 00\n2. Không", "14 giờ 30"),
        ("sau 2h", "Các giờ gần nhất", "1. Thứ Tư 25/11, 14 giờ 30\n2. Thứ Năm 26/11, 14 giờ 30", ", 08 giờ 00"),
        ("sau 3h thứ 4", "Sau 15 giờ 00 Thứ Tư 25/11 không còn chỗ", "14 giờ 30", "26/11"),
    ],
)
def test_after_and_before_an_hour_are_kept_to(citizen, words, heading, offered, left_out):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    (answer,) = citizen.says(words)
    assert heading in answer
    assert offered in answer
    assert left_out not in answer


@pytest.mark.parametrize(
    ("words", "first", "second"),
    [
        ("tuần này", "Thứ Tư 25/11, 08 giờ 00", "Thứ Năm 26/11, 07 giờ 00"),
        ("tháng này buổi chiều", "Thứ Tư 25/11, 14 giờ 30", "Thứ Năm 26/11, 14 giờ 30"),
        ("tuần này tầm 3h chiều", "Thứ Tư 25/11, 14 giờ 30", "Thứ Năm 26/11, 14 giờ 30"),
        ("tuần này sau 8h", "Thứ Tư 25/11, 08 giờ 00", "Thứ Năm 26/11, 14 giờ 30"),
    ],
)
def test_a_week_or_month_without_a_day_is_answered_with_one_time_of_each_day(citizen, words, first, second):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    (answer,) = citizen.says(words)
    assert re.search(r"Từ Thứ Hai 23/11 đến \S+ \S+ (29|30)/11 còn các giờ:\n", answer)
    assert f"\n1. {first}\n2. {second}\n3. Không giờ nào tiện" in answer
    assert citizen.registrations == [], "an hour of a week is no day: nothing is booked by it"
    citizen.says("2")
    assert citizen.registrations[0].appointment.starts_at.day == 26


def test_a_week_without_room_leads_to_the_nearest_times(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    (answer,) = citizen.says("tuần sau nha")
    assert "Từ Thứ Hai 30/11 đến Chủ nhật 06/12 không còn chỗ" in answer
    assert "1. Thứ Tư 25/11, 08 giờ 00" in answer, "nothing is open later, so the nearest"


def test_a_week_named_with_the_wish_is_kept_until_times_are_offered(citizen):
    citizen.says("tuần này đăng ký làm giấy bán rượu được không"), citizen.shares()
    assert "Từ Thứ Hai 23/11 đến Chủ nhật 29/11 còn các giờ" in citizen.says("1")[0]


def test_the_place_outside_is_named(citizen, real_wards):
    citizen.says("#dangky")
    (answer,) = citizen.shares(ward="", address_line="Tổ 5, huyện Diên Khánh", city="")
    assert "Diên Khánh không thuộc địa bàn" in answer
    assert "Trung tâm Phục vụ hành chính công" in answer


def test_a_place_taken_before_consent_registers_nothing():
    """Only the shell says that a place was taken; should it ever say so too early, consent still comes first."""
    state = conversation.respond(State(), text("đăng ký"), PaperWorld()).state
    taken = Heard(Kind.TAKEN, sentence="Khung giờ này vừa hết chỗ.", ref="1")
    outcome = conversation.respond(state, taken, PaperWorld())
    assert outcome.state.step == Step.CONSENT
    after = conversation.respond(outcome.state, text("1"), PaperWorld())
    assert not any(isinstance(command, heard.Register) for command in after.commands)


def test_an_answer_to_the_times_without_consent_registers_nothing():
    data = {"draft": "1", "procedure": {"id": 1, "name": "x"}, "options": [{"title": "a", "value": {"place": 1}}]}
    data["details"] = {"name": PERSON.name, "phone": PERSON.phone, "ward": PERSON.ward}
    for step, words in ((Step.TIME, "1"), (Step.WISH, "chiều mai")):
        outcome = conversation.respond(State(step, data), text(words), PaperWorld())
        assert not outcome.commands
        assert outcome.state.step == Step.CONSENT


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("chào cháu", Intent.GREETING),
        ("cảm ơn cháu nhiều nhé", Intent.THANKS),
        ("đồ vô trách nhiệm", Intent.HUMAN),
        ("tui nhắn từ hôm qua không ai trả lời", Intent.HUMAN),
        ("bên mình đang giữ thông tin gì của tôi", Intent.MY_DATA),
    ],
)
def test_elders_and_the_angry_are_understood_too(words, intent):
    assert intent_of(words, fold(words)) is intent


def test_stars_count_with_words_behind_them_but_a_count_of_something_else_does_not():
    assert stars_in(fold("5 sao nha em, cán bộ dễ thương")) == 5
    assert stars_in(fold("5 cái giấy phép")) == 0


@pytest.mark.parametrize("words", ["tại sao phải đưa số điện thoại", "lấy sđt làm gì", "ai giữ thông tin của tôi"])
def test_why_we_ask_is_answered_and_the_open_question_put_again(words):
    asked = conversation.respond(State(), text("đăng ký"), PaperWorld()).state
    outcome = conversation.respond(asked, Heard(Kind.TEXT, words, fold(words)), PaperWorld())
    assert [say.key for say in outcome.says][:2] == ["why_data", "consent_again"]


def test_a_time_from_a_stranger_begins_a_registration_and_is_kept():
    outcome = conversation.respond(State(), text("10h thứ tư"), PaperWorld())
    assert outcome.state.step == Step.CONSENT
    assert outcome.state.data["when"]["time"] == "10:00:00"


@pytest.mark.parametrize("words", ["thôi không hủy", "đừng hủy", "để tôi nghĩ lại"])
def test_no_reason_is_read_from_words_that_keep_the_visit(words):
    world = PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))
    asked = conversation.respond(State(), text("hủy"), world).state
    outcome = conversation.respond(asked, Heard(Kind.TEXT, words, fold(words)), world)
    assert not outcome.commands


@pytest.mark.parametrize("words", ["không đổi nữa", "thôi khỏi", "giữ giờ cũ", "thôi không đổi giờ nữa", "để như cũ"])
def test_no_new_time_is_asked_for_where_the_old_one_is_kept(words):
    world = PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))
    asked = conversation.respond(State(), text("đổi giờ"), world).state
    assert asked.step == Step.NEW_TIME
    outcome = conversation.respond(asked, Heard(Kind.TEXT, words, fold(words)), world)
    assert [say.key for say in outcome.says] == ["kept"]
    assert not outcome.commands
    assert outcome.state.step == Step.IDLE


@pytest.mark.parametrize("words", ["sai số rồi", "nhầm số", "tôi không quen", "đừng nhắn nữa", "ai đây"])
def test_a_stranger_is_told_that_nothing_is_kept_or_asked_whether_to_unlink(words):
    said = Heard(Kind.TEXT, words, fold(words))
    who = ["who_we_are"] if words == "ai đây" else []
    stranger = conversation.respond(State(), said, PaperWorld())
    assert [say.key for say in stranger.says] == [*who, "wrong_person_nothing"]
    linked = conversation.respond(State(), said, PaperWorld(consented=True, person=PERSON, visits=(a_visit(),)))
    assert [say.key for say in linked.says] == [*who, "ask_wrong_person"]


def test_a_wrong_number_in_a_registration_is_the_number_just_left(citizen):
    citizen.says("#dangky"), citizen.shares()
    assert "số điện thoại" in citizen.says("sai số rồi")[0]
    assert citizen.dialogue.step == Step.PHONE


def test_a_number_is_no_time_to_wish_for():
    world = PaperWorld(consented=True, person=PERSON, places=())
    state = State()
    for words in ("đăng ký", "1", "rượu", "1"):
        state = conversation.respond(state, Heard(Kind.TEXT, words, fold(words)), world).state
    assert state.step == Step.WISH
    first = conversation.respond(state, text("1"), world)
    assert [say.key for say in first.says] == ["wish_unclear"]
    second = conversation.respond(first.state, text("karaoke"), world)
    assert [say.key for say in second.says] == ["wish_unclear", "offer_human"]
    assert not first.commands + second.commands
    words = "tuần sau lúc nào cũng được"
    (command,) = conversation.respond(second.state, Heard(Kind.TEXT, words, fold(words)), world).commands
    assert command == heard.Register(None, words)


def test_the_second_of_two_procedures_is_offered_after_the_confirmation(citizen):
    citizen.says("#dangky"), citizen.shares()
    citizen.says("rượu với thuốc lá"), citizen.says("1")
    *_, last = citizen.says("1")
    assert citizen.registrations[0].procedure.short_name == "Giấy phép bán lẻ rượu (cấp mới)"
    assert "còn nhắc đến Giấy phép bán lẻ thuốc lá (cấp mới)" in last
    assert "gõ “thuốc lá”" in last
    citizen.says("thuốc lá"), citizen.says("1"), citizen.says("1")
    assert len(citizen.says("1")) == 1, "said once, never again"
    assert citizen.registrations[1].procedure.short_name == "Giấy phép bán lẻ thuốc lá (cấp mới)"


def test_after_days_the_first_answer_begins_with_what_was_left_undone_but_no_confirmation_does(citizen, monday_morning):
    back = "lần trước anh/chị đang đăng ký dở"
    citizen.says("#dangky"), citizen.shares(gender=""), citizen.says("rượu")
    monday_morning.shift(13 * 3600)
    (answer,) = citizen.says("1")
    assert back in answer.splitlines()[0]
    assert back not in citizen.says("chiều thứ 4")[0]
    monday_morning.shift(13 * 3600)
    assert back not in "".join(citizen.says("1"))
    assert len(citizen.registrations) == 1
