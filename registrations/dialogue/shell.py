"""The bridge's listener: gather what the core may ask, let it answer, do what it commands, write the replies.

All of it happens inside the transaction that marks the event done (zalo_bridge/inbox.py), so that an event is acted on
exactly once: a registration, its notices and our replies commit with it or not at all.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.templatetags.static import static
from django.utils import timezone

from procedures.services import clean, fold
from registrations import consent, data_rights
from registrations.dialogue import commands, conversation
from registrations.dialogue.clock import long_time, short_time
from registrations.dialogue.heard import (
    Cancel,
    ChangeTime,
    Heard,
    Info,
    Kind,
    Outcome,
    Register,
    Say,
    State,
    TakeOffer,
)
from registrations.dialogue.knowledge import Knowledge
from registrations.errors import RegistrationError
from registrations.intake import find_citizen
from registrations.models import Dialogue
from registrations.picker_links import draft_link, visit_link
from registrations.wording import Wording, placeholders_in
from scheduling.errors import SchedulingError
from zalo_bridge import outbox
from zalo_bridge.services import EventKind, InboundEvent

KINDS: dict[EventKind, Kind] = {
    EventKind.FOLLOWED: Kind.FOLLOWED,
    EventKind.UNFOLLOWED: Kind.UNFOLLOWED,
    EventKind.OPENED_CHAT: Kind.OPENED_CHAT,
    EventKind.TEXT: Kind.TEXT,
    EventKind.TEMPLATE_ANSWERED: Kind.TEXT,
    EventKind.INFO_SHARED: Kind.INFO,
    EventKind.LOCATION: Kind.LOCATION,
    EventKind.STICKER: Kind.STICKER,
    EventKind.CONTACT_CARD: Kind.CARD,
    EventKind.REACTED: Kind.REACTED,
    EventKind.WITHDREW: Kind.WITHDREW,
    EventKind.RATED: Kind.RATED,
    EventKind.COLLEAGUE_WROTE: Kind.COLLEAGUE,
}
FILE_KINDS = {"image": Kind.PHOTO, "gif": Kind.PHOTO, "audio": Kind.VOICE, "video": Kind.FILE, "file": Kind.FILE}
# What is heard even while a person has taken over: the law does not wait, and consent must not be lost.
HEARD_WHILE_PAUSED = (Kind.INFO, Kind.WITHDREW, Kind.COLLEAGUE, Kind.RATED, Kind.FOLLOWED, Kind.UNFOLLOWED)
# An old event (an outage, a replay) is still acted on, but a greeting days later would only puzzle.
TOO_OLD_TO_GREET = timedelta(hours=12)
MOST_TRIES = 3
# Commands whose use case tells the citizen itself.
TELLING = (Register, ChangeTime, Cancel, TakeOffer)
# Placeholders filled by `moment_values`.
MOMENT = frozenset({"bay_gio", "khi_nao_tra_loi", "han_xoa"})


def on_event(event: InboundEvent) -> None:
    """Answer one event of one contact. The contact's row is locked by the caller."""
    now = timezone.now()
    heard = heard_from(event)
    if heard is None or (heard.kind is Kind.FOLLOWED and now - event.at > TOO_OLD_TO_GREET):
        return
    dialogue, _ = Dialogue.objects.select_for_update().get_or_create(contact=event.contact)
    dialogue.contact = event.contact
    if (
        commands.is_paused(dialogue, now)
        and heard.kind not in HEARD_WHILE_PAUSED
        and not data_rights.asks_to_withdraw(heard)
    ):
        # A person is writing: the bot says nothing, staff see the message on their page.
        commands.note_for_staff(dialogue=dialogue, at=now)
        return
    outcome = converse(dialogue=dialogue, heard=heard, event=event, now=now)
    wording = Wording.current()
    speak(
        dialogue=dialogue,
        says=told_elsewhere(dialogue, outcome) + outcome.says,
        wording=wording,
        key=f"reply:{event.id}",
        now=now,
    )


def heard_from(event: InboundEvent) -> Heard | None:
    """The event in the core's words; None for what needs no thought."""
    kind = KINDS.get(event.kind)
    file = event.attachments[0] if event.attachments else None
    text = clean(event.text)
    if event.kind is EventKind.FILE:
        kind = FILE_KINDS.get(file.kind if file else "")
        if kind is None:
            # A forwarded link: its words are all we read.
            kind, text = Kind.TEXT, text or clean(file.text if file else "")
    if kind is None or (kind is Kind.TEXT and not text):
        return None
    info = None
    if event.info is not None:
        shared = event.info
        info = Info(
            name=clean(shared.name),
            phone=clean(shared.phone),
            address_line=clean(shared.address_line),
            ward=clean(shared.ward),
            district=clean(shared.district),
            city=clean(shared.city),
            gender=clean(shared.gender),
        )
    rating = event.rating
    name = clean(file.name) if file else ""
    return Heard(
        kind=kind,
        text=clean(rating.words) if rating else text,
        # A file's name may tell what it is: "anh_cccd.jpg".
        folded=fold(f"{text} {name}").replace("_", " ") if kind in (Kind.PHOTO, Kind.FILE) else fold(text),
        info=info,
        file_name=name,
        stars=rating.stars if rating else 0,
        ref=str(event.id),
    )


def converse(*, dialogue: Dialogue, heard: Heard, event: InboundEvent | None, now: datetime) -> Outcome:
    """Run the core and do what it commands.

    A command that cannot be done is told to the core, which offers something else.
    """
    before = State(dialogue.step, dialogue.data)
    for _ in range(MOST_TRIES):
        world = Knowledge(dialogue.contact, now=now)
        outcome = conversation.respond(before, heard, world)
        try:
            # A savepoint: a place taken by somebody else must not take the whole event down with it.
            with transaction.atomic():
                commands.perform(dialogue=dialogue, outcome=outcome, event=event, now=now)
        except SchedulingError as error:
            heard = Heard(Kind.TAKEN, sentence=error.sentence, ref=heard.ref)
        except RegistrationError as error:
            heard = Heard(Kind.REFUSED, sentence=error.sentence, ref=heard.ref)
        else:
            return outcome
        # What this turn wrote was undone with the savepoint; only the question is put again.
        dialogue.refresh_from_db()
    raise RuntimeError("the conversation could not settle on an answer")


def told_elsewhere(dialogue: Dialogue, outcome: Outcome) -> tuple[Say, ...]:
    """What to say when the notice of a change goes to the person's other Zalo account: this one must not be silent."""
    if not any(isinstance(command, TELLING) for command in outcome.commands):
        return ()
    citizen = find_citizen(contact=dialogue.contact)
    if citizen is None or citizen.contact_id == dialogue.contact.pk:
        return ()
    return (Say("told_elsewhere", _addressed(dialogue)),)


def offer_other(*, dialogue: Dialogue, also: dict[str, str], key: str, now: datetime) -> None:
    """Owe the word about the second procedure named, for a visit booked on the page instead of in the chat."""
    say = Say("also_wanted", {**_addressed(dialogue), "thu_tuc": also["name"], "loi": also["words"]})
    speak(dialogue=dialogue, says=(say,), wording=Wording.current(), key=key, now=now)


def _addressed(dialogue: Dialogue) -> dict[str, str]:
    """How the person is addressed, for what is said outside a turn of the core."""
    title = str(dialogue.data.get("title") or "anh/chị")
    return {"xung_ho": title, "Xung_ho": title[:1].upper() + title[1:]}


# --- speaking ---


def speak(*, dialogue: Dialogue, says: tuple[Say, ...], wording: Wording, key: str, now: datetime) -> None:
    """Owe the replies: one message of text (numbered answers, a link), then the card if one is needed."""
    if not says:
        return
    wanted: set[str] = set().union(*(placeholders_in(wording.text(say.key)) for say in says))
    # Office hours are looked up only for the texts that speak of them.
    extra = moment_values(now) if wanted & MOMENT else {}
    paragraphs, choices, link, card = [], [], None, False
    for say in says:
        values = {**extra, **say.values}
        if say.options:
            values["lua_chon"] = "\n".join(f"{number}. {option.title}" for number, option in enumerate(say.options, 1))
            choices = [
                outbox.Choice(option.title[:100], f"#{dialogue.step}:{number}")
                for number, option in enumerate(say.options, 1)
            ]
        paragraphs.append(wording.render(say.key, **values))
        link = link_of(dialogue, say) or link
        card = card or say.card
        if "{loi_dong_y}" in wording.text(say.key):
            consent.note_shown(dialogue.data, wording, at=now)
            dialogue.save(update_fields=["data"])
    outbox.enqueue(
        kind="reply",
        dedupe_key=f"{key}:1",
        contact=dialogue.contact,
        text="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        choices=choices[: outbox.MOST_BUTTONS],
        link=link,
        is_reply=True,
    )
    if card:
        outbox.enqueue(
            kind="reply",
            dedupe_key=f"{key}:2",
            contact=dialogue.contact,
            card=outbox.Card(
                title="Đăng ký hỗ trợ tại nhà",
                subtitle="Bấm để chia sẻ họ tên, số điện thoại, địa chỉ. Nhớ đánh dấu ô đồng ý.",
                image=static("img/chia-se-thong-tin.png"),
            ),
            is_reply=True,
        )


def link_of(dialogue: Dialogue, say: Say) -> outbox.Link | None:
    if say.link == "picker" and dialogue.data.get("draft"):
        return outbox.Link("Chọn thời gian", draft_link(dialogue))
    if say.link == "change" and say.about:
        registration = commands.own_requests(dialogue.contact).filter(pk=say.about).first()
        return outbox.Link("Chọn thời gian", visit_link(registration)) if registration else None
    return None


def moment_values(now: datetime) -> dict[str, str]:
    """What depends on the moment and not on the citizen."""
    local = timezone.localtime(now)
    next_open = commands.next_open(local)
    return {
        "bay_gio": long_time(local),
        "khi_nao_tra_loi": f"Cán bộ sẽ trả lời từ {short_time(next_open)}." if next_open else "Cán bộ sẽ trả lời sớm.",
        "han_xoa": consent.deadline_words(data_rights.erased_by(local.date())),
    }
