"""One request: what each role sees and may do, what a stale button says, what is kept and for whom."""

import re
from datetime import timedelta

import pytest

from registrations import services
from registrations.models import (
    CaseLock,
    Checklist,
    Follow,
    Note,
    Notification,
    PersonalDataView,
    Receipt,
    Registration,
)
from registrations.states import State
from scheduling import services as scheduling
from scheduling.models import StaffMember
from tests.factories.registrations import CitizenFactory
from tests.factories.scheduling import NOW, StaffMemberFactory, at
from tests.factories.zalo_bridge import ContactFactory, MessageFactory
from tests.people import make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "pane"}


def url(registration: Registration, slug: str = "") -> str:
    return f"/ho-so/{registration.code}/" + (f"{slug}/" if slug else "")


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


def test_field_staff_read_nothing_of_other_people_on_their_visits_page(client, desk, field_staff, visit, request_in):
    citizen = visit.citizen
    double = CitizenFactory(name="Người Mẫu Song", phone=citizen.phone)
    other = request_in("verified", citizen=citizen)
    page = desk.get(url(visit)).content.decode()
    assert double.name in page
    assert other.code in page
    client.force_login(field_staff)
    page = client.get(url(visit)).content.decode()
    assert citizen.name in page
    assert double.name not in page
    assert other.code not in page


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


def test_passing_over_the_first_candidate_asks_why_and_keeps_it_in_the_timeline(client, manager, request_in, lan, hung):
    client.force_login(manager)
    registration = request_in("verified")
    address = url(registration, "phan-cong")
    first, second = (candidate.staff for candidate in client.get(address).context["form"].able)
    refused = client.post(address, {"staff": second.pk})
    assert refused.content.decode().count("cần chọn lý do") == 1  # the error, not the hint beside it as well
    assert f'value="{second.pk}" checked' in refused.content.decode()
    assert "hãy ghi rõ" in client.post(address, {"staff": second.pk, "code": "khac"}).content.decode()
    registration.refresh_from_db()
    assert registration.state == State.VERIFIED
    client.post(address, {"staff": second.pk, "code": "khac", "reason": "Nhà ở cạnh"})
    page = client.get(f"/ho-so/{registration.code}/").content.decode()
    assert f"Cử {second.name}" in page
    assert "Lý do khác: Nhà ở cạnh" in page
    # The first needs none, and going back to them neither.
    client.post(url(registration, "doi-nguoi"), {"staff": first.pk})
    assert scheduling.staff_of(registration.appointment) == [first]


def test_a_message_that_rests_says_until_when(client, verifier, request_in):
    client.force_login(verifier)
    contact = ContactFactory()
    registration = request_in("verified", citizen=CitizenFactory(contact=contact))
    for due_at in (at("06:05"), NOW):
        MessageFactory(contact=contact, subject=f"registration:{registration.pk}", next_attempt_at=due_at)
    page = client.get(url(registration)).content.decode()
    assert page.count("chờ gửi") == 2
    assert page.count("chờ gửi lúc 06:05 25/11<") == 1
    chat = client.get(f"/tro-chuyen/{contact.pk}/").content.decode()
    assert (chat.count("Chờ gửi"), chat.count("Chờ gửi lúc 06:05 25/11<")) == (2, 1)


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


def test_a_phone_list_shows_the_numbers_and_writes_down_who_looked(desk, client, verifier, request_in):
    asked, other = request_in("verified"), request_in("verified")
    page = desk.post("/can-goi/danh-sach/", {"luot": [asked.appointment_id, "x"]}).content.decode()
    assert f'href="tel:{asked.citizen.phone}"' in page
    assert other.code not in page
    look = PersonalDataView.objects.get()
    assert (look.registration, look.user) == (asked, verifier)
    assert "Xem số điện thoại (danh sách gọi)" in desk.get(url(asked)).content.decode()
    client.force_login(make_user("field_staff", username="nguoi-la"))
    assert client.post("/can-goi/danh-sach/", {"luot": [asked.appointment_id]}).status_code == 403


def test_two_clerks_on_one_request_know_of_each_other(desk, client, verifier, manager, request_in):
    registration = request_in()
    desk.get(url(registration))
    client.force_login(manager)
    assert "đang mở hồ sơ này" in client.get(url(registration)).content.decode()
    assert CaseLock.objects.get().user == verifier


def test_leaving_a_request_frees_it_for_the_other_clerk(desk, client, verifier, manager, request_in):
    registration = request_in()
    shown = desk.get(url(registration)).content.decode()
    seen_at = re.search(r'data-held="([^"]+)"', shown).group(1)
    renewed = desk.post(url(registration, "giu")).content.decode()
    assert "đang mở" not in renewed, "one's own claim is no news"
    desk.post(url(registration, "giu"), {"tha": "hôm qua"})
    assert CaseLock.objects.exists(), "nonsense frees nothing"
    client.force_login(manager)
    desk.post(url(registration, "giu"), {"tha": seen_at})
    assert CaseLock.objects.exists(), "nobody frees what a colleague holds"
    client.force_login(verifier)
    desk.post(url(registration, "giu"), {"tha": CaseLock.objects.get().seen_at.isoformat()})
    assert not CaseLock.objects.exists()


def test_a_window_closed_does_not_free_what_the_next_has_renewed(desk, verifier, request_in, office_clock_at):
    registration = request_in()
    seen_at = re.search(r'data-held="([^"]+)"', desk.get(url(registration)).content.decode()).group(1)
    with office_clock_at(NOW + timedelta(seconds=1)):
        desk.get(url(registration, "sua"))
        desk.post(url(registration, "giu"), {"tha": seen_at})
    assert CaseLock.objects.get().user == verifier


def test_two_clerks_are_not_handed_the_same_person_to_call(desk, client, manager, request_in):
    first, second = request_in(), request_in()
    mine = desk.get("/can-goi/").context["current"].registration
    client.force_login(manager)
    page = client.get("/can-goi/")
    assert {mine, page.context["current"].registration} == {first, second}
    assert "đang mở" in page.content.decode()


def test_what_was_asked_is_kept_with_the_call(desk, request_in):
    registration = request_in()
    sent = {"phieu-is_right_person": "yes", "phieu-note": "Gọi cổng sau"}
    page = desk.post(f"/can-goi/?mo={registration.code}", {**sent, "outcome": "call_later"}).content.decode()
    assert "Chọn giờ gọi lại." in page
    assert "Gọi cổng sau" in page, "what was typed stays while the call is mended"
    assert not Checklist.objects.exists()
    desk.post(f"/can-goi/?mo={registration.code}", {**sent, "luu-phieu": "1"})
    assert Checklist.objects.get().is_right_person is True
    assert not registration.calls.exists()
    answer = desk.post(f"/can-goi/?mo={registration.code}", {**sent, "phieu-has_device": "no", "outcome": "reached"})
    assert answer.url == "/can-goi/"
    assert Checklist.objects.get().has_device is False
    assert registration.calls.get().outcome == "reached"


def test_who_opens_the_form_to_mend_sees_the_number_as_people_write_it_and_that_is_noted(desk, verifier, request_in):
    registration = request_in(citizen=CitizenFactory(phone="+84900000066"))
    assert 'value="0900 000 066"' in desk.get(url(registration, "sua")).content.decode()
    assert PersonalDataView.objects.get().user == verifier


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


def test_an_answer_is_changed_in_one_press_and_the_history_tells_both(desk, verifier, request_in):
    registration = request_in()
    desk.post(url(registration, "phieu"), {"is_right_person": "yes", "has_internet": "no", "note": "Gọi cổng sau"})
    page = desk.get(url(registration)).content.decode()
    assert 'value="has_internet:yes"' in page
    assert 'value="is_right_person:yes"' not in page
    page = desk.post(url(registration, "phieu"), {"doi": "has_internet:yes"}, follow=True).content.decode()
    saved = Checklist.objects.get()
    assert (saved.is_right_person, saved.has_internet, saved.note) == (True, True, "Gọi cổng sau")
    assert "Sửa phiếu xác minh" in page
    assert "Có mạng ở nhà: không → Có mạng ở nhà: có" in page
    line = registration.changes.get(old="Có mạng ở nhà: không")
    assert line.actor == verifier
    # Nonsense changes nothing.
    for nonsense in ("has_internet:perhaps", "papers:x", "x", ":"):
        desk.post(url(registration, "phieu"), {"doi": nonsense})
    assert Checklist.objects.get().has_internet is True


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
