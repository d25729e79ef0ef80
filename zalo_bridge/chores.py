"""What beat asks for now and then: housekeeping, the silence alarm, incidents that end by themselves."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from zalo_bridge import client, health, inbox, incidents, tokens
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.listeners import office_is_open
from zalo_bridge.models import Incident, Remembered, WebhookEvent
from zalo_bridge.refusals import Remedy, refusal_of
from zalo_bridge.trail import FORGET, erase_last_words

log = logging.getLogger(__name__)

SILENCE = "silence"
QUARANTINE = "quarantine"
OFFICE_OPENS, OFFICE_CLOSES = 7, 17
# Office time is counted in steps of this size, over at most so many of them (three weeks).
STEP, MOST_STEPS = timedelta(minutes=15), 2000


def keep_house() -> None:
    """Delete what the retention period no longer covers."""
    now = timezone.now()
    events = inbox.prune(now=now)
    border = now - timedelta(days=settings.ZALO_EVENT_RETENTION_DAYS)
    incidents_gone, _ = Incident.objects.filter(closed_at__lt=border).delete()
    erase_last_words()
    log.info("Housekeeping: %d events, %d incidents deleted", events, incidents_gone)


def forget_followers() -> int:
    """Tell Zalo to delete what it keeps for us about people who withdrew consent. Returns how many it confirmed."""
    done = 0
    for wish in Remembered.objects.filter(key__startswith=FORGET).order_by("id")[:20]:
        try:
            answer = client.forget_follower(tokens.access_token(), wish.key.removeprefix(FORGET))
        except (TokenUnusable, client.NoAnswer) as error:
            log.warning("Zalo was not told to forget somebody (%s), trying again", type(error).__name__)
            return done
        if not answer.is_success:
            log.warning("Zalo refuses to forget somebody: error %d", answer.code)
            if refusal_of(answer.code, is_business=False).remedy not in (Remedy.OUR_FAULT, Remedy.NEXT_CHANNEL):
                return done
        # -201, -213 and the like: there is nobody (any more) whom Zalo could forget.
        wish.delete()
        done += 1
    return done


def look_after_incidents() -> None:
    """Raise and clear what no single message notices; probe a stopped channel that nobody happens to use."""
    now = timezone.now()
    _watch_silence(now)
    _watch_quarantine()
    incidents.announce()
    forget_followers()
    # One call without an answer stops nothing, but it stays on the screen until Zalo has answered another.
    ends_by_answer = ~Q(channel="") | Q(cause__startswith=incidents.NO_ANSWER)
    for incident in incidents.open_incidents().filter(ends_by_answer, next_probe_at__lte=now):
        if health.oldest_unsent() is None:
            _probe(incident)


def _probe(incident: Incident) -> None:
    """Nothing waits that could be the probe, so ask for the OA's own card: it proves app, token and package."""
    try:
        if incident.cause == tokens.INCIDENT:
            tokens.refresh_if_due()
        answer = client.official_account(tokens.access_token())
    except (TokenUnusable, client.NoAnswer):
        answer = None
    if answer is not None and answer.is_success:
        incidents.close(cause=incident.cause)
    else:
        Incident.objects.filter(pk=incident.pk).update(next_probe_at=incidents.next_probe(incident, timezone.now()))


def _watch_silence(now: datetime) -> None:
    """Zalo switches a failing webhook off without a word to the server; the only sign is that nothing comes."""
    minutes = settings.ZALO_SILENCE_ALARM_MINUTES
    newest = WebhookEvent.objects.order_by("-id").values_list("received_at", flat=True).first()
    if not minutes or newest is None:
        return
    allowed = timedelta(minutes=minutes)
    if now - newest < allowed:
        incidents.close(cause=SILENCE)
    elif not incidents.is_open(SILENCE) and _was_open(now) and _office_time(newest, now, enough=allowed) >= allowed:
        incidents.report(
            cause=SILENCE,
            detail=f"Không nhận được sự kiện nào từ Zalo hơn {minutes} phút trong giờ làm việc. "
            "Kiểm tra webhook trên trang Zalo cho nhà phát triển có bị tắt không.",
        )


def _office_time(since: datetime, now: datetime, *, enough: timedelta) -> timedelta:
    """How long the office was open between two times; counting stops at `enough`. Nights and lunch are no silence."""
    total, at = timedelta(0), now
    for _ in range(MOST_STEPS):
        if at <= since or total >= enough:
            break
        step = min(STEP, at - since)
        total += step if _was_open(at - step / 2) else timedelta(0)
        at -= step
    return total


def _was_open(at: datetime) -> bool:
    known = office_is_open(at)
    if known is not None:
        return known
    local = timezone.localtime(at)
    return local.weekday() < 5 and OFFICE_OPENS <= local.hour < OFFICE_CLOSES


def _watch_quarantine() -> None:
    count = WebhookEvent.objects.filter(state=WebhookEvent.State.QUARANTINED).count()
    if not count:
        incidents.close(cause=QUARANTINE)
        return
    if incidents.is_open(QUARANTINE):
        return
    incidents.report(
        cause=QUARANTINE,
        detail="Có sự kiện chữ ký không đúng đang bị cách ly. Xem lại ZALO_OA_SECRET; lý do ghi ở từng sự kiện.",
    )
