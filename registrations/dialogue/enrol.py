"""From "đăng ký" to a booked visit. Each answer fills a gap; `go_on` asks for the next one."""

from registrations.dialogue.details import ask_consent, ask_known, ask_ward, elsewhere, fill_from_record, is_complete
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.which_procedure import look_up
from registrations.dialogue.which_time import offer_first
from registrations.dialogue.wishes import ForOther, keep_time, keep_words

SAID_OUTSIDE = ("outside_area", "outside_named")


def start(turn: Turn, *, words: str = "", when: str = "") -> None:
    """Open a draft; what the citizen already said they want is looked up once the details are there.

    `when`: words that only name a time.
    """
    if not turn.has_draft:
        turn.drop_draft()
    for key in ("procedure", "words", "also", "unclear", "when"):
        turn.data.pop(key, None)
    turn.data["draft"] = turn.heard.ref or turn.world.now.isoformat()
    asked_about = turn.data.pop("asked_about", "")
    if words or asked_about:
        keep_words(turn, words or asked_about)
    elif when:
        keep_time(turn, when)
    if turn.consented:
        fill_from_record(turn)
    if turn.consented and is_complete(turn.details):
        ask_known(turn)
    else:
        go_on(turn)


def start_for_other(turn: Turn, wish: ForOther) -> None:
    """Open a draft, or turn the one under way into one, for a visit at somebody else's house."""
    if not turn.has_draft:
        turn.drop_draft()
        turn.data["draft"] = turn.heard.ref or turn.world.now.isoformat()
    if turn.world.search(wish.rest).hits:
        turn.data.pop("procedure", None)
        keep_words(turn, wish.rest)
    else:
        keep_time(turn, wish.rest)
    if not turn.consented:
        # The place is a fact about a person: it is asked for again once it may be kept.
        turn.data["elsewhere"] = turn.data["whose_house"] = True
        ask_consent(turn, "consent_for_other")
        return
    fill_from_record(turn)
    if elsewhere(turn, wish.place):
        go_on(turn)


def go_on(turn: Turn) -> None:
    """Ask for the first thing still missing."""
    if not turn.has_draft:
        turn.rest()
        return
    details = turn.details
    if not turn.consented:
        ask_consent(turn)
    elif not details.get("name"):
        turn.ask(Step.NAME, "ask_name")
    elif not details.get("phone"):
        turn.ask(Step.PHONE, "ask_phone")
    elif not details.get("ward") and turn.data.get("wards"):
        ask_ward(turn)
    elif not details.get("ward"):
        key = "ask_other_address" if turn.data.get("elsewhere") else "ask_address"
        if any(say.key in SAID_OUTSIDE for say in turn.says):
            key = "ask_address_inside"
        turn.data.pop("whose_house", None)
        turn.ask(Step.ADDRESS, key, dia_ban=turn.world.area)
    elif turn.data.get("whose_house"):
        ask_known(turn)
    elif "procedure" not in turn.data:
        if turn.data.get("words"):
            look_up(turn, turn.data["words"])
        else:
            turn.ask(Step.PROCEDURE, "ask_procedure")
    else:
        offer_first(turn)
