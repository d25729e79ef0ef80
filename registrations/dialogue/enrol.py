"""From "đăng ký" to a booked visit. Each answer fills a gap; `go_on` asks for the next one."""

from registrations.dialogue.details import ask_consent, ask_known, ask_ward, fill_from_record, is_complete
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.which_procedure import look_up
from registrations.dialogue.which_time import offer_times


def start(turn: Turn, *, words: str = "") -> None:
    """Open a draft; what the citizen already said they want is looked up once the details are there."""
    if not turn.has_draft:
        turn.drop_draft()
    for key in ("procedure", "words", "unclear"):
        turn.data.pop(key, None)
    turn.data["draft"] = turn.heard.ref or turn.world.now.isoformat()
    if words:
        turn.data["words"] = words
    if turn.consented:
        fill_from_record(turn)
    if turn.consented and is_complete(turn.details):
        ask_known(turn)
    else:
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
        was_outside = any(say.key == "outside_area" for say in turn.says)
        turn.ask(Step.ADDRESS, "ask_address_inside" if was_outside else "ask_address", dia_ban=turn.world.area)
    elif "procedure" not in turn.data:
        if turn.data.get("words"):
            look_up(turn, turn.data["words"])
        else:
            turn.ask(Step.PROCEDURE, "ask_procedure")
    else:
        offer_times(turn)
