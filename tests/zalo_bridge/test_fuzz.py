"""Whatever is posted to the webhook: never a 500, never an exception in the worker, never a valid event lost.

`FUZZ_CASES` sets how many cases each property tries: a few dozen here, 20,000 in the nightly run (`make fuzz`).
"""

import copy
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.zalo_bridge import text_event
from zalo_bridge import inbox
from zalo_bridge.envelope import read_envelope
from zalo_bridge.models import WebhookEvent
from zalo_bridge.simulator.events import Events
from zalo_bridge.simulator.records import Identity, Message, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ears")]

CASES = int(os.environ.get("FUZZ_CASES", "60"))
PROFILE = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="FUZZ_CASES" not in os.environ,
)
USER, OA, APP = "3000400050006000701", "2000300040005000601", "1000200030004000501"


def every_shape() -> list[dict[str, Any]]:
    """One body of each event the vendor documents, as the stand-in writes them."""
    identity = Identity(app_id=APP, app_secret="", oa_id=OA, oa_secret="")
    events = Events(identity)
    person = Person(1, USER, "40005", "Người Mẫu Một", "84900000014", True, False, 1, None, {})
    at = 1_795_400_000_000

    def message(kind: str, payload: dict[str, Any]) -> Message:
        return Message(1, "m1", USER, True, "", kind, "chữ", payload, False, "q1", "", at, None, None)

    payloads = {
        "text": {},
        "image": {"type": "image", "payload": {"thumbnail": "https://x/", "url": "https://x/"}},
        "file": {"type": "file", "payload": {"url": "https://x/", "size": "233947", "name": "a", "type": "docx"}},
        "location": {"type": "location", "payload": {"coordinates": {"latitude": "10.7", "longitude": "106.6"}}},
        "sticker": {"type": "sticker", "payload": {"id": "1", "url": "https://x/"}},
        "business_card": {"type": "link", "payload": {"description": '{"phone":"1","qrCodeUrl":"https://x/"}'}},
    }
    new = {"user_city": "Tỉnh Khánh Hòa", "user_ward": "Phường Nha Trang", "user_address": "Tổ 5"}
    shapes = [events.user_sent(person, message(kind, payload)) for kind, payload in payloads.items()]
    shapes += [
        events.user_submitted_info(person, {"name": "A", "phone": "84900000014", "full_address": new}, at),
        events.user_submitted_info(person, {"address": "A", "phone": 84900000014, "ward": "B", "district": "C"}, at),
        events.user_reacted(person, "m1", "/-heart", at),
        events.followed(person, at),
        events.unfollowed(person, at),
        events.clicked_chat_now(person, at),
        events.withdrew(person, at),
        events.oa_sent(person, message("text", {})),
        events.oa_sent(person, message("text", {}), admin_id="9"),
        events.received(person, "m1", at),
        events.seen(person, ["m1", "m2"], at),
        events.anonymous_text("a1", "c1", "m1", "x", at),
        events.tagged(person, "nhãn", at),
        events.tag_removed("nhãn", at),
        events.widget_accepted(person, "e", "https://x/", at),
        events.user_info_updated(person, at),
        events.call_consent_answered("84900000014", at, allowed=True),
        events.called(person, "c", at),
        events.template_received("84900000014", "m1", "tn1", at),
        events.template_rated("m1", "tn1", 5, "tốt", at),
        events.template_answered("m1", "tn1", "Đồng ý", at),
        events.template_status_changed("1", "PENDING_REVIEW", "REJECT", "x", at),
        events.template_quality_changed("1", "LOW", at),
        events.daily_quota_changed(1, 2, at),
    ]
    return [event.body for event in shapes]


SHAPES = every_shape()
NASTY_TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "\ud800", "\udfff\ud800", "a\x00b", "​", "9" * 5000, "ư\u0323", "x" * 70_000, "-1", "1e999"]
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    NASTY_TEXT,
)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY_TEXT, inner, max_size=4), max_leaves=12
)


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [here, *(path for key in keys for path in paths(node[key], (*here, key)))]


@st.composite
def damaged_events(draw: st.DrawFn) -> dict[str, Any]:
    """A real shape with one to four of its parts taken away, replaced or added to."""
    body = copy.deepcopy(draw(st.sampled_from(SHAPES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(paths(body)[1:] or [("event_name",)]))
        parent: Any = body
        for key in path[:-1]:
            parent = parent[key]
        what = draw(st.sampled_from(["remove", "replace", "replace", "bury"]))
        if what == "remove":
            del parent[path[-1]]
        elif what == "replace":
            parent[path[-1]] = draw(ANY_JSON)
        else:
            value = parent.get(path[-1]) if isinstance(parent, dict) else parent[path[-1]]
            for _ in range(draw(st.integers(1, 200))):
                value = [value]
            parent[path[-1]] = value
        if not body:
            body["event_name"] = "follow"
    return body


def post(client: Client, raw: bytes, content_type: str = "application/json") -> int:
    """Signed the way Zalo would sign these very bytes, where they have a timestamp at all."""
    try:
        stamp = str(json.loads(raw)["timestamp"])
    except (ValueError, KeyError, TypeError, RecursionError):
        stamp = ""
    key = django_settings.ZALO_OA_SECRET
    data = APP.encode() + raw + stamp.encode("utf-8", "surrogatepass") + key.encode()
    headers = {"X-ZEvent-Signature": "mac=" + hashlib.sha256(data).hexdigest()}
    return client.post("/zalo/webhook/", data=raw, content_type=content_type, headers=headers).status_code


@contextmanager
def undone() -> Iterator[None]:
    """One case, rolled back: rows deleted instead would stay in the tables until the test ends, and slow the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_worker() -> None:
    """Everything stored was handled at the first attempt, or understood to be nothing."""
    inbox.handle_waiting()
    wrong = WebhookEvent.objects.exclude(state__in=("done", "ignored", "quarantined"))
    assert [(event.event_name, event.state, event.note) for event in wrong] == []


@PROFILE
@given(body=damaged_events())
def test_damaged_events_harm_nobody(client: Client, body: dict[str, Any]):
    with undone():
        assert post(client, json.dumps(body).encode()) == 200
        check_worker()


@PROFILE
@given(body=ANY_JSON, content_type=st.sampled_from(["application/json", "text/plain", "", "multipart/form-data", "x"]))
def test_any_json_is_answered(client: Client, body: Any, content_type: str):
    with undone():
        assert post(client, json.dumps(body).encode(), content_type) == 200
        check_worker()


@PROFILE
@given(raw=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_any_bytes_are_answered(client: Client, raw: bytes):
    assert post(client, raw) == 200
    assert read_envelope(raw, oa_id=OA) is None or WebhookEvent.objects.exists()


@PROFILE
@given(
    garbage=st.lists(damaged_events(), min_size=1, max_size=3),
    words=st.text(st.characters(min_codepoint=32), min_size=1, max_size=50),
)
def test_a_valid_event_among_rubbish_is_handled(client: Client, ears: Any, garbage: list[dict[str, Any]], words: str):
    ears.events.clear()
    valid = text_event("3000400050006000777", "x" + words)
    with undone():
        for body in (garbage[0], valid, *garbage[1:]):
            assert post(client, json.dumps(body).encode()) == 200
        check_worker()
    mine = [event for event in ears.events if event.contact.user_id == "3000400050006000777"]
    assert len(mine) == 1
    assert mine[0].text.startswith("x")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1258", "latin-1"])
def test_other_encodings_are_answered(client: Client, encoding: str):
    raw = json.dumps(text_event(USER, "Tôi muốn đăng ký"), ensure_ascii=False).encode(encoding, "replace")
    assert post(client, raw) == 200
    check_worker()
