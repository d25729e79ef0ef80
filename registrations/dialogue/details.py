"""Who asks and where the visit goes: consent first, then name, phone, address, by form or in words.

Handlers answer True when the thread may go on to the next gap, False when they have asked something themselves.
"""

import re

from registrations.dialogue.detail_words import (
    ADDRESS_LEAD,
    CORRECTS_ADDRESS,
    CORRECTS_NAME,
    DIGIT_RUN,
    LIVES,
    NUMBER_LEAD,
    PARTICLES,
    PLACE,
    clean_name,
    detail_named,
)
from registrations.dialogue.facts import AddressRead
from registrations.dialogue.heard import Info, Option, RecordConsent
from registrations.dialogue.intents import says_no, says_yes
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.wishes import keep_time, keep_words, speaks_of_day


def is_complete(details: dict[str, str]) -> bool:
    return bool(details.get("name") and details.get("phone") and details.get("ward"))


def ask_consent(turn: Turn, key: str = "consent") -> None:
    """Ask with the whole text of what is kept and why; only pointed to where it was just read."""
    asked = turn.data.get("asked") or {}
    if asked.get("key") == Step.CONSENT and not turn.asked_long_ago:
        key = "consent_again"
    turn.ask(
        Step.CONSENT,
        key,
        options=(Option("Đồng ý, nhập bằng tin nhắn", "agree"), Option("Không đồng ý", "refuse")),
        card=True,
    )


def on_consent(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    if choice == "refuse" or says_no(heard.folded):
        turn.drop_draft()
        turn.rest()
        turn.say("no_consent")
    elif choice == "agree" or (says_yes(heard.text, heard.folded) and heard.folded not in {"co", "x", "da", "u", "ok"}):
        turn.do(RecordConsent("zalo_words"))
        turn.consented = True
        return True
    elif turn.world.search(heard.text).verdict == "match":
        # Naming a procedure tells nothing about the person: it may be remembered before consent.
        keep_words(turn, heard.text)
        turn.say("noted")
        ask_consent(turn)
    else:
        turn.say_unclear("consent_not_yet")
        ask_consent(turn)
    return False


def take_info(turn: Turn, info: Info) -> None:
    """The form was sent with its box ticked: consent, and as many details as it carries."""
    turn.do(RecordConsent("zalo_form"))
    turn.consented = True
    if not turn.has_draft:
        turn.data["draft"] = turn.heard.ref or turn.world.now.isoformat()
    gender = info.gender.strip().lower()
    if gender:
        turn.data["title"] = {"nam": "anh", "nữ": "chị", "nu": "chị"}.get(gender, "anh/chị")
    if name := clean_name(info.name):
        turn.details["name"] = name
    if info.phone.strip():
        _take_phone(turn, info.phone)
    if any(part.strip() for part in (info.address_line, info.ward, info.district, info.city)):
        reading = turn.world.address(info.address_line, ward=info.ward, district=info.district, city=info.city)
        line = info.address_line.strip()
        old_ward = info.ward.strip()
        if old_ward and reading.ward_name and old_ward.lower() != reading.ward_name.lower():
            line = f"{line}, {old_ward} (cũ)" if line else f"{old_ward} (cũ)"
        take_address(turn, line or info.ward.strip(), reading)
    if is_complete(turn.details) and not turn.data.get("whose_house"):
        say_understood(turn)


def _take_phone(turn: Turn, text: str) -> bool:
    """Keep the number read from a text, or say what is wrong with it."""
    reading = turn.world.phone(text)
    if reading.e164:
        turn.details["phone"] = reading.e164
        turn.data["phone_shown"] = reading.shown
        return True
    if reading.problem and reading.problem != "missing":
        turn.say(f"phone_{reading.problem}", so_moi=reading.suggestion)
    return False


def take_address(turn: Turn, line: str, reading: AddressRead) -> None:
    """Keep an address with the ward it lies in today, or say why not."""
    details = turn.details
    for key in ("ward", "ward_name"):
        details.pop(key, None)
    for key in ("wards", "old_ward"):
        turn.data.pop(key, None)
    if reading.verdict == "inside":
        details.update(address_line=line[:300], ward=reading.ward, ward_name=reading.ward_name)
        turn.data["old_ward"] = reading.old_name
    elif reading.verdict == "outside":
        details.pop("address_line", None)
        if reading.elsewhere:
            turn.say("outside_named", noi=reading.elsewhere, dia_ban=turn.world.area)
        else:
            turn.say("outside_area", dia_ban=turn.world.area)
    elif reading.verdict == "ambiguous" and reading.candidates:
        details["address_line"] = line[:300]
        turn.data["wards"] = [list(candidate) for candidate in reading.candidates]
    else:
        asked = turn.data.get("asked") or {}
        is_place = bool(PLACE.search(line))
        if not is_place and turn.world.search(line).hits:
            # They are ahead of us: what they want is looked up once the ward is known.
            keep_words(turn, line)
        if is_place or (asked.get("key") == Step.ADDRESS and asked.get("times", 0) >= 2):
            # A street and a number without a ward, or twice nothing: show the wards there are, and let the citizen
            # point.
            details["address_line"] = line[:300] if is_place else ""
            turn.data["wards"] = [list(ward) for ward in turn.world.wards]
        else:
            turn.say_unclear("address_unknown")


def ask_ward(turn: Turn) -> None:
    wards = turn.data["wards"][:8]
    options = [Option(name, {"ward": code, "name": name}) for code, name in wards]
    options.append(Option("Không phải các phường này", {"ward": ""}))
    turn.ask(Step.WARD, "ask_ward", options=tuple(options))


def show_address(details: dict[str, str]) -> str:
    line, ward = details.get("address_line", ""), details.get("ward_name", "")
    if not line or line.lower() == ward.lower():
        return ward
    return line if ward.lower() in line.lower() else f"{line}, {ward}"


def say_understood(turn: Turn, key: str = "understood") -> None:
    details, old = turn.details, turn.data.get("old_ward")
    address = show_address(details)
    if old and details.get("address_line"):
        line = details["address_line"].removesuffix(" (cũ)")
        address = f"{line} (nay là {details['ward_name']})"
    turn.say(key, ho_ten=details["name"], dien_thoai=_shown(turn), dia_chi=address)


def _shown(turn: Turn) -> str:
    return turn.world.phone(turn.details.get("phone", "")).shown or turn.details.get("phone", "")


def on_detail(turn: Turn) -> bool:
    """NAME, PHONE, ADDRESS: one thing at a time, or everything in one message."""
    had = is_complete(turn.details)
    if not _take_all(turn):
        if turn.step == Step.NAME:
            if name := clean_name(turn.heard.text):
                turn.details["name"] = name
            elif not _take_other(turn):
                turn.say_unclear("name_unclear")
        elif turn.step == Step.PHONE:
            has_digits = sum(letter.isdigit() for letter in turn.heard.text) >= 6
            if not (has_digits and _take_phone(turn, turn.heard.text)) and not turn.says:
                if has_digits or not _take_other(turn):
                    turn.say_unclear("phone_invalid")
        elif turn.world.phone(turn.heard.text).e164 and _take_phone(turn, turn.heard.text):
            turn.say("noted")
        else:
            line = PARTICLES.sub("", ADDRESS_LEAD.sub("", turn.heard.text)).strip()
            take_address(turn, line, turn.world.address(line))
    if is_complete(turn.details) and not had:
        say_understood(turn)
    return True


def _take_other(turn: Turn) -> bool:
    """An answer to another question than the one asked: kept for when its turn comes. True if it was one."""
    text = turn.heard.text
    reading = turn.world.address(text)
    if turn.world.phone(text).e164 and _take_phone(turn, text):
        pass
    elif not turn.details.get("ward") and (PLACE.search(text) or reading.verdict in {"inside", "ambiguous"}):
        take_address(turn, ADDRESS_LEAD.sub("", text).strip(), reading)
    elif turn.world.search(text).hits:
        keep_words(turn, text)
    elif speaks_of_day(turn.heard.folded) and turn.world.time(text):
        keep_time(turn, text)
    else:
        return False
    turn.say("noted")
    return True


def _take_all(turn: Turn) -> bool:
    """ "Nguyễn Văn Mẫu, 0900 000 001, 12 Hòn Chồng, Vĩnh Phước":
    true if a phone number parted the text into more than one thing.
    """
    text = turn.heard.text
    found = DIGIT_RUN.search(text)
    if not found or turn.step == Step.ADDRESS or not turn.world.phone(found[0]).e164:
        return False
    before, after = text[: found.start()].strip(" ,;.-"), text[found.end() :].strip(" ,;.-")
    before = NUMBER_LEAD.sub("", before)
    if not before and not after:
        if turn.step != Step.PHONE:
            return False
        return _take_phone(turn, found[0])
    _take_phone(turn, found[0])
    head, _, rest = before.partition(",")
    if not turn.details.get("name") and (name := clean_name(head)):
        turn.details["name"] = name
        before = rest.strip()
    address = ", ".join(part for part in (before, after) if part)
    address = ADDRESS_LEAD.sub("", address).strip()
    reading = turn.world.address(address)
    # Asked for the number, what stands beside it need not be a place.
    is_place = turn.step != Step.PHONE or reading.verdict != "unknown" or bool(PLACE.search(address))
    if len(address) > 3 and is_place:
        take_address(turn, address, reading)
    return True


def on_ward(turn: Turn) -> bool:
    choice = turn.choice()
    if isinstance(choice, dict) and choice.get("ward"):
        turn.details.update(ward=choice["ward"], ward_name=choice["name"])
        turn.data.pop("wards", None)
        say_understood(turn)
        return True
    if isinstance(choice, dict):
        turn.data.pop("wards", None)
        turn.details.pop("address_line", None)
        turn.ask(Step.ADDRESS, "ask_address_again", dia_ban=turn.world.area)
        return False
    line = turn.details.get("address_line", "")
    reading = turn.world.address(turn.heard.text)
    if reading.verdict == "unknown":
        if turn.world.search(turn.heard.text).hits:
            keep_words(turn, turn.heard.text)
            turn.say("noted")
        ask_ward(turn)
        return False
    take_address(turn, f"{line}, {turn.heard.text}" if line else turn.heard.text, reading)
    if is_complete(turn.details):
        say_understood(turn)
    return True


def fill_from_record(turn: Turn) -> None:
    """Start from what is known of a returning citizen."""
    person = turn.world.person
    if person is not None and not is_complete(turn.details):
        turn.data["details"] = {
            "name": person.name,
            "phone": person.phone,
            "address_line": person.address_line,
            "ward": person.ward,
            "ward_name": person.ward_name,
        }


def ask_known(turn: Turn) -> None:
    """The details on record: "vẫn đúng chứ?". For somebody else's visit: is it this house?"""
    is_for_other = bool(turn.data.get("whose_house"))
    options = (
        Option("Đến địa chỉ này" if is_for_other else "Vẫn đúng", "same"),
        Option("Sửa lại thông tin", "correct"),
        Option("Hẹn ở địa chỉ khác (giúp người thân)", "elsewhere"),
    )
    turn.ask(
        Step.KNOWN,
        "ask_whose_house" if is_for_other else "ask_known",
        options=options,
        ho_ten=turn.details["name"],
        dien_thoai=_shown(turn),
        dia_chi=show_address(turn.details),
    )


def on_known(turn: Turn) -> bool:
    choice, heard = turn.choice(), turn.heard
    if choice == "same" or (choice is None and says_yes(heard.text, heard.folded)):
        turn.data.pop("whose_house", None)
        return True
    if choice == "correct" or (choice is None and says_no(heard.folded)):
        ask_correct(turn)
        return False
    if choice == "elsewhere":
        return elsewhere(turn)
    if turn.off_the_list():
        ask_known(turn)
        return False
    if take_correction(turn):
        return True
    if turn.world.search(heard.text).hits:
        keep_words(turn, heard.text)
        return True
    if turn.world.address(heard.text).verdict in {"inside", "outside"}:
        return elsewhere(turn, heard.text)
    ask_known(turn)
    return False


def elsewhere(turn: Turn, line: str = "") -> bool:
    """A visit at somebody else's house: only the address is asked for, nothing about the other person."""
    turn.data["elsewhere"] = True
    turn.data.pop("whose_house", None)
    for key in ("address_line", "ward", "ward_name"):
        turn.details.pop(key, None)
    if not line:
        turn.ask(Step.ADDRESS, "ask_other_address", dia_ban=turn.world.area)
        return False
    take_address(turn, line, turn.world.address(line))
    if is_complete(turn.details):
        say_understood(turn)
    return True


def ask_correct(turn: Turn) -> None:
    options = (
        Option("Họ tên", "name"),
        Option("Số điện thoại", "phone"),
        Option("Địa chỉ", "address"),
        Option("Không, đúng hết rồi", "none"),
    )
    turn.ask(Step.CORRECT, "ask_correct", options=options)


_FORGET = {"name": ("name",), "phone": ("phone",), "address": ("address_line", "ward", "ward_name"), "none": ()}


def on_correct(turn: Turn) -> bool:
    """Forget the detail that is wrong; it is asked for next."""
    choice, folded = turn.choice(), turn.heard.folded
    if choice is None:
        if take_correction(turn):
            return True
        choice = detail_named(folded)
        if choice is None and (says_no(folded) or says_yes(turn.heard.text, folded)):
            choice = "none"
    if choice is None:
        ask_correct(turn)
        return False
    forget(turn, choice)
    return True


def forget(turn: Turn, detail: str) -> None:
    for key in _FORGET[detail]:
        turn.details.pop(key, None)


def take_correction(turn: Turn) -> bool:
    """A new phone number, name or address typed at any later step. True if it was one."""
    text, folded = turn.heard.text, turn.heard.folded
    if not is_complete(turn.details):
        return False
    found = DIGIT_RUN.search(text)
    if found and turn.world.phone(found[0]).e164:
        _take_phone(turn, found[0])
    elif CORRECTS_NAME.match(folded) and (name := clean_name(text)):
        turn.details["name"] = name
    elif CORRECTS_ADDRESS.match(folded) or (
        LIVES.match(folded) and turn.world.address(text).verdict in {"inside", "ambiguous"}
    ):
        line = ADDRESS_LEAD.sub("", re.sub(r"^\s*(?:sửa|đổi|sua|doi)\s+", "", text, flags=re.I))
        line = PARTICLES.sub("", line).strip()
        take_address(turn, line, turn.world.address(line))
    else:
        return False
    if is_complete(turn.details):
        say_understood(turn, "corrected")
    return True
