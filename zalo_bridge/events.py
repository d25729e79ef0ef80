"""What happened in a chat, in neutral words. The vendor's field names end in `reading.py`; listeners see only these."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zalo_bridge.models import Contact


class EventKind(StrEnum):
    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    TEXT = "text"
    INFO_SHARED = "info_shared"
    FILE = "file"
    LOCATION = "location"
    STICKER = "sticker"
    CONTACT_CARD = "contact_card"
    REACTED = "reacted"
    OPENED_CHAT = "opened_chat"
    WITHDREW = "withdrew"
    COLLEAGUE_WROTE = "colleague_wrote"
    RATED = "rated"
    TEMPLATE_ANSWERED = "template_answered"


@dataclass(frozen=True)
class SharedInfo:
    """The form "Chia sẻ thông tin" as the citizen sent it: all text, "" where nothing came. The phone is only claimed.

    `district` is filled only by the form of before July 2025; `birthday` is dd/mm/yyyy as received.
    """

    name: str = ""
    phone: str = ""
    address_line: str = ""
    ward: str = ""
    district: str = ""
    city: str = ""
    birthday: str = ""
    gender: str = ""


@dataclass(frozen=True)
class ReceivedFile:
    """One attachment. `kind` is image, gif, audio, video, file, link, location, sticker or contact_card.

    `url` lies on Zalo's servers and may expire: fetch with `services.fetch_file` what must be kept. `size` is in bytes,
    0 when unknown. `text` is the description: a link's words, a contact card's phone number, a location's "lat,long".
    """

    kind: str
    url: str = ""
    name: str = ""
    size: int = 0
    content_type: str = ""
    checksum: str = ""
    text: str = ""


@dataclass(frozen=True)
class Rating:
    """An answer to a rating template: 1 to 5 stars, and words. `message_id`: our OutboundMessage, when it is known."""

    stars: int
    words: str = ""
    message_id: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class InboundEvent:
    """One event of one contact, handed to the listener inside the transaction that marks it done.

    `text` is NFC without control characters; for a tap on a button it is the button's payload. `at` is Zalo's time.
    """

    id: int
    kind: EventKind
    contact: Contact
    at: datetime
    text: str = ""
    info: SharedInfo | None = None
    attachments: tuple[ReceivedFile, ...] = ()
    rating: Rating | None = None
    quoted_vendor_id: str = ""
    by_colleague: str = ""


@dataclass(frozen=True)
class GivenUp:
    """An event of a contact that could not be handled, however often it was tried: nobody has answered them."""

    event_id: int
    kind: EventKind
    contact: Contact
    at: datetime


@dataclass(frozen=True)
class Undelivered:
    """A notice that no channel could carry: somebody has to call. `why` is a sentence for staff."""

    message_id: int
    kind: str
    subject: str
    contact_id: int | None
    phone: str
    dedupe_key: str
    why: str
