"""One turn of the conversation: what was heard, what is known, and the answer as it grows."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from registrations.dialogue.facts import World
from registrations.dialogue.heard import Command, Heard, Kind, Option, Outcome, Say, State
from registrations.dialogue.intents import asks_something, number_in

# After being asked the same thing this often a person is offered someone to talk to.
PATIENCE = 2
# A pause this long and the citizen may have forgotten what was being asked.
LONG_AGO = timedelta(hours=12)
# What belongs to a request on its way, and is forgotten when it is booked or given up.
DRAFT_KEYS = (
    "draft",
    "details",
    "procedure",
    "words",
    "also",
    "old_ward",
    "wards",
    "unclear",
    "elsewhere",
    "wished",
    "phone_shown",
    "when",
    "whose_house",
)


class Step:
    """What the last question was, so that the next words can be read as its answer."""

    IDLE = "idle"
    CONSENT = "consent"
    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    WARD = "ward"
    KNOWN = "known"  # "vẫn đúng chứ?"
    CORRECT = "correct"  # which detail is wrong?
    PROCEDURE = "procedure"
    WHICH_PROCEDURE = "which_procedure"
    UNCLEAR_PROCEDURE = "unclear_procedure"
    TIME = "time"
    WISH = "wish"
    WHICH_VISIT = "which_visit"
    NEW_TIME = "new_time"
    CANCEL_REASON = "cancel_reason"
    ABANDON = "abandon"  # stop the draft, or cancel a visit?
    RATE_WORDS = "rate_words"
    WITHDRAW = "withdraw"
    PHOTO = "photo"  # is it an identity card?
    HUMAN = "human"

    ALL = (
        IDLE,
        CONSENT,
        NAME,
        PHONE,
        ADDRESS,
        WARD,
        KNOWN,
        CORRECT,
        PROCEDURE,
        WHICH_PROCEDURE,
        UNCLEAR_PROCEDURE,
        TIME,
        WISH,
        WHICH_VISIT,
        NEW_TIME,
        CANCEL_REASON,
        ABANDON,
        RATE_WORDS,
        WITHDRAW,
        PHOTO,
        HUMAN,
    )


# The questions of a registration on its way.
OF_DRAFT = frozenset(
    {
        Step.CONSENT,
        Step.NAME,
        Step.PHONE,
        Step.ADDRESS,
        Step.WARD,
        Step.KNOWN,
        Step.CORRECT,
        Step.PROCEDURE,
        Step.WHICH_PROCEDURE,
        Step.UNCLEAR_PROCEDURE,
        Step.TIME,
        Step.WISH,
    }
)


class Turn:
    """Lives for one call of the core; the state it was given is never touched."""

    def __init__(self, state: State, heard: Heard, world: World):
        self.step = state.step if state.step in Step.ALL else Step.IDLE
        self.data: dict[str, Any] = deepcopy(state.data)
        self.heard = heard
        self.world = world
        self.says: list[Say] = []
        self.commands: list[Command] = []
        self.consented = world.consented

    # --- speaking ---

    def _values(self, values: dict[str, str]) -> dict[str, str]:
        """Every text may address the person; the name is there only once it may be known."""
        title = self.data.get("title") or "anh/chị"
        details = self.data.get("details") or {}
        name = details.get("name") or (self.world.person.name if self.world.person else "")
        named = f"{title} {name.split()[-1]}" if name.split() else title
        return {"xung_ho": title, "Xung_ho": title[:1].upper() + title[1:], "ten_goi": named, **values}

    def say(self, key: str, *, link: str = "", about: int = 0, card: bool = False, **values: str) -> None:
        self.says.append(Say(key, self._values(values), link=link, about=about, card=card))

    def say_first(self, key: str) -> None:
        """Put a paragraph in front of all that is said this turn."""
        self.says.insert(0, Say(key, self._values({})))

    def ask(
        self,
        step: str,
        key: str,
        *,
        options: tuple[Option, ...] = (),
        link: str = "",
        about: int = 0,
        card: bool = False,
        values: dict[str, str] | None = None,
        **more: str,
    ) -> None:
        """Put a question and remember how its answer is to be read.

        Asked once too often, a person is offered as well.
        """
        self.step = step
        self.data["options"] = [{"title": option.title, "value": option.value} for option in options]
        asked = self.data.get("asked") or {}
        times = asked.get("times", 0) + 1 if asked.get("key") == step else 1
        self.data["asked"] = {"key": step, "times": times}
        self.data["at"] = self.world.now.isoformat()
        self.says.append(
            Say(key, self._values({**(values or {}), **more}), options=options, link=link, about=about, card=card)
        )
        if times > PATIENCE:
            self.says.append(Say("offer_human", self._values({})))

    def do(self, command: Command) -> None:
        self.commands.append(command)

    def say_unclear(self, key: str) -> None:
        """What was heard answers nothing that was asked: say so, or, where it is a question, who will answer it."""
        if asks_something(self.heard.folded):
            self.say("question_for_staff")
        else:
            self.say(key, so_moi="")

    @property
    def asked_long_ago(self) -> bool:
        """Whether the open question was put so long ago that it may be forgotten."""
        at = self.data.get("at")
        return at is not None and self.world.now - datetime.fromisoformat(at) > LONG_AGO

    # --- hearing ---

    def choice(self) -> Any:
        """The value of the option chosen, by number, by button or by its name; None if none was."""
        options = self.data.get("options") or []
        if self.heard.kind is not Kind.TEXT or not options:
            return None
        text = self.heard.folded
        # A button carries its question's name: pressed later, it must not answer another question.
        if text.startswith("#"):
            name, _, pressed = text[1:].partition(":")
            if name == self.step and pressed.isdecimal() and 1 <= int(pressed) <= len(options):
                return options[int(pressed) - 1]["value"]
            return None
        number = number_in(text, most=len(options))
        return options[number - 1]["value"] if number else None

    def off_the_list(self) -> bool:
        """Whether a number was meant that is not on offer."""
        options = self.data.get("options") or []
        return bool(options) and number_in(self.heard.folded, most=len(options)) == 0

    # --- the draft: a request on its way ---

    @property
    def has_draft(self) -> bool:
        return bool(self.data.get("draft"))

    @property
    def details(self) -> dict[str, str]:
        return self.data.setdefault("details", {})

    @property
    def procedure(self) -> int:
        return int((self.data.get("procedure") or {}).get("id") or 0)

    def drop_draft(self) -> None:
        for key in DRAFT_KEYS:
            self.data.pop(key, None)

    def rest(self) -> None:
        """Nothing is being asked any more."""
        self.step = Step.IDLE
        for key in ("options", "asked", "about", "then", "asked_back"):
            self.data.pop(key, None)

    def outcome(self) -> Outcome:
        return Outcome(State(self.step, self.data), tuple(self.says), tuple(self.commands))
