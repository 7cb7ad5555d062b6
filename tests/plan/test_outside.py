"""Answers of other solvers: taken as they are, measured and audited as one's own, and never believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from planner.api.plan import Plan
from planner.errors import InputError
from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of
from planner.plan.outside import from_outside
from tests.plans import make_plan_tables, plans_equal

UNITS = pd.DataFrame(
    {
        "unit": ["a", "b", "c", "d"],
        "households": [3, 4, 5, 2],
        "lon": [117.0, 117.001, 117.002, 117.003],
        "lat": [32.6] * 4,
    }
)
CENTRES = pd.DataFrame({"centre": ["p", "q"], "unit": ["a", "d"]})
WALKS = [(u, c, abs(k - 3 * (c == "q")) * 93.0) for k, u in enumerate("abcd") for c in "pq"]
PAIRS = pd.DataFrame(WALKS, columns=["unit", "centre", "walk_m"])
CHAIN = pd.DataFrame({"unit": ["a", "b", "c"], "neighbour": ["b", "c", "d"]})
RULES = {"households_per_zone": (6, 8)}


def problem() -> Problem:
    """Four units in a row, a centre at each end."""
    return Problem.from_frames(UNITS, PAIRS, CENTRES, adjacency=CHAIN, rules=RULES)


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of a small town."""
    return make_plan_tables(nx=5, ny=4)


@pytest.mark.parametrize(
    "assignment",
    [
        [0, 0, 1, 1],
        np.array([0.0, 0.0, 1.0, 1.0]),
        {"a": "p", "b": "p", "c": "q", "d": "q"},
        pd.Series(["q", "q", "p", "p"], index=["d", "c", "b", "a"]),
        pd.DataFrame({"unit": list("abcd"), "centre": list("ppqq")}),
    ],
)
def test_every_form_of_an_answer(assignment: Any) -> None:
    """By position or by ids: the value is what the walks come to."""
    made = from_outside(problem(), assignment, units=UNITS, centres=CENTRES)
    assert made.units["zone"].tolist() == ["p", "p", "q", "q"]
    assert made.certificate.cost_m == pytest.approx((4 + 5) * 93.0)
    assert made.certificate.zones_connected
    assert not made.certificate.violations
    assert made.zones["households"].tolist() == [7, 7]
    assert (made.zones["area_m2"] > 0).all()
    assert made.households["walk_m"].sum() == pytest.approx((4 + 5) * 93.0)
    assert made.certificate.bound_m == 0.0  # nothing is proven of it


def test_what_is_wrong_with_an_answer_is_found() -> None:
    """Zones that fall apart, rules that are broken, units without a centre: all are told, none is mended."""
    torn = from_outside(problem(), [0, 1, 0, 1]).certificate
    assert not torn.zones_connected
    assert len(torn.disconnected) == 2
    full = from_outside(problem(), [0, 0, 0, 1]).certificate
    assert {v.rule for v in full.violations} == {"households_per_zone"}
    assert len(full.violations) == 2
    none = from_outside(problem(), [0, 0, -1, 1])
    assert none.certificate.unserved == 1
    assert len(none.gaps) == 5


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ([0, 0, 1], "4 whole numbers"),
        ([0, 0, 1, 2], "out of range"),
        ([0, 0, 0.5, 1], "whole"),
        ({"a": "p", "b": "nobody", "c": "q", "d": "q"}, "1 units"),
        (pd.Series(["p", "p"], index=["a", "a"]), "twice"),
        (pd.DataFrame({"a": [1]}), "columns"),
        (None, "whole numbers"),
    ],
)
def test_what_is_no_answer_is_refused(assignment: Any, words: str) -> None:
    """In both languages."""
    with pytest.raises(InputError, match=words) as raised:
        from_outside(problem(), assignment, units=UNITS, centres=CENTRES)
    assert raised.value.zh


def test_a_pair_that_may_not_be_is_refused() -> None:
    """A centre that may not serve a unit is no answer of the problem."""
    less = Problem.from_frames(
        UNITS, PAIRS[~((PAIRS["unit"] == "b") & (PAIRS["centre"] == "q"))], CENTRES
    )
    with pytest.raises(InputError, match="may not serve"):
        from_outside(less, [0, 1, 1, 1])


def test_a_plan_without_places_has_figures_and_no_map() -> None:
    """Numbers alone are enough for an audit, a card and a report."""
    made = Plan.from_assignment(problem(), [0, 0, 1, 1])
    assert made.certificate.cost_m == pytest.approx((4 + 5) * 93.0)
    assert made.units["unit_id"].tolist() == ["u0", "u1", "u2", "u3"]
    assert made.report().text
    assert "<svg" not in made._repr_html_()
    with pytest.raises(InputError, match="no map"):
        made.map()


@pytest.mark.parametrize("units", [UNITS, UNITS.assign(fence=["x", "x", "y", "y"])])
def test_such_a_plan_is_a_plan(units: Any, tmp_path: Path) -> None:
    """It is stored and read back equal, told, shown and drawn, with places or without."""
    made = Plan.from_assignment(problem(), [0, 0, 1, 1], units=units)
    back = Plan.load(made.save(tmp_path / "out")["plan.gpkg"])
    plans_equal(back, made)
    assert "<li>" in made._repr_html_()
    assert made.report().text
    assert made.verify(seconds=10) is not None


def test_places_may_be_outlines() -> None:
    """A layer of buildings in metres is taken by a point inside each."""
    points = gpd.points_from_xy(UNITS["lon"], UNITS["lat"], crs=4326).to_crs(32650)
    layer = gpd.GeoDataFrame(UNITS[["unit", "households"]], geometry=points.buffer(5))
    made = from_outside(problem(), [0, 0, 1, 1], units=layer)
    assert made.units.geometry.x.to_numpy() == pytest.approx(UNITS["lon"].to_numpy(), abs=1e-5)


def test_the_plan_of_the_same_problem_lends_its_people(tables: PlanTables) -> None:
    """The plan's own answer gives the plan's own tables and bound; another's is audited beside them."""
    own = assignment_of(tables)
    same = from_outside(tables.problem, own, tables)
    assert same.units["zone"].equals(tables.units["zone"])
    assert same.certificate.value_m == pytest.approx(tables.certificate.value_m)
    assert same.certificate.bound_m == tables.certificate.bound_m
    moved = own.copy()
    free = np.setdiff1d(np.flatnonzero(own >= 0), tables.problem.home)[0]
    moved[free] = -1
    other = from_outside(tables.problem, moved, tables)
    assert other.certificate.unserved == same.certificate.unserved + 1
    with pytest.raises(InputError, match="another problem"):
        from_outside(problem(), [0, 0, 1, 1], tables)
