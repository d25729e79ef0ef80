"""Something a person must mend: one row per cause while it lasts, however many messages run into it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from zalo_bridge.models import Incident

EVERYTHING = "all"
# Causes that begin so: calls of that channel that brought no readable answer.
NO_ANSWER = "no-answer:"
# What stands still, in words, for every page of staff: read there from the cache alone, so that no page pays a query.
ANNOUNCED, ANNOUNCED_FOR_S = "zalo:standing-still", 300
# How long a stopped channel waits before one message tries it again: half of what the incident has lasted, within these
# limits. A short trouble ends soon, a long one is not asked for all the time.
FIRST_PROBE, PROBE_EVERY = timedelta(seconds=5), timedelta(seconds=20)

REPORT = """
INSERT INTO zalo_bridge_incident (cause, opened_at, last_seen_at, count, channel, detail, next_probe_at)
VALUES (%(cause)s, %(now)s, %(now)s, 1, CASE WHEN %(strikes)s <= 1 THEN %(channel)s ELSE '' END, %(detail)s, %(probe)s)
ON CONFLICT (cause) WHERE closed_at IS NULL
DO UPDATE SET last_seen_at = excluded.last_seen_at, count = zalo_bridge_incident.count + 1,
    channel = CASE WHEN zalo_bridge_incident.count + 1 >= %(strikes)s THEN %(channel)s
              ELSE zalo_bridge_incident.channel END,
    detail = excluded.detail,
    next_probe_at = %(now)s + least(
        greatest((%(now)s - zalo_bridge_incident.opened_at) / 2, make_interval(secs => %(first)s)),
        make_interval(secs => %(most)s)
    )
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
                "probe": now + FIRST_PROBE,
                "first": FIRST_PROBE.total_seconds(),
                "most": PROBE_EVERY.total_seconds(),
                "channel": channel,
                "detail": detail,
                "strikes": strikes,
            },
        )

    announce()


def close(*, cause: str) -> bool:
    return _end(open_incidents().filter(cause=cause)) > 0


def is_open(cause: str) -> bool:
    return open_incidents().filter(cause=cause).exists()


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
        next_probe_at=next_probe(first, now)
    )
    return bool(taken)


def next_probe(incident: Incident, now: datetime) -> datetime:
    return now + min(max((now - incident.opened_at) / 2, FIRST_PROBE), PROBE_EVERY)


def note_success(*, lanes: Iterable[str], causes: Iterable[str] = ()) -> int:
    """Zalo took a message here: whatever stopped these lanes is over. Returns how many incidents ended."""
    over = Q(channel__in=[*lanes, EVERYTHING]) | Q(cause__in=list(causes))
    return _end(open_incidents().filter(over))


def announce() -> None:
    """Once this transaction has committed, tell the pages of staff. A chore repeats it, should Redis forget."""
    transaction.on_commit(_announce, robust=True)


def announced() -> list[str]:
    """Why messages stand still, a sentence each; empty when they do not."""
    try:
        return list(cache.get(ANNOUNCED) or [])
    except (OSError, RedisError):
        return []


def _announce() -> None:
    standing = open_incidents().exclude(channel="").values_list("detail", flat=True)
    sentences = [f"{detail.rstrip('. ')}." for detail in standing]
    cache.set(ANNOUNCED, list(dict.fromkeys(sentences)), ANNOUNCED_FOR_S)


def _end(incidents: QuerySet[Incident]) -> int:
    count = incidents.order_by().update(closed_at=timezone.now())
    if count:
        announce()
    return count


def past(*, since: datetime) -> QuerySet[Incident]:
    """What ended since then, newest first."""
    return Incident.objects.filter(closed_at__gte=since).order_by("-closed_at")
