"""What is not text: pictures, files, cards, places, stickers.

A picture is fetched only after the citizen says it is no identity card.
"""

import re

from registrations.dialogue.heard import AnswerNeed, KeepFile, Kind, Option, SettleFiles
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn

# A photo of an identity card is sensitive data (Nghị định 356/2025/NĐ-CP Điều 4); a position from the phone as well.
_IDENTITY_CARD = re.compile(r"\b(?:cccd|cmnd|cmt|can cuoc|chung minh(?: nhan dan| thu)?|ho chieu|passport|vneid)\b")


def receive(turn: Turn) -> bool:
    """Answer what was sent. True when the question asked before is to be put again."""
    kind = turn.heard.kind
    if kind is Kind.PHOTO:
        return _on_photo(turn)
    if kind is Kind.FILE:
        return _on_file(turn)
    if kind is Kind.CARD:
        if _may_keep(turn):
            turn.do(KeepFile())
            turn.say("card_kept")
        else:
            turn.say("card_not_kept")
        return turn.has_draft
    if kind is Kind.LOCATION:
        turn.say("location_refused")
        return turn.has_draft
    if kind is Kind.VOICE:
        turn.say("voice")
        return turn.has_draft
    if kind is Kind.STICKER:
        turn.say("sticker")
        return turn.has_draft
    if kind is Kind.REACTED:
        turn.say("reacted")
    return False


def _may_keep(turn: Turn) -> bool:
    """There is a request to keep it with, and consent."""
    return turn.consented and (turn.has_draft or bool(turn.world.visits))


def _is_identity_card(turn: Turn) -> bool:
    return bool(_IDENTITY_CARD.search(turn.heard.folded))


def _on_photo(turn: Turn) -> bool:
    if _is_identity_card(turn):
        turn.say("identity_card_refused")
        return turn.has_draft
    if not _may_keep(turn):
        turn.say("photo_without_request")
        return turn.has_draft
    turn.do(KeepFile(wait=True))
    if turn.step == Step.PHOTO:
        turn.say("photo_more")
        return False
    turn.data["before_photo"] = turn.step
    ask_photo(turn)
    return False


def ask_photo(turn: Turn) -> None:
    options = (Option("Giấy tờ của hồ sơ", "papers"), Option("Căn cước, hộ chiếu", "identity"))
    turn.ask(Step.PHOTO, "ask_photo", options=options)


def on_photo_answer(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    if choice is None and _is_identity_card(turn):
        choice = "identity"
    elif choice is None and (says_yes(heard.text, heard.folded) or "giay" in heard.folded.split()):
        choice = "papers"
    if choice is None and not says_no(heard.folded):
        ask_photo(turn)
        return False
    before = turn.data.pop("before_photo", Step.IDLE)
    turn.rest()
    turn.do(SettleFiles(keep=choice == "papers"))
    turn.say("photo_kept" if choice == "papers" else "identity_card_refused")
    if choice == "papers":
        _answer_need(turn)
    turn.step = before if turn.has_draft else Step.IDLE
    return turn.has_draft


def _on_file(turn: Turn) -> bool:
    if _is_identity_card(turn):
        turn.say("identity_card_refused")
    elif not _may_keep(turn):
        turn.say("photo_without_request")
    else:
        turn.do(KeepFile())
        turn.say("file_kept")
        _answer_need(turn)
    return turn.has_draft


def _answer_need(turn: Turn) -> None:
    needs = next((visit for visit in turn.world.visits if visit.needs), None)
    if needs is not None:
        turn.do(AnswerNeed(needs.id))
        turn.say("answer_passed_on", ma=needs.code)
