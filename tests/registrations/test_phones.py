"""Telephone numbers as citizens write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.phones import PhoneReading, mask_phone, mask_phone_in, read_phone, show_phone


@pytest.mark.parametrize(
    "text",
    [
        "0900000012",
        "+84900000012",
        "84900000012",
        84900000012,
        900000012,
        "0084900000012",
        "900000012",
        "0900.000.012",
        "0900-000-012",
        "(0900) 000 012",
        "+84 (0) 900 000 012",
        "０９００００００１２",
        "o900000012",
        "O9OO OOO O12",
        "0900\u00a0000\u00a0012",
        "số em là 0900 000 012 ạ",
        "0900 000 012 (Lan)",
        "nhà số 12, điện thoại 0900000012",
        "0900000012, nhắc lại 0900 000 012",
    ],
)
def test_one_number_however_written_is_read(text: str | int) -> None:
    assert read_phone(text) == PhoneReading(e164="+84900000012")


def test_a_landline_of_khanh_hoa_is_read() -> None:
    assert read_phone("0258 3822 024").e164 == "+842583822024"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing"),
        (None, "missing"),
        ("để em hỏi lại", "missing"),
        ("0900000012 / 0900000013", "several"),
        ("0900 000 012 0900 000 013", "several"),
        ("0900 000 012 hoặc 0900 000 013", "several"),
        ("+1 650 253 0000", "foreign"),
        ("1900 1234", "premium"),
        ("1800 1090", "premium"),
        ("0900 000 01", "invalid"),
        ("0900 000 0123", "invalid"),
        ("12", "invalid"),
        ("056090000012", "invalid"),  # twelve digits: an identity number
    ],
)
def test_what_is_not_one_vietnamese_number_says_why(text: str | None, problem: str) -> None:
    reading = read_phone(text)
    assert (reading.e164, reading.problem) == (None, problem)


@pytest.mark.parametrize(
    ("old", "new"),
    [("01200000012", "+84700000012"), ("0168 000 0012", "+84380000012"), ("+84 123 000 0012", "+84830000012")],
)
def test_a_number_of_before_2018_comes_with_what_it_has_become(old: str, new: str) -> None:
    assert read_phone(old) == PhoneReading(problem="old_eleven_digits", suggestion=new)


def test_a_number_is_shown_in_threes_and_masked_in_the_middle() -> None:
    assert show_phone("+84900000012") == "0900 000 012"
    assert mask_phone("+84900000012") == "0900 ••• 012"
    assert show_phone("+842583822024") == "0258 3822 024"
    assert mask_phone("+842583822024") == "0258 •••• 024"


@pytest.mark.parametrize("stored", ["", "abc", "+16502530000", "0900000012"])
def test_masking_never_shows_a_whole_number(stored: str) -> None:
    masked = mask_phone(stored)
    assert sum(c.isdigit() for c in masked) <= 3


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789+-. ()oO"), max_size=60))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    reading = read_phone(text)
    assert (reading.e164 is None) == (reading.problem is not None)
    show_phone(text)
    mask_phone(text)


def test_a_number_is_masked_however_it_is_written_and_no_other_is():
    text = "Số 0905.123.456 hay +84 905 123 456, cán bộ 0900 000 021, ngày 25/11/2026"
    assert mask_phone_in(text, "+84905123456") == (
        "Số 0905 ••• 456 hay 0905 ••• 456, cán bộ 0900 000 021, ngày 25/11/2026"
    )
