"""Zalo's chat windows from our own record, and the hours in which people are left alone.

48 hours after the last interaction chat is free, until 7 days it counts against the package, later only templates go.
Source: developers.zalo.me, "Tin tư vấn".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils import timezone

from zalo_bridge.models import Contact

FREE_FOR = timedelta(hours=48)
OPEN_FOR = timedelta(days=7)
# Our clock and Zalo's differ, and a message needs its time to get there.
MARGIN = timedelta(minutes=2)
# A few minutes after the end: Zalo's own night ends at 06:00 by a clock we do not know.
AFTER_THE_NIGHT = timedelta(minutes=5)


@dataclass(frozen=True)
class Window:
    """Whether chat messages reach a contact now: free, paid (counts against the package) or closed (templates only)."""

    kind: Literal["free", "paid", "closed"]
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.kind != "closed"


def window(contact: Contact, now: datetime) -> Window:
    last = contact.last_interaction_at
    if last is None or contact.withdrawn_at and contact.withdrawn_at >= last:
        return Window("closed")
    if now < last + FREE_FOR - MARGIN:
        return Window("free", last + FREE_FOR)
    if now < last + OPEN_FOR - MARGIN:
        return Window("paid", last + OPEN_FOR)
    return Window("closed")


def rest_until(now: datetime) -> datetime | None:
    """Until when notices wait: shortly after the `ZALO_QUIET_HOURS` around `now`. None outside them."""
    if settings.ZALO_QUIET_HOURS is None:
        return None
    begin, end = settings.ZALO_QUIET_HOURS
    local = timezone.localtime(now)
    clock = local.time()
    if not (begin <= clock < end if begin <= end else clock >= begin or clock < end):
        return None
    morning = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0) + AFTER_THE_NIGHT
    return morning + timedelta(days=1) if clock >= begin > end else morning
