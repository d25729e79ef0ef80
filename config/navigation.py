"""The side navigation: what this person may open, and how much waits behind each entry."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

PERMISSION_FOR_STAFF_SITE = "is_staff"


@dataclass(frozen=True)
class Entry:
    title: str
    url: str
    permission: str  # "" for everybody signed in


@dataclass(frozen=True)
class Item:
    title: str
    url: str
    is_current: bool
    count: int
    is_hot: bool


ENTRIES = (
    Entry("Hồ sơ", "/ho-so/", "registrations.view_registration"),
    Entry("Cần gọi", "/can-goi/", "registrations.verify_registration"),
    Entry("Trò chuyện", "/tro-chuyen/", "registrations.change_registration"),
    Entry("Dữ liệu cá nhân", "/du-lieu-ca-nhan/", "registrations.verify_registration"),
    Entry("Lịch ngày", "/lich/", "scheduling.view_appointment"),
    Entry("Việc của tôi", "/viec-cua-toi/", "registrations.work_on_own_visits"),
    Entry("Thống kê", "/thong-ke/", "registrations.view_statistics"),
    Entry("Thông báo", "/thong-bao/", ""),
    Entry("Zalo", "/zalo/", "zalo_bridge.view_webhookevent"),
    Entry("Thủ tục", "/thu-tuc/", ""),
    Entry("Quản trị", "/quan-tri/", PERMISSION_FOR_STAFF_SITE),
)


def may_open(user: Any, path: str) -> bool:
    """False for a page of the navigation that this person would only be refused; other pages decide for themselves."""
    entry = next((entry for entry in ENTRIES if entry.url == path), None)
    return entry is None or _is_for(entry, user)


def _is_for(entry: Entry, user: Any) -> bool:
    if entry.permission == PERMISSION_FOR_STAFF_SITE:
        return bool(getattr(user, "is_staff", False))
    return not entry.permission or user.has_perm(entry.permission)


def items_for(request: HttpRequest, counts: dict[str, tuple[int, bool]]) -> list[Item]:
    """The entries this user may open. `counts` maps an entry's URL to (how many wait, whether that is urgent)."""
    user = request.user
    if not user.is_authenticated:
        return []
    items = []
    for entry in ENTRIES:
        if _is_for(entry, user):
            count, is_hot = counts.get(entry.url, (0, False))
            items.append(Item(entry.title, entry.url, request.path.startswith(entry.url), count, is_hot))
    return items
