"""What the words of citizens mean as days and hours; the phrases with their answers stand beside this file."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.dialogue.times import TimeReading, read_time

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FROM, TO = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2150-01-01")
# A message four times as long may take ten times as long: reading every stretch of it again would take sixteen.
FOUR_TIMES_AS_LONG, AT_MOST_TIMES = 4, 10


def phrases(half: str) -> list[dict[str, str | None]]:
    text = (Path(__file__).parent / f"times_{half}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def as_said(reading: TimeReading) -> tuple[str | None, str | None, str | None]:
    return (
        reading.day.isoformat() if reading.day else None,
        f"{reading.time:%H:%M}" if reading.time else None,
        reading.part,
    )


def misread(half: str) -> list[str]:
    said = [(row, as_said(read_time(row["text"] or "", written_at(row)))) for row in phrases(half)]
    return [f"{row['text']!r}: {got}" for row, got in said if got != (row["day"], row["time"], row["part"])]


def written_at(row: dict[str, str | None]) -> datetime:
    return datetime.fromisoformat(row["now"]) if row.get("now") else MONDAY_MORNING  # type: ignore[arg-type]


@pytest.mark.parametrize("half", ["tune", "report"])
def test_at_least_95_in_100_phrases_are_read_rightly(half: str) -> None:
    wrong = misread(half)
    total = len(phrases(half))
    assert total >= 200
    assert (total - len(wrong)) / total >= 0.95, "\n".join(wrong)


def test_the_two_halves_share_no_phrase() -> None:
    assert not {row["text"] for row in phrases("tune")} & {row["text"] for row in phrases("report")}


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        # A weekday alone is the next such day; today's own name means a week on, unless "này" is said.
        ("2026-11-25T08:00", "thứ 4", date(2026, 12, 2)),
        ("2026-11-25T08:00", "thứ 4 này", date(2026, 11, 25)),
        ("2026-11-25T08:00", "thứ 2 tuần này", date(2026, 11, 23)),
        ("2026-11-29T08:00", "thứ 2 tuần sau", date(2026, 11, 30)),
        ("2026-11-29T08:00", "cuối tuần này", date(2026, 11, 28)),
        ("2026-11-29T08:00", "cuối tuần", date(2026, 12, 5)),
        ("2026-11-26T08:00", "giữa tuần", date(2026, 12, 2)),
        # Without a year: the nearest to come, or at most 60 days past.
        ("2026-12-30T08:00", "5/1", date(2027, 1, 5)),
        ("2027-01-10T08:00", "25/12", date(2026, 12, 25)),
        ("2026-11-23T08:00", "24/9", date(2026, 9, 24)),
        ("2026-11-23T08:00", "23/9", date(2027, 9, 23)),
        ("2026-12-31T08:00", "mai", date(2027, 1, 1)),
        ("2027-01-31T08:00", "ngày 30", date(2027, 3, 30)),
        ("2027-01-31T08:00", "1 tháng nữa", date(2027, 2, 28)),
        # The names of the first and the last month are lunar, unless somebody says which calendar is meant.
        ("2026-11-23T08:00", "2 tháng giêng", date(2027, 2, 7)),
        ("2026-11-23T08:00", "2 tháng giêng dương lịch", date(2027, 1, 2)),
        ("2026-11-23T08:00", "5 tháng chạp dương lịch, 9h sáng", date(2026, 12, 5)),
        ("2026-11-23T08:00", "5 tháng giêng đường Trần Phú", date(2027, 2, 10)),
        # Said during Tết itself.
        ("2027-02-08T08:00", "mùng 5 tết", date(2027, 2, 10)),
        ("2027-02-12T08:00", "mùng 5 tết", date(2028, 1, 30)),
    ],
)
def test_a_day_is_counted_from_the_day_it_was_said(now: str, text: str, day: date) -> None:
    assert read_time(text, datetime.fromisoformat(now)).day == day


def test_an_hour_counted_from_now_may_pass_midnight() -> None:
    assert read_time("2 tiếng nữa", datetime.fromisoformat("2026-11-23T23:15")) == TimeReading(
        date(2026, 11, 24), time(1, 15)
    )


@pytest.mark.parametrize(("text", "bound"), [("sau 2h chiều", "from"), ("trước 10h", "until"), ("lúc 10h", None)])
def test_after_and_before_an_hour_are_told_from_at(text: str, bound: str | None) -> None:
    assert read_time(text, MONDAY_MORNING).bound == bound


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    read_time(text, MONDAY_MORNING)


WORDS = """
    sáng chiều trưa tối mai mốt nay thứ 2 3 5 12 24 31 99 2026 8h 30 2h30 giờ rưỡi kém ngày tháng năm tuần sau tới này
    nữa
    mùng tết rằm âm lịch cuối đầu giữa / - : . , không được đổi sang từ đến hoặc khoảng 0900 sangs thu71
"""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=14), st.datetimes(FROM, TO))
@settings(max_examples=400, deadline=None)
def test_no_jumble_of_time_words_makes_the_reader_fail(words: list[str], now: datetime) -> None:
    reading = read_time(" ".join(words), now)
    assert reading.part in {None, "morning", "noon", "afternoon"}


LONG_WINDED = ["8h ", "1-", "ngày 5 tháng 12 ", "# ", "mười hai giờ ", "em gọi 8h, ", "không được 8h ", "thứ 2, 4, 6 "]


@pytest.mark.parametrize("again", LONG_WINDED)
def test_a_long_message_takes_no_more_than_its_length(again: str) -> None:
    part, whole, page = (again * (letters // len(again)) for letters in (100, 400, 4000))
    assert quickest(whole) < AT_MOST_TIMES * quickest(part)
    assert quickest(page) < FOUR_TIMES_AS_LONG * quickest(whole)


def quickest(text: str) -> float:
    """Processor time, the best of seven: other programs on the machine must not decide."""
    best = float("inf")
    for _ in range(7):
        started = thread_time()
        read_time(text, MONDAY_MORNING)
        best = min(best, thread_time() - started)
    return best


def test_any_day_of_the_week_named_alone_lies_within_the_next_seven_days() -> None:
    for ahead in range(14):
        now = MONDAY_MORNING + timedelta(days=ahead)
        for name in ("thứ 2", "t3", "thu tu", "thứ năm", "T6", "thứ bảy", "cn"):
            day = read_time(name, now).day
            assert day is not None
            assert timedelta(days=1) <= day - now.date() <= timedelta(days=7)
