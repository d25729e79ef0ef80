"""Phone numbers as staff type them."""

from django.core.exceptions import ValidationError

from registrations.phones import read_phone, show_phone

ADVICE = {
    "several": "Chỉ nhập một số điện thoại.",
    "foreign": "Chỉ nhận số điện thoại ở Việt Nam.",
    "premium": "Đây là số dịch vụ. Hãy nhập số di động hoặc số bàn.",
}


def read_phone_field(text: str) -> str:
    """E.164 for a Vietnamese mobile or landline written in any way, "" for nothing. Raises ValidationError."""
    if not text.strip():
        return ""
    reading = read_phone(text)
    if reading.e164 is not None:
        return reading.e164
    if reading.suggestion:
        raise ValidationError(f"Số cũ 11 chữ số. Nay có thể là {show_phone(reading.suggestion)}, hãy hỏi lại rồi nhập.")
    raise ValidationError(ADVICE.get(reading.problem or "", "Số điện thoại chưa đúng. Ví dụ: 0905 123 456."))
