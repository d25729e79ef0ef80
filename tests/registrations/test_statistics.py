"""Figures: equal to a plain recount, each with the list behind it, compared with the period before."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from openpyxl import load_workbook

from registrations import services
from registrations.states import State
from registrations.statistics import Period, as_plain, count, figures_of, refresh, usual_periods
from tests.factories.scheduling import NOW

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def story(request_in, lan, hung, clerk):
    """Three filed (one by Hùng), one refused, one cancelled, one nobody at home, one just in, one of last month."""
    request_in(created_at=NOW - timedelta(days=30))
    filed = []
    for number, staff in enumerate((lan, lan, hung)):
        registration = request_in(created_at=NOW - timedelta(hours=5 + number))
        services.log_call(registration=registration, outcome="reached", actor=clerk, now=NOW - timedelta(hours=4))
        services.verify(registration=registration, actor=clerk, now=NOW - timedelta(hours=3))
        type(registration.appointment).objects.filter(pk=registration.appointment_id).update(
            starts_at=registration.appointment.starts_at + timedelta(hours=number),
            ends_at=registration.appointment.ends_at + timedelta(hours=number),
        )
        registration.appointment.refresh_from_db()
        services.assign(registration=registration, staff=staff, actor=clerk)
        services.complete(registration=registration, dossier_number=f"H{number}", actor=clerk, now=NOW)
        services.rate(registration=registration, stars=5 - number, words="Tốt")
        filed.append(registration)
    services.reject(registration=request_in(), reason="Ngoài phạm vi", actor=clerk)
    services.cancel(registration=request_in(), reason="Đổi ý", actor=clerk)
    missed = request_in("verified")
    services.assign(registration=missed, staff=hung, actor=clerk)
    services.not_at_home(registration=missed, reason="Đi vắng", actor=clerk)
    request_in()
    return filed


RECOUNT_REGISTERED = """
SELECT count(*) FROM registrations_registration WHERE created_at >= %(start)s AND created_at < %(end)s
"""
RECOUNT_STEP = """
SELECT count(*) FROM (
    SELECT DISTINCT registration_id FROM registrations_transition
    WHERE to_state = %(state)s AND at >= %(start)s AND at < %(end)s
) AS steps
"""


def one(sql: str, values: dict[str, str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_figures_equal_a_plain_recount(story):
    figures = count(NOVEMBER)
    span = {"start": "2026-11-01 00:00+07", "end": "2026-12-01 00:00+07"}
    assert figures.registered == one(RECOUNT_REGISTERED, span) == 7
    for state in State:
        assert figures.steps[state] == one(RECOUNT_STEP, {**span, "state": state.value}), state
    assert figures.steps["completed"] == 3
    assert figures.to_call.median == 120  # called at 05:00; they came in at 04:00, 03:00, 02:00
    assert figures.to_filing.median == 360
    assert {row.name: (row.filed, row.missed) for row in figures.staff} == {
        "Nguyễn Thị Mẫu Lan": (2, 0), "Trần Văn Mẫu Hùng": (1, 1),
    }  # fmt: skip
    assert figures.ratings == {5: 1, 4: 1, 3: 1, 2: 0, 1: 0}
    assert figures.rating_average == 4
    assert dict(figures.funnel)["Đã nộp hồ sơ"] == 3
    assert sum(came for _, came, _ in figures.by_time) == 7
    assert ("rejected", "Ngoài phạm vi", 1) in figures.reasons


def test_a_day_begins_at_midnight_here_and_not_in_greenwich(request_in):
    request_in(created_at="2026-11-30T17:30:00Z")  # half past midnight on 1 December
    assert count(NOVEMBER).registered == 0
    assert count(Period(date(2026, 12, 1), date(2026, 12, 1))).registered == 1


def test_every_figure_opens_the_list_behind_it(client, manager, story):
    client.force_login(manager)
    tiles = client.get("/thong-ke/?ky=thang").context["tiles"]
    linked = [tile for tile in tiles if tile.url]
    assert len(linked) == 7
    for tile in linked:
        rows = client.get(tile.url).context["page"].rows
        assert len(rows) == int(tile.value), tile.title


def test_the_period_before_is_as_long_and_just_before(client, manager, story):
    assert NOVEMBER.before == Period(date(2026, 10, 2), date(2026, 10, 31))
    client.force_login(manager)
    tile = client.get("/thong-ke/?ky=thang").context["tiles"][0]
    assert (tile.value, tile.before) == ("7", "1")


def test_figures_are_kept_five_minutes_and_the_worker_renews_them(request_in, clerk):
    before = figures_of(NOVEMBER)
    request_in()
    assert figures_of(NOVEMBER) == before
    assert refresh(NOW.date()) >= 6
    assert figures_of(NOVEMBER).registered == before.registered + 1
    assert as_plain(figures_of(NOVEMBER)) == as_plain(count(NOVEMBER))


@pytest.mark.parametrize(
    "query",
    ["", "?ky=nam", "?ky=hom-nay", "?tu=2026-11-30&den=2026-11-01", "?tu=abc&den=", "?tu=1900-01-01&den=2100-01-01"],
)
def test_any_period_and_an_empty_office_show_a_page(client, manager, office, query: str):
    client.force_login(manager)
    assert client.get(f"/thong-ke/{query}").status_code == 200


def test_the_workbook_and_the_report_say_the_same(client, manager, story):
    client.force_login(manager)
    book = load_workbook(BytesIO(client.get("/thong-ke/xuat/?ky=thang").content))
    totals = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows()}
    assert (totals["Đăng ký"], totals["Đã nộp hồ sơ"]) == (7, 3)
    report = client.get("/thong-ke/bao-cao/?ky=thang").content.decode()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in report
    assert "<b>7</b> lượt đăng ký" in report


def test_usual_periods_hold_the_turn_of_the_year():
    periods = usual_periods(date(2026, 12, 31))
    assert periods["thang"][1] == Period(date(2026, 12, 1), date(2026, 12, 31))
    assert periods["quy"][1] == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert usual_periods(date(2027, 1, 1))["thang-truoc"][1] == Period(date(2026, 12, 1), date(2026, 12, 31))
