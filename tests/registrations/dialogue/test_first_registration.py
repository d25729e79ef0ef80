"""The main road: follow, register, consent, procedure, time, confirmation."""

import pytest

from registrations.models import Citizen, Consent, ConsentWording
from scheduling.models import Slot


def test_a_citizen_who_taps_through_gets_a_confirmation_with_the_code(citizen):
    (welcome,) = citizen.follows()
    assert "Đăng ký hỗ trợ tại nhà" in welcome
    consent, card = citizen.says("#dangky")
    assert "xin ghi họ tên, số điện thoại, địa chỉ" in consent
    assert card == "[phiếu]"
    (understood,) = citizen.shares()
    assert "Người Mẫu Một, 0900 000 014, Tổ 5, Phường Bắc Nha Trang" in understood
    assert "gõ tên thủ tục" in understood
    (which,) = citizen.says("rượu")
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in which
    (times,) = citizen.says("1")
    assert "1. Thứ Tư 25/11, 08 giờ 00" in times
    assert "/dat-lich/" in times
    (confirmation,) = citizen.says("1")
    (registration,) = citizen.registrations
    for fact in (
        "Chúc mừng",
        "Giấy phép bán lẻ rượu (cấp mới)",
        "08 giờ 00, Thứ Tư ngày 25/11/2026",
        "Tổ 5, Phường Bắc Nha Trang",
        "0900 000 014",
        "Đơn đề nghị cấp phép (mẫu)",
        registration.code,
        "đổi giờ",
        "hủy",
    ):
        assert fact in confirmation
    assert (registration.state, registration.words) == ("submitted", "rượu")


def test_the_old_form_with_a_district_and_an_old_ward_leads_to_todays_ward(citizen):
    citizen.says("dk")
    (understood,) = citizen.shares(ward="Phường Vĩnh Hải", district="Thành phố Nha Trang", city="Khánh Hòa")
    assert "Tổ 5, Phường Vĩnh Hải (nay là Phường Bắc Nha Trang)" in understood


@pytest.mark.parametrize(
    "words", ["#dangky", "đăng ký", "Đăng ký", "ĐK hỗ trợ tại nhà", "dk", "dang ky", "Em muốn đăng ký ạ", "1"]
)
def test_every_way_of_asking_to_register_is_understood(citizen, words):
    citizen.follows()
    assert citizen.says(words)[-1] == "[phiếu]"


def test_consent_is_kept_with_the_words_shown_their_hash_the_time_and_the_channel(citizen):
    citizen.says("#dangky")
    assert not Consent.objects.exists()
    citizen.shares()
    consent = Consent.objects.get()
    shown = ConsentWording.objects.get(sha256=consent.text_sha256)
    assert "rút lại đồng ý" in shown.text
    assert (consent.channel, consent.text_version, consent.withdrawn_at) == ("zalo_form", "goc", None)
    citizen.says("rượu"), citizen.says("1"), citizen.says("1")
    consent.refresh_from_db()
    assert consent.citizen == Citizen.objects.get()


def test_the_form_sent_unasked_is_consent_to_its_own_words(citizen):
    citizen.shares()
    consent = Consent.objects.get()
    assert consent.text_version == "phieu-zalo"
    (which,) = citizen.says("rượu")
    assert "1." in which


def test_who_types_instead_of_the_form_consents_in_words_first(citizen):
    citizen.says("đăng ký")
    consent, card = citizen.says("Người Mẫu Ba, 0900000017, 12 Vĩnh Hải")
    assert "chưa được phép ghi" in consent
    assert card == "[phiếu]"
    assert "0900000017" not in str(citizen.dialogue.data)
    (asked,) = citizen.says("đồng ý")
    assert "họ và tên" in asked
    (understood,) = citizen.says("Người Mẫu Ba, 0900000017, 12 đường Mẫu, phường Bắc Nha Trang")
    assert "Người Mẫu Ba, 0900 000 017, 12 đường Mẫu, phường Bắc Nha Trang" in understood
    assert Consent.objects.get().channel == "zalo_words"


def test_details_typed_one_by_one(citizen, real_wards):
    citizen.says("đăng ký")
    citizen.says("1")
    assert "số điện thoại" in citizen.says("tôi tên là Người Mẫu Ba")[0]
    assert "chưa đúng" in citizen.says("0900")[0]
    assert "địa chỉ" in citizen.says("0900 000 017 (Lan)")[0]
    assert "ngoài địa bàn" in citizen.says("Quận 1, TP Hồ Chí Minh")[0]
    (ward,) = citizen.says("5 Trần Phú, Nha Trang")
    assert "phường nào" in ward
    number = next(line[0] for line in ward.splitlines() if "Phường Nha Trang" in line)
    assert "Phường Nha Trang" in citizen.says(number)[0]


def test_what_is_missing_in_the_form_is_asked_for(citizen):
    citizen.says("#dangky")
    (asked,) = citizen.shares(phone="", name="")
    assert "họ và tên" in asked
    (asked,) = citizen.says("Người Mẫu Ba")
    assert "số điện thoại" in asked
    (understood,) = citizen.says("0900000017")
    assert "Em ghi: Người Mẫu Ba, 0900 000 017" in understood


def test_an_address_outside_says_where_to_turn(citizen):
    citizen.says("#dangky")
    (answer,) = citizen.shares(ward="Phường Tân Thuận", city="Thành phố Hồ Chí Minh")
    assert "Thành phố Hồ Chí Minh không thuộc địa bàn" in answer
    assert "Trung tâm Phục vụ hành chính công" in answer


def test_details_can_be_corrected_at_any_later_step(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu")
    (answer,) = citizen.says("số điện thoại đúng là 0900 000 018")
    assert "0900 000 018" in answer
    assert "1. Giấy phép bán lẻ rượu (cấp mới)" in answer
    (answer,) = citizen.says("sửa địa chỉ")
    assert "địa chỉ" in answer
    citizen.says("thôn Mẫu, phường Nam Nha Trang")
    citizen.says("1"), citizen.says("1")
    (registration,) = citizen.registrations
    assert registration.citizen.phone == "+84900000018"
    assert registration.ward.name == "Phường Nam Nha Trang"


def test_a_procedure_is_chosen_by_name_as_well(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu")
    (times,) = citizen.says("cấp lại")
    assert "Thứ Tư 25/11" in times
    citizen.says("1")
    assert citizen.registrations[0].procedure.short_name == "Giấy phép bán lẻ rượu (cấp lại)"


def test_a_procedure_of_another_office_is_referred(citizen):
    citizen.says("#dangky"), citizen.shares()
    (answer,) = citizen.says("đăng ký hộ kinh doanh")
    assert "Trung tâm Phục vụ hành chính công phường, xã" in answer


def test_who_finds_no_word_for_it_registers_in_their_own_words(citizen):
    citizen.says("#dangky"), citizen.shares()
    assert "lĩnh vực" in citizen.says("giấy phép karaoke")[0]
    (ways,) = citizen.says("hát hò")
    assert "Cứ đăng ký" in ways
    citizen.says("1"), citizen.says("1")
    (registration,) = citizen.registrations
    assert registration.procedure is None
    assert registration.words == "hát hò"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("9h thứ tư", "09 giờ 00, Thứ Tư ngày 25/11/2026"),
        ("14h30 ngày 26/11", "14 giờ 30, Thứ Năm ngày 26/11/2026"),
        ("chiều thứ 5", "1. Thứ Năm 26/11, 14 giờ 30"),
        ("sáng mai", "Thứ Ba 24/11"),
        ("10h thứ tư", "10 giờ 00 Thứ Tư 25/11 không còn chỗ"),
        ("abcxyz", "Em chưa rõ giờ"),
    ],
)
def test_times_in_words_are_checked_against_open_ones(citizen, words, answer):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    assert answer in citizen.says(words)[0]


def test_a_place_taken_meanwhile_is_said_and_others_are_offered(citizen, office):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    Slot.objects.filter(pk=office["slots"][0].pk).update(booked=2)
    (answer,) = citizen.says("1")
    assert "hết chỗ" in answer
    assert "1. Thứ Tư 25/11, 09 giờ 00" in answer
    assert not citizen.registrations
    (confirmation,) = citizen.says("1")
    assert "09 giờ 00, Thứ Tư ngày 25/11/2026" in confirmation


def test_no_time_suits_and_a_clerk_will_call(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu"), citizen.says("1")
    assert "ngày giờ mong muốn" in citizen.says("không giờ nào")[0]
    (confirmation,) = citizen.says("tối Chủ nhật")
    assert "cán bộ gọi để hẹn (anh/chị muốn: tối Chủ nhật)" in confirmation
    assert citizen.registrations[0].time_wish == "tối Chủ nhật"


def test_a_woman_who_says_so_in_the_form_is_called_chi(citizen):
    citizen.says("#dangky")
    assert "Cảm ơn chị Một" in citizen.shares(gender="Nữ")[0]


def test_naming_the_procedure_first_is_remembered_through_consent(citizen):
    consent, _ = citizen.says("thuốc lá")
    assert "Chia sẻ thông tin" in consent
    (answer,) = citizen.shares()
    assert "1. Giấy phép bán lẻ thuốc lá (cấp mới)" in answer


def test_a_button_pressed_answers_like_the_number(citizen):
    citizen.says("#dangky"), citizen.shares(), citizen.says("rượu")
    assert citizen.messages()[-1].payload["choices"][0] == {
        "title": "Giấy phép bán lẻ rượu (cấp mới)",
        "payload": "#which_procedure:1",
    }
    assert "Thứ Tư 25/11" in citizen.says("#which_procedure:1")[0]
    assert "Nút này của tin nhắn cũ" in citizen.says("#which_procedure:1")[0]


def test_details_sent_without_being_asked_open_a_registration_and_are_not_kept_before_consent(citizen):
    citizen.says("xin chào")
    consent, card = citizen.says("Người Mẫu Ba 0900000017")
    assert "xin ghi họ tên" in consent
    assert card == "[phiếu]"
    assert "0900000017" not in str(citizen.dialogue.data)


def test_a_procedure_typed_where_an_address_is_asked_for_is_remembered(citizen):
    citizen.says("#dangky")
    citizen.shares(ward="", address_line="", city="")
    citizen.says("thuốc lá")
    (answer,) = citizen.says("Tổ 5, phường Bắc Nha Trang")
    assert "1. Giấy phép bán lẻ thuốc lá (cấp mới)" in answer
