"""When: numbered open times, the page with all of them, or a time in words.

Times are checked before anything is promised.
"""

from datetime import date, datetime, time, timedelta

from registrations.dialogue.clock import short_day, short_time
from registrations.dialogue.details import is_complete, take_correction
from registrations.dialogue.facts import Place, TimeRead, Visit
from registrations.dialogue.heard import CallHuman, Option, Register
from registrations.dialogue.intents import asks_something, says_no
from registrations.dialogue.turn import Step, Turn
from registrations.dialogue.which_procedure import look_up
from registrations.dialogue.wishes import kept_time, speaks_of_time

MOST_PLACES = 5
BOUNDS = {"from": "sau ", "until": "trước "}


def offer_times(
    turn: Turn,
    *,
    places: tuple[Place, ...] | None = None,
    key: str = "offer_times",
    step: str = Step.TIME,
    values: dict[str, str] | None = None,
) -> None:
    """A few open times as numbered answers, and the page with all of them."""
    visit = _visit(turn) if step == Step.NEW_TIME else None
    held = visit.starts_at if visit is not None else None
    # The time it has already is no change.
    places = tuple(place for place in places or () if place.starts_at != held)
    if not places:
        nearest = turn.world.nearest(procedure=procedure_of(turn, step), ward=_ward(turn), count=4 if held else 3)
        places = tuple(place for place in nearest if place.starts_at != held)[:3]
    if not places and step == Step.NEW_TIME:
        call_for_time(turn)
        return
    if not places:
        turn.ask(Step.WISH, "no_places")
        return
    options = [Option(short_time(place.starts_at), {"place": place.id}) for place in places[:MOST_PLACES]]
    options.append(Option("Không giờ nào tiện", {"place": 0}))
    link = "picker" if step == Step.TIME else "change"
    about = visit.id if visit is not None else 0
    turn.ask(step, key, options=tuple(options), link=link, about=about, values=values)


def offer_first(turn: Turn) -> None:
    """The first offer: near the time named along with the wish, else the nearest."""
    wished = kept_time(turn)
    if not wished:
        offer_times(turn)
        return
    places, key, values = _close_to(turn, wished, turn.procedure)
    exact = _exact(turn, wished, turn.procedure)
    if exact is not None:
        # What was wished for comes first, so that "1" takes it.
        places = (exact, *(place for place in places if place.id != exact.id))[:3]
        key, values = "offer_wished", {"luc": short_time(exact.starts_at)}
    offer_times(turn, places=places or None, key=key, values=values)


def offer_near(turn: Turn, words: str, *, step: str, values: dict[str, str]) -> bool:
    """The open times nearest to the time that words name; False where they name none."""
    reading = turn.world.time(words)
    if not reading:
        return False
    procedure = procedure_of(turn, step)
    exact = _exact(turn, reading, procedure)
    places, key, more = _close_to(turn, reading, procedure)
    if exact is not None:
        places = (exact, *(place for place in places if place.id != exact.id))[:3]
        key, more = "offer_wished", {"luc": short_time(exact.starts_at)}
    offer_times(turn, places=places or None, key=key, step=step, values={**values, **more})
    return True


def _visit(turn: Turn) -> Visit | None:
    """The visit whose time is being changed."""
    return next((each for each in turn.world.visits if each.id == turn.data.get("about")), None)


def procedure_of(turn: Turn, step: str) -> int:
    """Whose length decides which times are open: the visit's being changed, else the draft's."""
    visit = _visit(turn) if step == Step.NEW_TIME else None
    return visit.procedure_id if visit is not None else turn.procedure


def call_for_time(turn: Turn) -> None:
    """No other time suits, or there is none: the visit stays as it is and a clerk calls."""
    turn.do(CallHuman("Người dân muốn đổi giờ nhưng không giờ trống nào tiện."))
    turn.rest()
    turn.say("staff_will_call")


def is_ready(turn: Turn) -> bool:
    """Whether a time is all that is missing."""
    return turn.has_draft and turn.consented and is_complete(turn.details) and "procedure" in turn.data


def on_time(turn: Turn) -> bool:
    if not is_ready(turn) or take_correction(turn):
        return True
    place = chosen_place(turn, step=Step.TIME)
    # Another answer than the time first wished for: that one is not offered again.
    turn.data.pop("when", None)
    if place == 0:
        turn.ask(Step.WISH, "ask_wish")
    elif place:
        register(turn, place)
    return False


def register(turn: Turn, place: int | None, *, wish: str = "") -> None:
    """The draft becomes a request. The confirmation is a notice: it is written with the request itself."""
    turn.do(Register(place, time_wish=wish[:200]))
    turn.rest()
    if also := turn.data.get("also"):
        turn.say("also_wanted", thu_tuc=also["name"], loi=also["words"])


def on_wish(turn: Turn) -> bool:
    if not is_ready(turn) or says_no(turn.heard.folded):
        return True
    if take_correction(turn):
        return True
    reading = turn.world.time(turn.heard.text)
    exact = _exact(turn, reading, turn.procedure)
    if exact is None and (reading.day or reading.span) and not turn.data.get("wished"):
        places, key, values = _close_to(turn, reading, turn.procedure)
        if places and key == "offer_day":
            # There is room just then: shown once, before a clerk has to call for it.
            turn.data["wished"] = True
            offer_times(turn, places=places, key=key, values=values)
            return False
    if turn.heard.folded.isdigit() or not (reading or speaks_of_time(turn.heard.folded)):
        # "1", "ok": nobody could arrange a visit by these words.
        turn.ask(Step.WISH, "wish_unclear")
        return False
    register(turn, exact.id if exact else None, wish="" if exact else turn.heard.text)
    return False


def chosen_place(turn: Turn, *, step: str) -> int | None:
    """The place meant by the answer; 0 if none suits; None if something was asked instead (it has been said)."""
    choice, heard = turn.choice(), turn.heard
    if isinstance(choice, dict):
        return int(choice["place"])
    if says_no(heard.folded) or heard.folded in {
        "gio khac",
        "khac",
        "khong gio nao",
        "khong gio nao tien",
        "khong tien",
        "ban het",
    }:
        return 0
    reading = turn.world.time(heard.text if not heard.folded.isdigit() else f"{heard.folded} giờ")
    if not reading:
        if step == Step.TIME and turn.world.search(heard.text).verdict == "match":
            turn.data.pop("procedure", None)
            look_up(turn, heard.text)
        else:
            is_question = asks_something(heard.folded)
            if is_question:
                turn.say("question_for_staff")
            offer_times(turn, key="offer_again" if is_question else "time_not_understood", step=step)
        return None
    if exact := _exact(turn, reading, procedure_of(turn, step)):
        return exact.id
    places, key, values = _close_to(turn, reading, procedure_of(turn, step))
    offer_times(turn, places=places or None, key=key, step=step, values=values)
    return None


def _exact(turn: Turn, reading: TimeRead, procedure: int) -> Place | None:
    if reading.day is None or reading.time is None or reading.bound:
        return None
    for place in turn.world.places_on(procedure=procedure, ward=_ward(turn), day=reading.day):
        if place.starts_at.time() == reading.time:
            return place
    return None


def _close_to(turn: Turn, reading: TimeRead, procedure: int) -> tuple[tuple[Place, ...], str, dict[str, str]]:
    """The open times nearest to what was said, and how to put it."""
    world, ward = turn.world, _ward(turn)
    if reading.span:
        return _in_span(turn, reading, reading.span, procedure)
    if reading.day is None:
        if reading.time is None:
            return world.nearest(procedure=procedure, ward=ward, part=reading.part), "offer_part", {}
        wanted = _minutes(reading.time)
        many = world.nearest(procedure=procedure, ward=ward, count=60)
        if fitting := _within(many, reading):
            return fitting[:3], "offer_part", {}
        same = tuple(place for place in many if place.starts_at.time() == reading.time)
        close = same or tuple(sorted(many, key=lambda place: abs(_minutes(place.starts_at.time()) - wanted))[:3])
        return (
            tuple(sorted(close[:3], key=lambda place: place.starts_at)),
            "offer_part" if same else "time_not_free",
            {"luc": _clock(reading).capitalize()},
        )
    day = {"luc": short_day(reading.day)}
    on_day = world.places_on(procedure=procedure, ward=ward, day=reading.day)
    if reading.part in {"morning", "afternoon"}:
        wanted_part = tuple(place for place in on_day if (place.starts_at.hour < 12) == (reading.part == "morning"))
        on_day = wanted_part or on_day
    if on_day and reading.time is None:
        return on_day, "offer_day", day
    if fitting := _within(on_day, reading):
        return fitting, "offer_day", {"luc": f"{day['luc']}, {_clock(reading)}"}
    if on_day and reading.time is not None:
        wanted = _minutes(reading.time)
        nearby = sorted(on_day, key=lambda place: abs(_minutes(place.starts_at.time()) - wanted))[:3]
        day["luc"] = f"{_clock(reading)} {day['luc']}"
        day["luc"] = day["luc"][:1].upper() + day["luc"][1:]
        return tuple(sorted(nearby, key=lambda place: place.starts_at)), "time_not_free", day
    note = world.day_note(reading.day) or "không còn chỗ"
    start = datetime.combine(reading.day, datetime.min.time(), tzinfo=world.now.tzinfo)
    return world.nearest(procedure=procedure, ward=ward, after=start), "day_not_free", {**day, "vi_sao": note}


def _in_span(
    turn: Turn, reading: TimeRead, span: tuple[date, date], procedure: int
) -> tuple[tuple[Place, ...], str, dict[str, str]]:
    """One open time of each of the first days of a week or month: a day is what is still to be named."""
    world, ward = turn.world, _ward(turn)
    first, last = max(span[0], world.now.date()), span[1]
    values = {"luc": f"Từ {short_day(first)} đến {short_day(last)}"}
    found: list[Place] = []
    day = first
    while day <= last and len(found) < MOST_PLACES:
        found += _best_of(world.places_on(procedure=procedure, ward=ward, day=day), reading)
        day += timedelta(days=1)
    if found:
        return tuple(found), "offer_day", values
    after = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=world.now.tzinfo)
    later = world.nearest(procedure=procedure, ward=ward, after=after)
    return later, "day_not_free", {**values, "vi_sao": "không còn chỗ"}


def _best_of(on_day: tuple[Place, ...], reading: TimeRead) -> tuple[Place, ...]:
    """The one of a day's open times that comes closest to what was said; none where the day has none like it."""
    if reading.part in {"morning", "afternoon"}:
        on_day = tuple(place for place in on_day if (place.starts_at.hour < 12) == (reading.part == "morning"))
    if reading.bound:
        on_day = _within(on_day, reading)
    wanted = _minutes(reading.time) if reading.time else 0
    return tuple(sorted(on_day, key=lambda place: abs(_minutes(place.starts_at.time()) - wanted))[:1])


def _ward(turn: Turn) -> str:
    """Where somebody would have to come, "" while it is not known."""
    return str(turn.details.get("ward") or "")


def _clock(reading: TimeRead) -> str:
    """`sau 14 giờ 00`."""
    return f"{BOUNDS.get(reading.bound or '', '')}{reading.time:%H} giờ {reading.time:%M}" if reading.time else ""


def _within(places: tuple[Place, ...], reading: TimeRead) -> tuple[Place, ...]:
    """The open times after "sau 2h" or before "trước 10h"; none where no such bound was set."""
    if not reading.bound or reading.time is None:
        return ()
    limit, is_from = reading.time, reading.bound == "from"
    return tuple(place for place in places if (place.starts_at.time() >= limit) == is_from)


def _minutes(value: time | datetime) -> int:
    return int(value.hour) * 60 + int(value.minute)
