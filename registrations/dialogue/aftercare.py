"""After the booking: where is my request, other times, cancelling, papers, rating."""

import re

from registrations.dialogue.clock import long_time
from registrations.dialogue.facts import Visit
from registrations.dialogue.heard import Cancel, ChangeTime, Option, Rate
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.which_time import call_for_time, chosen_place, offer_times

_CODE = re.compile(r"\bht ?- ?([0-9a-z]{5})\b")
_STARS = re.compile(r"^(?:#danhgia:)?([1-5])(?: ?(?:sao|diem|/ ?5|\*|⭐))?[.! ]*$")
REASONS = ("Bận việc, không ở nhà được", "Đã tự nộp hồ sơ", "Không cần làm thủ tục này nữa", "Đăng ký nhầm")


def visit_with(turn: Turn, number: int) -> Visit | None:
    return next((visit for visit in turn.world.visits if visit.id == number), None)


def name_of(visit: Visit) -> str:
    return visit.procedure or "thủ tục cán bộ sẽ hỏi rõ"


def when_of(visit: Visit) -> str:
    return long_time(visit.starts_at) if visit.starts_at else "giờ do cán bộ gọi thu xếp"


# --- which request? ---


def pick_visit(turn: Turn, then: str) -> bool:
    """Act on the only request that allows it, or ask which. True when the thread may go on (nothing was asked)."""
    named = _CODE.search(turn.heard.folded)
    visits = [visit for visit in turn.world.visits if _allows(visit, then)]
    if named:
        visits = [visit for visit in visits if visit.code.lower() == f"ht-{named[1]}"] or visits
    if not visits:
        turn.say("nothing_to_do" if turn.world.visits else "no_visit")
        return True
    if len(visits) == 1:
        return act(turn, then, visits[0])
    turn.data["then"] = then
    options = tuple(Option(f"{name_of(visit)}, {when_of(visit)} ({visit.code})", visit.id) for visit in visits)
    turn.ask(Step.WHICH_VISIT, "which_visit", options=options)
    return False


def _allows(visit: Visit, then: str) -> bool:
    return {"change": visit.may_change, "cancel": visit.may_cancel}.get(then, True)


def on_which_visit(turn: Turn) -> bool:
    then = turn.data.get("then") or "status"
    choice = turn.choice()
    named = _CODE.search(turn.heard.folded)
    if choice is None and named:
        choice = next((visit.id for visit in turn.world.visits if visit.code.lower() == f"ht-{named[1]}"), None)
    visit = visit_with(turn, choice) if choice else None
    if visit is not None:
        return act(turn, then, visit)
    if says_no(turn.heard.folded):
        turn.rest()
        turn.say("kept")
        return True
    return pick_visit(turn, then)


def act(turn: Turn, then: str, visit: Visit) -> bool:
    turn.data["about"] = visit.id
    if then == "change":
        offer_new_times(turn)
        return False
    if then == "cancel":
        ask_reason(turn, visit)
        return False
    if then == "papers":
        say_papers(turn, visit)
    else:
        say_status(turn, (visit,))
    return True


# --- where is my request? ---


def say_status(turn: Turn, visits: tuple[Visit, ...]) -> None:
    if not visits:
        turn.say("no_visit")
        return
    for visit in visits[:5]:
        turn.say(
            "status_needs" if visit.needs else "status",
            thu_tuc=name_of(visit),
            ma=visit.code,
            tinh_trang=visit.state_label,
            gio_hen=when_of(visit),
            can_bo=visit.staff or "sẽ phân công sau khi xác minh",
            can_bo_sung=visit.needs,
        )


# --- papers ---


def say_papers(turn: Turn, visit: Visit) -> None:
    if visit.papers:
        listed = "\n".join(f"- {paper}" for paper in visit.papers)
        turn.say("papers", thu_tuc=name_of(visit), giay_to=listed, duong_dan=visit.papers_link)
    else:
        turn.say("papers_later", thu_tuc=name_of(visit))


def papers_asked(turn: Turn) -> bool:
    """Of the procedure named in the question, else of the one being registered, else of a request."""
    found = turn.world.search(turn.heard.text)
    procedure = found.hits[0].id if found.verdict == "match" and found.hits else turn.procedure
    name = (
        found.hits[0].name
        if procedure and found.verdict == "match"
        else (turn.data.get("procedure") or {}).get("name", "")
    )
    papers = turn.world.papers(procedure) if procedure else ()
    if papers:
        turn.say("papers", thu_tuc=name, giay_to="\n".join(f"- {paper}" for paper in papers), duong_dan="")
        return True
    if turn.world.visits:
        return pick_visit(turn, "papers")
    turn.say("papers_which")
    return True


# --- another time ---


def offer_new_times(turn: Turn, key: str = "offer_new_times", **values: str) -> None:
    visit = visit_with(turn, int(turn.data.get("about") or 0))
    if visit is None:
        turn.rest()
        turn.say("no_visit")
        return
    about = {"thu_tuc": name_of(visit), "ma": visit.code, "gio_hen": when_of(visit)}
    offer_times(turn, key=key, step=Step.NEW_TIME, values={**about, **values})


def on_new_time(turn: Turn) -> bool:
    about = int(turn.data.get("about") or 0)
    if visit_with(turn, about) is None:
        turn.rest()
        turn.say("no_visit")
        return True
    place = chosen_place(turn, step=Step.NEW_TIME)
    if place:
        turn.do(ChangeTime(about, place))
        turn.rest()
        return True
    if place == 0:
        call_for_time(turn)
        return True
    return False


# --- cancelling ---


def ask_reason(turn: Turn, visit: Visit) -> None:
    options = tuple(Option(reason, reason) for reason in REASONS) + (Option("Không hủy nữa, giữ lịch", ""),)
    turn.ask(
        Step.CANCEL_REASON,
        "ask_cancel_reason",
        options=options,
        thu_tuc=name_of(visit),
        gio_hen=when_of(visit),
        ma=visit.code,
    )


def on_cancel_reason(turn: Turn) -> bool:
    about = int(turn.data.get("about") or 0)
    visit = visit_with(turn, about)
    if visit is None or not visit.may_cancel:
        turn.rest()
        turn.say("nothing_to_do")
        return True
    reason = turn.choice()
    if reason is None:
        if turn.off_the_list() or turn.heard.folded.startswith("#"):
            ask_reason(turn, visit)
            return False
        reason = "" if says_no(turn.heard.folded) or "giu" in turn.heard.folded.split() else turn.heard.text
        if reason and says_yes(turn.heard.text, turn.heard.folded):
            reason = "Người dân xin hủy"
    turn.rest()
    if reason:
        turn.do(Cancel(about, reason[:300]))
    else:
        turn.say("kept")
    return True


def cancel_asked(turn: Turn) -> bool:
    can_cancel = any(visit.may_cancel for visit in turn.world.visits)
    if turn.has_draft and can_cancel:
        options = (
            Option("Dừng đăng ký đang làm", "draft"),
            Option("Hủy một lịch đã hẹn", "visit"),
            Option("Không hủy gì", ""),
        )
        turn.ask(Step.ABANDON, "ask_abandon", options=options)
        return False
    if turn.has_draft:
        return drop(turn)
    return pick_visit(turn, "cancel")


def on_abandon(turn: Turn) -> bool:
    choice = turn.choice()
    if choice == "draft":
        return drop(turn)
    if choice == "visit":
        return pick_visit(turn, "cancel")
    if choice == "" or says_no(turn.heard.folded):
        turn.say("kept")
        return True
    return cancel_asked(turn)


def drop(turn: Turn) -> bool:
    """Leave the draft: what was collected for it is forgotten at once."""
    turn.drop_draft()
    turn.rest()
    turn.say("draft_dropped")
    return False


# --- rating ---


def stars_in(folded: str) -> int:
    found = _STARS.match(folded)
    return int(found[1]) if found else 0


def rate(turn: Turn, visit: Visit, stars: int) -> bool:
    turn.do(Rate(visit.id, stars))
    turn.data["about"], turn.data["stars"] = visit.id, stars
    turn.ask(Step.RATE_WORDS, "rated_low" if stars <= 2 else "rated", sao=str(stars))
    return False


def on_rate_words(turn: Turn) -> bool:
    about, stars = int(turn.data.get("about") or 0), int(turn.data.pop("stars", 0) or 0)
    if about and stars and not says_no(turn.heard.folded):
        turn.do(Rate(about, stars, turn.heard.text[:1000]))
    turn.rest()
    turn.say("rating_done")
    return True
