"""How events travel: the ladder, twice, late, out of order, many at once, through restarts."""

import time

from zalo_bridge.simulator import webhook
from zalo_bridge.simulator.webhook import IN_FLIGHT, LADDER_S, claim, deliveries, record_answer


def test_an_event_is_posted_once_with_its_signature(zalo, hook):
    zalo.person().says("Chào")
    zalo.wait_delivered()
    [received] = hook.received
    [event] = zalo.events("user_send_text")
    assert received.body == event.body
    assert received.headers["X-ZEvent-Signature"] == event.headers["X-ZEvent-Signature"]
    assert "num_retry" not in received.headers
    assert (event.state, event.answers[0]["status"]) == ("delivered", 200)


def test_a_failed_event_comes_again_with_the_same_bytes_and_its_number(zalo, hook):
    hook.statuses = [500, 404]
    zalo.person().says("Chào")
    zalo.wait_delivered()
    assert [one.headers.get("num_retry") for one in hook.received] == [None, "1", "2"]
    assert len({one.body for one in hook.received}) == 1
    assert len({one.headers["X-ZEvent-Signature"] for one in hook.received}) == 1


def test_the_ladder_waits_30_s_then_5_15_30_and_60_minutes(zalo):
    zalo.set(ladder_scale=1.0)
    zalo.person().says("Chào")
    waits = []
    for _ in LADDER_S:
        webhook.retry_now(zalo.store)
        [delivery] = claim(zalo.store, zalo.options, 1)
        record_answer(zalo.store, delivery, status=500, error="", seconds=0.01)
        [delivery] = deliveries(zalo.store)
        waits.append(round(delivery.due_at - time.time(), 0))
    assert waits == [30, 300, 900, 1800, 3600]


def test_after_the_last_rung_the_webhook_is_off_and_later_events_are_lost(zalo, hook):
    zalo.set(ladder_scale=0.0)
    hook.statuses = [500] * 6
    mot = zalo.person()
    mot.says("Một")
    zalo.wait_delivered()
    assert len(hook.received) == 6
    assert zalo.events("user_send_text")[0].state == "failed"
    assert not zalo.options.webhook_enabled
    mot.says("Hai")
    assert zalo.events("user_send_text")[1].state == "dropped"
    zalo.set(webhook_enabled=True)
    mot.says("Ba")
    zalo.wait_delivered()
    assert [one.json["message"]["text"] for one in hook.received[6:]] == ["Ba"]


def test_an_answer_after_two_seconds_is_no_answer(zalo, hook, monkeypatch):
    monkeypatch.setattr(webhook, "ANSWER_LIMIT_S", 0.2)
    hook.gate.clear()
    zalo.person().says("Chào")
    zalo.wait_until(lambda: zalo.events("user_send_text")[0].answers)
    hook.gate.set()
    zalo.wait_delivered()
    event = zalo.events("user_send_text")[0]
    assert event.answers[0]["status"] is None
    assert "timed out" in event.answers[0]["error"]
    assert hook.received[1].headers["num_retry"] == "1"


def test_a_webhook_that_is_down_gets_its_events_when_it_is_back(zalo, hook):
    up = hook.url
    zalo.set(webhook_url="http://127.0.0.1:9/hook", ladder_scale=1.0)
    zalo.person().says("Chào")
    zalo.wait_until(lambda: zalo.events("user_send_text")[0].answers)
    zalo.set(webhook_url=up)
    webhook.retry_now(zalo.store)
    zalo.wait_until(lambda: hook.received)
    assert hook.received[0].headers["num_retry"] == "1"


def test_duplicates_are_exact_copies(zalo, hook):
    zalo.set(duplicate_percent=100)
    zalo.person().says("Chào")
    zalo.wait_delivered()
    assert len(hook.received) == 2
    assert hook.received[0].body == hook.received[1].body


def test_late_events_wait_their_time(zalo, hook):
    zalo.set(late_seconds=30)
    zalo.person().says("Chào")
    [event] = zalo.events("user_send_text")
    assert 29 < event.due_at - time.time() < 31
    webhook.retry_now(zalo.store)
    zalo.wait_delivered()
    assert len(hook.received) == 1


def test_shuffled_events_lose_their_order(zalo, hook):
    zalo.set(shuffle=True)
    mot = zalo.person()
    for number in range(30):
        mot.says(str(number))
    due = [event.due_at for event in zalo.events("user_send_text")]
    assert due != sorted(due)
    webhook.retry_now(zalo.store)
    zalo.wait_delivered()
    assert len(hook.received) == 30


def test_unshuffled_events_of_one_citizen_come_in_order(zalo, hook):
    mot = zalo.person()
    for number in range(30):
        mot.says(str(number))
    zalo.wait_delivered()
    assert [one.json["message"]["text"] for one in hook.received] == [str(number) for number in range(30)]


def test_up_to_32_events_are_in_the_air_at_once(zalo, hook):
    hook.gate.clear()
    for number in range(40):
        zalo.person(f"Người Mẫu {number}").says("Chào")
    zalo.wait_until(lambda: len(hook.received) == IN_FLIGHT)
    hook.gate.set()
    zalo.wait_delivered()
    assert hook.most_at_once == IN_FLIGHT
    assert len(hook.received) == 40


def test_a_killed_platform_posts_again_what_was_in_the_air(zalo):
    zalo.person().says("Chào")
    [delivery] = claim(zalo.store, zalo.options, 10)
    assert claim(zalo.store, zalo.options, 10) == []
    webhook.requeue_interrupted(zalo.store)
    assert [again.id for again in claim(zalo.store, zalo.options, 10)] == [delivery.id]


def test_without_a_webhook_events_wait(zalo):
    zalo.person().says("Chào")
    assert webhook.waiting_count(zalo.store) == 1
    assert zalo.events("user_send_text")[0].state == "due"


def test_saving_an_address_probes_it_unsigned_and_signed(zalo, hook):
    hook.statuses = [200, 401]
    assert webhook.probe(zalo.store, hook.url) == [200, 401]
    empty, sample = hook.received
    assert (empty.body, empty.headers.get("X-ZEvent-Signature")) == (b"{}", None)
    assert sample.json["message"]["msg_id"] == "This is message id"
    assert sample.headers["X-ZEvent-Signature"].startswith("mac=")
    assert "refused" in str(webhook.probe(zalo.store, "http://127.0.0.1:9/")[0])


def test_receipts_can_be_switched_off(zalo, api):
    zalo.set(receipts=False)
    mot = zalo.person(follows=True)
    api.say(mot)
    mot.looks()
    assert [event.event_name for event in zalo.events()] == ["follow"]
