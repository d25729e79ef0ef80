"""The citizen's page of open times, as an old telephone without JavaScript sees it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from registrations import picker_links
from registrations.models import Dialogue, Registration
from registrations.picker_links import draft_link, read_token, visit_link
from scheduling.models import Slot


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


@pytest.fixture
def draft(citizen):
    """The address in the chat of somebody who has still to choose a time."""
    citizen.says("#dangky")
    citizen.shares()
    citizen.says("rượu")
    (offer,) = citizen.says("1")
    return path_of(re.search(r"http\S+", offer)[0])


def test_the_page_shows_days_with_room_the_holiday_by_name_and_the_papers(client, draft):
    page = client.get(draft).content.decode()
    assert "Giấy phép bán lẻ rượu (cấp mới)" in page
    assert "Tổ 5, Phường Bắc Nha Trang" in page
    assert "còn 6" in page  # Wednesday: three times, two places each
    assert "08:00" in page
    assert "còn 2 chỗ" in page
    assert "Đơn đề nghị cấp phép (mẫu)" in page


def test_looking_and_choosing_books_nothing_until_the_button_is_pressed(client, draft, office):
    slot = office["slots"][1]
    page = client.get(draft, {"ngay": "2026-11-25", "gio": slot.pk}).content.decode()
    assert "Hẹn Thứ Tư 25/11, 09 giờ 00" in page
    assert not Registration.objects.exists()
    assert Slot.objects.get(pk=slot.pk).booked == 0


def test_the_button_books_and_the_chat_gets_the_confirmation(client, draft, citizen, office):
    answer = client.post(draft, {"viec": "hen", "gio": office["slots"][1].pk})
    assert answer.status_code == 302
    (registration,) = citizen.registrations
    assert registration.appointment.starts_at == office["slots"][1].starts_at
    (confirmation,) = citizen.new_texts()
    assert confirmation.startswith("Chúc mừng")
    assert registration.code in confirmation
    page = client.get(answer["Location"]).content.decode()
    assert "Đã hẹn xong" in page
    assert registration.code in page
    assert citizen.dialogue.step == "idle"


def test_the_second_procedure_named_is_offered_after_a_visit_booked_on_the_page(client, citizen, office):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu với thuốc lá")
    draft = path_of(re.search(r"http\S+", citizen.says("1")[0])[0])
    for _ in range(2):
        client.post(draft, {"viec": "hen", "gio": office["slots"][1].pk})
    confirmation, other = citizen.new_texts()
    assert confirmation.startswith("Chúc mừng")
    assert "gõ “thuốc lá”" in other


def test_a_second_tap_on_confirm_books_once(client, draft, citizen, office):
    for _ in range(3):
        assert client.post(draft, {"viec": "hen", "gio": office["slots"][1].pk}).status_code == 302
    assert len(citizen.registrations) == 1
    assert Slot.objects.get(pk=office["slots"][1].pk).booked == 1
    assert len([text for text in citizen.new_texts() if "Chúc mừng" in text]) == 1


def test_a_taken_time_says_so_and_offers_the_nearest(client, draft, citizen, office):
    Slot.objects.filter(pk=office["slots"][1].pk).update(booked=2)
    answer = client.post(draft, {"viec": "hen", "gio": office["slots"][1].pk})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "hết chỗ" in page
    assert "Thứ Tư 25/11, 08 giờ 00" in page
    assert not citizen.registrations


def test_another_time_can_be_wished_for(client, draft, citizen):
    assert "Giờ anh/chị muốn" in client.get(draft, {"viec": "gio-khac"}).content.decode()
    client.post(draft, {"viec": "gio-khac", "mong-muon": "  sáng   Chủ nhật "})
    (registration,) = citizen.registrations
    assert registration.time_wish == "sáng Chủ nhật"
    assert registration.appointment is None
    assert "sáng Chủ nhật" in citizen.new_texts()[0]


def test_an_empty_wish_is_asked_for_again(client, draft, citizen):
    answer = client.post(draft, {"viec": "gio-khac", "mong-muon": " "})
    assert answer.status_code == 409
    assert not citizen.registrations


@pytest.fixture
def visit(citizen):
    return citizen.registers()


def test_the_visit_can_be_moved_from_its_link(client, visit, citizen, office):
    address = path_of(visit_link(visit))
    assert "Đổi giờ" in client.get(address).content.decode()
    assert "Đang hẹn: Thứ Tư 25/11, 08 giờ 00" in client.get(address, {"viec": "doi"}).content.decode()
    citizen.new_texts()
    client.post(address, {"viec": "doi", "gio": office["slots"][3].pk})
    visit.refresh_from_db()
    assert visit.appointment.starts_at == office["slots"][3].starts_at
    (told,) = citizen.new_texts()
    assert "Giờ mới: 07 giờ 00, Thứ Năm ngày 26/11/2026" in told
    assert "Giờ cũ: 08 giờ 00, Thứ Tư ngày 25/11/2026" in told


def test_the_visit_can_be_cancelled_with_a_reason_once(client, visit, citizen):
    address = path_of(visit_link(visit))
    assert "Vì sao anh/chị hủy?" in client.get(address, {"viec": "huy"}).content.decode()
    for _ in range(2):
        assert client.post(address, {"viec": "huy", "ly-do": "Bận việc, không ở nhà được"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.state_reason) == ("cancelled", "Bận việc, không ở nhà được")
    assert len([text for text in citizen.new_texts() if "đã hủy" in text]) == 1
    assert "Đã hủy" in client.get(address).content.decode()


def test_a_visit_under_way_can_be_neither_moved_nor_cancelled(client, visit, office):
    Registration.objects.filter(pk=visit.pk).update(state="in_progress")
    address = path_of(visit_link(visit))
    for data in ({"viec": "huy"}, {"viec": "doi", "gio": office["slots"][3].pk}):
        answer = client.post(address, data)
        assert answer.status_code == 409
        assert "không" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == "in_progress"


@pytest.mark.parametrize(
    "token", ["x", "WyJ2IiwxXQ", "WyJ2IiwxXQ:1xVJLc:AAAA", "a" * 3000, "%00", "..%2f..", "✓", ":::"]
)
def test_a_garbled_link_gets_a_kind_page(client, db, token):
    answer = client.get(f"/dat-lich/{token}/")
    assert answer.status_code == 404
    assert "đăng ký" in answer.content.decode()


def test_an_old_link_gets_a_kind_page(client, draft, visit):
    booked = path_of(visit_link(visit))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for address in (draft, booked):
            answer = client.get(address)
            assert answer.status_code == 410
            assert "đã hết hạn" in answer.content.decode()


def test_the_link_of_a_draft_given_up_says_so(client, draft, citizen):
    citizen.says("thôi")
    answer = client.get(draft)
    assert answer.status_code == 410
    assert "không còn" in answer.content.decode()
    assert client.post(draft, {"viec": "hen", "gio": "1"}).status_code == 410


def test_a_link_of_one_draft_books_nothing_for_the_next(client, draft, citizen, office):
    citizen.says("thôi")
    citizen.says("#dangky")
    citizen.says("1")
    citizen.says("thuốc lá")
    citizen.says("1")
    assert client.post(draft, {"viec": "hen", "gio": office["slots"][0].pk}).status_code == 410
    assert not citizen.registrations


@pytest.mark.parametrize("slot", ["", "abc", "-1", "9" * 40, "٣", "999999999"])
def test_a_made_up_slot_is_refused_with_a_sentence(client, draft, citizen, slot):
    answer = client.post(draft, {"viec": "hen", "gio": slot})
    assert answer.status_code == 409
    assert not citizen.registrations


def test_the_token_names_no_person_and_goes_nowhere_else(client, draft, citizen):
    answer = client.get(draft)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    target = read_token(draft.split("/")[2])
    assert (target.kind, target.number) == ("draft", citizen.dialogue.pk)


def test_the_page_is_light(client, draft):
    """Half of the 60 KB before fonts, even if nothing compresses it; no framework, nothing from elsewhere."""
    page = client.get(draft).content
    files = set(re.findall(rb"/static/([\w./-]+)", page))
    assert b"css/citizen.css" in files
    assert not re.search(rb"(?:src|href)=.https?:", page)
    size = len(page) + sum((Path(settings.BASE_DIR) / "static" / name.decode()).stat().st_size for name in files)
    assert size < 30_000


def test_nobody_needs_to_sign_in(client, draft):
    assert client.get(draft).status_code == 200
    assert reverse("citizen:picker", args=["x"]) == "/dat-lich/x/"


def test_the_link_of_the_chat_is_the_one_of_this_draft(citizen, draft):
    dialogue = Dialogue.objects.get(contact=citizen.contact)
    assert read_token(draft_link(dialogue).split("/")[4]).draft == dialogue.data["draft"]


# --- a link in the wrong hands ---


def test_a_forwarded_link_shows_the_visit_but_no_telephone_number_and_no_name(client, visit):
    shown = client.get(path_of(visit_link(visit))).content.decode()
    assert visit.code in shown
    assert "Mẫu Một" not in shown
    assert not re.search(r"0900|84900", shown)


def test_a_link_of_one_person_reaches_nothing_of_another(client, visit, another, office):
    theirs = another.registers()
    mine = path_of(visit_link(visit))
    # The number of the other's request smuggled in by every way a form has.
    for name in ("ma", "registration", "number", "id"):
        client.post(f"{mine}?{name}={theirs.pk}", {"viec": "huy", name: theirs.pk, "ly-do": "Thử"})
    theirs.refresh_from_db(), visit.refresh_from_db()
    assert (theirs.state, visit.state) == ("submitted", "cancelled")


def test_a_token_altered_by_one_letter_or_signed_for_something_else_is_refused(client, visit):
    token = visit_link(visit).split("/")[4]
    body, at, seal = token.split(":")
    other = signing.dumps(["v", visit.pk + 1], salt=picker_links.SALT, compress=True).split(":")[0]
    forged = [
        f"{other}:{at}:{seal}",  # another's number under my seal
        f"{body}:{at[:-1]}{'A' if at[-1] != 'A' else 'B'}:{seal}",  # a later day
        f"{body}:{at}:{seal[:-1]}{'A' if seal[-1] != 'A' else 'Q'}",
        signing.dumps(["v", visit.pk], salt="something else", compress=True),
        signing.dumps(["v", visit.pk], key="another office's key", salt=picker_links.SALT, compress=True),
    ]
    for each in forged:
        for send in (client.get, client.post):
            assert send(f"/dat-lich/{each}/", {"viec": "huy"}).status_code == 404
    visit.refresh_from_db()
    assert visit.state == "submitted"


def test_an_expired_link_moves_and_cancels_nothing(client, visit, office):
    address = path_of(visit_link(visit))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for data in ({"viec": "huy"}, {"viec": "doi", "gio": office["slots"][3].pk}):
            assert client.post(address, data).status_code == 410
    visit.refresh_from_db()
    assert visit.state == "submitted"


def test_a_made_up_host_gets_into_no_page_and_no_link(client, visit):
    address = path_of(visit_link(visit))
    shown = client.get(address, headers={"X-Forwarded-Host": "nguoi-xau.example"})
    assert "nguoi-xau" not in shown.content.decode()
    client.post(address, {"viec": "huy"}, headers={"X-Forwarded-Host": "nguoi-xau.example"})
    assert "nguoi-xau" not in visit_link(visit)


def test_a_link_works_no_more_once_the_person_has_withdrawn(client, visit, citizen):
    address = path_of(visit_link(visit))
    citizen.says("rút lại đồng ý"), citizen.says("1")
    for answer in (client.get(address), client.post(address, {"viec": "doi", "gio": "1"})):
        assert answer.status_code == 410
        assert "Phường" not in answer.content.decode()
