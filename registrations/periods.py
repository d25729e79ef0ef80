"""Stretches of days that figures are counted over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registrations.filters import midnight


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Half open."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))

    @property
    def before(self) -> "Period":
        """Just before, and as long: as many months for whole months (a quarter, a year), else as many days."""
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            year, month = divmod(self.first.year * 12 + self.first.month - 1 - months, 12)
            return Period(date(year, month + 1, 1), self.first - timedelta(days=1))
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def unit(self) -> str:
        """Bars of days for a month, of weeks for half a year, of months beyond."""
        return "day" if self.days <= 31 else "week" if self.days <= 184 else "month"

    def steps(self) -> Iterator["Period"]:
        """The day, week or month of each bar, cut to this period."""
        start = self.first
        while start <= self.last:
            if self.unit == "month":
                following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            else:
                following = start + timedelta(days=7 - start.weekday() if self.unit == "week" else 1)
            yield Period(start, min(self.last, following - timedelta(days=1)))
            start = following


def usual_periods(today: date) -> dict[str, tuple[str, Period]]:
    """The periods people ask for, by the word in the address."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last_month_end = month - timedelta(days=1)
    return {
        "hom-nay": ("Hôm nay", Period(today, today)),
        "tuan": ("Tuần này", Period(monday, monday + timedelta(days=6))),
        "thang": ("Tháng này", Period(month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))),
        "thang-truoc": ("Tháng trước", Period(last_month_end.replace(day=1), last_month_end)),
        "quy": ("Quý này", Period(quarter, (quarter + timedelta(days=95)).replace(day=1) - timedelta(days=1))),
        "nam": ("Năm nay", Period(today.replace(month=1, day=1), today.replace(month=12, day=31))),
    }
