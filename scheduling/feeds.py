"""A person's visits for the calendar on their own phone, under a secret address that can be taken back.

No citizen's name, telephone or street leaves the building this way: the calendar may lie with a foreign provider. What
is said is the code of the request, the ward and the procedure.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from icalendar import Calendar, Event

from scheduling.models import Assignment, CalendarFeed, StaffMember

BACK = timedelta(days=30)
AHEAD = timedelta(days=120)


@dataclass(frozen=True)
class FeedEvent:
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    is_cancelled: bool
    changed_at: datetime


def new_feed(*, staff: StaffMember) -> str:
    """Make a new secret address and end the old ones; returns the secret, which is not kept."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        revoke(staff=staff)
        CalendarFeed.objects.create(staff=staff, token_sha256=_hash(token))
    return token


def revoke(*, staff: StaffMember) -> int:
    """End every address of this person; calendars that still ask get nothing."""
    return CalendarFeed.objects.filter(staff=staff, revoked_at__isnull=True).update(revoked_at=timezone.now())


def staff_of_token(token: str) -> StaffMember | None:
    """Whose calendar a secret opens; None for a wrong or revoked one, and for somebody who left."""
    feed = (
        CalendarFeed.objects.filter(token_sha256=_hash(token), revoked_at__isnull=True, staff__is_active=True)
        .select_related("staff")
        .first()
    )
    if feed is None:
        return None
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
    return feed.staff


def events_of(staff: StaffMember, *, now: datetime | None = None) -> list[FeedEvent]:
    """One event per visit this person goes or went to: cancelled where it is off or somebody else goes now."""
    now = now or timezone.now()
    rows = (
        Assignment.objects.filter(
            staff=staff, appointment__starts_at__gte=now - BACK, appointment__starts_at__lt=now + AHEAD
        )
        .select_related("appointment__ward", "appointment__registration__procedure")
        .order_by("appointment__starts_at", "pk")
    )
    events: dict[int, FeedEvent] = {}
    changes: dict[int, int] = {}
    for row in rows:
        visit = row.appointment
        # Each assignment begun or ended is a change of this event, as is each move of the visit.
        changes[visit.pk] = changes.get(visit.pk, 0) + (1 if row.is_active else 2)
        going = row.is_active or (visit.pk in events and not events[visit.pk].is_cancelled)
        request = getattr(visit, "registration", None)
        words = [request.code] if request else ["Giữ chỗ"]
        if request and request.procedure:
            words.append(request.procedure.short_name)
        before = events.get(visit.pk)
        changed = max(row.ended_at or row.assigned_at, before.changed_at if before else row.assigned_at)
        events[visit.pk] = FeedEvent(
            uid=f"visit-{visit.pk}-{staff.pk}@tan-nha",
            sequence=visit.sequence + changes[visit.pk] - 1,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            summary=" · ".join(words),
            place=visit.ward.name,
            is_cancelled=not (visit.is_live and going),
            changed_at=max(changed, visit.released_at or changed),
        )
    return list(events.values())


def as_ics(events: Iterable[FeedEvent], *, title: str) -> bytes:
    """RFC 5545 text. Times in UTC, so no calendar needs to know our zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tan Nha//vi")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for each in events:
        event = Event()
        event.add("uid", each.uid)
        event.add("sequence", each.sequence)
        event.add("dtstamp", _utc(each.changed_at))
        event.add("last-modified", _utc(each.changed_at))
        event.add("dtstart", _utc(each.starts_at))
        event.add("dtend", _utc(each.ends_at))
        event.add("summary", f"{'(Hủy) ' if each.is_cancelled else ''}Hỗ trợ tại nhà {each.summary}")
        event.add("location", each.place)
        event.add("status", "CANCELLED" if each.is_cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if each.is_cancelled else "OPAQUE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
