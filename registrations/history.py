"""What was changed in a request's facts: old value, new value, by whom."""

from collections.abc import Iterable

from django.utils import timezone

from registrations.models import FieldChange, Registration
from registrations.transitions import Actor
from scheduling.services import Appointment

FIELD_LABELS = {
    "name": "Họ tên",
    "phone": "Điện thoại",
    "priority": "Đối tượng ưu tiên",
    "procedure": "Thủ tục",
    "address_line": "Nơi hẹn",
    "home": "Địa chỉ người dân",
    "ward": "Phường, xã",
    "time_wish": "Giờ mong muốn",
    "words": "Lời người dân",
    "visit": "Giờ hẹn",
    "set_off": "Giờ lên đường",
    "call": "Cuộc gọi đã ghi",
    "checklist": "Phiếu xác minh",
    "papers_ready": "Giấy tờ đã có",
    "checklist_note": "Lời dặn người đi",
}
LONGEST = 500
# The field (a key of FIELD_LABELS), how it read before, how it reads now.
Line = tuple[str, str, str]


def write_history(registration: Registration, lines: Iterable[Line], *, actor: Actor) -> list[FieldChange]:
    """One row for each line, in their order. Call it in the transaction of the change."""
    return FieldChange.objects.bulk_create(
        FieldChange(
            registration=registration,
            field=field,
            old=old[:LONGEST],
            new=new[:LONGEST],
            actor=actor.user,
            actor_kind=actor.kind,
        )
        for field, old, new in lines
    )


def when(appointment: Appointment | None) -> str:
    """A visit's time as the history shows it: 08:00 25/11/2026."""
    return f"{timezone.localtime(appointment.starts_at):%H:%M %d/%m/%Y}" if appointment is not None else ""
