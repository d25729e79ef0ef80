"""The life of a registration as a table. `transitions.move()` obeys it; nothing else changes a state."""

from django.db import models


class State(models.TextChoices):
    SUBMITTED = "submitted", "Chờ xác minh"
    NEEDS_INFO = "needs_info", "Chờ bổ sung"
    VERIFIED = "verified", "Chờ phân công"
    ASSIGNED = "assigned", "Đã phân công"
    IN_PROGRESS = "in_progress", "Đang hỗ trợ"
    NO_SHOW = "no_show", "Không gặp được"
    COMPLETED = "completed", "Đã nộp hồ sơ"
    REJECTED = "rejected", "Từ chối"
    CANCELLED = "cancelled", "Đã hủy"


MAY_GO_TO: dict[State, tuple[State, ...]] = {
    State.SUBMITTED: (State.NEEDS_INFO, State.VERIFIED, State.REJECTED, State.CANCELLED),
    State.NEEDS_INFO: (State.SUBMITTED, State.VERIFIED, State.REJECTED, State.CANCELLED),
    State.VERIFIED: (State.ASSIGNED, State.NEEDS_INFO, State.REJECTED, State.CANCELLED),
    State.ASSIGNED: (State.VERIFIED, State.IN_PROGRESS, State.NO_SHOW, State.CANCELLED),
    State.IN_PROGRESS: (State.COMPLETED, State.NO_SHOW, State.ASSIGNED),
    State.NO_SHOW: (State.VERIFIED, State.CANCELLED),
    State.COMPLETED: (),
    State.REJECTED: (),
    State.CANCELLED: (),
}

OPEN_STATES = tuple(state for state, targets in MAY_GO_TO.items() if targets)
CLOSED_STATES = tuple(state for state, targets in MAY_GO_TO.items() if not targets)
