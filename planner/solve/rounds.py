"""A round from home and back through some stops, as short as can be.

Few stops are settled exactly, by dynamic programming over sets; more by the nearest neighbour from several
stops, then moves that turn a stretch round or put one elsewhere, until none makes it shorter.
"""

from __future__ import annotations

import numpy as np

from planner.errors import MissingExtraError
from planner.model.arrays import Floats, Ints

__all__ = ["EXACT", "round_trip"]

EXACT = 10
"""Up to so many stops the round is the shortest there is."""
STARTS = 24
LONGEST_STRETCH = 3
EVEN = 1e-9


def round_trip(walk: Floats, *, solutions: int = 0) -> tuple[Ints, float]:
    """Order the stops of a round.

    Parameters
    ----------
    walk : ndarray of float, shape (n + 1, n + 1)
        Walks between the home (0) and the stops, symmetric, finite.
    solutions : int
        Where there are more than `EXACT` stops, so many solutions of OR-Tools are looked at besides (guided
        local search; counted, not timed, so that equal rounds are equal); the shortest of all is taken.

    Returns
    -------
    order : ndarray of int64, shape (n,)
        The stops, 1 to n.
    metres : float
        Of the whole round.
    """
    n = len(walk) - 1
    if n <= 0:
        return np.zeros(0, np.int64), 0.0
    order = _exact(walk) if n <= EXACT else _searched(walk)
    if n > EXACT and solutions:
        other = _by_ortools(walk, order, solutions)
        order = min((order, other), key=lambda o: _length(walk, o))
    # one of the two ways round, always the same
    if n > 1 and order[0] > order[-1]:
        order = order[::-1]
    return order, _length(walk, order)


def _length(walk: Floats, order: Ints) -> float:
    tour = np.concatenate([[0], order, [0]])
    return float(walk[tour[:-1], tour[1:]].sum())


def _exact(walk: Floats) -> Ints:
    """Find the shortest way to be at each stop having seen each set, the sets by their bits."""
    n = len(walk) - 1
    inner, full = walk[1:, 1:], 1 << n
    best = np.full((full, n), np.inf)
    came = np.zeros((full, n), np.int64)
    for j in range(n):
        best[1 << j, j] = walk[0, j + 1]
    for seen in range(1, full):
        here = [j for j in range(n) if seen >> j & 1]
        if len(here) < 2:
            continue
        for j in here:
            ways = best[seen ^ (1 << j)] + inner[:, j]
            came[seen, j] = int(ways.argmin())
            best[seen, j] = ways[came[seen, j]]
    seen = full - 1
    at = int((best[seen] + walk[1:, 0]).argmin())
    order = [at]
    while seen ^ (1 << at):
        seen, at = seen ^ (1 << at), int(came[seen, at])
        order.append(at)
    return np.array(order[::-1], np.int64) + 1


def _searched(walk: Floats) -> Ints:
    n = len(walk) - 1
    starts = np.unique(np.linspace(1, n, min(n, STARTS)).astype(np.int64))
    found = [_improved(walk, _nearest(walk, int(first))) for first in starts]
    return min(found, key=lambda order: _length(walk, order))


def _nearest(walk: Floats, first: int) -> Ints:
    left = np.ones(len(walk), bool)
    left[[0, first]] = False
    order = [first]
    while left.any():
        ways = np.where(left, walk[order[-1]], np.inf)
        order.append(int(ways.argmin()))
        left[order[-1]] = False
    return np.array(order, np.int64)


def _improved(walk: Floats, order: Ints) -> Ints:
    tour = np.concatenate([[0], order, [0]])
    while True:
        shorter = _turned(walk, tour)
        if shorter is None:
            shorter = _moved(walk, tour)
        if shorter is None:
            return tour[1:-1]
        tour = shorter


def _turned(walk: Floats, tour: Ints) -> Ints | None:
    """Turn the stretch round by which most is saved; None where none saves."""
    a, b = tour[:-1], tour[1:]
    step = walk[a, b]
    gain = step[:, None] + step[None, :] - walk[np.ix_(a, a)] - walk[np.ix_(b, b)]
    gain = np.triu(gain, 2)
    i, j = np.unravel_index(int(gain.argmax()), gain.shape)
    if gain[i, j] <= EVEN:
        return None
    return np.concatenate([tour[: i + 1], tour[i + 1 : j + 1][::-1], tour[j + 1 :]])


def _moved(walk: Floats, tour: Ints) -> Ints | None:
    """Put a short stretch elsewhere, either way round, where that saves most; None where none saves."""
    best, made = EVEN, None
    for length in range(1, LONGEST_STRETCH + 1):
        for i in range(1, len(tour) - length):
            stretch = tour[i : i + length]
            rest = np.concatenate([tour[:i], tour[i + length :]])
            left = walk[tour[i - 1], stretch[0]] + walk[stretch[-1], tour[i + length]]
            saved = left - walk[tour[i - 1], tour[i + length]]
            a, b = rest[:-1], rest[1:]
            for way in (stretch, stretch[::-1]):
                added = walk[a, way[0]] + walk[way[-1], b] - walk[a, b]
                k = int(added.argmin())
                if saved - added[k] > best:
                    best = float(saved - added[k])
                    made = np.concatenate([rest[: k + 1], way, rest[k + 1 :]])
    return made


def _by_ortools(walk: Floats, order: Ints, solutions: int) -> Ints:
    """Search with OR-Tools from a round that is known; lengths are whole millimetres there."""
    try:
        from ortools.constraint_solver import (  # pyright: ignore[reportMissingImports]
            pywrapcp,
            routing_enums_pb2,
        )
    except ImportError:
        raise MissingExtraError("ortools", "routing") from None
    length = np.rint(walk * 1000.0).astype(np.int64).tolist()
    manager = pywrapcp.RoutingIndexManager(len(walk), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    cost = model.RegisterTransitMatrix(length)
    model.SetArcCostEvaluatorOfAllVehicles(cost)
    told = pywrapcp.DefaultRoutingSearchParameters()
    told.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    told.solution_limit = solutions
    model.CloseModelWithParameters(told)
    start = model.ReadAssignmentFromRoutes([order.tolist()], True)
    found = model.SolveFromAssignmentWithParameters(start, told)
    if found is None:
        return order
    made, at = [], found.Value(model.NextVar(model.Start(0)))
    while not model.IsEnd(at):
        made.append(manager.IndexToNode(at))
        at = found.Value(model.NextVar(at))
    return np.array(made, np.int64)
