"""The texts: each fits Zalo's limits at its longest, and an editor cannot break one."""

import pytest

from registrations.models import MessageText
from registrations.notices import Notice
from registrations.wording import LONGEST_TEXT, PLACEHOLDERS, TEXTS, Wording, faults, longest, placeholders_in, sample


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_passes_the_checks_an_edited_one_must_pass(key):
    assert faults(key, TEXTS[key]) == []
    assert longest(TEXTS[key]) <= LONGEST_TEXT
    assert placeholders_in(TEXTS[key]) <= set(PLACEHOLDERS)
    assert "{" not in sample(TEXTS[key])


def test_every_notice_has_a_text():
    assert {f"notice_{kind.value}" for kind in Notice} <= set(TEXTS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "để trống"),
        ("Đã hủy {ma}.", "{ly_do}"),
        ("Đã hủy {ma} vì {ly_do}, gọi {mat_khau}", "{mat_khau}"),
        ("Đã hủy {ma} vì {ly_do} {", "ngoặc nhọn"),
        ("Đã hủy {ma} vì {ly_do} {0.__class__}", "ngoặc nhọn"),
        ("x" * 2000 + "{ma} {ly_do}", "2000"),
    ],
)
def test_an_edit_that_would_break_the_message_is_refused_with_a_sentence(text, sentence):
    assert any(sentence in fault for fault in faults("notice_cancelled", text))


def test_the_newest_version_counts_and_the_code_is_the_first(db):
    assert Wording.current().version("kept") == "goc"
    MessageText.objects.create(key="kept", version=1, text="Dạ, giữ nguyên nhé {xung_ho}.")
    MessageText.objects.create(key="kept", version=2, text="Vâng ạ.")
    wording = Wording.current()
    assert (wording.render("kept"), wording.version("kept")) == ("Vâng ạ.", "2")


def test_a_line_with_nothing_to_say_goes_away():
    assert Wording().render("papers", thu_tuc="Giấy phép", giay_to="- Đơn", duong_dan="") == (
        "Giấy phép cần chuẩn bị:\n- Đơn"
    )


def test_a_value_cannot_bring_a_placeholder_along():
    assert "{ly_do}" in Wording().render("notice_cancelled", ma="HT-1", thu_tuc="{ly_do}", ly_do="x")
