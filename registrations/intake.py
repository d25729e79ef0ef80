"""A request comes in, its facts are mended, the same person is found again."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from procedures.services import Procedure
from registrations import notices
from registrations.call_clock import call_due_at
from registrations.codes import new_code
from registrations.consent import current_text
from registrations.errors import EditedMeanwhile, MissingFact, RegistrationError, StaleState
from registrations.history import Line, write_history
from registrations.models import Citizen, Consent, FieldChange, Registration
from registrations.notices import Notice
from registrations.states import CLOSED_STATES, State
from registrations.transitions import Actor, begin, move
from registrations.wording import Wording
from scheduling import services as scheduling
from scheduling.services import Ward
from zalo_bridge.services import Contact

CODE_TRIES = 8


def find_citizen(*, phone: str = "", contact: Contact | None = None) -> Citizen | None:
    """The person behind a contact, else behind a phone number (E.164). A merged one answers with the one kept."""
    people = Citizen.objects.filter(erased_at__isnull=True).order_by("-created_at", "-id")
    found = people.filter(contact=contact).first() if contact is not None else None
    if found is None and phone:
        found = people.filter(phone=phone).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def register(
    *,
    citizen: Citizen,
    procedure: Procedure | None,
    words: str = "",
    slot_id: int | None = None,
    address_line: str = "",
    ward: Ward | None = None,
    channel: str,
    actor: Actor,
    time_wish: str = "",
    now: datetime | None = None,
) -> Registration:
    """Store a request, take its place in the slot, owe the citizen the confirmation.

    Raises the errors of `scheduling.services.book` (SlotFull, SlotGone, …) with nothing stored.
    """
    at = now or timezone.now()
    if slot_id is not None and ward is None:
        raise MissingFact("Cần biết phường, xã trước khi giữ giờ hẹn.")
    with transaction.atomic():
        appointment = None
        if slot_id is not None and ward is not None:
            appointment = scheduling.book(
                slot_id=slot_id,
                ward=ward,
                field=procedure.field if procedure else None,
                minutes=minutes_of(procedure),
                audience=audience_of(actor),
                now=now,
            )
        registration = _store_with_free_code(
            citizen=citizen,
            procedure=procedure,
            procedure_version=procedure.current_version if procedure else None,
            words=words[:500],
            appointment=appointment,
            address_line=address_line[:300],
            ward=ward,
            channel=channel,
            time_wish=time_wish[:200],
            created_at=at,
            state_changed_at=at,
            call_due_at=call_due_at(at, appointment),
        )
        line = begin(registration=registration, actor=actor, at=at)
        notices.recompute_reminders(registration=registration)
        notices.tell(registration=registration, kind=Notice.CONFIRMATION, occasion=str(line.pk), by=actor.kind)
    return registration


def register_at_desk(
    *,
    phone: str,
    name: str,
    address_line: str,
    ward: Ward,
    priority: str,
    procedure: Procedure | None,
    words: str,
    slot_id: int | None,
    channel: str,
    taken_by: User,
    time_wish: str,
) -> Registration:
    """A request taken by telephone or at the counter, with the consent that was given aloud.

    Whoever has this number and this name is the person, and gets the address and the priority they tell now; what that
    changed stands in the new request's history. Another name on the same number (a daughter who calls on her mother's
    telephone) is another person until somebody merges the two. Raises what `register` raises, with nothing stored.
    """
    actor = Actor.staff(taken_by)
    with transaction.atomic():
        citizen = _known_at_desk(phone=phone, name=name)
        lines: list[Line] = []
        if citizen is None:
            citizen = Citizen.objects.create(
                phone=phone, name=name, address_line=address_line, ward=ward, priority=priority
            )
        else:
            told = {"address_line": address_line, "ward": ward, "priority": priority or citizen.priority}
            lines = bring_up_to_date(citizen, told)
        take_consent(citizen=citizen, channel=channel, taken_by=taken_by)
        registration = register(
            citizen=citizen,
            procedure=procedure,
            words=words,
            slot_id=slot_id,
            address_line=address_line,
            ward=ward,
            channel=channel,
            actor=actor,
            time_wish=time_wish,
        )
        write_history(registration, lines, actor=actor)
    return registration


def _known_at_desk(*, phone: str, name: str) -> Citizen | None:
    """The newest record with this number and name, itself or by a merge, locked: an erasure or a merge waits."""
    same = Citizen.objects.filter(phone=phone, erased_at__isnull=True)
    kept = {each.merged_into_id or each.pk for each in same if _same_name(each.name, name)}
    people = Citizen.objects.select_for_update(of=("self",)).filter(
        pk__in=kept, erased_at__isnull=True, merged_into__isnull=True
    )
    return people.order_by("-created_at", "-id").first()


def _same_name(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def bring_up_to_date(citizen: Citizen, told: Mapping[str, Any]) -> list[Line]:
    """Keep what somebody tells of themselves (fields of Citizen) with a new request.

    Returns what that changed, for the history of the request it was told with.
    """
    was = _as_shown(citizen)
    changed = [each for each, value in told.items() if getattr(citizen, each) != value]
    for each in changed:
        setattr(citizen, each, told[each])
    if changed:
        citizen.save(update_fields=changed)
    now = _as_shown(citizen)
    return [(each, was[each], now[each]) for each in now if was[each] != now[each]]


def _as_shown(citizen: Citizen) -> dict[str, str]:
    home = ", ".join(part for part in (citizen.address_line, citizen.ward.name if citizen.ward else "") if part)
    return {"home": home, "name": citizen.name, "phone": citizen.phone, "priority": citizen.get_priority_display()}


def minutes_of(procedure: Procedure | None) -> int:
    """How long to allow at the citizen's home."""
    return procedure.visit_minutes if procedure is not None else 45


def audience_of(actor: Actor) -> Literal["public", "staff"]:
    """Staff may use the places kept back for them."""
    return "staff" if actor.kind == "staff" else "public"


def _store_with_free_code(**fields: Any) -> Registration:
    for _ in range(CODE_TRIES):
        try:
            with transaction.atomic():
                return Registration.objects.create(code=new_code(), **fields)
        except IntegrityError as error:
            if "registrations_registration_code" not in str(error):
                raise
    raise RegistrationError("Chưa tạo được mã đăng ký, anh/chị thử lại.")


def take_consent(*, citizen: Citizen, channel: str, taken_by: User) -> Consent:
    """Note that the words of today were read out and agreed to. The same words again keep the first proof."""
    shown = current_text(Wording.current())
    before = Consent.objects.filter(citizen=citizen, text_sha256=shown.sha256, withdrawn_at__isnull=True).first()
    return before or Consent.objects.create(
        citizen=citizen,
        contact=citizen.contact,
        text_version=shown.version,
        text_sha256=shown.sha256,
        channel=channel,
        taken_by=taken_by,
    )


CITIZEN_FIELDS = ("name", "phone", "priority")
REQUEST_FIELDS = ("procedure", "address_line", "ward", "time_wish", "words")


def edit(
    *, registration: Registration, fields: dict[str, Any], expected_version: int | None, actor: Actor
) -> list[FieldChange]:
    """Save mended facts (CITIZEN_FIELDS and REQUEST_FIELDS), each with its old value in the history.

    `expected_version` is what the form was opened with; None saves whatever happened meanwhile.
    Raises EditedMeanwhile when somebody saved other values since, MissingFact when a needed fact would be emptied.
    """
    with transaction.atomic():
        locked = (
            Registration.objects.select_for_update(of=("self",))
            .select_related("citizen", "procedure", "ward", "appointment")
            .get(pk=registration.pk)
        )
        if locked.citizen.erased_at is not None:
            raise StaleState(f"Dữ liệu của hồ sơ {locked.code} đã xóa theo yêu cầu nên không ghi lại được nữa.")
        changed = {name: value for name, value in fields.items() if current_value(locked, name) != value}
        lines = [
            (name, shown(name, current_value(locked, name)), shown(name, value)) for name, value in changed.items()
        ]
        if expected_version is not None and locked.version != expected_version and changed:
            raise EditedMeanwhile(
                "Có người vừa sửa hồ sơ này. Anh/chị xem hai bản bên dưới rồi chọn.",
                {name: (now, sent) for name, now, sent in lines},
            )
        if (
            "procedure" in changed
            and changed["procedure"] is None
            and locked.state not in (State.SUBMITTED, State.NEEDS_INFO)
        ):
            raise MissingFact("Hồ sơ đã xác minh phải có thủ tục.")
        if locked.state in CLOSED_STATES and set(changed) - {"name", "phone", "priority"}:
            raise StaleState(f"Hồ sơ {locked.code} đã kết thúc, không sửa được nội dung nữa.")
        if not lines:
            return []
        _apply(locked, changed)
        if short := _let_visit_follow(locked, changed):
            lines.append(("visit", "", short))
        changes = write_history(locked, lines, actor=actor)
        notices.recompute_reminders(registration=locked)
        if "procedure" in changed and changed["procedure"] is not None:
            # A citizen who prepared the papers of the wrong procedure must hear it before the visit.
            notices.tell(registration=locked, kind=Notice.PROCEDURE_CHANGED, occasion=str(locked.version))
    registration.refresh_from_db()
    return changes


def _let_visit_follow(registration: Registration, changed: dict[str, Any]) -> str:
    """The visit follows a mended ward or procedure: the way there, who can go and how long it takes are another's.

    Nobody left to go: the request says so. Returns what staff must know of a visit that could not grow, "" otherwise.
    """
    visit, ward, procedure = registration.appointment, registration.ward, registration.procedure
    if visit is None or ward is None or not visit.is_live:
        return ""
    now_takes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
    minutes = minutes_of(procedure) if "procedure" in changed else now_takes
    field = procedure.field if procedure else visit.field
    if (visit.ward_id, visit.field_id, now_takes) == (ward.pk, field.pk if field else None, minutes):
        return ""
    fits = scheduling.follow(appointment=visit, ward=ward, field=field, minutes=minutes)
    if registration.state == State.ASSIGNED and not visit.assignments.filter(is_active=True, is_lead=True).exists():
        reason = f"Nay là {procedure or 'việc chưa rõ'}, {ward.name}: cán bộ cũ không đi được"
        move(registration=registration, to=State.VERIFIED, actor=Actor.system(), reason=reason)
    return "" if fits else f"{now_takes} phút; việc này cần {minutes} phút mà giờ đó không đủ chỗ, xem lại giờ hẹn"


def _apply(registration: Registration, changed: dict[str, Any]) -> None:
    citizen = registration.citizen
    for name in CITIZEN_FIELDS:
        if name in changed:
            setattr(citizen, name, changed[name])
    if names := [name for name in CITIZEN_FIELDS if name in changed]:
        citizen.save(update_fields=names)
    for name in REQUEST_FIELDS:
        if name in changed:
            setattr(registration, name, changed[name])
    names = [name for name in REQUEST_FIELDS if name in changed]
    if "procedure" in changed:
        registration.procedure_version = registration.procedure.current_version if registration.procedure else None
        names.append("procedure_version")
    registration.version += 1
    registration.save(update_fields=[*names, "version"])


def current_value(registration: Registration, name: str) -> Any:
    return getattr(registration.citizen if name in CITIZEN_FIELDS else registration, name)


def shown(name: str, value: Any) -> str:
    """A value as the history shows it."""
    if value in (None, ""):
        return ""
    if name == "priority":
        return str(Citizen.Priority(value).label)
    if name == "procedure":
        return str(value.short_name)
    return str(value)
