"""What the core may order, done through the use cases. Runs in the event's transaction, inside a savepoint."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from procedures.services import Procedure
from registrations import consent, data_rights, services, waiting_list
from registrations.attachments import note_file, settle_files
from registrations.dialogue import heard as words
from registrations.dialogue.heard import Outcome
from registrations.dialogue.turn import DRAFT_KEYS
from registrations.errors import RegistrationError
from registrations.history import Line, write_history
from registrations.intake import bring_up_to_date
from registrations.models import Attachment, Citizen, Dialogue, Registration
from registrations.services import Actor
from registrations.states import CLOSED_STATES, State
from registrations.wording import Wording
from scheduling import services as scheduling
from scheduling.services import Ward
from zalo_bridge.services import Contact, InboundEvent

# How long the bot stays silent after a colleague has written, if nobody hands the chat back before.
PAUSE = timedelta(hours=2)
# More open requests than this from one Zalo account and a person should have a look first.
MOST_OPEN_REQUESTS = 10


def perform(*, dialogue: Dialogue, outcome: Outcome, event: InboundEvent | None, now: datetime) -> None:
    """Do the commands in order, then keep the new state. Raises the errors of the use cases with nothing kept."""
    dialogue.step, dialogue.data, dialogue.updated_at = outcome.state.step, dict(outcome.state.data), now
    if dialogue.step != "human" and not is_paused(dialogue, now):
        # The citizen went on with the bot: nobody needs to come any more.
        dialogue.wants_human_since, dialogue.wants_human_because = None, ""
    for command in outcome.commands:
        _do(command, dialogue=dialogue, event=event, now=now)
    dialogue.save()


def _do(command: words.Command, *, dialogue: Dialogue, event: InboundEvent | None, now: datetime) -> None:
    contact = dialogue.contact
    match command:
        case words.RecordConsent(channel):
            consent.record(
                contact=contact,
                channel=channel,
                shown=dialogue.data.get("consent_shown"),
                wording=Wording.current(),
                at=event.at if event is not None else now,
            )
        case words.Register(place, time_wish):
            register(dialogue=dialogue, place=place, time_wish=time_wish)
        case words.ChangeTime(number, place):
            services.change_time(registration=_own(dialogue, number), slot_id=place, actor=Actor.citizen())
        case words.TakeOffer(number):
            waiting_list.take(registration=_own(dialogue, number), actor=Actor.citizen())
        case words.Cancel(number, reason):
            services.cancel(registration=_own(dialogue, number), reason=reason, actor=Actor.citizen())
        case words.AnswerNeed(number):
            registration = _own(dialogue, number)
            if registration.state == State.NEEDS_INFO:
                services.answer_received(registration=registration, actor=Actor.citizen(), note="Trả lời qua Zalo")
        case words.Rate(number, stars, said):
            services.rate(registration=_own(dialogue, number), stars=stars, words=said)
        case words.KeepFile(wait):
            if event is not None:
                note_file(dialogue=dialogue, event=event, wait=wait, registration=current_request(dialogue))
        case words.SettleFiles(keep):
            settle_files(contact=contact, keep=keep)
        case words.CallHuman(why):
            call_human(dialogue=dialogue, why=why, now=now)
        case words.Withdraw(how):
            data_rights.withdraw(dialogue=dialogue, how=how, now=now)
        case words.NoteSeen():
            data_rights.note_seen(contact=contact, now=now)
        case words.Pause():
            pause(dialogue=dialogue, by="oa.zalo.me", now=now)


def register(*, dialogue: Dialogue, place: int | None, time_wish: str = "") -> Registration:
    """Make the draft of this dialogue a request, once: a second press finds the request the first one made.

    Raises the errors of `scheduling.services.book`, and RegistrationError.
    """
    data = dialogue.data
    draft = str(data.get("draft") or "")
    booked: dict[str, int] = data.setdefault("booked", {})
    if draft in booked:
        return Registration.objects.get(pk=booked[draft])
    details = data.get("details") or {}
    ward = Ward.objects.filter(code=details.get("ward", ""), is_served=True, valid_to__isnull=True).first()
    if not draft or ward is None or not details.get("name") or not details.get("phone"):
        raise RegistrationError("Đăng ký này đã hết hạn. Anh/chị gõ “đăng ký” để làm lại.")
    citizen, lines = keep_citizen(dialogue=dialogue, details=details, ward=ward)
    if citizen.registrations.exclude(state__in=CLOSED_STATES).count() >= MOST_OPEN_REQUESTS:
        raise RegistrationError("Anh/chị đang có nhiều đăng ký chờ xử lý. Anh/chị gõ 0 để gặp cán bộ.")
    number = int((data.get("procedure") or {}).get("id") or 0)
    registration = services.register(
        citizen=citizen,
        procedure=Procedure.objects.select_related("field").filter(pk=number).first() if number else None,
        words=str(data.get("words") or ""),
        slot_id=place,
        address_line=details.get("address_line", ""),
        ward=ward,
        channel=Registration.Channel.ZALO,
        actor=Actor.citizen(),
        time_wish=time_wish,
    )
    write_history(registration, lines, actor=Actor.citizen())
    Attachment.objects.filter(contact=dialogue.contact, registration__isnull=True).update(registration=registration)
    if place is None:
        waiting_list.join(registration=registration, now=timezone.now())
    # Remembered so that the link in the chat, pressed again, shows this visit and books no second one.
    booked[draft] = registration.pk
    forget_draft(data)
    data["booked"] = dict(list(booked.items())[-5:])
    return registration


def forget_draft(data: dict[str, Any]) -> None:
    """The details now stand in the citizen's record; the dialogue needs no copy."""
    for key in DRAFT_KEYS:
        data.pop(key, None)


def keep_citizen(*, dialogue: Dialogue, details: dict[str, str], ward: Ward) -> tuple[Citizen, list[Line]]:
    """The person behind this contact, brought up to date, and what that changed. Consent stands: the dialogue asked
    before anything was kept.
    """
    contact = dialogue.contact
    if consent.standing(contact) is None:
        raise RegistrationError("Em chưa có sự đồng ý của anh/chị để lưu thông tin. Anh/chị gõ “đăng ký” để bắt đầu.")
    citizen = services.find_citizen(contact=contact)
    own_address = (
        {} if dialogue.data.get("elsewhere") else {"address_line": details.get("address_line", ""), "ward": ward}
    )
    told: dict[str, Any] = {"name": details["name"], "phone": details["phone"], **own_address}
    lines: list[Line] = []
    if citizen is None:
        citizen = Citizen.objects.create(contact=contact, **told)
    else:
        lines = bring_up_to_date(citizen, told)
    consent.bind(contact=contact, citizen=citizen)
    return citizen, lines


def own_requests(contact: Contact) -> QuerySet[Registration]:
    """The requests of the person behind a contact, nobody else; two accounts merged into one person share them."""
    return Registration.objects.filter(citizen=services.find_citizen(contact=contact))


def _own(dialogue: Dialogue, number: int) -> Registration:
    found = (
        own_requests(dialogue.contact)
        .select_related("citizen__contact", "procedure", "appointment", "ward")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise RegistrationError("Không tìm thấy đăng ký này.")
    return found


def current_request(dialogue: Dialogue) -> Registration | None:
    """What a file belongs to: the request waiting for it, else the newest open one; None while a draft is made."""
    if dialogue.data.get("draft"):
        return None
    mine = own_requests(dialogue.contact).exclude(state__in=CLOSED_STATES)
    return mine.filter(state=State.NEEDS_INFO).first() or mine.order_by("-created_at", "-id").first()


# --- people ---


def call_human(*, dialogue: Dialogue, why: str, now: datetime) -> None:
    """Somebody must answer this citizen: the chat joins the list, and an open request gets a call task."""
    dialogue.wants_human_since = dialogue.wants_human_since or now
    dialogue.wants_human_because = why[:200]
    registration = current_request(dialogue)
    if registration is not None:
        day = timezone.localtime(now).date()
        services.owe_call(registration=registration, notice_key=f"human:{registration.pk}:{day:%Y%m%d}", note=why)


def pause(*, dialogue: Dialogue, by: str, now: datetime) -> None:
    dialogue.paused_until, dialogue.paused_by = now + PAUSE, by[:150]
    dialogue.wants_human_since, dialogue.wants_human_because = None, ""


def is_paused(dialogue: Dialogue, now: datetime) -> bool:
    """Whether a person has the chat now."""
    return dialogue.paused_until is not None and dialogue.paused_until > now


def note_for_staff(*, dialogue: Dialogue, at: datetime) -> None:
    """The citizen wrote while a person has the chat: it is that person's turn to answer."""
    Dialogue.objects.filter(pk=dialogue.pk, wants_human_since__isnull=True).update(
        wants_human_since=at, wants_human_because="Người dân vừa nhắn thêm", updated_at=at
    )


def next_open(local: datetime) -> datetime | None:
    """None while the office is open, else when it opens."""
    return None if scheduling.is_open(local) else timezone.localtime(scheduling.next_open_moment(local))
