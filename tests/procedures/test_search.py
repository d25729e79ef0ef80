"""What the shipped catalogue answers to people's words."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from procedures.search import AMBIGUOUS, MATCH, NONE, search
from procedures.search_index import Index, Row

LIQUOR, LIQUOR_AMENDED, LIQUOR_AGAIN = "2.000620", "2.000615", "2.001240"
BREWING, TOBACCO, TOBACCO_AGAIN, GAS, GAS_AMENDED, FOOD = (
    "2.000633", "2.000181", "2.000150", "2.001283", "2.001261", "X-ATTP-GCN",
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # the four keywords of the office's own notice
        ("rượu", LIQUOR),
        ("thuốc lá", TOBACCO),
        ("gas", GAS),
        ("thực phẩm", FOOD),
        # without marks, in capitals, the tone placed either way
        ("giay phep ban le ruou", LIQUOR),
        ("GIẤY PHÉP BÁN RƯỢU", LIQUOR),
        ("khí dầu mỏ hoá lỏng", GAS),
        ("khí dầu mỏ hóa lỏng", GAS),
        # the keyboard program switched off
        ("ruwowju", LIQUOR),
        ("ru7o75u", LIQUOR),
        ("thuoc la1", TOBACCO),
        ("thuoocs las", TOBACCO),
        # written as it is said, or slipped
        ("bán riệu", LIQUOR),
        ("rựu", LIQUOR),
        ("thuốt lá", TOBACCO),
        ("thốc lá", TOBACCO),
        ("bán rợu", LIQUOR),
        ("rượuuuu", LIQUOR),
        ("bán ga", GAS),
        ("tiệm gaz", GAS),
        # words run together or pulled apart
        ("giayphepbanruou", LIQUOR),
        ("thuocla", TOBACCO),
        ("g.a.s", GAS),
        # chat, whole sentences, emoji, English, the national code
        ("e mún bán rượu thì lm giấy j z ad", LIQUOR),
        ("Ông nhà tui già rồi, có quầy nhỏ muốn để bán rượu cho bà con, nhờ mấy chú chỉ giùm", LIQUOR),
        ("em bán 🚬 lẻ", TOBACCO),
        ("cigarettes", TOBACCO),
        ("I want to open a gas shop", GAS),
        ("2.000620", LIQUOR),
        ("2.000620.000.00.00.H32", LIQUOR),
        # what people want done decides within the licence
        ("giấy phép rượu hết hạn", LIQUOR_AGAIN),
        ("mat giay phep ban ruou", LIQUOR_AGAIN),
        ("xin giấy phép rượu mất bao lâu", LIQUOR),
        ("dời tiệm rượu qua chỗ mới", LIQUOR_AMENDED),
        ("gia hạn giấy thuốc lá", TOBACCO_AGAIN),
        ("đổi chủ tiệm gas", GAS_AMENDED),
        # brewing is another licence than selling
        ("nấu rượu", BREWING),
        ("nau ruou gao ban", BREWING),
    ],
)
def test_words_name_the_procedure(packaged_index, words, code):
    result = search(words, packaged_index)
    assert (result.verdict, result.codes[0]) == (MATCH, code)


@pytest.mark.parametrize(
    "words",
    ["rươi", "bún riêu", "gà", "bán gà", "nhà ga", "ga giường", "lá", "thuốc", "thuốc tây", "thuốc trừ sâu", "xăng dầu",
     "hộ chiếu", "khai sinh", "sổ đỏ", "giấy phép xây dựng", "giấy phép lái xe hết hạn", "giấy phép bán buôn rượu",
     "uống rượu lái xe phạt bao nhiêu", "cai thuốc lá", "thuốc lá điện tử", "xin chào", "ok", "", " ", "0900 000 001",
     "cai thuốc lá kiểu gì", "rượi buồn", "vải bọc ga", "nhà phân phối rượu", "how to renew a driving license",
     "asdfgh", "👍", "sáng mai 8h", "đăng ký hỗ trợ tại nhà"],
)  # fmt: skip
def test_words_for_something_else_are_nobodys_application(packaged_index, words):
    result = search(words, packaged_index)
    assert (result.verdict, result.codes) == (NONE, [])
    assert "Kinh doanh khí" in result.fields


def test_two_products_are_a_question_in_the_order_they_were_named(packaged_index):
    result = search("em bán rượu và thuốc lá", packaged_index)
    assert result.verdict == AMBIGUOUS
    assert result.codes[:2] == [LIQUOR, TOBACCO]


def test_a_wish_without_a_product_asks_which_licence(packaged_index):
    again = search("xin cấp lại", packaged_index)
    assert again.verdict == AMBIGUOUS
    assert {LIQUOR_AGAIN, TOBACCO_AGAIN} <= set(again.codes)
    assert search("đổi tên chủ", packaged_index).codes[0] == LIQUOR_AMENDED


def test_a_drinker_near_a_shop_is_not_an_applicant_but_a_shop_with_drinkers_is(packaged_index):
    assert search("chồng em uống rượu say suốt ngày", packaged_index).verdict == NONE
    assert search("quán em bán rượu cho khách uống tại chỗ", packaged_index).codes[0] == "X-RUOU-TAICHO"


def test_out_of_scope_says_where_to_turn(packaged_index):
    referral = search("làm hộ chiếu cho con", packaged_index).referral
    assert referral is not None
    assert "xuất nhập cảnh" in referral.refer_to
    assert search("xăng dầu", packaged_index).referral.refer_to == "Sở Công Thương"


def test_composed_and_decomposed_letters_are_the_same_words(packaged_index):
    for words in ["giấy phép bán rượu", "thuốc lá", "ĐỔI ĐỊA CHỈ CỬA HÀNG GAS"]:
        decomposed = unicodedata.normalize("NFD", words)
        assert search(decomposed, packaged_index).codes == search(words, packaged_index).codes


def test_the_answer_says_why(packaged_index):
    hit = search("gia hạn giấy phép bán rượu", packaged_index).hits[0]
    assert "ý “gia hạn”" in hit.why


def test_a_family_shared_with_another_office_offers_only_our_part():
    ours = Row(key="9.000001", name="Bán lẻ chim", short_name="Bán lẻ chim", family="chim", action="cap_moi", field="F",
               keywords=("bán chim",))  # fmt: skip
    theirs = Row(key="9.000002", name="Bán buôn chim", short_name="Bán buôn chim", family="chim", action="cap_moi",
                 field="F", is_in_scope=False, refer_to="Cơ quan Mẫu", keywords=("bán buôn chim",))  # fmt: skip
    for rows in ([ours, theirs], [theirs, ours]):
        assert search("bán chim", Index(rows)).codes == ["9.000001"]
        assert search("bán buôn chim", Index(rows)).referral.refer_to == "Cơ quan Mẫu"


def test_an_empty_catalogue_finds_nothing():
    assert search("rượu", Index([])).verdict == NONE


def test_a_catalogue_without_keywords_is_found_by_its_official_names():
    row = Row(key="9.000001", name="Cấp Giấy phép nuôi chim yến trong nhà", short_name="Nuôi chim yến", family="f",
              action="cap_moi", field="Chăn nuôi")  # fmt: skip
    assert search("giấy phép nuôi chim yến", Index([row])).codes == ["9.000001"]
    assert search("chim", Index([row])).codes == []


def test_a_misleading_phrase_has_its_words_and_leaves_the_rest():
    rows = [Row(key="G", name="Bán gas", short_name="Bán gas", family="g", action="cap_moi", field="F",
                keywords=("gas", "ga"), misleading=("nhà ga",))]  # fmt: skip
    index = Index(rows)
    assert search("em ở gần nhà ga", index).codes == []
    assert search("em ở gần nhà ga muốn bán gas", index).codes == ["G"]


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=400))
@example("\ud800")
@example("\x00")
@example("rượu " * 5000)
@example("ga" * 5000)
@example("ʰ̷̢̛͉̱̘͚̓̆̄ͅ")
def test_no_text_breaks_the_search(packaged_index, text):
    result = search(text, packaged_index)
    assert result.verdict in {MATCH, AMBIGUOUS, NONE}
    assert (result.verdict == NONE) == (not result.codes)
    assert all(packaged_index.families[hit.family].is_in_scope for hit in result.hits)


WORDS = ["rượu", "ruou", "thuốc", "lá", "la", "gas", "ga", "bán", "ban", "giấy", "phép", "mất", "hết", "hạn", "đổi",
         "tên", "nhà", "hàng", "tp", "2.000620", "5,5", "độ", "🍷", "ruwowju", "xin", "lại", "k"]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_no_mixture_of_its_own_words_breaks_the_search(packaged_index, words):
    result = search(" ".join(words), packaged_index)
    assert len(set(result.codes)) == len(result.codes)
