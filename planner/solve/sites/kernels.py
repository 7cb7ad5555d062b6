"""Compiled pieces of the search: parts, each with what every candidate in it would cost.

A part is served by the best candidate that lives in it.  What each of them would cost is kept up to
date, so that the best one after a shift of a unit, or a swap of two, is known at once; centres move by
themselves as their parts do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints32
from planner.solve.compiled import compiled

__all__ = ["FAR", "Parts", "Table", "begin", "best_of", "off", "out_of", "put", "take", "worth"]

FAR = 1e300  # not infinite: the difference of two of them must be a number
FEW = 16  # units of a part up to which the candidates of a newcomer are tried before it is in


class Table(NamedTuple):
    """The problem, in an order in which neighbours are stored close together.

    Candidates that live in unit u are ``start[u]`` to ``start[u + 1] - 1``; barred ones are left out.
    """

    row: NDArray[np.float32]
    column: NDArray[np.float32]
    demand: Floats
    capacity: Floats
    floor: Floats
    fee: Floats
    home: Ints32
    start: Ints32
    near: Ints32


class Parts(NamedTuple):
    """Who is in which part, and what each candidate in it would cost (``total``, fees included)."""

    part: Ints32
    place: Ints32
    unit: Ints32
    size: Ints32
    cand: Ints32
    many: Ints32
    spot: Ints32
    total: Floats
    load: Floats
    centre: Ints32
    value: Floats


@compiled
def out_of(load, capacity, floor):
    """Demand over a capacity or short of a floor."""
    return max(load - capacity, 0.0) + max(floor - load, 0.0)


@compiled
def off(t, s, k):
    """Demand by which part k breaks the limits of its centre."""
    c = s.centre[k]
    return out_of(s.load[k], t.capacity[c], t.floor[c]) if c >= 0 else 0.0


@compiled
def worth(t, s, k, gone, came, price):
    """Cost of part k without unit `gone` and with unit `came` (-1: none).

    In a large part the newcomer's own candidates are left out; they are looked at once it is in.
    """
    weight = s.load[k]
    if gone >= 0:
        weight -= t.demand[gone]
    if came >= 0:
        weight += t.demand[came]
    best = FAR
    cand, total = s.cand[k], s.total[k]
    for a in range(s.many[k]):
        j = cand[a]
        v = total[a]
        if gone >= 0:
            v -= t.row[gone, j]
        if came >= 0:
            v += t.row[came, j]
        if v < best:
            v += price * out_of(weight, t.capacity[j], t.floor[j])
            if v < best and (gone < 0 or t.home[j] != gone):
                best = v
    if came >= 0 and (s.size[k] <= FEW or best == FAR):
        for j in range(t.start[came], t.start[came + 1]):
            v = t.fee[j] + t.row[came, j] + price * out_of(weight, t.capacity[j], t.floor[j])
            for a in range(s.size[k]):
                u = s.unit[k, a]
                if u != gone:
                    v += t.column[j, u]
            if v < best:
                best = v
    return best


@compiled
def best_of(t, s, k, price):
    """Write the best candidate of a part and what it costs."""
    best, at = FAR, -1
    for a in range(s.many[k]):
        j = s.cand[k, a]
        v = s.total[k, a] + price * out_of(s.load[k], t.capacity[j], t.floor[j])
        if v < best:
            best, at = v, j
    s.value[k] = best
    s.centre[k] = at


@compiled
def take(t, s, i):
    """Take unit i, and the candidates that live in it, out of its part."""
    k = s.part[i]
    s.size[k] -= 1
    last = s.unit[k, s.size[k]]
    s.unit[k, s.place[i]] = last
    s.place[last] = s.place[i]
    s.load[k] -= t.demand[i]
    for j in range(t.start[i], t.start[i + 1]):
        s.many[k] -= 1
        end, at = s.many[k], s.spot[j]
        moved = s.cand[k, end]
        s.cand[k, at] = moved
        s.total[k, at] = s.total[k, end]
        s.spot[moved] = at
    cand, total, row = s.cand[k], s.total[k], t.row[i]
    for a in range(s.many[k]):
        total[a] -= row[cand[a]]


@compiled
def put(t, s, i, k):
    """Put unit i, and the candidates that live in it, into part k."""
    cand, total, row = s.cand[k], s.total[k], t.row[i]
    for a in range(s.many[k]):
        total[a] += row[cand[a]]
    s.unit[k, s.size[k]] = i
    s.place[i] = s.size[k]
    s.part[i] = k
    s.size[k] += 1
    s.load[k] += t.demand[i]
    for j in range(t.start[i], t.start[i + 1]):
        v = t.fee[j]
        for a in range(s.size[k]):
            v += t.column[j, s.unit[k, a]]
        at = s.many[k]
        s.cand[k, at] = j
        s.total[k, at] = v
        s.spot[j] = at
        s.many[k] += 1


@compiled
def begin(t, s, price):
    """Count everything anew from `part`, so that no rounding piles up."""
    s.size[:] = 0
    s.many[:] = 0
    s.load[:] = 0.0
    for i in range(len(s.part)):
        k = s.part[i]
        s.unit[k, s.size[k]] = i
        s.place[i] = s.size[k]
        s.size[k] += 1
        s.load[k] += t.demand[i]
        for j in range(t.start[i], t.start[i + 1]):
            s.cand[k, s.many[k]] = j
            s.spot[j] = s.many[k]
            s.many[k] += 1
    for k in range(len(s.size)):
        for a in range(s.many[k]):
            j = s.cand[k, a]
            v = t.fee[j]
            for b in range(s.size[k]):
                v += t.column[j, s.unit[k, b]]
            s.total[k, a] = v
        best_of(t, s, k, price)
