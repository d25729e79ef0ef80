"""A request as one row of a list: its facts, flat, and the words a list writes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from registrations.models import Citizen, Registration
from registrations.phones import mask_phone
from registrations.states import State
from registrations.wordings import clock_or_day, lead_of, short_when, stretch

TONES = {
    State.SUBMITTED: "wait",
    State.NEEDS_INFO: "wait",
    State.VERIFIED: "plan",
    State.ASSIGNED: "sea",
    State.IN_PROGRESS: "go",
    State.NO_SHOW: "stop",
    State.COMPLETED: "go",
    State.REJECTED: "",
    State.CANCELLED: "",
}
LONGEST_WORDS = 60
LONGEST_FACT = 70


class Facts(NamedTuple):
    """What a list says of a request comes from these. Filled by one query: fifty rows need no model instances."""

    pk: int
    code: str
    state: str
    state_reason: str
    state_changed_at: datetime
    channel: str
    words: str
    time_wish: str
    created_at: datetime
    call_due_at: datetime | None
    next_call_at: datetime | None
    missed_calls: int
    set_off_at: datetime | None
    arrived_at: datetime | None
    dossier_number: str
    rating: int | None
    name: str
    phone: str
    priority: str
    procedure: str | None
    ward: str | None
    visit: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_live: bool | None
    lead: str = ""  # the name of who goes


# Where each fact is read, in order; `lead` comes from a query of its own.
FIELDS = (
    *Facts._fields[: Facts._fields.index("name")],
    "citizen__name",
    "citizen__phone",
    "citizen__priority",
    "procedure__short_name",
    "ward__short_name",
    "appointment",
    "appointment__starts_at",
    "appointment__ends_at",
    "appointment__is_live",
)


def facts_of(registration: Registration) -> Facts:
    """The same facts of one request at hand, its visit with `leads` (see queue.with_row_facts)."""
    visit, lead = registration.appointment, lead_of(registration.appointment)
    own = {name: getattr(registration, name) for name in FIELDS[: FIELDS.index("citizen__name")]}
    return Facts(
        **own,
        name=registration.citizen.name,
        phone=registration.citizen.phone,
        priority=registration.citizen.priority,
        procedure=registration.procedure.short_name if registration.procedure else None,
        ward=registration.ward.short_name if registration.ward else None,
        visit=registration.appointment_id,
        starts_at=visit.starts_at if visit else None,
        ends_at=visit.ends_at if visit else None,
        is_live=visit.is_live if visit else None,
        lead=lead.name if lead else "",
    )


@dataclass(frozen=True, slots=True)
class Headline:
    """The pill of a request, and under it the one fact that matters now."""

    pill: str
    tone: str
    fact: str


def headline(facts: Facts, now: datetime) -> Headline:
    state = State(facts.state)
    pill, tone = str(state.label), TONES[state]
    if state == State.SUBMITTED:
        return _call_headline(facts, now, pill, tone)
    if state == State.VERIFIED:
        has_time = facts.starts_at is not None and facts.is_live
        known = f"đã xác minh {clock_or_day(facts.state_changed_at, now)}"
        return Headline(pill, tone, known if has_time else "chưa chọn giờ")
    if state == State.ASSIGNED:
        fact = f"{_called(facts)} sẽ đến"
        if facts.set_off_at is not None:
            fact = f"{_called(facts)} đang đi · {clock_or_day(facts.set_off_at, now)}"
        if facts.ends_at is not None and facts.ends_at < now:
            return Headline("Chưa báo kết quả", "stop", fact)
        return Headline(pill, tone, fact)
    if state == State.IN_PROGRESS:
        return Headline(pill, tone, f"{_called(facts)} đã đến {clock_or_day(facts.arrived_at or now, now)}")
    if state == State.COMPLETED:
        return Headline(pill, tone, f"đánh giá {facts.rating}/5" if facts.rating else facts.dossier_number)
    return Headline(pill, tone, facts.state_reason)


def _call_headline(facts: Facts, now: datetime, pill: str, tone: str) -> Headline:
    missed = f"{facts.missed_calls} lần chưa gặp" if facts.missed_calls else ""
    again, due = facts.next_call_at, facts.call_due_at
    if again is not None and again > now:
        return Headline(pill, tone, f"{f'{missed}, ' if missed else 'hẹn '}gọi lại {clock_or_day(again, now)}")
    if due is None:
        return Headline(pill, tone, missed)
    if due < now:
        return Headline("Quá hạn gọi", "stop", missed or f"trễ {stretch(now - due)}")
    return Headline(pill, tone, missed or f"còn {stretch(due - now)}")


def _called(facts: Facts) -> str:
    return facts.lead.split()[-1] if facts.lead else "Cán bộ"


@dataclass(frozen=True, slots=True)
class Row:
    """A row ready to be written: every cell is text, so that the template only sets it."""

    code: str
    name: str
    priority: str
    phone: str
    procedure: str
    words: str
    visit_at: str  # for <time datetime>; "" while there is none
    visit: str
    ward: str
    head: Headline
    cells: list[str]


def row_of(facts: Facts, now: datetime, cells: Sequence[Callable[[Facts], str]] = ()) -> Row:
    no_visit = "xin giờ khác" if facts.time_wish else "chưa chọn giờ"
    return Row(
        code=facts.code,
        name=facts.name,
        priority=str(Citizen.Priority(facts.priority).label) if facts.priority else "",
        phone=mask_phone(facts.phone) or "chưa có số",
        procedure=facts.procedure or "Chưa rõ thủ tục",
        words=cut(facts.words, LONGEST_WORDS),
        visit_at=timezone.localtime(facts.starts_at).isoformat() if facts.starts_at else "",
        visit=short_when(facts.starts_at) if facts.starts_at else no_visit,
        ward=facts.ward or "chưa rõ phường",
        head=_short(headline(facts, now)),
        cells=[text(facts) for text in cells],
    )


def _short(head: Headline) -> Headline:
    return Headline(head.pill, head.tone, cut(head.fact, LONGEST_FACT))


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
