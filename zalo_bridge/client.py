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

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url

from zalo_bridge.envelope import text_of
from zalo_bridge.errors import FileUnavailable

# Answers are a few kilobytes; a conversation page some tens.
LARGEST_ANSWER = 2 * 1024 * 1024
# Ten megabytes over a poor line; a server that is slower than that is not waited for.
LONGEST_DOWNLOAD_S = 60
# Where files of citizens lie. Anything else in an event is not fetched: the server must not be sent to other machines.
FILE_HOSTS = (".zadn.vn", ".zdn.vn", ".zalo.me", ".zaloapp.com", ".dlfl.vn", ".zalo.cloud")

# The first that fits: the special errors before the general one they belong to.
IN_WORDS = (
    (requests.exceptions.SSLError, "lỗi chứng chỉ bảo mật"),
    (requests.exceptions.ProxyError, "máy chủ trung gian không cho qua"),
    (requests.ConnectTimeout, "nối quá lâu"),
    (requests.ReadTimeout, "chờ trả lời quá lâu"),
    (requests.exceptions.ChunkedEncodingError, "bị ngắt giữa chừng"),
    (requests.ConnectionError, "mất kết nối"),
)
# What a gateway says with its status alone, as the number Zalo itself would give: token, no such path, too fast.
MEANT_BY_STATUS = {401: -216, 404: -404, 429: -32}

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
    try:
        with _session().get(_file_address(url), timeout=_timeout(), stream=True, allow_redirects=False) as response:
            if response.status_code != 200:
                raise FileUnavailable
            data = _body_of(response, most_bytes=most_bytes, deadline=time.perf_counter() + LONGEST_DOWNLOAD_S)
    except _TooLong as error:
        raise FileUnavailable("Tệp quá lớn." if error.is_large else "Máy chủ của Zalo gửi tệp quá chậm.") from error
    except (requests.RequestException, HTTPError) as error:
        raise FileUnavailable from error
    return data, response.headers.get("Content-Type", "").partition(";")[0]


def _file_address(url: str) -> str:
    """The address as it will be called, if it is one of Zalo's. Raises `FileUnavailable`, `requests.RequestException`.

    Looked at after `requests` has read it and by the parser that will connect: two readers may find two hosts in
    `https://127.0.0.1\\@f.zdn.vn/`. No real address of a file has a user or a backslash.
    """
    prepared = requests.Request("GET", url).prepare().url or ""
    found, api = parse_url(prepared), parse_url(settings.ZALO_API_URL)
    from_api = (found.scheme, found.host, found.port) == (api.scheme, api.host, api.port)
    from_files = found.scheme == "https" and found.port in (None, 443) and f".{found.host}".endswith(FILE_HOSTS)
    if "\\" in url or found.auth is not None or not (from_api or from_files):
        raise FileUnavailable("Tệp không nằm trên máy chủ của Zalo nên không tải về.")
    return prepared


class _TooLong(Exception):
    def __init__(self, *, is_large: bool):
        super().__init__("too large" if is_large else "too slow")
        self.is_large = is_large


def _body_of(response: requests.Response, *, most_bytes: int, deadline: float) -> bytes:
    """All of an answer. Raises `_TooLong`, and urllib3's `HTTPError` for a connection cut or silent.

    `read1` returns what has come: waiting for a full chunk instead, a server that sends a byte now and then would hold
    us far past the deadline, each byte within the read timeout.
    """
    content = bytearray()
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        content += chunk
        if len(content) > most_bytes or time.perf_counter() > deadline:
            raise _TooLong(is_large=len(content) > most_bytes)
    return bytes(content)


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
            status = response.status_code
            content = _body_of(response, most_bytes=LARGEST_ANSWER, deadline=deadline)
    except _TooLong as error:
        raise Unknown("câu trả lời quá dài hoặc quá chậm", http_status=status) from error
    except HTTPError as error:
        raise Unknown(type(error).__name__, duration_ms=elapsed()) from error
    except requests.RequestException as error:
        kind = NotSent if _never_connected(error) else Unknown
        raise kind(_words_for(error), duration_ms=elapsed()) from error
    return _read(content, status, elapsed())


def _read(content: bytes, status: int, duration_ms: int) -> Answer:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    code = _integer(body.get("error")) if isinstance(body, dict) else None
    if status in MEANT_BY_STATUS and code in (None, status, -status):
        return Answer(MEANT_BY_STATUS[status], "", None, status, duration_ms)
    if not isinstance(body, dict):
        what = "câu trả lời rỗng" if not content.strip() else "câu trả lời không phải JSON"
        raise Unknown(f"HTTP {status}, {what}", http_status=status, duration_ms=duration_ms)
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


def _words_for(error: requests.RequestException) -> str:
    """For staff; of what has no words here the name, to look up."""
    return next((words for kind, words in IN_WORDS if isinstance(error, kind)), type(error).__name__)


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
