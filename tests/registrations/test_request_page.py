"""One request: what each role sees and may do, what a stale button says, what is kept and for whom."""

import pytest

from registrations import services
from registrations.models import (
    CaseLock,
    Checklist,
    Consent,
    Follow,
    Merge,
    Note,
    Notification,
    PersonalDataView,
    Receipt,
    Registration,
)
from registrations.states import State
from scheduling.models import StaffMember
from tests.factories.registrations import CitizenFactory
from tests.factories.scheduling import StaffMemberFactory
from tests.people import make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "pane"}


def url(registration: Registration, slug: str = "") -> str:
    return f"/ho-so/{registration.code}/" + (f"{slug}/" if slug else "")


@pytest.fixture
def desk(client, verifier):
    client.force_login(verifier)
    return client


@pytest.fixture
def owner(field_staff, ward) -> StaffMember:
    return StaffMemberFactory(user=field_staff, name="Nguyễn Thị Mẫu Lan", wards=[ward])


@pytest.fixture
def visit(request_in, owner, clerk) -> Registration:
    registration = request_in("verified")
    services.assign(registration=registration, staff=owner, actor=clerk, reason="gần")
    return registration


STAFF_PAGES = ["/ho-so/", "/can-goi/", "/thong-ke/", "/ho-so/them/", "/ho-so/xuat/", "/thong-ke/bao-cao/"]


@pytest.mark.parametrize("address", [*STAFF_PAGES, "/viec-cua-toi/", "/thong-bao/"])
def test_nothing_is_shown_without_signing_in(client, office, address: str):
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("address", STAFF_PAGES)
def test_field_staff_see_only_their_own_work(client, field_staff, office, address: str):
    client.force_login(field_staff)
    assert client.get(address).status_code == 403


def test_field_staff_see_their_own_visit_and_no_other(client, field_staff, visit, request_in):
    client.force_login(field_staff)
    assert client.get(url(visit)).status_code == 200
    assert client.get(url(request_in("verified"))).status_code == 404
    colleague = make_user("field_staff", username="colleague")
    client.force_login(colleague)
    assert client.get(url(visit)).status_code == 404
    assert client.post(url(visit, "da-den")).status_code == 404


def test_a_user_without_a_role_sees_nothing(client, visit, django_user_model):
    client.force_login(django_user_model.objects.create_user(username="stranger"))
    assert client.get(url(visit)).status_code == 404


@pytest.mark.parametrize("slug", ["xac-minh", "phan-cong", "tu-choi", "huy", "ghi-goi", "doi-gio", "bo-phan-cong"])
def test_field_staff_cannot_do_desk_work_even_on_their_own_visit(client, field_staff, visit, slug: str):
    client.force_login(field_staff)
    assert client.post(url(visit, slug), {"reason": "thử", "outcome": "reached"}).status_code == 403
    visit.refresh_from_db()
    assert visit.state == State.ASSIGNED


def test_verifying_takes_one_press_and_says_what_comes_next(desk, request_in):
    registration = request_in()
    response = desk.post(url(registration, "xac-minh"), follow=True)
    assert "Bước tiếp theo: phân công" in response.content.decode()
    registration.refresh_from_db()
    assert registration.state == State.VERIFIED


def test_a_stale_button_gets_a_sentence_and_not_an_error(desk, request_in, clerk):
    registration = request_in()
    services.verify(registration=registration, actor=clerk)
    response = desk.post(url(registration, "xac-minh"), follow=True)
    assert response.status_code == 200
    assert "Việc này đã làm rồi" in response.content.decode()
    assert registration.transitions.count() == 2


@pytest.mark.parametrize(
    "slug", ["tu-choi", "bo-sung", "huy", "phan-cong", "doi-gio", "ghi-goi", "khong-gap", "da-nop"]
)
def test_a_form_opened_too_late_says_so_at_once(client, administrator, request_in, slug: str):
    client.force_login(administrator)
    registration = request_in("cancelled", state_reason="đổi ý")
    response = client.get(url(registration, slug))
    assert response.status_code == 200
    if slug != "ghi-goi":
        assert "không còn làm được" in response.content.decode()


def test_a_reason_left_empty_is_asked_for_again(desk, request_in):
    registration = request_in()
    response = desk.post(url(registration, "tu-choi"), {"reason": " "})
    assert response.context["form"].errors
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED


def test_assigning_offers_who_can_go_and_says_why_the_others_cannot(client, manager, request_in, lan, hung, clerk):
    client.force_login(manager)
    busy = request_in("verified")
    services.assign(registration=busy, staff=lan, actor=clerk)
    registration = request_in("verified")
    form = client.get(url(registration, "phan-cong")).context["form"]
    assert [c.staff for c in form.able] == [hung]
    assert [c.staff for c in form.unable] == [lan]
    assert form.unable[0].obstacles
    client.post(url(registration, "phan-cong"), {"staff": hung.pk, "reason": ""})
    registration.refresh_from_db()
    assert registration.state == State.ASSIGNED


def test_someone_taken_in_the_meantime_is_refused_with_a_sentence(client, manager, request_in, lan, clerk):
    client.force_login(manager)
    first, second = request_in("verified"), request_in("verified")
    client.get(url(second, "phan-cong"))
    services.assign(registration=first, staff=lan, actor=clerk)
    response = client.post(url(second, "phan-cong"), {"staff": lan.pk}, follow=True)
    assert "Lan" in response.content.decode()
    second.refresh_from_db()
    assert second.state == State.VERIFIED


def test_the_pane_after_an_action_equals_the_pane_after_a_reload(desk, request_in):
    registration = request_in()
    response = desk.post(url(registration, "xac-minh"), headers=HTMX)
    assert response["HX-Trigger-After-Settle"] == "queue-changed"
    page = response.content.decode()
    assert "<html" not in page
    assert "Chờ phân công" in page
    reloaded = desk.get(f"/ho-so/?tab=phan-cong&mo={registration.code}").content.decode()
    assert 'class="pane-title">' + registration.citizen.name in page
    assert 'class="pane-title">' + registration.citizen.name in reloaded


def test_the_phone_is_masked_until_asked_for_and_the_look_is_written_down(desk, verifier, request_in):
    registration = request_in(citizen=CitizenFactory(phone="+84905123456"))
    page = desk.get(url(registration)).content.decode()
    assert "0905 ••• 456" in page
    assert "123456" not in page
    response = desk.post(url(registration, "so-dien-thoai"), headers={**HTMX, "HX-Target": "phone"})
    assert "0905 123 456" in response.content.decode()
    look = PersonalDataView.objects.get()
    assert (look.registration, look.user) == (registration, verifier)
    assert "Xem số điện thoại" in desk.get(url(registration)).content.decode()


def test_two_clerks_on_one_request_know_of_each_other(desk, client, verifier, manager, request_in):
    registration = request_in()
    desk.get(url(registration))
    client.force_login(manager)
    assert "đang mở hồ sơ này" in client.get(url(registration)).content.decode()
    assert CaseLock.objects.get().user == verifier


def test_the_second_saver_chooses_between_both_versions(desk, request_in, clerk):
    registration = request_in(address_line="Tổ 1")
    form = {
        "name": registration.citizen.name,
        "phone": registration.citizen.phone,
        "procedure": registration.procedure_id,
        "ward": registration.ward_id,
        "address_line": "Tổ 3",
        "expected_version": 1,
    }
    services.edit(registration=registration, fields={"address_line": "Tổ 2"}, expected_version=1, actor=clerk)
    response = desk.post(url(registration, "sua"), form)
    page = response.content.decode()
    assert "Tổ 2" in page
    assert "Tổ 3" in page
    registration.refresh_from_db()
    assert registration.address_line == "Tổ 2"
    desk.post(url(registration, "sua"), {**form, "overwrite": "1"})
    registration.refresh_from_db()
    assert registration.address_line == "Tổ 3"


def test_an_edit_shows_old_and_new_in_the_timeline(desk, request_in, clerk):
    registration = request_in(address_line="Tổ 1")
    services.edit(registration=registration, fields={"address_line": "Tổ 9"}, expected_version=1, actor=clerk)
    assert "Tổ 1 → Tổ 9" in desk.get(url(registration) + "?loai=edit").content.decode()


def test_a_mention_reaches_the_colleague_and_following_tells_of_changes(desk, client, verifier, manager, request_in):
    registration = request_in()
    desk.post(url(registration, "ghi-chu"), {"text": f"@{manager.username} xem giúp"})
    assert Note.objects.get().mentions.get() == manager
    client.force_login(manager)
    client.post(url(registration, "theo-doi"))
    client.force_login(verifier)
    client.post(url(registration, "xac-minh"))
    texts = list(Notification.objects.filter(user=manager).order_by("pk").values_list("text", flat=True))
    assert len(texts) == 2
    client.force_login(manager)
    assert "nhắc anh/chị" in client.get("/thong-bao/").content.decode()
    client.post("/thong-bao/")
    assert not Notification.objects.filter(user=manager, read_at__isnull=True).exists()
    client.post(url(registration, "theo-doi"))
    assert not Follow.objects.exists()


def test_the_checklist_is_kept_as_far_as_it_was_asked(desk, request_in):
    registration = request_in()
    desk.post(url(registration, "phieu"), {"is_right_person": "yes", "has_internet": "no", "note": "Gọi cổng sau"})
    saved = Checklist.objects.get()
    assert (saved.is_right_person, saved.has_internet, saved.has_device) == (True, False, None)
    assert "Gọi cổng sau" in desk.get(url(registration)).content.decode()


@pytest.mark.parametrize("count", [3, 60])
def test_a_long_story_costs_the_same_queries(desk, request_in, clerk, django_assert_max_num_queries, count: int):
    registration = request_in(by_zalo=True)
    for number in range(count):
        services.log_call(registration=registration, outcome="reached", actor=clerk, note=f"lần {number}")
    desk.get(url(registration))
    with django_assert_max_num_queries(42):
        desk.get(url(registration))


def test_my_visits_show_today_in_order_with_what_comes_next(client, field_staff, visit, office_clock_at):
    client.force_login(field_staff)
    with office_clock_at(visit.appointment.starts_at):
        page = client.get("/viec-cua-toi/").content.decode()
        assert visit.citizen.name in page
        assert "Đang đi" in page
        assert "+84" not in page.replace('href="tel:', "")
        response = client.post(url(visit, "da-den"), {"key": "k1", "next": "/viec-cua-toi/"})
        assert response.url == "/viec-cua-toi/"
    visit.refresh_from_db()
    assert visit.state == State.IN_PROGRESS


def test_a_double_tap_files_once_and_reads_the_same_answer(client, field_staff, visit):
    client.force_login(field_staff)
    for _ in range(2):
        response = client.post(
            url(visit, "da-nop"), {"dossier_number": "H32-1", "key": "same", "next": "/viec-cua-toi/"}, follow=True
        )
        assert "Đã nộp hồ sơ" in response.content.decode()
        assert "đã làm rồi" not in response.content.decode()
    assert visit.transitions.filter(to_state="completed").count() == 1
    assert Receipt.objects.count() == 1


def test_next_never_leads_out_of_this_site(client, field_staff, visit):
    client.force_login(field_staff)
    response = client.post(url(visit, "da-den"), {"next": "https://xau.example/"})
    assert response.url == url(visit)


def test_a_request_by_phone_is_entered_with_consent_and_the_known_citizen(desk, ward, procedure, free_slot):
    known = CitizenFactory(phone="+84905123456", name="Người Mẫu Quen")
    facts = {
        "channel": "phone",
        "phone": "0905 123 456",
        "name": "Người Mẫu Quen",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "procedure": procedure.pk,
        "slot": free_slot.pk,
    }
    response = desk.post("/ho-so/them/", facts)
    assert "Chưa có đồng ý" in response.content.decode()
    assert not Registration.objects.exists()
    response = desk.post("/ho-so/them/", {**facts, "consent": "on"}, follow=True)
    registration = Registration.objects.get()
    assert registration.citizen == known
    assert registration.code in response.content.decode()
    assert Consent.objects.get().taken_by is not None


def test_a_second_press_on_add_enters_one_request(desk, ward, procedure):
    form = desk.get("/ho-so/them/").context
    facts = {
        "key": form["key"],
        "channel": "counter",
        "phone": "0905123456",
        "name": "Người Mẫu",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "procedure": procedure.pk,
        "time_wish": "sáng thứ Sáu",
        "consent": "on",
    }
    first, second = desk.post("/ho-so/them/", facts), desk.post("/ho-so/them/", facts)
    registration = Registration.objects.get()
    assert first.url == second.url == f"/ho-so/{registration.code}/"


def test_a_taken_slot_is_said_beside_the_field(desk, ward, procedure, free_slot):
    type(free_slot).objects.update(booked=1, capacity=2)
    facts = {
        "channel": "counter",
        "phone": "0905123456",
        "name": "Người Mẫu",
        "address_line": "Tổ 5",
        "ward": ward.pk,
        "slot": free_slot.pk,
        "consent": "on",
    }
    desk.get("/ho-so/them/")
    assert desk.post("/ho-so/them/", facts).status_code == 302
    response = desk.post("/ho-so/them/", {**facts, "phone": "0905123457"})
    assert response.status_code == 200
    assert response.context["form"].errors["slot"]


def test_the_same_person_twice_is_shown_merged_and_taken_apart(desk, request_in):
    first = request_in(citizen=CitizenFactory(phone="+84905123456", address_line=""))
    second = request_in(citizen=CitizenFactory(phone="+84905123456", address_line="Tổ 9"))
    assert "Có thể trùng người" in desk.get(url(first)).content.decode()
    desk.post(url(first, "trung/gop"), {"other": second.citizen_id})
    second.refresh_from_db()
    first.citizen.refresh_from_db()
    assert second.citizen_id == first.citizen_id
    assert first.citizen.address_line == "Tổ 9"
    assert second.code in desk.get(url(first)).content.decode()
    merge = Merge.objects.get()
    desk.post(url(first, "trung/tach"), {"merge": merge.pk})
    second.refresh_from_db()
    first.citizen.refresh_from_db()
    assert second.citizen_id == merge.absorbed_id
    assert first.citizen.address_line == ""


def test_only_a_likely_double_can_be_merged(desk, request_in):
    first, stranger = request_in(), request_in()
    desk.post(url(first, "trung/gop"), {"other": stranger.citizen_id})
    assert not Merge.objects.exists()


def test_calling_shows_the_most_pressing_first_with_script_and_papers(desk, request_in, procedure):
    procedure.components.create(text="Bản sao giấy phép", position=1)
    calm = request_in(call_due_at="2026-11-24T03:00Z")
    elderly = request_in(call_due_at="2026-11-24T03:00Z", citizen=CitizenFactory(priority="elderly"))
    late = request_in(call_due_at="2026-11-23T01:00Z")
    owed = request_in("verified")
    services.owe_call(registration=owed, notice_key="n:1", note="Báo đổi giờ")
    response = desk.get("/can-goi/")
    assert [call.registration for call in response.context["waiting"]][:2] == [late, elderly]
    assert {call.registration for call in response.context["waiting"]} == {late, elderly, calm, owed}
    assert "Bản sao giấy phép" in response.content.decode()
    desk.post(url(late, "ghi-goi"), {"outcome": "no_answer", "next": "/can-goi/"})
    assert desk.get("/can-goi/").context["waiting"][0].registration == elderly


def test_home_leads_each_role_to_its_work(client, verifier, field_staff, office):
    client.force_login(verifier)
    assert client.get("/").url == "/ho-so/"
    client.force_login(field_staff)
    assert client.get("/").url == "/viec-cua-toi/"
