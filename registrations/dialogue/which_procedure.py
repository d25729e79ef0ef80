"""What is to be filed:
free text, "which of these?", an honest "none of ours", and a way on for whoever finds no word for it.
"""

import re
from typing import Any

from registrations.dialogue.details import ask_correct, take_correction
from registrations.dialogue.facts import Hit
from registrations.dialogue.heard import Option
from registrations.dialogue.intents import asks_something, says_no, says_yes
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.wishes import keep_time, keep_words, speaks_of_day

MOST_HITS = 4
_TOGETHER = re.compile(r"\s+(?:với|voi|và|va|cùng|cung|lẫn|kèm|rồi)(?:\s+(?:cả|ca))?\s+|\s*[,;+&/]\s*", re.I)
_WORD = re.compile(r"\w+")


def on_procedure(turn: Turn) -> bool:
    heard = turn.heard
    if heard.folded == "1" or says_yes(heard.text, heard.folded):
        # "Đúng": the details are right; now show what can be asked for.
        ask_popular(turn)
        return False
    if says_no(heard.folded):
        ask_correct(turn)
        return False
    if take_correction(turn):
        return True
    if not turn.world.search(heard.text).hits and keep_time(turn, heard.text):
        # A time before its turn: offered as soon as it is known what is to be filed.
        turn.say("noted")
        turn.ask(Step.PROCEDURE, "ask_procedure_other")
        return False
    look_up(turn, heard.text)
    return False


def ask_popular(turn: Turn, key: str = "which_popular") -> None:
    _ask_hits(turn, key, turn.world.popular)


def _ask_hits(turn: Turn, key: str, hits: tuple[Hit, ...]) -> None:
    options = [
        Option(hit.name, {"procedure": hit.id, "name": hit.name, "folded": hit.folded}) for hit in hits[:MOST_HITS]
    ]
    options.append(Option("Thủ tục khác", {"procedure": 0}))
    turn.ask(Step.WHICH_PROCEDURE, key, options=tuple(options))


def look_up(turn: Turn, words: str) -> None:
    """Search for what was typed and ask which one is meant; an honest "none of ours" where nothing fits."""
    found = turn.world.search(words)
    if found.hits:
        keep_words(turn, words)
        turn.data.pop("unclear", None)
        _ask_hits(turn, "is_it_this" if len(found.hits) == 1 else "which_procedure", found.hits)
        return
    turn.data.pop("words", None)
    if found.referral:
        turn.say("not_ours", noi_nhan=found.referral)
        turn.ask(Step.PROCEDURE, "ask_procedure_other")
        return
    turn.data["unclear"] = {"words": words[:200], "times": (turn.data.get("unclear") or {}).get("times", 0) + 1}
    if turn.data["unclear"]["times"] >= 2:
        ask_unclear(turn)
    else:
        turn.ask(Step.PROCEDURE, "procedure_not_found", linh_vuc=listed_fields(turn))


def on_which_procedure(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    if choice is None and says_yes(heard.text, heard.folded):
        choice = (turn.data.get("options") or [{}])[0].get("value")
    if isinstance(choice, dict) and choice.get("procedure"):
        return _choose(turn, choice)
    if isinstance(choice, dict) or says_no(heard.folded):
        turn.data.pop("words", None)
        turn.ask(Step.PROCEDURE, "ask_procedure_again", linh_vuc=listed_fields(turn))
        return False
    if turn.off_the_list():
        again_which(turn)
        return False
    # "Mai được không": asked too early, answered when the times are offered.
    names_time = keep_time(turn, heard.text)
    if take_correction(turn) or _narrow(turn):
        return True
    if names_time:
        turn.say_first("noted")
    return False


def _narrow(turn: Turn) -> bool:
    """Not a number: words of a name on the list choose it; other words are a new search."""
    values = [option["value"] for option in turn.data.get("options") or []]
    offered = {value["procedure"]: value for value in values if value.get("procedure")}
    typed = set(turn.heard.folded.split())
    named = [value for value in offered.values() if typed and typed <= set(_WORD.findall(value.get("folded", "")))]
    if len(named) == 1:
        return _choose(turn, named[0])
    found = turn.world.search(turn.heard.text)
    if found.verdict == "match" and found.hits[0].id in offered:
        return _choose(turn, offered[found.hits[0].id])
    if found.hits or found.referral:
        look_up(turn, turn.heard.text)
        return False
    # "bị mất rồi": says nothing alone, but picks the re-issue when read with the first words.
    both = turn.world.search(f"{turn.data.get('words', '')} {turn.heard.text}")
    first = next(iter(offered), None)
    if both.hits and both.hits[0].id in offered and both.hits[0].id != first:
        return _choose(turn, offered[both.hits[0].id])
    if asks_something(turn.heard.folded) and not speaks_of_day(turn.heard.folded):
        turn.say("question_for_staff")
    again_which(turn)
    return False


def _choose(turn: Turn, value: dict[str, Any]) -> bool:
    turn.data["procedure"] = {"id": value["procedure"], "name": value["name"]}
    turn.data.pop("also", None)
    if other := _also_named(turn, int(value["procedure"])):
        turn.data["also"] = other
    return True


def _also_named(turn: Turn, chosen: int) -> dict[str, str] | None:
    """The other procedure of "rượu với thuốc lá": one visit is for one, the other must not be forgotten."""
    words = str(turn.data.get("words") or "")
    pieces = _TOGETHER.split(words)
    if len(pieces) < 2:
        return None
    all_hits = {hit.id for hit in turn.world.search(words).hits}
    for piece in pieces:
        hits = turn.world.search(piece).hits
        if hits and hits[0].id in all_hits and chosen not in {hit.id for hit in hits}:
            return {"name": hits[0].name, "words": piece.strip()}
    return None


def listed_fields(turn: Turn) -> str:
    return ", ".join(field.lower() for field in turn.world.fields)


def again_which(turn: Turn) -> None:
    if turn.data.get("words") and turn.world.search(turn.data["words"]).hits:
        look_up(turn, turn.data["words"])
    else:
        ask_popular(turn)


def ask_unclear(turn: Turn) -> None:
    """Searched twice in vain: the request may go ahead in the citizen's own words, a clerk will find the procedure."""
    options = (
        Option("Cứ đăng ký, cán bộ gọi hỏi rõ", "keep"),
        Option("Xem các thủ tục thường làm", "list"),
        Option("Gõ lại tên thủ tục", "again"),
    )
    words = (turn.data.get("unclear") or {}).get("words", "")
    turn.ask(Step.UNCLEAR_PROCEDURE, "procedure_unclear", options=options, loi=words)


def on_unclear(turn: Turn) -> bool:
    choice = turn.choice()
    if choice == "keep" or (choice is None and says_yes(turn.heard.text, turn.heard.folded)):
        turn.data["words"] = (turn.data.get("unclear") or {}).get("words", "")
        turn.data["procedure"] = {"id": 0, "name": ""}
        return True
    if choice == "list":
        ask_popular(turn)
    elif choice == "again" or says_no(turn.heard.folded):
        turn.ask(Step.PROCEDURE, "ask_procedure_again", linh_vuc=listed_fields(turn))
    elif turn.off_the_list():
        ask_unclear(turn)
    elif take_correction(turn):
        return True
    else:
        look_up(turn, turn.heard.text)
    return False
