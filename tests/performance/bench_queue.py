"""The queue and the request page beside a million registrations, against Django's admin showing the same columns.

Server time is measured around the whole stack (middleware, views, templates) with Django's test client, in this
process.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from registrations.models import ContactAttempt, Registration, Transition
from registrations.queue import TABS
from registrations.roles import MANAGERS, load_roles
from scheduling.models import StaffMember, Ward
from tests.performance.queue_rival import CHANGELIST
from tests.performance.volume import large_database

RUNS = 25
Row = dict[str, Any]


def run() -> list[Row]:
    with large_database() as size:
        client = _clerk()
        rows: list[Row] = [
            {"name": "queue: registrations", "value": size.registrations, "unit": "rows"},
            {"name": "queue: transitions", "value": size.transitions, "unit": "rows"},
        ]
        with _fresh_counts():
            rows += _first_pages(client)
            rows += _against_the_admin(client)
            rows += _searches(client)
            rows += _deep_page(client)
            rows += _request_page(client)
        return rows


def _clerk() -> Client:
    load_roles()
    user, _ = get_user_model().objects.get_or_create(username="do-toc-do", defaults={"is_superuser": False})
    user.groups.add(Group.objects.get(name=MANAGERS))
    client = Client()
    client.force_login(user)
    return client


@contextmanager
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def p95(do: Callable[[], object], runs: int = RUNS) -> float:
    """Milliseconds; the tabs' counts are recounted every fifth time, as five seconds between clicks would have it."""
    do()
    times = []
    for number in range(runs):
        if number % 5 == 0:
            cache.delete("registrations:tab-counts")
        times.append(_milliseconds(do))
    return round(statistics.quantiles(times, n=20, method="inclusive")[-1], 1)


def side_by_side(*ways: Callable[[], object], rounds: int = 15) -> list[float]:
    """The median of each in milliseconds, taken in turns: whatever else the machine does slows all of them down."""
    for do in ways:
        do()
    times = [[_milliseconds(do) for do in ways] for _ in range(rounds)]
    return [round(statistics.median(column), 1) for column in zip(*times, strict=True)]


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _get(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response


def _first_pages(client: Client) -> list[Row]:
    ward, staff = Ward.objects.filter(is_served=True).first(), StaffMember.objects.first()
    procedure = Registration.objects.exclude(procedure=None).values_list("procedure", flat=True).first()
    year = timezone.localdate().year
    filters = {
        "none": "",
        "ward": f"phuong={ward.pk}" if ward else "",
        "procedure": f"thu_tuc={procedure}",
        "staff": f"can_bo={staff.pk}" if staff else "",
        "channel": "nguon=counter",
        "priority": "uu_tien=elderly",
        "state": "tinh_trang=needs_info",
        "rating": "danh_gia=1",
        "registered": f"tu={year - 2}-03-01&den={year - 2}-03-31",
        "visit": f"hen_tu={year - 2}-03-01&hen_den={year - 2}-03-31",
    }
    slowest, where, most = 0.0, "", 0
    for tab in TABS:
        for name, query in filters.items():
            address = f"/ho-so/?tab={tab.slug}&{query}"
            took = p95(lambda address=address: _get(client, address), runs=20)
            if took > slowest:
                slowest, where = took, f"{tab.slug}, {name}"
            cache.delete("registrations:tab-counts")
            with CaptureQueriesContext(connection) as queries:
                _get(client, address)
            most = max(most, len(queries))
    return [
        {"name": f"queue: first page, p95 of the slowest tab and filter ({where})", "value": slowest, "unit": "ms",
         "goal": "< 100", "holds": slowest < 100},
        {"name": "queue: queries of a page, the most", "value": most, "unit": "", "goal": "<= 12", "holds": most <= 12},
    ]  # fmt: skip


@override_settings(ROOT_URLCONF="tests.performance.queue_rival")
def _against_the_admin(client: Client) -> list[Row]:
    """Both through the whole stack, each with its own counts."""
    user, _ = get_user_model().objects.get_or_create(
        username="do-quan-tri", defaults={"is_superuser": True, "is_staff": True}
    )
    admin = Client()
    admin.force_login(user)
    rows: list[Row] = []
    ward = Ward.objects.filter(is_served=True).first()
    for name, ours, theirs in (
        ("all", "tab=tat-ca", ""),
        ("one ward", f"tab=tat-ca&phuong={ward.pk if ward else 0}", f"ward__id__exact={ward.pk if ward else 0}"),
        ("to verify", "tab=goi", "state__exact=submitted"),
    ):
        our_ms, stock, joined = side_by_side(
            lambda ours=ours: _get(client, f"/ho-so/?{ours}"),
            lambda theirs=theirs: _get(admin, f"/stock/{CHANGELIST}?{theirs}"),
            lambda theirs=theirs: _get(admin, f"/joined/{CHANGELIST}?{theirs}"),
        )
        times = round(stock / our_ms, 1)
        rows += [
            {"name": f"queue: times faster than Django's admin, {name} ({our_ms} against {stock} ms)", "value": times,
             "unit": "x", "goal": ">= 5", "holds": times >= 5},
            {"name": f"queue: … than one told which tables to join, {name} ({joined} ms)",
             "value": round(joined / our_ms, 1), "unit": "x"},
        ]  # fmt: skip
    return rows


def _searches(client: Client) -> list[Row]:
    phone = Registration.objects.order_by("pk").values_list("citizen__phone", flat=True)[777]
    national = f"0{phone[3:]}"
    texts = {
        "part of a common name": "mẫu",
        "given name": "hạnh",
        "whole name": "nguyễn mẫu quân",
        "name nobody has": "zzyx",
        "phone": national,
        "end of a phone": national[-6:],
        "the citizen's words": "thuot la",
        "name and words": "đặng rượu",
        "old ward": "vĩnh hải",
    }
    slowest, where = 0.0, ""
    for name, text in texts.items():
        took = p95(lambda text=text: _get_search(client, text), runs=20)
        if took > slowest:
            slowest, where = took, name
    return [
        {"name": f"queue: search, p95 of the slowest ({where})", "value": slowest, "unit": "ms", "goal": "< 150",
         "holds": slowest < 150}
    ]  # fmt: skip


def _get_search(client: Client, text: str) -> None:
    response = client.get("/ho-so/", {"tab": "tat-ca", "q": text})
    assert response.status_code == 200


def _deep_page(client: Client) -> list[Row]:
    mark = Registration.objects.order_by("-created_at", "-pk").values_list("pk", flat=True)[50_000]
    first = p95(lambda: _get(client, "/ho-so/?tab=tat-ca"))
    deep = p95(lambda: _get(client, f"/ho-so/?tab=tat-ca&sau={mark}"))
    return [
        {"name": f"queue: page 1,000 against page 1 ({deep} against {first} ms)", "value": round(deep / first, 2),
        "unit": "x",
         "goal": "<= 1.5", "holds": deep <= first * 1.5 + 5}
    ]  # fmt: skip


def _request_page(client: Client) -> list[Row]:
    registration = Registration.objects.filter(state="submitted").order_by("-pk").first()
    if registration is None:
        return []
    have = registration.calls.count() + registration.transitions.count()
    ContactAttempt.objects.bulk_create(
        ContactAttempt(registration=registration, outcome="reached", note=f"lần {n}", at=timezone.now())
        for n in range(max(0, 300 - have))
    )
    assert Transition.objects.filter(registration=registration).exists()
    address = f"/ho-so/{registration.code}/"
    took = p95(lambda: _get(client, address))
    with CaptureQueriesContext(connection) as queries:
        _get(client, address)
    return [
        {"name": "request page with 300 lines, p95", "value": took, "unit": "ms", "goal": "< 120", "holds": took < 120},
        {"name": "request page: queries", "value": len(queries), "unit": ""},
    ]
