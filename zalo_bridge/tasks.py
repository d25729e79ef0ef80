"""Doors for the worker: ids in, the service called, nothing else."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from zalo_bridge import chores, delivery, inbox, tokens
from zalo_bridge.turns import Line, turn

# Short, so that an answer to a citizen never waits long behind a mountain of reminders, however few the workers.
SWEEP_FOR = timedelta(seconds=4)
SWEEPS_AT_ONCE = 5
# More recipients than this, and one sweep asks for help.
MANY = 40


@shared_task
def handle_events(event_ids: list[int]) -> None:
    inbox.handle(event_ids)


@shared_task
def deliver_messages(message_ids: list[int]) -> None:
    delivery.deliver(message_ids)


@shared_task(expires=10)
def sweep_inbox() -> None:
    """What the broker lost: spread over the workers again."""
    event_ids = inbox.overdue_event_ids()
    for start in range(0, len(event_ids), 10):
        handle_events.delay(event_ids[start : start + 10])


@shared_task(expires=10)
def sweep_outbox() -> None:
    """What is due and nobody announced: retries, planned messages, what the broker lost."""
    for place in range(SWEEPS_AT_ONCE):
        with turn(Line.CHORE, f"sweep-outbox-{place}") as is_ours:
            if not is_ours:
                continue
            if len(delivery.due_recipients(limit=MANY)) == MANY and place + 1 < SWEEPS_AT_ONCE:
                sweep_outbox.delay()
            end = timezone.now() + SWEEP_FOR
            moved = delivery.deliver_due(until=end)
        if moved and timezone.now() >= end:
            # There is more. Behind what came in meanwhile, but without waiting for the clock.
            sweep_outbox.delay()
        return


@shared_task(expires=240)
def refresh_tokens() -> None:
    tokens.refresh_if_due()


@shared_task(expires=50)
def probe_incidents() -> None:
    chores.look_after_incidents()


@shared_task
def keep_house() -> None:
    chores.keep_house()
