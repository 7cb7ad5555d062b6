"""Cutting a few neighbouring zones anew, again and again, and keeping what is better.

One descent ends in the first valley.  Taking a zone and its neighbours out, spreading new centres over
their points and descending there costs a thousandth of starting again, and what is better for the group
is better for the whole (a large neighbourhood search: P. Shaw, CP 1998; the decomposition of
E. Taillard and S. Voss, POPMUSIC, 2002).
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled
from planner.solve.points.exchange import beyond, exchange
from planner.solve.points.flow import balance, level
from planner.solve.points.kernels import draw, enlist, move, squared, zone_means
from planner.solve.points.start import spread_centres

__all__ = ["LARGE", "recut"]

STEPS, STEPS_IF_LARGE = 2, 12
HOPELESS = 1.1
SWEEPS = 50
LARGE = 150


@compiled
def recut(x, weight, unit, low, high, price, alike, group, label, turns, random):
    """Cut groups of neighbouring zones anew and keep what is better.

    Parameters
    ----------
    x, weight, unit, low, high, price
        See `exchange`.
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

    Returns
    -------
    int
        How many groups became better.
    """
    n, zones = len(x), len(group)
    head = np.empty(zones, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    enlist(label, head, after, before)
    better = 0
    for z in turns:
        width = min(2 + int(draw(random) * (group.shape[1] - 1)), group.shape[1])
        some = group[z, :width]
        points = _gather(some, head, after)
        old = np.empty(len(points), np.int64)
        for p in range(len(points)):
            for q in range(width):
                if some[q] == label[points[p]]:
                    old[p] = q
        px, pw, pu = x[points], weight[points], unit[points]
        was = _value(px, pw, pu, low, high, price, old, width)
        new = _cut(px, pw, pu, low, high, price, alike, width, was, random)
        if _value(px, pw, pu, low, high, price, new, width) < was * (1 - 1e-9):
            better += 1
            for p in range(len(points)):
                if new[p] != old[p]:
                    move(points[p], some[new[p]], label, head, after, before)
    return better


@compiled
def _gather(some, head, after):
    count = 0
    for z in some:
        i = head[z]
        while i >= 0:
            count += 1
            i = after[i]
    points = np.empty(count, np.int64)
    count = 0
    for z in some:
        i = head[z]
        while i >= 0:
            points[count] = i
            count += 1
            i = after[i]
    return np.sort(points)


@compiled
def _cut(x, weight, unit, low, high, price, alike, zones, was, random):
    """Spread centres, then k-means under the bounds, then exchange if that can still be better."""
    n = len(x)
    mean, mass = spread_centres(x, weight, zones, random), np.zeros(zones)
    near, cost = np.empty((n, zones), np.int32), np.empty((n, zones))
    label, last = np.zeros(n, np.int64), np.full(n, -1)
    large, price_of_zone = n > LARGE * zones, np.zeros(zones)
    for _ in range(STEPS_IF_LARGE if large else STEPS):
        for i in range(n):
            for z in range(zones):
                cost[i, z] = weight[i] * squared(x, i, mean[z])
                near[i, z] = z
        if alike:
            if large:
                level(near, cost, zones, int(low), int(high), price_of_zone, label)
            else:
                price_of_zone[:] = 0.0
            balance(near, cost, zones, int(low), int(high), price_of_zone, label)
        else:
            for i in range(n):
                label[i] = cost[i].argmin()
        zone_means(x, weight, label, mean, mass)
        if (label == last).all():
            break
        last[:] = label
    if not alike or _value(x, weight, unit, low, high, price, label, zones) < HOPELESS * was:
        exchange(x, weight, unit, low, high, price, near, zones, label, SWEEPS)
    return label


@compiled
def _value(x, weight, unit, low, high, price, label, zones):
    mean, mass, size = np.zeros((zones, x.shape[1])), np.zeros(zones), np.zeros(zones)
    zone_means(x, weight, label, mean, mass)
    total = 0.0
    for i in range(len(x)):
        total += weight[i] * squared(x, i, mean[label[i]])
        size[label[i]] += unit[i]
    for z in range(zones):
        total += price * beyond(size[z], low, high)
    return total
