"""From priced zones to plans: choose among those that the bound does not rule out."""

from __future__ import annotations

import numpy as np

from planner.model.arrays import Ints
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.generation import Pool, choose
from planner.solve.zones.track import Track

__all__ = ["choose_zones", "list_all"]

MOST_ZONES = 30_000  # zones among which a programme still chooses well
LOOKS = 6


def choose_zones(track: Track, ascent: Ascent, *, seed: int) -> None:
    """Choose the best plan among the zones that the bound does not rule out."""
    pool, one = ascent.pool, track.instance
    centre = np.array(pool.centre, np.int64)
    reduced = pool.reduced(ascent.prize) - ascent.least[centre]
    room = track.aim_m - ascent.bound_m
    which = np.flatnonzero(reduced <= room + 1e-6 * abs(track.aim_m))
    if len(which) > 20_000:  # the programme slows down faster than further zones help
        which = np.sort(which[np.argsort(reduced[which], kind="stable")[:20_000]])
    pair, _ = choose(
        pool, which, gap=0.2 * track.gap, nodes=2_000, seconds=track.clock.left, seed=seed
    )
    if pair is not None and one.connected(pair).all():
        track.plan(pair, "zones")


def list_all(track: Track, ascent: Ascent, *, seed: int) -> bool:
    """List every zone that a plan close to the bound could use, and choose among them.

    A plan that costs at most ``bound + room`` has no zone whose price is more than `room` above the
    cheapest of its centre.  So when all of those are listed, the choice among them is optimal, or
    every plan costs more than that: either way a proof.  Told is whether plan and bound have met.
    """
    if not np.isfinite(track.value_m):
        return False
    zones, room = _listed(track, ascent)
    if not zones:
        return False
    every = Pool(track.instance)
    every.add(zones)
    pair, bound = choose(
        every,
        np.arange(len(every)),
        gap=0.5 * track.gap,
        nodes=50_000,
        seconds=track.clock.left,
        seed=seed,
    )
    if pair is not None:
        track.plan(pair, "all zones")
        ascent.pool.add_plan(pair)
    track.bound(min(bound, ascent.bound_m + room, track.value_m))
    return track.done


def _listed(track: Track, ascent: Ascent) -> tuple[list[Ints], float]:
    """List the zones within as much room as can be listed, up to all that could better the plan."""
    most = track.value_m - ascent.bound_m
    best: list[Ints] = []
    low, room = 0.0, most
    for _ in range(LOOKS):
        zones = ascent.pricer.all_below(ascent.prize, ascent.least + room + 1e-6)
        if zones is None or len(zones) > MOST_ZONES:
            most = room
        else:
            best, low = zones, room
            if low == track.value_m - ascent.bound_m or len(zones) > MOST_ZONES // 3:
                break
        # A quarter until something could be listed: the number of zones grows by powers of the room.
        room = 0.25 * most if low == 0.0 else 0.5 * (low + most)
        if track.clock.left <= 0:
            break
    return best, low
