"""Tables by position: names found once, missing ones nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.plan.frames import (
    assignment_of,
    buildings_of,
    centre_positions,
    geo_frame,
    points_at,
    positions,
    unit_positions,
)
from tests.plans import make_plan_tables


@given(st.lists(st.text(max_size=3), unique=True), st.lists(st.text(max_size=3)))
def test_positions_are_where_names_stand(names: list[str], wanted: list[str]) -> None:
    """Each wanted name is at its position, or at -1 where it is none."""
    for name, at in zip(wanted, positions(names, wanted), strict=True):
        assert (at == -1 and name not in names) or names[at] == name
    assert positions(names, wanted).dtype == np.int64


def test_a_plan_by_position() -> None:
    """Units, centres and the assignment of a plan, with nobody at -1."""
    tables = make_plan_tables()
    n = len(tables.units)
    assert unit_positions(tables, tables.units["unit_id"]).tolist() == list(range(n))
    assert unit_positions(tables, ["nowhere", ""]).tolist() == [-1, -1]
    assert centre_positions(tables, tables.centres["centre_id"]).tolist() == list(
        range(len(tables.centres))
    )
    now = assignment_of(tables)
    assert now[tables.problem.home].tolist() == list(range(len(tables.centres)))
    assert now[n - 1] == -1


def test_points_without_a_place_are_empty() -> None:
    """NaN in either coordinate makes no point."""
    points = points_at([117.0, np.nan, 117.0], [32.6, 32.6, np.inf])
    assert [p.is_empty for p in points] == [False, True, True]
    frame = geo_frame({"a": [1, 2, 3]}, points)
    assert frame.crs == "EPSG:4326"
    assert frame.geometry.iloc[0].x == 117.0


def test_buildings_by_their_key_and_never_by_their_words() -> None:
    """Two that are worded alike stay two; plans without keys go by fence and words, nameless units alone."""
    tables = make_plan_tables()
    units = tables.units
    assert buildings_of(tables).tolist() == [u // 2 for u in range(len(units))]
    alike = replace(tables, units=units.assign(building="3号楼"))
    assert buildings_of(alike).tolist() == buildings_of(tables).tolist()
    bare = units.drop(columns="building_id")
    words = np.array(["甲", "甲", "", "", *["乙"] * (len(units) - 4)], object)
    told = buildings_of(replace(tables, units=bare.assign(building=words, fence="A")))
    assert told.tolist() == [0, 0, 1, 2, *[3] * (len(units) - 4)]
    none = buildings_of(replace(tables, units=bare.drop(columns="building")))
    assert none.tolist() == list(range(len(units)))
