"""The labelled phrases: real people's ways of asking, each with the procedures that answer it (none: an empty list).

`tune.jsonl` may be looked at while the search is worked on. `report.jsonl` was written after that work and is only
measured: whoever tunes the search on it must move it to the other file and write a new one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"


@dataclass(frozen=True)
class Phrase:
    text: str
    codes: list[str]


@dataclass
class Score:
    """Shares from 0 to 1. A family is one licence: its procedures to get, renew and amend it."""

    family_first: float
    in_three: float
    refused: float
    none_recognised: float
    failed: list[str] = field(default_factory=list, repr=False)


def phrases(name: str) -> list[Phrase]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Phrase(**json.loads(line)) for line in lines]


def score(labelled: list[Phrase], answer: Callable[[str], list[str]], family_of: dict[str, str]) -> Score:
    """Measure a search: `answer(text)` gives codes, best first, none of ours as an empty list."""
    real = [phrase for phrase in labelled if phrase.codes]
    others = [phrase for phrase in labelled if not phrase.codes]
    first = three = refused = recognised = 0
    failed = []
    for phrase in real:
        found = answer(phrase.text)
        is_first = bool(found) and family_of[found[0]] in {family_of[code] for code in phrase.codes}
        is_among = any(code in phrase.codes for code in found[:3])
        first, three, refused = first + is_first, three + is_among, refused + (not found)
        if not (is_first and is_among):
            failed.append(f"{phrase.text!r}: cần {phrase.codes[0]}, được {found[:3] or 'không có'}")
    for phrase in others:
        found = answer(phrase.text)
        recognised += not found
        if found:
            failed.append(f"{phrase.text!r}: không phải của ta, được {found[:3]}")
    return Score(first / len(real), three / len(real), refused / len(real), recognised / len(others), failed)
