"""Made-up siting problems, and the best of all answers to small ones."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.solve.sites import Answer, Sites


def on_a_plane(seed: int, n: int, m: int, count: int, slack: float = 1.4, **more: Any) -> Sites:
    """Scatter units, some of which are candidates; capacities leave so much slack."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    home = np.sort(rng.choice(n, m, replace=False))
    cost = np.hypot(*(xy[:, None] - xy[home][None]).transpose(2, 0, 1))
    demand = rng.integers(1, 10, n).astype(float)
    capacity = np.full(m, np.ceil(slack * demand.sum() / count))
    return Sites(cost, demand, capacity, home, count, **more)


def on_a_line(x: list[float], at: list[int], count: int, **more: Any) -> Sites:
    """Units of one at places of a line, some of them candidates with ample room."""
    place = np.array(x)
    cost = np.abs(place[:, None] - place[at][None])
    capacity = more.pop("capacity", np.full(len(at), 99.0))
    return Sites(cost, np.ones(len(x)), capacity, np.array(at), count, **more)


def answers(sites: Sites) -> list[Answer]:
    """Give every answer there is to a small problem, whatever rules it breaks at a price or not at all."""
    found = []
    for chosen in map(np.array, combinations(range(sites.n_candidates), sites.count)):
        for part in product(range(sites.count), repeat=sites.n_units):
            answer = Answer(sites, chosen[np.array(part)])
            if not answer.faults:
                found.append(answer)
    return found


def least(sites: Sites) -> float:
    """Value of the best of all answers; infinite if there is none."""
    return min((a.value_m for a in answers(sites)), default=np.inf)


def served_from(sites: Sites, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Serve each unit from the nearest of some candidates, homes from their own."""
    serves = chosen[sites.cost[:, chosen].argmin(axis=1)]
    serves[sites.home[chosen]] = chosen
    return serves
