"""A bound that knows of ties: each tie's price is shared out between its two units, centre by centre.

A broken tie of price w costs w, and w is never less than ``m[z(a)] - m[z(b)]`` for any numbers m between
-w/2 and w/2, one for each centre; a tie that is kept costs 0, and so does the difference.  So with
``+m[c]`` on the pairs of a and ``-m[c]`` on those of b, whatever is proven of the problem without ties is
true of the one with them: Lagrangian decomposition (M. Guignard, S. Kim: Lagrangean decomposition,
Mathematical Programming 39, 1987).  Two that are together although they are to be kept apart cost w in
their centre c, which is never less than ``m[c] (x[a, c] + x[b, c] - 1)`` for m between 0 and w
(R. Fortet, 1960).  The numbers follow the plans that are found on the way, which draw the two units
together, or drive them apart, and are plans themselves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.stop import Clock
from planner.solve.zones.improve import improve, quick_bound
from planner.solve.zones.instance import Instance
from planner.solve.zones.ties.part import TiedPart
from planner.solve.zones.track import Track

__all__ = ["raise_bound"]

STEPS = 10
LEAST_S = 0.2  # seconds below which another step is not begun


def raise_bound(
    part: TiedPart, pair: Ints, bound_m: float, *, gap: float, clock: Clock, seed: int
) -> tuple[float, Ints]:
    """Prove more of a part with ties, and look at the plans that the proof brings along.

    Nothing is done where units may be left without a centre.

    Parameters
    ----------
    pair : ndarray of int, shape (n_units,)
        The best plan so far.
    clock, seed : Clock, int
        Time for it; same seed, same outcome, unless time strikes.

    Returns
    -------
    bound_m : float
        Proven lower bound, no lower than before.
    pair : ndarray of int, shape (n_units,)
        A connected plan, no worse than before.
    """
    live = part.live
    if not len(live) or np.isfinite(part.instance.skip_cost).any():
        return bound_m, pair
    apart = part.apart[live][:, None]
    # a tie that must hold bears any price; steps are as long as what annealing charges for it
    price, step_m = part.price_m[live][:, None], part.gentle_m[live][:, None]
    low, high = np.where(apart, 0.0, -0.5 * price), np.where(apart, price, 0.5 * price)
    mark = np.zeros((len(live), part.instance.n_centres))
    at, best = pair, pair
    for step in range(STEPS):
        if part.gap(best, bound_m) <= gap or clock.left < LEAST_S:
            break
        move = _off(part, live, at)
        if not move.any():
            break
        # Steps that fall as 1/n: their sum is endless, so that no start is too far away.
        mark = np.clip(mark + 0.5 * step_m / (1 + step) * move, low, high)
        shared, off_m = _shared(part, live, mark)
        track = Track(shared, at, gap, clock.share(1.0 / (STEPS - step)))
        quick_bound(track)
        if not track.over:
            improve(track, seed=seed + step)
        at = track.pair
        bound_m = max(bound_m, min(track.bound_m, track.value_m) - off_m + part.lost_m)
        if part.value(at) < part.value(best) - 1e-6:
            best = at
    return bound_m, best


def _off(part: TiedPart, live: Ints, pair: Ints) -> Floats:
    """Tell by how much a plan is off what each number stands for, shape (n_live, n_centres)."""
    zone, rows = part.zones(pair), np.arange(len(live))
    apart = part.apart[live]
    move = np.repeat(np.where(apart, -1.0, 0.0)[:, None], part.instance.n_centres, axis=1)
    np.add.at(move, (rows, zone[part.a[live]]), 1.0)
    np.add.at(move, (rows, zone[part.b[live]]), np.where(apart, 1.0, -1.0))
    return move


def _shared(part: TiedPart, live: Ints, mark: Floats) -> tuple[Instance, float]:
    """Put the marks on the pairs; costs stay above 0, and by how much they were raised is told."""
    one = part.instance
    extra = np.zeros(one.n_pairs)
    apart = part.apart[live]
    for units, sign in ((part.a[live], np.ones(len(live))), (part.b[live], 2.0 * apart - 1.0)):
        row, at = part.pairs_of(units)
        np.add.at(extra, at, sign[row] * mark[row, one.centre[at]])
    cost = one.cost + extra
    off = np.maximum(-np.minimum.reduceat(cost, one.start[:-1]), 0.0)
    return replace(one, cost=cost + off[one.unit]), float(off.sum() + mark[apart].sum())
