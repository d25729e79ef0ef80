"""Public holidays of a year as proposals, for a manager to confirm once the official notice is out.

Sources: the library `holidays` (Bộ luật Lao động 45/2019 Điều 112; Nghị quyết 28/2026/QH16 for 24/11 from 2026), and
`data/official_days.csv` for announced swaps the library misses. The file wins.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import holidays

from scheduling.models import Closure

OFFICIAL_DAYS = Path(__file__).parent / "data" / "official_days.csv"
LIBRARY_SOURCE = "Tính theo luật (thư viện holidays), chờ thông báo chính thức"


@dataclass(frozen=True)
class ProposedDay:
    date: date
    kind: Closure.Kind
    name: str
    source: str


def official_days(year: int, path: Path = OFFICIAL_DAYS) -> list[ProposedDay]:
    """Announced days of a year from the file (columns date, kind, reason, source)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            ProposedDay(date.fromisoformat(row["date"]), Closure.Kind(row["kind"]), row["reason"], row["source"])
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row.date.year == year]


def proposed_days(year: int) -> list[ProposedDay]:
    """Days off and made-up days of a year in order, one a date."""
    calendar = holidays.country_holidays("VN", years=year, language="vi")
    found = {
        day: ProposedDay(day, Closure.Kind.OFF, name.replace(";", ","), LIBRARY_SOURCE)
        for day, name in calendar.items()
        if day.year == year
    }
    for day in calendar.weekend_workdays:
        if day.year == year:
            found[day] = ProposedDay(day, Closure.Kind.WORK, "Làm bù", LIBRARY_SOURCE)
    found.update({row.date: row for row in official_days(year)})
    return sorted(found.values(), key=lambda row: row.date)


def propose_holidays(*, year: int) -> list[Closure]:
    """Enter the proposals of a year that nobody has entered or decided on yet; returns the new ones.

    A date that already has a row, whatever its state, is left alone: what a manager decided outweighs a computation.
    """
    known = set(Closure.objects.filter(date__year=year).values_list("date", flat=True))
    rows = [
        Closure(date=row.date, kind=row.kind, name=row.name, source=row.source, status=Closure.Status.PROPOSED)
        for row in proposed_days(year)
        if row.date not in known
    ]
    return Closure.objects.bulk_create(rows, ignore_conflicts=True)
