"""What a person may ask about their own data: see it, withdraw consent, or say that we write to the wrong person."""

import re

from registrations.dialogue.aftercare import keeps_visit
from registrations.dialogue.details import forget, is_complete
from registrations.dialogue.enrol import go_on
from registrations.dialogue.heard import CallHuman, NoteSeen, Option, Withdraw
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn

_OWN_NUMBER = re.compile(r"^(?:da )?(?:toi |em |minh )?(?:sai|nham|lon|ghi nham|ghi sai) so\b")

# "Không, giữ lại", "thôi để đó đi": asked whether they are sure, they are not.
_NO_MORE = re.compile(r"^(?:da )?(?:khong|ko|hong|thoi|khoi)\b")


def withdraw_asked(turn: Turn) -> bool:
    if not turn.consented and turn.world.person is None and not turn.data.get("details"):
        turn.drop_draft()
        turn.rest()
        turn.say("nothing_stored")
        return False
    ask_withdraw(turn)
    return False


def ask_withdraw(turn: Turn) -> None:
    turn.data.setdefault("then", "withdraw")
    mistaken = turn.data["then"] == "wrong_person"
    options = (
        Option("Đúng, gỡ Zalo này ra" if mistaken else "Rút đồng ý và xóa dữ liệu", "yes"),
        Option("Không, giữ như cũ", "no"),
    )
    turn.ask(Step.WITHDRAW, "ask_wrong_person" if mistaken else "ask_withdraw", options=options)


def wrong_person(turn: Turn) -> bool:
    if turn.has_draft and is_complete(turn.details) and _OWN_NUMBER.match(turn.heard.folded):
        # They have just left a number with us: that one is wrong.
        forget(turn, "phone")
        go_on(turn)
        return False
    if turn.world.person is None and not turn.world.visits:
        turn.say("wrong_person_nothing")
        return turn.has_draft
    turn.data["then"] = "wrong_person"
    ask_withdraw(turn)
    return False


def who_are_you(turn: Turn) -> bool:
    """Who writes here. Whoever asks in the middle of a registration goes on with it; to others we may be strangers."""
    turn.say("who_we_are")
    return True if turn.has_draft else wrong_person(turn)


def on_withdraw(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    mistaken = turn.data.get("then") == "wrong_person"
    if choice == "yes" or (choice is None and says_yes(heard.text, heard.folded)):
        withdraw(turn, how="wrong_person" if mistaken else "chat")
        return False
    if choice == "no" or says_no(heard.folded) or keeps_visit(turn) or _NO_MORE.match(heard.folded):
        turn.rest()
        turn.say("kept_data")
        return turn.has_draft
    ask_withdraw(turn)
    return False


def withdraw(turn: Turn, *, how: str) -> None:
    """Consent is gone: so is all the conversation remembers, and whatever stands is cancelled by the shell."""
    running = any(visit.state == "in_progress" for visit in turn.world.visits)
    turn.data.clear()
    turn.rest()
    turn.consented = False
    turn.do(Withdraw(how))
    if how == "wrong_person":
        turn.do(CallHuman("Zalo này báo nhận nhầm tin của người khác."))
        turn.say("unlinked")
    else:
        turn.say("withdrawn_later" if running else "withdrawn")


def say_why(turn: Turn) -> bool:
    """What the details are for and who keeps them, then back to the question that was open."""
    turn.say("why_data")
    return turn.has_draft or turn.step not in {Step.IDLE, Step.HUMAN}


def say_my_data(turn: Turn) -> bool:
    person = turn.world.person
    if person is None:
        turn.say("nothing_stored")
    else:
        address = ", ".join(part for part in (person.address_line, person.ward_name) if part)
        turn.do(NoteSeen())
        turn.say("my_data", ho_ten=person.name, dien_thoai=turn.world.phone(person.phone).shown, dia_chi=address)
    return turn.has_draft
