"""Chinese addresses among what is known: by key, by road, by compound, by a part of its name."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.intake.address.parse import parse_each
from planner.intake.gazetteer.chinese import find_chinese
from planner.intake.gazetteer.found import Cause, Match
from planner.intake.gazetteer.index import Gazetteer
from tests.intake.gazetteer.test_geocode import METRE, town


@pytest.fixture(scope="module")
def ground() -> Gazetteer:
    """Make a road, an estate of a table, one that only the map names, and two buildings beside it."""
    table = pd.DataFrame(
        [
            {"name": n, "building": b, "stairwell": s, "lon": x * METRE, "lat": 0.0}
            for n, b, s, x in (
                ("阳光小区", "1栋", "", 0.0), ("阳光小区", "3栋", "", 60.0),
                ("阳光小区", "5栋", "1", 120.0), ("阳光小区", "5栋", "2", 150.0),
                ("梨园北街小区", "7栋", "", 2000.0), ("西苑一期", "2栋", "", 3000.0),
                ("西苑二期", "2栋", "", 3300.0),
            )
        ]
    )  # fmt: skip
    doors = [("幸福路", str(n), 20.0 * n, 500.0) for n in range(2, 30, 2)]
    places = [("东湖花园", "residential", 5000.0, 0.0)]
    buildings = [("9号楼", 5080.0, 0.0), ("9号楼", 9000.0, 0.0)]
    return town(doors, places=places, buildings=buildings, table=table)


def find(text: str, ground: Gazetteer, beside: str = "") -> Match:
    """Find one address."""
    parsed = parse_each([text], ground.names_known)
    (found,) = find_chinese([(text, beside)], ground, parsed)
    return found


@pytest.mark.parametrize(
    ("text", "precision", "x"),
    [
        ("阳光小区3栋2单元501", "building", 60),
        ("阳光小区三号楼", "building", 60),
        ("阳光小区5栋2单元", "stairwell", 150),
        ("幸福路12号", "address point", 240),
        ("幸福路12号3单元", "address point", 240),
        ("梨园北街7号楼", "building", 2000),
        ("东湖花园9号楼", "building", 5090),
        ("陽光小區3棟2單元501", "building", 60),
        ("東湖花園9號樓", "building", 5090),
    ],
)
def test_each_way_finds_its_place(text: str, precision: str, x: float, ground: Gazetteer) -> None:
    """By stairwell, by key, by road and number, by a part of a name, by a number near its compound."""
    found = find(text, ground)
    assert found.precision == precision
    assert found.xy is not None
    lon = ground.projection.to_lon_lat([found.xy])[0, 0]
    assert lon == pytest.approx(x * METRE, abs=2 * METRE)


def test_only_the_compound_is_known(ground: Gazetteer) -> None:
    """A building that the estate does not have is at most the estate, and not sure."""
    found = find("东湖花园77号楼", ground)
    assert found.precision == "compound"
    assert found.confidence <= 0.5


def test_the_building_of_a_plot_is_not_known_by_its_door(ground: Gazetteer) -> None:
    """Road and number are known, which of the buildings behind them is not."""
    found = find("幸福路12号8号楼", ground)
    assert (found.precision, found.confidence <= 0.7) == ("compound", True)


def test_two_parts_of_an_estate_are_a_tie(ground: Gazetteer) -> None:
    """西苑2栋 may be that of the first or of the second phase."""
    found = find("西苑2栋", ground)
    assert (found.xy, found.code) == (None, Cause.AMBIGUOUS)
    assert len(found.options) == 2


def test_what_only_resembles_is_told(ground: Gazetteer) -> None:
    """A misspelt estate is never taken; what it is like is said, with the building to choose."""
    found = find("阳光小苑3栋", ground)
    assert found.xy is None
    assert any("阳光" in c.label for c in found.options)


def test_nothing_is_asked_and_nothing_found(ground: Gazetteer) -> None:
    """No addresses, no matches; an unknown place is not found."""
    assert find_chinese([], ground, {}) == []
    assert find("火星大道1号", ground).code in (Cause.ABSENT, Cause.LIKE)


def test_a_part_of_an_estate_is_no_other_part() -> None:
    """三期, 3期, 第三期 and III期 are one; a part that the map lacks is not placed in another."""
    places = [
        ("朝阳家园", "residential", 6000.0, 0.0),
        ("朝阳家园三期", "residential", 7000.0, 0.0),
    ]
    buildings = [("9号楼", 6030.0, 0.0), ("9号楼", 7040.0, 0.0)]
    ground = town([("幸福路", "2", 40.0, 500.0)], places=places, buildings=buildings)
    for text, x in (
        *((f"朝阳家园{part}9号楼", 7040) for part in ("三期", "3期", "第三期", "III期", "(三期)")),
        ("朝阳家园9号楼", 6030),
        ("朝阳家园二期9号楼", None),
    ):
        found = find(text, ground).xy
        at = None if found is None else ground.projection.to_lon_lat([found])[0, 0] / METRE
        assert at == (None if x is None else pytest.approx(x + 10, abs=12)), text
