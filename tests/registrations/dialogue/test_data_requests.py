"""What staff do when somebody asks about their own data, with the law's two clocks."""

import html
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from registrations.data_rights import finish_open_withdrawals
from registrations.models import Citizen, Consent, ConsentWording, DataRequest, Registration
from registrations.queue import forget_counts, waiting_for
from tests.people import make_user

LIST = reverse("chats:data_requests")


@pytest.fixture
def ask(clerk_client, visit):
    """Note a request by telephone; its page."""

    def asks(kind: str, words: str = "Cô ấy gọi tới"):
        clerk_client.post(reverse("chats:take_data_request"), {"ma": visit.code, "loai": kind, "noi-dung": words})
        made = DataRequest.objects.latest("id")
        return made, reverse("chats:data_request", args=[made.pk])

    return asks


def finish(registration):
    Registration.objects.filter(pk=registration.pk).update(
        state="completed", dossier_number="H32-1", finished_at=timezone.now()
    )


def text_of(response):
    return response.content.decode()


def test_a_request_by_telephone_stands_on_the_list_with_both_days_and_in_the_navigation(clerk_client, ask):
    made, page = ask("see")
    # Monday 23/11: two working days. Zalo holds data too, hence the longer term.
    assert (made.answer_due_on.isoformat(), made.done_due_on.isoformat()) == ("2026-11-25", "2026-12-08")
    listed = text_of(clerk_client.get(LIST))
    assert page in listed
    assert f"{made.done_due_on:%d/%m/%Y}" in listed
    forget_counts()
    assert waiting_for(User.objects.get(username="verifier"))["/du-lieu-ca-nhan/"] == (1, False)
    DataRequest.objects.update(answer_due_on=timezone.localdate() - timedelta(days=1))
    forget_counts()
    assert waiting_for(User.objects.get(username="verifier"))["/du-lieu-ca-nhan/"] == (1, True)
    assert "quá hạn" in text_of(clerk_client.get(LIST))


def test_the_page_shows_what_is_held_and_the_very_words_agreed_to(clerk_client, ask, visit):
    _, page = ask("see")
    shown = text_of(clerk_client.get(page))
    assert visit.code in shown
    assert "0900 000 014" in shown
    proof = Consent.objects.get()
    assert proof.text_sha256 in shown
    assert ConsentWording.objects.get(sha256=proof.text_sha256).text.splitlines()[0] in html.unescape(shown)


def test_what_is_held_is_told_in_the_chat_and_the_request_closed(clerk_client, ask, citizen):
    made, page = ask("see")
    draft = clerk_client.get(page).context["words"]
    clerk_client.post(page, {"viec": "xong", "noi-dung": draft, "bao-qua": "zalo"})
    (told,) = citizen.new_texts()
    assert "Điện thoại: 0900 000 014" in told
    made.refresh_from_db()
    assert (made.done_by.username, made.answered_at, made.is_refused) == ("verifier", made.done_at, False)
    assert made.steps[0]["did"] == "xong"
    again = clerk_client.post(page, {"viec": "xong", "noi-dung": draft, "bao-qua": "zalo"})
    assert "đã được đóng" in text_of(again)
    assert citizen.new_texts() == []
    assert page in text_of(clerk_client.get(f"{LIST}?muc=xong"))


def test_deleting_cancels_erases_and_keeps_no_words_about_it(clerk_client, ask, citizen, visit):
    made, page = ask("delete", "Người Mẫu Một muốn xóa hết")
    clerk_client.post(page, {"viec": "xong", "noi-dung": "Đã xóa thông tin của Người Mẫu Một.", "bao-qua": "zalo"})
    visit.refresh_from_db(), made.refresh_from_db()
    assert (visit.state, Citizen.objects.get().phone) == ("cancelled", "")
    assert made.done_at
    assert "Mẫu" not in f"{made.note}{made.steps[0]['words']}"
    assert Consent.objects.get().withdrawn_at
    assert "Không còn thông tin cá nhân nào" in text_of(clerk_client.get(page))


def test_deleting_waits_for_a_visit_under_way_and_is_finished_at_night(clerk_client, ask, visit):
    made, page = ask("delete")
    assert finish_open_withdrawals(now=timezone.now()) == 0  # nobody has decided yet
    Registration.objects.filter(pk=visit.pk).update(state="in_progress")
    clerk_client.post(page, {"viec": "xong", "noi-dung": "Sẽ xóa sau buổi hôm nay.", "bao-qua": "goi"})
    made.refresh_from_db()
    assert (made.done_at, bool(made.answered_at)) == (None, True)
    assert Citizen.objects.get().phone
    finish(visit)
    assert finish_open_withdrawals(now=timezone.now()) == 1
    assert not Citizen.objects.get().phone


def test_refusing_and_extending_need_a_reason_and_extending_works_once(clerk_client, ask):
    made, page = ask("correct", "Sửa tên đệm")
    assert clerk_client.post(page, {"viec": "tu-choi", "noi-dung": " ", "bao-qua": "goi"}).status_code == 400
    due = made.done_due_on
    clerk_client.post(page, {"viec": "gia-han", "noi-dung": "Chờ giấy tờ gốc", "bao-qua": "goi"})
    made.refresh_from_db()
    assert made.done_due_on == due + timedelta(days=10)
    twice = clerk_client.post(page, {"viec": "gia-han", "noi-dung": "Lần nữa", "bao-qua": "goi"})
    assert "một lần" in text_of(twice)
    clerk_client.post(page, {"viec": "tu-choi", "noi-dung": "Tên trên giấy tờ vẫn như cũ", "bao-qua": "goi"})
    made.refresh_from_db()
    assert made.is_refused
    assert "Tên trên giấy tờ vẫn như cũ" in text_of(clerk_client.get(page))


def test_a_person_zalo_does_not_let_us_write_to_must_be_called(clerk_client, ask, citizen):
    _, page = ask("see")
    type(citizen.contact).objects.filter(pk=citizen.contact.pk).update(
        last_interaction_at=timezone.now() - timedelta(days=8)
    )
    answer = clerk_client.post(page, {"viec": "xong", "noi-dung": "Chào cô", "bao-qua": "zalo"})
    assert "Hãy gọi điện" in text_of(answer)
    assert DataRequest.objects.get().done_at is None


def test_asking_in_the_chat_what_is_kept_is_answered_at_once_and_written_down(citizen, visit):
    citizen.says("bên mình đang giữ thông tin gì của tôi")
    seen = DataRequest.objects.filter(kind="see")
    assert [bool(one.done_at) for one in seen] == [True]


def test_who_goes_out_on_visits_sees_none_of_it(client, office):
    user = make_user("field_staff")
    client.force_login(user)
    assert client.get(LIST).status_code == 403
