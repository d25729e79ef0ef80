"""Rows of a query without an order come in a different one: code that leans on an order must ask for it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet


@contextmanager
def unordered_rows_shuffled() -> Iterator[random.Random]:
    """Yields the source of chance, so that each test can start it afresh and fail the same way twice.

    The rows are shuffled once they are here: the SQL, and with it the order in which rows are locked, stays as written.
    """
    chance = random.Random()
    fetch_all = QuerySet._fetch_all

    def shuffle_after_fetch(rows: QuerySet[Any]) -> None:
        is_fresh = rows._result_cache is None
        fetch_all(rows)
        if is_fresh and not rows.ordered and isinstance(rows._result_cache, list):
            chance.shuffle(rows._result_cache)

    QuerySet._fetch_all = shuffle_after_fetch
    try:
        yield chance
    finally:
        QuerySet._fetch_all = fetch_all
