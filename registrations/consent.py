"""Consent:
the words shown, the proof kept, and what a withdrawal sets going (Luật 91/2025/QH15, Nghị định 356/2025/NĐ-CP).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from registrations.models import Citizen, Consent, ConsentWording
from registrations.wording import Wording
from zalo_bridge.services import Contact

# The line beside the box of Zalo's own form, for a form sent without our words before it.
FORM_ONLY = "phieu-zalo"
FORM_WORDS = "Đồng ý cung cấp thông tin cho {co_quan}"


@dataclass(frozen=True)
class ConsentText:
    """The words a person agrees to, and how they are told apart later."""

    version: str
    text: str
    sha256: str


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def current_text(wording: Wording) -> ConsentText:
    """What would be shown now."""
    text = wording.render("loi_dong_y")
    return ConsentText(wording.version("loi_dong_y"), text, sha256_of(text))


def note_shown(data: dict[str, Any], wording: Wording, *, at: datetime) -> None:
    """Remember in the dialogue which words were shown. Nothing in it is about the person."""
    shown = current_text(wording)
    ConsentWording.objects.get_or_create(
        sha256=shown.sha256, defaults={"version": shown.version, "text": shown.text, "first_shown_at": at}
    )
    data["consent_shown"] = {"version": shown.version, "sha256": shown.sha256, "at": at.isoformat()}


def standing(contact: Contact) -> Consent | None:
    """The consent of this contact that has not been withdrawn."""
    return Consent.objects.filter(contact=contact, withdrawn_at__isnull=True).order_by("-given_at", "-id").first()


def record(
    *, contact: Contact, channel: str, shown: dict[str, Any] | None, wording: Wording, at: datetime | None = None
) -> Consent:
    """Keep the proof: which words, when, through what. The same words agreed to again keep the first proof."""
    if shown:
        version, sha256 = str(shown["version"]), str(shown["sha256"])
    else:
        version, sha256 = FORM_ONLY, sha256_of(wording.fill(FORM_WORDS))
    before = standing(contact)
    if before is not None and before.text_sha256 == sha256:
        return before
    return Consent.objects.create(
        contact=contact,
        text_version=version,
        text_sha256=sha256,
        channel=channel,
        given_at=at or timezone.now(),
        citizen=before.citizen if before else None,
    )


def bind(*, contact: Contact, citizen: Citizen) -> None:
    """Once the person has a record, their standing consents belong to it."""
    Consent.objects.filter(contact=contact, withdrawn_at__isnull=True, citizen__isnull=True).update(citizen=citizen)


def deadline_words(day: date) -> str:
    return f"ngày {day:%d/%m/%Y}"
