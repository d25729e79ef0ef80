"""A day and an hour said together, in any order, with marks and without."""

from datetime import datetime
from itertools import product

from procedures.services import fold
from registrations.dialogue.times import read_time

NOW = datetime.fromisoformat("2026-11-23T09:00")
DAYS = {
    "mai": "24/11", "ngày mốt": "25/11", "hôm nay": "23/11", "thứ ba": "24/11", "thứ tư tuần sau": "02/12",
    "thứ năm": "26/11", "t6": "27/11", "T5 tuần tới": "03/12", "thứ sáu tuần này": "27/11", "cn tuần sau": "06/12",
    "thứ hai tới": "30/11", "25/11": "25/11", "26-11": "26/11", "27.11.2026": "27/11", "5 tháng mười hai": "05/12",
    "ngày hai mươi bốn tháng mười một": "24/11", "mùng 3": "03/12", "3 ngày nữa": "26/11", "ngày kia": "25/11",
}  # fmt: skip
HOURS = {
    "8h": "08:00 None", "8 giờ 30": "08:30 None", "8:30": "08:30 None", "8 rưỡi": "08:30 None",
    "8h kém 15": "07:45 None",
    "2h chiều": "14:00 afternoon", "14h": "14:00 None", "ba giờ rưỡi chiều": "15:30 afternoon",
    "9 giờ sáng": "09:00 morning", "khoảng 9h": "09:00 None", "từ 8h đến 10h": "08:00 None",
    "8-10h sáng": "08:00 morning", "đầu giờ chiều": "13:30 afternoon", "lúc 10 giờ 15 phút": "10:15 None",
}  # fmt: skip
FRAMES = ("{hour} {day}", "{day} {hour}", "{day}, {hour}", "dạ em hẹn {hour}, {day} được không ạ")


def test_a_day_and_an_hour_are_read_together_whichever_comes_first() -> None:
    wrong = []
    for (day, on), (hour, at), frame, as_typed in product(DAYS.items(), HOURS.items(), FRAMES, (str, fold)):
        text = as_typed(frame.format(day=day, hour=hour))
        reading = read_time(text, NOW)
        got = (
            f"{reading.day:%d/%m}" if reading.day else None,
            f"{reading.time:%H:%M} {reading.part}" if reading.time else None,
        )
        if got != (on, at):
            wrong.append(f"{text!r}: {got}")
    assert not wrong
