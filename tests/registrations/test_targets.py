"""Targets: a breach is on the manager's screen before it happens, with the request it is about."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import WorkRules
from registrations.targets import standing
from registrations.transitions import Actor
from tests.factories.scheduling import NOW, at

pytestmark = pytest.mark.django_db


def found(now=NOW) -> dict[str, list[tuple[str, bool]]]:
    """What stands under each target that has anything: (code, is late)."""
    return {t.slug: [(due.code, due.is_late) for due in t.dues] for t in standing(now) if t.dues}


def test_a_call_is_shown_half_an_hour_before_it_is_late_and_as_late_after(request_in):
    code = request_in(call_due_at=NOW).code
    assert found(NOW - timedelta(minutes=31)) == {}
    assert found(NOW - timedelta(minutes=29)) == {"goi": [(code, False)]}
    assert found(NOW + timedelta(minutes=1)) == {"goi": [(code, True)]}


def test_the_targets_are_the_offices_settings(request_in):
    registration = request_in("verified")  # to be visited on Wednesday at 08:00, so assigned by Tuesday 16:00
    assert found(at("07:30") - timedelta(days=1)) == {}
    assert found(at("08:30") - timedelta(days=1)) == {"phan-cong": [(registration.code, False)]}
    assert found(at("16:30") - timedelta(days=1)) == {"phan-cong": [(registration.code, True)]}
    WorkRules.objects.create(pk=1, assign_before_hours=40, warn_before_hours=1)  # by Monday 16:00
    assert found(at("16:30") - timedelta(days=2)) == {"phan-cong": [(registration.code, True)]}


def test_a_visit_booked_past_the_target_is_known_at_once(request_in):
    WorkRules.objects.create(pk=1, visit_within_days=1)
    late = request_in("verified", created_at=NOW - timedelta(days=4), call_due_at=None)  # last Thursday
    promised_for_tuesday = request_in("verified", created_at=NOW, call_due_at=None)  # and booked for Wednesday
    assert found()["den-nha"] == [(late.code, True), (promised_for_tuesday.code, False)]
    WorkRules.objects.update(visit_within_days=2)
    assert found()["den-nha"] == [(late.code, False)]  # until tonight it could still be brought forward


def test_a_request_without_a_time_is_shown_when_its_days_run_out(request_in):
    WorkRules.objects.create(pk=1, visit_within_days=3)
    waiting = request_in(created_at=NOW, appointment=None, call_due_at=NOW + timedelta(days=30))
    thursday_night = at("23:59") + timedelta(days=1)
    assert found(thursday_night - timedelta(hours=9)) == {}
    assert found(thursday_night - timedelta(hours=7)) == {"den-nha": [(waiting.code, False)]}
    assert found(thursday_night + timedelta(hours=1)) == {"den-nha": [(waiting.code, True)]}


def test_a_visit_over_without_a_word_and_an_answer_that_never_came_are_shown(request_in, lan, clerk):
    went, asked = request_in("verified"), request_in(call_due_at=None)
    services.assign(registration=went, staff=lan, actor=clerk)
    services.ask_for_more(registration=asked, reason="Thiếu ảnh", actor=clerk, now=NOW)
    assert found(at("09:30"))["bao-ket-qua"] == [(went.code, True)]
    deadline = at("23:59") + timedelta(days=1)  # three working days after Monday
    assert "bo-sung" not in found(deadline - timedelta(hours=9))
    assert found(deadline - timedelta(hours=5))["bo-sung"] == [(asked.code, False)]
    assert found(deadline + timedelta(minutes=5))["bo-sung"] == [(asked.code, True)]


def test_many_late_requests_of_many_days_ask_the_calendar_once(request_in, django_assert_max_num_queries):
    for days in range(12):
        late = request_in(created_at=NOW - timedelta(days=60 + days), appointment=None, call_due_at=None)
        asked_at = NOW - timedelta(days=20 + days)
        services.ask_for_more(registration=late, reason="Thiếu ảnh", actor=Actor.system(), now=asked_at)
    shown = found()
    with django_assert_max_num_queries(13):
        assert found() == shown
    assert [len(shown[slug]) for slug in ("den-nha", "bo-sung")] == [12, 12]


def test_the_manager_sees_the_counts_first_and_each_request_one_click_away(client, manager, request_in):
    late, soon = request_in(call_due_at=NOW - timedelta(hours=1)), request_in(call_due_at=NOW + timedelta(minutes=10))
    client.force_login(manager)
    overview = client.get("/thong-ke/").content.decode()
    assert "trễ 1" in overview
    assert "sắp trễ 1" in overview
    page = client.get("/thong-ke/han/").content.decode()
    assert f"/ho-so/{late.code}/" in page
    assert f"/ho-so/{soon.code}/" in page
