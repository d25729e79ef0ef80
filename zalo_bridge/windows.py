"""Zalo's chat windows from our own record, and the hours in which people are left alone.

48 hours after the last interaction chat is free, until 7 days it counts against the package, later only templates go.
Source: developers.zalo.me, "Tin tư vấn".
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from django.utils import timezone

from zalo_bridge.models import Contact

FREE_FOR = timedelta(hours=48)
OPEN_FOR = timedelta(days=7)
# Our clock and Zalo's differ, and a message needs its time to get there.
MARGIN = timedelta(minutes=2)
QUIET_FROM, QUIET_TO = time(22, 0), time(6, 0)
# A few minutes after the end: Zalo's own night ends at 06:00 by a clock we do not know.
MORNING = time(6, 5)


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


def is_quiet(now: datetime) -> bool:
    """Between 22:00 and 06:00 local time."""
    clock = timezone.localtime(now).time()
    return clock >= QUIET_FROM or clock < QUIET_TO


def morning_after(now: datetime) -> datetime:
    """The end of the quiet hours around `now`."""
    local = timezone.localtime(now)
    morning = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return morning + timedelta(days=1) if local.time() >= QUIET_FROM else morning
