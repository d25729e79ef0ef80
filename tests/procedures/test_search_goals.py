"""The goals of the search, measured on phrases it was not tuned on."""

from time import perf_counter

import pytest

from procedures.search import search
from tests.procedures.labelled import phrases, score


@pytest.fixture(scope="module")
def reported(packaged_index):
    family_of = {key: row.family for key, row in packaged_index.row_by_key.items()}
    return score(phrases("report"), lambda text: search(text, packaged_index).codes, family_of)


def test_the_right_licence_comes_first(reported):
    assert reported.family_first >= 0.97


def test_the_right_procedure_is_among_the_first_three(reported):
    assert reported.in_three >= 0.99


def test_few_people_with_a_real_wish_are_refused(reported):
    assert reported.refused <= 0.02


def test_other_business_is_recognised(reported):
    assert reported.none_recognised >= 0.95


def test_there_are_enough_phrases_and_none_is_in_both_halves():
    tune, report = phrases("tune"), phrases("report")
    assert len(tune) + len(report) >= 300
    assert not {phrase.text for phrase in tune} & {phrase.text for phrase in report}


def test_every_label_is_a_procedure_we_have(packaged_index):
    for phrase in phrases("tune") + phrases("report"):
        assert all(packaged_index.row_by_key[code].is_in_scope for code in phrase.codes)


def test_a_search_takes_about_a_millisecond(packaged_index):
    texts = [phrase.text for phrase in phrases("report")]
    started = perf_counter()
    for text in texts:
        search(text, packaged_index)
    # The goal is 1 ms; a busy test machine gets five times that.
    assert (perf_counter() - started) / len(texts) < 0.005


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("mua rượu đế về bán lại", "ban-le-ruou"),
        ("nhap ruou gao ve ban", "ban-le-ruou"),
        ("mua gạo về nấu rượu đế bán", "san-xuat-ruou-thu-cong"),
        ("rượu đế", "san-xuat-ruou-thu-cong"),
        ("tạp hóa bán rượu trắng, lấy của lò người ta", "ban-le-ruou"),
        ("nhập rượu của nhà phân phối về bán lại cho khách lẻ", "ban-le-ruou"),
        ("em muốn sản xuất rượu ngâm thủ công", "san-xuat-ruou-thu-cong"),
        ("thêm sản phẩm rượu ngâm vào giấy phép nấu rượu", "san-xuat-ruou-thu-cong"),
        ("thuốc lá đổi nhà phân phối khác có phải báo không", "ban-le-thuoc-la"),
        ("mở thêm mặt hàng rượu cho siêu thị mini nhà em", "ban-le-ruou"),
        ("rượu trong nhà hàng", "ban-ruou-tai-cho"),
    ],
)
def test_who_buys_in_to_sell_trades_and_who_makes_makes(packaged_index, words, family):
    assert search(words, packaged_index).hits[0].family == family
