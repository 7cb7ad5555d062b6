"""Cheapest assignment of points to fixed centres when each zone takes so many points and no more.

A minimum-cost flow by successive shortest paths (R. Busacker and P. Gowen, 1960; potentials after
J. Edmonds and R. Karp, 1972), searched on the graph of *zones* and not of points: the arc from A to B
is the point of A that is cheapest to hand to B.  Each search stops at the nearest zone with room, so
a path costs what its neighbourhood costs, whatever the size of the whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints, Ints32
from planner.solve.compiled import compiled
from planner.solve.points.kernels import Chain, chained, move

__all__ = ["balance", "level"]

FAR = np.inf
PASSES = 80
FASTER, SLOWER = 1.4, 0.5  # slower falls faster than faster grows, or steps would swing for ever


class _Flow(NamedTuple):
    """Where points are (`slot`: which of their candidates), and the shortest paths of hand-ons.

    ``via[z]`` is the point that a path hands to or from zone z, its slot, and the zone on the other side.
    """

    near: Ints32
    cost: Floats
    label: Ints
    slot: Ints
    size: Ints
    price: Floats
    chain: Chain
    dist: Floats
    via: Ints
    queue: Ints


@compiled
def balance(near, cost, zones, low, high, price, label):
    """Assign each point to one of its candidate zones, at least cost, within the bounds.

    Parameters
    ----------
    near : ndarray of int32, shape (n_points, n_candidates)
        Candidate zones of each point.
    cost : ndarray of float, shape (n_points, n_candidates)
        What each would cost.
    low, high : int
        Points of a zone, at least and at most.
    price : ndarray of float, shape (n_zones,)
        Zeros for the exact optimum; or from `level`, which is quicker where zones are large and best
        for the sizes that come out.  Changed in place.
    label : ndarray of int64, shape (n_points,)
        Written: the zone of each point.

    Returns
    -------
    bool
        False if the candidates do not allow it; `label` then breaks the bounds.
    """
    slot = np.empty(len(near), np.int64)
    _choose(near, cost, price, label, slot)
    size = np.bincount(label, minlength=zones)
    chain, dist = chained(label, zones), np.full(zones, FAR)
    via, queue = np.empty((zones, 3), np.int64), np.empty(zones, np.int64)
    flow = _Flow(near, cost, label, slot, size, price, chain, dist, via, queue)
    for s in range(zones):
        while size[s] > high:
            t = _push(flow, s, high)
            if t < 0:
                return False
            _hand(flow, s, t, False)
    # Floors after ceilings: what full zones hand on may fill the short ones.
    start, by_zone = _inverse(near, zones)
    for t in range(zones):
        while size[t] < low:
            s = _pull(flow, t, low, start, by_zone)
            if s < 0:
                return False
            _hand(flow, s, t, True)
    return True


@compiled
def level(near, cost, zones, low, high, price, label):
    """Move the zones' prices until their sizes are nearly within the bounds.

    Each point goes where cost less price is least: a power diagram (F. Aurenhammer, F. Hoffmann and
    B. Aronov, Algorithmica 20, 1998).  Steps grow while a zone stays on one side of its bounds and
    shrink when it changes sides (M. Riedmiller and H. Braun, 1993).

    Parameters
    ----------
    near, cost, zones, low, high, label
        See `balance`.
    price : ndarray of float, shape (n_zones,)
        Changed in place.
    """
    slot = np.empty(len(near), np.int64)
    if near.shape[1] < 2:
        return
    step = np.full(zones, 0.05 * np.mean(np.abs(cost[:, 1] - cost[:, 0])))
    side = np.zeros(zones)
    for _ in range(PASSES):
        _choose(near, cost, price, label, slot)
        size = np.bincount(label, minlength=zones)
        settled = True
        for z in range(zones):
            now = -np.sign(price[z]) if low < size[z] < high else 0.0
            if size[z] > high or size[z] < low:
                now = -1.0 if size[z] > high else 1.0
                settled = False
            if now * side[z] != 0:
                step[z] *= FASTER if now == side[z] else SLOWER
            back = abs(price[z]) if low <= size[z] <= high else FAR
            price[z] += now * min(step[z], back)
            side[z] = now
        if settled:
            break


@compiled
def _choose(near, cost, price, label, slot):
    """Send each point where cost less price is least."""
    for i in range(len(near)):
        best = FAR
        for q in range(near.shape[1]):
            value = cost[i, q] - price[near[i, q]]
            if value < best:
                best = value
                slot[i] = q
        label[i] = near[i, slot[i]]


@compiled
def _inverse(near, zones):
    """List the (point, slot) pairs of each zone."""
    n, width = near.shape
    start = np.zeros(zones + 1, np.int64)
    for i in range(n):
        for q in range(width):
            start[near[i, q] + 1] += 1
    start = np.cumsum(start)
    fill = start[:-1].copy()
    by_zone = np.empty(n * width, np.int64)
    for i in range(n):
        for q in range(width):
            z = near[i, q]
            by_zone[fill[z]] = i * width + q
            fill[z] += 1
    return start, by_zone


@compiled
def _settle(f, settled, count):
    """Bring the open zone at the least distance to the end of those that are settled; give it."""
    queue, dist = f.queue, f.dist
    best = settled
    for p in range(settled + 1, count):
        if dist[queue[p]] < dist[queue[best]]:
            best = p
    z = queue[best]
    queue[best], queue[settled] = queue[settled], z
    return z


@compiled
def _reprice(f, count, found, reach, sign):
    """Move the prices of the zones that were reached, as potentials do; clear the distances."""
    for p in range(count):
        z = f.queue[p]
        if found >= 0 and f.dist[z] < reach:
            f.price[z] += sign * (f.dist[z] - reach)
        f.dist[z] = FAR


@compiled
def _push(f, s, high):
    """Find the cheapest path of hand-ons from a full zone to one with room; -1 if there is none."""
    near, cost, price, dist = f.near, f.cost, f.price, f.dist
    dist[s] = 0.0
    f.queue[0] = s
    count, settled, found, reach = 1, 0, -1, FAR
    while settled < count:
        a = _settle(f, settled, count)
        if dist[a] >= reach:
            break
        settled += 1
        i = f.chain.head[a]
        while i >= 0:
            here = dist[a] + price[a] - cost[i, f.slot[i]]
            for q in range(near.shape[1]):
                b = near[i, q]
                d = max(here + cost[i, q] - price[b], dist[a])
                if b != a and d < dist[b] and d < reach:
                    if dist[b] == FAR:
                        f.queue[count] = b
                        count += 1
                    dist[b] = d
                    f.via[b, 0], f.via[b, 1], f.via[b, 2] = i, q, a
                    if f.size[b] < high and d + max(price[b], 0.0) < reach:
                        reach, found = d + max(price[b], 0.0), b
            i = f.chain.after[i]
    _reprice(f, count, found, reach, 1.0)
    return found


@compiled
def _hand(f, giver, taker, back):
    """Hand a point on along the path that was found, from the taker's end or `back` from the giver's."""
    f.size[taker] += 1
    f.size[giver] -= 1
    at, end = (giver, taker) if back else (taker, giver)
    while at != end:
        i, other = f.via[at, 0], f.via[at, 2]
        f.slot[i] = f.via[at, 1]
        move(i, other if back else at, f.label, f.chain)
        at = other


@compiled
def _pull(f, t, low, start, by_zone):
    """Find the cheapest path of hand-ons to a short zone from one that can spare; -1 if none."""
    cost, price, dist, width = f.cost, f.price, f.dist, f.near.shape[1]
    dist[t] = 0.0
    f.queue[0] = t
    count, settled, found, reach = 1, 0, -1, FAR
    while settled < count:
        b = _settle(f, settled, count)
        if dist[b] >= reach:
            break
        settled += 1
        for place in range(start[b], start[b + 1]):
            i, q = divmod(by_zone[place], width)
            a = f.label[i]
            d = max(dist[b] + cost[i, q] - cost[i, f.slot[i]] + price[a] - price[b], dist[b])
            if a != b and d < dist[a] and d < reach:
                if dist[a] == FAR:
                    f.queue[count] = a
                    count += 1
                dist[a] = d
                f.via[a, 0], f.via[a, 1], f.via[a, 2] = i, q, b
                if f.size[a] > low and d - min(price[a], 0.0) < reach:
                    reach, found = d - min(price[a], 0.0), a
    _reprice(f, count, found, reach, -1.0)
    return found
