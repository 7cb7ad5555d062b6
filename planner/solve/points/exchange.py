"""Descent by handing single points on, and by swapping two: each judged with the means that follow.

Handing a point from A to B changes the cost by ``w B/(B + w) d(B)^2 - w A/(A - w) d(A)^2`` with A and B
the zones' weights (J. Hartigan and M. Wong, Applied Statistics 28, 1979); so the descent goes on where
k-means, which judges by means that stand still, has stopped.  A swap is the two steps in turn.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled
from planner.solve.points.kernels import enlist, move, squared, zone_means

__all__ = ["beyond", "exchange"]

SMALL = 1e-10


@compiled
def beyond(size, low, high):
    """How far the size of a zone is out of its bounds."""
    return max(low - size, 0.0) + max(size - high, 0.0)


@compiled
def _leaving(w, mass, away):
    return w * mass / (mass - w) * away if mass > w else w * away


@compiled
def _joining(w, mass, away):
    return w * mass / (mass + w) * away if mass > 0 else 0.0


@compiled
def _shifted(x, i, w, mean, mass, sign, out):
    """Write the mean of a zone after point `i` has joined it (sign 1) or left it (-1)."""
    rest = mass + sign * w
    for f in range(len(out)):
        out[f] = mean[f] + sign * w * (x[i, f] - mean[f]) / rest if rest > 0 else mean[f]


@compiled
def exchange(x, weight, unit, low, high, price, near, zones, label, sweeps):
    """Hand on and swap points until no single step helps, or for so many sweeps.

    Parameters
    ----------
    x : ndarray of float, shape (n_points, n_features)
    weight, unit : ndarray of float, shape (n_points,)
        What a point weighs in the cost, and in the size of its zone.
    low, high : float
        Bounds of a zone's size.
    price : float
        Cost of one unit of size out of bounds.
    near : ndarray of int32, shape (n_points, n_candidates)
        Zones to which a point may go.
    zones : int
        How many zones there are.
    label : ndarray of int64, shape (n_points,)
        The zone of each point; changed in place.
    sweeps : int
        Passes over the points, at most.

    Returns
    -------
    int
        Steps taken.
    """
    n = len(x)
    mean, mass = np.zeros((zones, x.shape[1])), np.zeros(zones)
    zone_means(x, weight, label, mean, mass)
    size, count = np.zeros(zones), np.zeros(zones, np.int64)
    for i in range(n):
        size[label[i]] += unit[i]
        count[label[i]] += 1
    head = np.empty(zones, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    enlist(label, head, after, before)
    changed, looked = np.ones(zones, np.int64), np.zeros(n, np.int64)
    left, joined = np.empty(x.shape[1]), np.empty(x.shape[1])
    steps = 0
    for _ in range(sweeps):
        before_sweep = steps
        for i in range(n):
            if not _worth_a_look(i, near, label, changed, looked):
                continue
            looked[i] = steps + 1
            b, j = _best_step(
                x, weight, unit, low, high, price, near, label,
                mean, mass, size, count, head, after, left, joined, i,
            )  # fmt: skip
            if b < 0:
                continue
            steps += 1
            a = label[i]
            _take(x, weight, unit, i, b, label, mean, mass, size, count, head, after, before)
            if j >= 0:
                _take(x, weight, unit, j, a, label, mean, mass, size, count, head, after, before)
            changed[a] = changed[b] = steps + 1
        if steps == before_sweep:
            break
    return steps


@compiled
def _worth_a_look(i, near, label, changed, looked):
    """Whether a zone that matters to a point has changed since it was last looked at."""
    latest = changed[label[i]]
    for q in range(near.shape[1]):
        latest = max(latest, changed[near[i, q]])
    return latest > looked[i]


@compiled
def _take(x, weight, unit, i, b, label, mean, mass, size, count, head, after, before):
    a, w = label[i], weight[i]
    _shifted(x, i, w, mean[a], mass[a], -1.0, mean[a])
    _shifted(x, i, w, mean[b], mass[b], 1.0, mean[b])
    mass[a] -= w
    mass[b] += w
    size[a] -= unit[i]
    size[b] += unit[i]
    count[a] -= 1
    count[b] += 1
    move(i, b, label, head, after, before)


@compiled
def _best_step(
    x, weight, unit, low, high, price, near, label,
    mean, mass, size, count, head, after, left, joined, i,
):  # fmt: skip
    """Find the best zone for a point, and whom to take in exchange; -1 for none of either."""
    a, w, u = label[i], weight[i], unit[i]
    gain = _leaving(w, mass[a], squared(x, i, mean[a]))
    _shifted(x, i, w, mean[a], mass[a], -1.0, left)
    best, best_zone, best_point = -SMALL * gain, -1, -1
    for q in range(near.shape[1]):
        b = near[i, q]
        if b == a:
            continue
        loss = _joining(w, mass[b], squared(x, i, mean[b])) - gain
        out = beyond(size[a], low, high) + beyond(size[b], low, high)
        worse = beyond(size[a] - u, low, high) + beyond(size[b] + u, low, high) - out
        if count[a] > 1 and loss + price * worse < best:
            best, best_zone, best_point = loss + price * worse, b, -1
        if out <= 0 and (loss >= 0 or (worse <= 0 and count[a] > 1)):
            continue  # a swap helps where room is short; elsewhere handing on does
        _shifted(x, i, w, mean[b], mass[b], 1.0, joined)
        j = head[b]
        while j >= 0:
            v = weight[j]
            step = loss - _leaving(v, mass[b] + w, squared(x, j, joined))
            if step < best + price * out:
                step += _joining(v, mass[a] - w, squared(x, j, left))
                grown = unit[j] - u
                if grown != 0 and step < best + price * out:
                    after_a = beyond(size[a] + grown, low, high)
                    step += price * (after_a + beyond(size[b] - grown, low, high) - out)
                if step < best:
                    best, best_zone, best_point = step, b, j
            j = after[j]
    return best_zone, best_point
