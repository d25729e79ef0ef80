"""Whom to call next: owed calls, new requests, people to make a new appointment with; the most pressing first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from registrations.models import CaseLock, Registration, WorkRules
from registrations.queue import to_call, with_row_facts
from registrations.states import State
from registrations.wordings import long_span

LISTED = 100
PRIORITY = {"elderly": 0, "disabled": 0, "merit": 0}


@dataclass(frozen=True)
class Call:
    """One person to call and why. `is_late` and `is_soon` are told apart so that a breach shows before it happens."""

    registration: Registration
    why: str
    is_late: bool
    is_soon: bool
    worked_on_by: CaseLock | None = None

    @property
    def is_timed(self) -> bool:
        """The clock runs for new requests only; what it said of one that has moved on is of no use to anybody."""
        return self.registration.state == State.SUBMITTED and self.registration.call_due_at is not None


def next_calls(now: datetime) -> list[Call]:
    """Late first, then people with priority, then whose visit is soonest, then whose clock runs out first."""
    rules = WorkRules.current()
    rows = list(with_row_facts(to_call(now)).order_by("call_due_at", "pk")[:LISTED])
    warn = timedelta(minutes=rules.warn_before_minutes)
    calls = [_call(row, now, warn) for row in rows]
    far = now + timedelta(days=3650)

    def pressing(call: Call) -> tuple[bool, int, datetime, datetime, int]:
        row = call.registration
        visit = row.appointment.starts_at if row.appointment is not None and row.appointment.is_live else far
        return (not call.is_late, PRIORITY.get(row.citizen.priority, 1), visit, row.call_due_at or far, row.pk)

    return sorted(calls, key=pressing)


def _call(row: Registration, now: datetime, warn: timedelta) -> Call:
    has_owed = bool(getattr(row, "has_owed", False))
    is_new = row.state == State.SUBMITTED
    is_late = is_new and row.call_due_at is not None and row.call_due_at < now
    is_soon = is_new and not is_late and row.call_due_at is not None and row.call_due_at < now + warn
    if has_owed:
        why = "Tin nhắn không tới, cần gọi báo"
    elif row.state == State.NO_SHOW:
        why = "Không gặp ở nhà, cần hẹn lại"
    elif row.state == State.NEEDS_INFO:
        why = "Nhắc bổ sung"
    else:
        why = "Xác minh"
    return Call(row, why, is_late, is_soon)


def script_of(registration: Registration, papers: list[str]) -> list[str]:
    """What to say, in order. The papers themselves stand in the checklist, to be read out and ticked there."""
    citizen, procedure, visit = registration.citizen, registration.procedure, registration.appointment
    lines = [
        f"Chào anh/chị, tôi gọi từ {settings.OFFICE_NAME}. Tôi đang nói chuyện với {citizen.name} phải không ạ?",
        f"Anh/chị đăng ký hỗ trợ tại nhà, mã {registration.code}.",
    ]
    if procedure is not None:
        lines.append(f"Thủ tục cần làm là {procedure.short_name}, đúng không ạ?")
    else:
        lines.append(f"Anh/chị cần làm thủ tục gì ạ? (Người dân đã nhắn: “{registration.words}”)")
    if visit is not None and visit.is_live and registration.state != State.NO_SHOW:
        lines.append(f"Cán bộ sẽ đến {long_span(visit.starts_at, visit.ends_at)}. Giờ này vẫn tiện chứ ạ?")
    elif registration.state == State.NO_SHOW:
        lines.append("Hôm trước cán bộ đến mà không gặp. Anh/chị muốn hẹn lại lúc nào ạ?")
    elif registration.time_wish:
        lines.append(f"Anh/chị muốn hẹn “{registration.time_wish}”. Tôi xem giúp giờ trống gần nhất nhé.")
    else:
        lines.append("Anh/chị muốn cán bộ đến lúc nào ạ?")
    lines.append("Ở nhà có điện thoại thông minh hoặc máy tính, có mạng không ạ? Địa chỉ có dễ tìm không?")
    if papers:
        lines.append(
            "Anh/chị chuẩn bị giúp các giấy tờ sau. (Đọc từng thứ ở Phiếu xác minh, thứ nào đã có thì đánh dấu.)"
        )
    return lines
