"""Something a person must mend: one row per cause while it lasts, however many messages run into it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from zalo_bridge.models import Incident

EVERYTHING = "all"
# How long a stopped channel waits before one message tries it again.
PROBE_EVERY = timedelta(seconds=20)

REPORT = """
INSERT INTO zalo_bridge_incident (cause, opened_at, last_seen_at, count, channel, detail, next_probe_at)
VALUES (%(cause)s, %(now)s, %(now)s, 1, CASE WHEN %(strikes)s <= 1 THEN %(channel)s ELSE '' END, %(detail)s, %(probe)s)
ON CONFLICT (cause) WHERE closed_at IS NULL
DO UPDATE SET last_seen_at = excluded.last_seen_at, count = zalo_bridge_incident.count + 1,
    channel = CASE WHEN zalo_bridge_incident.count + 1 >= %(strikes)s THEN %(channel)s
              ELSE zalo_bridge_incident.channel END,
    detail = excluded.detail, next_probe_at = excluded.next_probe_at
"""


def report(*, cause: str, detail: str, channel: str = "", strikes: int = 1) -> None:
    """Open an incident, or count it once more.

    From the `strikes`-th report on, `channel` stands still until the incident is closed ("" stops nothing).
    """
    now = timezone.now()
    cause = cause[:64]
    with connection.cursor() as cursor:
        cursor.execute(
            REPORT,
            {
                "cause": cause,
                "now": now,
                "probe": now + PROBE_EVERY,
                "channel": channel,
                "detail": detail,
                "strikes": strikes,
            },
        )


def close(*, cause: str) -> bool:
    return bool(Incident.objects.filter(cause=cause, closed_at__isnull=True).update(closed_at=timezone.now()))


def open_incidents() -> QuerySet[Incident]:
    """What lasts now, oldest first."""
    return Incident.objects.filter(closed_at__isnull=True).order_by("opened_at")


def stopped_lanes(now: datetime) -> set[str]:
    """Lanes (channels, "chat_paid", "all") that stand still and whose next probe is not due yet."""
    standing = open_incidents().exclude(channel="").filter(next_probe_at__gt=now)
    return set(standing.values_list("channel", flat=True))


def may_send(lanes: Iterable[str], known: Iterable[Incident]) -> bool:
    """Whether all these lanes are running, given the incidents open now (`known`).

    While one stands still, one caller per interval is let through as a probe. The probe is the real thing: a message
    somebody waits for. If it passes, `note_success` ends the incident.
    """
    now = timezone.now()
    names = {*lanes, EVERYTHING}
    standing = [incident for incident in known if incident.channel in names]
    if not standing:
        return True
    if any(incident.next_probe_at and incident.next_probe_at > now for incident in standing):
        return False
    # The guarded update lets only one of many workers be the probe.
    first = standing[0]
    taken = Incident.objects.filter(pk=first.pk, closed_at__isnull=True, next_probe_at=first.next_probe_at).update(
        next_probe_at=now + PROBE_EVERY
    )
    return bool(taken)


def note_success(*, lanes: Iterable[str], causes: Iterable[str] = ()) -> int:
    """Zalo took a message here: whatever stopped these lanes is over. Returns how many incidents ended."""
    over = Q(channel__in=[*lanes, EVERYTHING]) | Q(cause__in=list(causes))
    return open_incidents().filter(over).update(closed_at=timezone.now())


def past(*, since: datetime) -> QuerySet[Incident]:
    """What ended since then, newest first."""
    return Incident.objects.filter(closed_at__gte=since).order_by("-closed_at")
