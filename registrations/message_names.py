"""What the bridge's console calls our messages, and the page each of them belongs to."""

from collections.abc import Collection

from django.urls import reverse

from registrations.models import Registration
from registrations.notices import Notice
from zalo_bridge.services import Subject

KINDS = {**dict(Notice.choices), "reply": "Trợ lý tự động trả lời", "staff": "Cán bộ viết"}

# As `notices.params_of` fills them.
PARAMS = {
    "name": "Họ tên",
    "code": "Mã hồ sơ",
    "procedure": "Thủ tục",
    "time": "Giờ hẹn",
    "old_time": "Giờ hẹn trước khi đổi",
    "address": "Địa chỉ",
    "staff": "Cán bộ",
    "reason": "Lý do",
    "dossier_number": "Mã hồ sơ trên Cổng",
    "office_phone": "Điện thoại phòng",
}


def describe(subjects: Collection[str]) -> dict[str, Subject]:
    """`registration:12` is a request, `chat:34` what a clerk wrote in somebody's chat. One query."""
    numbers = {subject: number for subject in subjects if (number := _number(subject, "registration"))}
    codes = dict(Registration.objects.filter(pk__in=numbers.values()).values_list("pk", "code"))
    known = {
        subject: Subject(f"Hồ sơ {codes[number]}", reverse("registrations:case", args=[codes[number]]))
        for subject, number in numbers.items()
        if number in codes
    }
    chats = {subject: number for subject in subjects if (number := _number(subject, "chat"))}
    return known | {
        subject: Subject("Trò chuyện", reverse("chats:chat", args=[number])) for subject, number in chats.items()
    }


def find(words: str) -> str:
    """The subject of the request with this code, however it is typed; "" for none."""
    code = words.upper().removeprefix("HỒ SƠ").strip()
    found = Registration.objects.filter(code__in=[code, f"HT-{code}"]).values_list("pk", flat=True).first()
    return f"registration:{found}" if found else ""


def _number(subject: str, kind: str) -> int:
    name, _, number = subject.partition(":")
    return int(number) if name == kind and number.isdecimal() and len(number) < 19 else 0
