"""Events that come in together are written together, and never at each other's cost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.utils import timezone

from config.processes import wait_until
from tests.concurrency.crowd import all_at_once, errors_in
from zalo_bridge import storing
from zalo_bridge.models import WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)


def insert(key: str, *, name: str = "user_send_text") -> int | None:
    now = timezone.now()
    return storing.insert((key, name, "3000400050006000701", b"{}", "{}", now, now, "received", ""))


@contextmanager
def crowd_behind_a_slow_write(*jobs: Callable[[], Any]) -> Iterator[list[Any]]:
    """The first row waits for the table; the jobs start meanwhile: as many more writers as they are worth, who wait as
    well, and the rest gather. All go on when the block ends."""
    results: list[Any] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE zalo_bridge_webhookevent IN SHARE MODE")
        first = threading.Thread(target=lambda: all_at_once(lambda: insert("first")))
        first.start()
        assert wait_until(lambda: storing._writers == 1, timeout_s=10)
        rest = threading.Thread(target=lambda: results.extend(all_at_once(*jobs)))
        rest.start()
        more = min(storing.MOST_WRITERS - 1, len(jobs) // storing.WORTH_A_WRITER)
        left = len(jobs) - more * storing.WORTH_A_WRITER
        assert wait_until(lambda: (storing._writers, len(storing._gathered)) == (1 + more, left), timeout_s=10)
    first.join(timeout=20)
    rest.join(timeout=20)
    yield results


def transactions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM zalo_bridge_webhookevent")
        return cursor.fetchone()[0]


def test_rows_that_gather_during_a_write_share_a_commit():
    # Two writers beside the first take two rows each; the next that has its turn takes a full statement.
    together = range((storing.MOST_WRITERS - 1) * storing.WORTH_A_WRITER + storing.MOST_TOGETHER)
    with crowd_behind_a_slow_write(*(lambda n=n: insert(f"key {n}") for n in together)) as ids:
        stored = dict(WebhookEvent.objects.exclude(dedupe_key="first").values_list("dedupe_key", "pk"))
    assert ids == [stored[f"key {n}"] for n in together]
    assert transactions() == 1 + (storing.MOST_WRITERS - 1) + 1


def test_more_rows_than_one_statement_takes_are_all_written():
    many = storing.MOST_TOGETHER * 2 + 3
    with crowd_behind_a_slow_write(*(lambda n=n: insert(f"key {n}") for n in range(many))) as ids:
        assert len(set(ids)) == many
    assert WebhookEvent.objects.count() == many + 1


def test_one_event_several_times_in_one_batch_is_stored_once_and_every_delivery_counted():
    with crowd_behind_a_slow_write(*(lambda: insert("same") for _ in range(6))) as ids:
        assert sorted(one is None for one in ids) == [False] + [True] * 5
    assert WebhookEvent.objects.get(dedupe_key="same").deliveries == 6


def test_a_row_the_database_refuses_costs_the_others_nothing():
    good = [lambda n=n: insert(f"key {n}") for n in range(4)]
    with crowd_behind_a_slow_write(*good[:2], lambda: insert("bad", name="x" * 100), *good[2:]) as results:
        assert len(errors_in(results, DataError)) == 1
    assert WebhookEvent.objects.filter(dedupe_key__startswith="key ").count() == 4


def test_a_delivery_of_an_event_being_handled_holds_up_nobody():
    insert("being handled")
    again = threading.Thread(target=lambda: all_at_once(lambda: insert("being handled")))
    with transaction.atomic():
        WebhookEvent.objects.select_for_update().get(dedupe_key="being handled")
        again.start()
        assert all_at_once(lambda: insert("another"))[0] is not None
        assert again.is_alive()
    again.join(timeout=20)
    assert WebhookEvent.objects.get(dedupe_key="being handled").deliveries == 2


def test_a_connection_that_died_meanwhile_is_replaced_and_the_event_stored_once():
    def insert_before_and_after_a_death() -> int | None:
        insert("before")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            mine = cursor.fetchone()[0]
        kill(mine)
        return insert("after")

    def kill(backend: int) -> None:
        def ask() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

        assert errors_in(all_at_once(ask), Exception) == []

    assert all_at_once(insert_before_and_after_a_death) == [WebhookEvent.objects.get(dedupe_key="after").pk]


def test_a_connection_that_forgot_its_statements_is_replaced():
    def insert_before_and_after() -> int | None:
        insert("before")
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")  # what a pooler between us and the server may do
        return insert("after")

    assert all_at_once(insert_before_and_after) == [WebhookEvent.objects.get(dedupe_key="after").pk]


def test_a_text_with_a_nul_is_refused_and_never_cut_short():
    assert len(errors_in(all_at_once(lambda: insert("a key", name="user_send\x00_text")), DatabaseError)) == 1
    assert not WebhookEvent.objects.exists()
