"""Rounds: the shortest where few stops are, within two in a hundred of it where many are."""

from __future__ import annotations

import sys
from itertools import pairwise, permutations

import numpy as np
import pytest

import planner.solve.rounds as room
from planner.errors import MissingExtraError
from planner.solve.rounds import round_trip


def town(n: int, seed: int) -> np.ndarray:
    """Walks between a home and n stops on a grid of streets."""
    xy = np.random.default_rng(seed).integers(0, 12, (n + 1, 2)) * 50.0
    return np.abs(xy[:, None] - xy[None]).sum(axis=2)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 7])
def test_few_stops_are_visited_the_shortest_way(n: int) -> None:
    """Every order is tried."""
    for seed in range(4):
        walk = town(n, seed)
        order, metres = round_trip(walk)
        best = min(
            sum(walk[a, b] for a, b in pairwise((0, *p, 0))) for p in permutations(range(1, n + 1))
        )
        assert metres == pytest.approx(best)
        assert sorted(order.tolist()) == list(range(1, n + 1))
        assert sum(walk[a, b] for a, b in pairwise((0, *order, 0))) == pytest.approx(metres)


def test_the_search_is_within_two_in_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten stops, settled exactly and searched: twenty towns."""
    worst = 0.0
    for seed in range(20):
        walk = town(10, seed)
        best = round_trip(walk)[1]
        monkeypatch.setattr(room, "EXACT", 0)
        worst = max(worst, round_trip(walk)[1] / best)
        monkeypatch.undo()
    assert worst <= 1.02


def test_nobody_to_visit_and_one_way_round() -> None:
    """No stop is no walk; of the two ways round it is always the same."""
    assert round_trip(np.zeros((1, 1)))[1] == 0.0
    walk = town(6, 3)
    order, _ = round_trip(walk)
    assert order[0] < order[-1]
    assert round_trip(walk)[0].tolist() == order.tolist()


def test_twenty_five_stops_return_each_once() -> None:
    """Beyond what is settled exactly."""
    walk = town(25, 1)
    order, metres = round_trip(walk)
    assert sorted(order.tolist()) == list(range(1, 26))
    tour = [0, *order.tolist(), 0]
    assert metres == pytest.approx(sum(walk[a, b] for a, b in pairwise(tour)))
    # no stretch turned round makes it shorter
    for i in range(1, 25):
        for j in range(i + 1, 26):
            other = tour[:i] + tour[i : j + 1][::-1] + tour[j + 1 :]
            assert sum(walk[a, b] for a, b in pairwise(other)) >= metres - 1e-6


def test_no_longer_than_ortools_and_two_in_a_hundred() -> None:
    """Twelve to forty stops, a thousand solutions of OR-Tools each; looked at besides, never longer."""
    pytest.importorskip("ortools", reason="OR-Tools is not installed: extra routing")
    for n, seed in ((12, 0), (18, 1), (25, 2), (40, 3)):
        walk = town(n, seed)
        order, own = round_trip(walk)
        other = room._by_ortools(walk, order, 1000)
        assert sorted(other.tolist()) == list(range(1, n + 1))
        assert own <= 1.02 * room._length(walk, other)
        both = round_trip(walk, solutions=1000)
        assert both[1] <= min(own, room._length(walk, other)) + 1e-9
        assert both[0].tolist() == round_trip(walk, solutions=1000)[0].tolist()


def test_without_ortools_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few stops never ask for it."""
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setitem(sys.modules, "ortools.constraint_solver", None)
    assert round_trip(town(9, 0), solutions=5)[1] > 0
    with pytest.raises(MissingExtraError, match="ortools"):
        round_trip(town(12, 0), solutions=5)
