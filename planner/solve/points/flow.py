"""Cheapest assignment of points to fixed centres when each zone takes so many points and no more.

A minimum-cost flow by successive shortest paths (R. Busacker and P. Gowen, 1960; potentials after
J. Edmonds and R. Karp, 1972), searched on the graph of *zones* and not of points: the arc from A to B
is the point of A that is cheapest to hand to B.  Each search stops at the nearest zone with room, so
a path costs what its neighbourhood costs, whatever the size of the whole.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled
from planner.solve.points.kernels import enlist, move

__all__ = ["balance", "level"]

FAR = np.inf
PASSES = 80
FASTER, SLOWER = 1.4, 0.5


@compiled
def balance(near, cost, zones, low, high, price, label):
    """Assign each point to one of its candidate zones, at least cost, within the bounds.

    Parameters
    ----------
    near : ndarray of int32, shape (n_points, n_candidates)
        Candidate zones of each point.
    cost : ndarray of float, shape (n_points, n_candidates)
        What each would cost.
    zones : int
        How many zones there are.
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
    n = len(near)
    slot = np.empty(n, np.int64)
    _choose(near, cost, price, label, slot)
    size = np.bincount(label, minlength=zones)
    head = np.empty(zones, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    enlist(label, head, after, before)
    dist = np.full(zones, FAR)
    via = np.empty((zones, 3), np.int64)  # point, its slot, the zone on the other side
    queue = np.empty(zones, np.int64)
    for s in range(zones):
        while size[s] > high:
            t = _push(s, near, cost, high, slot, size, head, after, price, dist, via, queue)
            if t < 0:
                return False
            _hand_on(t, s, slot, size, via, label, head, after, before)
    start, by_zone = _inverse(near, zones)
    for t in range(zones):
        while size[t] < low:
            s = _pull(
                t, near, cost, low, slot, size, label, start, by_zone, price, dist, via, queue
            )
            if s < 0:
                return False
            _hand_back(s, t, slot, size, via, label, head, after, before)
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
def _nearest(queue, count, settled, dist):
    """Place of the open zone at the least distance."""
    best = settled
    for p in range(settled + 1, count):
        if dist[queue[p]] < dist[queue[best]]:
            best = p
    return best


@compiled
def _push(s, near, cost, high, slot, size, head, after, price, dist, via, queue):
    """Find the cheapest path of hand-ons from a full zone to one with room; -1 if there is none."""
    width = near.shape[1]
    dist[s] = 0.0
    queue[0] = s
    count, settled, found, reach = 1, 0, -1, FAR
    while settled < count:
        p = _nearest(queue, count, settled, dist)
        a = queue[p]
        if dist[a] >= reach:
            break
        queue[p], queue[settled] = queue[settled], a
        settled += 1
        i = head[a]
        while i >= 0:
            here = dist[a] + price[a] - cost[i, slot[i]]
            for q in range(width):
                b = near[i, q]
                d = max(here + cost[i, q] - price[b], dist[a])
                if b != a and d < dist[b] and d < reach:
                    if dist[b] == FAR:
                        queue[count] = b
                        count += 1
                    dist[b] = d
                    via[b, 0], via[b, 1], via[b, 2] = i, q, a
                    if size[b] < high and d + max(price[b], 0.0) < reach:
                        reach, found = d + max(price[b], 0.0), b
            i = after[i]
    for p in range(count):
        z = queue[p]
        if found >= 0 and dist[z] < reach:
            price[z] += dist[z] - reach
        dist[z] = FAR
    return found


@compiled
def _hand_on(t, s, slot, size, via, label, head, after, before):
    size[t] += 1
    size[s] -= 1
    while t != s:
        i = via[t, 0]
        slot[i] = via[t, 1]
        move(i, t, label, head, after, before)
        t = via[t, 2]


@compiled
def _pull(t, near, cost, low, slot, size, label, start, by_zone, price, dist, via, queue):
    """Find the cheapest path of hand-ons to a short zone from one that can spare; -1 if none."""
    width = near.shape[1]
    dist[t] = 0.0
    queue[0] = t
    count, settled, found, reach = 1, 0, -1, FAR
    while settled < count:
        p = _nearest(queue, count, settled, dist)
        b = queue[p]
        if dist[b] >= reach:
            break
        queue[p], queue[settled] = queue[settled], b
        settled += 1
        for place in range(start[b], start[b + 1]):
            i, q = divmod(by_zone[place], width)
            a = label[i]
            d = max(dist[b] + cost[i, q] - cost[i, slot[i]] + price[a] - price[b], dist[b])
            if a != b and d < dist[a] and d < reach:
                if dist[a] == FAR:
                    queue[count] = a
                    count += 1
                dist[a] = d
                via[a, 0], via[a, 1], via[a, 2] = i, q, b
                if size[a] > low and d - min(price[a], 0.0) < reach:
                    reach, found = d - min(price[a], 0.0), a
    for p in range(count):
        z = queue[p]
        if found >= 0 and dist[z] < reach:
            price[z] += reach - dist[z]
        dist[z] = FAR
    return found


@compiled
def _hand_back(s, t, slot, size, via, label, head, after, before):
    size[t] += 1
    size[s] -= 1
    while s != t:
        i, z = via[s, 0], via[s, 2]
        slot[i] = via[s, 1]
        move(i, z, label, head, after, before)
        s = z
