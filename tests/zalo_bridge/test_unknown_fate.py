"""The call left and no answer came back: did the message arrive? Looked for, then sent again, never twice."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.factories.zalo_bridge import MessageFactory
from tests.zalo_bridge.conftest import CS, later, owe, state_of
from zalo_bridge import chores, delivery, inbox, incidents
from zalo_bridge.models import DeliveryAttempt, Incident, OutboundMessage, WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ears", "daytime")]


def answer_lost_and_echo_heard(mot, zalo, client):
    """A message that arrived though its answer was lost: the echo and the receipt tell."""
    zalo.fail_next(CS, cut=True, after_work=True)
    message = owe(mot)
    delivery.deliver_due()
    zalo.deliver(client)
    inbox.handle_waiting()
    assert state_of(message) == "delivered"


def test_one_lost_answer_is_off_the_screen_once_zalo_answers_again(mot, zalo, client):
    answer_lost_and_echo_heard(mot, zalo, client)
    reminder = owe(mot, dedupe_key="reminder", not_before=timezone.now() + timedelta(days=1))
    incident = Incident.objects.get()
    assert "(mất kết nối)" in incident.detail
    with later(60):
        zalo.fail_next("/v2.0/oa/getoa", http=500)
        chores.look_after_incidents()
        assert list(incidents.open_incidents()) == [incident]
    with later(120):
        chores.look_after_incidents()
        assert not incidents.open_incidents().exists()
    assert state_of(reminder) == "queued"


@pytest.mark.parametrize(
    ("fault", "echo_took_s", "waits_s"),
    [
        ({"http": 500}, 0.4, (2.8, 4.2)),
        ({"html": True}, 0.4, (5.8, 7.2)),  # a gateway's page: the machine behind it may be at work
        ({"cut": True}, 0.4, (5.8, 7.2)),
        ({"http": 500}, 2.0, (5.8, 7.2)),
        ({"http": 500}, 60.0, (9.5, 11.0)),  # Zalo shows things slowly these days
        ({"http": 500}, None, (9.5, 11.0)),  # or never: nobody knows its pace
    ],
)
def test_it_is_sent_again_as_soon_as_zalos_own_pace_allows(mot, zalo, fault, echo_took_s, waits_s):
    early, in_time = waits_s
    if echo_took_s is not None:
        now = timezone.now()
        fields = {"contact": mot.contact, "state": "sent", "claimed_at": now, "sent_at": now, "vendor_id": "e1"}
        MessageFactory(**fields)
        WebhookEvent.objects.create(
            dedupe_key="1000200030004000501:oa_send:e1",
            raw=b"{}",
            happened_at=now,
            received_at=now + timedelta(seconds=echo_took_s),
            state="done",
        )
    zalo.fail_next(CS, **fault)
    message = owe(mot)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        delivery.deliver_due()
        started = timezone.now()
        while timezone.now() - started < timedelta(seconds=early - 0.4):
            clock.shift(0.4)
            delivery.deliver_due()
            assert (state_of(message), mot.inbox()) == ("unknown", [])
        while timezone.now() - started < timedelta(seconds=in_time):
            clock.shift(0.4)
            delivery.deliver_due()
    assert mot.inbox_texts() == ["Chào chị"]
    assert state_of(message) == "sent"


@pytest.mark.parametrize("fault", [{"http": 500}, {"html": True}, {"empty": True}, {"cut": True}])
@pytest.mark.parametrize("after_work", [True, False])
def test_the_citizen_gets_it_exactly_once(mot, zalo, fault, after_work):
    zalo.fail_next(CS, **fault, after_work=after_work)
    message = owe(mot)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        delivery.deliver_due()
        assert state_of(message) == "unknown"
        for _ in range(4):
            clock.shift(16)
            delivery.deliver_due()
    assert mot.inbox_texts() == ["Chào chị"]
    assert state_of(message) == "sent"


def test_a_hanging_zalo_too(mot, zalo, settings):
    settings.ZALO_READ_TIMEOUT_S = 0.3
    zalo.fail_next(CS, hang=2, after_work=True)
    message = owe(mot)
    delivery.deliver_due()
    assert state_of(message) == "unknown"
    with later(10):
        delivery.deliver_due()
    assert mot.inbox_texts() == ["Chào chị"]


def test_the_echo_settles_it_without_a_question(mot, zalo, client):
    answer_lost_and_echo_heard(mot, zalo, client)
    assert zalo.calls("/v2.0/oa/conversation") == []


def test_the_same_words_twice_are_two_messages(mot, zalo):
    owe(mot, "Vâng")
    delivery.deliver_due()
    zalo.fail_next(CS, cut=True)
    owe(mot, "Vâng")
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(4):
            delivery.deliver_due()
            clock.shift(16)
    assert mot.inbox_texts() == ["Vâng", "Vâng"]


def test_a_dead_workers_message_is_looked_for_before_it_is_sent(mot, zalo):
    arrived, lost = owe(mot, "Đã tới"), owe(mot, "Chưa tới")
    delivery.deliver([arrived.pk])
    # As if the worker had died between send and record, and another one between claim and send.
    OutboundMessage.objects.update(state="sending", vendor_id="", claimed_at=timezone.now())
    DeliveryAttempt.objects.all().delete()
    zalo.forget_calls()
    mot_inbox = len(mot.inbox())
    with later(10):
        delivery.deliver_due()
        assert zalo.calls() == []  # a call may take this long
    with later(40):
        delivery.deliver_due()
    assert len(mot.inbox()) == mot_inbox
    assert [state_of(message) for message in (arrived, lost)] == ["sent", "sent"]


def test_without_the_look_the_message_is_doubled(mot, zalo, monkeypatch):
    """The control."""
    monkeypatch.setattr(delivery.lookup, "_find", lambda *args, **kwargs: None)
    zalo.fail_next(CS, cut=True, after_work=True)
    owe(mot)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(4):
            delivery.deliver_due()
            clock.shift(16)
    assert mot.inbox_texts() == ["Chào chị", "Chào chị"]
