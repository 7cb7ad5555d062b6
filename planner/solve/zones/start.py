"""A first plan: everyone to the nearest centre that can be reached, or a given plan repaired."""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from planner.model.arrays import AnyInts, Ints
from planner.solve.compiled import compiled
from planner.solve.zones.instance import Instance

__all__ = ["must_serve", "nearest_plan", "repaired"]


def nearest_plan(instance: Instance) -> Ints:
    """Grow all zones at once, shortest walk first, each pair held up by what is there already.

    Given is the pair of each unit, -1 where nothing holds it up.
    """
    return _grow(instance, _at_home(instance))


def must_serve(instance: Instance) -> Instance:
    """Forbid to leave units out where a plan exists that serves them all."""
    if (nearest_plan(instance) >= 0).all():
        return replace(instance, skip_cost=np.full(instance.n_units, np.inf))
    return instance


def repaired(instance: Instance, centre: AnyInts) -> Ints:
    """Keep as much of a given plan as hangs together, and place the rest as `nearest_plan` does.

    Parameters
    ----------
    centre : ndarray of int, shape (n_units,)
        Centre of each unit, by position in the part; anything else counts as none.
    """
    wanted = instance.centre == np.asarray(centre)[instance.unit]
    pair = _at_home(instance)
    _keep(wanted, instance.by_centre, instance.unit, instance.support, pair)
    return _grow(instance, pair)


def _at_home(instance: Instance) -> Ints:
    pair = np.full(instance.n_units, -1, np.int64)
    pair[instance.unit[instance.home_pair]] = instance.home_pair
    return pair


def _grow(instance: Instance, pair: Ints) -> Ints:
    """Add to a plan one unit at a time, always by the shortest walk that is held up."""
    key, held = instance.walk_m, instance.support
    heap: list[tuple[float, int]] = []

    def reach(p: int) -> None:
        for q in held.held[held.held_start[p] : held.held_start[p + 1]]:
            if pair[instance.unit[q]] < 0:
                heapq.heappush(heap, (float(key[q]), int(q)))

    for p in pair[pair >= 0]:
        reach(int(p))
    # Ties by position in the part, so that the first plan does not hang on the heap's own order.
    while heap:
        _, p = heapq.heappop(heap)
        unit = instance.unit[p]
        if pair[unit] < 0:
            pair[unit] = p
            reach(p)
    return pair


@compiled
def _keep(wanted, by_centre, unit, support, pair):
    """Take wanted pairs into the plan, nearest first, while they are held up."""
    for p in by_centre:
        if not wanted[p] or pair[unit[p]] >= 0:
            continue
        for j in range(support.start[p], support.start[p + 1]):
            q = support.pair[j]
            if pair[unit[q]] == q:
                pair[unit[p]] = p
                break
