"""Times said in English, put into the Vietnamese words for them before the line is read ("Dec 5", "in two weeks").

Only what has a shape of its own in English is put over here; single words (tomorrow, Monday, morning) stand in the
vocabulary with the others.
"""

import re
from collections.abc import Callable
from re import Match

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
# "5 may" alone may be five of something (máy), "sep 5h" is what the boss (sếp) said.
_NOT_VIETNAMESE = r"(?!\d| ?(?:h|g|gio|giờ|ng|ngay|ngày|cai|cái|lanh|lạnh)\b)"
_YEAR = r"(?:,? (?P<year>20\d\d)\b)?"
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER = rf"(?:\d{{1,3}}|an?|{'|'.join(_NUMBERS)})"
_DAYS = {"mon": "thứ 2", "tue": "thứ 3", "wed": "thứ 4", "thu": "thứ 5", "fri": "thứ 6", "sat": "thứ 7", "sun": "cn"}
_DAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_HOUR = rf"(?P<hour>\d{{1,2}}(?:[:.]\d\d)?|{'|'.join(_NUMBERS)})"
_SPAN = {"day": "ngày", "week": "tuần", "month": "tháng", "hour": "tiếng", "minute": "phút", "min": "phút"}
_UNIT = r"(?P<unit>day|week|month|hour|minute|min)s?"
_HALF_DAY = r"(?: ?(?P<half>[ap]\.?m\b\.?|o'?clock))?"


def _number(word: str) -> str:
    return str(_NUMBERS.index(word) + 1) if word in _NUMBERS else "1" if word in {"a", "an"} else word


def _date(found: Match[str]) -> str:
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    return f" ngày {int(found['day'])}/{month}" + (f"/{found['year']}" if found["year"] else "") + " "


def _weekday(found: Match[str]) -> str:
    which = {"next": " tuần sau", "last": " tuần trước", "this": " này", "coming": " này"}
    return _DAYS[found["weekday"][:3].lower()] + which.get((found["which"] or "").lower(), "")


def _clock(found: Match[str]) -> str:
    hour = _number(found["hour"].lower())
    half = found["half"] or ""
    plain = half.lower().startswith("o") or not half
    return (f" {hour} giờ" if ":" not in hour and "." not in hour else f" {hour}") if plain else f" {hour}{half}"


def _lead(found: Match[str]) -> str:
    lead = {"after": "sau", "from": "từ", "before": "trước", "by": "trước", "until": "trước"}
    return lead.get(found["lead"].lower(), "lúc") + _clock(found)


def _past_or_to(found: Match[str]) -> str:
    few = found["few"].lower().removeprefix("a ").split()[0]
    minutes = {"half": "30", "quarter": "15", "twenty": "20"}.get(few) or _number(few)
    hour = _number(found["hour"].lower())
    said = f"{hour} giờ kém {minutes}" if found["way"].lower() in {"to", "til"} else f"{hour}:{minutes:0>2}"
    return f" {said}" + (f" {found['half']}" if found["half"] and not found["half"].lower().startswith("o") else "")


def _range(found: Match[str]) -> str:
    first = _number(found["first"].lower())
    return f"từ {first}{'' if ':' in first else ' giờ'} đến{_clock(found)}"


def _parts_of(found: Match[str]) -> str:
    which = {"e": "cuối", "l": "cuối", "m": "giữa", "b": "đầu", "s": "đầu"}[found["which"][0].lower()]
    if found["which"].lower() == "early":
        which = "đầu"
    return f"{which} {_SPAN[found['unit'].lower()]}" + (
        {"next": " sau", "this": " này"}.get((found["when"] or "").lower(), "")
    )


_PHRASES: list[tuple[re.Pattern[str], str | Callable[[Match[str]], str]]] = [
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"\b(?:i mean|actually|make it|sorry,? (?=\w))", " à không "),
        (r"\b(?:(?:is|are|am) )?(?:not (?:good|possible|free|available|ok|home)|unavailable|busy)\b", " bận "),
        (r"\b(?:can'?t|cannot|can not)(?: (?:do|make it|on))*\b", " không phải "),
        (r"\b(?:not|except)(?= (?:on )?(?:mon|tue|wed|thu|fri|sat|sun|tomorrow|today|the \d))", " không phải "),
        (r"\b(?:the )?day after tomorrow\b", " ngày mốt "),
        (r"\byesterday\b", " hôm qua "),
        (r"\b(?:tmrw?|tmw|tomorow|tommorow|tommorrow|tomorrow)\b", " mai "),
        (r"\b(?:xmas|christmas)(?: day)?\b", " noel "),
        (r"\bnew year'?s day\b", " tết tây "),
        (
            r"\b(?P<which>end|late|middle|mid|beginning|start|early)(?: of| in)?[ -](?:the )?"
            r"(?:(?P<when>next|this) )?(?P<unit>week|month)\b(?!end)",
            _parts_of,
        ),
        (r"\b(?P<when>next|this) weekend\b", lambda found: "cuối tuần " + _when(found)),
        (r"\b(?:the |at )*weekend\b", " cuối tuần "),
        (
            rf"\b{_DAY},? (?:of )?(?P<which>next|this|last) week\b",
            lambda found: f"{_DAYS[found['weekday'][:3].lower()]} tuần {_when(found, 'which')}",
        ),
        (rf"\b(?P<which>next|this|last|coming) {_DAY}\b", _weekday),
        (r"\b(?P<when>next|this|last) week\b", lambda found: "tuần " + _when(found)),
        (r"\b(?P<when>next|this|last) month\b", lambda found: "tháng " + _when(found)),
        (r"\bthis (?=morning|noon|afternoon|evening)", " nay "),
        (
            rf"\bin (?P<n>{_NUMBER}) {_UNIT}\b|\b(?P<n2>{_NUMBER}) (?P<unit2>day|week|month|hour|minute)s? "
            r"(?:later|from (?:now|today))\b",
            lambda found: (
                f"{_number((found['n'] or found['n2']).lower())} {_SPAN[(found['unit'] or found['unit2']).lower()]} nữa"
            ),
        ),
        (rf"\b{_MONTH} ?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{_NOT_VIETNAMESE}{_YEAR}", _date),
        (
            rf"\b(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?!may\b(?! 20)){_MONTH}{_NOT_VIETNAMESE}{_YEAR}",
            _date,
        ),
        (rf"\b(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th) (?:of )?{_MONTH}{_YEAR}", _date),
        (r"\b(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)\b", r" ngày \1 "),
        (
            rf"(?:(?<=on )|(?<=this )|(?<=next )){_DAY}\b|^{_DAY.replace('weekday', 'weekday3')}\W*$"
            rf"|\b{_DAY.replace('weekday', 'weekday2')}"
            r"(?=,? (?:morning|noon|afternoon|evening|at|around|after|before|\d{1,2}(?::\d\d)? ?[ap]m|\d{1,2}:\d\d))",
            lambda found: _DAYS[(found["weekday"] or found["weekday2"] or found["weekday3"])[:3].lower()] + " ",
        ),
        (
            rf"\b(?P<few>half|(?:a )?quarter|five|ten|twenty|\d{{1,2}} min(?:ute)?s?) (?P<way>past|to|til) "
            rf"{_HOUR}{_HALF_DAY}",
            _past_or_to,
        ),
        (
            rf"\b(?:between |from )(?P<first>\d{{1,2}}(?::\d\d)?)(?: ?[ap]m)? (?:and|to|till|until) {_HOUR}{_HALF_DAY}"
            rf"(?![\w/:])",
            _range,
        ),
        (
            rf"(?<!live )\b(?P<lead>at|around|about|after|before|by|from|until) {_HOUR}{_HALF_DAY}"
            rf"(?![\w/:]| ?(?:{'|'.join(_SPAN)}|people|person))",
            _lead,
        ),
        (rf"\b{_HOUR} ?(?P<half>o'?clock)\b", _clock),
        (r"\b(?:mid ?day|lunch ?time)\b", " trưa "),
        (r"\bevening\b", " tối "),
    )
]
# A word no Vietnamese message has: without one, the line is not touched.
_SIGN = re.compile(
    r"\b(?:" + "|".join(_MONTHS) + r")|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|week|month|tom+or+ow|ten to|five to|days? later"
    r"|\btmr?w\b|\btmr\b|\bday\b|\b(?:after)?noon|morning|evening|o'?clock|past|quarter"
    r"|\b(?:at|around|after|before|between) \d|\d(?:st|nd|rd|th)\b"
    r"|\bin \w+ (?:day|week|month|hour|min)|mid ?day|lunch|christmas|xmas|yesterday|\b(?:mon|tue|wed|fri|sat|sun)\b",
    re.IGNORECASE,
)


def _when(found: Match[str], group: str = "when") -> str:
    return {"next": "sau", "this": "này", "last": "trước"}[found[group].lower()]


def in_vietnamese(text: str) -> str:
    """The text with its English times in Vietnamese words; any other text as it is."""
    if not _SIGN.search(text):
        return text
    for pattern, put in _PHRASES:
        text = pattern.sub(put, text)
    return text
