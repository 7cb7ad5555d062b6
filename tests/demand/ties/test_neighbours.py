"""Neighbours in a row of houses, and what it costs to part them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.demand.ties.neighbours import in_rows
from planner.model.affinity import Affinity
from planner.model.problem import Problem
from planner.model.ties import Ties


def row_of_houses(places: list[str], houses: list[str]) -> Any:
    """Units of ten homes side by side, the first the home of the one centre."""
    n = len(places)
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    problem = Problem(
        load=np.full(n, 10.0), households=np.full(n, 10), home=[0], pair_start=np.arange(n + 1),
        pair_centre=np.zeros(n, int), walk_m=np.arange(n) * 20.0, adjacency=edges,
    )  # fmt: skip
    units = pd.DataFrame({"place": places, "building_id": houses})
    return SimpleNamespace(problem=problem, units=units)


def test_neighbours_in_a_row_hold_together() -> None:
    """Each home pays for the share of its neighbours elsewhere; one of its own building counts five."""
    demand = row_of_houses(["甲苑"] * 4, ["B1", "B1", "B2", "B3"])
    made = in_rows(demand, Affinity(compound_m=6.0))
    # of unit 1 five sixths are the stairwell beside it: a cut there costs all of unit 0, and 5/6 of unit 1
    assert made["price"].tolist() == pytest.approx([60 + 50, 10 + 30, 30 + 60])
    assert made[["apart", "people", "hard"]].to_numpy().sum() == 0
    alone = Ties(*(made[c].to_numpy() for c in ("a", "b", "price", "apart", "people", "hard")))
    # whose neighbours are all elsewhere pays the whole price, and each neighbour its share
    assert alone.cost_m([0, 0, 1, 0]) == pytest.approx(60 + 10 + 60)


def test_streets_hold_together_where_that_is_asked_for() -> None:
    """Along a street nothing is charged unless the project says so, and nothing between two streets."""
    demand = row_of_houses(["东街#1", "东街#3", "西街#2", ""], ["B1", "B2", "B3", "B4"])
    assert not len(in_rows(demand, Affinity()))
    made = in_rows(demand, Affinity(street_m=2.0))
    assert made[["a", "b", "price"]].to_numpy().tolist() == [[0, 1, 40.0]]
    assert len(in_rows(row_of_houses(["甲苑"] * 2, ["B1", "B2"]), Affinity())) == 1
    assert not len(in_rows(row_of_houses(["甲苑"] * 2, ["B1", "B2"]), Affinity(compound_m=0.0)))
