"""The conversation as a function: (state, what came in, what is known) → (state, answers, commands).

No database, no Django.

Order of reading: what Zalo reports first, then the numbered answer of the question asked, then words that mean the same
everywhere, then the step's own reading of free text. Whatever interrupts, `go_on` takes the thread up again.
"""

from collections.abc import Callable
from datetime import datetime

from registrations.dialogue import aftercare, details, rights, sent_things, which_procedure, which_time
from registrations.dialogue.enrol import go_on, start, start_for_other
from registrations.dialogue.everywhere import ON_INTENT, ask_menu
from registrations.dialogue.facts import World
from registrations.dialogue.heard import (
    AnswerNeed,
    Cancel,
    ChangeTime,
    Heard,
    Kind,
    Outcome,
    Pause,
    Rate,
    Register,
    State,
    TakeOffer,
)
from registrations.dialogue.intents import Intent, complains, intent_of, number_in, says_no, says_yes
from registrations.dialogue.intents_english import is_english
from registrations.dialogue.turn import OF_DRAFT, Step, Turn
from registrations.dialogue.wishes import TAKES_ANY_WORDS, asks_for_visit, for_other_in

TAKES_IT = frozenset(
    {"#nhan", "nhan", "toi nhan", "em nhan", "nhan gio nay", "nhan nhe", "nhan nha", "ok nhan", "lay", "lay gio nay"}
)

_STEPS: dict[str, Callable[[Turn], bool]] = {
    Step.CONSENT: details.on_consent,
    Step.NAME: details.on_detail,
    Step.PHONE: details.on_detail,
    Step.ADDRESS: details.on_detail,
    Step.WARD: details.on_ward,
    Step.KNOWN: details.on_known,
    Step.CORRECT: details.on_correct,
    Step.PROCEDURE: which_procedure.on_procedure,
    Step.WHICH_PROCEDURE: which_procedure.on_which_procedure,
    Step.UNCLEAR_PROCEDURE: which_procedure.on_unclear,
    Step.TIME: which_time.on_time,
    Step.WISH: which_time.on_wish,
    Step.WHICH_VISIT: aftercare.on_which_visit,
    Step.NEW_TIME: aftercare.on_new_time,
    Step.CANCEL_REASON: aftercare.on_cancel_reason,
    Step.ABANDON: aftercare.on_abandon,
    Step.RATE_WORDS: aftercare.on_rate_words,
    Step.WITHDRAW: rights.on_withdraw,
    Step.PHOTO: sent_things.on_photo_answer,
}
# Where yes, no and "sai" answer the question asked.
_TAKES_YES_OR_NO = frozenset(
    {
        Step.CONSENT,
        Step.KNOWN,
        Step.CORRECT,
        Step.PROCEDURE,
        Step.WHICH_PROCEDURE,
        Step.UNCLEAR_PROCEDURE,
        Step.WISH,
        Step.TIME,
        Step.NEW_TIME,
        Step.CANCEL_REASON,
        Step.ABANDON,
        Step.WITHDRAW,
        Step.PHOTO,
        Step.RATE_WORDS,
        Step.WHICH_VISIT,
    }
)
# What is confirmed by a notice of its own: nothing is left half done then.
_SETTLES = (Register, ChangeTime, TakeOffer, Cancel)


def respond(state: State, heard: Heard, world: World) -> Outcome:
    """One turn. Every input gets an answer, a command, or (only for what needs none) silence."""
    turn = Turn(state, heard, world)
    draft, slept = turn.data.get("draft"), _slept(turn)
    if heard.kind is Kind.TEXT:
        _on_text(turn, slept=slept)
    else:
        _on_other(turn)
    goes_on = draft and turn.data.get("draft") == draft and turn.step in OF_DRAFT
    if turn.says and heard.kind is Kind.TEXT and not turn.data.get("english") and is_english(heard.folded):
        turn.data["english"] = True
        turn.say_first("english")
    if slept and goes_on and turn.says and not any(isinstance(each, _SETTLES) for each in turn.commands):
        turn.say_first("back_after_long")
    return turn.outcome()


def _on_other(turn: Turn) -> None:
    kind = turn.heard.kind
    if kind in {Kind.FOLLOWED, Kind.OPENED_CHAT}:
        turn.say("welcome")
        if turn.has_draft:
            go_on(turn)
        else:
            ask_menu(turn, "menu")
    elif kind is Kind.INFO and turn.heard.info is not None:
        details.take_info(turn, turn.heard.info)
        go_on(turn)
    elif kind is Kind.WITHDREW:
        rights.withdraw(turn, how="zalo")
    elif kind is Kind.COLLEAGUE:
        turn.do(Pause())
    elif kind is Kind.RATED:
        _on_rated(turn)
    elif kind in {Kind.TAKEN, Kind.REFUSED}:
        _on_setback(turn)
    elif kind is not Kind.UNFOLLOWED and sent_things.receive(turn):
        ask_again(turn)


def _on_rated(turn: Turn) -> None:
    visit = turn.world.to_rate
    if visit is not None and 1 <= turn.heard.stars <= 5:
        turn.do(Rate(visit.id, turn.heard.stars, turn.heard.text[:1000]))
        turn.say(aftercare.thanks_for(turn.heard.stars))


def _on_setback(turn: Turn) -> None:
    """A command could not be done: say why, and offer what can be."""
    sentence = turn.heard.sentence
    if turn.step == Step.NEW_TIME:
        aftercare.offer_new_times(turn, key="taken_new_time", vi_sao=sentence)
    elif turn.heard.kind is Kind.TAKEN and which_time.is_ready(turn):
        which_time.offer_times(turn, key="taken", values={"vi_sao": sentence})
    else:
        turn.rest()
        turn.say("refused", vi_sao=sentence)
        if turn.has_draft:
            go_on(turn)


def _on_text(turn: Turn, *, slept: bool) -> None:
    heard = turn.heard
    if _is_rating(turn):
        return
    if _takes_offer(turn):
        return
    if _answers_the_question(turn):
        if _STEPS[turn.step](turn):
            go_on(turn)
        return
    intent = intent_of(heard.text, heard.folded)
    if intent in {None, Intent.REGISTER} and turn.step not in TAKES_ANY_WORDS:
        for_other = for_other_in(heard.text, heard.folded)
        if for_other is not None:
            start_for_other(turn, for_other)
            return
    if intent is None and heard.folded.startswith("#"):
        turn.say("old_button")
        ask_again(turn)
        return
    if slept and turn.step in OF_DRAFT and intent in {Intent.GREETING, Intent.THANKS}:
        ask_again(turn)
        return
    if intent is not None and ON_INTENT[intent](turn):
        ask_again(turn)
        return
    if intent is not None:
        return
    if turn.step == Step.IDLE:
        _on_idle(turn)
    elif turn.step == Step.HUMAN:
        _on_waiting_for_human(turn)
    elif _STEPS[turn.step](turn):
        go_on(turn)


def _answers_the_question(turn: Turn) -> bool:
    """A number or name on offer, a yes or a no, or a name where a name is asked for:
    words that would otherwise mean something else.
    """
    if turn.step not in _STEPS:
        return False
    if turn.choice() is not None:
        return True
    heard = turn.heard
    if turn.step in _TAKES_YES_OR_NO and (says_yes(heard.text, heard.folded) or says_no(heard.folded)):
        return True
    keeps = {Step.NEW_TIME, Step.CANCEL_REASON, Step.WHICH_VISIT, Step.WITHDRAW}
    if turn.step in keeps and aftercare.keeps_visit(turn) and not _changes_instead(turn):
        return True  # "không đổi giờ nữa" asks for no change, though it speaks of one
    if turn.step == Step.CANCEL_REASON and len(heard.folded.split()) >= 4:
        if intent_of(heard.text, heard.folded) is Intent.CANCEL:
            return True  # "bận đám giỗ, hủy giùm": the reason
    if turn.step == Step.RATE_WORDS and complains(heard.folded):
        return True  # asked what was wrong, they say it
    # "1" where nothing is numbered means "go on", never "talk to a person".
    return turn.step == Step.PROCEDURE and heard.folded == "1"


def _changes_instead(turn: Turn) -> bool:
    """ "Không hủy, đổi giờ thôi": not the one, but the other."""
    is_change = intent_of(turn.heard.text, turn.heard.folded) is Intent.CHANGE
    return turn.step == Step.CANCEL_REASON and is_change and not aftercare.keeps_visit(turn, "doi")


def _is_rating(turn: Turn) -> bool:
    """Stars, when a rating was asked for after the last numbered question."""
    visit, asked_at = turn.world.to_rate, turn.world.rating_asked_at
    stars = aftercare.stars_in(turn.heard.folded)
    if not stars or visit is None:
        return False
    last = turn.data.get("at")
    is_answer = turn.step == Step.IDLE and not turn.data.get("options")
    if asked_at is not None and last and datetime.fromisoformat(last) < asked_at:
        is_answer = True
    if is_answer or turn.heard.folded.startswith("#danhgia:"):
        aftercare.rate(turn, visit, stars)
        return True
    return False


def _takes_offer(turn: Turn) -> bool:
    """ "Nhận", while a place that got free is held for a request, or after it was: then they hear that it is gone."""
    if turn.heard.folded.strip(" .!") not in TAKES_IT:
        return False
    offered = next((visit for visit in turn.world.visits if visit.is_offered), None)
    if offered is not None:
        turn.do(TakeOffer(offered.id))
        turn.rest()
    elif any(visit.missed_offer for visit in turn.world.visits):
        turn.say("offer_gone")
    else:
        return False
    return True


def _slept(turn: Turn) -> bool:
    """Whether a draft was left lying for so long. Opening the chat anew has a welcome of its own."""
    if not turn.has_draft or turn.heard.kind in {Kind.FOLLOWED, Kind.OPENED_CHAT}:
        return False
    return turn.asked_long_ago


# --- outside a flow ---


def _on_idle(turn: Turn) -> None:
    choice = turn.choice()
    if isinstance(choice, str):
        turn.data.pop("options", None)
        intent = Intent(choice)
        if ON_INTENT[intent](turn):
            ask_again(turn)
        return
    needs = next((visit for visit in turn.world.visits if visit.needs), None)
    if needs is not None:
        turn.do(AnswerNeed(needs.id))
        turn.say("answer_passed_on", ma=needs.code)
        turn.rest()
        return
    if says_yes(turn.heard.text, turn.heard.folded) or says_no(turn.heard.folded):
        turn.say("nothing_going_on")
        return
    if turn.world.visits and number_in(turn.heard.folded, most=9) is not None:
        # A number tapped twice: what it brought about is shown, nothing new begins.
        aftercare.say_status(turn, turn.world.visits)
        return
    if turn.world.visits and aftercare.keeps_visit(turn):
        turn.say("kept")
        return
    found = turn.world.search(turn.heard.text)
    has_time, wants_new = bool(turn.world.time(turn.heard.text)), asks_for_visit(turn.heard.folded)
    if (
        has_time
        and not (found.hits or found.referral or wants_new)
        and any(each.may_change for each in turn.world.visits)
    ):
        # A time out of nowhere, from someone who has a visit: another time is wished for.
        aftercare.pick_visit(turn, "change")
        return
    if found.hits:
        start(turn, words=turn.heard.text[:200])
    elif found.referral:
        turn.say("not_ours", noi_nhan=found.referral)
        ask_menu(turn, "menu_short")
    elif turn.world.phone(turn.heard.text).e164 or turn.world.address(turn.heard.text).verdict == "inside":
        # Somebody who sends a number or an address without being asked wants to register.
        start(turn)
    elif has_time and (wants_new or not turn.world.visits):
        # A time and nothing else, from someone with no visit: they want one. The time is kept.
        start(turn, when=turn.heard.text)
    elif is_english(turn.heard.folded) and not turn.data.get("english"):
        ask_menu(turn, "menu_short")  # with a word of English before it
    else:
        ask_menu(turn, "not_understood")


def _on_waiting_for_human(turn: Turn) -> None:
    """Said in full once; whoever goes on writing to the person they wait for is only told that it is kept."""
    turn.say("human_waiting_more" if turn.data.get("asked", {}).get("key") == Step.HUMAN else "human_waiting")
    turn.data["asked"] = {"key": Step.HUMAN, "times": 1}


def ask_again(turn: Turn) -> None:
    """Take the thread up where it was left: the same question, or the next gap of the draft."""
    step = turn.step
    if step == Step.KNOWN:
        details.ask_known(turn)
    elif step == Step.CORRECT:
        details.ask_correct(turn)
    elif step == Step.WHICH_PROCEDURE:
        which_procedure.again_which(turn)
    elif step == Step.UNCLEAR_PROCEDURE:
        which_procedure.ask_unclear(turn)
    elif step == Step.WISH:
        turn.ask(Step.WISH, "ask_wish")
    elif step == Step.NEW_TIME:
        aftercare.offer_new_times(turn)
    elif step == Step.CANCEL_REASON:
        visit = aftercare.visit_with(turn, int(turn.data.get("about") or 0))
        if visit is not None:
            aftercare.ask_reason(turn, visit)
        else:
            go_on(turn)
    elif step == Step.WHICH_VISIT:
        aftercare.pick_visit(turn, turn.data.get("then") or "status")
    elif step == Step.PHOTO:
        sent_things.ask_photo(turn)
    elif step == Step.WITHDRAW:
        rights.ask_withdraw(turn)
    elif step in {Step.IDLE, Step.HUMAN, Step.RATE_WORDS} and not turn.has_draft:
        if not turn.says:
            ask_menu(turn, "menu_short")
    else:
        go_on(turn)
