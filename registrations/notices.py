"""What citizens are told, when something about their request changes. Called inside the transaction of the change."""

from django.db import models

from registrations.models import Registration
from zalo_bridge import outbox


class Notice(models.TextChoices):
    CONFIRMATION = "confirmation", "Xác nhận đăng ký"
    NEEDS_INFO = "needs_info", "Cần bổ sung"
    VERIFIED = "verified", "Đã xác minh"
    REJECTED = "rejected", "Từ chối"
    ASSIGNED = "assigned", "Cán bộ sẽ đến"
    REASSIGNED = "reassigned", "Đổi cán bộ"
    MOVED = "moved", "Đổi giờ hẹn"
    PROCEDURE_CHANGED = "procedure_changed", "Đổi thủ tục"
    CANCELLED = "cancelled", "Đã hủy"
    REMINDER_DAY_BEFORE = "reminder_day_before", "Nhắc hôm trước"
    REMINDER_SOON = "reminder_soon", "Nhắc sắp đến giờ"
    ON_THE_WAY = "on_the_way", "Cán bộ đang đến"
    COMPLETED = "completed", "Đã nộp hồ sơ"
    NO_SHOW = "no_show", "Không gặp được"
    UNREACHABLE = "unreachable", "Gọi không gặp"
    ASK_RATING = "ask_rating", "Xin đánh giá"


def tell(*, registration: Registration, kind: Notice, occasion: str, **facts: str) -> None:
    """Owe the citizen a notice. `occasion` names the change it belongs to, so that each change is told once."""
    citizen = registration.citizen
    if citizen.contact_id is None and not citizen.phone:
        return
    outbox.enqueue(
        kind=kind.value,
        dedupe_key=f"notice:{kind.value}:{registration.pk}:{occasion}",
        contact=citizen.contact,
        phone=citizen.phone,
        text=f"{kind.label}: {registration.code}",
        params={"code": registration.code, **facts},
        subject=f"registration:{registration.pk}",
    )


def recompute_reminders(*, registration: Registration) -> None:
    """Owe the reminders that fit the visit as it stands now, and no others."""
