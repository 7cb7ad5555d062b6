"""Pieces that the loops over points share: the chain stays a list, means are means, draws are uniform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.solve.compiled import draw
from planner.solve.points.kernels import Chain, beyond, chained, move, squared, zone_means
from tests.solve.points.clouds import cloud, scatter


def members(chain: Chain, zone: int) -> list[int]:
    """Walk through the list of a zone, and back again."""
    found, i = [], int(chain.head[zone])
    while i >= 0:
        if found:
            assert chain.before[i] == found[-1]
        else:
            assert chain.before[i] == -1
        found.append(i)
        i = int(chain.after[i])
    return found


def labels(seed: int, n: int, zones: int) -> NDArray[np.int64]:
    """Draw a zone for each point."""
    return np.random.default_rng(seed).integers(0, zones, n)


def test_a_chain_lists_each_zone_in_order() -> None:
    """Members of each zone, in the order of the points; an empty zone has none."""
    chain = chained(np.array([1, 0, 1, 1, 3]), 4)
    assert [members(chain, z) for z in range(4)] == [[1], [0, 2, 3], [], [4]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(1, 5), st.integers(0, 40))
def test_a_chain_stays_true_through_any_moves(seed: int, n: int, zones: int, moves: int) -> None:
    """After any moves the lists are the sets that the labels say, each walked the same both ways."""
    rng = np.random.default_rng(seed)
    label = labels(seed, n, zones)
    chain = chained(label, zones)
    for _ in range(moves):
        i, z = int(rng.integers(n)), int(rng.integers(zones))
        move(i, z, label, chain)
        assert label[i] == z
        assert members(chain, z)[0] == i
    for z in range(zones):
        assert sorted(members(chain, z)) == np.flatnonzero(label == z).tolist()


def test_means_are_weighted_and_an_empty_zone_keeps_its_own() -> None:
    """The mean of each zone by weight; nothing in it, nothing changed."""
    x = np.array([[0.0, 0.0], [4.0, 8.0], [10.0, 10.0]])
    mean, mass = np.full((3, 2), 7.0), np.full(3, 5.0)
    zone_means(x, np.array([1.0, 3.0, 2.0]), np.array([0, 0, 2]), mean, mass)
    assert mean.tolist() == [[3.0, 6.0], [7.0, 7.0], [10.0, 10.0]]
    assert mass.tolist() == [4.0, 0.0, 2.0]


def test_means_are_those_of_numpy() -> None:
    """On many points the means agree with `numpy.average`."""
    x, rng = scatter(300, 1, 3), np.random.default_rng(1)
    weight, label = rng.uniform(0.1, 5, 300), rng.integers(0, 6, 300)
    mean, mass = np.zeros((6, 3)), np.zeros(6)
    zone_means(x, weight, label, mean, mass)
    for z in range(6):
        inside = label == z
        assert mean[z] == pytest.approx(np.average(x[inside], axis=0, weights=weight[inside]))
        assert mass[z] == pytest.approx(weight[inside].sum())


@pytest.mark.parametrize(
    ("size", "out"), [(3.0, 2.0), (5.0, 0.0), (7.0, 0.0), (9.0, 0.0), (11.5, 2.5)]
)
def test_how_far_a_size_is_out_of_bounds(size: float, out: float) -> None:
    """Short of the least and over the most count alike, each by as much as it is."""
    assert beyond(cloud(np.zeros((1, 2)), 5, 9, 1.0), size) == out


def test_squares_are_of_straight_lines() -> None:
    """Three along, four across: 25."""
    assert squared(np.array([[1.0, 1.0], [4.0, 5.0]]), 1, np.array([1.0, 1.0])) == 25.0


def test_draws_are_uniform_and_follow_from_the_state() -> None:
    """Draws lie in [0, 1), spread evenly, never repeat soon, and come again from the same state."""
    state = np.array([12345, 678910], np.uint64)
    drawn = np.array([draw(state) for _ in range(4000)])
    assert (drawn >= 0).all()
    assert (drawn < 1).all()
    assert len(np.unique(drawn)) == 4000
    counts = np.histogram(drawn[50:], 10, (0, 1))[0]
    assert counts.min() > 330
    assert counts.max() < 460
    again = np.array([12345, 678910], np.uint64)
    assert [draw(again) for _ in range(5)] == drawn[:5].tolist()
