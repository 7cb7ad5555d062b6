"""Compiled: one centre is given up where it is missed least, and another opened where it helps most.

Shifts and swaps move centres a step at a time; this moves one across the whole map, which a descent by
small steps would need many bad ones for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.model.arrays import Bools, Ints
from planner.solve.compiled import compiled, draw
from planner.solve.sites.kernels import FAR, best_of, put, take

__all__ = ["Trail", "migrate"]


class Trail(NamedTuple):
    """What a migration has done so far, so that it can be undone.

    `log` has a row (unit, part that it came from) a move; `touched` lists the parts that were changed, and
    `mark` tells of each part whether it is listed.
    """

    log: Ints
    touched: Ints
    mark: Bools


@compiled
def _least_missed(t, s, random, draws):
    """Of a few parts, the one whose units lose least by going to the next centre."""
    best, at = FAR, -1
    for _ in range(draws):
        k = s.part[int(draw(random) * len(s.part))]
        loss = 0.0
        for a in range(s.size[k]):
            u = s.unit[k, a]
            other = FAR
            for b in range(t.near.shape[1]):
                m = s.part[t.near[u, b]]
                if m != k and t.row[u, s.centre[m]] < other:
                    other = t.row[u, s.centre[m]]
            loss += other - t.row[u, s.centre[k]]
            if loss >= best:
                break
        loss -= t.fee[s.centre[k]]
        if loss < best:
            best, at = loss, k
    return at


@compiled
def _most_welcome(t, s, avoid, random, draws):
    """Of a few candidates, the one that would gain most as a second centre of its part."""
    best, at = -FAR, -1
    for _ in range(draws):
        u = int(draw(random) * len(s.part))
        k, own = s.part[u], t.start[u + 1] - t.start[u]
        if k == avoid or s.size[k] < 2 or own == 0:
            continue
        j = t.start[u] + int(draw(random) * own)
        if t.home[j] == t.home[s.centre[k]]:
            continue
        gain = -t.fee[j]
        for a in range(s.size[k]):
            v = s.unit[k, a]
            gain += max(t.row[v, s.centre[k]] - t.row[v, j], 0.0)
        if gain > best:
            best, at = gain, j
    return at


@compiled
def _move(t, s, i, to, log, moves):
    log[moves, 0], log[moves, 1] = i, s.part[i]
    take(t, s, i)
    put(t, s, i, to)
    return moves + 1


@compiled
def _touch(trail, k, count):
    """List a part as changed, once; how many are listed."""
    if trail.mark[k]:
        return count
    trail.mark[k] = True
    trail.touched[count] = k
    return count + 1


@compiled
def _dissolve(t, s, k, price, trail):
    """Send each unit of a part where it is cheapest; -1 less the moves done if there is no such place."""
    moves, count = 0, 1
    while s.size[k] > 0:
        i = s.unit[k, s.size[k] - 1]
        best, to = FAR, -1
        for b in range(t.near.shape[1]):
            m = s.part[t.near[i, b]]
            if m == k or s.size[m] + 1 >= s.unit.shape[1]:
                continue
            c = s.centre[m]
            v = t.row[i, c] + price * max(
                min(s.load[m] + t.demand[i] - t.capacity[c], t.demand[i]), 0.0
            )
            if v < best:
                best, to = v, m
        if to < 0:
            return -1 - moves, count
        count = _touch(trail, to, count)
        moves = _move(t, s, i, to, trail.log, moves)
    return moves, count


@compiled
def _split(t, s, j, k, log, moves):
    """Fill the empty part k with what is nearer to candidate j than to its present centre."""
    b = s.part[t.home[j]]
    c, a, weight = s.centre[b], 0, 0.0
    while a < s.size[b]:
        i = s.unit[b, a]
        fits = weight + t.demand[i] <= t.capacity[j]
        mine = i == t.home[j] or (fits and t.row[i, j] < t.row[i, c])
        if mine and i != t.home[c] and s.size[k] < s.unit.shape[1]:
            weight += t.demand[i]
            moves = _move(t, s, i, k, log, moves)
        else:
            a += 1
    return moves


@compiled
def migrate(t, s, heat, price, random, trail):
    """Dissolve one part and split another; undo it unless it is accepted.

    Returns
    -------
    float
        What it does to the value; 0 if it was undone.
    """
    k = _least_missed(t, s, random, 3)
    j = _most_welcome(t, s, k, random, 6)
    if k < 0 or j < 0:
        return 0.0
    _touch(trail, k, 0)
    moves, count = _dissolve(t, s, k, price, trail)
    done = moves >= 0
    if done:
        count = _touch(trail, s.part[t.home[j]], count)
        moves = _split(t, s, j, k, trail.log, moves)
    else:
        moves = -1 - moves
    change = _judge(t, s, price, trail.touched, count) if done else FAR
    # Metropolis: the worse, the rarer it is taken; 1e-300 keeps the logarithm finite.
    if change > -heat * np.log(draw(random) + 1e-300):
        # From the last: a unit may have moved twice.
        for r in range(moves - 1, -1, -1):
            take(t, s, trail.log[r, 0])
            put(t, s, trail.log[r, 0], trail.log[r, 1])
        _judge(t, s, price, trail.touched, count)
        change = 0.0
    for r in range(count):
        trail.mark[trail.touched[r]] = False
    return change


@compiled
def _judge(t, s, price, touched, count):
    """Find the best candidates of the parts that were touched, and what has changed by that."""
    change = 0.0
    for r in range(count):
        k = touched[r]
        old = s.value[k]
        best_of(t, s, k, price)
        change += s.value[k] - old
    return change
