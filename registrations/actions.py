"""What this person can do to this request now, and why not the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from registrations.models import ContactAttempt, Registration
from registrations.states import CLOSED_STATES, MAY_GO_TO, State

VERIFY = "registrations.verify_registration"
ASSIGN = "registrations.assign_registration"
VISIT = "registrations.work_on_own_visits"
CHANGE = "registrations.change_registration"


@dataclass(frozen=True)
class Action:
    """One thing that can be done. `slug` is its address, `key` its letter on the keyboard."""

    slug: str
    title: str
    states: tuple[State, ...]
    permissions: tuple[str, ...]
    key: str = ""
    is_danger: bool = False
    at_once: bool = False  # needs no further words: one press does it
    early_minutes: int = 0  # so long before the hour of the visit it is most likely a slip; 0: no press is


@dataclass(frozen=True)
class Offer:
    """An action as this person meets it. `why_not` is empty exactly when it is possible."""

    action: Action
    why_not: str
    is_first: bool = False


# In the order of the work; the first possible one is the big button.
ACTIONS = (
    Action("xac-minh", "Xác minh", (State.SUBMITTED, State.NEEDS_INFO), (VERIFY,), key="v", at_once=True),
    Action("phan-cong", "Phân công", (State.VERIFIED,), (ASSIGN,), key="p"),
    Action("hen-lai", "Hẹn lại", (State.NO_SHOW,), (VERIFY,), key="t"),
    Action("dang-di", "Đang đi", (State.ASSIGNED,), (VISIT,), at_once=True, early_minutes=120),
    Action("da-den", "Đã đến", (State.ASSIGNED,), (VISIT, ASSIGN), at_once=True, early_minutes=30),
    Action("da-nop", "Đã nộp hồ sơ", (State.ASSIGNED, State.IN_PROGRESS), (VISIT, ASSIGN)),
    Action("khong-gap", "Không gặp", (State.ASSIGNED, State.IN_PROGRESS), (VISIT, ASSIGN), early_minutes=30),
    Action("bao-tre", "Báo đến trễ", (State.ASSIGNED,), (VISIT,)),
    Action("giay-to", "Kiểm giấy tờ", (State.ASSIGNED, State.IN_PROGRESS), (VISIT,)),
    Action("bien-nhan", "Gửi ảnh biên nhận", (State.ASSIGNED, State.IN_PROGRESS, State.COMPLETED), (VISIT, ASSIGN)),
    Action("ghi-goi", "Ghi cuộc gọi", (), (VERIFY,), key="g"),
    Action("bo-sung", "Cần bổ sung", (State.SUBMITTED, State.VERIFIED), (VERIFY,), key="b"),
    Action("da-bo-sung", "Đã bổ sung", (State.NEEDS_INFO,), (VERIFY,), at_once=True),
    Action(
        "doi-gio",
        "Đổi giờ",
        (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED, State.ASSIGNED),
        (VERIFY, ASSIGN),
        key="t",
    ),
    Action("doi-nguoi", "Đổi người", (State.ASSIGNED,), (ASSIGN,), key="p"),
    Action("bo-phan-cong", "Bỏ phân công", (State.ASSIGNED,), (ASSIGN,)),
    Action("sua", "Sửa thông tin", (), (CHANGE,), key="s"),
    Action("tu-choi", "Từ chối", (State.SUBMITTED, State.NEEDS_INFO, State.VERIFIED), (VERIFY,), is_danger=True),
    Action(
        "huy",
        "Hủy hồ sơ",
        tuple(state for state, targets in MAY_GO_TO.items() if State.CANCELLED in targets),
        (VERIFY, ASSIGN),
        is_danger=True,
    ),
)
ACTION_BY_SLUG = {action.slug: action for action in ACTIONS}


def may(user: User, action: Action) -> bool:
    return any(user.has_perm(permission) for permission in action.permissions)


def offers(registration: Registration, user: User) -> list[Offer]:
    """Every action this person's role knows, possible or not, in the order of the work."""
    found: list[Offer] = []
    for action in ACTIONS:
        if not may(user, action):
            continue
        reason = why_not(registration, action)
        is_first = not reason and not any(offer.is_first for offer in found) and not action.is_danger
        found.append(Offer(action, reason, is_first))
    return found


def earliness(registration: Registration, action: Action, at: datetime) -> timedelta | None:
    """How long before the hour of the visit this was pressed, where that is too long to pass without a word."""
    visit = registration.appointment
    if visit is None or not action.early_minutes:
        return None
    early = visit.starts_at - at
    return early if early > timedelta(minutes=action.early_minutes) else None


def why_not(registration: Registration, action: Action) -> str:
    """Why this action is not possible now, as a clerk would say it; "" when it is."""
    label = State(registration.state).label
    if not action.states:
        if action.slug == "sua" or registration.state not in CLOSED_STATES:
            return ""
        if registration.calls.filter(outcome=ContactAttempt.Outcome.OWED).exists():
            return ""  # what no message could tell them is still to be told
        return f"Hồ sơ đã kết thúc ({label})."
    if registration.state not in action.states:
        if registration.state in CLOSED_STATES:
            return f"Hồ sơ đã kết thúc ({label})."
        return f"Chỉ làm được ở bước {', '.join(f'“{state.label}”' for state in action.states)}."
    if action.slug == "xac-minh" and registration.procedure_id is None:
        return "Cần chọn thủ tục trước."
    if action.slug == "phan-cong" and (registration.appointment is None or not registration.appointment.is_live):
        return "Cần chọn giờ hẹn trước."
    if action.slug == "dang-di" and registration.set_off_at is not None:
        return "Đã báo đang đi."
    return ""
