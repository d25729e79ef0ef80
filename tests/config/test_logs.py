import logging

import pytest

from config.logs import MaskingFormatter, masked


@pytest.mark.parametrize(
    "text", ["0900 000 012", "0900000012", "+84900000012", "84900000012", "0900.000.012", "0258 3000 001"]
)
def test_a_telephone_number_never_reaches_the_log(text):
    assert masked(f"gọi {text} lúc 9 giờ") == "gọi •phone• lúc 9 giờ"


@pytest.mark.parametrize(
    "text",
    [
        "user 1234567890123456789",
        "23/11/2026 08:30:15,123",
        "HT-7K2MP",
        "took 0.084123456 s",
        "event 84012 of 900",
        "port 50843",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert masked(text) == text


def test_a_link_that_opens_a_page_is_masked():
    assert masked("Not Found: /dat-lich/eyJ:1abc:XyZ/") == "Not Found: /dat-lich/•token•/"


def test_tracebacks_are_masked_too():
    try:
        raise ValueError("0900 000 012")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "broke", None, (type(error), error, error.__traceback__)
        )
    line = MaskingFormatter("{levelname} {message}", style="{").format(record)
    assert "ValueError: •phone•" in line
    assert "0900" not in line
