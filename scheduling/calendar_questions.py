"""Questions about office hours, answered from the calendar as entered now."""

from collections.abc import Iterable
from datetime import date, datetime

from scheduling.hours import Stretch, current_calendar


def hours_on(day: date) -> list[Stretch]:
    """Open stretches of a day as clock times of Việt Nam, half open; empty when closed."""
    return current_calendar().hours_on(day)


def is_open(at: datetime) -> bool:
    """Whether the office works at that moment."""
    return current_calendar().is_open(at)


def next_open_moment(at: datetime) -> datetime:
    """`at` itself while the office is open, else when it next opens. Raises NoOfficeHours."""
    return current_calendar().next_open_moment(at)


def add_working_minutes(at: datetime, minutes: int) -> datetime:
    """The moment when so many open minutes have passed. Raises NoOfficeHours."""
    return current_calendar().add_working_minutes(at, minutes)


def working_days_after(day: date, n: int) -> date:
    """The n-th working day after a day; day 1 is the working day after it. Raises NoOfficeHours."""
    return current_calendar().working_days_after(day, n)


def each_working_day_after(days: Iterable[date], n: int) -> dict[date, date]:
    """The n-th working day after each of these days, the calendar read once. Raises NoOfficeHours."""
    calendar = current_calendar()
    return {day: calendar.working_days_after(day, n) for day in days}


def closure_name(day: date) -> str:
    """The holiday or closure that shuts a whole day, "" for none (plain weekends have none)."""
    return current_calendar().closure_name(day)
