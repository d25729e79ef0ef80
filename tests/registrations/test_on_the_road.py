"""A day on the road with a telephone: presses sent late and twice, receipts, papers, and who is told of a miss."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from registrations import services
from registrations.forms import PapersForm
from registrations.models import Attachment, Checklist, Notification, PersonalDataView, Receipt, Registration
from registrations.states import State
from scheduling.board import day_board
from scheduling.models import BookingRules, StaffMember
from scheduling.rules import late_after
from tests.factories.scheduling import StaffMemberFactory
from tests.people import make_user
from zalo_bridge.services import messages_about

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 200


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def owner(field_staff, ward) -> StaffMember:
    return StaffMemberFactory(user=field_staff, name="Nguyễn Thị Mẫu Lan", title="chị", wards=[ward])


@pytest.fixture
def visit(request_in, owner, clerk) -> Registration:
    registration = request_in("verified", by_zalo=True)
    services.assign(registration=registration, staff=owner, actor=clerk)
    return registration


@pytest.fixture
def phone(client, field_staff, visit, office_clock_at):
    """`phone(slug, ago, **fields)`: one kept press sent at the time of the visit, a minute into it."""
    client.force_login(field_staff)

    def send(slug: str, ago: int = 0, key: str = "", **fields):
        facts = {"nguoi": field_staff.pk, "ma": visit.code, "viec": slug, "khoa": key or f"k-{slug}", "ago": ago}
        with office_clock_at(visit.appointment.starts_at + timedelta(minutes=1)):
            client.force_login(field_staff)
            return client.post("/viec-cua-toi/gui/", {**facts, **fields})

    return send


def lines(registration: Registration) -> list[str]:
    return list(registration.transitions.order_by("pk").values_list("to_state", flat=True))


# --- presses kept without signal ---


def test_presses_sent_late_and_twice_are_each_done_once_and_dated_when_they_were_pressed(phone, visit):
    for _ in range(2):
        assert phone("dang-di", ago=2400).status_code == 200
        assert phone("da-den", ago=600).status_code == 200
        assert phone("da-nop", ago=60, dossier_number="H32-1").json()["sentence"].startswith("Đã nộp hồ sơ")
    visit.refresh_from_db()
    starts_at = visit.appointment.starts_at
    assert lines(visit) == ["verified", "assigned", "in_progress", "completed"]
    assert visit.arrived_at == starts_at + timedelta(seconds=60 - 600)
    assert visit.set_off_at == starts_at + timedelta(seconds=60 - 2400)
    assert visit.finished_at == starts_at
    assert Receipt.objects.count() == 3
    assert Receipt.objects.get(key="k-da-den").pressed_at == visit.arrived_at
    # An old departure is recorded, but the citizen is not told at the end of the visit that somebody is coming.
    told = {message.kind for message in messages_about(f"registration:{visit.pk}")}
    assert "completed" in told
    assert "on_the_way" not in told


@pytest.mark.parametrize(("ago", "early"), [(31, ""), (91, "1 giờ 30")])
def test_an_arrival_long_before_the_hour_says_so_and_can_be_taken_back(phone, visit, ago, early):
    said = phone("da-den", ago=60 * ago).json()
    hour = f"{timezone.localtime(visit.appointment.starts_at):%H:%M}"
    more = f" Sớm {early} so với giờ hẹn {hour}: nếu bấm nhầm thì hoàn tác." if early else ""
    assert said["sentence"] == "Đã ghi giờ đến." + more
    assert said["undo_seconds"] > 0


def test_a_press_is_never_dated_before_what_is_known_to_have_come_first(phone, visit):
    assert phone("da-den", ago=10**9).status_code == 200
    visit.refresh_from_db()
    assigned, arrived = visit.transitions.order_by("-pk")[:2][::-1]
    assert arrived.at >= assigned.at


def test_a_visit_given_to_somebody_else_meanwhile_is_refused_in_words_and_may_be_pressed_again(
    phone, visit, owner, hung, clerk
):
    services.reassign(registration=visit, staff=hung, actor=clerk)
    answer = phone("da-den")
    assert answer.status_code == 409
    assert "không còn giao cho anh/chị" in answer.json()["sentence"]
    visit.refresh_from_db()
    assert visit.state == State.ASSIGNED
    services.reassign(registration=visit, staff=owner, actor=clerk)
    assert phone("da-den").status_code == 200  # the refusal left no key behind


def test_nobody_sends_for_another(client, phone, visit, field_staff):
    stranger = make_user("field_staff", username="stranger")
    facts = {"ma": visit.code, "viec": "da-den", "khoa": "k"}
    client.force_login(stranger)
    assert client.post("/viec-cua-toi/gui/", {**facts, "nguoi": field_staff.pk}).status_code == 403
    answer = client.post("/viec-cua-toi/gui/", {**facts, "nguoi": stranger.pk})
    assert (answer.status_code, answer.json()["sentence"]) == (409, "Không có lịch này trong việc của anh/chị.")
    client.logout()
    assert client.post("/viec-cua-toi/gui/", {**facts, "nguoi": field_staff.pk}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == State.ASSIGNED


@pytest.mark.parametrize(("slug", "fields"), [("da-nop", {}), ("huy", {"reason": "x"}), ("x", {}), ("bao-tre", {})])
def test_what_cannot_be_done_is_answered_in_words(phone, visit, slug, fields):
    answer = phone(slug, **fields)
    assert answer.status_code == 409
    assert answer.json()["sentence"]
    assert not Receipt.objects.exists()


def test_a_key_of_another_press_does_nothing(phone, visit, request_in, verifier):
    Receipt.objects.create(key="k-da-den", user=verifier, registration=visit, sentence="Việc khác.")
    answer = phone("da-den")
    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.state == State.ASSIGNED


def test_signing_out_makes_the_phone_forget_and_a_desk_keep_its_choices(client, field_staff, verifier):
    client.force_login(field_staff)
    assert client.post("/dang-xuat/").headers["Clear-Site-Data"] == '"storage"'
    client.force_login(verifier)
    assert "Clear-Site-Data" not in client.post("/dang-xuat/").headers


def test_the_helper_on_the_phone_reaches_my_visits_only(client, field_staff):
    client.force_login(field_staff)
    answer = client.get("/viec-cua-toi/may.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    assert '"/viec-cua-toi/"' in answer.content.decode()


def test_a_number_asked_for_today_stays_on_the_card_for_today(client, phone, visit, office_clock_at, field_staff):
    with office_clock_at(visit.appointment.starts_at):
        client.force_login(field_staff)
        assert "tel:" not in client.get("/viec-cua-toi/").content.decode()
        client.post(f"/ho-so/{visit.code}/so-dien-thoai/")
        assert f"tel:{visit.citizen.phone}" in client.get("/viec-cua-toi/").content.decode()
        assert PersonalDataView.objects.filter(what="số điện thoại").count() == 1
    with office_clock_at(visit.appointment.starts_at + timedelta(hours=20)):
        client.force_login(field_staff)
        day = timezone.localdate(visit.appointment.starts_at)
        assert "tel:" not in client.get(f"/viec-cua-toi/?ngay={day}").content.decode()


# --- papers and receipts ---


def test_papers_are_ticked_for_the_visit_and_afresh_after_a_new_time(phone, visit, procedure, clerk, free_slot):
    services.save_checklist(registration=visit, actor=clerk, answers={}, papers=["x"], note="Cổng xanh")
    papers = [choice for choice, _ in _paper_choices(visit)]
    for _ in range(2):
        assert phone("giay-to", papers=papers).status_code == 200
    checklist = Checklist.objects.get(registration=visit)
    assert (checklist.papers_seen, checklist.papers_ready, checklist.note) == (papers, ["x"], "Cổng xanh")
    services.not_at_home(registration=Registration.objects.get(pk=visit.pk), reason="", actor=clerk)
    services.rebook(registration=Registration.objects.get(pk=visit.pk), slot_id=free_slot.pk, actor=clerk)
    checklist.refresh_from_db()
    assert (checklist.papers_seen, checklist.papers_ready) == ([], ["x"])


def _paper_choices(registration):
    return PapersForm(registration=registration).fields["papers"].choices


def test_a_receipt_is_kept_outside_the_web_root_shown_to_staff_and_each_look_is_written_down(
    client, phone, visit, verifier, media
):
    for _ in range(2):
        assert phone("bien-nhan", photo=SimpleUploadedFile("../x.html", JPEG)).status_code == 200
    receipt = Attachment.objects.get()
    assert receipt.file.path.startswith(str(media))
    assert receipt.name == f"bien-nhan-{visit.code}.jpg"
    client.force_login(verifier)
    page = client.get(f"/ho-so/{visit.code}/").content.decode()
    assert "Ảnh biên nhận" in page
    address = f"/giay-to/{receipt.pk}/"
    assert address in page
    answer = client.get(address)
    assert (answer["Content-Type"], b"".join(answer.streaming_content)) == ("image/jpeg", JPEG)
    assert list(PersonalDataView.objects.values_list("user", "what")) == [(verifier.pk, "ảnh biên nhận")]
    client.force_login(make_user("field_staff", username="stranger"))
    assert client.get(address).status_code == 404
    assert PersonalDataView.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "không phải ảnh"),
        (b"%PDF-1.7", "không phải ảnh"),
        (JPEG + b"\0" * (10 * 1024 * 1024), "quá lớn"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(phone, visit, data, sentence):
    answer = phone("bien-nhan", photo=SimpleUploadedFile("bien-nhan.jpg", data, content_type="image/jpeg"))
    assert answer.status_code == 409
    assert sentence in answer.json()["sentence"]
    assert not Attachment.objects.exists()


def test_a_receipt_may_come_after_the_dossier_was_filed_and_by_a_plain_form(client, phone, visit, field_staff):
    phone("da-nop", dossier_number="H32-1")
    client.force_login(field_staff)
    client.post(f"/ho-so/{visit.code}/bien-nhan/", {"photo": SimpleUploadedFile("a.jpg", JPEG), "key": "k9"})
    assert Attachment.objects.get().added_by == field_staff


# --- expected, and not there ---


@pytest.fixture
def clock(office_clock_at, visit):
    """`clock(minutes)`: so many minutes after the visit should have begun."""
    return lambda minutes: office_clock_at(visit.appointment.starts_at + timedelta(minutes=minutes))


def late_lane() -> list[int]:
    """The visits in the board's lane "trễ giờ"."""
    lanes = [lane for lane in day_board(timezone.localdate()).attention if lane.reason == "trễ giờ"]
    return [int(url.strip("/").split("/")[-1]) for lane in lanes for url, _ in lane.visits]


def alarms(**wanted) -> int:
    return Notification.objects.filter(warns_of="late_start", **wanted).count()


def test_a_missed_arrival_alarms_each_manager_once_and_the_check_in_clears_it(visit, manager, clock, field_staff):
    make_user("manager", username="manager2")
    make_user("manager", username="left", is_active=False)
    with clock(9):
        assert services.alarm_missed(now=timezone.now()) == 0
        assert late_lane() == []
    with clock(11):
        assert services.alarm_missed(now=timezone.now()) == 1
        assert services.alarm_missed(now=timezone.now()) == 0
        assert late_lane() == [visit.appointment_id]
        assert alarms(read_at=None) == 2
        text = Notification.objects.first().text
        assert text.startswith(f"Chị Lan chưa báo đã đến {visit.code}")
    with clock(12):
        services.start(registration=Registration.objects.get(pk=visit.pk), actor=services.Actor.staff(field_staff))
        assert late_lane() == []
        assert (alarms(), alarms(read_at=None)) == (2, 0)
        assert services.alarm_missed(now=timezone.now()) == 0


def test_an_arrival_sent_late_by_a_phone_without_signal_clears_the_alarm_too(visit, manager, clock, phone):
    with clock(11):
        services.alarm_missed(now=timezone.now())
    assert phone("da-den", ago=300).status_code == 200
    assert alarms(read_at=None) == 0


def test_somebody_else_sent_to_a_missed_visit_is_no_second_alarm(visit, manager, hung, clerk, clock):
    with clock(11):
        services.alarm_missed(now=timezone.now())
        services.reassign(registration=Registration.objects.get(pk=visit.pk), staff=hung, actor=clerk)
        assert services.alarm_missed(now=timezone.now()) == 0


def test_who_says_they_will_be_late_is_expected_then_and_alarmed_about_only_after(visit, manager, clock, phone):
    early = phone("bao-tre", ago=3600, key="k1", minutes=20)
    assert (early.status_code, "Vẫn kịp giờ hẹn" in early.json()["sentence"]) == (409, True)
    for _ in range(2):
        assert phone("bao-tre", minutes=30).status_code == 200  # a minute into the visit
    there_by = timezone.localtime(visit.appointment.starts_at + timedelta(minutes=31))
    (told,) = messages_about(f"registration:{visit.pk}").filter(kind="delayed")
    assert f"vì đến muộn: khoảng {there_by:%H giờ %M} sẽ tới" in told.payload["text"]
    assert f"muộn, khoảng {there_by:%H:%M}" in Notification.objects.get().text
    with clock(40):
        assert late_lane() == []
        assert services.alarm_missed(now=timezone.now()) == 0
    with clock(42):
        assert services.alarm_missed(now=timezone.now()) == 1
        assert services.alarm_missed(now=timezone.now()) == 0


def test_a_visit_moved_to_another_time_can_be_missed_again(visit, manager, clerk, free_slot, clock, office_clock_at):
    with clock(11):
        services.alarm_missed(now=timezone.now())
        services.change_time(registration=visit, slot_id=free_slot.pk, actor=clerk)
        assert alarms(read_at=None) == 0
        assert services.alarm_missed(now=timezone.now()) == 0
    with office_clock_at(free_slot.starts_at + timedelta(minutes=11)):
        assert services.alarm_missed(now=timezone.now()) == 1


def test_the_office_says_how_late_is_late(visit, manager, clock):
    BookingRules.objects.create(pk=1, late_after_minutes=25)
    assert late_after() == timedelta(minutes=25)
    with clock(20):
        assert services.alarm_missed(now=timezone.now()) == 0
        assert late_lane() == []
    with clock(26):
        assert services.alarm_missed(now=timezone.now()) == 1


def test_nobody_hears_in_the_evening_of_a_miss_in_the_morning(visit, manager, clock):
    with clock(600):
        assert services.alarm_missed(now=timezone.now()) == 0
