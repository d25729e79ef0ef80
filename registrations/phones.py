"""Telephone numbers as citizens give them: read to E.164, shown as people write them, masked where few should see them.

`phonenumbers` knows the plan of numbers; what it does not know is here: the eleven digits of before 2018, a letter o
for a zero, two numbers in one message. A number is only *claimed* by whoever sent it; the call proves it.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

Problem = Literal["missing", "several", "foreign", "premium", "old_eleven_digits", "invalid"]

_CALLABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_CHARGED = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}
# The conversion of 15/9/2018, when mobile numbers lost a digit: old prefix → new.
_BEFORE_2018 = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037",
    "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_LONGEST_TEXT = 500
_RUN = re.compile(r"\+?\(?\+?\d(?:[ .\-()]{0,3}\d)*")
_DIGITS_AND_OS = re.compile(r"(?<!\w)[\do](?:[ .\-()]{0,3}[\do])+(?!\w)", re.IGNORECASE)
_FEWEST_DIGITS = 6  # shorter runs are house numbers and dates, not attempts at a telephone number


@dataclass(frozen=True)
class PhoneReading:
    """`e164` is set exactly when `problem` is None. `suggestion` (E.164): what an old number has become; ask first."""

    e164: str | None = None
    problem: Problem | None = None
    suggestion: str | None = None


def read_phone(text: str | int | None) -> PhoneReading:
    """The one Vietnamese number, mobile or fixed, a text holds, or what stands in the way. Never raises."""
    text = unicodedata.normalize("NFKC", "" if text is None else str(text)[:_LONGEST_TEXT])
    text = _DIGITS_AND_OS.sub(lambda found: found.group().replace("o", "0").replace("O", "0"), text)
    runs = [run for found in _RUN.findall(text) for run in _apart(found)]
    attempts = [run for run in runs if len(_digits(run)) >= _FEWEST_DIGITS]
    if not attempts:
        return PhoneReading(problem="missing" if not runs else "invalid")
    numbers = [
        number for run in attempts if (number := _parsed(run)) is not None and phonenumbers.is_valid_number(number)
    ]
    ours = list(
        dict.fromkeys(_e164(number) for number in numbers if number.country_code == 84 and _type(number) in _CALLABLE)
    )
    if len(ours) > 1:
        return PhoneReading(problem="several")
    if ours:
        return PhoneReading(e164=ours[0])
    for run in attempts:
        if (converted := _converted(run)) is not None:
            return PhoneReading(problem="old_eleven_digits", suggestion=converted)
    if any(number.country_code == 84 and _type(number) in _CHARGED for number in numbers):
        return PhoneReading(problem="premium")
    if any(number.country_code != 84 for number in numbers):
        return PhoneReading(problem="foreign")
    return PhoneReading(problem="invalid")


def show_phone(e164: str) -> str:
    """`+84905123456` → `0905 123 456`; a foreign number in international form; anything else as it is."""
    grouped = _grouped(e164)
    if grouped:
        return " ".join(grouped)
    number = _parsed(e164) if e164.startswith("+") else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else e164


def mask_phone(e164: str) -> str:
    """`+84905123456` → `0905 ••• 456`: enough to recognise a number one knows, not enough to call it."""
    grouped = _grouped(e164)
    if grouped:
        return f"{grouped[0]} {'•' * len(grouped[1])} {grouped[2]}"
    return f"{'•' * max(0, len(e164) - 3)}{e164[-3:]}" if len(e164) > 6 else "•" * len(e164)


def mask_phone_in(text: str, e164: str) -> str:
    """The text with this one number masked, however it is written there."""

    def masked(found: re.Match[str]) -> str:
        number = _parsed(found.group()) if len(_digits(found.group())) >= _FEWEST_DIGITS else None
        return mask_phone(e164) if number is not None and _e164(number) == e164 else found.group()

    return _RUN.sub(masked, text) if e164 else text


def _grouped(e164: str) -> tuple[str, str, str] | None:
    if not re.fullmatch(r"\+84[1-9]\d{8,9}", e164):
        return None
    national = "0" + e164[3:]
    return national[:4], national[4:-3], national[-3:]


def _apart(run: str) -> list[str]:
    """Numbers written one after the other with only spaces between, "0905 000 012 0914 000 013", each on its own."""
    if len(_digits(run)) < 18:
        return [run]
    halves = re.split(r"[ ()]+(?=(?:\+?84|0[1-9]))", run)
    whole: list[str] = []
    for half in halves:
        if whole and len(_digits(whole[-1])) < 9:
            whole[-1] += half
        else:
            whole.append(half)
    return whole


def _digits(run: str) -> str:
    return re.sub(r"\D", "", run)


def _parsed(run: str) -> PhoneNumber | None:
    digits = _digits(run)
    if digits.startswith("84") and len(digits) in (11, 12) and not run.startswith("+"):
        run = "+" + digits  # 84905123456, as Zalo writes it
    elif digits.startswith("00"):
        run = "+" + digits[2:]
    elif run.lstrip("(").startswith("+"):
        run = "+" + digits
    else:
        run = digits
    try:
        return phonenumbers.parse(run, "VN")
    except NumberParseException:
        return None


def _converted(run: str) -> str | None:
    """E.164 of what a mobile number of eleven digits has become, or None where it is not one."""
    digits = re.sub(r"^(?:00)?84(?=1)", "0", _digits(run))
    if len(digits) != 11 or digits[:4] not in _BEFORE_2018:
        return None
    number = _parsed(_BEFORE_2018[digits[:4]] + digits[4:])
    return _e164(number) if number is not None and phonenumbers.is_valid_number(number) else None


def _type(number: PhoneNumber) -> int:
    return phonenumbers.number_type(number)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
