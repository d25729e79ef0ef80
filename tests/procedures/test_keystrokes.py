"""Vietnamese typed with the keyboard program switched off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.services import composed, marks_key


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("thuws", "thứ"),
        ("chieeuf", "chiều"),
        ("chieefu", "chiều"),  # the tone typed before the last letter
        ("dduwowngf", "đường"),
        ("phuowcs", "phước"),
        ("nhaatj", "nhật"),
        ("sangs", "sáng"),
        ("thu71", "thứ"),
        ("chie62u", "chiều"),
        ("d9uo7ng2", "đường"),
        ("ngo5c", "ngọc"),
    ],
)
def test_raw_keys_make_the_word_they_were_meant_for(keys: str, word: str) -> None:
    assert composed(keys) == word


@pytest.mark.parametrize("word", ["", "mai", "thanh", "rượu", "t2", "8h30", "12", "xyz", "w", "bcdf", "covid-19"])
def test_what_is_no_row_of_keys_stays_as_it_is(word: str) -> None:
    assert composed(word) == word


@given(st.text(max_size=15))
def test_no_text_makes_it_fail(text: str) -> None:
    composed(text)
    composed(text.lower())


def test_the_place_of_the_tone_makes_no_difference_its_kind_does() -> None:
    assert marks_key("khánh hoà") == marks_key("khánh hòa")
    assert marks_key("huế") != marks_key("huệ")
    assert marks_key("đa") != marks_key("da")
    assert marks_key("mai") != marks_key("mia")
