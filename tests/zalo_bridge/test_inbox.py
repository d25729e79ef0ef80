import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.factories.zalo_bridge import ContactFactory, EventFactory, MessageFactory, text_event
from tests.zalo_bridge.conftest import settle
from zalo_bridge import inbox, listeners, outbox
from zalo_bridge.models import Contact, OutboundMessage, WebhookEvent
from zalo_bridge.turns import Line, turn

pytestmark = pytest.mark.django_db


def test_every_kind_of_event_reaches_the_listener_in_neutral_words(zalo, client, ears):
    mot = zalo.person("Người Mẫu Một", phone="84900000014")
    mot.opens_chat()
    mot.follows()
    said = mot.says("Tôi muốn đăng ký")
    mot.says("trả lời", quoting=said)
    mot.shares_info(ward="Phường Bắc Nha Trang", address="Tổ 5")
    mot.shares_info(district="Thành phố Nha Trang", ward="Phường Vĩnh Hải", address="2 Đường Mẫu")
    mot.sends_photo(caption="giấy phép")
    mot.sends_file("don.pdf")
    mot.sends_sticker()
    mot.sends_location()
    mot.sends_business_card()
    mot.reacts(said)
    mot.unfollows()
    mot.withdraws()
    zalo.deliver(client)
    settle()
    assert ears.kinds == [
        *("opened_chat", "followed", "text", "text", "info_shared", "info_shared", "file", "file", "sticker"),
        *("location", "contact_card", "reacted", "unfollowed", "withdrew"),
    ]
    texts, new, old = ears.events[2:4], ears.events[4].info, ears.events[5].info
    assert texts[0].text == "Tôi muốn đăng ký"
    assert texts[1].quoted_vendor_id == said.msg_id
    assert (new.name, new.phone, new.ward, new.district, new.address_line) == (
        *("Người Mẫu Một", "84900000014", "Phường Bắc Nha Trang", "", "Tổ 5"),
    )
    assert (old.ward, old.district, old.address_line) == ("Phường Vĩnh Hải", "Thành phố Nha Trang", "2 Đường Mẫu")
    photo, file, _, place, card = ears.events[6:11]
    assert (photo.text, photo.attachments[0].kind) == ("giấy phép", "image")
    assert (file.attachments[0].name, file.attachments[0].size > 0) == ("don.pdf", True)
    assert "," in place.attachments[0].text
    assert card.attachments[0].kind == "contact_card"
    assert not WebhookEvent.objects.exclude(state="done").exists()


def test_our_own_messages_coming_back_are_not_taken_for_the_citizens(zalo, client, ears):
    mot = zalo.person(follows=True)
    zalo.deliver(client)
    settle()
    contact = Contact.objects.get()
    outbox.enqueue(kind="hello", dedupe_key="1", contact=contact, text="Chào anh/chị", is_reply=True)
    settle()
    mot.looks()
    zalo.deliver(client)
    settle()
    assert ears.kinds == ["followed"]
    assert OutboundMessage.objects.get().state == "seen"
    # A colleague who writes by hand is another matter.
    mot.hears_from_colleague("Em là cán bộ đây ạ")
    zalo.deliver(client)
    settle()
    assert ears.kinds == ["followed", "colleague_wrote"]
    assert ears.events[-1].by_colleague


def test_events_of_one_person_are_handled_in_order_of_time(zalo, client, ears):
    mot = zalo.person(follows=True)
    for number in range(12):
        mot.says(str(number))
    zalo.deliver(client, shuffle=True)
    settle()
    assert ears.texts[1:] == [str(number) for number in range(12)]


def test_a_late_unfollow_does_not_undo_a_newer_follow(ears):
    now = timezone.now()
    for name, at in (("follow", now), ("unfollow", now - timedelta(minutes=5))):
        EventFactory(event_name=name, raw=json.dumps({"event_name": name}).encode(), happened_at=at)
        settle()
    contact = Contact.objects.get()
    assert contact.is_following
    assert contact.follow_changed_at == contact.last_interaction_at == now


def test_receipts_do_not_open_the_chat_window(ears):
    contact = ContactFactory(last_interaction_at=None)
    raw = json.dumps({"event_name": "user_reacted_message", "message": {"msg_id": "m", "react_icon": "/-heart"}})
    EventFactory(event_name="user_reacted_message", user_id=contact.user_id, raw=raw.encode())
    settle()
    contact.refresh_from_db()
    assert contact.last_interaction_at is None
    assert ears.kinds == ["reacted"]


def test_a_failing_event_is_tried_again_and_then_given_to_staff(ears):
    event, later = EventFactory(text="hỏng"), EventFactory(text="sau")

    def fail(heard: Any) -> None:
        if heard.text == "hỏng":
            raise ValueError("số điện thoại 0900 000 014")

    ears.then = fail
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(10):
            settle()
            clock.shift(150)
    event.refresh_from_db()
    later.refresh_from_db()
    assert (event.state, event.attempts) == ("failed", 6)
    assert "ValueError" in event.note
    assert "0900" not in event.note
    assert later.state == "done"
    assert ears.texts == ["hỏng"] * 6 + ["sau"]
    assert [given_up.event_id for given_up in ears.given_up] == [event.pk]


def test_what_a_failed_attempt_wrote_is_undone(ears):
    EventFactory()

    def write_then_fail(heard: Any) -> None:
        outbox.enqueue(kind="x", dedupe_key=f"reply:{heard.id}", contact=heard.contact, text="chào", is_reply=True)
        if len(ears.events) == 1:
            raise RuntimeError

    ears.then = write_then_fail
    inbox.handle_waiting()
    assert not OutboundMessage.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        inbox.handle_waiting()
    assert OutboundMessage.objects.count() == 1


def test_one_stuck_person_blocks_nobody_else(ears):
    EventFactory(user_id="111", text="hỏng")
    EventFactory(user_id="222", text="tốt")

    def fail(heard: Any) -> None:
        if heard.text == "hỏng":
            raise ValueError

    ears.then = fail
    settle()
    assert WebhookEvent.objects.get(user_id="222").state == "done"
    assert WebhookEvent.objects.get(user_id="111").state == "received"


def test_an_event_that_kills_its_worker_each_time_ends_with_staff(ears):
    event = EventFactory(state="processing", attempts=6)
    settle()
    event.refresh_from_db()
    assert event.state == "failed"
    assert ears.events == []


def test_an_event_stays_failed_though_nobody_could_be_told(ears, monkeypatch):
    monkeypatch.setattr(listeners, "_given_up_listeners", [lambda given_up: 1 / 0])
    event = EventFactory(state="processing", attempts=6)
    settle()
    event.refresh_from_db()
    assert event.state == "failed"


@pytest.mark.parametrize("name", ["create_group", "user_click_button", "add_user_to_tag", "anonymous_send_text", "zzz"])
def test_events_without_consequence_are_stored_and_ignored(name, ears):
    EventFactory(event_name=name, user_id="", raw=json.dumps({"event_name": name}).encode())
    settle()
    event = WebhookEvent.objects.get()
    assert event.state == "ignored"
    assert event.note
    assert ears.events == []


@pytest.mark.parametrize(
    "name",
    ["anonymous_send_text", "oa_send_anonymous_text", "user_send_group_text", "user_join_group", "shop_has_order"],
)
def test_anonymous_visitors_and_groups_become_no_contacts_of_ours(name, ears):
    body = {
        "event_name": name,
        "sender": {"id": "2000300040005000601", "admin_id": "77"},
        "recipient": {"id": "abcdef0123"},
        "message": {"text": "chào", "conversation_id": "c1", "msg_id": "m1"},
    }
    EventFactory(event_name=name, user_id="abcdef0123", raw=json.dumps(body).encode())
    settle()
    assert WebhookEvent.objects.get().state == "ignored"
    assert not Contact.objects.exists()
    assert ears.events == []


@pytest.mark.parametrize("name", ["follow", "user_send_text", "oa_send_text"])
def test_an_event_that_names_nobody_says_so(name, ears):
    EventFactory(event_name=name, user_id="", raw=json.dumps({"event_name": name}).encode())
    settle()
    assert WebhookEvent.objects.get().note == "không có mã người dùng"


def test_a_question_about_a_product_is_a_text(ears):
    raw = text_event("3000400050006000701", "bao nhiêu tiền", event_name="user_asking_product")
    EventFactory(event_name="user_asking_product", raw=json.dumps(raw).encode())
    settle()
    assert (ears.kinds, ears.texts) == (["text"], ["bao nhiêu tiền"])


def test_an_answer_to_a_template_finds_it_by_the_id_outside_the_message(ears):
    message = MessageFactory(channel="template_user", state="sent", sent_at=timezone.now(), vendor_id="8089ab")
    raw = {
        "event_name": "user_click_response_button",
        "msg_id": "8089ab",
        "message": {"submit_time": "1770000001000", "button_type": "response", "data": "Đồng ý"},
    }
    EventFactory(event_name="user_click_response_button", user_id="", raw=json.dumps(raw).encode())
    settle()
    (heard,) = ears.events
    assert (heard.contact, heard.text) == (message.contact, "Đồng ý")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Several workers, real threads and connections."""

    def run(self, count: int, what: Any) -> None:
        def body() -> None:
            try:
                what()
            finally:
                connection.close()

        threads = [threading.Thread(target=body) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
            assert not thread.is_alive()

    def test_eight_workers_handle_each_event_once_and_in_order(self, ears):
        for number in range(40):
            EventFactory(user_id=str(100 + number % 4), text=str(number))
        ids = list(WebhookEvent.objects.values_list("pk", flat=True))
        self.run(8, lambda: inbox.handle(ids))
        assert len(ears.events) == 40
        for user in range(4):
            mine = [int(event.text) for event in ears.events if event.contact.user_id == str(100 + user)]
            assert mine == sorted(mine)

    def test_without_turns_two_workers_meet_in_one_event_and_the_last_word_holds(self, ears, monkeypatch):
        """The control: with turns the barrier would never open. What the second worker did is undone."""

        @contextmanager
        def no_turn(*args: Any, **kwargs: Any) -> Any:
            yield True

        monkeypatch.setattr(inbox, "turn", no_turn)
        barrier = threading.Barrier(2, timeout=10)

        def meet(event: Any) -> None:
            key = f"{event.id}:{threading.get_ident()}"
            outbox.enqueue(kind="x", dedupe_key=key, contact=event.contact, text="chào", is_reply=True)

        ears.then = meet
        monkeypatch.setattr(inbox, "locked_contact", lambda user_id: Contact.objects.get(user_id=user_id))
        real = inbox.act_on
        monkeypatch.setattr(inbox, "act_on", lambda event: (barrier.wait(), real(event))[1])
        ContactFactory(user_id="100")
        EventFactory(user_id="100")
        self.run(2, lambda: inbox.handle_contact("100"))
        assert OutboundMessage.objects.count() == 1
        assert WebhookEvent.objects.get().attempts == 2

    def test_a_busy_contact_is_left_to_the_worker_that_has_it(self, ears):
        EventFactory(user_id="100")
        started, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            with turn(Line.INBOX, "100"):
                started.set()
                go_on.wait(10)

        holder = threading.Thread(target=lambda: (hold(), connection.close()))
        holder.start()
        started.wait(10)
        assert inbox.handle_contact("100") == 0
        go_on.set()
        holder.join(10)
        assert inbox.handle_contact("100") == 1

    def test_an_event_that_comes_while_the_turn_ends_is_not_left_lying(self, ears, monkeypatch):
        """Stored after the holder looked for the last time, announced to a worker that found the contact busy."""
        EventFactory(user_id="100", text="1")
        real = inbox._claim_next
        looked = []

        def look(user_id: str) -> Any:
            found = real(user_id)
            if found is None and not looked:
                looked.append(True)
                EventFactory(user_id="100", text="2")
            return found

        monkeypatch.setattr(inbox, "_claim_next", look)
        inbox.handle_contact("100")
        assert ears.texts == ["1", "2"]
