"""Citizens, the platform, and a small HTTP client and webhook of their own: these tests know nothing of our bridge."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.zalo import Zalo, live_zalo, zalo  # noqa: F401


@dataclass
class Api:
    """Calls the platform as an application would."""

    zalo: Zalo

    def post(self, path: str, body: Any = None, *, token: str | None = None, **more: Any) -> Any:
        return self.request("POST", path, token=token, json=body, **more).json()

    def get(self, path: str, *, token: str | None = None, data: Any = None, **params: str) -> Any:
        query = {**params, **({"data": json.dumps(data)} if data is not None else {})}
        return self.request("GET", path, token=token, params=query).json()

    def request(self, method: str, path: str, *, token: str | None = None, **more: Any) -> requests.Response:
        headers = {"access_token": self.zalo.access_token if token is None else token, **more.pop("headers", {})}
        return requests.request(method, self.zalo.url + path, headers=headers, timeout=more.pop("timeout", 10), **more)

    def say(self, person: Any, text: str = "Chào anh/chị", **message: Any) -> Any:
        body = {"recipient": {"user_id": person.id}, "message": {"text": text, **message}}
        return self.post("/v3.0/oa/message/cs", body)

    def refresh(self, token: str, **changes: str) -> requests.Response:
        identity = self.zalo.store.identity
        form = {"app_id": identity.app_id, "grant_type": "refresh_token", "refresh_token": token, **changes}
        headers = {"secret_key": identity.app_secret}
        return requests.post(self.zalo.url + "/v4/oa/access_token", data=form, headers=headers, timeout=10)


@dataclass
class Received:
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Hook:
    """Somebody's webhook: writes down what comes and answers as told."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Answers still to give, first to last; 200 when empty."""
    gate: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    now: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    def names(self) -> list[str]:
        return [one.json["event_name"] for one in self.received]


@pytest.fixture
def api(zalo: Zalo) -> Api:  # noqa: F811
    return Api(zalo)


@pytest.fixture
def hook(zalo: Zalo) -> Iterator[Hook]:  # noqa: F811
    """A webhook over real HTTP, to which the platform posts."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with hook.lock:
                hook.received.append(Received(body, dict(self.headers.items())))
                hook.now += 1
                hook.most_at_once = max(hook.most_at_once, hook.now)
                status = hook.statuses.pop(0) if hook.statuses else 200
            hook.gate.wait(10)
            with hook.lock:
                hook.now -= 1
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

        def handle_error(self, *args: Any) -> None:
            """The platform hung up on an answer that came too late."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    zalo.set(webhook_url=hook.url)
    yield hook
    hook.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()
