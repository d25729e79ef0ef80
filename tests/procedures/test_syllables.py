import pytest

from procedures.syllables import agreement, is_syllable, sound


@pytest.mark.parametrize(
    "word", ["rượu", "thuốc", "lá", "gà", "giấy", "nghiệp", "quán", "hoà", "hòa", "nghiêng", "ruou", "khuya"]
)
def test_a_syllable_of_the_language(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["ruợu", "rưọu", "thuõc", "thuoocs", "ruuo", "gas", "wine", "bxq", ""])
def test_what_no_syllable_is_written_like(word):
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("typed", "meant", "least", "most"),
    [
        ("rượu", "rượu", 1, 1),
        ("hoà", "hòa", 1, 1),  # the tone placed either way
        ("ruou", "rượu", 0.85, 0.95),  # no marks at all
        ("ruợu", "rượu", 0.75, 0.85),  # marks where no syllable has them: a slip
        ("rươu", "rượu", 0.75, 0.85),  # the tone forgotten
        ("gà", "ga", 0, 0.3),  # marks, when typed, count
        ("là", "lá", 0, 0.3),
        ("rươi", "rượu", 0, 0),
        ("bạn", "bán", 0, 0.3),
        ("sữa", "sửa", 0.85, 0.95),  # hỏi and ngã sound alike to half the country
    ],
)
def test_how_well_two_spellings_agree(typed, meant, least, most):
    assert least <= agreement(typed, meant) <= most


@pytest.mark.parametrize(
    ("one", "other"), [("thuot", "thuoc"), ("xan", "san"), ("na", "la"), ("duou", "ruou"), ("chua", "trua")]
)
def test_dialects_spell_one_sound_two_ways(one, other):
    assert sound(one) == sound(other)
