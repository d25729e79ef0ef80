"""The boards as staff see them."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from scheduling import services
from scheduling.board_rows import BoardVisit, Frame, cells_of, pack
from scheduling.models import Absence, BoardChange
from tests.factories.scheduling import (
    NOW,
    AbsenceFactory,
    AppointmentFactory,
    ClosureFactory,
    SlotFactory,
    StaffMemberFactory,
    WardFactory,
    at,
)

pytestmark = pytest.mark.django_db
DAY = "?ngay=2026-11-25"


def allow(user, *codenames):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def boss(manager):
    return allow(manager, "view_appointment", "change_appointment", "assign_registration")


@pytest.fixture
def board_client(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def north():
    return WardFactory(short_name="Bắc Mẫu")


@pytest.fixture
def lan(north):
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan", wards=[north])


def visit_at(clock, ward):
    return AppointmentFactory(slot=SlotFactory(starts_at=at(clock), booked=1), ward=ward)


def board_visit(number, start, end, ward=1):
    return BoardVisit(number, at(start), at(end), ward, "Bắc", "Người Mẫu", "")


FRAME = Frame(at("07:00"), at("12:00"), ((at("07:00"), at("11:30")),))


def test_the_cells_of_a_row_fill_the_day_exactly():
    visits = [board_visit(1, "08:00", "08:45"), board_visit(2, "09:00", "09:45", ward=2)]
    row = cells_of(
        visits, frame=FRAME, away=[(at("10:30"), at("12:00"), "nghỉ phép")], travel_minutes=lambda here, there: 15
    )
    assert [(cell.kind, cell.span) for cell in row.cells] == [
        ("open", 12),
        ("visit", 9),
        ("travel", 3),
        ("visit", 9),
        ("open", 9),
        ("away", 18),
    ]
    assert sum(cell.span for cell in row.cells) == FRAME.span


def test_visits_at_the_same_time_get_rows_of_their_own():
    visits = [board_visit(n, "08:00", "08:45") for n in (1, 2)] + [board_visit(3, "08:45", "09:30")]
    assert [[visit.id for visit in row] for row in pack(visits)] == [[1, 3], [2]]


def test_the_day_shows_who_goes_where_and_who_waits(board_client, north, lan):
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    visit_at("09:00", north)
    AbsenceFactory(staff=lan, period=(at("13:30"), at("17:00")), reason=Absence.Reason.TRAINING)
    page = board_client.get(reverse("scheduling:day") + DAY).content.decode()
    assert "Thứ Tư, 25/11/2026" in page
    assert "2 lượt" in page
    assert "1 chưa phân công" in page
    assert "Tập huấn · 1 lượt · Bắc Mẫu" in page
    assert "08:00–08:45" in page


def test_a_holiday_is_named_on_the_board(board_client):
    ClosureFactory(name="Ngày Văn hóa Việt Nam")
    assert "Nghỉ: Ngày Văn hóa Việt Nam" in board_client.get(reverse("scheduling:day") + DAY).content.decode()


@pytest.mark.parametrize("page", ["day", "week", "month", "plan", "print"])
def test_a_day_that_is_none_shows_today_and_says_so(board_client, page):
    for text in ("hôm-nay", "9999-99-99", "0001-01-01&vua=1e9"):
        shown = board_client.get(f"{reverse(f'scheduling:{page}')}?ngay={text}").content.decode()
        assert "23/11" in shown or "11/2026" in shown
        assert "không phải một ngày có trong lịch" in shown
    assert "không phải một ngày" not in board_client.get(reverse(f"scheduling:{page}") + "?ngay=").content.decode()


def test_a_day_is_written_as_people_here_write_it_and_old_addresses_still_work(board_client):
    for text in ("25/11/2026", "25-11-2026", "2026-11-25"):
        page = board_client.get(reverse("scheduling:day"), {"ngay": text}).content.decode()
        assert "Thứ Tư, 25/11/2026" in page
        assert 'value="25/11/2026"' in page
        assert 'type="date"' not in page


def test_the_board_is_not_for_everybody(client, field_staff):
    url = reverse("scheduling:day")
    assert client.get(url).status_code == 302
    assert client.get(reverse("scheduling:changes")).status_code == 302
    client.force_login(field_staff)
    assert client.get(url).status_code == 403
    assert client.get(reverse("scheduling:changes")).status_code == 403
    client.force_login(allow(field_staff, "view_appointment"))
    assert client.get(url).status_code == 200
    visit = AppointmentFactory()
    assert client.post(reverse("scheduling:visit", args=[visit.pk]), {"nguoi": "0"}).status_code == 403


def test_the_board_takes_the_same_queries_for_two_people_and_for_twenty(
    board_client, north, lan, django_assert_max_num_queries
):
    board_client.get(reverse("scheduling:day") + DAY)
    for _ in range(20):
        member = StaffMemberFactory(wards=[north])
        for clock in ("07:00", "08:30", "14:00"):
            slot = services.Slot.objects.filter(starts_at=at(clock)).first() or SlotFactory(
                starts_at=at(clock), capacity=99
            )
            visit = AppointmentFactory(slot=slot, ward=north)
            services.assign(appointment=visit, staff=member, by=None)
    with django_assert_max_num_queries(12):
        page = board_client.get(reverse("scheduling:day") + DAY)
    assert "60 lượt" in page.content.decode()


def poll(client):
    """What an open board asks: the address it was given."""
    page = client.get(reverse("scheduling:day") + DAY).content.decode()
    return page.split('id="bang"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")


def test_while_nothing_changes_the_poll_is_empty_and_costs_one_query(board_client, north, django_assert_num_queries):
    visit_at("08:00", north)
    url = poll(board_client)
    with django_assert_num_queries(0):  # asked within a second of another screen
        assert board_client.get(url).status_code == 204
    cache.clear()
    with django_assert_num_queries(1):
        assert board_client.get(url).status_code == 204


def test_whoever_is_not_signed_in_is_never_given_the_table(board_client, north):
    url = poll(board_client)
    stranger = Client()
    for asked in (url.replace("moc=", "moc=0"), url.split("&the=")[0], url.replace("the=", "the=x")):
        assert stranger.get(asked).status_code == 302


@pytest.mark.parametrize("change", ["assign", "release", "absence", "closure", "new visit"])
def test_any_change_reaches_an_open_board(board_client, north, lan, change):
    visit = visit_at("08:00", north)
    url = poll(board_client)
    if change == "assign":
        services.assign(appointment=visit, staff=lan, by=None)
    elif change == "release":
        services.release(appointment=visit)
    elif change == "absence":
        AbsenceFactory(staff=lan)
    elif change == "closure":
        ClosureFactory()
    else:
        visit_at("09:00", north)
    cache.clear()  # a second later
    response = board_client.get(url)
    assert response.status_code == 200
    assert 'id="bang"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_polled_table_equals_the_one_of_a_reload(board_client, north, lan):
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    swapped = board_client.get(reverse("scheduling:changes") + DAY).content.decode()
    page = board_client.get(reverse("scheduling:day") + DAY).content.decode()
    table = swapped.split("<table>")[1].split("</table>")[0]
    assert table == page.split("<table>")[1].split("</table>")[0]


def pane(client, visit, query=""):
    return client.get(reverse("scheduling:visit", args=[visit.pk]) + query).content.decode()


def test_a_visit_lists_who_can_go_and_why_others_cannot(board_client, north, lan):
    visit = visit_at("08:00", north)
    AbsenceFactory(staff=StaffMemberFactory(name="Trần Văn Mẫu Hùng"), reason=Absence.Reason.SICK)
    page = pane(board_client, visit)
    assert "phụ trách Phường Bắc Mẫu" in page
    assert "nghỉ ốm 07:00–17:00" in page


def test_a_drop_is_previewed_before_anything_changes(board_client, north, lan):
    visit = visit_at("08:00", north)
    target = SlotFactory(starts_at=at("14:30"))
    page = pane(board_client, visit, f"?nguoi={lan.pk}&ngay=2026-11-25&gio=14:25")
    assert "Chưa phân công → <b>Nguyễn Thị Mẫu Lan</b>" in page
    assert "08:00–08:45 → <b>14:30–15:15" in page
    assert f'name="khung" value="{target.pk}"' in page
    visit.refresh_from_db()
    assert visit.starts_at == at("08:00")


def test_a_clash_is_named_in_the_preview_and_cannot_be_pressed(board_client, north, lan):
    services.assign(appointment=visit_at("08:10", north), staff=lan, by=None)
    page = pane(board_client, visit_at("08:00", north), f"?nguoi={lan.pk}")
    assert "Chị Lan đã có lịch 08:10–08:55 tại Phường Bắc Mẫu." in page
    assert ">Chuyển</button>" not in page


def order(client, visit, **fields):
    page = pane(client, visit, f"?nguoi={fields.get('nguoi', '')}")
    standing = page.split('name="dung" value="')[1].split('"')[0]
    data = {"dung": standing, "bao": "sau", **fields}
    return client.post(reverse("scheduling:visit", args=[visit.pk]), data)


def test_a_move_is_made_and_can_be_undone_for_two_minutes(board_client, north, lan):
    visit = visit_at("08:00", north)
    response = order(board_client, visit, nguoi=lan.pk, ly_do="chia")
    change = BoardChange.objects.get()
    assert response.url == f"/lich/?ngay=2026-11-25&vua={change.pk}"
    assert services.staff_of(visit) == [lan]
    page = board_client.get(response.url).content.decode()
    assert "Đã chuyển: chị Lan, 08:00 Thứ Tư 25/11." in page
    board_client.post(reverse("scheduling:undo", args=[change.pk]))
    assert services.staff_of(visit) == []
    again = board_client.post(reverse("scheduling:undo", args=[change.pk]), follow=True)
    assert "đã được hoàn tác" in again.content.decode()


def test_one_press_sends_the_best_candidate(board_client, north, lan):
    visit = visit_at("08:00", north)
    form = pane(board_client, visit).split("<form")[-2]
    fields = {piece.split('"')[0]: piece.split('value="')[1].split('"')[0] for piece in form.split('name="')[1:]}
    assert fields["nguoi"] == str(lan.pk)
    board_client.post(reverse("scheduling:visit", args=[visit.pk]), fields)
    assert services.staff_of(visit) == [lan]


def test_passing_over_the_best_candidate_asks_why(board_client, north, lan):
    visit = visit_at("08:00", north)
    second = StaffMemberFactory(title="anh", name="Trần Văn Mẫu Hùng", wards=[north])
    page = pane(board_client, visit, f"?nguoi={second.pk}")
    assert "Anh Hùng không đứng đầu danh sách gợi ý: cần ghi lý do." in page
    refused = order(board_client, visit, nguoi=second.pk)
    assert refused.status_code == 409
    assert "cần chọn lý do" in refused.content.decode()
    assert order(board_client, visit, nguoi=second.pk, ly_do="khac", ghi_chu=" ").status_code == 409
    assert services.staff_of(visit) == []
    order(board_client, visit, nguoi=second.pk, ly_do="khac", ghi_chu="Cùng đường")
    assert visit.assignments.get().reason == BoardChange.objects.get().reason == "Lý do khác: Cùng đường"


def test_after_two_minutes_there_is_nothing_to_undo(board_client, north, lan):
    visit = visit_at("08:00", north)
    order(board_client, visit, nguoi=lan.pk)
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        url = reverse("scheduling:undo", args=[BoardChange.objects.get().pk])
        assert "Đã quá hai phút" in board_client.post(url, follow=True).content.decode()
    assert services.staff_of(visit) == [lan]


def test_the_second_manager_moving_the_same_visit_is_told(board_client, client, north, lan, boss):
    visit, hung = visit_at("08:00", north), StaffMemberFactory(title="anh", name="Trần Văn Mẫu Hùng")
    standing = pane(board_client, visit, f"?nguoi={hung.pk}").split('name="dung" value="')[1].split('"')[0]
    order(board_client, visit, nguoi=lan.pk)
    response = board_client.post(
        reverse("scheduling:visit", args=[visit.pk]), {"nguoi": hung.pk, "dung": standing, "bao": "ngay"}
    )
    assert response.status_code == 409
    assert "manager vừa đổi lượt này lúc 09:00: nay là 08:00 Thứ Tư 25/11, chị Lan." in response.content.decode()
    assert services.staff_of(visit) == [lan]


def test_another_ward_asks_for_a_reason(board_client, lan):
    visit = visit_at("08:00", WardFactory(short_name="Nam Mẫu"))
    page = pane(board_client, visit, f"?nguoi={lan.pk}")
    assert "Chị Lan không phụ trách Phường Nam Mẫu: cần ghi lý do." in page
    assert "Không ghi" not in page
    assert order(board_client, visit, nguoi=lan.pk).status_code == 409
    assert order(board_client, visit, nguoi=lan.pk, ly_do="vang").status_code == 302


def test_htmx_is_told_where_to_go_and_reads_refusals(board_client, north, lan):
    visit = visit_at("08:00", north)
    url, htmx = reverse("scheduling:visit", args=[visit.pk]), {"HX-Request": "true"}
    refused = board_client.post(url, {"nguoi": lan.pk, "dung": "cũ"}, headers=htmx)
    assert refused.status_code == 200
    assert "Hãy xem lại." in refused.content.decode()
    standing = pane(board_client, visit, f"?nguoi={lan.pk}").split('name="dung" value="')[1].split('"')[0]
    done = board_client.post(url, {"nguoi": lan.pk, "dung": standing}, headers=htmx)
    assert done.headers["HX-Redirect"].startswith("/lich/?ngay=2026-11-25&vua=")


def test_the_week_shows_load_per_person_and_ward(board_client, north, lan):
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    visit_at("09:00", north)
    AbsenceFactory(staff=lan, period=(at("07:00", date(2026, 11, 26)), at("17:00", date(2026, 11, 27))), reason="leave")
    page = board_client.get(reverse("scheduling:week") + DAY).content.decode()
    assert "Tuần 23/11 – 29/11/2026" in page
    assert "1 chưa phân công" in page
    assert page.count("nghỉ phép") == 2
    assert "45 phút" in page
    assert "Bắc Mẫu" in page


def test_the_month_shows_closed_days_and_free_places(board_client, north):
    ClosureFactory(date=date(2026, 11, 24), name="Ngày Văn hóa Việt Nam")
    visit_at("08:00", north)
    page = board_client.get(reverse("scheduling:month") + DAY).content.decode()
    assert "Tháng 11/2026" in page
    assert "Ngày Văn hóa Việt Nam" in page
    assert "còn 1 chỗ" in page
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        assert "còn 1 chỗ" not in board_client.get(reverse("scheduling:month") + DAY).content.decode()
