"""Words that mean the same at every step. Each handler answers True when the thread is to be taken up again."""

from collections.abc import Callable

from registrations.dialogue import aftercare, details, rights, which_time
from registrations.dialogue.enrol import go_on, start
from registrations.dialogue.heard import CallHuman, Option
from registrations.dialogue.intents import Intent, complains
from registrations.dialogue.turn import OF_DRAFT, Step, Turn

MENU = (
    Option("Đăng ký hỗ trợ tại nhà", "register"),
    Option("Xem lịch hẹn, hồ sơ của tôi", "status"),
    Option("Đổi giờ hẹn", "change"),
    Option("Hủy lịch hẹn", "cancel"),
    Option("Giấy tờ cần chuẩn bị", "papers"),
    Option("Gặp cán bộ", "human"),
)


def ask_menu(turn: Turn, key: str) -> None:
    turn.ask(Step.IDLE, key, options=MENU)


def _register(turn: Turn) -> bool:
    if turn.has_draft and turn.step in OF_DRAFT and turn.step != Step.UNCLEAR_PROCEDURE:
        return True  # they are registering: the open question once more, nothing said so far is lost
    found = turn.world.search(turn.heard.text)
    # "Đăng ký hỗ trợ tại nhà: bán rượu"; "đăng ký lại" alone names nothing.
    start(turn, words=turn.heard.text[:200] if found.verdict == "match" else "")
    return False


def _menu(turn: Turn) -> bool:
    if turn.has_draft:
        turn.say("help_in_draft")
        return True
    ask_menu(turn, "menu")
    return False


def _greeting(turn: Turn) -> bool:
    if turn.has_draft:
        turn.say("hello")
        return True
    ask_menu(turn, "hello_menu")
    return False


def _thanks(turn: Turn) -> bool:
    turn.say("you_are_welcome")
    return turn.has_draft


def _change(turn: Turn) -> bool:
    if aftercare.keeps_visit(turn, "doi"):
        return _left_as_it_is(turn)
    if turn.has_draft and turn.step == Step.TIME:
        which_time.offer_times(turn)
        return False
    return aftercare.pick_visit(turn, "change")


def _cancel(turn: Turn) -> bool:
    if aftercare.keeps_visit(turn, "huy"):
        return _left_as_it_is(turn)
    return aftercare.cancel_asked(turn)


def _left_as_it_is(turn: Turn) -> bool:
    """ "Không đổi giờ nữa", said out of nothing: nothing is changed."""
    turn.say("kept" if turn.world.visits else "nothing_going_on")
    return turn.has_draft


def _stop(turn: Turn) -> bool:
    if turn.step in {Step.NEW_TIME, Step.CANCEL_REASON, Step.WHICH_VISIT, Step.WITHDRAW, Step.ABANDON}:
        turn.rest()
        turn.say("kept")
        return turn.has_draft
    if turn.step == Step.RATE_WORDS:
        return aftercare.on_rate_words(turn)
    if turn.has_draft:
        return aftercare.drop(turn)
    turn.rest()
    turn.say("nothing_going_on")
    return False


def _status(turn: Turn) -> bool:
    aftercare.say_status(turn, turn.world.visits)
    return turn.has_draft or turn.step not in {Step.IDLE, Step.HUMAN}


def _fee(turn: Turn) -> bool:
    found = turn.world.search(turn.heard.text)
    procedure = found.hits[0].id if found.verdict == "match" and found.hits else turn.procedure
    fee = turn.world.fee(procedure) if procedure else ""
    turn.say("fee_known" if fee else "fee", le_phi=fee)
    aftercare.invite(turn, found)
    return turn.has_draft or turn.step not in {Step.IDLE, Step.HUMAN}


def _how_long(turn: Turn) -> bool:
    found = turn.world.search(turn.heard.text)
    procedure = found.hits[0].id if found.verdict == "match" and found.hits else turn.procedure
    days = turn.world.days(procedure) if procedure else 0
    turn.say("how_long_known" if days else "how_long", so_ngay=str(days))
    aftercare.invite(turn, found)
    return turn.has_draft or turn.step not in {Step.IDLE, Step.HUMAN}


def _hours(turn: Turn) -> bool:
    turn.say("hours", gio_lam=turn.world.hours)
    return turn.has_draft or turn.step not in {Step.IDLE, Step.HUMAN}


def _human(turn: Turn) -> bool:
    if complains(turn.heard.folded):
        turn.do(CallHuman("Người dân không hài lòng, cần cán bộ trả lời."))
        turn.say("human_waiting_more" if turn.step == Step.HUMAN else "human_called_sorry")
    else:
        turn.do(CallHuman("Người dân muốn gặp cán bộ."))
        turn.say("human_called")
    turn.step = Step.HUMAN
    turn.data.pop("options", None)
    turn.data.pop("asked", None)
    return False


def _correct(turn: Turn) -> bool:
    if not turn.has_draft or not details.is_complete(turn.details):
        if turn.world.visits:
            turn.do(CallHuman("Người dân báo thông tin ghi sai."))
            turn.say("correct_by_staff")
            return False
        return _menu(turn)
    detail = details.detail_named(turn.heard.folded)
    if detail is None:
        details.ask_correct(turn)
        return False
    details.forget(turn, detail)
    go_on(turn)
    return False


ON_INTENT: dict[Intent, Callable[[Turn], bool]] = {
    Intent.REGISTER: _register,
    Intent.MENU: _menu,
    Intent.GREETING: _greeting,
    Intent.THANKS: _thanks,
    Intent.CHANGE: _change,
    Intent.CANCEL: _cancel,
    Intent.STOP: _stop,
    Intent.STATUS: _status,
    Intent.PAPERS: aftercare.papers_asked,
    Intent.FEE: _fee,
    Intent.HOW_LONG: _how_long,
    Intent.HOURS: _hours,
    Intent.HUMAN: _human,
    Intent.CORRECT: _correct,
    Intent.WITHDRAW: rights.withdraw_asked,
    Intent.MY_DATA: rights.say_my_data,
    Intent.WHY_DATA: rights.say_why,
    Intent.WRONG_PERSON: rights.wrong_person,
    Intent.WHO_ARE_YOU: rights.who_are_you,
}
