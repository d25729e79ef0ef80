"""After the booking: where is my request, other times, cancelling, papers, rating."""

import re

from registrations.dialogue.clock import long_time
from registrations.dialogue.facts import Found, Visit
from registrations.dialogue.heard import Cancel, ChangeTime, Option, Rate
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.which_time import call_for_time, chosen_place, offer_near, offer_times
from registrations.dialogue.wishes import speaks_of_day

_CODE = re.compile(r"\bht ?- ?([0-9a-z]{5})\b")
# Alone, or with its word and then whatever else the citizen says: "5 sao nha em, cán bộ dễ thương".
_STARS = re.compile(r"^(?:#danhgia:|cho )?([1-5])(?: ?(?:sao|diem|/ ?5|\*|⭐)(?:$|\W.*)|[.! ]*$)", re.DOTALL)
# "Thôi không hủy", "không đổi nữa", "giữ giờ cũ": the visit stays. "Không đổi sang mai được" goes on about a time.
_KEEPS = re.compile(
    r"\b(?:khong|ko|k|hong|dung|khoi|chua) (?:co |can |muon )?(?:huy|doi)\b(?! (?:duoc|dc|sang|qua|thanh))"
    r"|^(?:thoi )?(?:khoi|giu|de)(?: (?:can|lai|nguyen|vay|nhu cu|lich cu|gio cu))*(?: a| nha| nhe| di| em)*[.! ]*$"
    r"|(?<!khong )(?<!ko )\bgiu (?:gio|lich|nguyen|lai|hen|ngay|buoi|nhu)\b|\bnghi lai\b|\bnhu cu\b"
    r"|\bkeep (?:it|the|my)\b|\b(?:do not|don'?t|not) (?:cancel|change)\b|^(?:khong|ko|hong|no|thoi|dung) ?[,.!]"
)
# Asked why they cancel, they ask something themselves: no reason to cancel yet.
_ASKS_BACK = re.compile(r"\?\s*$|\b(?:khong|ko|hong|sao)(?: (?:a|vay|em|ad|ha|nhi))*[.! ]*$")
_NOT = r"\b(?:khong|ko|hong|dung|khoi|chua) (?:co |can |muon |phai )?{}\b(?!.{{0,12}} (?:duoc|dc|sang|qua|thanh)\b)"
REASONS = ("Bận việc, không ở nhà được", "Đã tự nộp hồ sơ", "Không cần làm thủ tục này nữa", "Đăng ký nhầm")


def visit_with(turn: Turn, number: int) -> Visit | None:
    return next((visit for visit in turn.world.visits if visit.id == number), None)


def name_of(visit: Visit) -> str:
    return visit.procedure or "thủ tục cán bộ sẽ hỏi rõ"


def when_of(visit: Visit) -> str:
    return long_time(visit.starts_at) if visit.starts_at else "giờ do cán bộ gọi thu xếp"


def keeps_visit(turn: Turn, verb: str = "") -> bool:
    """Whether the words leave a visit as it is, said where it was about to be changed or cancelled.

    With a verb (“doi”, “huy”): whether they say that this is not wished, wherever they are said.
    """
    if verb:
        return re.search(_NOT.format(verb), turn.heard.folded) is not None
    return _KEEPS.search(turn.heard.folded) is not None


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
    if says_no(turn.heard.folded) or keeps_visit(turn):
        turn.rest()
        turn.say("kept")
        return True
    return pick_visit(turn, then)


def act(turn: Turn, then: str, visit: Visit) -> bool:
    turn.data["about"] = visit.id
    if then == "change":
        offer_new_times(turn, wished=speaks_of_day(turn.heard.folded))
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
        turn.say("status_draft" if turn.has_draft else "no_visit")
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


def invite(turn: Turn, found: Found) -> None:
    """Who only asks about a procedure is told how to have it done; what they asked about is not asked again."""
    if found.verdict == "match" and not turn.has_draft and turn.step == Step.IDLE and not turn.world.visits:
        turn.data["asked_about"] = found.hits[0].name
        turn.say("papers_then_register")


def papers_asked(turn: Turn) -> bool:
    """Of the procedure named in the question, else of the one being registered, else of a request."""
    found = turn.world.search(turn.heard.text)
    if not (found.hits or found.referral or turn.procedure):
        found = turn.world.search(str(turn.data.get("words") or ""))
    procedure = found.hits[0].id if found.verdict == "match" and found.hits else turn.procedure
    name = (
        found.hits[0].name
        if procedure and found.verdict == "match"
        else (turn.data.get("procedure") or {}).get("name", "")
    )
    papers = turn.world.papers(procedure) if procedure else ()
    if papers:
        turn.say("papers", thu_tuc=name, giay_to="\n".join(f"- {paper}" for paper in papers), duong_dan="")
        invite(turn, found)
        return True
    if found.referral and not found.hits:
        turn.say("not_ours", noi_nhan=found.referral)
        return True
    if turn.world.visits:
        return pick_visit(turn, "papers")
    turn.say("papers_which")
    return True


# --- another time ---


def offer_new_times(turn: Turn, key: str = "offer_new_times", *, wished: bool = False, **values: str) -> None:
    """`wished`: the words that ask for it name a time: the open ones nearest to it are offered."""
    visit = visit_with(turn, int(turn.data.get("about") or 0))
    if visit is None:
        turn.rest()
        turn.say("no_visit")
        return
    about = {"thu_tuc": name_of(visit), "ma": visit.code, "gio_hen": when_of(visit)}
    if wished and offer_near(turn, turn.heard.text, step=Step.NEW_TIME, values=about):
        return
    offer_times(turn, key=key, step=Step.NEW_TIME, values={**about, **values})


def on_new_time(turn: Turn) -> bool:
    about = int(turn.data.get("about") or 0)
    if visit_with(turn, about) is None:
        turn.rest()
        turn.say("no_visit")
        return True
    if keeps_visit(turn):
        turn.rest()
        turn.say("kept")
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
        if _ASKS_BACK.search(turn.heard.folded) and not says_no(turn.heard.folded) and not turn.data.get("asked_back"):
            turn.data["asked_back"] = True
            turn.say("question_for_staff")
            ask_reason(turn, visit)
            return False
        reason = "" if says_no(turn.heard.folded) or keeps_visit(turn) else turn.heard.text
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

CONTENT_FROM = 4


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
    turn.say(thanks_for(stars))
    return True


def thanks_for(stars: int) -> str:
    """The last word after a rating: a cheerful wish would mock whoever has just complained."""
    return "rating_done" if stars >= CONTENT_FROM else "rating_done_unhappy"
