"""Encryption of the stored tokens. Keys come from the environment, newest first, so that one can be changed in use."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from zalo_bridge.errors import TokenUnusable


def seal(text: str) -> bytes:
    return _keys().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Raises `TokenUnusable` when none of the keys fits."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise TokenUnusable(
            "Không giải mã được token đã lưu: khóa mã hóa (ZALO_TOKEN_KEYS hoặc SECRET_KEY) đã đổi. "
            "Đặt lại khóa cũ hoặc cấp quyền lại."
        ) from error


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same secret under the newest key."""
    return seal(unseal(sealed))


def _keys() -> MultiFernet:
    # A key of ZALO_TOKEN_KEYS may be any text of good length; the derived one spares a demo another setting.
    words = [*settings.ZALO_TOKEN_KEYS] or [f"zalo-tokens:{settings.SECRET_KEY}"]
    return MultiFernet([Fernet(_fernet_key(word)) for word in words])


def _fernet_key(word: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(word.encode()).digest())
