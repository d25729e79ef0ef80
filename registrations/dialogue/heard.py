"""What the conversation hears and what it answers with: plain data, so that the core can be run on paper."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What came in."""

    FOLLOWED = "followed"
    OPENED_CHAT = "opened_chat"
    UNFOLLOWED = "unfollowed"
    TEXT = "text"
    INFO = "info"  # the form was sent with its consent box ticked
    PHOTO = "photo"
    FILE = "file"
    VOICE = "voice"
    LOCATION = "location"
    STICKER = "sticker"
    CARD = "card"  # somebody's contact card
    REACTED = "reacted"
    WITHDREW = "withdrew"  # through Zalo's own settings
    RATED = "rated"
    COLLEAGUE = "colleague"  # a person answered from oa.zalo.me
    # Not from the citizen: the shell tells the core that a command could not be done.
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True)
class Info:
    """The fields of the form, all text, any of them empty."""

    name: str = ""
    phone: str = ""
    address_line: str = ""
    ward: str = ""
    district: str = ""
    city: str = ""
    gender: str = ""


@dataclass(frozen=True)
class Heard:
    kind: Kind
    text: str = ""  # NFC, invisible letters gone, single spaces
    folded: str = ""  # the same without marks, lower case, đ as d
    info: Info | None = None
    file_name: str = ""
    stars: int = 0
    sentence: str = ""  # TAKEN, REFUSED: why, as a citizen may read it
    ref: str = ""  # names this event; a draft takes its name from it


@dataclass(frozen=True)
class Option:
    """One numbered answer: what the citizen reads, and what it means to the step that asked."""

    title: str
    value: Any


@dataclass(frozen=True)
class Say:
    """One paragraph of the answer: a key of the wording and what fills it.

    `options` are numbered where `{lua_chon}` stands.
    """

    key: str
    values: dict[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    link: str = ""  # "picker": the page of open times; "change": the page of one visit
    about: int = 0  # the registration a "change" link is for
    card: bool = False  # the card "Chia sẻ thông tin"


# --- Commands: what the shell must do. Each is named for the use case it calls. -------------------------------------


@dataclass(frozen=True)
class RecordConsent:
    channel: str  # "zalo_form" or "zalo_words"


@dataclass(frozen=True)
class Register:
    place: int | None
    time_wish: str = ""


@dataclass(frozen=True)
class ChangeTime:
    registration: int
    place: int


@dataclass(frozen=True)
class TakeOffer:
    """Take the place held for this request."""

    registration: int


@dataclass(frozen=True)
class Cancel:
    registration: int
    reason: str


@dataclass(frozen=True)
class AnswerNeed:
    registration: int


@dataclass(frozen=True)
class Rate:
    registration: int
    stars: int
    words: str = ""


@dataclass(frozen=True)
class KeepFile:
    """Keep what came with this event. `wait`: only note it;
    it is fetched when the citizen has said it is not an identity card.
    """

    wait: bool = False


@dataclass(frozen=True)
class SettleFiles:
    """The waiting pictures of this contact: fetch them, or forget them."""

    keep: bool


@dataclass(frozen=True)
class CallHuman:
    why: str


@dataclass(frozen=True)
class Withdraw:
    how: str  # "chat", "zalo", "wrong_person"


@dataclass(frozen=True)
class NoteSeen:
    """The person was told what is kept about them."""


@dataclass(frozen=True)
class Pause:
    """A colleague is writing: the bot is silent for a while."""


Command = (
    RecordConsent
    | Register
    | ChangeTime
    | TakeOffer
    | Cancel
    | AnswerNeed
    | Rate
    | KeepFile
    | SettleFiles
    | CallHuman
    | Withdraw
    | NoteSeen
    | Pause
)


@dataclass(frozen=True)
class State:
    """Where the conversation stands. `data` is JSON."""

    step: str = "idle"
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    state: State
    says: tuple[Say, ...] = ()
    commands: tuple[Command, ...] = ()
