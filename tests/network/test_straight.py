"""Straight lines with a factor: the same answers as streets, where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import NetworkError
from planner.network import Network, Snaps, StraightNetwork, WalkingNetwork
from tests.network.worlds import PLANE, unsupported

NET = StraightNetwork(PLANE, 1.3)


def placed(points):
    """Homes given in metres of the plane."""
    return NET.snap(*PLANE.to_lon_lat(np.asarray(points, float)).T)


SPOTS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda p: (p[0] * 40.0, p[1] * 40.0)),
        st.tuples(st.floats(0, 200), st.floats(0, 200)),
        st.tuples(st.integers(0, 9).map(float), st.just(0.0)),
    ),
    min_size=1,
    max_size=14,
)


@given(points=SPOTS)
@settings(max_examples=80, deadline=None)
def test_a_nearer_neighbour_always_exists(points):
    """Grids, rows, twins and scattered homes all have the neighbours that zoning needs."""
    snaps = placed(points)
    assert unsupported(NET, snaps, NET.adjacency(snaps)) == []
    group = np.arange(len(points)) % 2
    links = NET.adjacency(snaps, group)
    assert unsupported(NET, snaps, links, group) == []
    assert (links[:, 0] < links[:, 1]).all()


def test_walks_are_straight_lines_times_the_factor():
    """A 3-4-5 triangle is 1.3 x 5 long, in both directions, and bounded."""
    snaps = placed([(0, 0), (300, 400), (0, 0)])
    table = NET.walks(snaps, snaps, limit_m=None).walk_m.reshape(3, 3)
    assert table[0, 1] == pytest.approx(650, abs=0.01)
    assert (table == table.T).all()
    assert table[0, 2] == 0
    near = NET.walks(snaps, snaps, limit_m=100)
    assert list(zip(near.source.tolist(), near.target.tolist(), strict=True)) == [
        (0, 0), (0, 2), (1, 1), (2, 0), (2, 2),
    ]  # fmt: skip


@given(points=SPOTS, goals=SPOTS)
@settings(max_examples=40, deadline=None)
def test_the_nearest_source_has_the_shortest_walk(points, goals):
    """`nearest` is the minimum over `walks`."""
    sources, targets = placed(points), placed(goals)
    table = NET.walks(sources, targets, limit_m=None).walk_m.reshape(len(points), len(goals))
    who, metres = NET.nearest(sources, targets)
    assert metres.tolist() == table.min(axis=0).tolist()
    assert table[who, np.arange(len(goals))].tolist() == metres.tolist()


def test_homes_without_a_place_are_left_out():
    """NaN and places off the globe join nothing."""
    snaps = NET.snap([117, np.nan, 117, 999], [32.6, 32.6, 91, 32])
    assert snaps.edge.tolist() == [0, -1, -1, -1]
    assert len(NET.walks(snaps, snaps, limit_m=None)) == 1
    assert NET.nearest(snaps.take([1]), snaps)[0].tolist() == [-1] * 4
    assert NET.adjacency(snaps).shape == (0, 2)


def test_the_factor_is_stamped_and_checked():
    """The mode says the factor; factors below one are refused."""
    assert NET.mode == "straight x1.30"
    for factor in (0.5, float("nan"), float("inf")):
        with pytest.raises(NetworkError, match="detour"):
            StraightNetwork(PLANE, factor)


def test_both_kinds_answer_the_same_questions():
    """Streets and straight lines share one face."""
    names = [n for n in vars(Network) if not n.startswith("_")]
    assert {"snap", "walks", "nearest", "adjacency", "territory", "coverage"} <= set(names)
    for kind in (WalkingNetwork, StraightNetwork):
        for name in names:
            assert name in vars(kind) or name in kind.__dataclass_fields__
    snaps = placed([(0, 0), (10, 0)])
    assert isinstance(snaps, Snaps)
    assert len(NET.territory(snaps).owner) == 0
    assert NET.coverage([117.0, np.nan], [32.6, 1.0]) == 0.5
