"""A first (or new) token pair: an administrator of the OA says yes on Zalo's page. OAuth v4, with or without PKCE.

Source: developers.zalo.me, "OAuth v4 - Official Account". The callback address must equal the console's exactly.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from zalo_bridge import client, tokens
from zalo_bridge.envelope import text_of
from zalo_bridge.errors import BridgeError

CODE_ERRORS = {
    -14003: "Địa chỉ quay lại hoặc mã PKCE không khớp với trang cấu hình của Zalo.",
    -14002: "Ứng dụng chưa được kích hoạt, hoặc người bấm không phải quản trị viên của ứng dụng.",
    -14004: "ZALO_APP_SECRET không đúng.",
    -118: "Mã cấp quyền đã hết hạn (10 phút) hoặc đã dùng. Bấm cấp quyền lại.",
}


class AuthorisationFailed(BridgeError):
    sentence = "Zalo chưa cấp quyền."


@dataclass(frozen=True)
class Request:
    """Kept in the session while the person is on Zalo's page."""

    state: str
    verifier: str
    url: str


def begin() -> Request:
    state, verifier = secrets.token_urlsafe(24), _verifier()
    query = {"app_id": settings.ZALO_APP_ID, "redirect_uri": callback_url(), "state": state}
    if verifier:
        digest = hashlib.sha256(verifier.encode()).digest()
        query["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return Request(state, verifier, f"{settings.ZALO_OAUTH_URL}/v4/oa/permission?{urlencode(query)}")


def finish(*, expected_state: str, verifier: str, state: str, code: str, oa_id: str) -> None:
    """Turn the code of the callback into a stored pair. Raises `AuthorisationFailed` with a sentence for the screen."""
    if not expected_state or not constant_time_compare(expected_state, state):
        raise AuthorisationFailed("Yêu cầu cấp quyền đã cũ hoặc không phải từ trang này. Bấm cấp quyền lại.")
    if oa_id != settings.ZALO_OA_ID:
        raise AuthorisationFailed("Tài khoản vừa chọn không phải OA của phòng (ZALO_OA_ID). Chọn đúng OA rồi làm lại.")
    if not code:
        raise AuthorisationFailed
    try:
        answer = client.exchange_code(code=code, verifier=verifier)
    except client.NoAnswer as error:
        raise AuthorisationFailed(f"Máy chủ Zalo không trả lời được ({error.what}). Thử lại sau ít phút.") from error
    access, refresh = text_of(answer.raw.get("access_token")), text_of(answer.raw.get("refresh_token"))
    if not answer.is_success or not access or not refresh:
        raise AuthorisationFailed(CODE_ERRORS.get(answer.code, f"Zalo từ chối (mã {answer.code})."))
    tokens.store_pair(access=access, refresh=refresh)


def callback_url() -> str:
    return f"{settings.PUBLIC_URL}{reverse('zalo_bridge:authorised')}"


def _verifier() -> str:
    if settings.ZALO_PKCE == "none":
        return ""
    if settings.ZALO_PKCE == "console":
        return str(settings.ZALO_PKCE_VERIFIER)
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
