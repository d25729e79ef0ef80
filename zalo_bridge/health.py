"""How the bridge is doing, for /readyz, the staff home page and the console. No personal data, no secrets."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from zalo_bridge import inbox, incidents
from zalo_bridge.models import OACredential, OutboundMessage, WebhookEvent

# Longer than any retry ladder of an event (about four minutes) and than any probe.
LATE_EVENT = timedelta(minutes=6)
LATE_MESSAGE = timedelta(minutes=10)


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    detail: str


def health() -> list[Check]:
    """Token, oldest waiting event and message, quarantine, open incidents."""
    return [_token(), _inbox(), _outbox(), _quarantine(), _incidents()]


def oldest_unsent() -> OutboundMessage | None:
    """Of those that are due, the one that has waited longest."""
    now = timezone.now()
    waiting = OutboundMessage.objects.filter(state__in=OutboundMessage.WAITING_STATES, created_at__lte=now)
    return waiting.exclude(state=OutboundMessage.State.QUEUED, next_attempt_at__gt=now).order_by("created_at").first()


def _token() -> Check:
    credential = OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).first()
    if credential is None:
        seeded = bool(settings.ZALO_ACCESS_TOKEN or settings.ZALO_REFRESH_TOKEN)
        return Check("zalo-token", seeded, "token sẽ lấy từ biến môi trường" if seeded else "chưa có token Zalo")
    if credential.needs_reauthorisation:
        return Check("zalo-token", False, "cần cấp quyền lại trên trang /zalo/")
    if credential.expires_at <= timezone.now():
        return Check("zalo-token", False, "token đã hết hạn và chưa làm mới được")
    return Check("zalo-token", True, f"token còn hạn đến {timezone.localtime(credential.expires_at):%H:%M %d/%m}")


def _inbox() -> Check:
    oldest = inbox.oldest_waiting_at()
    late = oldest is not None and timezone.now() - oldest > LATE_EVENT
    return Check("zalo-inbox", not late, "có sự kiện chờ xử lý quá lâu" if late else "không có sự kiện tồn đọng")


def _outbox() -> Check:
    oldest = oldest_unsent()
    late = oldest is not None and timezone.now() - max(oldest.created_at, oldest.next_attempt_at) > LATE_MESSAGE
    return Check("zalo-outbox", not late, "có tin chờ gửi quá lâu" if late else "không có tin tồn đọng")


def _quarantine() -> Check:
    count = WebhookEvent.objects.filter(state=WebhookEvent.State.QUARANTINED).count()
    return Check(
        "zalo-quarantine",
        count == 0,
        f"{count} sự kiện sai chữ ký đang cách ly" if count else "không có sự kiện sai chữ ký",
    )


def _incidents() -> Check:
    count = incidents.open_incidents().count()
    return Check("zalo-incidents", not count, f"{count} sự cố đang mở" if count else "không có sự cố")
