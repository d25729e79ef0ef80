"""Requests and answers of the simulated platform, below its API and above the socket."""

import json
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

from zalo_bridge.simulator.codes import Refused

SECRET_FIELDS = {"access_token", "refresh_token", "secret_key", "appsecret_proof"}
SECRET_FORM_FIELDS = {"code", "code_verifier"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json_body(self) -> dict[str, Any]:
        """The JSON object sent. Raises `Refused` (-201) for anything else."""
        try:
            body = json.loads(self.body)
        except ValueError:
            raise Refused(-201, "Body is not a valid JSON") from None
        if not isinstance(body, dict):
            raise Refused(-201)
        return body

    def data(self) -> dict[str, Any]:
        """GET parameters: one JSON object in `data=`."""
        try:
            data = json.loads(self.query.get("data", ""))
        except ValueError:
            raise Refused(-201, "Parameter data is not a valid JSON") from None
        if not isinstance(data, dict):
            raise Refused(-201)
        return data

    def form(self) -> dict[str, str]:
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        fields = parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)
        return {key: values[-1] for key, values in fields.items()}

    def upload(self) -> tuple[str, str, bytes]:
        """File name, content type and bytes of the multipart field `file`. Raises `Refused` (-201) without one."""
        head = f"Content-Type: {self.headers.get('content-type', '')}\r\n\r\n".encode()
        for part in BytesParser().parsebytes(head + self.body).walk():
            data = part.get_payload(decode=True)
            if part.get_param("name", header="content-disposition") == "file" and isinstance(data, bytes):
                return part.get_filename() or "", part.get_content_type(), data
        raise Refused(-201, "Field file is missing")

    def user_id(self) -> str:
        """Whom the call is about, when its body or `data` says so plainly; else empty."""
        try:
            found = json.loads(self.query.get("data", self.body))
        except ValueError:
            return ""
        if not isinstance(found, dict):
            return ""
        recipient = found.get("recipient")
        user_id = recipient.get("user_id") if isinstance(recipient, dict) else found.get("user_id", found.get("phone"))
        return str(user_id or "")


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of_json(cls, value: dict[str, Any], *, status: int = 200) -> "Answer":
        return cls(status, json.dumps(value, ensure_ascii=False).encode())

    @classmethod
    def of_html(cls, page: str, *, status: int = 200) -> "Answer":
        return cls(status, page.encode(), "text/html; charset=utf-8")


EMPTY_API = Answer.of_json({"error": 404, "message": "empty api"}, status=404)


def masked(value: Any) -> Any:
    """The same data with every secret replaced by its last four characters: fit for the journal."""
    if isinstance(value, dict):
        return {key: hint(item) if key in SECRET_FIELDS else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def hint(secret: Any) -> Any:
    """A secret so that two can be told apart, not used. An error code, which is a number, stays."""
    return f"…{secret[-4:]}" if isinstance(secret, str) else secret


def readable(raw: bytes, content_type: str) -> str:
    """A body as the journal keeps it: JSON and forms masked, files by size."""
    if not raw:
        return ""
    text = raw.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        fields = {key: values[-1] for key, values in parse_qs(text).items()}
        shown = {key: hint(value) if key in SECRET_FORM_FIELDS else value for key, value in masked(fields).items()}
        return json.dumps(shown, ensure_ascii=False)
    if content_type.startswith(("multipart/", "image/")):
        return f"({len(raw)} bytes)"
    try:
        return json.dumps(masked(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return text[:4000]
