"""The edge that a home joins."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import STRtree

from planner.network.joining import Barriers, locate, nearest_edge

NONE = Barriers(np.zeros(0, object), np.zeros(0, np.int8))


def lines(*given):
    """Lines as an array of shapes."""
    return np.array([shapely.LineString(g) for g in given], object)


def joined(points, edges, barriers=NONE, max_m=None):
    """Edge of each point, and what its leg crosses."""
    shapes = np.asarray(shapely.points(np.asarray(points, float).reshape(-1, 2)), object)
    edge, worst = nearest_edge(shapes, edges, STRtree(edges), barriers, max_m)
    return edge.tolist(), worst.tolist()


def test_the_first_of_equally_near_edges_is_joined():
    """Ties do not depend on the index."""
    edges = lines([(0, 10), (9, 10)], [(0, -10), (9, -10)], [(0, 10), (9, 10)])
    assert joined([(5, 0)], edges) == ([0], [0])


def test_the_leg_has_a_longest():
    """What lies farther off is not joined; exactly at the limit it is."""
    edges = lines([(0, 0), (9, 0)])
    assert joined([(5, 20), (5, 20.5)], edges, max_m=20.0)[0] == [0, -1]
    assert joined([], edges) == ([], [])
    assert joined([(1, 1)], lines()) == ([-1], [0])


def test_water_weighs_more_than_a_wall():
    """Of legs that all cross something, that across a wall is taken, though it is longer."""
    barriers = Barriers(
        lines([(-50, 5), (50, 5)], [(-50, -5), (50, -5)]), np.array([2, 1], np.int8)
    )
    edges = lines([(-50, 10), (50, 10)], [(-50, -30), (50, -30)])
    assert joined([(0, 0)], edges, barriers) == ([1], [1])
    legs = lines([(0, 0), (0, 9)], [(0, 0), (0, -9)], [(0, 0), (9, 0)])
    assert barriers.crossed(legs, edges[[0, 1, 1]]).tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("street", "weight"),
    [
        ([(0, 10), (0, 30)], 1),
        ([(0, 10), (0, 5)], 0),
        ([(0, 5), (0, 30)], 0),
        ([(-9, 10), (9, 10)], 0),
    ],
    ids=["outside", "inside", "gate", "along"],
)
def test_a_leg_that_ends_on_a_wall(street, weight):
    """It crosses the wall if the street that it meets there lies on the other side."""
    wall = Barriers(lines([(-50, 10), (50, 10)]), np.array([1], np.int8))
    leg = lines([(0, 0), (0, 10)])
    assert wall.crossed(leg, lines(street)).tolist() == [weight]


def test_the_own_bank_is_looked_for_farther_off():
    """Rather a street 200 m off than a leg across the river; a wall is not worth that."""
    edges = lines([(-50, 10), (50, 10)], [(-50, -200), (50, -200)])
    for weight, joins in ((2, 1), (1, 0)):
        barriers = Barriers(lines([(-900, 5), (900, 5)]), np.array([weight], np.int8))
        assert joined([(0, 0)], edges, barriers)[0] == [joins]
        assert joined([(0, 0)], edges, barriers, max_m=150.0)[0] == [0]


def test_the_search_does_not_go_on_for_ever():
    """An edge that is free but a kilometre off is no way out for a home beside its street."""
    barriers = Barriers(lines([(-50, 5), (50, 5)]), np.array([1], np.int8))
    edges = lines([(-50, 10), (50, 10)], [(-50, -1000), (50, -1000)])
    assert joined([(0, 0)], edges, barriers) == ([0], [1])


@given(
    st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), min_size=1, max_size=8),
    st.lists(
        st.tuples(st.integers(-60, 60), st.integers(-60, 60)), min_size=2, max_size=6, unique=True
    ),
)
@settings(max_examples=60, deadline=None)
def test_without_barriers_nothing_nearer_is_left(points, corners):
    """Whatever the streets, each home joins the nearest, at the spot that is nearest."""
    edges = lines(*[(a, b) for a, b in itertools.pairwise(corners)])
    edge, _ = joined(points, edges)
    shapes = np.asarray(shapely.points(np.asarray(points, float)), object)
    along, access, xy = locate(shapes, edges[edge])
    every = shapely.distance(shapes[:, None], edges[None, :]).min(axis=1)
    assert access == pytest.approx(every, abs=1e-9)
    assert shapely.distance(shapely.points(xy), edges[edge]) == pytest.approx(0, abs=1e-9)
    assert (along <= shapely.length(edges[edge]) + 1e-9).all()
