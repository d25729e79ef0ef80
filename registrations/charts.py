"""Bars as SVG without inline style: colours are classes of our own sheet, right in light, dark and on paper."""

from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, FOOT, LEFT = 720, 220, 26, 34


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    inner_y: float
    inner_height: float
    label: str
    label_x: float
    title: str


@dataclass(frozen=True)
class Chart:
    """Twin bars: all of a day, and inside it those filed."""

    bars: list[Bar]
    grid: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def bars_by_time(rows: list[tuple[date, int, int]], unit: str) -> Chart:
    """`rows`: (first day, all, filed)."""
    top = max((all_ for _, all_, _ in rows), default=0) or 1
    step = max(1, -(-top // 4))
    ceiling = step * 4
    room = HEIGHT - FOOT - 10
    wide = (WIDTH - LEFT) / max(1, len(rows))
    every = max(1, len(rows) // 12)
    bars = []
    for place, (day, all_, filed) in enumerate(rows):
        high, inner = room * all_ / ceiling, room * filed / ceiling
        name = f"{day:%m/%Y}" if unit == "month" else f"{day:%d/%m}"
        x = LEFT + place * wide
        bars.append(
            Bar(
                x=round(x + wide * 0.15, 1),
                y=round(HEIGHT - FOOT - high, 1),
                width=round(wide * 0.7, 1),
                height=round(high, 1),
                inner_y=round(HEIGHT - FOOT - inner, 1),
                inner_height=round(inner, 1),
                label=name if place % every == 0 else "",
                label_x=round(x + wide / 2, 1),
                title=f"{name}: {all_} đăng ký, {filed} đã nộp",
            )
        )
    grid = [(round(HEIGHT - FOOT - room * n * step / ceiling, 1), n * step) for n in range(5)]
    return Chart(bars, grid)
