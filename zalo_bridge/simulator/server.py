"""The simulated platform as one HTTP server: openapi, oauth and business paths on one origin.

A plain WSGI application on a thread per request, on loopback only. Used by `manage.py run_simulator` and, in the same
process, by tests: `with SimulatorServer(store, webhook_url=…) as server: server.url`.
"""

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from zalo_bridge.simulator import business, oauth, official_account, tokens
from zalo_bridge.simulator.codes import BUSINESS_MESSAGES, OA_MESSAGES, Refused
from zalo_bridge.simulator.records import Fault
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.webhook import Dispatcher, requeue_interrupted
from zalo_bridge.simulator.wire import EMPTY_API, Answer, Request, hint, masked, readable

BODY_LIMIT = 8 * 1024 * 1024
HTML_FAULT = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
SECRET_HEADERS = ("access_token", "secret_key", "appsecret_proof", "authorization")


class Platform:
    """The WSGI application: fault or not, rate limit, token, route, journal."""

    def __init__(self, store: Store, stopping: threading.Event):
        self.store = store
        self.stopping = stopping

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = _read_request(environ)
        if request.method == "GET" and request.path.startswith("/tep/"):
            return _write(start_response, self._file(request))
        started = time.perf_counter()
        call_id = self.store.start_call(
            method=request.method,
            path=request.path,
            query={key: readable(value.encode(), "") for key, value in masked(request.query).items()},
            headers={
                key: hint(value) if key in SECRET_HEADERS else value
                for key, value in request.headers.items()
                if key in (*SECRET_HEADERS, "content-type", "user-agent")
            },
            body=readable(request.body, request.headers.get("content-type", "")),
        )
        fault = self.store.take_fault(request.path, request.user_id())
        answer = self._answer(request, fault)
        self.store.finish_call(
            call_id,
            status=answer.status if answer else None,
            answer=readable(answer.body, answer.content_type) if answer else "",
            fault=_describe(fault) if fault else "",
            took_ms=round((time.perf_counter() - started) * 1000, 1),
        )
        if answer is None:
            _cut(environ["simulator.connection"])
            return []
        return _write(start_response, answer)

    def _answer(self, request: Request, fault: Fault | None) -> Answer | None:
        """`None` means: no answer at all, the connection is cut."""
        if fault is None:
            return self._work(request)
        if fault.kind == "delay":
            self.stopping.wait(fault.seconds)
            return self._work(request)
        if fault.is_after_work:
            self._work(request)
        if fault.kind == "hang":
            self.stopping.wait(fault.seconds or 60)
        if fault.kind in ("hang", "cut"):
            return None
        if fault.kind == "error":
            return _refusal(request, Refused(fault.code))
        if fault.kind == "empty":
            return Answer()
        if fault.kind == "html":
            return Answer.of_html(HTML_FAULT, status=fault.code or 502)
        return Answer(fault.code or 500, b"Internal Server Error", "text/plain")

    def _work(self, request: Request) -> Answer:
        key = (request.method, request.path)
        if key in oauth.ROUTES:
            return oauth.ROUTES[key](self.store, request)
        handler = official_account.ROUTES.get(key) or business.ROUTES.get(key)
        if handler is None:
            return EMPTY_API
        options = self.store.options()
        made = self.store.calls_in_last_minute() if options.calls_per_minute else 0
        limits = [
            ("X-RateLimit-Limit", str(options.calls_per_minute)),
            ("X-RateLimit-Remain", str(max(options.calls_per_minute - made, 0))),
        ]
        try:
            if options.calls_per_minute and made > options.calls_per_minute:
                raise Refused(-32)
            self._check_token(request)
            answer = Answer.of_json({"data": handler(self.store, request), "error": 0, "message": "Success"})
        except Refused as refused:
            answer = _refusal(request, refused)
        return Answer(answer.status, answer.body, answer.content_type, limits)

    def _check_token(self, request: Request) -> None:
        token = request.headers.get("access_token", "")
        if not tokens.is_live(self.store, token):
            raise Refused(-124 if _is_business(request) else -216)
        proof = request.headers.get("appsecret_proof")
        if proof is not None:
            secret = self.store.identity.app_secret.encode()
            if not hmac.compare_digest(
                proof.encode(), hmac.new(secret, token.encode(), hashlib.sha256).hexdigest().encode()
            ):
                raise Refused(-1241 if _is_business(request) else -242)

    def _file(self, request: Request) -> Answer:
        found = self.store.file(request.path.split("/")[2])
        return Answer(200, bytes(found["data"]), found["content_type"]) if found else EMPTY_API


class SimulatorServer:
    """The platform on a port of 127.0.0.1 (`0`: a free one), with its webhook dispatcher. A context manager."""

    def __init__(self, store: Store, *, webhook_url: str = "", port: int = 0):
        self.store = store
        self._stopping = threading.Event()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.set_app(Platform(store, self._stopping))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._serve, name="zalo-simulator", daemon=True)
        self._dispatcher = Dispatcher(store)
        store.set_options(server_url=self.url, **({"webhook_url": webhook_url} if webhook_url else {}))

    def __enter__(self) -> "SimulatorServer":
        requeue_interrupted(self.store)
        self.store.forget_old_logs()
        self._thread.start()
        self._dispatcher.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stopping.set()
        self._dispatcher.stop()
        socket.create_connection(("127.0.0.1", self._http.server_port)).close()  # so that the thread looks up
        self._thread.join()
        self._http.server_close()

    def _serve(self) -> None:
        """As `serve_forever` does, which would look twenty times a second or more whether it should end."""
        while not self._stopping.is_set():
            self._http.handle_request()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False  # a hanging call must not keep the server from stopping
    request_queue_size = 256

    def server_bind(self) -> None:
        # The parent asks the name service for this host's name, which can take seconds on a closed network.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up, or that we cut off, is nobody's error."""


class _Handler(WSGIRequestHandler):
    timeout = 30

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        # WSGI spells header names with dashes and underscores alike, and Zalo's have underscores.
        environ["simulator.headers"] = {key.lower(): value for key, value in self.headers.items()}
        environ["simulator.connection"] = self.connection
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the journal has it, without secrets."""


def _read_request(environ: dict[str, Any]) -> Request:
    length = min(int(environ.get("CONTENT_LENGTH") or 0), BODY_LIMIT)
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query={key: values[-1] for key, values in query.items()},
        headers=environ["simulator.headers"],
        body=environ["wsgi.input"].read(length) if length else b"",
    )


def _write(start_response: Callable[..., Any], answer: Answer) -> Iterable[bytes]:
    headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *answer.headers]
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [answer.body]


def _cut(connection: socket.socket) -> None:
    # A reset, not a polite end: the caller sees a broken connection in the middle of its request.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.shutdown(socket.SHUT_RDWR)


def _is_business(request: Request) -> bool:
    return (request.method, request.path) in business.ROUTES


def _refusal(request: Request, refused: Refused) -> Answer:
    if request.path.startswith("/v4/oa/"):
        return oauth.refusal(refused)
    messages = BUSINESS_MESSAGES if _is_business(request) else OA_MESSAGES
    return Answer.of_json(
        {"error": refused.code, "message": refused.message or messages.get(refused.code, "Unknown error")}
    )


def _describe(fault: Fault) -> str:
    detail = {
        "error": f" {fault.code}",
        "http": f" {fault.code or 500}",
        "delay": f" {fault.seconds:g} s",
        "hang": f" {fault.seconds or 60:g} s",
    }
    return fault.kind + detail.get(fault.kind, "") + (", after the work was done" if fault.is_after_work else "")
