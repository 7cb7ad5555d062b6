"""Measure the search on made-up towns: `python tests/benchmarks/zoning_arrays.py [name ...]`.

A town is a street grid with gaps and uneven blocks; units stand on its corners, walks are shortest
paths along it, and neighbours are units whose corners' nearest-unit cells touch.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.model.audit import check
from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.search import Progress, Stop, solve


@dataclass(frozen=True)
class Town:
    """What to make up.

    Parameters
    ----------
    units, centres, households, members : int
        How many.
    rules : dict of str to (low, high)
        Households and members of a zone, households of a member.
    walk : float
        Metres beyond which a walk is charged; thrice that is out of reach.
    hard : bool
        Whether the rules are hard.
    """

    units: int
    centres: int
    households: int
    members: int
    rules: dict[str, tuple[float | None, float | None]]
    walk: float = 500.0
    hard: bool = False
    block: float = 60.0
    price: float = 1000.0


USUAL = {
    "households_per_zone": (75.0, 250.0),
    "members_per_zone": (5.0, 10.0),
    "households_per_member": (None, 25.0),
}
SMALL = {**USUAL, "households_per_zone": (30.0, 90.0)}
FULL = {**USUAL, "households_per_zone": (40.0, 74.0)}
CLASH = {**USUAL, "households_per_zone": (95.0, 110.0)}
HOUSES = {"households_per_zone": (45.0, 74.0), "members_per_zone": (5.0, 10.0)}
TOWNS = {
    "community": Town(60, 15, 900, 110, SMALL),
    "commons": Town(100, 15, 900, 110, SMALL),
    "quarter240": Town(240, 26, 2300, 220, USUAL),
    "quarter500": Town(500, 26, 2300, 220, USUAL),
    "clash240": Town(240, 26, 2300, 220, CLASH),
    "clash500": Town(500, 26, 2300, 290, CLASH),
    "tight": Town(230, 59, 3500, 566, FULL),
    "houses": Town(3000, 54, 3250, 500, HOUSES, walk=450.0, block=45.0),
    "queens": Town(30000, 540, 32500, 5000, HOUSES, walk=450.0, block=45.0),
    "district": Town(2300, 586, 35000, 5600, FULL),
}


def make(town: Town, seed: int = 0) -> Problem:
    """Make up a town."""
    rng = np.random.default_rng(seed)
    graph = _streets(town, rng)
    n = graph.shape[0]
    corner = np.sort(rng.choice(n, town.units, replace=False))
    weights = rng.lognormal(0, 0.6, town.units)
    households = 1 + rng.multinomial(town.households - town.units, weights / weights.sum())
    members = rng.multinomial(town.members - town.centres, weights / weights.sum())
    home = np.sort(_spread(graph, corner, town.centres, rng))
    members[home] += 1
    walk = dijkstra(graph, directed=False, indices=corner[home], limit=3 * town.walk)[:, corner]
    nearest = _nearest(graph, corner[home])[corner]
    centre, unit = np.nonzero(np.isfinite(walk))
    far = np.setdiff1d(np.arange(town.units), unit)
    length = dijkstra(graph, directed=False, indices=corner[home], min_only=True)[corner[far]]
    unit = np.concatenate([unit, far])
    centre = np.concatenate([centre, np.searchsorted(corner[home], nearest[far])])
    walk_m = np.concatenate([walk[np.isfinite(walk)], length])
    order = np.lexsort((centre, unit))
    unit, centre, walk_m = unit[order], centre[order], np.round(walk_m[order], 1)
    beyond = np.maximum(walk_m - town.walk, 0)
    return Problem(
        load=households,
        households=households,
        home=home,
        pair_start=np.searchsorted(unit, np.arange(town.units + 1)),
        pair_centre=centre,
        walk_m=walk_m,
        adjacency=_adjacent(graph, corner),
        rules=tuple(_rules(town, households, members)),
        penalty_m=2 * households[unit] * beyond,
    )


def _rules(town: Town, households: NDArray[Any], members: NDArray[Any]) -> list[ZoneRule]:
    made = []
    for name, (low, high) in town.rules.items():
        amount = members if name == "members_per_zone" else households
        per = members if name == "households_per_member" else None
        made.append(ZoneRule(name, amount, low, high, per, town.hard, town.price))
    return made


def _streets(town: Town, rng: np.random.Generator) -> csr_array:
    side = int(np.ceil(np.sqrt(town.units * 1.6)))
    cell = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()], 1),
            np.stack([cell[:-1].ravel(), cell[1:].ravel()], 1),
        ]
    )
    edges = edges[rng.random(len(edges)) > 0.15]
    length = town.block * rng.uniform(0.5, 1.6, len(edges))
    graph = csr_array((length, (edges[:, 0], edges[:, 1])), shape=(side**2, side**2))
    _, label = connected_components(graph, directed=False)
    keep = np.flatnonzero(label == np.bincount(label).argmax())
    return csr_array(graph[keep][:, keep])


def _spread(
    graph: csr_array, corner: NDArray[Any], count: int, rng: np.random.Generator
) -> NDArray[Any]:
    """Choose homes at random, but not next door to one another: the best of three each time."""
    chosen = [int(rng.integers(len(corner)))]
    x = np.arange(graph.shape[0])
    place = np.stack(np.divmod(x, max(int(np.sqrt(len(x))), 1)), 1)[corner].astype(float)
    far = ((place - place[chosen[0]]) ** 2).sum(1)
    while len(chosen) < count:
        offered = rng.integers(len(corner), size=3)
        best = int(offered[far[offered].argmax()])
        if best in chosen:
            continue
        chosen.append(best)
        far = np.minimum(far, ((place - place[best]) ** 2).sum(1))
    return np.array(chosen)


def _nearest(graph: csr_array, sources: NDArray[Any]) -> NDArray[Any]:
    return dijkstra(
        graph, directed=False, indices=sources, min_only=True, return_predecessors=True
    )[2]


def _adjacent(graph: csr_array, corner: NDArray[Any]) -> NDArray[Any]:
    owner = np.searchsorted(corner, _nearest(graph, corner))
    link = graph.tocoo()
    first, second = owner[link.coords[0]], owner[link.coords[1]]
    edges = np.sort(np.stack([first, second], 1)[first != second], axis=1)
    return np.unique(edges, axis=0)


def measure(name: str, seed: int, stop: Stop, *, loud: bool) -> None:
    """Solve one town and print a line."""
    began = time.perf_counter()
    problem = make(TOWNS[name], seed)
    made = time.perf_counter() - began

    def tell(p: Progress) -> None:
        gap = (p.value_m - p.bound_m) / p.value_m
        print(f"    {p.seconds:7.2f} s  {p.value_m:14.0f} {p.bound_m:14.0f}  {100 * gap:.3f} %")

    began = time.perf_counter()
    result = solve(problem, stop=stop, seed=seed, progress=tell if loud else None)
    spent = time.perf_counter() - began
    found = check(problem, result)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{name:12s} seed {seed}: {problem.n_units} units, {problem.n_centres} centres, "
        f"{problem.n_pairs} pairs | made {made:.1f} s, solved {spent:.2f} s ({result.stopped}), "
        f"gap {100 * found.optimality_gap:.3f} %, {found.cost_m / problem.load.sum():.1f} m a home, "
        f"penalty {found.penalty_m:.0f} m, {len(found.violations)} breaches, "
        f"{[p.method for p in result.parts][:1]}, peak {peak:.2f} GB",
        flush=True,
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(TOWNS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--loud", action="store_true")
    given = parser.parse_args()
    for name in given.names:
        for seed in range(given.seed, given.seed + given.seeds):
            measure(name, seed, Stop(given.gap, given.seconds), loud=given.loud)


if __name__ == "__main__":
    main()
