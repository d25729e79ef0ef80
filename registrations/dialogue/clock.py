"""Dates and times as people here write them. Pure; takes local aware datetimes."""

from datetime import date, datetime

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def short_time(at: datetime) -> str:
    """`Thứ Tư 25/11, 08 giờ 00`: for lists and buttons."""
    return f"{weekday(at)} {at:%d/%m}, {at:%H} giờ {at:%M}"


def long_time(at: datetime) -> str:
    """`08 giờ 00, Thứ Tư ngày 25/11/2026`: for notices that are kept."""
    return f"{at:%H} giờ {at:%M}, {weekday(at)} ngày {at:%d/%m/%Y}"


def short_day(day: date) -> str:
    """`Thứ Tư 25/11`."""
    return f"{weekday(day)} {day:%d/%m}"
