"""What people say besides the answer asked for: no longer, not that, in English, something else first."""

import pytest

from registrations.dialogue import conversation
from registrations.dialogue.detail_words import clean_name
from registrations.dialogue.explore import FULL, PERSON, PaperWorld, a_visit, text
from registrations.dialogue.facts import Found
from registrations.dialogue.heard import CallHuman, Cancel, Heard, Kind, State
from registrations.dialogue.intents import Intent, intent_of, says_yes
from registrations.dialogue.intents_english import is_english
from registrations.dialogue.turn import Step

KNOWN = PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))


def keys(outcome):
    return [say.key for say in outcome.says]


def after(*said, world=None):
    world = world or PaperWorld()
    outcome = conversation.respond(State(), text("đăng ký"), world)
    for each in said:
        world = world.after(outcome)
        outcome = conversation.respond(outcome.state, each if isinstance(each, Heard) else text(each), world)
    return outcome


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("thôi khỏi", Intent.STOP),
        ("thôi để bữa khác", Intent.STOP),
        ("à mà đăng ký lại đi", Intent.REGISTER),
        ("đăng ký luôn", Intent.REGISTER),
        ("bữa đó tui bận đám giỗ, hủy giùm", Intent.CANCEL),
        ("huỷ giùm em nha", Intent.CANCEL),
        ("dời qua thứ 6 được hông", Intent.CHANGE),
        ("hủy xong chưa", Intent.STATUS),
        ("cán bộ tên gì", Intent.STATUS),
        ("mấy người là ai vậy, có lừa đảo không", Intent.WHO_ARE_YOU),
        ("có bị lộ thông tin không", Intent.WHY_DATA),
        ("ủa sao hỏi tên", Intent.WHY_DATA),
        ("hỏi chi vậy", Intent.WHY_DATA),
        ("sợ lừa đảo quá", Intent.WHO_ARE_YOU),
        ("làm giấy bán gas cần gì", Intent.PAPERS),
        ("bao lâu có giấy", Intent.HOW_LONG),
        ("mấy anh làm được gì", Intent.MENU),
        ("sai địa chỉ rồi", Intent.CORRECT),
        ("hẹn mà không tới", Intent.HUMAN),
        ("I want to register", Intent.REGISTER),
        ("Can I change the time to next Monday?", Intent.CHANGE),
        ("please cancel my appointment", Intent.CANCEL),
        ("can I talk to a person?", Intent.HUMAN),
        ("what documents do I need?", Intent.PAPERS),
        ("when will the officer come?", Intent.STATUS),
        ("delete my data", Intent.WITHDRAW),
        ("do you speak English?", Intent.MENU),
    ],
)
def test_words_say_the_same_however_they_are_put(said, intent):
    heard = text(said)
    assert intent_of(heard.text, heard.folded) is intent


@pytest.mark.parametrize(
    "said",
    [
        "nhà mặt tiền muốn bán rượu",
        "anh Huy giup em",
        "giấy phép ghi sai địa chỉ",
        "bán rượu",
        "không cần gì",
        "tiệm gas dời qua đường khác",
    ],
)
def test_words_that_only_look_alike_ask_for_nothing(said):
    heard = text(said)
    assert intent_of(heard.text, heard.folded) is None


@pytest.mark.parametrize("said", ["u dung r", "ừ đồng ý", "ok dạ", "vâng đúng hết rồi ạ", "yes that's right"])
def test_yes_is_heard_in_several_words(said):
    heard = text(said)
    assert says_yes(heard.text, heard.folded)


@pytest.mark.parametrize("said", ["không đổi giờ nữa", "không hủy đâu nha", "thôi giữ giờ cũ", "thôi khỏi"])
def test_who_wants_no_change_out_of_the_blue_keeps_the_visit(said):
    outcome = conversation.respond(State(), text(said), KNOWN)
    assert keys(outcome)[0] in {"kept", "nothing_going_on"}
    assert (outcome.state.step, outcome.commands) == (Step.IDLE, ())


def test_not_cancelling_but_changing_is_offered_other_times():
    asked = conversation.respond(State(), text("hủy"), KNOWN)
    outcome = conversation.respond(asked.state, text("đâu có, không hủy, đổi giờ thôi"), KNOWN)
    assert outcome.state.step == Step.NEW_TIME


@pytest.mark.parametrize("said", ["no, keep it", "không, giữ lại cho cô", "please don't cancel", "thôi, đừng hủy"])
def test_who_thinks_better_of_it_is_not_cancelled(said):
    asked = conversation.respond(State(), text("hủy"), KNOWN)
    outcome = conversation.respond(asked.state, text(said), KNOWN)
    assert (keys(outcome)[-1], outcome.commands) == ("kept", ())


def test_a_reason_may_speak_of_cancelling_again():
    asked = conversation.respond(State(), text("hủy"), KNOWN)
    outcome = conversation.respond(asked.state, text("bận đám giỗ, hủy giùm"), KNOWN)
    assert outcome.commands == (Cancel(1, "bận đám giỗ, hủy giùm"),)


def test_a_question_instead_of_a_reason_cancels_nothing():
    asked = conversation.respond(State(), text("hủy"), KNOWN)
    outcome = conversation.respond(asked.state, text("hủy có bị phạt không?"), KNOWN)
    assert (keys(outcome), outcome.commands) == (["question_for_staff", "ask_cancel_reason"], ())
    again = conversation.respond(outcome.state, text("đi vắng, không ai ở nhà, hiểu không?"), KNOWN)
    assert again.commands


def test_a_change_to_a_day_offers_that_day():
    outcome = conversation.respond(State(), text("dời qua chiều mai được không"), KNOWN)
    assert outcome.state.step == Step.NEW_TIME
    assert keys(outcome) != ["offer_new_times"]


def test_registering_twice_loses_nothing_said_so_far():
    outcome = after(Heard(Kind.INFO, info=FULL, ref="1"), "rượu", "đăng ký")
    assert (outcome.state.step, outcome.state.data["words"]) == (Step.WHICH_PROCEDURE, "rượu")


def test_the_whole_consent_is_not_read_out_again_after_a_question():
    assert keys(after("có mất tiền không")) == ["fee", "consent_again"]
    assert keys(after("tại sao phải cho thông tin")) == ["why_data", "consent_again"]


@pytest.mark.parametrize(
    "said", ["sao lâu vậy", "đúng", "không", "change my appointment", "cho hỏi chút", "em muốn bán rượu"]
)
def test_what_is_no_name_is_not_written_down_as_one(said):
    assert clean_name(said) == ""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Nguyễn Văn Đúng", "Nguyễn Văn Đúng"),
        ("tao tên Người Mẫu Tư", "Người Mẫu Tư"),
        ("Y Moan Niê", "Y Moan Niê"),
        ("My name is John Smith", "John Smith"),
    ],
)
def test_a_name_is_taken_out_of_what_stands_around_it(said, name):
    assert clean_name(said) == name


def test_answers_to_later_questions_are_kept_for_them():
    named = after("1", "0900000015", "Người Mẫu Hai")
    assert named.state.data["details"] == {"name": "Người Mẫu Hai", "phone": "+84900000015"}
    placed = after("1", "Người Mẫu Hai", "7 Vĩnh Hải")
    assert (placed.state.step, placed.state.data["details"]["ward"]) == (Step.PHONE, "22327")


def test_words_before_a_number_do_not_become_the_name():
    outcome = after("1", "Người Mẫu Hai", "số của tôi 0900000015")
    assert outcome.state.data["details"]["name"] == "Người Mẫu Hai"
    english = after("1", "Anna Brown", "my phone is 0900000015")
    assert "address_line" not in english.state.data["details"]


def test_a_question_nobody_taught_us_is_left_to_staff_and_the_open_one_put_again():
    outcome = after(Heard(Kind.INFO, info=FULL, ref="1"), "rượu", "1", "có cần công chứng không")
    assert keys(outcome) == ["question_for_staff", "offer_again"]
    assert outcome.state.step == Step.TIME


def test_anger_is_met_with_an_apology_once_and_a_person():
    first = conversation.respond(State(), text("gọi hoài không ai nghe máy"), KNOWN)
    assert keys(first) == ["human_called_sorry"]
    assert any(isinstance(command, CallHuman) for command in first.commands)
    again = conversation.respond(first.state, text("tui chờ cả tuần rồi"), KNOWN)
    assert keys(again) == ["human_waiting_more"]


def test_unsure_about_withdrawing_keeps_everything():
    asked = conversation.respond(State(), text("xóa hết thông tin của tôi đi"), KNOWN)
    outcome = conversation.respond(asked.state, text("không, giữ lại"), KNOWN)
    assert (keys(outcome), outcome.state.step) == (["kept_data"], Step.IDLE)


class SureWorld(PaperWorld):
    """Where the words name one procedure."""

    def search(self, text):
        found = super().search(text)
        return Found("match", found.hits[:1]) if found.hits else found


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("bán rượu cần giấy gì", "papers"),
        ("bán rượu mất bao lâu", "how_long_known"),
        ("rượu bao nhiêu tiền", "fee_known"),
    ],
)
def test_who_asks_about_a_procedure_first_is_invited_and_need_not_name_it_again(said, key):
    asked = conversation.respond(State(), text(said), SureWorld())
    assert keys(asked) == [key, "papers_then_register"]
    registering = conversation.respond(asked.state, text("đăng ký"), SureWorld())
    shared = conversation.respond(registering.state, Heard(Kind.INFO, info=FULL, ref="1"), SureWorld())
    assert shared.state.step == Step.WHICH_PROCEDURE


def test_the_procedure_named_while_registering_is_kept():
    outcome = conversation.respond(State(), text("đăng ký hỗ trợ tại nhà: bán rượu"), SureWorld())
    assert "rượu" in outcome.state.data["words"]


def test_english_is_told_once_how_to_go_on():
    first = conversation.respond(State(), text("Hello, I need some help with my business"), PaperWorld())
    assert keys(first) == ["english", "menu_short"]
    second = conversation.respond(first.state, text("I would like to register"), PaperWorld())
    assert keys(second) == ["consent"]


@pytest.mark.parametrize("said", ["toi can ban ruou o me", "dang ky cho me", "Nguyen Van To", "to 5 Vinh Hai", "ok em"])
def test_vietnamese_without_marks_is_not_taken_for_english(said):
    assert not is_english(said.lower())
