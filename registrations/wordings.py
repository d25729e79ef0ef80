"""Times, stretches and numbers as staff read them on screen."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.services import Appointment, StaffMember

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
LONG_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def short_when(at: datetime) -> str:
    """T4 25/11, 08:00"""
    local = timezone.localtime(at)
    return f"{WEEKDAYS[local.weekday()]} {local:%d/%m}, {local:%H:%M}"


def long_span(start: datetime, end: datetime) -> str:
    """Thứ Tư 25/11/2026, 08:00 – 08:45"""
    first, last = timezone.localtime(start), timezone.localtime(end)
    return f"{LONG_WEEKDAYS[first.weekday()]} {first:%d/%m/%Y}, {first:%H:%M} – {last:%H:%M}"


def long_day(day: date) -> str:
    """Thứ Tư 25/11/2026"""
    return f"{LONG_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def clock_or_day(at: datetime, now: datetime) -> str:
    """10:12 for today, 10:12 22/11 for another day of this year, with the year else."""
    return clock_or_day_of(timezone.localtime(at), timezone.localdate(now))


def clock_or_day_of(local: datetime, today: date) -> str:
    """The same of a time that is here and a day."""
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%H:%M %d/%m}" if local.year == today.year else f"{local:%H:%M %d/%m/%Y}"


def stretch(length: timedelta) -> str:
    """35 phút · 1 giờ 10 · 3 ngày"""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} phút"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} giờ {rest:02}" if rest else f"{hours} giờ"
    return f"{hours // 24} ngày"


def minutes_words(minutes: float | None) -> str:
    """A stretch given in minutes: 54 phút · 2 giờ 10 · 3,1 ngày; – for none."""
    if minutes is None:
        return "–"
    if minutes < 60 * 24:
        return stretch(timedelta(minutes=round(minutes)))
    return f"{minutes / 60 / 24:.1f} ngày".replace(".", ",")


def grouped(number: int) -> str:
    """1.200.000"""
    return f"{number:,}".replace(",", ".")


def lead_of(appointment: Appointment | None) -> StaffMember | None:
    """Who goes; from the prefetched rows."""
    rows = getattr(appointment, "leads", ()) if appointment is not None else ()
    return rows[0].staff if rows else None
