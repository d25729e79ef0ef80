"""Figures: equal to a plain recount, each with the list behind it, compared with the period before."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from openpyxl import load_workbook

from registrations import services
from registrations.counting import Wait
from registrations.figure_tables import tables, tiles
from registrations.models import Consent, FirstFree
from registrations.periods import Period, usual_periods
from registrations.states import State
from registrations.statistics import count, figures_of, read_first_free, refresh
from scheduling.models import Absence
from tests.factories.registrations import ContactFactory
from tests.factories.scheduling import NOW, SlotFactory, at
from zalo_bridge.models import MessagePrice, OutboundMessage

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def story(request_in, lan, hung, clerk):
    """Three filed (one by Hùng), one refused, one cancelled, one nobody at home, one just in, one of last month."""
    request_in(created_at=NOW - timedelta(days=30))
    filed = []
    for number, staff in enumerate((lan, lan, hung)):
        registration = request_in(created_at=NOW - timedelta(hours=5 + number), call_due_at=NOW - timedelta(hours=4.5))
        called_at = NOW - timedelta(hours=4 if number else 5)  # the first just in time, the others half an hour late
        services.log_call(registration=registration, outcome="reached", actor=clerk, now=called_at)
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
    request_in(procedure=None, ward=None, appointment=None)
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
RECOUNT_ZALO = """
SELECT count(*) FROM registrations_registration
WHERE created_at >= %(start)s AND created_at < %(end)s AND channel = 'zalo' AND state = 'completed'
"""
RECOUNT_LATE = """
SELECT count(*) FROM registrations_registration
WHERE created_at >= %(start)s AND created_at < %(end)s AND first_called_at > call_due_at
"""


def one(sql: str, values: dict[str, str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_figures_equal_a_plain_recount(story):
    figures = count(NOVEMBER)
    span = {"start": "2026-11-01 00:00+07", "end": "2026-12-01 00:00+07"}
    assert figures.registered == one(RECOUNT_REGISTERED, span) == 7
    assert figures.called_late == one(RECOUNT_LATE, span) == 2
    for state in State:
        assert figures.steps[state] == one(RECOUNT_STEP, {**span, "state": state.value}), state
    assert figures.steps["completed"] == 3
    assert figures.to_call.median == 120  # called after 0, 2 and 3 hours
    assert figures.to_filing.median == 360
    assert {row.name: (row.filed, row.missed) for row in figures.staff} == {
        "Nguyễn Thị Mẫu Lan": (2, 0), "Trần Văn Mẫu Hùng": (1, 1),
    }  # fmt: skip
    assert figures.ratings == {5: 1, 4: 1, 3: 1, 2: 0, 1: 0}
    assert figures.rating_average == 4
    assert dict(figures.funnel)["Đã nộp hồ sơ"] == one(RECOUNT_ZALO, span) == 3
    for parts in (figures.wards, figures.procedures):  # nobody falls out who has no ward or procedure yet
        assert sum(row.registered for row in parts) == 7
    assert sum(came for _, came, _ in figures.by_time) == 7
    assert ("rejected", "Ngoài phạm vi", 1) in {(r.state, r.words, r.count) for r in figures.reasons}


def test_a_day_begins_at_midnight_here_and_not_in_greenwich(request_in):
    request_in(created_at="2026-11-30T17:30:00Z")  # half past midnight on 1 December
    assert count(NOVEMBER).registered == 0
    assert count(Period(date(2026, 12, 1), date(2026, 12, 1))).registered == 1


def test_utilisation_is_visits_against_hours_less_absences_and_counts_the_second_person_too(story, lan):
    week = Period(date(2026, 11, 23), date(2026, 11, 29))  # 40 open hours
    Absence.objects.create(
        staff=lan, period=(at("07:00", date(2026, 11, 26)), at("00:00", date(2026, 11, 28)))
    )  # 16 of them
    visit = story[2].appointment
    visit.assignments.create(staff=lan, period=(visit.starts_at, visit.ends_at), is_lead=False)
    people = {row.name.split()[-1]: row for row in count(week).staff}
    assert (people["Lan"].open_minutes, people["Hùng"].open_minutes) == (24 * 60, 40 * 60)
    assert (people["Lan"].registered, people["Hùng"].registered) == (3, 2)
    assert people["Lan"].busy == people["Lan"].minutes / (24 * 60) > 0
    assert people["Lan"].rating == 4.5  # the stars of a visit are for who led it


@pytest.fixture
def messages(db: None) -> None:
    """Nine messages: what Zalo takes money for, and what not."""
    contact = ContactFactory(created_at=NOW)
    Consent.objects.create(contact=contact, text_version="1", channel="zalo_words", given_at=NOW)
    Consent.objects.create(contact=contact, text_version="2", channel="zalo_words", given_at=NOW)
    sent = {"contact": contact, "payload": {}, "created_at": NOW, "sent_at": NOW, "state": "seen"}
    rows = [
        *[{"channel": "chat", "kind": "reply", "counted_as": "reply"}] * 3,
        {"channel": "chat", "kind": "moved", "counted_as": "purchase_quota"},
        *[{"channel": "template_phone", "kind": "confirmation", "phone": "+84900000001"}] * 2,
        {"channel": "template_phone", "kind": "moved", "phone": "+84900000001"},
        {"channel": "template_phone", "kind": "moved", "phone": "+84900000001", "created_at": NOW - timedelta(days=9)},
        {"channel": "template_phone", "kind": "moved", "phone": "+84900000001", "state": "failed", "sent_at": None},
    ]
    OutboundMessage.objects.bulk_create(
        OutboundMessage(**{**sent, **row}, dedupe_key=str(n)) for n, row in enumerate(rows)
    )
    MessagePrice.objects.all().delete()
    MessagePrice.objects.create(channel="template_phone", dong=200, valid_from="2026-01-01", is_certain=True)
    MessagePrice.objects.create(channel="template_phone", dong=300, valid_from="2026-11-20", is_certain=True)
    MessagePrice.objects.create(channel="template_phone", kind="confirmation", dong=120, valid_from="2026-01-01")


def test_messages_cost_what_was_in_force_on_their_day_and_an_unknown_price_is_said(messages):
    figures = count(NOVEMBER)
    assert figures.messages == {"seen": 8, "failed": 1}
    assert {(c.channel, c.kind): (c.arrived, c.charged, c.dong, c.unpriced) for c in figures.costs} == {
        ("chat", ""): (4, 1, 0, 1),  # bought, but nobody has entered what it costs
        ("template_phone", "confirmation"): (2, 2, 240, 0),
        ("template_phone", "moved"): (2, 2, 300 + 200, 0),
    }
    assert (figures.dong, figures.is_estimate) == (740, True)
    MessagePrice.objects.create(channel="chat", dong=55, valid_from="2026-01-01", is_certain=True)
    MessagePrice.objects.update(is_certain=True)
    figures = count(NOVEMBER)
    assert (figures.dong, figures.is_estimate) == (795, False)


def test_the_first_free_time_is_read_once_an_hour_while_the_office_is_open(office, office_clock_at):
    free = at("13:30", NOW.date())
    SlotFactory(starts_at=free, capacity=1)
    first = read_first_free(NOW)
    assert first is not None and first.free_at == free
    assert read_first_free(NOW + timedelta(minutes=1)) is None
    assert read_first_free(at("12:00", NOW.date())) is None, "nobody answers at noon"
    FirstFree.objects.create(read_at=NOW + timedelta(days=1), free_at=NOW + timedelta(days=3))
    FirstFree.objects.create(read_at=NOW + timedelta(days=1, hours=1), free_at=None)
    waits = dict(count(NOVEMBER).first_free)
    assert waits[NOW.date()] == Wait(270, 270, 1, 0)
    assert waits[NOW.date() + timedelta(days=1)] == Wait(2880, 2880, 2, 1)
    assert count(NOVEMBER).wait_for_place.median == (270 + 2880) / 2


def behind(client, url: str) -> int:
    """How many rows the list behind a figure says it has, and shows."""
    context = client.get(url).context
    if url.startswith("/ho-so/"):
        assert context["asked"].filters.form.is_valid(), (url, context["asked"].filters.form.errors)
        return len(context["page"].rows)
    return (context.get("page") or context["page_obj"]).paginator.count


def test_every_figure_opens_the_list_behind_it(client, manager, story, messages, lan):
    lan.is_active = False  # gone, and so no longer in the filter of the queue
    lan.save(update_fields=["is_active"])
    read_first_free(NOW)
    client.force_login(manager)
    figures, before = count(NOVEMBER), count(NOVEMBER.before)
    shown = tiles(NOVEMBER, figures, before)
    assert all(tile.url for tile in shown)
    for tile in shown:
        if tile.value.isdecimal():
            assert behind(client, tile.url) == int(tile.value), tile.title
    checked = 0
    for table in tables(NOVEMBER, figures, before).values():
        for row in table.rows:
            for title, cell in zip(table.head, row, strict=True):
                if cell.url and isinstance(cell.value, int):
                    assert behind(client, cell.url) == cell.value, (table.title, row[0].text, title, cell.url)
                    checked += 1
    assert checked > 30


def test_the_lists_of_times_are_those_the_times_were_taken_from(client, manager, story):
    client.force_login(manager)
    by_title = {tile.title: tile.url for tile in tiles(NOVEMBER, count(NOVEMBER), count(NOVEMBER.before))}
    assert behind(client, by_title["Đến cuộc gọi đầu"]) == 3
    assert behind(client, by_title["Đến lúc nộp"]) == 3
    assert behind(client, by_title["Đánh giá"]) == 3


def test_nonsense_after_the_figure_shows_an_empty_list_and_strangers_none(client, manager, field_staff, story):
    client.force_login(manager)
    for so in ("x", "phuong-99999999999999999999", "ly-do-0", "-1", "can_bo-"):
        assert behind(client, f"/ho-so/?tab=tat-ca&so={so}") == 0, so
    assert client.get("/thong-ke/danh-sach/khong-co/").status_code == 404
    client.force_login(field_staff)
    for url in ("/thong-ke/", "/thong-ke/danh-sach/dong-y/", "/thong-ke/bao-cao.pdf", "/thong-ke/han/"):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ((date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 10, 1), date(2026, 10, 31))),
        ((date(2027, 3, 1), date(2027, 3, 31)), (date(2027, 2, 1), date(2027, 2, 28))),
        ((date(2027, 1, 1), date(2027, 1, 31)), (date(2026, 12, 1), date(2026, 12, 31))),
        ((date(2027, 1, 1), date(2027, 3, 31)), (date(2026, 10, 1), date(2026, 12, 31))),
        ((date(2028, 1, 1), date(2028, 12, 31)), (date(2027, 1, 1), date(2027, 12, 31))),
        ((date(2026, 11, 23), date(2026, 11, 29)), (date(2026, 11, 16), date(2026, 11, 22))),
        ((date(2026, 11, 2), date(2026, 11, 30)), (date(2026, 10, 4), date(2026, 11, 1))),
        ((date(2027, 3, 1), date(2027, 3, 1)), (date(2027, 2, 28), date(2027, 2, 28))),
    ],
)
def test_whole_months_are_compared_with_as_many_whole_months_other_days_with_as_many_days(period, before):
    assert Period(*period).before == Period(*before)


def test_a_month_is_shown_beside_the_month_before(client, manager, story):
    client.force_login(manager)
    tile = client.get("/thong-ke/?ky=thang").context["tiles"][0]
    assert (tile.value, tile.before) == ("7", "1")


def test_figures_are_kept_five_minutes_and_the_worker_renews_them(request_in, clerk):
    before = figures_of(NOVEMBER)
    request_in()
    assert figures_of(NOVEMBER) == before
    assert refresh(NOW.date()) >= 6
    assert figures_of(NOVEMBER).registered == before.registered + 1
    kept, counted = figures_of(NOVEMBER), count(NOVEMBER)
    assert replace(kept, made_at=counted.made_at) == counted


@pytest.mark.parametrize(
    "query",
    ["", "?ky=nam", "?ky=hom-nay", "?tu=2026-11-30&den=2026-11-01", "?tu=abc&den=", "?tu=1900-01-01&den=2100-01-01"],
)
def test_any_period_and_an_empty_office_show_a_page(client, manager, office, query: str):
    client.force_login(manager)
    assert client.get(f"/thong-ke/{query}").status_code == 200
    assert client.get(f"/thong-ke/bao-cao.pdf{query}").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?tu=31/02/2026&den=01/03/2026", "“31/02/2026” không phải ngày xem được"),
        ("?tu=2026-11-30&den=2026-11-01", "Ngày đầu phải trước ngày cuối"),
        ("?tu=2020-01-01&den=2100-01-01", "Kỳ dài nhất là 5 năm"),
        ("?tu=2026-11-01", "Chưa rõ từ ngày nào đến ngày nào"),
        ("?ky=the-ky", "Chưa rõ từ ngày nào đến ngày nào"),
    ],
)
def test_days_that_make_no_sense_are_said_and_not_passed_over(client, manager, office, query: str, words: str):
    client.force_login(manager)
    for address in ("/thong-ke/", "/thong-ke/bao-cao/", "/thong-ke/danh-sach/dong-y/"):
        assert f"{words} nên đây là số liệu tháng này" in client.get(address + query).content.decode()
        assert "nên đây là số liệu tháng này" not in client.get(f"{address}?ky=tuan").content.decode()


def test_a_screen_on_the_wall_asks_again_before_its_figures_are_older_than_five_minutes(
    client, manager, office, office_clock_at
):
    client.force_login(manager)
    assert 'hx-trigger="every 300s"' in client.get("/thong-ke/?ky=tuan").content.decode()
    with office_clock_at(NOW + timedelta(seconds=200)):
        page = client.get("/thong-ke/?ky=tuan").content.decode()
        part = client.get("/thong-ke/?ky=tuan", headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 100s"' in page
    assert part.strip() in page, "after a swap the page must equal a reload"


def test_weeks_and_months_are_cut_to_the_period_and_lose_nobody(story):
    for period in (Period(date(2026, 10, 7), date(2026, 12, 9)), Period(date(2026, 5, 20), date(2026, 12, 9))):
        steps = list(period.steps())
        assert (steps[0].first, steps[-1].last) == (period.first, period.last)
        assert all(one.last + timedelta(days=1) == other.first for one, other in zip(steps, steps[1:], strict=False))
        assert sum(came for _, came, _ in count(period).by_time) == 8


def test_the_workbook_has_a_sheet_for_every_table_and_says_the_same(client, manager, story, messages):
    client.force_login(manager)
    book = load_workbook(BytesIO(client.get("/thong-ke/xuat/?ky=thang").content))
    totals = {row[0].value: (row[1].value, row[2].value) for row in book["Tổng hợp"].iter_rows()}
    assert (totals["Đăng ký"], totals["Đã nộp hồ sơ"]) == ((7, 1), (3, 0))
    figures, before = count(NOVEMBER), count(NOVEMBER.before)
    for table in tables(NOVEMBER, figures, before).values():
        rows = list(book[table.title].iter_rows(values_only=True))
        assert rows == [tuple(table.head), *(tuple(cell.value for cell in row) for row in table.rows)], table.title


def test_usual_periods_hold_the_turn_of_the_year():
    periods = usual_periods(date(2026, 12, 31))
    assert periods["thang"][1] == Period(date(2026, 12, 1), date(2026, 12, 31))
    assert periods["quy"][1] == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert usual_periods(date(2027, 1, 1))["thang-truoc"][1] == Period(date(2026, 12, 1), date(2026, 12, 31))
