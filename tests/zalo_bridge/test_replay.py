import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.factories.zalo_bridge import ContactFactory, EventFactory, MessageFactory, text_event
from tests.zalo_bridge.conftest import settle
from tests.zalo_bridge.test_webhook import post, signed
from zalo_bridge import chores, delivery, inbox, replay, services
from zalo_bridge.errors import NotReplayable
from zalo_bridge.models import Contact, WebhookEvent
from zalo_bridge.trail import erase_contact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("daytime")]

USER = "3000400050006000701"


def run(name: str, *args: str) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_a_failed_event_is_handled_again_and_only_once(ears):
    event = EventFactory(state="failed", attempts=6)
    assert "1 sự kiện" in run("replay_events")
    assert "0 sự kiện" in run("replay_events")
    settle()
    assert "0 sự kiện" in run("replay_events", "--id", str(event.pk))
    settle()
    assert ears.kinds == ["text"]


def test_since_leaves_older_events_alone(ears):
    EventFactory(state="failed", received_at=timezone.now() - timedelta(hours=5))
    assert "0 sự kiện" in run("replay_events", "--since", "4h")
    assert "1 sự kiện" in run("replay_events", "--since", "6h")


def test_events_are_taken_in_after_the_key_is_mended(client: Client, settings: Any, ears):
    bodies = [json.dumps(text_event(USER, str(number))).encode() for number in range(3)]
    for body in bodies:
        post(client, body, signed(body, settings, secret="the new key"))
    forged = json.dumps(text_event(USER, "giả")).encode()
    post(client, forged)
    assert "0 sự kiện đúng" in run("replay_events", "--state", "quarantined")
    settings.ZALO_OA_SECRET = "the new key"
    # Zalo delivers one of them again before anybody looks.
    post(client, bodies[1], signed(bodies[1], settings))
    assert "3 sự kiện đúng chữ ký, đưa vào xử lý; 1 vẫn không đúng" in run("replay_events", "--state", "quarantined")
    settle()
    assert ears.texts == ["0", "1", "2"]


def test_a_failed_message_is_sent_again_when_staff_ask(zalo, client, ears):
    mot = zalo.person(follows=True)
    zalo.deliver(client)
    inbox.handle_waiting()
    message = MessageFactory(contact=Contact.objects.get(), state="failed", attempts=3)
    replay.resend(message=message, by="quantri")
    with pytest.raises(NotReplayable):
        replay.resend(message=message, by="quantri")
    delivery.deliver_due()
    assert len(mot.inbox()) == 1
    with pytest.raises(NotReplayable):
        replay.resend(message=message, by="quantri")


def test_a_message_whose_words_were_erased_is_not_sent_again():
    message = MessageFactory(state="failed")
    erase_contact(contact=message.contact)
    with pytest.raises(NotReplayable, match="đã xóa theo yêu cầu"):
        replay.resend(message=message, by="quantri")


def test_a_message_that_went_another_way_is_not_sent_again():
    chat = MessageFactory(state="failed")
    MessageFactory(contact=chat.contact, channel="template_user", state="sent", sent_at=timezone.now(), replaces=chat)
    with pytest.raises(NotReplayable, match="kênh khác"):
        replay.resend(message=chat, by="quantri")


def test_giving_up_makes_it_somebodys_call(ears):
    message = MessageFactory(state="retry", subject="registration:1")
    replay.give_up(message=message, by="quantri", reason="đã gọi điện")
    with pytest.raises(NotReplayable):
        replay.give_up(message=message, by="quantri", reason="đã gọi điện")
    assert [lost.subject for lost in ears.undelivered] == ["registration:1"]


class TestGaps:
    def test_what_was_written_while_the_webhook_was_down_is_recovered_once(self, zalo, client, ears):
        mot, hai = zalo.person("Người Mẫu Một", follows=True), zalo.person("Người Mẫu Hai")
        zalo.deliver(client)
        settle()
        mot.says("rượu")
        hai.says("#dangky")
        for number in range(13):
            mot.says(str(number))
        zalo.drop_events()
        out = run("fill_gaps", "--since", "1h")
        settle()
        assert "15 tin chưa có" in out
        assert sorted(ears.texts[1:]) == sorted(["rượu", "#dangky", *(str(number) for number in range(13))])
        mine = [event.text for event in ears.events if event.contact.user_id == mot.id]
        assert mine[1:] == ["rượu", *(str(number) for number in range(13))]
        assert " 0 tin chưa có" in run("fill_gaps", "--since", "1h")

    def test_an_event_zalo_still_delivers_later_is_not_doubled(self, zalo, client, ears):
        mot = zalo.person(follows=True)
        mot.says("rượu")
        run("fill_gaps", "--since", "1h", "--user", mot.id)
        settle()
        zalo.deliver(client)
        settle()
        assert ears.texts.count("rượu") == 1

    def test_a_dead_zalo_is_said_plainly(self, zalo):
        zalo.fail_next("*", html=True, http=502, times=None)
        with pytest.raises(Exception, match="Không đọc được cuộc trò chuyện"):
            run("fill_gaps")


def test_old_events_are_deleted_and_waiting_ones_are_not(settings):
    old = timezone.now() - timedelta(days=settings.ZALO_EVENT_RETENTION_DAYS + 1)
    EventFactory(state="done", received_at=old)
    kept = [EventFactory(state="received", received_at=old), EventFactory(state="done")]
    assert inbox.prune(now=timezone.now()) == 1
    assert set(WebhookEvent.objects.all()) == set(kept)


def test_a_withdrawal_removes_what_was_written_and_tells_zalo(zalo, client, ears):
    mot = zalo.person("Người Mẫu Một", follows=True)
    mot.shares_info()
    zalo.deliver(client)
    settle()
    contact = Contact.objects.get()
    MessageFactory(contact=contact, state="sent", sent_at=timezone.now())
    services.erase_contact(contact=contact)
    assert not [event for event in WebhookEvent.objects.all() if b"84900000014" in bytes(event.raw)]
    assert "Người Mẫu" not in str(list(contact.messages.values_list("payload", flat=True)))
    # Zalo sends back what we said last, after all else is gone.
    echo = EventFactory(
        user_id=mot.id, event_name="oa_send_text", raw=b'{"message": {"text": "Chi Mau"}}', state="done"
    )
    chores.keep_house()
    echo.refresh_from_db()
    assert b"Mau" not in bytes(echo.raw)
    assert chores.forget_followers() == 1
    assert [call.json for call in zalo.calls("/v2.0/oa/deletefollowerinfo")] == [{"user_id": mot.id}]
    assert chores.forget_followers() == 0


def test_the_chat_shows_both_sides_in_order(zalo, client, ears):
    contact = ContactFactory()
    now = timezone.now()
    EventFactory(user_id=contact.user_id, text="Tôi muốn đăng ký", happened_at=now)
    MessageFactory(contact=contact, state="sent", sent_at=now + timedelta(seconds=1), payload={"text": "Chào anh"})
    MessageFactory(
        contact=contact, written_by="xacminh", created_at=now + timedelta(seconds=2), payload={"text": "Em đây"}
    )
    lines = services.chat_lines(contact=contact)
    assert [(line.who, line.text) for line in lines] == [
        ("citizen", "Tôi muốn đăng ký"),
        ("bot", "Chào anh"),
        ("staff", "Em đây"),
    ]
