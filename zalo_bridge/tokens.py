"""The OA's token pair: encrypted, refreshed ahead of time, each refresh token used once by one process.

The turn is a session lock, not a transaction, because the call to Zalo lies inside it. The new pair is committed before
anybody uses it. Source of the rules: developers.zalo.me, "OAuth v4"; a spent refresh token cannot be had again, so
losing the answer means that a person must authorise anew.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zalo_bridge import client, incidents, vault
from zalo_bridge.envelope import text_of
from zalo_bridge.errors import TokenUnusable
from zalo_bridge.models import OACredential
from zalo_bridge.turns import Line, turn

log = logging.getLogger(__name__)

INCIDENT = "token"
ACCESS_LIFE = timedelta(hours=25)
# Refresh at 20 of 25 hours, so that a night of trouble at Zalo does no harm.
REFRESH_AHEAD = timedelta(hours=5)
# After a failure of Zalo's login service, the next try.
RETRY_AFTER = timedelta(minutes=1)
# A token younger than this is not replaced because Zalo refused it.
SETTLING = timedelta(seconds=20)
# Zalo's "this grant is over" (-118 is the same in older answers).
GRANT_OVER = {-14014, -118}
# Our own set-up is wrong: a retry cannot help, the refresh token is not spent.
SETUP_WRONG = {-14002, -14003, -14004}


def access_token() -> str:
    """The token to use now. Raises `TokenUnusable` when there is none that could work."""
    credential = _stored()
    if credential.needs_reauthorisation:
        raise TokenUnusable
    return vault.unseal(credential.access_token)


def refresh_after_refusal(refused_token: str) -> str:
    """Zalo refused a token: the newer one if another worker already fetched it, else a fresh one, fetched once."""
    with turn(Line.TOKEN, settings.ZALO_OA_ID, wait=True):
        credential = _stored()
        current = vault.unseal(credential.access_token)
        if current != refused_token and not credential.needs_reauthorisation:
            return current
        if timezone.now() - credential.refreshed_at < SETTLING:
            # Zalo refuses a token it has just given. Spending refresh tokens in a circle would not help.
            raise TokenUnusable("Zalo từ chối cả token vừa cấp. Hệ thống thử lại sau ít phút.")
        return _refresh(credential)


def refresh_if_due(*, now: datetime | None = None) -> bool:
    """For beat: refresh ahead of time. True if it did. Failures become an incident, not an exception."""
    now = now or timezone.now()
    credential = OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).first()
    if credential is None or not is_due(credential, now):
        return False
    with turn(Line.TOKEN, settings.ZALO_OA_ID) as is_ours:
        if not is_ours:
            return False
        credential.refresh_from_db()
        if not is_due(credential, now):
            return False
        try:
            _refresh(credential)
        except TokenUnusable as error:
            log.warning("Token refresh did not work: %s", error.sentence)
            return False
    return True


def is_due(credential: OACredential, now: datetime) -> bool:
    if credential.needs_reauthorisation:
        return False
    if credential.refresh_failed_at and now - credential.refresh_failed_at < RETRY_AFTER:
        return False
    return credential.expires_at - now < REFRESH_AHEAD


def store_pair(*, access: str, refresh: str, expires_in: timedelta = ACCESS_LIFE) -> OACredential:
    """Keep a new pair, on its own transaction: an outer one that rolled back would lose it for good."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        credential = OACredential.objects.select_for_update().filter(oa_id=settings.ZALO_OA_ID).first()
        if credential is None:
            credential = OACredential(oa_id=settings.ZALO_OA_ID)
        else:
            credential.previous_access_token = credential.access_token
            credential.previous_refresh_token = credential.refresh_token
        credential.access_token, credential.refresh_token = vault.seal(access), vault.seal(refresh)
        credential.expires_at, credential.refreshed_at = now + expires_in, now
        credential.refresh_failed_at, credential.needs_reauthorisation, credential.note = None, False, ""
        credential.save()
    incidents.close(cause=INCIDENT)
    return credential


def reseal_all() -> int:
    """After a change of key: every stored token under the newest one. Returns how many credentials."""
    count = 0
    names = ("access_token", "refresh_token", "previous_access_token", "previous_refresh_token")
    with transaction.atomic():
        for credential in OACredential.objects.select_for_update():
            for name in names:
                if sealed := getattr(credential, name):
                    setattr(credential, name, vault.reseal(sealed))
            credential.save(update_fields=names)
            count += 1
    return count


def _stored() -> OACredential:
    credential = OACredential.objects.filter(oa_id=settings.ZALO_OA_ID).first()
    if credential is None:
        credential = _seed()
    return credential


def _seed() -> OACredential:
    """The first pair, from the environment. Its age is unknown; if it is old, Zalo's refusal leads to a refresh."""
    if not settings.ZALO_ACCESS_TOKEN and not settings.ZALO_REFRESH_TOKEN:
        report_unusable("Chưa có token: cấp quyền cho ứng dụng, hoặc đặt ZALO_ACCESS_TOKEN và ZALO_REFRESH_TOKEN.")
        raise TokenUnusable
    now = timezone.now()
    OACredential.objects.bulk_create(
        [
            OACredential(
                oa_id=settings.ZALO_OA_ID,
                access_token=vault.seal(settings.ZALO_ACCESS_TOKEN),
                refresh_token=vault.seal(settings.ZALO_REFRESH_TOKEN),
                expires_at=now + ACCESS_LIFE,
                refreshed_at=now - ACCESS_LIFE,
                note="lấy từ biến môi trường",
            )
        ],
        ignore_conflicts=True,
    )
    return OACredential.objects.get(oa_id=settings.ZALO_OA_ID)


def _refresh(credential: OACredential) -> str:
    """Spend the refresh token for a new pair. The turn is held by the caller. Raises `TokenUnusable`."""
    if credential.needs_reauthorisation:
        raise TokenUnusable
    old = vault.unseal(credential.refresh_token)
    if not old:
        return _give_up(credential, "Không có refresh token nên không tự làm mới được. Cần cấp quyền lại.")
    try:
        answer = client.refresh(old)
    except client.NoAnswer as error:
        if error.http_status == 200 and "rỗng" in error.what:
            # Zalo's way of saying that the token was spent already. If somebody stored a newer pair, it is there now.
            credential.refresh_from_db()
            if vault.unseal(credential.refresh_token) != old:
                return vault.unseal(credential.access_token)
            return _give_up(credential, "Refresh token đã bị dùng ở nơi khác. Cần cấp quyền lại.")
        return _postpone(credential, f"Máy chủ đăng nhập của Zalo chưa trả lời được ({error.what}).")
    access, new = text_of(answer.raw.get("access_token")), text_of(answer.raw.get("refresh_token"))
    if answer.is_success and access and new:
        store_pair(access=access, refresh=new, expires_in=_life(answer.raw.get("expires_in")))
        return access
    if answer.code in GRANT_OVER:
        return _give_up(credential, f"Zalo không nhận refresh token nữa (mã {answer.code}). Cần cấp quyền lại.")
    if answer.code in SETUP_WRONG:
        return _give_up(credential, f"Zalo báo cấu hình ứng dụng sai (mã {answer.code}: {answer.message}).", stays=True)
    return _postpone(credential, f"Zalo không làm mới token (mã {answer.code}).")


def _life(value: object) -> timedelta:
    text = text_of(value)
    return timedelta(seconds=min(int(text), 90 * 86400)) if text.isdigit() and len(text) < 9 else ACCESS_LIFE


def _give_up(credential: OACredential, sentence: str, *, stays: bool = False) -> str:
    OACredential.objects.filter(pk=credential.pk).update(
        needs_reauthorisation=not stays, refresh_failed_at=timezone.now(), note=sentence
    )
    report_unusable(sentence)
    raise TokenUnusable(sentence)


def _postpone(credential: OACredential, sentence: str) -> str:
    """Trouble that may pass. The old pair stays; only when it has run out, sending stops."""
    now = timezone.now()
    OACredential.objects.filter(pk=credential.pk).update(refresh_failed_at=now, note=sentence)
    if credential.expires_at <= now:
        report_unusable(sentence)
    raise TokenUnusable(sentence)


def report_unusable(sentence: str) -> None:
    incidents.report(cause=INCIDENT, detail=sentence, channel=incidents.EVERYTHING)
