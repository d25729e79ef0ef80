"""Many threads at once, each with its own database connection, and the oracles that count what they left behind."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def all_at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run every job in a thread of its own, all starting together. Results in order; an exception is its result."""
    start = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            results[number] = job()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread is stuck"
    return results


def errors_in(results: Sequence[Any], *expected: type[Exception]) -> list[Exception]:
    """The expected errors; anything else unexpected is raised."""
    found = [result for result in results if isinstance(result, Exception)]
    for error in found:
        if not isinstance(error, expected):
            raise error
    return found


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def people_in_two_places() -> int:
    """Pairs of live visits of one person that overlap in time, by the visits' own hours."""
    return _count(
        """
        SELECT count(*) FROM scheduling_assignment a
        JOIN scheduling_assignment b ON a.staff_id = b.staff_id AND a.id < b.id AND a.is_active AND b.is_active
        JOIN scheduling_appointment va ON va.id = a.appointment_id AND va.is_live
        JOIN scheduling_appointment vb ON vb.id = b.appointment_id AND vb.is_live
        WHERE va.starts_at < vb.ends_at AND vb.starts_at < va.ends_at
        """
    )


def slots_wrongly_counted() -> int:
    """Slots booked past capacity, or whose counter differs from the live visits that hold them."""
    return _count(
        """
        SELECT count(*) FROM scheduling_slot s
        CROSS JOIN LATERAL (
            SELECT count(*) AS held FROM scheduling_appointment v
            WHERE v.is_live AND (v.slot_id = s.id OR s.id = ANY(v.also_holds))
        ) visits
        WHERE s.booked > s.capacity OR s.booked <> visits.held
        """
    )


def wards_beyond_their_people() -> int:
    """Slots and sets of wards in which more live visits were booked than there are people who cover any of the wards
    (Hall's condition, over every set of the wards visited)."""
    return _count(
        """
        WITH ward AS (SELECT ward_id AS id, row_number() OVER (ORDER BY ward_id) - 1 AS n
                      FROM (SELECT DISTINCT ward_id FROM scheduling_appointment WHERE is_live) visited),
        chosen AS (SELECT bits, array_agg(ward.id) AS wards
                   FROM generate_series(1, (SELECT 2 ^ count(*) - 1 FROM ward)::int) bits
                   JOIN ward ON bits & (1 << ward.n::int) > 0 GROUP BY bits)
        SELECT count(*) FROM scheduling_slot s CROSS JOIN chosen
        WHERE (SELECT count(*) FROM scheduling_appointment v
               WHERE v.is_live AND (v.slot_id = s.id OR s.id = ANY(v.also_holds)) AND v.ward_id = ANY(chosen.wards))
            > (SELECT count(*) FROM scheduling_staffmember p WHERE p.is_active AND (
                   NOT EXISTS (SELECT 1 FROM scheduling_staffmember_wards w WHERE w.staffmember_id = p.id)
                   OR EXISTS (SELECT 1 FROM scheduling_staffmember_wards w
                              WHERE w.staffmember_id = p.id AND w.ward_id = ANY(chosen.wards))))
        """
    )


def people_sent_while_away() -> set[int]:
    """Ids of live visits whose person is absent then."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.id FROM scheduling_assignment a
            JOIN scheduling_appointment v ON v.id = a.appointment_id AND v.is_live
            JOIN scheduling_absence b ON b.staff_id = a.staff_id
            WHERE a.is_active AND b.period && tstzrange(v.starts_at, v.ends_at)
            """
        )
        return {row[0] for row in cursor.fetchall()}
