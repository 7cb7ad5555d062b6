"""Descent by handing single points on, and by swapping two: each judged with the means that follow.

Handing a point from A to B changes the cost by ``w B/(B + w) d(B)^2 - w A/(A - w) d(A)^2`` with A and B
the zones' weights (J. Hartigan and M. Wong, Applied Statistics 28, 1979); so the descent goes on where
k-means, which judges by means that stand still, has stopped.  A swap is the two steps in turn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.compiled import compiled
from planner.solve.points.kernels import Chain, beyond, chained, move, squared, zone_means

__all__ = ["exchange"]

# Share of a point's cost that a step has to gain: less would be rounding, and could go round in circles.
SMALL = 1e-10


class _State(NamedTuple):
    """The zones as they stand, and two rows to work in: the means after leaving and after joining."""

    label: Ints
    mean: Floats
    mass: Floats
    size: Floats
    members: Ints
    chain: Chain
    left: Floats
    joined: Floats


@compiled
def _state(cloud, zones, label):
    mean, mass = np.zeros((zones, cloud.x.shape[1])), np.zeros(zones)
    zone_means(cloud.x, cloud.weight, label, mean, mass)
    size, count = np.zeros(zones), np.zeros(zones, np.int64)
    for i in range(len(label)):
        size[label[i]] += cloud.unit[i]
        count[label[i]] += 1
    left, joined = np.empty(cloud.x.shape[1]), np.empty(cloud.x.shape[1])
    return _State(label, mean, mass, size, count, chained(label, zones), left, joined)


@compiled
def _leaving(w, mass, away):
    return w * mass / (mass - w) * away if mass > w else w * away


@compiled
def _joining(w, mass, away):
    return w * mass / (mass + w) * away if mass > 0 else 0.0


@compiled
def _shifted(cloud, i, mean, mass, sign, out):
    """Write the mean of a zone after point `i` has joined it (sign 1) or left it (-1)."""
    w = cloud.weight[i]
    rest = mass + sign * w
    for f in range(len(out)):
        out[f] = mean[f] + sign * w * (cloud.x[i, f] - mean[f]) / rest if rest > 0 else mean[f]


@compiled
def exchange(cloud, near, zones, label, sweeps):
    """Hand on and swap points until no single step helps, or for so many sweeps.

    Parameters
    ----------
    near : ndarray of int32, shape (n_points, n_candidates)
        Zones to which a point may go.
    label : ndarray of int64, shape (n_points,)
        The zone of each point; changed in place.
    sweeps : int
        Passes over the points, at most.
    """
    s = _state(cloud, zones, label)
    # A point is looked at again only when a zone that matters to it has changed since.
    changed, looked = np.ones(zones, np.int64), np.zeros(len(label), np.int64)
    steps = 0
    for _ in range(sweeps):
        before_sweep = steps
        for i in range(len(label)):
            if not _worth_a_look(i, near, label, changed, looked):
                continue
            looked[i] = steps + 1
            b, j = _best_step(cloud, s, near, i)
            if b < 0:
                continue
            steps += 1
            a = label[i]
            _take(cloud, s, i, b)
            if j >= 0:
                _take(cloud, s, j, a)
            changed[a] = changed[b] = steps + 1
        if steps == before_sweep:
            break
    return steps


@compiled
def _worth_a_look(i, near, label, changed, looked):
    latest = changed[label[i]]
    for q in range(near.shape[1]):
        latest = max(latest, changed[near[i, q]])
    return latest > looked[i]


@compiled
def _take(cloud, s, i, b):
    """Hand a point on to zone `b`."""
    a, w, u = s.label[i], cloud.weight[i], cloud.unit[i]
    _shifted(cloud, i, s.mean[a], s.mass[a], -1.0, s.mean[a])
    _shifted(cloud, i, s.mean[b], s.mass[b], 1.0, s.mean[b])
    s.mass[a] -= w
    s.mass[b] += w
    s.size[a] -= u
    s.size[b] += u
    s.members[a] -= 1
    s.members[b] += 1
    move(i, b, s.label, s.chain)


@compiled
def _best_step(cloud, s, near, i):
    """Find the best zone for a point, and whom to take in exchange; -1 for none of either."""
    x, weight, unit, price = cloud.x, cloud.weight, cloud.unit, cloud.price
    mean, mass, size = s.mean, s.mass, s.size
    a, w, u = s.label[i], weight[i], unit[i]
    gain = _leaving(w, mass[a], squared(x, i, mean[a]))
    _shifted(cloud, i, mean[a], mass[a], -1.0, s.left)
    best, best_zone, best_point = -SMALL * gain, -1, -1
    for q in range(near.shape[1]):
        b = near[i, q]
        if b == a:
            continue
        loss = _joining(w, mass[b], squared(x, i, mean[b])) - gain
        out = beyond(cloud, size[a]) + beyond(cloud, size[b])
        worse = beyond(cloud, size[a] - u) + beyond(cloud, size[b] + u) - out
        if s.members[a] > 1 and loss + price * worse < best:
            best, best_zone, best_point = loss + price * worse, b, -1
        # A swap helps where room is short; elsewhere handing on does.
        if out <= 0 and (loss >= 0 or (worse <= 0 and s.members[a] > 1)):
            continue
        _shifted(cloud, i, mean[b], mass[b], 1.0, s.joined)
        j = s.chain.head[b]
        while j >= 0:
            v = weight[j]
            step = loss - _leaving(v, mass[b] + w, squared(x, j, s.joined))
            if step < best + price * out:
                step += _joining(v, mass[a] - w, squared(x, j, s.left))
                grown = unit[j] - u
                if grown != 0 and step < best + price * out:
                    after = beyond(cloud, size[a] + grown) + beyond(cloud, size[b] - grown)
                    step += price * (after - out)
                if step < best:
                    best, best_zone, best_point = step, b, j
            j = s.chain.after[j]
    return best_zone, best_point
