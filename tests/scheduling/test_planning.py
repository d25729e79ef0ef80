"""Plans, absences and closures as managers meet them."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from scheduling import closures, services
from scheduling.models import Absence, Assignment, Closure
from tests.factories.registrations import RegistrationFactory
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


@pytest.fixture(autouse=True)
def _a_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss(client, manager):
    codenames = ("view_appointment", "change_appointment", "assign_registration")
    manager.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(manager)
    return client


@pytest.fixture
def north():
    return WardFactory(short_name="Bắc Mẫu")


@pytest.fixture
def lan(north):
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan", wards=[north])


@pytest.fixture
def hung(north):
    return StaffMemberFactory(title="anh", name="Trần Văn Mẫu Hùng", wards=[north])


def visit_at(clock, ward, day=date(2026, 11, 25)):
    slot = services.Slot.objects.filter(starts_at=at(clock, day)).first()
    return AppointmentFactory(slot=slot or SlotFactory(starts_at=at(clock, day), capacity=9, booked=1), ward=ward)


def plan_form(page):
    """What the browser would send back for the plan as shown."""
    fields = {}
    for piece in page.split('name="dung-')[1:]:
        number = piece.split('"')[0]
        fields[f"dung-{number}"] = piece.split('value="')[1].split('"')[0]
    for piece in page.split('name="may-')[1:]:
        number = piece.split('"')[0]
        fields[f"may-{number}"] = piece.split('value="')[1].split('"')[0]
    for piece in page.split('name="nguoi-')[1:]:
        number, options = piece.split('"')[0], piece.split("</select>")[0]
        chosen = options.split(" selected")[0].rsplit('value="', 1)[1].split('"')[0] if " selected" in options else ""
        fields[f"nguoi-{number}"] = chosen
    ticked = [
        piece.split('"')[0] for piece in page.split('name="chon" value="')[1:] if " checked" in piece.split(">")[0]
    ]
    return {**fields, "chon": ticked, "bao": "ngay"}


def test_the_day_is_planned_shown_with_reasons_and_saved_as_ticked(boss, north, lan, hung):
    one, other = visit_at("08:00", north), visit_at("08:00", north)
    page = boss.get(reverse("scheduling:plan") + DAY).content.decode()
    assert "2 thay đổi" in page
    assert "Phụ trách Phường Bắc Mẫu" in page
    assert not Assignment.objects.exists()
    response = boss.post(reverse("scheduling:plan") + DAY, plan_form(page), follow=True)
    assert "Đã phân công 2 lượt." in response.content.decode()
    assert {*services.staff_of(one), *services.staff_of(other)} == {lan, hung}


def test_a_row_can_be_altered_or_left_out_before_saving(boss, north, lan, hung):
    one, other = visit_at("08:00", north), visit_at("14:30", north)
    form = plan_form(boss.get(reverse("scheduling:plan") + DAY).content.decode())
    instead = hung if form[f"may-{one.pk}"] == str(lan.pk) else lan
    form |= {"chon": [str(one.pk)], f"nguoi-{one.pk}": str(instead.pk)}
    refused = boss.post(reverse("scheduling:plan") + DAY, form).content.decode()
    assert "cần chọn lý do" in refused
    assert not Assignment.objects.exists()
    kept = plan_form(refused)
    assert (kept["chon"], kept[f"nguoi-{one.pk}"]) == ([str(one.pk)], str(instead.pk))
    boss.post(reverse("scheduling:plan") + DAY, form | {"ly_do": "khac", "ghi_chu": "Nhà gần đó"})
    assert Assignment.objects.get().reason == "Lý do khác: Nhà gần đó"
    assert (services.staff_of(one), services.staff_of(other)) == ([instead], [])


def test_a_plan_that_went_stale_says_so_and_saves_the_rest(boss, north, lan, hung):
    one, other = visit_at("08:00", north), visit_at("14:30", north)
    form = plan_form(boss.get(reverse("scheduling:plan") + DAY).content.decode())
    services.assign(appointment=one, staff=hung, by=None)
    page = boss.post(reverse("scheduling:plan") + DAY, form, follow=True).content.decode()
    assert "vừa được người khác đổi: nay là 08:00 Thứ Tư 25/11, anh Hùng" in page
    assert services.staff_of(one) == [hung]
    assert len(services.staff_of(other)) == 1


def test_a_visit_nobody_can_take_says_why(boss, north, lan):
    AbsenceFactory(staff=lan, reason=Absence.Reason.SICK)
    visit_at("08:00", north)
    page = boss.get(reverse("scheduling:plan") + DAY).content.decode()
    assert "1 lượt chưa có ai đi được" in page
    assert "Chị Lan nghỉ ốm 07:00–17:00" in page


def test_planning_anew_keeps_a_pinned_person(boss, north, lan, hung):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=hung, by=None)
    boss.post(reverse("scheduling:pin", args=[visit.pk]), {"giu": "1"})
    for clock in ("09:00", "10:00", "14:30"):
        services.assign(appointment=visit_at(clock, north), staff=hung, by=None)
    page = boss.get(reverse("scheduling:plan") + DAY + "&xep-lai=1").content.decode()
    assert "giữ người này" in page
    assert plan_form(page)[f"nguoi-{visit.pk}"] == str(hung.pk)


def test_two_people_can_change_places_in_one_plan(boss, north, lan, hung):
    one, other = visit_at("08:00", north), visit_at("10:00", north)
    services.assign(appointment=one, staff=lan, by=None)
    services.assign(appointment=other, staff=hung, by=None)
    form = plan_form(boss.get(reverse("scheduling:plan") + DAY + "&xep-lai=1").content.decode())
    form |= {"chon": [str(one.pk), str(other.pk)], f"nguoi-{one.pk}": str(hung.pk), f"nguoi-{other.pk}": str(lan.pk)}
    form["ly_do"] = "dan"
    boss.post(reverse("scheduling:plan") + DAY, form)
    assert (services.staff_of(one), services.staff_of(other)) == ([hung], [lan])


def test_two_people_can_exchange_visits_of_the_same_hour_and_a_third_who_cannot_is_told(boss, north, lan, hung):
    away = StaffMemberFactory(name="Lê Thị Mẫu Vắng", wards=[north])
    AbsenceFactory(staff=away, reason=Absence.Reason.SICK)
    visits = [visit_at("08:00", north) for _ in range(3)]
    one, other, loose = visits
    services.assign(appointment=one, staff=lan, by=None)
    services.assign(appointment=other, staff=hung, by=None)
    form = plan_form(boss.get(reverse("scheduling:plan") + DAY + "&xep-lai=1").content.decode())
    wanted = {one: hung, other: lan, loose: away}
    form |= {"chon": [visit.pk for visit in visits]} | {f"nguoi-{v.pk}": person.pk for v, person in wanted.items()}
    form["ly_do"] = "chia"
    page = boss.post(reverse("scheduling:plan") + DAY, form, follow=True).content.decode()
    assert "Đã phân công 2 lượt." in page
    assert "Chị Vắng nghỉ ốm" in page
    assert [services.staff_of(visit) for visit in visits] == [[hung], [lan], []]


def test_the_week_is_planned_evenly(boss, north, lan, hung):
    visits = [visit_at("08:00", north, NOW.date() + timedelta(days=n)) for n in (2, 3, 4)]
    visits.append(visit_at("15:30", north, date(2026, 11, 25)))
    page = boss.get(reverse("scheduling:plan") + DAY + "&pham-vi=tuan").content.decode()
    boss.post(reverse("scheduling:plan") + DAY, plan_form(page))
    counts = [Assignment.objects.filter(staff=person, is_active=True).count() for person in (lan, hung)]
    assert counts == [2, 2]


def test_planning_is_for_those_who_assign(client, field_staff):
    client.force_login(field_staff)
    for name in ("plan", "absences", "closures"):
        assert client.get(reverse(f"scheduling:{name}")).status_code == 403


def absence_form(staff, **more):
    return {
        "staff": staff.pk,
        "reason": "sick",
        "from_day": "2026-11-25",
        "from_time": "07:00",
        "to_day": "2026-11-25",
        "to_time": "17:00",
        "every": "",
        "until": "",
        "note": "",
        **more,
    }


def test_an_absence_is_previewed_with_who_could_go_instead_and_nothing_is_written(boss, north, lan, hung):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan)).content.decode()
    assert "1 lượt bị ảnh hưởng, 1 lượt chuyển được" in page
    assert "<b>Trần Văn Mẫu Hùng</b>" in page
    assert not Absence.objects.exists()
    assert services.staff_of(visit) == [lan]


def test_one_press_saves_the_absence_and_rehomes_all_that_can_be(boss, north, lan, hung):
    visits = [visit_at(clock, north) for clock in ("08:00", "14:30")]
    for visit in visits:
        services.assign(appointment=visit, staff=lan, by=None)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan, viec="chuyen"), follow=True).content.decode()
    assert "Đã chuyển 2 lượt." in page
    assert [services.staff_of(visit) for visit in visits] == [[hung], [hung]]
    assert Absence.objects.get().staff == lan
    assert {visit.starts_at for visit in visits} == {at("08:00"), at("14:30")}


def test_where_nobody_else_is_free_the_citizen_is_offered_the_nearest_time_of_the_same_person(boss, north, lan):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    later = SlotFactory(starts_at=at("08:00", date(2026, 11, 26)), capacity=2)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan)).content.decode()
    assert "Dời sang 08:00 Thứ Năm 26/11, chị Lan đi" in page
    boss.post(reverse("scheduling:absences"), absence_form(lan, viec="chuyen"))
    visit.refresh_from_db()
    assert (visit.slot, services.staff_of(visit)) == (later, [lan])


def test_nobody_is_moved_to_a_time_whose_only_person_another_citizen_waits_for(boss, north, lan, hung):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    services.assign(appointment=visit_at("08:15", north), staff=hung, by=None)
    AppointmentFactory(slot=SlotFactory(starts_at=at("14:30"), capacity=2, booked=1), ward=north)
    SlotFactory(starts_at=at("15:30"), capacity=2)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan)).content.decode()
    assert "Dời sang 15:30 Thứ Tư 25/11, anh Hùng đi" in page


def test_saving_without_moving_leaves_everybody_where_they_were(boss, north, lan, hung):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    boss.post(reverse("scheduling:absences"), absence_form(lan, viec="luu"))
    assert services.staff_of(visit) == [lan]
    assert Absence.objects.count() == 1


def test_what_cannot_be_rehomed_is_left_for_a_call(boss, manager, north, lan):
    manager.user_permissions.add(Permission.objects.get(codename="see_personal_data"))
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan)).content.decode()
    assert "cần gọi" in page
    assert f'name="luot" value="{visit.pk}"' in page
    assert 'formaction="/can-goi/danh-sach/"' in page
    page = boss.post(reverse("scheduling:absences"), absence_form(lan, viec="chuyen"), follow=True).content.decode()
    assert services.staff_of(visit) == [lan]
    assert "Còn 1 lượt chưa chuyển đi đâu, cần gọi người dân" in page
    assert f'name="luot" value="{visit.pk}"' in page
    assert 'action="/can-goi/danh-sach/"' in page


def test_after_a_closure_only_those_left_are_listed_to_call(boss, manager, north, lan, hung):
    manager.user_permissions.add(Permission.objects.get(codename="see_personal_data"))
    first, second = (visit_at(clock, north) for clock in ("08:00", "08:00"))
    SlotFactory(starts_at=at("08:00", date(2026, 11, 26)), capacity=1)
    form = {"day": "25/11/2026", "name": "Mất điện", "viec": "chuyen", "bao": "khong"}
    page = boss.post(reverse("scheduling:closures"), form, follow=True).content.decode()
    assert "Đã chuyển 1 lượt." in page
    assert "Còn 1 lượt chưa chuyển đi đâu" in page
    assert [f'name="luot" value="{visit.pk}"' in page for visit in (first, second)] == [False, True]


def test_a_weekly_absence_makes_a_row_a_week_and_goes_as_one(boss, lan):
    form = absence_form(lan, viec="luu", every="7", until="2026-12-16", from_time="13:30", reason="training")
    boss.post(reverse("scheduling:absences"), form)
    assert [row.period.lower.day for row in Absence.objects.order_by("period")] == [25, 2, 9, 16]
    first = Absence.objects.order_by("period")[0]
    boss.post(reverse("scheduling:absence_take_back", args=[first.pk]), {"ca-chuoi": "1"})
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"to_time": "06:00"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"every": "7"}, "Lặp lại thì cần ngày cuối."),
        ({"from_day": "hôm qua"}, "Hãy ghi ngày có thật"),
    ],
)
def test_a_faulty_absence_says_what_to_mend(boss, lan, fault, words):
    page = boss.post(reverse("scheduling:absences"), absence_form(lan, viec="luu", **fault)).content.decode()
    assert words in page
    assert not Absence.objects.exists()


def test_an_absence_over_another_one_is_refused_in_words(boss, lan):
    AbsenceFactory(staff=lan)
    page = boss.post(reverse("scheduling:absences"), absence_form(lan, viec="luu")).content.decode()
    assert "đã có một lần vắng mặt trùng thời gian này" in page


def test_shutting_a_day_shows_what_it_hits_then_moves_it_in_one_press(boss, north, lan):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    SlotFactory(starts_at=at("09:00", date(2026, 11, 26)), capacity=2)
    form = {"day": "2026-11-25", "name": "Mất điện toàn khu", "starts_at": "", "ends_at": "", "source": ""}
    page = boss.post(reverse("scheduling:closures"), form).content.decode()
    assert "Dời sang 09:00 Thứ Năm 26/11, chị Lan đi" in page
    assert not Closure.objects.exists()
    page = boss.post(reverse("scheduling:closures"), {**form, "viec": "chuyen"}, follow=True).content.decode()
    assert "Đã đóng lịch 25/11/2026; 1 lượt bị ảnh hưởng." in page
    visit.refresh_from_db()
    assert visit.starts_at == at("09:00", date(2026, 11, 26))
    assert services.closure_name(date(2026, 11, 25)) == "Mất điện toàn khu"


def test_a_day_shut_while_it_runs_hits_nothing_that_is_over(boss, north, lan):
    gone, filed, hit = (visit_at(clock, north) for clock in ("08:00", "09:00", "14:30"))
    RegistrationFactory(appointment=gone, ward=north, state="in_progress")
    RegistrationFactory(appointment=filed, ward=north, state="completed", dossier_number="H32-1")
    form = {"day": "2026-11-25", "name": "Bão", "starts_at": "", "ends_at": "", "source": ""}
    with time_machine.travel(at("08:30"), tick=False):
        page = boss.post(reverse("scheduling:closures"), form).content.decode()
        assert "1 lượt bị ảnh hưởng" in page
        assert closures.visits_in(date(2026, 11, 25)) == [hit]


def test_part_of_a_day_can_be_shut(boss, north):
    kept, hit = visit_at("08:00", north), visit_at("14:30", north)
    form = {"day": "2026-11-25", "name": "Họp", "starts_at": "13:30", "ends_at": "17:00", "source": "", "viec": "luu"}
    boss.post(reverse("scheduling:closures"), form)
    kept.slot.refresh_from_db()
    hit.slot.refresh_from_db()
    assert (kept.slot.is_open, hit.slot.is_open) == (True, False)
    assert services.misfits() == [hit]


def test_a_years_proposals_are_confirmed_in_one_press(boss, manager):
    boss.post(reverse("scheduling:closure_decide"), {"nam": "2027", "viec": "tinh"})
    page = boss.get(reverse("scheduling:closures") + "?nam=2027").content.decode()
    assert "Chốt cả năm" in page
    boss.post(reverse("scheduling:closure_decide"), {"nam": "2027", "viec": "chot-het"})
    rows = Closure.objects.filter(date__year=2027)
    assert set(rows.values_list("status", "decided_by")) == {("confirmed", manager.pk)}


def test_a_proposed_day_that_does_not_apply_opens_again(boss):
    StaffMemberFactory()
    row = ClosureFactory(date=date(2026, 11, 25), status=Closure.Status.PROPOSED)
    services.open_slots(now=NOW)
    assert not services.Slot.objects.filter(starts_at=at("08:00")).exists()
    boss.post(reverse("scheduling:closure_decide"), {"nam": "2026", "ngay": row.pk, "viec": "bo"})
    assert services.Slot.objects.get(starts_at=at("08:00")).is_open


def test_december_without_a_decision_is_warned_of(boss):
    with time_machine.travel(at("09:00", date(2026, 12, 1)), tick=False):
        assert "Lịch nghỉ năm 2027 chưa chốt" in boss.get(reverse("scheduling:closures")).content.decode()
