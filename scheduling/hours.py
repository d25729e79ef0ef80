"""When the office is open: weekdays, lunch, holidays, make-up days. Plain functions over plain data, and one reader."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from scheduling.errors import NoOfficeHours
from scheduling.models import Closure, WorkingHours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Stretch = tuple[time, time]  # half open: the closing minute is already closed
# Until the office enters its own hours: 07:00–11:30 and 13:30–17:00, Monday to Friday (40 hours a week,
# QĐ 188/1999/QĐ-TTg; the province fixes start and end).
USUAL_HOURS: tuple[Stretch, ...] = ((time(7), time(11, 30)), (time(13, 30), time(17)))
LOOK_AHEAD_DAYS = 400
WEEKDAY_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class HoursRow:
    """One opening stretch of an ISO weekday (1 = Monday), valid from day to day (None: until further notice)."""

    weekday: int
    opens_at: time
    closes_at: time
    valid_from: date = date.min
    valid_to: date | None = None

    def applies_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class DayRow:
    """A day unlike its weekday. `is_proposed`: computed, not yet confirmed by a manager."""

    date: date
    is_work: bool
    name: str
    starts_at: time | None = None
    ends_at: time | None = None
    is_proposed: bool = False


USUAL_WEEK = tuple(HoursRow(weekday, *stretch) for weekday in range(1, 6) for stretch in USUAL_HOURS)


@dataclass(frozen=True)
class OfficeCalendar:
    """Office hours as data. All datetimes in and out are aware; days and clock times are of Việt Nam."""

    hours: tuple[HoursRow, ...] = USUAL_WEEK
    days: tuple[DayRow, ...] = ()
    _stretches: dict[date, list[Stretch]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _days_by_date(self) -> dict[date, list[DayRow]]:
        by_date: dict[date, list[DayRow]] = {}
        for row in self.days:
            by_date.setdefault(row.date, []).append(row)
        return by_date

    def hours_on(self, day: date) -> list[Stretch]:
        """Open stretches of a day in order; empty when closed.

        A confirmed row outweighs a proposed one. A day that is only *proposed* as off is closed (nobody should be
        promised a visit on a likely holiday); a day only proposed as worked stays closed until it is confirmed.
        """
        if day not in self._stretches:
            self._stretches[day] = self._compute(day)
        return self._stretches[day]

    def _compute(self, day: date) -> list[Stretch]:
        rows = self._days_by_date.get(day, [])
        worked = [row for row in rows if row.is_work and not row.is_proposed]
        whole_day_off = [row for row in rows if not row.is_work and row.starts_at is None]
        if worked:
            timed = [(row.starts_at, row.ends_at) for row in worked if row.starts_at and row.ends_at]
            stretches = sorted(timed) if timed else self._plain(day) or self._working_week(day)
        elif whole_day_off:
            return []
        else:
            stretches = self._plain(day)
        for row in rows:
            if not row.is_work and row.starts_at and row.ends_at:
                stretches = _without(stretches, (row.starts_at, row.ends_at))
        return stretches

    def _plain(self, day: date, weekday: int | None = None) -> list[Stretch]:
        wanted = weekday or day.isoweekday()
        return sorted((r.opens_at, r.closes_at) for r in self.hours if r.weekday == wanted and r.applies_on(day))

    def _working_week(self, day: date) -> list[Stretch]:
        """A made-up Saturday keeps the hours of an ordinary day: the first weekday that has any."""
        return next((found for weekday in range(1, 8) if (found := self._plain(day, weekday))), [])

    def closure_name(self, day: date) -> str:
        """Why a day that would be open is closed ("Quốc khánh"), "" where no closure is entered for the whole day."""
        if self.hours_on(day):
            return ""
        rows = [row for row in self._days_by_date.get(day, []) if not row.is_work and row.starts_at is None]
        return min(rows, key=lambda row: row.is_proposed).name if rows else ""

    def closed_because(self, day: date) -> str:
        """Like `closure_name`, and "Thứ Bảy", "Chủ nhật" … for a plain weekday without hours; "" when open."""
        if self.hours_on(day):
            return ""
        return self.closure_name(day) or WEEKDAY_NAMES[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(ZONE)
        return any(opens <= local.time() < closes for opens, closes in self.hours_on(local.date()))

    def closes_after(self, at: datetime) -> datetime | None:
        """The end of the stretch `at` lies in, or None when the office is closed at that moment."""
        local = at.astimezone(ZONE)
        for opens, closes in self.hours_on(local.date()):
            if opens <= local.time() < closes:
                return on(local.date(), closes)
        return None

    def stretches_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches that have not ended at `at`, in order, for a year and a bit."""
        first = at.astimezone(ZONE).date()
        for offset in range(LOOK_AHEAD_DAYS):
            day = first + timedelta(days=offset)
            for opens, closes in self.hours_on(day):
                if on(day, closes) > at:
                    yield on(day, opens), on(day, closes)

    def next_open_moment(self, at: datetime) -> datetime:
        """`at` itself while the office is open, else when it next opens. Raises NoOfficeHours."""
        for opens, _ in self.stretches_from(at):
            return max(opens, at)
        raise NoOfficeHours("Chưa có giờ làm việc nào trong một năm tới. Hãy nhập giờ làm việc.")

    def add_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The moment when so many open minutes have passed since `at`. Raises NoOfficeHours."""
        left = timedelta(minutes=minutes)
        for opens, closes in self.stretches_from(at):
            start = max(opens, at)
            if start + left <= closes:
                return start + left
            left -= closes - start
        raise NoOfficeHours("Chưa có giờ làm việc nào trong một năm tới. Hãy nhập giờ làm việc.")

    def working_days_after(self, day: date, n: int) -> date:
        """The n-th working day after `day` (day 1 is the working day after it; 0 is `day`). Raises NoOfficeHours."""
        if n <= 0:
            return day
        left = n
        for offset in range(1, LOOK_AHEAD_DAYS + 2 * n):
            candidate = day + timedelta(days=offset)
            left -= bool(self.hours_on(candidate))
            if not left:
                return candidate
        raise NoOfficeHours("Chưa có giờ làm việc nào trong một năm tới. Hãy nhập giờ làm việc.")


def on(day: date, clock: time) -> datetime:
    """A clock time of Việt Nam on a day, as an aware datetime."""
    return datetime.combine(day, clock, tzinfo=ZONE)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Midnight to midnight in Việt Nam."""
    return on(day, time.min), on(day + timedelta(days=1), time.min)


def _without(stretches: Iterable[Stretch], hole: Stretch) -> list[Stretch]:
    left, right = hole
    kept = []
    for opens, closes in stretches:
        kept += [(a, b) for a, b in ((opens, min(closes, left)), (max(opens, right), closes)) if a < b]
    return kept


def current_calendar() -> OfficeCalendar:
    """The calendar as entered (two small queries). Where no hours were entered yet, the usual ones apply."""
    rows = WorkingHours.objects.values_list("weekday", "opens_at", "closes_at", "valid_from", "valid_to")
    hours = tuple(HoursRow(*row) for row in rows) or USUAL_WEEK
    closures = Closure.objects.exclude(status=Closure.Status.DISMISSED).values_list(
        "date", "kind", "name", "starts_at", "ends_at", "status"
    )
    days = tuple(
        DayRow(day, kind == Closure.Kind.WORK, name, starts, ends, status == Closure.Status.PROPOSED)
        for day, kind, name, starts, ends, status in closures
    )
    return OfficeCalendar(hours=hours, days=days)
