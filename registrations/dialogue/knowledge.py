"""The world as the core asks about it, answered from the database.

Reads only, each fact fetched when first asked for.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from django.conf import settings
from django.utils import timezone

from procedures import services as procedures
from procedures.services import Procedure
from registrations import consent
from registrations.dialogue.facts import AddressRead, Found, Hit, Person, PhoneRead, Place, TimeRead, Visit
from registrations.dialogue.times import read_time
from registrations.intake import find_citizen, minutes_of
from registrations.models import Citizen, Registration
from registrations.notices import address_of, staff_words
from registrations.phones import read_phone, show_phone
from registrations.states import OPEN_STATES, State
from registrations.waiting_list import last_offer
from scheduling import services as scheduling
from scheduling.services import FreeSlot, Ward
from zalo_bridge.services import Contact

PARTS: dict[str, Literal["morning", "noon", "afternoon"]] = {
    "morning": "morning",
    "noon": "noon",
    "afternoon": "afternoon",
}
# What a citizen may do by chat with a request in each state; in the others a person must be asked.
MAY_CHANGE = (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED)
MAY_CANCEL = (*MAY_CHANGE, State.NO_SHOW)
RATED_WITHIN = timedelta(days=14)
POPULAR_WORDS = ("rượu", "thuốc lá", "gas", "thực phẩm")
WEEKDAYS_SHORT = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


class Knowledge:
    """`facts.World` for one contact at one moment."""

    def __init__(self, contact: Contact, *, now: datetime):
        self.contact = contact
        self.now = timezone.localtime(now)

    # --- the person ---

    @cached_property
    def consented(self) -> bool:
        return consent.standing(self.contact) is not None

    @cached_property
    def citizen(self) -> Citizen | None:
        return find_citizen(contact=self.contact)

    @cached_property
    def person(self) -> Person | None:
        citizen = self.citizen
        if citizen is None or citizen.erased_at is not None:
            return None
        ward = citizen.ward
        served = ward is not None and ward.is_served and ward.valid_to is None
        return Person(
            name=citizen.name,
            phone=citizen.phone,
            address_line=citizen.address_line,
            ward=ward.code if ward is not None and served else "",
            ward_name=ward.name if ward is not None and served else "",
        )

    @cached_property
    def _registrations(self) -> list[Registration]:
        if self.citizen is None:
            return []
        return list(
            self.citizen.registrations.filter(state__in=OPEN_STATES)
            .select_related("procedure", "appointment", "citizen", "ward")
            .order_by("appointment__starts_at", "id")
        )

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(visit_of(registration) for registration in self._registrations)

    @cached_property
    def _finished(self) -> Registration | None:
        if self.citizen is None:
            return None
        return (
            self.citizen.registrations.filter(
                state=State.COMPLETED, rating__isnull=True, finished_at__gte=self.now - RATED_WITHIN
            )
            .select_related("procedure", "appointment", "citizen", "ward")
            .order_by("-finished_at")
            .first()
        )

    @property
    def to_rate(self) -> Visit | None:
        return visit_of(self._finished) if self._finished is not None else None

    @property
    def rating_asked_at(self) -> datetime | None:
        return self._finished.finished_at if self._finished is not None else None

    # --- the office ---

    @cached_property
    def next_open(self) -> datetime | None:
        if scheduling.is_open(self.now):
            return None
        return timezone.localtime(scheduling.next_open_moment(self.now))

    @cached_property
    def wards(self) -> tuple[tuple[str, str], ...]:
        return tuple((ward.code, ward.name) for ward in scheduling.served_wards())

    @cached_property
    def area(self) -> str:
        names = [name for _, name in self.wards]
        kinds = {name.split()[0] for name in names}
        if len(kinds) == 1 and len(names) > 1:
            # "Phường Nha Trang, Bắc Nha Trang …": the kind is said once.
            names = [names[0], *(name.split(" ", 1)[1] for name in names[1:])]
        return ", ".join(names)

    @cached_property
    def hours(self) -> str:
        """Office hours of the coming week, days with the same hours together."""
        today = self.now.date()
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
        groups: list[tuple[list[str], str]] = []
        for offset, name in enumerate(WEEKDAYS_SHORT):
            day = monday + timedelta(days=offset)
            stretches = scheduling.hours_on(day)
            words = " và ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in stretches)
            if not words:
                continue
            if groups and groups[-1][1] == words:
                groups[-1][0].append(name)
            else:
                groups.append(([name], words))
        return "; ".join(
            f"{names[0]} đến {names[-1]}, {words}" if len(names) > 1 else f"{names[0]}, {words}"
            for names, words in groups
        )

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in procedures.fields_in_scope())

    @cached_property
    def popular(self) -> tuple[Hit, ...]:
        """What the words of the office's own notice lead to."""
        first = (self.search(word).hits for word in POPULAR_WORDS)
        return tuple(dict.fromkeys(hits[0] for hits in first if hits))

    # --- reading words ---

    def search(self, text: str) -> Found:
        found = procedures.search_text(text)
        hits = tuple(_hit(procedure) for procedure in procedures.procedures_in(found))
        referral = f"{found.referral.name}: {found.referral.refer_to}" if found.referral else ""
        return Found(found.verdict if hits else "none", hits, referral)

    def _procedure(self, number: int) -> Procedure | None:
        return Procedure.objects.filter(pk=number).first() if number else None

    def papers(self, procedure: int) -> tuple[str, ...]:
        found = self._procedure(procedure)
        return tuple(procedures.papers_for(found)) if found is not None else ()

    def fee(self, procedure: int) -> str:
        found = self._procedure(procedure)
        return found.fee_for_citizens if found is not None and found.fee_is_certain else ""

    def days(self, procedure: int) -> int:
        found = self._procedure(procedure)
        return (found.processing_days or 0) if found is not None else 0

    def phone(self, text: str) -> PhoneRead:
        reading = read_phone(text)
        return PhoneRead(
            e164=reading.e164 or "",
            shown=show_phone(reading.e164) if reading.e164 else "",
            problem=reading.problem or "",
            suggestion=show_phone(reading.suggestion) if reading.suggestion else "",
        )

    def address(self, text: str, *, ward: str = "", district: str = "", city: str = "") -> AddressRead:
        reading = scheduling.resolve_address(text, ward=ward, district=district, city=city)
        names = dict(self.wards)
        candidates = tuple((code, names[code]) for code in reading.candidates if code in names)
        verdict = reading.verdict
        if verdict == "inside" and reading.ward not in names:
            verdict = "outside"
        if verdict == "ambiguous" and not candidates:
            verdict = "unknown"
        return AddressRead(
            verdict=verdict,
            ward=reading.ward or "" if verdict == "inside" else "",
            ward_name=names.get(reading.ward or "", "") if verdict == "inside" else "",
            old_name=reading.old_name_used or "",
            candidates=candidates,
            elsewhere=reading.elsewhere or "" if verdict == "outside" else "",
        )

    def time(self, text: str) -> TimeRead:
        reading = read_time(text, self.now)
        return TimeRead(reading.day, reading.time, reading.part, reading.bound, reading.span)

    # --- open times ---

    def nearest(
        self,
        *,
        procedure: int,
        ward: str,
        count: int = 3,
        after: datetime | None = None,
        part: str | None = None,
    ) -> tuple[Place, ...]:
        return _places(
            scheduling.nearest_free(
                count=count,
                after=after,
                part=PARTS.get(part or ""),
                minutes=minutes_of(self._procedure(procedure)),
                now=self.now,
                ward=_ward(ward),
            )
        )

    def places_on(self, *, procedure: int, ward: str, day: date) -> tuple[Place, ...]:
        if not timedelta(0) <= day - self.now.date() <= timedelta(days=120):
            return ()
        minutes = minutes_of(self._procedure(procedure))
        (found,) = scheduling.free_days(days=1, first=day, minutes=minutes, now=self.now, ward=_ward(ward))
        return _places(found.slots)

    def day_note(self, day: date) -> str:
        if day < self.now.date():
            return "đã qua"
        (found,) = scheduling.free_days(days=1, first=day, now=self.now)
        if not found.is_open:
            name = scheduling.closure_name(day)
            return f"cơ quan nghỉ ({name})" if name else "cơ quan không làm việc"
        if not found.slots:
            return "không còn chỗ" if day <= self.now.date() + timedelta(days=14) else "chưa mở lịch"
        return ""


def _hit(procedure: Procedure) -> Hit:
    return Hit(procedure.pk, procedure.short_name, procedures.fold(procedure.short_name))


def _ward(code: str) -> Ward | None:
    """The ward a citizen named, so that only times are offered at which somebody can come there."""
    return scheduling.ward_of_code(code) if code else None


def _places(slots: Sequence[FreeSlot]) -> tuple[Place, ...]:
    return tuple(Place(slot.id, timezone.localtime(slot.starts_at)) for slot in slots)


def visit_of(registration: Registration) -> Visit:
    """A request as the conversation sees it."""
    procedure, appointment = registration.procedure, registration.appointment
    starts_at = appointment.starts_at if appointment is not None and appointment.is_live else None
    is_past = starts_at is not None and starts_at <= timezone.now()
    offer = last_offer(registration) if starts_at is None else ""
    link = ""
    if procedure is not None:
        link = settings.PUBLIC_URL.rstrip("/") + procedure.get_absolute_url()
    return Visit(
        id=registration.pk,
        code=registration.code,
        procedure=procedure.short_name if procedure else registration.words[:120],
        state=registration.state,
        state_label=State(registration.state).label,
        starts_at=timezone.localtime(starts_at) if starts_at else None,
        may_change=registration.state in MAY_CHANGE and not is_past,
        may_cancel=registration.state in MAY_CANCEL,
        staff=staff_words(registration),
        needs=registration.state_reason if registration.state == State.NEEDS_INFO else "",
        papers=tuple(procedures.papers_for(procedure)) if procedure else (),
        papers_link=link,
        address=address_of(registration),
        procedure_id=procedure.pk if procedure else 0,
        is_offered=offer == "held",
        missed_offer=offer == "missed",
    )
