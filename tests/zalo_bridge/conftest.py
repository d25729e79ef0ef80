"""The bridge alone: what it hears goes to the test instead of the registrations app."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.zalo import Person, Zalo, live_zalo, zalo  # noqa: F401
from zalo_bridge import delivery, inbox, listeners, outbox, throttle
from zalo_bridge.events import GivenUp, InboundEvent, Undelivered
from zalo_bridge.models import Contact, OutboundMessage

CS = "/v3.0/oa/message/cs"
# A Monday morning in Nha Trang.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Ears:
    """Stands where the registrations app listens, and remembers."""

    def __init__(self) -> None:
        self.events: list[InboundEvent] = []
        self.undelivered: list[Undelivered] = []
        self.given_up: list[GivenUp] = []
        self.then: Any = None  # called with each event; raise to fail

    def hear(self, event: InboundEvent) -> None:
        self.events.append(event)
        if self.then:
            self.then(event)

    def hear_undelivered(self, undelivered: Undelivered) -> None:
        self.undelivered.append(undelivered)

    @property
    def kinds(self) -> list[str]:
        return [event.kind.value for event in self.events]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    ears = Ears()
    monkeypatch.setattr(listeners, "_event_listeners", [ears.hear])
    monkeypatch.setattr(listeners, "_given_up_listeners", [ears.given_up.append])
    monkeypatch.setattr(listeners, "_undelivered_listeners", [ears.hear_undelivered])
    return ears


@pytest.fixture
def daytime() -> Iterator[time_machine.Traveller]:
    """Whatever the hour of the test run, it is a working morning: notices are not held back for the night."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _fresh_redis_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_client", None)


def settle() -> None:
    """What the worker would do now: handle what came in, send what is due."""
    inbox.handle_waiting()
    delivery.deliver_due()


@pytest.fixture
def mot(zalo: Zalo, client: Client) -> Person:  # noqa: F811
    """A citizen who just wrote; `.contact` is our row."""
    person = zalo.person("Người Mẫu Một", phone="84900000014", follows=True)
    zalo.deliver(client)
    inbox.handle_waiting()
    person.contact = Contact.objects.get()
    return person


def owe(person: Any, text: str = "Chào chị", **fields: Any) -> OutboundMessage:
    key = fields.pop("dedupe_key", f"notice:{OutboundMessage.objects.count()}")
    kind = fields.pop("kind", "confirmation")
    return outbox.enqueue(kind=kind, dedupe_key=key, contact=person.contact, text=text, **fields)


def later(seconds: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True)


def state_of(message: OutboundMessage) -> str:
    return OutboundMessage.objects.values_list("state", flat=True).get(pk=message.pk)
