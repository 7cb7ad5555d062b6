"""A plan's places by what they are called, and by where they lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.intake.address.parse import parse_address
from planner.model.measures import METRES_A_MINUTE
from planner.model.tables import PlanTables
from planner.plan.names import NameBook, name_book
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of two stairwells a building."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def book(tables: PlanTables) -> NameBook:
    """Give its names."""
    return name_book(tables)


def test_equal_plans_share_a_book(tables: PlanTables, book: NameBook) -> None:
    """It is made once for a plan."""
    assert name_book(tables) is book


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("新村路7号2单元", [13]),
        ("新村路７号２单元", [13]),
        ("新村路7号", [12, 13]),
        ("新村路7号9单元", [12, 13]),
        ("新村路7号2单元503", [13]),
        ("别的路7号", []),
    ],
)
def test_units_of_a_text(book: NameBook, text: str, units: list[int]) -> None:
    """By the whole name, by the building, by the stairwell where the plan knows it."""
    assert book.units_of(text) == units


def test_a_road_without_a_number_is_all_of_it(book: NameBook, tables: PlanTables) -> None:
    """Of a number that is not there it is nothing."""
    assert len(book.area(parse_address("新村路"))) == len(tables.units)
    assert book.area(parse_address("新村路7号")) == frozenset()


def western(tables: PlanTables) -> PlanTables:
    """Call the first units in the western way."""
    labels = ["Mannerheimintie 12 A", "Mannerheimintie 14", *tables.units["label"].tolist()[2:]]
    name = dict(zip(tables.units["unit_id"], labels, strict=True))
    matched = [name.get(u, "") for u in tables.households["unit_id"]]
    return replace(
        tables,
        units=tables.units.assign(label=labels),
        households=tables.households.assign(matched=matched),
    )


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("mannerheimintie 12 A", [0]),
        ("Mannerheimintie 12 A 5", [0]),
        ("MANNERHEIMINTIE 14, B 7", [1]),
        ("Mannerheimintie", [0, 1]),
        ("Mannerheimintie 16", []),
    ],
)
def test_flats_and_stairwells_of_western_lines(
    tables: PlanTables, text: str, units: list[int]
) -> None:
    """Left out from the end, until the plan knows the rest; the number never is."""
    assert name_book(western(tables)).units_of(text) == units


def test_a_place_of_a_unit(book: NameBook, tables: PlanTables) -> None:
    """Its zone, its centre and its walk; of one that nobody serves neither number nor walk."""
    served = int(np.flatnonzero(tables.units["zone"] != "")[0])
    row = tables.units.iloc[served]
    made = book.place(served, "building", 0.91234)
    centre = tables.centres.set_index("centre_id").loc[row["zone"]]
    assert (made.zone, made.centre_id, made.centre) == (
        centre["number"],
        row["zone"],
        centre["label"],
    )
    assert (made.walk_m, made.confidence, made.unit_id) == (row["walk_m"], 0.912, row["unit_id"])
    assert made.minutes == pytest.approx(row["walk_m"] / METRES_A_MINUTE)
    nobody = int(np.flatnonzero(tables.units["zone"] == "")[0])
    lost = book.place(nobody, "building", 1.0)
    assert (lost.zone, lost.centre_id, lost.walk_m, lost.minutes) == (0, "", None, None)


def test_what_lies_at_a_spot(book: NameBook, tables: PlanTables) -> None:
    """At a door its unit; far from every unit the zone that is drawn there, or nothing."""
    door = tables.units.geometry.iloc[13]
    (here,) = book.at(door.x, door.y, "given", 1.0)
    assert (here.unit_id, here.away_m) == (tables.units["unit_id"].iloc[13], 0.0)
    assert book.at(door.x + 5, door.y, "given", 1.0) == []
    own = {p.zone for p in book.at(door.x, door.y + 0.0003, "given", 1.0)}
    assert own
    assert all(p.away_m > 15 for p in book.at(door.x, door.y + 0.0003, "given", 1.0))


def test_communities_that_agree(book: NameBook, tables: PlanTables) -> None:
    """Of a text that names one of the plan's the units must lie there; any other says nothing."""
    one, other = "幸福社区", "矿工社区"
    inside = np.flatnonzero(tables.units["fence"] == one).tolist()
    assert book.agrees(f"{one}新村路1号", inside)
    assert not book.agrees(f"{other}新村路1号", inside)
    assert book.agrees("远方社区新村路1号", inside)
    assert book.agrees("Mannerheimintie 12", inside)


def test_how_precisely_homes_were_placed(tables: PlanTables) -> None:
    """What holds for most homes of a unit; a building where none lives."""
    homes = tables.households
    unit = homes["unit_id"].value_counts().index[0]
    rows = np.flatnonzero(homes["unit_id"] == unit)
    precision = homes["precision"].to_numpy(object).copy()
    precision[rows] = "street"
    precision[rows[:1]] = "building"
    book = name_book(replace(tables, households=homes.assign(precision=precision)))
    at = tables.units["unit_id"].tolist().index(unit)
    assert book.known_as(at) == "street"
    assert name_book(replace(tables, households=homes.iloc[:0])).known_as(0) == "building"
