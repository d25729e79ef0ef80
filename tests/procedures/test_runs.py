"""Words struck with the keyboard program off and no space between, and words a space fell into."""

import pytest

from procedures.search import search


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("bansruowuj", ["bán", "rượu"]),
        ("giaayspheps", ["giấy", "phép"]),
        ("cuwarhangfbansgas", ["cửa", "hàng", "bán", "gas"]),
        ("thuo61cla1", ["thuốc", "lá"]),
        ("ba1nru7o75u", ["bán", "rượu"]),
        ("thuoc1la1", ["thuoc", "lá"]),
        ("thuoocla", ["thuoc", "la"]),
        ("thuoclashero", ["thuoc", "lá"]),
        ("bansruwowujnhej4ddooj", ["bán", "rượu", "nhẹ", "4", "độ"]),
        ("giaaysphepsthuoocslassaiteen", ["giấy", "phép", "thuốc", "lá", "sai", "tên"]),
        # letters alone, with shorthand, a size or a word nobody knows among them
        ("banga", ["ban", "ga"]),
        ("kdgasle", ["kinh", "doanh", "gas", "le"]),
        ("binhga12kgbanle", ["binh", "ga", "12"]),
        ("tuilamkeoguongbantet", ["tui", "lam", "keo", "guong", "ban", "tet"]),
        ("lálẻ", ["lá", "lẻ"]),
    ],
)
def test_keys_run_together_are_read_as_the_words_they_make(packaged_index, typed, words):
    read = [{form for form, _ in word.forms} for word in packaged_index.read(typed)]
    assert all(wanted in forms for wanted, forms in zip(words, read, strict=False)), read
    assert len(read) >= len(words)


@pytest.mark.parametrize("typed", ["facebook", "password", "xoxoxo", "jjjjjjjj", "aaaaaaaa", "www12345", "HT7K2MP"])
def test_what_makes_no_words_stays_as_it_is(packaged_index, typed):
    assert len(packaged_index.read(typed)) == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("r uo u", "2.000620"),
        ("gi ấy ph ép bán rư ợu", "2.000620"),
        ("thu ốc l á", "2.000181"),
        ("thu oc la ban le", "2.000181"),
        ("g as", "2.001283"),
    ],
)
def test_a_space_inside_a_word_does_not_hide_it(packaged_index, typed, code):
    assert search(typed, packaged_index).codes[:1] == [code]


def test_shorthand_is_not_pieced_into_a_product(packaged_index):
    assert not search("được k em", packaged_index).codes
