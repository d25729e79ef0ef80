"""The day board, the search for free times and booking under rivalry, beside a million registrations.

Server time is measured around the whole stack with Django's test client, in this process. Rivalry is measured on a
small database of its own with real threads, against the usual way: lock the slot's row, count, insert. The search is
also measured there against django-appointment, which is given the same people, hours and visits and must find the same
free times.
"""

import gzip
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from datetime import time as clock
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
from scheduling.models import Appointment, BookingRules, Slot, StaffMember, Ward, WorkingHours
from scheduling.office_facts import office_facts
from tests.performance.rival_site import environment_with_rivals
from tests.performance.volume import large_database

RUNS = 40
DAYS_ASKED = 60
Row = dict[str, Any]


def run() -> list[Row]:
    rows = _rivalry() + _same_question_to_django_appointment()
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
    quiet_ms, fresh_ms, quiet_queries = _quiet_poll(client, poll)
    size_kb = len(gzip.compress(page)) / 1024
    return [
        {"name": "board: visits on the day shown", "value": visits, "unit": "visits"},
        row("board: the whole page, p95", board_ms, "ms", "< 150", board_ms < 150),
        row("board: queries", queries, "queries", "<= 12", queries <= 12),
        row("board: the page compressed", size_kb, "kB", "< 60", size_kb < 60),
        {"name": "board: the table alone, compressed", "value": len(gzip.compress(table)) / 1024, "unit": "kB"},
        row("board: poll while nothing changed, p95", quiet_ms, "ms", "< 5", quiet_ms < 5),
        row("board: the one poll a second that asks the database, p95", fresh_ms, "ms", "< 5", fresh_ms < 5),
        row("board: queries of that poll", quiet_queries, "queries", "<= 1", quiet_queries <= 1),
    ]


def _quiet_poll(client: Client, poll: str) -> tuple[float, float, int]:
    """As twenty screens ask: the stamp is read once a second, everybody else finds it in the cache."""
    quiet_ms = p95(lambda: client.get(poll), runs=200)

    def ask_afresh() -> float:
        cache.clear()
        started = time.perf_counter()
        client.get(poll)
        return (time.perf_counter() - started) * 1000

    fresh_ms = sorted(ask_afresh() for _ in range(RUNS))[int(RUNS * 0.95) - 1]
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(poll).status_code == 204
    return quiet_ms, fresh_ms, len(asked)


def _fullest_day() -> tuple[date, int]:
    coming = Appointment.objects.filter(is_live=True, starts_at__gt=timezone.now() + timedelta(days=1))
    days = coming.annotate(day=TruncDate("starts_at", tzinfo=ZONE)).values("day").annotate(visits=Count("pk"))
    best = days.order_by("-visits", "day")[0]
    return best["day"], best["visits"]


def _free_times() -> list[Row]:
    days_ms = p95(lambda: services.free_days(days=60))
    nearest_ms = p95(lambda: services.nearest_free(count=3))
    long_ms = p95(lambda: services.free_days(days=60, minutes=90))
    ward = Ward.objects.filter(is_served=True).order_by("pk")[0]
    ward_ms = p95(lambda: services.free_days(days=60, ward=ward))
    return [
        row("free times: 60 days, p95", days_ms, "ms", "< 20", days_ms < 20),
        row("free times: 60 days of 90 minutes, p95", long_ms, "ms", "< 20", long_ms < 20),
        row("free times: 60 days for one ward, p95", ward_ms, "ms", "< 20", ward_ms < 20),
        row("free times: the three nearest, p95", nearest_ms, "ms", "< 20", nearest_ms < 20),
    ]


def _same_question_to_django_appointment() -> list[Row]:
    """Which times of the coming 60 days are free, of one person and of an office of twenty."""
    rows: list[Row] = []
    for people in (1, 20):
        first, office = _office_of(people)
        ours_ms = p95(lambda start=first: services.free_days(days=DAYS_ASKED, first=start, minutes=45))
        found = services.free_days(days=DAYS_ASKED, first=first, minutes=45)
        free = {f"{timezone.localtime(slot.starts_at):%Y-%m-%d %H:%M}" for day in found for slot in day.slots}
        _forget_office()
        try:
            theirs = _ask_django_appointment(office)
        except (OSError, subprocess.CalledProcessError) as error:
            why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            return [{"name": "free times: django-appointment did not answer", "unit": why[:100], "holds": False}]
        theirs_ms = theirs["everybody_ms"]
        name = f"free times: 60 days, {people} at work"
        rows += [
            row(f"{name}, p95", ours_ms, "ms", f"< {theirs_ms / 10:.0f}", ours_ms * 10 <= theirs_ms),
            {"name": f"{name}: django-appointment {theirs['version']}", "value": theirs_ms, "unit": "ms"},
            row(f"{name}: times found by both", len(free), "times", "the same", free == set(theirs["free"])),
        ]
    return rows


def _office_of(people: int) -> tuple[date, Row]:
    """An office with so many people, six in ten hours taken; and the same told to somebody else."""
    chance = random.Random(people)
    _forget_office()  # an earlier measurement may have left another
    WorkingHours.objects.bulk_create(
        WorkingHours(weekday=day, opens_at=clock(7), closes_at=clock(17), valid_from=date(2020, 1, 1))
        for day in range(1, 6)
    )
    BookingRules.objects.update_or_create(
        pk=1, defaults={"horizon_days": DAYS_ASKED, "latest_days": DAYS_ASKED, "reserved_places": 0}
    )
    ward = _ward()
    for number in range(people):
        user = get_user_model().objects.create(username=f"mau{number}")
        StaffMember.objects.create(user=user, name=f"Người Mẫu {number}")
    services.open_slots()
    first = timezone.localdate() + timedelta(days=3)
    told: list[list[list[str]]] = [[] for _ in range(people)]
    for slot in Slot.objects.filter(starts_at__date__gte=first).order_by("starts_at"):
        starts, ends = (timezone.localtime(slot.starts_at + timedelta(minutes=m)) for m in (0, 45))
        for own in chance.sample(told, sum(chance.random() < 0.6 for _ in told)):
            own.append([starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}"])
            services.book(slot_id=slot.pk, ward=ward, audience="staff")
    return first, {"people": told, "hours": ["07:00", "17:00"], "first": first.isoformat(), "days": DAYS_ASKED}


def _forget_office() -> None:
    for model in (Appointment, Slot, WorkingHours, BookingRules, StaffMember):
        model.objects.all().delete()
    get_user_model().objects.filter(username__startswith="mau").delete()


def _ask_django_appointment(office: Row) -> Row:
    """In a process and a database of its own."""
    keys = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    own = {key: connection.settings_dict[key] for key in keys} | {"NAME": f"{connection.settings_dict['NAME']}_rival"}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{own["NAME"]}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{own["NAME"]}"')
        try:
            answer = subprocess.run(
                [sys.executable, "-m", "tests.performance.appointment_rival"],
                input=json.dumps({**office, "database": own}),
                env=environment_with_rivals(),
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            cursor.execute(f'DROP DATABASE "{own["NAME"]}" WITH (FORCE)')
    found: Row = json.loads(answer.stdout.splitlines()[-1])
    return found


def _rivalry() -> list[Row]:
    """In turns, three each, so that whatever else the machine does falls on both; the middle one of three counts."""
    ward = _ward()
    rows = []
    for name, slots in (("one slot", 1), ("100 slots", 100)):
        ours, naive = [], []
        for _ in range(3):
            ours.append(_bookings_a_second(_slots(slots), lambda slot: services.book(slot_id=slot.pk, ward=ward)))
            naive.append(_bookings_a_second(_slots(slots), lambda slot: _book_by_lock_and_count(slot, ward)))
        we, they = sorted(ours)[1], sorted(naive)[1]
        rows += [
            row(f"booking on {name}", we, "bookings/s", f"> {they:.0f}", we > they),
            {"name": f"booking on {name}, lock and count", "value": they, "unit": "bookings/s"},
        ]
    Appointment.objects.all().delete()
    Slot.objects.all().delete()
    return rows


def _ward() -> Ward:
    return Ward.objects.get_or_create(code="99999", name="Phường Mẫu", short_name="Mẫu", kind="Phường")[0]


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
