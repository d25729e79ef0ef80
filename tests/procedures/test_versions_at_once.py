"""Two editors of one procedure at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from procedures.models import Procedure
from procedures.services import record_version
from tests.factories.procedures import ProcedureFactory


def change(pk: int, paper: str, *, before_commit: Callable[[], object] = lambda: None) -> int:
    """Add a paper and keep the version, as one editor's request does. Returns the version's number."""
    try:
        with transaction.atomic():
            procedure = Procedure.objects.get(pk=pk)
            # A row of its own (and no keyword: those take turns at the catalogue's stamp), so that only the numbering
            # makes the two wait for each other.
            procedure.components.create(text=paper)
            version = record_version(procedure=procedure, reason=paper)
            before_commit()
            assert version is not None
            return version.number
    finally:
        connection.close()


def somebody_waits_for_us() -> None:
    """Returns once another session waits for a lock of ours. Bounded: a test that never gets there fails.

    For ours, as other tests' sessions wait for each other on the same server.
    """
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waited")


def two_at_once(pk: int) -> list[int]:
    recorded = Event()

    def first() -> int:
        return change(pk, "Giấy thứ nhất", before_commit=lambda: (recorded.set(), somebody_waits_for_us()))

    def second() -> int:
        assert recorded.wait(timeout=20)
        return change(pk, "Giấy thứ hai")

    with ThreadPoolExecutor(max_workers=2) as pool:
        return [future.result(timeout=30) for future in [pool.submit(first), pool.submit(second)]]


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_take_two_version_numbers():
    procedure = ProcedureFactory(versioned=True)
    assert two_at_once(procedure.pk) == [2, 3]
    assert list(procedure.versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_take_the_same_one(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **how: self)
    procedure = ProcedureFactory(versioned=True)
    with pytest.raises(IntegrityError, match="procedure_version_number_is_used_once"):
        two_at_once(procedure.pk)
