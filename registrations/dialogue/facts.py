"""What the core may ask about the world:
plain answers, given by `knowledge.py` in life and by a few lines of data in tests.
"""

import datetime as dt
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Place:
    """An open start time."""

    id: int
    starts_at: datetime  # aware, local


@dataclass(frozen=True)
class Person:
    """A citizen known from an earlier request."""

    name: str
    phone: str  # E.164
    address_line: str
    ward: str
    ward_name: str


@dataclass(frozen=True)
class Visit:
    """One open request of this contact."""

    id: int
    code: str
    procedure: str
    state: str
    state_label: str
    starts_at: datetime | None
    may_change: bool
    may_cancel: bool
    staff: str = ""
    needs: str = ""  # what is missing, in the clerk's words
    papers: tuple[str, ...] = ()
    papers_link: str = ""
    address: str = ""
    procedure_id: int = 0
    is_offered: bool = False  # a place that got free is held for it
    missed_offer: bool = False  # one was, and nobody took it in time


@dataclass(frozen=True)
class Hit:
    id: int
    name: str
    folded: str = ""  # the name without marks, to be recognised when it is typed


@dataclass(frozen=True)
class Found:
    verdict: str  # match, ambiguous, none
    hits: tuple[Hit, ...] = ()
    referral: str = ""  # known, but not ours: where to turn


@dataclass(frozen=True)
class PhoneRead:
    e164: str = ""
    shown: str = ""
    problem: str = ""  # missing, several, foreign, premium, old_eleven_digits, invalid
    suggestion: str = ""  # E.164


@dataclass(frozen=True)
class AddressRead:
    verdict: str  # inside, outside, ambiguous, unknown
    ward: str = ""
    ward_name: str = ""
    old_name: str = ""  # the old name that was used, if any
    candidates: tuple[tuple[str, str], ...] = ()  # (code, name of today's ward)
    elsewhere: str = ""  # outside: where it lies, as far as the words say


@dataclass(frozen=True)
class TimeRead:
    day: date | None = None
    time: dt.time | None = None
    part: str | None = None  # morning, noon, afternoon
    bound: str | None = None  # "from": at `time` or later; "until": before it; None: at it
    span: tuple[date, date] | None = None  # first and last day of a week or month of which no day was named

    def __bool__(self) -> bool:
        return any(said is not None for said in (self.day, self.time, self.part, self.span))


class World(Protocol):
    """Reads only: asking changes nothing."""

    @property
    def now(self) -> datetime: ...
    @property
    def consented(self) -> bool:
        """Whether a consent of this contact stands."""
        ...

    @property
    def person(self) -> Person | None: ...
    @property
    def visits(self) -> tuple[Visit, ...]:
        """Open requests, soonest first."""
        ...

    @property
    def to_rate(self) -> Visit | None:
        """A visit finished lately that has no rating yet."""
        ...

    @property
    def next_open(self) -> datetime | None:
        """None while the office is open; else when it opens."""
        ...

    @property
    def area(self) -> str:
        """The served wards, as a citizen reads them."""
        ...

    @property
    def wards(self) -> tuple[tuple[str, str], ...]:
        """The served wards: code and name."""
        ...

    @property
    def rating_asked_at(self) -> datetime | None: ...
    @property
    def hours(self) -> str:
        """Office hours, as a citizen reads them."""
        ...

    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def popular(self) -> tuple[Hit, ...]:
        """A few procedures to show to someone who does not know what to type."""
        ...

    def search(self, text: str) -> Found: ...
    def papers(self, procedure: int) -> tuple[str, ...]: ...
    def fee(self, procedure: int) -> str:
        """What a citizen may be told of the fee; "" where nothing is known."""
        ...

    def days(self, procedure: int) -> int:
        """Working days a procedure takes; 0 where that is not known."""
        ...

    def phone(self, text: str) -> PhoneRead: ...
    def address(self, text: str, *, ward: str = "", district: str = "", city: str = "") -> AddressRead: ...
    def time(self, text: str) -> TimeRead: ...
    def nearest(
        self,
        *,
        procedure: int,
        ward: str,
        count: int = 3,
        after: datetime | None = None,
        part: str | None = None,
    ) -> tuple[Place, ...]: ...
    def places_on(self, *, procedure: int, ward: str, day: date) -> tuple[Place, ...]: ...
    def day_note(self, day: date) -> str:
        """Why nobody can come that day ("ngày nghỉ", "đã hết chỗ"), or ""."""
        ...
