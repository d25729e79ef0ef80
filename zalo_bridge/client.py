"""The only module that talks HTTP to Zalo. One session per process, explicit timeouts, errors as data.

Zalo reports errors as HTTP 200 with `error != 0`; `Answer.code` is that number. What is no proper answer becomes one of
two exceptions, because they ask for different things: `NotSent` (try again freely) and `Unknown` (it may have arrived).
Source: developers.zalo.me, "Official Account API", "ZBS Template Message", "OAuth v4".
"""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from zalo_bridge.envelope import text_of
from zalo_bridge.errors import FileUnavailable

# Answers are a few kilobytes; a conversation page some tens.
LARGEST_ANSWER = 2 * 1024 * 1024
# Where files of citizens lie. Anything else in an event is not fetched: the server must not be sent to other machines.
FILE_HOSTS = (".zadn.vn", ".zdn.vn", ".zalo.me", ".zaloapp.com", ".dlfl.vn", ".zalo.cloud")

_local = threading.local()


@dataclass(frozen=True)
class Answer:
    """What Zalo said: its error number (0: success), its sentence, the `data` object, HTTP status, how long it took."""

    code: int
    message: str
    data: Any
    http_status: int
    duration_ms: int
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        return self.code == 0

    @property
    def message_id(self) -> str:
        found = self.data if isinstance(self.data, dict) else {}
        return text_of(found.get("message_id") or found.get("msg_id"))


class NoAnswer(Exception):
    """Nothing that could be read came back."""

    def __init__(self, what: str, *, http_status: int | None = None, duration_ms: int = 0):
        super().__init__(what)
        self.what = what
        self.http_status = http_status
        self.duration_ms = duration_ms


class NotSent(NoAnswer):
    """The request cannot have reached Zalo: no connection was made."""


class Unknown(NoAnswer):
    """The request left; whether Zalo acted on it is unknown: a timeout, a cut connection, 5xx, HTML, an empty body."""


def send_chat(token: str, body: dict[str, Any]) -> Answer:
    """A chat message ("tin tư vấn") to a user."""
    return _post(f"{settings.ZALO_API_URL}/v3.0/oa/message/cs", token, body)


def send_template_to_user(token: str, body: dict[str, Any]) -> Answer:
    """An approved template by user id: no 7 day rule."""
    return _post(f"{settings.ZALO_API_URL}/v3.0/oa/message/template", token, body)


def send_template_to_phone(token: str, body: dict[str, Any]) -> Answer:
    """An approved template by phone number (ZBS, formerly ZNS)."""
    return _post(f"{settings.ZALO_BUSINESS_URL}/message/template", token, body)


def conversation(token: str, user_id: str, *, offset: int = 0, count: int = 10) -> Answer:
    """Newest first, at most 10 rows: {src 0=OA 1=user, time ms, type, message, message_id, …}."""
    return _get("/v2.0/oa/conversation", token, {"user_id": user_id, "offset": offset, "count": count})


def recent_chats(token: str, *, offset: int = 0, count: int = 10) -> Answer:
    """The newest message of each chat, newest first, at most 10 rows."""
    return _get("/v2.0/oa/listrecentchat", token, {"offset": offset, "count": count})


def official_account(token: str) -> Answer:
    """Name, package, verification: the cheapest call that proves token and app work."""
    return _get("/v2.0/oa/getoa", token, None)


def user_detail(token: str, user_id: str) -> Answer:
    return _get("/v3.0/oa/user/detail", token, {"user_id": user_id})


def user_quota(token: str, user_id: str) -> Answer:
    """`data.last_interaction` (ms, text) and what may still be sent to this user."""
    return _post(f"{settings.ZALO_API_URL}/v3.0/oa/quota/message", token, {"user_id": user_id})


def forget_follower(token: str, user_id: str) -> Answer:
    """Zalo deletes what it keeps for us about this person (after a withdrawal of consent)."""
    return _post(f"{settings.ZALO_API_URL}/v2.0/oa/deletefollowerinfo", token, {"user_id": user_id})


def exchange_code(*, code: str, verifier: str) -> Answer:
    """OAuth v4, first pair. Without PKCE, `verifier` is ""."""
    form = {"app_id": settings.ZALO_APP_ID, "code": code, "grant_type": "authorization_code"}
    return _oauth({**form, "code_verifier": verifier} if verifier else form)


def refresh(refresh_token: str) -> Answer:
    """OAuth v4. The refresh token is spent by this call, whatever becomes of the answer."""
    return _oauth(
        {"app_id": settings.ZALO_APP_ID, "refresh_token": refresh_token, "grant_type": "refresh_token"},
    )


def download(url: str, *, most_bytes: int) -> tuple[bytes, str]:
    """A file a citizen sent: (bytes, content type as the server names it). Raises `FileUnavailable`."""
    host = urlsplit(url).hostname or ""
    ours = urlsplit(settings.ZALO_API_URL)
    from_api = url.startswith(f"{ours.scheme}://{ours.netloc}/")
    if not from_api and not (url.startswith("https://") and f".{host}".endswith(FILE_HOSTS)):
        raise FileUnavailable("Tệp không nằm trên máy chủ của Zalo nên không tải về.")
    try:
        with _session().get(url, timeout=_timeout(), stream=True, allow_redirects=False) as response:
            if response.status_code != 200:
                raise FileUnavailable
            data = bytearray()
            for chunk in response.iter_content(64 * 1024):
                data += chunk
                if len(data) > most_bytes:
                    raise FileUnavailable("Tệp quá lớn.")
    except requests.RequestException as error:
        raise FileUnavailable from error
    return bytes(data), response.headers.get("Content-Type", "").partition(";")[0]


def longest_call_s() -> float:
    """No call takes longer than this: afterwards a message still "being sent" has lost its sender."""
    return float(settings.ZALO_CONNECT_TIMEOUT_S + 2 * settings.ZALO_READ_TIMEOUT_S + 1)


def _post(url: str, token: str, body: dict[str, Any]) -> Answer:
    data = json.dumps(body, ensure_ascii=False).encode()
    return _call("POST", url, headers={**_auth(token), "Content-Type": "application/json"}, data=data)


def _get(path: str, token: str, data: dict[str, Any] | None) -> Answer:
    params = {"data": json.dumps(data)} if data is not None else None
    return _call("GET", f"{settings.ZALO_API_URL}{path}", headers=_auth(token), params=params)


def _oauth(form: dict[str, str]) -> Answer:
    url = f"{settings.ZALO_OAUTH_URL}/v4/oa/access_token"
    return _call("POST", url, headers={"secret_key": settings.ZALO_APP_SECRET}, data=form)


def _auth(token: str) -> dict[str, str]:
    headers = {"access_token": token}
    if settings.ZALO_APPSECRET_PROOF:
        proof = hmac.new(settings.ZALO_APP_SECRET.encode(), token.encode(), hashlib.sha256)
        headers["appsecret_proof"] = proof.hexdigest()
    return headers


def _call(method: str, url: str, **options: Any) -> Answer:
    started = time.perf_counter()

    def elapsed() -> int:
        return int((time.perf_counter() - started) * 1000)

    # The read timeout of `requests` counts from byte to byte; the deadline bounds the whole answer.
    deadline = started + settings.ZALO_CONNECT_TIMEOUT_S + 2 * settings.ZALO_READ_TIMEOUT_S
    try:
        with _session().request(
            method, url, timeout=_timeout(), stream=True, allow_redirects=False, **options
        ) as response:
            content = bytearray()
            for chunk in response.iter_content(64 * 1024):
                content += chunk
                if len(content) > LARGEST_ANSWER or time.perf_counter() > deadline:
                    raise Unknown("câu trả lời quá dài hoặc quá chậm", http_status=response.status_code)
            status = response.status_code
    except requests.RequestException as error:
        kind = NotSent if _never_connected(error) else Unknown
        raise kind(type(error).__name__, duration_ms=elapsed()) from error
    return _read(bytes(content), status, elapsed())


def _read(content: bytes, status: int, duration_ms: int) -> Answer:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        if status in (401, 404, 429):
            return Answer({401: -216, 404: -404, 429: -32}[status], "", None, status, duration_ms)
        what = "câu trả lời rỗng" if not content.strip() else "câu trả lời không phải JSON"
        raise Unknown(f"HTTP {status}, {what}", http_status=status, duration_ms=duration_ms)
    code = _integer(body.get("error"))
    if code is None:
        # A token answer has no `error`; anything else without one proves nothing.
        if "access_token" not in body and not isinstance(body.get("data"), (dict, list)):
            raise Unknown(f"HTTP {status}, thiếu mã lỗi", http_status=status, duration_ms=duration_ms)
        code = 0
    if code == 0 and status >= 500:
        raise Unknown(f"HTTP {status}", http_status=status, duration_ms=duration_ms)
    words = text_of(body.get("error_name")) or text_of(body.get("message"))
    return Answer(code, words[:200], body.get("data"), status, duration_ms, body)


def _integer(value: object) -> int | None:
    text = text_of(value).strip()
    try:
        return int(text) if len(text) < 12 else None
    except ValueError:
        return None


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError, NameResolutionError))


def _timeout() -> tuple[float, float]:
    return float(settings.ZALO_CONNECT_TIMEOUT_S), float(settings.ZALO_READ_TIMEOUT_S)


def _session() -> requests.Session:
    """One per thread: connections are kept open, and a `Session` is not promised to be safe across threads."""
    session: requests.Session | None = getattr(_local, "session", None)
    if session is None:
        session = requests.Session()
        # No retries here: whether a message may be sent again is decided by delivery, never by the transport.
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=4, max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.trust_env = True
        _local.session = session
    return session
