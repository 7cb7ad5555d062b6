"""From priced zones to plans: choose among those that the bound does not rule out."""

from __future__ import annotations

import numpy as np

from planner.solve.bound import Ascent
from planner.solve.columns import Pool, choose
from planner.solve.track import Track

__all__ = ["choose_zones", "list_all"]


def choose_zones(track: Track, ascent: Ascent, *, seed: int) -> None:
    """Choose the best plan among the zones that the bound does not rule out."""
    pool, one = ascent.pool, track.instance
    centre = np.array(pool.centre, np.int64)
    reduced = pool.reduced(ascent.prize) - ascent.floor[centre]
    room = track.aim_m - ascent.bound_m
    which = np.flatnonzero(reduced <= room + 1e-6 * abs(track.aim_m))
    if len(which) > 20_000:
        which = np.sort(which[np.argsort(reduced[which], kind="stable")[:20_000]])
    pair, _ = choose(
        pool, which, gap=0.2 * track.gap, nodes=2_000, seconds=track.clock.left, seed=seed
    )
    if pair is not None and one.connected(pair).all():
        track.plan(pair, "zones")


def list_all(track: Track, ascent: Ascent, *, seed: int) -> bool:
    """List every zone that a better plan could use, and choose among them: that is a proof."""
    room = track.value_m - ascent.bound_m
    if not np.isfinite(room):
        return False
    zones = ascent.pricer.all_below(ascent.prize, ascent.floor + room + 1e-6)
    if zones is None:
        return False
    every = Pool(track.instance)
    every.add(zones)
    which = np.arange(len(every))
    pair, bound = choose(
        every, which, gap=0.5 * track.gap, nodes=50_000, seconds=track.clock.left, seed=seed
    )
    if pair is not None:
        track.plan(pair, "all zones")
    track.bound(min(bound, track.value_m))
    return track.done
