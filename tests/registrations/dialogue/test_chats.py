"""A person takes the chat over."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from registrations.models import Attachment
from registrations.queue import forget_counts, waiting_for
from registrations.trouble import on_given_up
from tests.factories.registrations import CitizenFactory, RegistrationFactory
from tests.people import make_user
from zalo_bridge.events import EventKind, GivenUp
from zalo_bridge.ladder import step_down
from zalo_bridge.models import Contact

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def address(citizen, name="chats:chat"):
    return reverse(name, args=[citizen.contact.pk])


def test_who_asked_for_a_person_is_on_the_list_until_somebody_answers(clerk_client, citizen):
    citizen.says("gặp cán bộ")
    page = clerk_client.get(reverse("chats:waiting")).content.decode()
    assert "Người dân muốn gặp cán bộ" in page
    clerk_client.post(address(citizen, "chats:write"), {"viec": "gui", "noi-dung": "Chào anh Một", "khoa": "k1"})
    assert "Không ai đang chờ" in clerk_client.get(reverse("chats:waiting")).content.decode()


def test_staff_write_once_however_often_they_press_and_the_bot_is_silent(clerk_client, citizen):
    citizen.says("xin chào")
    for _ in range(2):
        clerk_client.post(address(citizen, "chats:write"), {"viec": "gui", "noi-dung": "Chào anh Một", "khoa": "k1"})
    assert citizen.new_texts() == ["Chào anh Một"]
    assert citizen.messages()[-1].written_by == "Mẫu Nguyễn Thị"
    assert citizen.says("đăng ký") == []
    page = clerk_client.get(address(citizen)).content.decode()
    assert "Chào anh Một" in page
    assert "đang trả lời; tự động im tới" in page
    clerk_client.post(address(citizen, "chats:write"), {"viec": "tra"})
    assert citizen.says("đăng ký")


def test_an_open_page_hears_who_took_the_chat_and_that_it_was_handed_back(clerk_client, citizen):
    citizen.says("gặp cán bộ")
    seen = re.search(r"da-thay=(\w+)", clerk_client.get(address(citizen)).content.decode())[1]
    for act, notice, button in (("nhan", "Mẫu Nguyễn Thị đang trả lời", "tra"), ("tra", "", "nhan")):
        clerk_client.post(address(citizen, "chats:write"), {"viec": act})  # in another window
        news = clerk_client.get(address(citizen), {"khung": "dong", "da-thay": seen}).content.decode()
        assert news.count('hx-swap-oob="true"') == 2
        assert notice in news
        assert ("đang trả lời" in news) == bool(notice)
        assert "Người dân chờ" not in news
        assert f'name="viec" value="{button}"' in news
        seen = re.search(r"da-thay=(\w+)", news)[1]
        assert clerk_client.get(address(citizen), {"khung": "dong", "da-thay": seen}).status_code == 204
    # A page of its own stays one after a press: no link to itself in front of what somebody stood on.
    written = clerk_client.post(address(citizen, "chats:write"), {"viec": "nhan"}, headers={"HX-Request": "true"})
    assert "Mở riêng" not in written.content.decode()


def test_the_bot_speaks_again_when_the_time_is_over(clerk_client, citizen, monday_morning):
    clerk_client.post(address(citizen, "chats:write"), {"viec": "nhan"})
    assert citizen.says("xin chào") == []
    monday_morning.shift(timedelta(hours=2, minutes=1))
    assert citizen.says("xin chào")


def test_the_window_of_zalo_is_shown_and_kept_to(clerk_client, citizen):
    citizen.says("xin chào")
    assert "Nhắn miễn phí tới" in clerk_client.get(address(citizen)).content.decode()
    Contact.objects.filter(pk=citizen.contact.pk).update(last_interaction_at=timezone.now() - timedelta(days=3))
    assert "trừ vào hạn mức" in clerk_client.get(address(citizen)).content.decode()
    Contact.objects.filter(pk=citizen.contact.pk).update(last_interaction_at=timezone.now() - timedelta(days=8))
    page = clerk_client.get(address(citizen)).content.decode()
    assert "hãy gọi điện" in page
    assert "disabled" in page
    citizen.new_texts()
    answer = clerk_client.post(
        address(citizen, "chats:write"),
        {"viec": "gui", "noi-dung": "Chào", "khoa": "k"},
        headers={"HX-Request": "true"},
    )
    assert "đã quá 7 ngày" in answer.content.decode()
    assert citizen.new_texts() == []


def test_what_a_clerk_wrote_and_zalo_refused_puts_the_chat_back_on_the_list(clerk_client, citizen):
    citizen.says("xin chào")
    clerk_client.post(address(citizen, "chats:write"), {"viec": "gui", "noi-dung": "Chào anh Một", "khoa": "k1"})
    step_down(citizen.messages()[-1], why="Người dân đã chặn OA.")
    page = clerk_client.get(reverse("chats:waiting")).content.decode()
    assert "không tới được, hãy gọi điện: Người dân đã chặn OA." in page
    assert "không tới được" in clerk_client.get(address(citizen)).content.decode()


def test_the_navigation_counts_who_waits_for_a_person(clerk_client, citizen):
    forget_counts()
    user = User.objects.get(username="verifier")
    assert waiting_for(user)["/tro-chuyen/"] == (0, False)
    citizen.says("gặp cán bộ")
    forget_counts()
    assert waiting_for(user)["/tro-chuyen/"] == (1, True)


def test_an_event_that_failed_for_good_is_owned_up_to_once_and_waits_for_a_person(clerk_client, citizen):
    for number in (1, 2):
        on_given_up(GivenUp(number, EventKind.TEXT, citizen.contact, timezone.now()))
    (answer,) = citizen.new_texts()
    assert "chưa xử lý được" in answer
    assert "không xử lý được" in clerk_client.get(reverse("chats:waiting")).content.decode()


def test_an_empty_message_is_not_sent(clerk_client, citizen):
    clerk_client.post(address(citizen, "chats:write"), {"viec": "gui", "noi-dung": "  ", "khoa": "k"})
    assert citizen.new_texts() == []


def test_the_panel_alone_is_what_the_page_holds(clerk_client, citizen):
    citizen.says("xin chào")
    panel = clerk_client.get(address(citizen), {"khung": "1"}).content.decode()
    assert panel.strip().startswith("<section")
    assert "Em" not in panel[:50]
    lines = clerk_client.get(address(citizen), {"khung": "dong"}).content.decode()
    assert lines.strip().startswith("<ol")
    seen = re.search(r"da-thay=(\w+)", lines)[1]
    assert clerk_client.get(address(citizen), {"khung": "dong", "da-thay": seen}).status_code == 204
    citizen.says("cảm ơn")
    assert clerk_client.get(address(citizen), {"khung": "dong", "da-thay": seen}).status_code == 200


def test_field_staff_and_strangers_read_no_chats(client, citizen):
    assert client.get(address(citizen)).status_code == 302
    client.force_login(make_user("field_staff"))
    for page in (address(citizen), reverse("chats:waiting")):
        assert client.get(page).status_code == 403
    assert client.post(address(citizen, "chats:write"), {"viec": "nhan"}).status_code == 403


@pytest.fixture
def paper(citizen, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    registration = citizen.registers()
    row = Attachment.objects.create(
        registration=registration, contact=citizen.contact, kind="image", name="hop-dong.png"
    )
    row.file.save("1.png", ContentFile(PNG))
    return row


def test_a_paper_is_shown_to_the_queue_and_to_nobody_else(clerk_client, paper):
    page = reverse("chats:attachment", args=[paper.pk])
    answer = clerk_client.get(page)
    assert b"".join(answer.streaming_content) == PNG
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    clerk_client.logout()
    assert clerk_client.get(page).status_code == 302
    clerk_client.force_login(make_user("field_staff", username="nguoi-khac"))
    assert clerk_client.get(page).status_code == 404


def test_papers_are_listed_beside_the_chat(clerk_client, citizen, paper):
    assert "hop-dong.png" in clerk_client.get(address(citizen)).content.decode()


def test_a_file_that_is_not_what_it_says_is_not_handed_out(clerk_client, paper):
    paper.file.save("1.png", ContentFile(b"<html><script>alert(1)</script>"))
    assert clerk_client.get(reverse("chats:attachment", args=[paper.pk])).status_code == 404


def test_a_colleague_in_oa_zalo_me_counts_as_a_person(clerk_client, citizen):
    citizen.does(EventKind.COLLEAGUE_WROTE, by_colleague="77", text="Em gọi chị nhé")
    assert "oa.zalo.me" in clerk_client.get(address(citizen)).content.decode()
    assert RegistrationFactory(citizen=CitizenFactory()).citizen.contact is None
