"""What the compiled loops over points share: the points, the zones' lists, and their means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.compiled import compiled

__all__ = ["Chain", "Cloud", "beyond", "chained", "move", "squared", "zone_means"]


class Cloud(NamedTuple):
    """Points, what each weighs and counts, the bounds of a zone's size, and the price of breaking them.

    `x` has shape (n_points, n_features), `weight` (in the cost) and `unit` (in the size) shape
    (n_points,); `price` is the cost of one unit of size out of bounds.
    """

    x: Floats
    weight: Floats
    unit: Floats
    low: float
    high: float
    price: float


class Chain(NamedTuple):
    """The members of each zone as a doubly linked list: handing a point on touches two neighbours."""

    head: Ints
    after: Ints
    before: Ints


@compiled
def beyond(cloud, size):
    """How far the size of a zone is out of its bounds."""
    return max(cloud.low - size, 0.0) + max(size - cloud.high, 0.0)


@compiled
def squared(x, i, centre):
    """Squared distance of point `i` to a place."""
    total = 0.0
    for f in range(len(centre)):
        step = x[i, f] - centre[f]
        total += step * step
    return total


@compiled
def chained(label, zones):
    """List the members of each zone, in the order of the points."""
    n = len(label)
    chain = Chain(np.empty(zones, np.int64), np.empty(n, np.int64), np.empty(n, np.int64))
    chain.head[:] = -1
    # From the last, as each is put first: the list is then in the order of the points.
    for i in range(n - 1, -1, -1):
        first = chain.head[label[i]]
        chain.after[i], chain.before[i] = first, -1
        if first >= 0:
            chain.before[first] = i
        chain.head[label[i]] = i
    return chain


@compiled
def move(i, z, label, chain):
    """Take point `i` out of its zone's list and put it first into that of `z`."""
    head, after, before = chain.head, chain.after, chain.before
    if before[i] >= 0:
        after[before[i]] = after[i]
    else:
        head[label[i]] = after[i]
    if after[i] >= 0:
        before[after[i]] = before[i]
    after[i], before[i] = head[z], -1
    if head[z] >= 0:
        before[head[z]] = i
    head[z] = i
    label[i] = z


@compiled
def zone_means(x, weight, label, mean, mass):
    """Write the weighted mean and the weight of each zone; a zone without weight keeps its mean."""
    total = np.zeros_like(mean)
    mass[:] = 0.0
    for i in range(len(label)):
        z = label[i]
        mass[z] += weight[i]
        for f in range(x.shape[1]):
            total[z, f] += weight[i] * x[i, f]
    for z in range(len(mass)):
        if mass[z] > 0:
            for f in range(x.shape[1]):
                mean[z, f] = total[z, f] / mass[z]
