"""What a person may ask about their own data: see it, withdraw consent, or say that we write to the wrong person."""

from registrations.dialogue.heard import CallHuman, Option, Withdraw
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn


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
    if turn.world.person is None and not turn.world.visits:
        turn.say("wrong_person_nothing")
        return turn.has_draft
    turn.data["then"] = "wrong_person"
    ask_withdraw(turn)
    return False


def on_withdraw(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    mistaken = turn.data.get("then") == "wrong_person"
    if choice == "yes" or (choice is None and says_yes(heard.text, heard.folded)):
        withdraw(turn, how="wrong_person" if mistaken else "chat")
        return False
    if choice == "no" or says_no(heard.folded):
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


def say_my_data(turn: Turn) -> bool:
    person = turn.world.person
    if person is None:
        turn.say("nothing_stored")
    else:
        address = ", ".join(part for part in (person.address_line, person.ward_name) if part)
        turn.say("my_data", ho_ten=person.name, dien_thoai=turn.world.phone(person.phone).shown, dia_chi=address)
    return turn.has_draft
