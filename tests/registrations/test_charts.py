"""What is drawn says the same as its table: heights, and hexagons that touch exactly where wards touch."""

import json
from itertools import combinations
from math import dist

from registrations.charts import HEX_WIDTH, STRONGEST, Place, Twin, sketch, twin_bars
from scheduling.ward_file import WARDS_FILE


def test_bars_stand_on_the_ground_and_are_as_high_as_their_numbers():
    chart = twin_bars([Twin("a", "", 8, 2), Twin("b", "", 4, 4), Twin("c", "", 0, 0)])
    assert len({round(bar.y + bar.height, 1) for bar in chart.bars}) == 1
    assert chart.bars[0].height == 2 * chart.bars[1].height == 4 * chart.bars[0].inner_height
    assert chart.bars[2].height == 0
    assert [value for _, value in chart.grid] == [0, 2, 4, 6, 8]


def test_wards_touch_on_the_sketch_exactly_where_they_touch():
    units = [unit for unit in json.loads(WARDS_FILE.read_text())["units"] if unit["is_served"]]
    drawn = sketch([Place(unit["code"], 1, "1", "", *unit["sketch"]) for unit in units])
    middle = {cell.place.name: (cell.x, cell.y) for cell in drawn.cells}
    for one, other in combinations(units, 2):
        touch = dist(middle[one["code"]], middle[other["code"]]) < HEX_WIDTH * 1.01
        assert touch == (other["code"] in one["neighbours"]), (one["name"], other["name"])


def test_a_ward_without_a_position_or_on_a_taken_one_is_drawn_below_and_none_is_lost():
    drawn = sketch([Place("a", 4, "4", "", 0, 1), Place("b", 2, "2", "", 0, 1), Place("c", 0, "0", "")])
    assert [(cell.place.name, cell.opacity) for cell in drawn.cells] == [
        ("a", STRONGEST),
        ("b", STRONGEST / 2),
        ("c", 0),
    ]
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == 3
    assert drawn.cells[1].y > drawn.cells[0].y
    assert sketch([]).cells == []
