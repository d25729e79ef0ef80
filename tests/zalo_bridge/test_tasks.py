"""The sweeps as the worker runs them: what they put into the broker."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import connection

from tests.factories.zalo_bridge import MessageFactory
from tests.zalo_bridge.conftest import owe, state_of
from zalo_bridge import tasks, tokens
from zalo_bridge.models import OACredential, OutboundMessage
from zalo_bridge.turns import Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ears", "daytime")]

SWEEP = "zalo_bridge.tasks.sweep_outbox"


@pytest.fixture
def published() -> Iterator[list[tuple[str, int]]]:
    """What is handed to the broker, in order: the task's name, and how many messages had been sent by then."""
    handed: list[tuple[str, int]] = []

    def note(sender: str, **kwargs: Any) -> None:
        handed.append((sender, OutboundMessage.objects.filter(state="sent").count()))

    before_task_publish.connect(note)
    yield handed
    before_task_publish.disconnect(note)


def test_a_sweep_whose_time_is_up_is_followed_by_another_at_once(mot, published, monkeypatch):
    owe(mot)
    monkeypatch.setattr(tasks, "SWEEP_FOR", timedelta(0))
    tasks.sweep_outbox()
    assert published == [(SWEEP, 1)]


def test_a_sweep_that_found_the_end_is_not(mot, published):
    message = owe(mot)
    tasks.sweep_outbox()
    assert (state_of(message), published) == ("sent", [])


def test_a_sweep_that_could_move_nothing_is_not(mot, published, monkeypatch):
    message = owe(mot)
    tokens.access_token()  # the first pair, from the environment
    OACredential.objects.update(needs_reauthorisation=True)
    monkeypatch.setattr(tasks, "SWEEP_FOR", timedelta(0))
    tasks.sweep_outbox()
    assert (state_of(message), published) == ("retry", [])


def test_many_recipients_bring_a_second_sweep_before_the_first_has_sent_anything(mot, published, monkeypatch):
    owe(mot)
    MessageFactory()
    monkeypatch.setattr(tasks, "MANY", 2)
    tasks.sweep_outbox()
    assert published == [(SWEEP, 0)]


def test_no_more_sweeps_than_places(mot, published):
    message = owe(mot)
    other = connection.copy()
    with contextlib.closing(other), other.cursor() as cursor:
        for place in range(tasks.SWEEPS_AT_ONCE):
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 7))", [f"{Line.CHORE}:sweep-outbox-{place}"])
        tasks.sweep_outbox()
    assert (state_of(message), published) == ("queued", [])
    tasks.sweep_outbox()
    assert state_of(message) == "sent"
