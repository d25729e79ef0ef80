"""The webhook's signature: plain SHA-256 over app id, raw body, timestamp and OA Secret Key, no separators, no HMAC.

Source: developers.zalo.me, "Webhook"; Java SDK `MacUtils.buildMac`.
"""

import hashlib
import hmac
from collections.abc import Iterator


def mac_of(*, app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """64 lowercase hex digits."""
    parts = (app_id, timestamp, secret)
    app, stamp, key = (part.encode("utf-8", "surrogatepass") for part in parts)
    return hashlib.sha256(app + raw + stamp + key).hexdigest()


def is_valid(*, header: str, app_id: str, raw: bytes, timestamp: str, secret: str) -> bool:
    """Compare in constant time. `header` is `X-ZEvent-Signature`, with or without its `mac=`."""
    return _same(header, mac_of(app_id=app_id, raw=raw, timestamp=timestamp, secret=secret))


def explain_mismatch(
    *, header: str, app_id: str, oa_id: str, raw: bytes, timestamp: str, oa_secret: str, app_secret: str
) -> str:
    """Which wrong key or recipe would have matched: a sentence for whoever sets the system up, never a secret."""
    if not header.strip():
        return "không có chữ ký"
    if len(_digits(header)) != 64:
        return "chữ ký không đúng dạng mac=<64 ký tự hex>"
    for sentence, mac in _wrong_recipes(app_id, oa_id, raw, timestamp, oa_secret, app_secret):
        if _same(header, mac):
            return sentence
    return "không khớp khóa nào đang có (khóa vừa đặt lại, hoặc có máy ở giữa sửa nội dung)"


def _wrong_recipes(
    app_id: str, oa_id: str, raw: bytes, timestamp: str, oa_secret: str, app_secret: str
) -> Iterator[tuple[str, str]]:
    def mac(first: str, secret: str) -> str:
        return mac_of(app_id=first, raw=raw, timestamp=timestamp, secret=secret)

    yield (
        "khớp với ZALO_APP_SECRET: khóa của Zalo gửi đang là App secret, hãy dùng OA Secret Key",
        mac(app_id, app_secret),
    )
    yield "khớp khi dùng mã OA thay cho mã ứng dụng: xem lại ZALO_APP_ID", mac(oa_id, oa_secret)
    yield "khớp với mã OA và App secret: xem lại ZALO_APP_ID và ZALO_OA_SECRET", mac(oa_id, app_secret)
    signed = app_id.encode() + raw + timestamp.encode("utf-8", "surrogatepass")
    for name, key in (("OA Secret Key", oa_secret), ("App secret", app_secret)):
        yield (
            f"khớp khi tính HMAC với {name}: bên gửi không phải Zalo",
            hmac.digest(key.encode(), signed, "sha256").hex(),
        )
        yield f"khớp HMAC chỉ trên nội dung với {name}", hmac.digest(key.encode(), raw, "sha256").hex()


def _digits(header: str) -> str:
    text = header.strip()
    return (text[4:] if text[:4].lower() == "mac=" else text).strip().lower()


def _same(header: str, mac: str) -> bool:
    return hmac.compare_digest(_digits(header).encode("utf-8", "replace"), mac.encode())
