"""Small made-up places for the tests of the solver, and oracles that share no code with it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve

__all__ = ["SLOW", "connected", "every_plan", "only_part", "row", "street", "town", "value_of"]

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def street(
    units: int = 40, centres: int = 4, *, hard: bool = False, low: float = 30.0, high: float = 60.0
) -> Problem:
    """Make a long street with homes spread over it, and homes of uneven size."""
    rng = np.random.default_rng(5)
    place = np.cumsum(rng.integers(10, 60, units)).astype(float)
    home = np.linspace(units // (2 * centres), units - 3, centres).astype(int)
    load = rng.integers(2, 9, units)
    return Problem(
        load=load,
        households=load,
        home=home,
        pair_start=np.arange(units + 1) * centres,
        pair_centre=np.tile(np.arange(centres), units),
        walk_m=np.abs(place[:, None] - place[home][None, :]).ravel(),
        adjacency=np.stack([np.arange(units - 1), np.arange(1, units)], 1),
        rules=(ZoneRule("households_per_zone", load, low, high, None, hard, 500.0),),
    )


def town(side: int = 8, centres: int = 5, *, low: float = 30.0, high: float = 100.0) -> Problem:
    """Make a town of square blocks, a stairwell at each corner."""
    rng = np.random.default_rng(5)
    n = side * side
    x, y = np.divmod(np.arange(n), side)
    home = np.sort(rng.choice(n, centres, replace=False))
    walk = 60.0 * (abs(x[:, None] - x[home]) + abs(y[:, None] - y[home]))
    load = rng.integers(2, 9, n)
    east, north = np.arange(n)[x < side - 1], np.arange(n)[y < side - 1]
    edges = [np.stack([east, east + side], 1), np.stack([north, north + 1], 1)]
    return Problem(
        load=load,
        households=load,
        home=home,
        pair_start=np.arange(n + 1) * centres,
        pair_centre=np.tile(np.arange(centres), n),
        walk_m=walk.ravel(),
        adjacency=np.concatenate(edges),
        rules=(ZoneRule("households_per_zone", load, low, high, None, False, 500.0),),
    )


def row(walks: list[list[float]], home: list[int], **changes: object) -> Problem:
    """Make units in a row, one home each, walks given by unit and centre; NaN where none may serve."""
    walk = np.array(walks, float)
    unit, centre = np.nonzero(~np.isnan(walk))
    n = len(walk)
    values: dict[str, object] = {
        "load": np.ones(n),
        "households": np.ones(n, int),
        "home": home,
        "pair_start": np.searchsorted(unit, np.arange(n + 1)),
        "pair_centre": centre,
        "walk_m": walk[unit, centre],
        "adjacency": [[i, i + 1] for i in range(n - 1)],
    }
    return Problem(**(values | changes))  # type: ignore[arg-type]


def only_part(problem: Problem) -> Instance:
    """Give the one part of a problem that falls into no others; all of its units must be served."""
    (one,) = split(problem).instances
    return must_serve(one)


def connected(problem: Problem, plan: tuple[int, ...]) -> bool:
    """Tell whether each unit has a neighbour in its zone that is nearer to the centre, or is home."""
    for u, c in enumerate(plan):
        if c < 0 or problem.home[c] == u:
            continue
        nearer = False
        for a, b in problem.adjacency:
            v = b if a == u else a if b == u else -1
            nearer |= v >= 0 and plan[v] == c and _rank(problem, v, c) < _rank(problem, u, c)
        if not nearer:
            return False
    return True


def _rank(problem: Problem, u: int, c: int) -> tuple[bool, float, int]:
    for p in range(problem.pair_start[u], problem.pair_start[u + 1]):
        if problem.pair_centre[p] == c:
            return bool(problem.home[c] != u), float(problem.walk_m[p]), u
    return True, np.inf, u


def every_plan(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Give every connected plan that serves all units, homes with their own centre."""
    options = []
    for u in range(problem.n_units):
        own = np.flatnonzero(problem.home == u)
        mine = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
        options.append([int(own[0])] if len(own) else [int(c) for c in mine])
    return (plan for plan in itertools.product(*options) if connected(problem, plan))


def value_of(one: Instance, pair: NDArray[np.int64]) -> float:
    """Add up a plan of a part by hand: costs of its pairs, those left out, and what zones break."""
    total = 0.0
    for u in range(one.n_units):
        total += float(one.cost[pair[u]] if pair[u] >= 0 else one.skip_cost[u])
    for k in range(len(one.rows.limit)):
        for c in range(one.n_centres):
            mine = [u for u in range(one.n_units) if pair[u] >= 0 and one.centre[pair[u]] == c]
            excess = one.rows.weight[k, mine].sum() - one.rows.limit[k]
            if excess > 1e-9:
                total += float(excess * one.rows.price[k])
    return total
