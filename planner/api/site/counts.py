"""How many centres each fence gets: as many as the rules and the homes ask for, all fences together.

By its homes first, then by moving one centre at a time from the fence that misses it least to the one that
gains most; or the fewest that suffice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from planner.api.progress import Event, Listener
from planner.api.site.quarters import Quarter, solved
from planner.errors import InfeasibleError
from planner.solve.stop import Stop

__all__ = ["allocate", "counts_of", "fewest"]

# How well a number of centres is looked at before one is settled on.
SCOUT = Stop(gap=0.01, seconds=20.0)
# A centre moves to another fence where that saves more than this share of the whole cost.
WORTH = 1e-3
FAR_M = 1e9  # dearer than any walk: what cannot be served ranks behind whatever can


def counts_of(
    quarters: Sequence[Quarter], count: int | None, seed: int, tell: Listener
) -> tuple[list[int], bool]:
    """Decide how many centres each fence gets.

    Parameters
    ----------
    count : int or None
        All of them; the fewest that suffice if None.

    Returns
    -------
    counts : list of int
        None for a fence without candidates.
    enough : bool
        False where the fewest were asked for and in some fence no number suffices.

    Raises
    ------
    InfeasibleError
        So many cannot be chosen.
    """
    live = [q for q in quarters if len(q.units)]
    if count is None:
        found = [(0, True)] * len(quarters)
        for n, q in enumerate(quarters):
            if len(q.units):
                found[n] = fewest(q, seed=seed)
                detail = f"{q.name} {found[n][0]}".strip()
                tell(Event("choose", 0.5 * (n + 1) / len(quarters), detail))
        return [k for k, _ in found], all(enough for _, enough in found)
    low, high = sum(q.fewest for q in live), sum(q.ways for q in live)
    if not low <= count <= high:
        raise InfeasibleError.of("count-impossible", count=count, low=low, high=high)
    given = iter(allocate(live, count, seed=seed, tell=tell))
    return [next(given) if len(q.units) else 0 for q in quarters], True


def allocate(
    quarters: Sequence[Quarter], count: int, *, seed: int = 0, tell: Listener = lambda _: None
) -> list[int]:
    """Decide how many centres each fence gets, all fences together.

    `count`: all of them; at least what is forced and one a fence, at most one a unit with candidates.
    Gives: within what the rules ask for in each fence, where the number allows that.
    """
    low, high = [q.least for q in quarters], [q.most for q in quarters]
    if count < sum(low):
        low = [q.fewest for q in quarters]
    if count > sum(high):
        high = [q.ways for q in quarters]
    given = _proportional([float(q.households.sum()) for q in quarters], low, high, count)
    known: dict[tuple[int, int], float] = {}

    def value(i: int, k: int) -> float:
        # each look is a search of its own, and most are asked for again
        if (i, k) not in known:
            answer = solved(quarters[i].sites(k), SCOUT, seed, 1)
            known[i, k] = answer.value_m if np.isfinite(answer.value_m) else FAR_M + answer.excess
            tell(Event("choose", 0.5 * len(known) / (len(known) + len(quarters))))
        return known[i, k]

    # Each exchange improves, so it would end by itself; four for each fence bound the time.
    for _ in range(4 * len(quarters) if len(quarters) > 1 else 0):
        now = [value(i, k) for i, k in enumerate(given)]
        gain = [now[i] - value(i, k + 1) if k < high[i] else -math.inf for i, k in enumerate(given)]
        loss = [value(i, k - 1) - now[i] if k > low[i] else math.inf for i, k in enumerate(given)]
        pairs = [
            (gain[i] - loss[j], i, j)
            for i in range(len(given))
            for j in range(len(given))
            if i != j
        ]
        best, i, j = max(pairs, key=lambda p: (p[0], -p[1], -p[2]))
        if not best > WORTH * sum(now):
            break
        given[i], given[j] = given[i] + 1, given[j] - 1
    return given


def _proportional(
    weight: Sequence[float], low: Sequence[int], high: Sequence[int], count: int
) -> list[int]:
    """Share a number out by weight within limits: each to whom most is owed for what it has."""
    given = list(low)
    while sum(given) < count:
        free = [i for i, k in enumerate(given) if k < high[i]]
        if not free:
            break
        # Sainte-Laguë: fair to small and large fences alike.
        i = max(free, key=lambda i: (weight[i] / (2 * given[i] + 1), -i))
        given[i] += 1
    return given


def fewest(quarter: Quarter, *, seed: int = 0) -> tuple[int, bool]:
    """Find the fewest centres that suffice: ceilings hold, and the walk limit wherever it can.

    Returns
    -------
    count : int
        One fewer was not found to suffice; `Quarter.least` are needed in any case.
    enough : bool
        False where not even a centre in every unit suffices: then what the rules ask for is given.
    """
    start = max(quarter.fewest, quarter.least, _cover(quarter))
    for count in range(start, quarter.ways + 1):
        sites = quarter.sites(count, suffice=True)
        if solved(sites, SCOUT, seed, 1).feasible:
            return count, True
    return quarter.least, False


def _cover(quarter: Quarter) -> int:
    """Bound the number from below: units of which no candidate reaches two within the limit."""
    near = quarter.walk_m[:, quarter.kept] <= quarter.limit_m
    need = np.flatnonzero(near.any(axis=1) & (quarter.households > 0))
    # whose candidates are fewest first: a greedy packing, any of which is a bound
    order = need[np.lexsort((need, near[need].sum(axis=1)))]
    taken = np.zeros(near.shape[1], bool)
    count = 0
    for u in order:
        if not (near[u] & taken).any():
            taken |= near[u]
            count += 1
    return count
