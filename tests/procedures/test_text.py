"""Folding, the same in Python and in SQL."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from procedures.text import clean, fold

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Rượu", "ruou"),
        ("ĐẶNG Đình", "dang dinh"),
        ("Ðặng", "dang"),  # the Icelandic eth that some keyboards give for Đ
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("  thuốc\u00a0 lá\n", "thuoc la"),
        ("thuốc\u200b lá\ufeff", "thuoc la"),
        (unicodedata.normalize("NFD", "Khánh Hòa"), "khanh hoa"),
        ("rươ\u0323u", "ruou"),  # the tone after the letter, as old Windows fonts typed it
        ("", ""),
    ],
)
def test_folding_leaves_plain_lower_case_letters(typed, folded):
    assert fold(typed) == folded


def test_cleaning_keeps_case_and_marks():
    assert clean("  Rượu\u200b  VANG ") == "Rượu VANG"


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.django_db
def test_the_database_folds_vietnamese_as_python_does():
    words = ["Rượu", "ĐẶNG", "Ðặng", "thuốc\u00a0 lá ", "thuốc\u200blá", unicodedata.normalize("NFD", "Đường 2/4")]
    words += [VIETNAMESE, VIETNAMESE.upper(), unicodedata.normalize("NFD", VIETNAMESE)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT vn_fold(word) FROM unnest(%s::text[]) WITH ORDINALITY AS t(word, n) ORDER BY n", [words])
        assert [row[0] for row in cursor.fetchall()] == [fold(word) for word in words]


@pytest.mark.django_db
def test_an_index_may_stand_on_the_database_function():
    with connection.cursor() as cursor:
        cursor.execute("SELECT provolatile FROM pg_proc WHERE proname = 'vn_fold'")
        assert cursor.fetchall() == [("i",)]
