"""Times, stretches and states as staff read them on screen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from registrations.models import Registration
from registrations.states import State
from scheduling.services import Appointment, StaffMember

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
LONG_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
TONES = {
    State.SUBMITTED: "wait",
    State.NEEDS_INFO: "wait",
    State.VERIFIED: "plan",
    State.ASSIGNED: "sea",
    State.IN_PROGRESS: "go",
    State.NO_SHOW: "stop",
    State.COMPLETED: "go",
    State.REJECTED: "",
    State.CANCELLED: "",
}


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
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
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


@dataclass(frozen=True)
class Headline:
    """What a row says of a request: the pill, and under it the one fact that matters now."""

    pill: str
    tone: str
    fact: str


def headline(registration: Registration, now: datetime) -> Headline:
    """`registration.appointment.leads` must be prefetched (see queue.with_row_facts)."""
    state = State(registration.state)
    pill, tone = str(state.label), TONES[state]
    if state == State.SUBMITTED:
        return _call_headline(registration, now, pill, tone)
    facts = {
        State.NEEDS_INFO: lambda: registration.state_reason,
        State.VERIFIED: lambda: _verified_fact(registration, now),
        State.ASSIGNED: lambda: _assigned_fact(registration, now),
        State.IN_PROGRESS: lambda: (
            f"{_called(registration)} đã đến {clock_or_day(registration.arrived_at or now, now)}"
        ),
        State.COMPLETED: lambda: (
            f"đánh giá {registration.rating}/5" if registration.rating else registration.dossier_number
        ),
    }
    fact = facts.get(state, lambda: registration.state_reason)()
    if state == State.ASSIGNED and registration.appointment is not None and registration.appointment.ends_at < now:
        return Headline("Chưa báo kết quả", "stop", fact)
    return Headline(pill, tone, fact)


def _call_headline(registration: Registration, now: datetime, pill: str, tone: str) -> Headline:
    missed = f"gọi {registration.missed_calls} lần chưa gặp" if registration.missed_calls else ""
    again = registration.next_call_at
    if again is not None and again > now:
        return Headline(pill, tone, f"{missed or 'hẹn gọi lại'} · gọi {clock_or_day(again, now)}")
    due = registration.call_due_at
    if due is None:
        return Headline(pill, tone, missed)
    if due < now:
        return Headline("Quá hạn gọi", "stop", missed or f"trễ {stretch(now - due)}")
    return Headline(pill, tone, missed or f"còn {stretch(due - now)}")


def _verified_fact(registration: Registration, now: datetime) -> str:
    if registration.appointment is None or not registration.appointment.is_live:
        return "chưa chọn giờ"
    return f"đã xác minh {clock_or_day(registration.state_changed_at, now)}"


def _assigned_fact(registration: Registration, now: datetime) -> str:
    if registration.set_off_at is not None:
        return f"{_called(registration)} đang đi · {clock_or_day(registration.set_off_at, now)}"
    return f"{_called(registration)} sẽ đến"


def lead_of(appointment: Appointment | None) -> StaffMember | None:
    """Who goes; from the prefetched rows."""
    rows = getattr(appointment, "leads", ()) if appointment is not None else ()
    return rows[0].staff if rows else None


def _called(registration: Registration) -> str:
    lead = lead_of(registration.appointment)
    return lead.given_name if lead is not None else "Cán bộ"
