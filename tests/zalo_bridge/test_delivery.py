import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.factories.zalo_bridge import ContactFactory, MessageFactory
from tests.zalo_bridge.conftest import CS, MORNING, later, owe, state_of
from zalo_bridge import delivery, inbox, incidents, outbox
from zalo_bridge.models import (
    Contact,
    DeliveryAttempt,
    Incident,
    NoticeTemplate,
    OACredential,
    OutboundMessage,
    Remembered,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ears", "daytime")]

BY_USER = "/v3.0/oa/message/template"
BY_PHONE = "/message/template"


def test_a_message_is_sent_once_and_its_id_kept(mot):
    message = owe(mot)
    delivery.deliver_due()
    delivery.deliver_due()
    message.refresh_from_db()
    assert mot.inbox_texts() == ["Chào chị"]
    assert (message.state, message.vendor_id) == ("sent", mot.inbox()[0].msg_id)
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.outcome, attempt.http_status) == ("ok", 200)


def test_what_zalo_counted_a_message_against_is_kept_with_it(mot):
    fresh = owe(mot)
    delivery.deliver_due()
    assert OutboundMessage.objects.get(pk=fresh.pk).counted_as == "reply"
    later_on = timezone.now() + timedelta(days=3)
    with time_machine.travel(later_on, tick=True):
        stale = owe(mot, "Ba ngày sau")
        delivery.deliver_due()
    assert OutboundMessage.objects.get(pk=stale.pk).counted_as == "sub_quota"


def test_messages_that_wait_for_the_paid_quota_let_free_ones_go_first(mot, zalo, client):
    zalo.person("Người Mẫu Hai", phone="84900000015", follows=True)
    zalo.deliver(client)
    inbox.handle_waiting()
    Contact.objects.filter(pk=mot.contact.pk).update(last_interaction_at=timezone.now() - timedelta(days=3))
    paid = owe(mot)
    free = owe(SimpleNamespace(contact=Contact.objects.exclude(pk=mot.contact.pk).get()))
    incidents.report(cause="chat:-211", detail="Hết hạn mức", channel="chat_paid")
    Incident.objects.update(next_probe_at=timezone.now() + timedelta(hours=1))
    for _ in range(2):
        delivery.deliver_due(limit=1)
    assert (state_of(paid), state_of(free)) == ("retry", "sent")


def test_what_zalo_says_is_left_is_remembered_without_a_write_per_message(mot, zalo, monkeypatch):
    monkeypatch.setattr(delivery, "_quota_noted_at", {})
    mot.was_silent_for(days=3)  # counted against the package from then on
    for number in range(3):
        owe(mot, str(number))
    delivery.deliver_due()
    # 2,000 in the package; the two that followed within the same minute are not written down.
    assert Remembered.objects.get(key="quota:chat").value["remain"] == "1999"


def test_the_same_notice_owed_twice_is_one_message(mot):
    first, second = owe(mot, dedupe_key="n:1"), owe(mot, "Khác", dedupe_key="n:1")
    delivery.deliver_due()
    assert first == second
    assert mot.inbox_texts() == ["Chào chị"]


def test_a_long_text_arrives_in_order_in_pieces_zalo_takes(mot):
    text = "\n\n".join(f"Đoạn {number}: " + "giấy tờ cần chuẩn bị. " * 20 for number in range(12))
    owe(mot, text)
    delivery.deliver_due()
    pieces = mot.inbox_texts()
    assert len(pieces) == 3
    assert all(len(piece) <= 2000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.startswith("Đoạn") for piece in pieces)


def test_words_and_card_are_two_messages_in_order(mot):
    card = outbox.Card(title="Đăng ký hỗ trợ tại nhà", subtitle="Bấm để chia sẻ", image="/static/img/card.png")
    owe(mot, "Bước 1", card=card, is_reply=True)
    delivery.deliver_due()
    assert [message.kind for message in mot.inbox()] == ["text", "info_request"]


def test_the_link_is_the_last_line_where_buttons_are_off(mot):
    owe(mot, "Chọn giờ:", link=outbox.Link("Mở lịch", "https://vi.du/dat-lich/abc/"))
    delivery.deliver_due()
    assert mot.inbox_texts() == ["Chọn giờ:\n\nMở lịch: https://vi.du/dat-lich/abc/"]


@pytest.mark.parametrize("shape", ["A", "B", "C"])
def test_buttons_are_used_where_zalo_takes_them(mot, zalo, settings, shape):
    settings.ZALO_BUTTONS = shape
    zalo.set(button_shapes=shape)
    choices = [outbox.Choice("Rượu", "1"), outbox.Choice("Thuốc lá", "2")]
    owe(mot, "Chọn:\n1. Rượu\n2. Thuốc lá", choices=choices, link=outbox.Link("Mở lịch", "https://vi.du/l/"))
    delivery.deliver_due()
    assert [button["title"] for button in mot.inbox()[0].payload["buttons"]] == ["Mở lịch", "Rượu", "Thuốc lá"]


def test_refused_buttons_become_plain_text_and_stay_so(mot, zalo, settings):
    settings.ZALO_BUTTONS = "B"
    choices = [outbox.Choice("Rượu", "1")]
    owe(mot, "Một", choices=choices)
    delivery.deliver_due()
    owe(mot, "Hai", choices=choices)
    delivery.deliver_due()
    assert mot.inbox_texts() == ["Một", "Hai"]
    assert [call.json["message"].get("attachment") is None for call in zalo.calls(CS)] == [False, True, True]


def test_an_expired_token_is_refreshed_once_and_the_message_arrives(mot, zalo):
    owe(mot)
    zalo.expire_token()
    delivery.deliver_due()
    assert mot.inbox_texts() == ["Chào chị"]
    assert len(zalo.calls("/v4/oa/access_token")) == 1


def test_notices_wait_for_the_morning_and_answers_do_not(mot):
    with time_machine.travel(MORNING.replace(hour=16), tick=True):  # 23:00 in Nha Trang
        notice, answer = owe(mot, "Nhắc hẹn"), owe(mot, "Vâng ạ", is_reply=True)
        delivery.deliver_due()
        assert mot.inbox_texts() == ["Vâng ạ"]
        assert state_of(answer) == "sent"
        notice.refresh_from_db()
        assert timezone.localtime(notice.next_attempt_at).strftime("%d %H:%M") == "24 06:05"
    with time_machine.travel(MORNING.replace(hour=23, minute=6), tick=True):
        delivery.deliver_due()
    assert mot.inbox_texts() == ["Vâng ạ", "Nhắc hẹn"]


def test_a_notice_past_its_time_is_not_sent_but_staff_are_told(mot, ears):
    owe(
        mot,
        "Nhắc hẹn",
        give_up_at=timezone.now() + timedelta(minutes=1),
        not_before=timezone.now() + timedelta(seconds=5),
        subject="registration:1",
    )
    with later(120):
        delivery.deliver_due()
    assert mot.inbox() == []
    assert [lost.subject for lost in ears.undelivered] == ["registration:1"]


def test_a_planned_message_does_not_hold_up_the_next_one(mot):
    owe(mot, "Ngày mai", not_before=timezone.now() + timedelta(hours=1))
    owe(mot, "Bây giờ")
    delivery.deliver_due()
    assert mot.inbox_texts() == ["Bây giờ"]


def test_a_superseded_message_is_not_sent(mot):
    owe(mot, kind="reminder", subject="registration:1")
    assert outbox.supersede(subject="registration:1", kinds=["reminder"], because="đổi giờ") == 1
    delivery.deliver_due()
    assert mot.inbox() == []


class TestWhatZaloRefuses:
    def test_too_fast_waits_and_keeps_the_order(self, mot, zalo):
        zalo.fail_next(CS, error=-32)
        first, second = owe(mot, "Một"), owe(mot, "Hai")
        delivery.deliver_due()
        assert mot.inbox() == []
        assert (state_of(first), state_of(second)) == ("retry", "queued")
        with later(61):
            delivery.deliver_due()
        assert mot.inbox_texts() == ["Một", "Hai"]

    @pytest.mark.parametrize("fault", [{"http": 401}, {"error": 401}, {"error": -401}, {"error": 216}])
    def test_a_gateway_that_refuses_the_token_gets_a_new_one(self, mot, zalo, fault):
        before = zalo.access_token
        zalo.fail_next(CS, **fault)
        message = owe(mot, "Một")
        delivery.deliver_due()
        assert (state_of(message), mot.inbox_texts()) == ("sent", ["Một"])
        assert zalo.access_token != before

    @pytest.mark.parametrize("fault", [{"http": 404}, {"error": 404}])
    def test_an_address_that_zalo_does_not_know_stops_the_channel(self, mot, zalo, fault):
        zalo.fail_next(CS, **fault)
        message = owe(mot)
        delivery.deliver_due()
        assert state_of(message) == "retry"
        assert "ZALO_API_URL" in Incident.objects.get(channel="chat").detail

    def test_a_generic_failure_is_tried_three_times_then_staff_call(self, mot, zalo, ears):
        zalo.fail_next(CS, error=-200, times=None)
        message = owe(mot, subject="registration:1")
        with time_machine.travel(timezone.now(), tick=True) as clock:
            for _ in range(6):
                delivery.deliver_due()
                clock.shift(200)
        assert len(zalo.calls(CS)) == 3
        assert state_of(message) == "failed"
        assert [lost.dedupe_key for lost in ears.undelivered] == [message.dedupe_key]

    def test_no_money_makes_one_incident_and_resumes_by_itself(self, mot, zalo):
        zalo.fail_next(CS, error=-321, times=None)
        messages = [owe(mot, str(number)) for number in range(5)]
        messages += [MessageFactory(contact=ContactFactory()) for _ in range(5)]
        with time_machine.travel(timezone.now(), tick=True) as clock:
            for _ in range(5):
                delivery.deliver_due()
                clock.shift(25)
            assert Incident.objects.count() == 1
            # One message at a time probes while the channel stands still.
            assert len(zalo.calls(CS)) <= 6
            zalo.heal()
            for _ in range(4):
                delivery.deliver_due()
                clock.shift(25)
        assert mot.inbox_texts() == ["0", "1", "2", "3", "4"]
        assert not Incident.objects.filter(closed_at=None).exists()

    def test_a_token_nobody_can_refresh_stops_everything_once(self, mot, zalo):
        zalo.revoke()
        for number in range(3):
            owe(mot, str(number))
        for _ in range(3):
            delivery.deliver_due()
        assert len(zalo.calls(CS)) == 1
        assert OACredential.objects.get().needs_reauthorisation
        assert Incident.objects.get().cause == "token"


class TestTheLadder:
    @pytest.fixture(autouse=True)
    def _templates(self, zalo):
        names = [
            {"name": name, "require": True, "type": "STRING", "maxLength": 30} for name in ("customer_name", "date")
        ]
        zalo.store.add_template(template_id="101", name="Xác nhận", params=names)
        parameters = [{"name": "customer_name", "value": "name", "type": "name"}, {"name": "date", "type": "date"}]
        for channel in ("template_user", "template_phone"):
            NoticeTemplate.objects.create(
                kind="confirmation", channel=channel, template_id="101", parameters=parameters
            )

    PARAMS = {"name": "Người Mẫu Một", "date": "25/11/2026"}

    def test_after_seven_days_a_template_goes_instead(self, mot, zalo, ears):
        mot.was_silent_for(days=8)
        Contact.objects.update(last_interaction_at=timezone.now() - timedelta(days=8))
        owe(mot, params=self.PARAMS, subject="r:1")
        delivery.deliver_due()
        assert zalo.calls(CS) == []
        assert zalo.calls(BY_USER)[0].json["template_data"] == {"customer_name": "Người Mẫu Một", "date": "25/11/2026"}
        assert ears.undelivered == []

    def test_zalos_word_counts_when_our_record_is_wrong(self, mot, zalo):
        mot.was_silent_for(days=8)
        chat = owe(mot, params=self.PARAMS)
        delivery.deliver_due()
        assert [len(zalo.calls(path)) for path in (CS, BY_USER, BY_PHONE)] == [1, 1, 0]
        assert chat.replaced_by.channel == "template_user"
        owe(mot, params=self.PARAMS)
        delivery.deliver_due()
        assert len(zalo.calls(CS)) == 1  # known from now on

    @pytest.mark.parametrize("days", [1, 8])
    def test_zalo_is_asked_before_the_chat_is_given_up(self, mot, zalo, days):
        """A contact from before our time, or whose event got lost."""
        mot.was_silent_for(days=days)
        Contact.objects.update(last_interaction_at=None)
        message = owe(mot, params=self.PARAMS)
        delivery.deliver_due()
        assert state_of(message) == ("sent" if days < 7 else "failed")
        assert [len(zalo.calls(path)) for path in (CS, BY_USER)] == ([1, 0] if days < 7 else [0, 1])

    def test_down_to_the_phone_and_then_to_a_person(self, mot, zalo, ears):
        zalo.fail_next(CS, error=-213)
        zalo.fail_next(BY_USER, error=-231)
        zalo.fail_next(BY_PHONE, error=-118)
        owe(mot, params=self.PARAMS, phone="+84900000014", subject="r:1")
        delivery.deliver_due()
        delivery.deliver_due()
        assert [len(zalo.calls(path)) for path in (CS, BY_USER, BY_PHONE)] == [1, 1, 1]
        assert zalo.calls(BY_PHONE)[0].json["phone"] == "84900000014"
        lost = ears.undelivered[0]
        assert (len(ears.undelivered), lost.subject, lost.phone) == (1, "r:1", "+84900000014")
        assert "tài khoản Zalo" in lost.why

    def test_a_person_without_zalo_gets_the_template_by_phone(self, zalo):
        outbox.enqueue(kind="confirmation", dedupe_key="p", phone="+84900000014", text="x", params=self.PARAMS)
        zalo.person("Người Mẫu Một", phone="84900000014")
        delivery.deliver_due()
        message = OutboundMessage.objects.get()
        assert (message.state, message.note) == ("sent", "")

    def test_parameters_that_do_not_fit_are_not_sent_to_zalo(self, mot, zalo, ears):
        zalo.fail_next(CS, error=-230)
        owe(mot, params={"name": "Người Mẫu Một", "date": "hôm nào đó"}, subject="r:1")
        delivery.deliver_due()
        assert zalo.calls(BY_USER) == []
        assert "không đúng dạng date" in ears.undelivered[0].why

    def test_a_late_arrival_stops_the_next_step(self, mot, zalo, client):
        zalo.fail_next(CS, error=-200, after_work=True, times=None)
        chat = owe(mot, params=self.PARAMS)
        OutboundMessage.objects.filter(pk=chat.pk).update(attempts=2)
        Incident.objects.create(
            cause="template_user:-115", channel="template_user", next_probe_at=timezone.now() + timedelta(hours=1)
        )
        delivery.deliver_due()
        assert state_of(chat) == "failed"
        assert state_of(chat.replaced_by) == "queued"
        zalo.deliver(client)  # the echo: it did arrive
        inbox.handle_waiting()
        assert state_of(chat) == "delivered"
        assert state_of(chat.replaced_by) == "superseded"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
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
            thread.join(timeout=60)
            assert not thread.is_alive()

    def test_four_workers_send_each_message_once_and_in_order(self, zalo, client):
        people = [zalo.person(f"Người Mẫu {number}", follows=True) for number in range(3)]
        zalo.deliver(client)
        inbox.handle_waiting()
        for number in range(15):
            contact = Contact.objects.get(user_id=people[number % 3].id)
            outbox.enqueue(kind="x", dedupe_key=str(number), contact=contact, text=str(number))
        self.run(4, delivery.deliver_due)
        for index, person in enumerate(people):
            assert person.inbox_texts() == [str(number) for number in range(index, 15, 3)]

    def test_four_workers_with_an_expired_token_refresh_it_once(self, zalo, client):
        people = [zalo.person(f"Người Mẫu {number}", follows=True) for number in range(4)]
        zalo.deliver(client)
        inbox.handle_waiting()
        for number, contact in enumerate(Contact.objects.all()):
            outbox.enqueue(kind="x", dedupe_key=str(number), contact=contact, text="chào")
        zalo.expire_token()
        self.run(4, delivery.deliver_due)
        assert [person.inbox_texts() for person in people] == [["chào"]] * 4
        assert len(zalo.calls("/v4/oa/access_token")) == 1
