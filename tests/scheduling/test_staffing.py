from datetime import date

import pytest
from django.db import IntegrityError, connection

from scheduling import services
from scheduling.errors import AlreadyAssigned, AppointmentGone, StaffAbsent, StaffBusy, StaffNotAvailable
from scheduling.models import LIVE, Absence, Assignment, TravelTime
from tests.factories.scheduling import (
    AbsenceFactory,
    AppointmentFactory,
    SlotFactory,
    StaffMemberFactory,
    WardFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def north():
    return WardFactory(short_name="Bắc Mẫu")


@pytest.fixture
def lan(north):
    return StaffMemberFactory(name="Nguyễn Thị Mẫu Lan", wards=[north])


def visit_at(clock, ward, **fields):
    return AppointmentFactory(slot=SlotFactory(starts_at=at(clock), booked=1), ward=ward, **fields)


def test_the_second_visit_at_the_same_time_is_refused_in_words(north, lan):
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    other = AppointmentFactory(slot=SlotFactory(starts_at=at("08:30"), booked=1), ward=north)
    with pytest.raises(StaffBusy) as refused:
        services.assign(appointment=other, staff=lan, by=None)
    assert refused.value.sentence == "Chị Lan đã có lịch 08:00–08:45 tại Phường Bắc Mẫu."


def test_visits_in_one_ward_need_ten_minutes_between_them(north, lan):
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    with pytest.raises(StaffBusy, match="không kịp đi: có lịch 08:00–08:45 .* cần 10 phút đi đường mà chỉ có 5 phút"):
        services.assign(appointment=visit_at("08:50", north), staff=lan, by=None)
    assert services.assign(appointment=visit_at("08:55", north), staff=lan, by=None).is_active


def test_a_farther_ward_needs_a_longer_way(north, lan):
    next_door, far = WardFactory(), WardFactory()
    north.neighbours.add(next_door)
    lan.wards.clear()
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    with pytest.raises(StaffBusy, match="cần 25 phút"):
        services.assign(appointment=visit_at("09:00", far), staff=lan, by=None)
    assert services.assign(appointment=visit_at("09:05", next_door), staff=lan, by=None).is_active


def test_travel_minutes_are_the_offices_own(north, lan):
    TravelTime.objects.create(distance=TravelTime.Distance.SAME, minutes=30)
    services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    with pytest.raises(StaffBusy, match="cần 30 phút"):
        services.assign(appointment=visit_at("09:00", north), staff=lan, by=None)


def test_somebody_on_leave_is_not_sent(north, lan):
    AbsenceFactory(staff=lan, period=(at("07:00"), at("11:30")), reason=Absence.Reason.LEAVE)
    with pytest.raises(StaffAbsent) as refused:
        services.assign(appointment=visit_at("08:00", north), staff=lan, by=None)
    assert refused.value.sentence == "Chị Lan nghỉ phép 07:00–11:30."


def test_leave_that_ends_as_the_visit_begins_is_no_obstacle(north, lan):
    AbsenceFactory(staff=lan, period=(at("07:00"), at("08:00")))
    assert services.assign(appointment=visit_at("08:00", north), staff=lan, by=None).is_active


def test_another_ward_needs_a_reason(north, lan):
    visit = visit_at("08:00", WardFactory(short_name="Nam Mẫu"))
    with pytest.raises(StaffNotAvailable, match="Chị Lan không phụ trách Phường Nam Mẫu"):
        services.assign(appointment=visit, staff=lan, by=None)
    assert services.assign(appointment=visit, staff=lan, by=None, reason="Người phụ trách đang ốm").is_active


def test_somebody_who_left_is_not_sent(north, lan):
    visit = visit_at("08:00", north)
    lan.is_active = False
    lan.save(update_fields=["is_active"])
    with pytest.raises(StaffNotAvailable, match="không còn làm việc"):
        services.assign(appointment=visit, staff=lan, by=None)


def test_a_second_assign_is_told_who_already_goes(north, lan):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    with pytest.raises(AlreadyAssigned, match="đã phân công cho chị Lan"):
        services.assign(appointment=visit, staff=StaffMemberFactory(), by=None)


def test_two_people_can_go_together(north, lan):
    visit = visit_at("08:00", north)
    hung = StaffMemberFactory(title="anh", name="Trần Văn Mẫu Hùng")
    services.assign(appointment=visit, staff=lan, by=None)
    services.assign(appointment=visit, staff=hung, by=None, is_lead=False)
    assert services.staff_of(visit) == [lan, hung]
    with pytest.raises(StaffBusy):
        services.assign(appointment=visit_at("08:15", north), staff=hung, by=None)


def test_reassigning_keeps_the_history(north, lan, manager):
    visit = visit_at("08:00", north)
    hung = StaffMemberFactory()
    services.assign(appointment=visit, staff=lan, by=manager)
    services.reassign(appointment=visit, staff=hung, by=manager, reason="Chị Lan bận họp")
    assert services.staff_of(visit) == [hung]
    assert Assignment.objects.get(staff=lan).end_reason == "Chị Lan bận họp"
    same = services.reassign(appointment=visit, staff=hung, by=manager)
    assert Assignment.objects.count() == 2
    assert same.staff == hung


def test_a_refused_reassign_leaves_the_first_person_going(north, lan):
    visit, hung = visit_at("08:00", north), StaffMemberFactory()
    AbsenceFactory(staff=hung)
    services.assign(appointment=visit, staff=lan, by=None)
    with pytest.raises(StaffAbsent):
        services.reassign(appointment=visit, staff=hung, by=None)
    assert services.staff_of(visit) == [lan]


def test_two_visits_at_the_same_time_swap_their_people(north, lan):
    hung = StaffMemberFactory()
    one, other = visit_at("08:00", north), visit_at("08:10", north)
    services.assign(appointment=one, staff=lan, by=None)
    services.assign(appointment=other, staff=hung, by=None)
    services.swap(one=one, other=other, by=None)
    assert (services.staff_of(one), services.staff_of(other)) == ([hung], [lan])


def test_unassigning_says_who_and_why(north, lan, manager):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=manager)
    assert services.unassign(appointment=visit, by=manager, reason="Nhầm người") == 1
    assert services.staff_of(visit) == []
    assert Assignment.objects.get().end_reason == "Nhầm người (manager)"


def test_nobody_is_sent_to_a_cancelled_visit(north, lan):
    visit = visit_at("08:00", north)
    services.release(appointment=visit)
    with pytest.raises(AppointmentGone):
        services.assign(appointment=visit, staff=lan, by=None)


def test_a_cancelled_visit_frees_the_persons_time(north, lan):
    visit = visit_at("08:00", north)
    services.assign(appointment=visit, staff=lan, by=None)
    services.release(appointment=visit)
    assert services.assign(appointment=visit_at("08:05", north), staff=lan, by=None).is_active


def test_the_database_itself_refuses_two_places_at_once(north, lan):
    one, other = visit_at("08:00", north), visit_at("08:30", north)
    Assignment.objects.create(appointment=one, staff=lan, period=(at("08:00"), at("08:45")))
    with pytest.raises(IntegrityError, match="nobody_is_in_two_places"):
        Assignment.objects.create(appointment=other, staff=lan, period=(at("08:44"), at("09:15")))


def test_the_constraint_counts_exactly_the_live_assignments():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'nobody_is_in_two_places'")
        (definition,) = cursor.fetchone()
    assert LIVE.children == [("is_active", True)]
    assert definition.endswith("WHERE (is_active)")
    assert "period WITH &&" in definition


def test_candidates_come_best_first_with_reasons_and_obstacles(north, lan):
    visit = visit_at("09:00", north)
    south = WardFactory(short_name="Nam Mẫu")
    hung = StaffMemberFactory(title="anh", name="Trần Văn Mẫu Hùng", wards=[south])
    thao = StaffMemberFactory(name="Lê Thị Mẫu Thảo", wards=[north])
    quan = StaffMemberFactory(title="anh", name="Phạm Văn Mẫu Quân", wards=[north])
    AbsenceFactory(staff=quan, period=(at("07:00"), at("17:00")), reason=Absence.Reason.SICK)
    services.assign(appointment=visit_at("07:30", north), staff=lan, by=None)
    found = services.candidates(appointment=visit)
    assert [(each.staff, each.can_go) for each in found][:2] == [(thao, True), (lan, True)]
    assert {each.staff for each in found[2:]} == {hung, quan}
    by_person = {each.staff: each for each in found}
    assert by_person[quan].obstacles == ["nghỉ ốm 07:00–17:00"]
    assert by_person[hung].obstacles == ["không phụ trách Phường Nam Mẫu".replace("Nam", "Bắc")]
    assert by_person[lan].reasons == [
        "phụ trách Phường Bắc Mẫu",
        "10 phút từ lượt trước",
        "hôm đó 1 lượt, trung bình 0,2",
    ]


def test_candidates_take_the_same_queries_for_three_people_and_for_thirty(north, django_assert_max_num_queries):
    visit = visit_at("09:00", north)
    for _ in range(30):
        StaffMemberFactory(wards=[north])
    with django_assert_max_num_queries(8):
        assert len(services.candidates(appointment=visit)) == 30


def test_everyone_who_can_go_really_can(north):
    visit = visit_at("09:00", north)
    for clock in ("07:00", "08:00", "08:10", "09:30", "10:00"):
        services.assign(appointment=visit_at(clock, north), staff=StaffMemberFactory(), by=None)
    for each in services.candidates(appointment=visit):
        if each.can_go:
            services.assign(appointment=visit, staff=each.staff, by=None)
            services.unassign(appointment=visit, by=None, reason="thử")
        else:
            with pytest.raises(StaffNotAvailable):
                services.assign(appointment=visit, staff=each.staff, by=None)


def test_leave_of_another_day_is_no_obstacle(north, lan):
    AbsenceFactory(staff=lan, period=(at("07:00", date(2026, 11, 26)), at("17:00", date(2026, 11, 26))))
    assert services.assign(appointment=visit_at("08:00", north), staff=lan, by=None).is_active
