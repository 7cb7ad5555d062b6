"""Neighbourhood search: a few zones side by side, taken apart and put together again at best.

By the prizes of the bound, every zone of a plan has a waste: its price above the cheapest zone of its
centre; together they make up the gap.  The most wasteful are taken apart first.
"""

from __future__ import annotations

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import restrict
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.track import Track
from planner.solve.zones.zoning import choose_zones, list_all

__all__ = ["regroup"]

BRANCHES = 100  # branches after which a few zones are left to the columns


def regroup(track: Track, ascent: Ascent, *, size: int, seed: int) -> bool:
    """Go over all zones, the most wasteful first, each with its neighbours, `size` zones at a time.

    Plan and zones that are found go to the track and the pool; told is whether anything became better.
    """
    better = False
    fresh: set[int] = set(range(track.instance.n_centres))
    while fresh and not track.over:
        # Anew each time: what was rearranged has changed the waste of its neighbours.
        waste = _waste(track, ascent)
        centre = max(fresh, key=lambda c: (waste[c], -c))
        if waste[centre] <= 0:
            break
        fresh.discard(centre)
        group = _group(track, waste, centre, size)
        if _rearrange(track, ascent, group, seed):
            better = True
            fresh.update(int(c) for c in group)
    return better


def _waste(track: Track, ascent: Ascent) -> Floats:
    """Price of each zone above the cheapest of its centre."""
    pool = Pool(track.instance)
    pool.add_plan(track.pair)
    waste = np.zeros(track.instance.n_centres)
    waste[np.array(pool.centre, np.int64)] = pool.reduced(ascent.prize)
    return waste - ascent.least


def _group(track: Track, waste: Floats, centre: int, size: int) -> Ints:
    """Grow a group of touching zones from one, by the most wasteful neighbour each time."""
    one = track.instance
    zone = np.where(track.pair >= 0, one.centre[track.pair], -1)
    owner = np.repeat(zone, np.diff(one.near.start))
    other = zone[one.near.to]
    group = [centre]
    while len(group) < size:
        touching = np.setdiff1d(other[np.isin(owner, group)], [*group, -1])
        if not len(touching):
            break
        group.append(int(touching[np.lexsort((touching, -waste[touching]))[0]]))
    return np.sort(group)


def _rearrange(track: Track, ascent: Ascent, group: Ints, seed: int) -> bool:
    """Find the best arrangement of some zones, as a small problem of its own."""
    one = track.instance
    zone = np.where(track.pair >= 0, one.centre[track.pair], -1)
    units = np.flatnonzero(np.isin(zone, group))
    small, pairs = restrict(one, units, group)
    now = np.searchsorted(pairs, track.pair[units])
    local = Track(small, now, 0.0, track.clock)
    if not _bring_together(local, ascent.prize[units], seed=seed):
        return False
    pair = track.pair.copy()
    pair[units] = pairs[local.pair]
    if track.plan(pair, "regrouping"):
        ascent.pool.add_plan(pair)
        return True
    return False


def _bring_together(track: Track, prize: Floats, *, seed: int) -> bool:
    """Bring plan and bound of a small part together; tell whether the plan became better."""
    before = track.value_m
    found = solve_exactly(
        track.instance, start=track.pair, nodes=BRANCHES, seconds=track.clock.left, seed=seed
    )
    if found.pair is not None:
        track.plan(found.pair, "branch and cut")
    track.bound(min(found.bound_m, track.value_m))
    if not track.over:
        pool = Pool(track.instance)
        pool.add_plan(track.pair)
        ascent = Ascent(track, pool, prize)
        ascent.generate(60, effort=2)
        choose_zones(track, ascent, seed=seed)
        if not track.over:
            list_all(track, ascent, seed=seed)
    return track.value_m < before - 1e-6
