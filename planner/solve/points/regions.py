"""Cutting a few neighbouring zones anew, again and again, and keeping what is better.

One descent ends in the first valley.  Taking a zone and its neighbours out, spreading new centres over
their points and descending there costs a thousandth of starting again, and what is better for the group
is better for the whole (a large neighbourhood search: P. Shaw, CP 1998; the decomposition of
E. Taillard and S. Voss, POPMUSIC, 2002).
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled, draw
from planner.solve.points.exchange import exchange
from planner.solve.points.flow import balance, level
from planner.solve.points.kernels import Cloud, beyond, chained, move, squared, zone_means
from planner.solve.points.start import spread_centres

__all__ = ["LARGE", "recut"]

STEPS, STEPS_IF_LARGE = 2, 12
# What comes out of the means so many times dearer than before is not worth an exchange.
HOPELESS = 1.1
SWEEPS = 50
LARGE = 150
"""Points a zone above which prices are levelled first: the exact flow alone is slower there."""


@compiled
def recut(cloud, alike, group, label, turns, random):
    """Cut groups of neighbouring zones anew and keep what is better.

    Parameters
    ----------
    alike : bool
        Whether each point counts as one, so that bounds can be met exactly.
    group : ndarray of int, shape (n_zones, n_members)
        Each zone and its nearest neighbours, itself first.
    label : ndarray of int64, shape (n_points,)
        Changed in place.
    turns : ndarray of int
        The zones to begin with, in order.
    random : ndarray of uint64, shape (2,)
        State of the generator; changed in place.
    """
    chain = chained(label, len(group))
    better = 0
    for z in turns:
        width = min(2 + int(draw(random) * (group.shape[1] - 1)), group.shape[1])
        some = group[z, :width]
        points = _gather(some, chain)
        old = np.empty(len(points), np.int64)
        for p in range(len(points)):
            for q in range(width):
                if some[q] == label[points[p]]:
                    old[p] = q
        x, weight, unit = cloud.x[points], cloud.weight[points], cloud.unit[points]
        part = Cloud(x, weight, unit, cloud.low, cloud.high, cloud.price)
        was = _value(part, old, width)
        new = _cut(part, alike, width, was, random)
        if _value(part, new, width) < was * (1 - 1e-9):
            better += 1
            for p in range(len(points)):
                if new[p] != old[p]:
                    move(points[p], some[new[p]], label, chain)
    return better


@compiled
def _gather(some, chain):
    points = [np.int64(0) for _ in range(0)]
    for z in some:
        i = chain.head[z]
        while i >= 0:
            points.append(i)
            i = chain.after[i]
    return np.sort(np.array(points))


@compiled
def _cut(cloud, alike, zones, was, random):
    """Spread centres, then k-means under the bounds, then exchange if that can still be better."""
    x, weight, n = cloud.x, cloud.weight, len(cloud.x)
    mean, mass = spread_centres(x, weight, zones, random), np.zeros(zones)
    near, cost = np.empty((n, zones), np.int32), np.empty((n, zones))
    label, last = np.zeros(n, np.int64), np.full(n, -1)
    large, price = n > LARGE * zones, np.zeros(zones)
    low, high = int(cloud.low), int(cloud.high)
    for _ in range(STEPS_IF_LARGE if large else STEPS):
        for i in range(n):
            for z in range(zones):
                cost[i, z] = weight[i] * squared(x, i, mean[z])
                near[i, z] = z
        if alike:
            if large:
                level(near, cost, zones, low, high, price, label)
            else:
                price[:] = 0.0
            balance(near, cost, zones, low, high, price, label)
        else:
            for i in range(n):
                label[i] = cost[i].argmin()
        zone_means(x, weight, label, mean, mass)
        if (label == last).all():
            break
        last[:] = label
    if not alike or _value(cloud, label, zones) < HOPELESS * was:
        exchange(cloud, near, zones, label, SWEEPS)
    return label


@compiled
def _value(cloud, label, zones):
    mean, mass, size = np.zeros((zones, cloud.x.shape[1])), np.zeros(zones), np.zeros(zones)
    zone_means(cloud.x, cloud.weight, label, mean, mass)
    total = 0.0
    for i in range(len(label)):
        total += cloud.weight[i] * squared(cloud.x, i, mean[label[i]])
        size[label[i]] += cloud.unit[i]
    for z in range(zones):
        total += cloud.price * beyond(cloud, size[z])
    return total
