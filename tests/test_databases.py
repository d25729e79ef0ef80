"""Putting the database back waits for pages still being answered, and never makes one fail."""

import threading

import pytest
from django.db import connection, transaction
from psycopg import sql

from config.processes import wait_until
from tests.concurrency.crowd import all_at_once, errors_in
from tests.databases import Snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_that_reads_one_table_after_another_goes_first():
    snapshot = Snapshot()
    first, last = snapshot.tables[0], snapshot.tables[-1]
    has_begun, results = threading.Event(), []

    def page() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(read(last))
            has_begun.set()
            assert wait_until(lambda: somebody_waits(cursor), timeout_s=10)
            cursor.execute(read(first))

    reader = threading.Thread(target=lambda: results.extend(all_at_once(page)))
    reader.start()
    assert has_begun.wait(10)
    snapshot.restore()
    reader.join(timeout=20)
    assert errors_in(results, Exception) == []


def read(table: str) -> sql.Composed:
    return sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))


def somebody_waits(cursor) -> bool:
    cursor.execute("SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)) LIMIT 1")
    return cursor.rowcount == 1
