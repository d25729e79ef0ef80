"""The day board, the search for free times and booking under rivalry, beside a million registrations.

Server time is measured around the whole stack with Django's test client, in this process. Rivalry is measured on a
small database of its own with real threads, against the usual way: lock the slot's row, count, insert.
"""

import gzip
import threading
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations.roles import MANAGERS, load_roles
from scheduling import services
from scheduling.errors import SchedulingError
from scheduling.free_times import booking_window
from scheduling.hours import ZONE, current_calendar, on
from scheduling.models import Appointment, Slot, Ward
from scheduling.office_facts import office_facts
from tests.performance.volume import large_database

RUNS = 40
Row = dict[str, Any]


def run() -> list[Row]:
    rows = _rivalry()
    with large_database() as size:
        rows += [{"name": "board: registrations beside it", "value": size.registrations, "unit": "rows"}]
        rows += _board(_manager()) + _free_times()
    return rows


def p95(action: Callable[[], object], runs: int = RUNS) -> float:
    """Milliseconds that 95 of 100 runs stay below; the first run warms up and does not count."""
    action()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[int(len(taken) * 0.95) - 1]


def row(name: str, value: float, unit: str, goal: str, holds: bool) -> Row:
    return {"name": name, "value": value, "unit": unit, "goal": goal, "holds": holds}


def _manager() -> Client:
    load_roles()
    user, _ = get_user_model().objects.get_or_create(username="do-bang-lich")
    user.groups.set([Group.objects.get(name=MANAGERS)])
    client = Client()
    client.force_login(user)
    return client


def _board(client: Client) -> list[Row]:
    day, visits = _fullest_day()
    url = f"/lich/?ngay={day.isoformat()}"
    page = client.get(url).content
    poll = page.decode().split('id="bang"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    queries = len(asked)  # now: the next request clears the log this counts in
    table = client.get(poll.split("&moc=")[0]).content
    board_ms = p95(lambda: client.get(url))
    client.get(poll)
    quiet_ms, quiet_queries = _quiet_poll(client, poll)
    size_kb = len(gzip.compress(page)) / 1024
    return [
        {"name": "board: visits on the day shown", "value": visits, "unit": "visits"},
        row("board: the whole page, p95", board_ms, "ms", "< 150", board_ms < 150),
        row("board: queries", queries, "queries", "<= 12", queries <= 12),
        row("board: the page compressed", size_kb, "kB", "< 60", size_kb < 60),
        {"name": "board: the table alone, compressed", "value": len(gzip.compress(table)) / 1024, "unit": "kB"},
        row("board: poll while nothing changed, p95", quiet_ms, "ms", "< 5", quiet_ms < 5),
        row("board: queries of that poll", quiet_queries, "queries", "<= 1", quiet_queries <= 1),
    ]


def _quiet_poll(client: Client, poll: str) -> tuple[float, int]:
    """As twenty screens ask: the stamp is read once a second, everybody else finds it in the cache."""
    taken = p95(lambda: client.get(poll), runs=200)
    client.get(poll)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(poll).status_code == 204
    return taken, len(asked)


def _fullest_day() -> tuple[date, int]:
    coming = Appointment.objects.filter(is_live=True, starts_at__gt=timezone.now() + timedelta(days=1))
    days = coming.annotate(day=TruncDate("starts_at", tzinfo=ZONE)).values("day").annotate(visits=Count("pk"))
    best = days.order_by("-visits", "day")[0]
    return best["day"], best["visits"]


def _free_times() -> list[Row]:
    days_ms = p95(lambda: services.free_days(days=60))
    nearest_ms = p95(lambda: services.nearest_free(count=3))
    long_ms = p95(lambda: services.free_days(days=60, minutes=90))
    return [
        row("free times: 60 days, p95", days_ms, "ms", "< 20", days_ms < 20),
        row("free times: 60 days of 90 minutes, p95", long_ms, "ms", "< 20", long_ms < 20),
        row("free times: the three nearest, p95", nearest_ms, "ms", "< 20", nearest_ms < 20),
    ]


def _rivalry() -> list[Row]:
    ward = Ward.objects.create(code="99999", name="Phường Mẫu", short_name="Mẫu", kind="Phường")
    rows = []
    for name, slots in (("one slot", 1), ("100 slots", 100)):
        ours = naive = 0.0
        for _ in range(2):  # in turn, the better of two each: whoever runs first also warms the connections
            ours = max(ours, _bookings_a_second(_slots(slots), lambda slot: services.book(slot_id=slot.pk, ward=ward)))
            naive = max(naive, _bookings_a_second(_slots(slots), lambda slot: _book_by_lock_and_count(slot, ward)))
        rows += [
            row(f"booking on {name}", ours, "bookings/s", f"> {naive:.0f}", ours > naive),
            {"name": f"booking on {name}, lock and count", "value": naive, "unit": "bookings/s"},
        ]
    Appointment.objects.all().delete()
    Slot.objects.all().delete()
    return rows


def _slots(count: int) -> list[Slot]:
    """Fresh slots of the coming working days, roomy enough that nobody is refused."""
    Appointment.objects.all().delete()
    Slot.objects.all().delete()
    calendar, day, starts = current_calendar(), timezone.localdate() + timedelta(days=2), []
    while len(starts) < count:
        for opens, _ in calendar.hours_on(day):
            starts += [on(day, opens) + timedelta(minutes=20 * step) for step in range(9)]
        day += timedelta(days=1)
    rows = [Slot(starts_at=at, ends_at=at + timedelta(minutes=60), capacity=10_000) for at in starts[:count]]
    return Slot.objects.bulk_create(rows)


def _book_by_lock_and_count(slot: Slot, ward: Ward) -> None:
    """How it is usually done, after the same questions about hours and horizon: hold the row, count, insert."""
    office, now = office_facts(), timezone.now()
    window = booking_window(calendar=office.calendar, rules=office.rules, audience="public", now=now)
    if not window[0] <= slot.starts_at < (window[1] or slot.ends_at):
        raise AssertionError("outside the window")
    with transaction.atomic():
        held = Slot.objects.select_for_update().get(pk=slot.pk)
        if Appointment.objects.filter(slot=held, is_live=True).count() < held.capacity:
            end = held.starts_at + timedelta(minutes=45)
            Appointment.objects.create(slot=held, ward=ward, starts_at=held.starts_at, ends_at=end)


def _bookings_a_second(slots: list[Slot], book: Callable[[Slot], object], *, people: int = 8, each: int = 60) -> float:
    """How many bookings so many people get through together, each pressing again at once."""
    cache.clear()
    start = threading.Barrier(people + 1)

    def press(person: int) -> None:
        start.wait()
        try:
            for turn in range(each):
                book(slots[(person * each + turn * 7) % len(slots)])
        except SchedulingError as error:
            failures.append(error)
        finally:
            connection.close()

    failures: list[SchedulingError] = []
    threads = [threading.Thread(target=press, args=(person,)) for person in range(people)]
    _all(thread.start() for thread in threads)
    start.wait()
    began = time.perf_counter()
    _all(thread.join() for thread in threads)
    taken = time.perf_counter() - began
    if failures or Appointment.objects.count() != people * each:
        raise AssertionError(f"{len(failures)} refused: {failures[:1]}")
    return people * each / taken


def _all(steps: Iterable[object]) -> None:
    for _ in steps:
        pass
