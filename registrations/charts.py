"""Charts as SVG without inline style: colours are the page's own variables, right in light, dark and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

WIDTH, HEIGHT, FOOT, LEFT = 720, 220, 26, 34
HEX_WIDTH, GAP = 150, 6
HEX_HEIGHT = HEX_WIDTH * 2 / sqrt(3)
# How strong the colour of a ward may get: at full strength its name could not be read.
STRONGEST = 0.5


@dataclass(frozen=True)
class Twin:
    """A bar and the part of it that is drawn inside. `label` stands below, `title` says it in words."""

    label: str
    title: str
    outer: float
    inner: float


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
    bars: list[Bar]
    grid: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def twin_bars(twins: Sequence[Twin]) -> Chart:
    """Bars side by side on a grid of whole numbers; of many labels only some are written."""
    top = ceil(max((twin.outer for twin in twins), default=0)) or 1
    step = max(1, -(-top // 4))
    ceiling = step * 4
    room = HEIGHT - FOOT - 10
    wide = (WIDTH - LEFT) / max(1, len(twins))
    every = max(1, len(twins) // 12)
    bars = []
    for place, twin in enumerate(twins):
        high, inner = room * twin.outer / ceiling, room * twin.inner / ceiling
        x = LEFT + place * wide
        bars.append(
            Bar(
                x=round(x + wide * 0.15, 1),
                y=round(HEIGHT - FOOT - high, 1),
                width=round(wide * 0.7, 1),
                height=round(high, 1),
                inner_y=round(HEIGHT - FOOT - inner, 1),
                inner_height=round(inner, 1),
                label=twin.label if place % every == 0 else "",
                label_x=round(x + wide / 2, 1),
                title=twin.title,
            )
        )
    grid = [(round(HEIGHT - FOOT - room * n * step / ceiling, 1), n * step) for n in range(5)]
    return Chart(bars, grid)


@dataclass(frozen=True)
class Place:
    """A ward on the sketch: where (None: nowhere yet), how many, and the list behind the number."""

    name: str
    number: int
    text: str
    url: str
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Cell:
    place: Place
    points: str
    x: float
    y: float
    opacity: float


@dataclass(frozen=True)
class Sketch:
    cells: list[Cell]
    width: float
    height: float


def sketch(places: Sequence[Place]) -> Sketch:
    """Hexagons that touch where wards touch, the darker the more. Not a map: no boundary or distance is true.

    Columns count half cells. Places without a position, and a second one on the same cell, follow in rows below.
    """
    placed: dict[tuple[int, int], Place] = {}
    loose = []
    for place in places:
        if place.row is None or place.column is None or (place.row, place.column) in placed:
            loose.append(place)
        else:
            placed[place.row, place.column] = place
    below = max((row for row, _ in placed), default=-1) + 1
    for n, place in enumerate(loose):
        row, column = divmod(n, 3)
        placed[below + row, 2 * column + (below + row) % 2] = place
    most = max((place.number for place in places), default=0) or 1
    cells = [_cell(place, row, column, most) for (row, column), place in sorted(placed.items(), key=lambda at: at[0])]
    width = max((column for _, column in placed), default=0) * HEX_WIDTH / 2 + HEX_WIDTH
    height = max((row for row, _ in placed), default=0) * HEX_HEIGHT * 0.75 + HEX_HEIGHT
    return Sketch(cells, round(width, 1), round(height, 1))


def _cell(place: Place, row: int, column: int, most: int) -> Cell:
    x, y = (column + 1) * HEX_WIDTH / 2, row * HEX_HEIGHT * 0.75 + HEX_HEIGHT / 2
    half, tall = (HEX_WIDTH - GAP) / 2, (HEX_HEIGHT - GAP) / 2
    corners = ((0, -tall), (half, -tall / 2), (half, tall / 2), (0, tall), (-half, tall / 2), (-half, -tall / 2))
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    opacity = round(STRONGEST * place.number / most, 2)
    return Cell(place, points, round(x, 1), round(y, 1), opacity)
