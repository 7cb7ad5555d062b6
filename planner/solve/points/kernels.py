"""Small compiled pieces that the loops over points share."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled

__all__ = ["draw", "enlist", "move", "squared", "zone_means"]


@compiled
def draw(state):
    """Draw from [0, 1): xorshift128+ (S. Vigna, 2014), two words of state changed in place."""
    a, b = state[0], state[1]
    state[0] = b
    a ^= a << np.uint64(23)
    state[1] = a ^ b ^ (a >> np.uint64(17)) ^ (b >> np.uint64(26))
    return float((state[1] + b) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def squared(x, i, centre):
    """Squared distance of point `i` to a place."""
    total = 0.0
    for f in range(len(centre)):
        step = x[i, f] - centre[f]
        total += step * step
    return total


@compiled
def enlist(label, head, after, before):
    """Write the members of each zone as a doubly linked list."""
    head[:] = -1
    for i in range(len(label) - 1, -1, -1):
        z = label[i]
        after[i] = head[z]
        before[i] = -1
        if head[z] >= 0:
            before[head[z]] = i
        head[z] = i


@compiled
def move(i, z, label, head, after, before):
    """Take point `i` out of its zone's list and put it into that of `z`."""
    if before[i] >= 0:
        after[before[i]] = after[i]
    else:
        head[label[i]] = after[i]
    if after[i] >= 0:
        before[after[i]] = before[i]
    after[i] = head[z]
    before[i] = -1
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
