"""Noding, lengths and pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.network.mesh import (
    QUANTUM_M,
    build_edges,
    node_lines,
    quantised,
    split_runs,
    without_passages,
)


def ints(*values):
    """Positions as an array."""
    return np.array(values, np.int64)


def test_lengths_are_multiples_of_a_nanometre():
    """Sums of quantised lengths are exact, so they do not depend on their order."""
    told = quantised(np.array([0.1, 1 / 3, 1e6 + 0.7]))
    assert (told / QUANTUM_M == np.round(told / QUANTUM_M)).all()
    assert told.sum() == told[::-1].sum()
    assert told == pytest.approx([0.1, 1 / 3, 1e6 + 0.7], abs=1e-9)


def test_a_blocked_node_ends_its_run():
    """The node is repeated, once for each side; ends of runs stay as they are."""
    attach, blocked = np.array([True, False]), np.array([False, True, False, True])
    node, offset, flags = split_runs(ints(0, 1, 2, 3, 1, 0), ints(0, 4, 6), attach, blocked)
    assert node.tolist() == [0, 1, 1, 2, 3, 1, 0]
    assert offset.tolist() == [0, 2, 5, 7]
    assert flags.tolist() == [True, True, False]


def test_nobody_passes_a_blocked_node():
    """Each visit of it has a node of its own, on the old one's spot."""
    node, origin = without_passages(ints(0, 1, 1, 2), np.array([False, True, False]), 3)
    assert node.tolist() == [0, 3, 4, 2]
    assert origin.tolist() == [0, 1, 2, 1, 1]


def test_runs_are_cut_where_they_meet():
    """Crossings become nodes; bends in between stay in the shape."""
    xy = np.array([(0, 0), (50, 0), (100, 0), (50, 40), (50, 80)], float)
    made = build_edges(xy, ints(0, 1, 2, 1, 3, 4), ints(0, 3, 6), np.array([True, False]))
    assert len(made.node_xy) == 4
    assert sorted(made.length_m.tolist()) == [50.0, 50.0, 80.0]
    assert made.attach.tolist() == [True, False, True]
    assert made.xy[made.offset[1] : made.offset[2]].tolist() == [[50, 0], [50, 40], [50, 80]]


def test_nodes_on_one_spot_are_one():
    """Neighbouring nodes without a step between them are merged."""
    xy = np.array([(0, 0), (50, 0), (50, 0), (100, 0)], float)
    made = build_edges(xy, ints(0, 1, 2, 3), ints(0, 4), np.array([True]))
    assert made.length_m.tolist() == [100.0]


def crossings(*given, level=None):
    """Lines of one's own, and how many meet at each spot."""
    lines = [np.array(line, float) for line in given]
    drawn = node_lines(lines, level or [""] * len(lines), 0.5)
    return drawn, np.bincount(drawn.node, minlength=len(drawn.xy))


@pytest.mark.parametrize(
    ("second", "meets"),
    [
        ([(50, 0.4), (50, 60)], True),
        ([(50, 0.6), (50, 60)], False),
        ([(100.3, 0.3), (200, 0)], True),
        ([(100, 0), (200, 0)], True),
        ([(30, 30), (60, 60)], False),
    ],
)
def test_ends_that_touch_meet(second, meets):
    """An end within half a metre of a line or another end is joined to it, farther off it is not."""
    _, used = crossings([(0, 0), (100, 0)], second)
    assert (used.max() > 1) == meets


@given(st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_ends_near_each_other_meet_on_one_spot_in_any_order(order):
    """Five ends within half a metre become one node, the westernmost, whatever comes first."""
    arms = [[(0.1 * k, 0.0), (50 * np.cos(k), 50 * np.sin(k))] for k in range(5)]
    drawn, used = crossings(*[arms[k] for k in order])
    assert used.max() == 5
    assert drawn.xy[used.argmax()].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("level", "joined", "apart"),
    [
        (["", "", ""], 2, 0),
        (["0", "0", "0"], 2, 0),
        (["0", "1/yes/no", "1/yes/no"], 0, 0),
        (["0", "1/yes/no", "0"], 1, 0),
    ],
)
def test_lines_meet_where_they_cross_on_one_level(level, joined, apart):
    """Two streets across one: joined unless their columns put them on two levels."""
    drawn, used = crossings(
        [(0, 0), (100, 0)], [(30, -50), (30, 50)], [(60, -50), (60, 50)], level=level
    )
    assert (drawn.joined, drawn.apart) == (joined, apart)
    assert (used > 1).sum() == joined


def test_a_carefully_drawn_layer_has_bridges():
    """Where nearly all crossings have a vertex the one that has none is left, and counted."""
    across = [[(x, 0), (x, 50), (x, 100)] for x in range(0, 500, 50)]
    along = [[(x, 50) for x in range(0, 500, 50)]]
    bridge = [[(20, 20), (80, 25)]]
    drawn, used = crossings(*across, *along, *bridge)
    assert (drawn.joined, drawn.apart) == (0, 1)
    assert (used > 1).sum() == 10


def random_runs(draw):
    """Runs over a few spots, with crossings, loops and parallel streets."""
    spots = np.array([(0, 0), (70.3, 1.1), (30, 44), (90, 80), (5, 61), (50, 50)], float)
    runs = draw(
        st.lists(
            st.lists(st.integers(0, 5), min_size=2, max_size=5, unique=True), min_size=1, max_size=5
        )
    )
    return spots, runs


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_network_does_not_depend_on_how_it_was_drawn(data):
    """Other order, other directions, other numbers of the nodes: the same network to the last bit."""
    spots, runs = random_runs(data.draw)
    flips = data.draw(st.lists(st.booleans(), min_size=len(runs), max_size=len(runs)))
    order = data.draw(st.permutations(range(len(runs))))
    new = np.array(data.draw(st.permutations(range(6))))

    def built(runs, spots):
        offset = np.cumsum([0, *map(len, runs)])
        return build_edges(spots, np.concatenate(runs), offset, np.ones(len(runs), bool))

    one = built([np.array(r) for r in runs], spots)
    turned = [
        new[np.array(r)[::-1] if flip else np.array(r)] for r, flip in zip(runs, flips, strict=True)
    ]
    other = built([turned[i] for i in order], spots[np.argsort(new)])
    for name in ("node_xy", "ends", "length_m", "xy", "offset", "piece"):
        assert (getattr(one, name) == getattr(other, name)).all()
