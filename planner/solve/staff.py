"""Who serves whom: clients shared out among servers within floors and ceilings, nearest first.

One level of the service at a time, and every level alike: the households of a zone among its members,
the centres of a district among its mentors.  With the serving ones chosen it is a transportation
problem, whose vertices are whole numbers and cut fewer clients than there are servers; which ones
serve, where there are more than the floor allows, is found by dropping and swapping (M. B. Teitz,
P. Bart: Heuristic methods for estimating the generalized vertex median of a weighted graph, Operations
Research 16, 1968).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csc_array

from planner.model.arrays import Bools, Floats, Ints
from planner.solve.highs import cheapest

__all__ = ["FAR_M", "Staffing", "limits_of", "serving_range", "staff"]


FAR_M = 1e5
"""A pair without a walk, and a place beyond floor or ceiling: only where nothing else is left."""
SWAPS = 40  # transportation problems that are solved at most: a zone has ten members, not hundreds


@dataclass(frozen=True, eq=False)
class Staffing:
    """Who serves whom on one level.

    Parameters
    ----------
    share : ndarray of int, shape (n_clients, n_servers)
        How much of each client each server looks after.
    serves : ndarray of bool, shape (n_servers,)
        Who serves at all.
    cost_m : float
        Sum of share x walk, metres.
    short, over : ndarray of int, shape (n_servers,)
        By how much each serving one misses floor or ceiling.
    """

    share: Ints
    serves: Bools
    cost_m: float
    short: Ints
    over: Ints


def serving_range(total: int, servers: int, low: float | None, high: float | None) -> int:
    """Find how many should serve: as many as the floor allows, no fewer than the ceiling asks for.

    Of a total to be shared out among some servers, each looking after `low` to `high`.
    """
    if total == 0 or servers == 0:
        return 0
    most = servers if not low else min(servers, max(1, math.floor(total / low)))
    least = 1 if not high else math.ceil(total / high)
    return min(servers, max(most, least))


def staff(
    load: ArrayLike,
    walk_m: ArrayLike,
    low: float | None = None,
    high: float | None = None,
    ceiling: ArrayLike | None = None,
) -> Staffing:
    """Share clients out among servers.

    Parameters
    ----------
    load : array_like of int, shape (n_clients,)
        What each client weighs, such as the homes of a stairwell.
    walk_m : array_like of float, shape (n_clients, n_servers)
        Walk between the two, metres; not finite where there is none.
    ceiling : array_like of float, shape (n_servers,), optional
        Ceilings of single servers, below `high`; NaN for none.

    Returns
    -------
    Staffing
        Everyone is served if anybody serves; where floor and ceiling cannot hold, they are missed by as
        little as possible.

    Examples
    --------
    >>> staff([10, 10, 10], [[0, 90, 50], [90, 0, 50], [80, 80, 0]], low=15, high=25).serves.sum()
    np.int64(2)
    """
    weight = np.asarray(load, np.int64)
    walk = np.where(np.isfinite(np.asarray(walk_m, float)), walk_m, FAR_M)
    count = serving_range(int(weight.sum()), walk.shape[1], low, high)
    serving = _chosen(weight, walk, count)
    limits = limits_of(int(weight.sum()), walk.shape[1], low, high, ceiling)
    best = _shared(weight, walk, serving, limits)
    if 0 < count < walk.shape[1]:
        best = _swapped(weight, walk, best, limits)
    return best


def limits_of(
    total: int, servers: int, low: float | None, high: float | None, ceiling: ArrayLike | None
) -> Ints:
    """Floor and ceiling of each server, shape (2, n_servers)."""
    most = np.full(servers, total if high is None else math.floor(high), np.int64)
    if ceiling is not None:
        own = np.asarray(ceiling, float)
        most = np.minimum(most, np.where(np.isfinite(own), np.floor(own), total).astype(np.int64))
        return np.stack([np.minimum(0 if low is None else math.ceil(low), most), most])
    return np.stack([np.full(servers, 0 if low is None else math.ceil(low), np.int64), most])


def _chosen(weight: Ints, walk: Floats, count: int) -> Ints:
    """Drop, one by one, whom the clients miss least."""
    serving = list(range(walk.shape[1]))
    while len(serving) > count:
        near = np.sort(walk[:, serving], axis=1)[:, :2]
        who = np.argmin(walk[:, serving], axis=1)
        loss = np.zeros(len(serving))
        if len(serving) > 1:
            np.add.at(loss, who, weight * (near[:, 1] - near[:, 0]))
        serving.pop(int(loss.argmin()))
    return np.array(serving, np.int64)


def _swapped(weight: Ints, walk: Floats, best: Staffing, limits: Ints) -> Staffing:
    """Swap one who serves for one who rests, while that helps."""
    tried = 0
    better = True
    while better and tried < SWAPS:
        better = False
        on, off = np.flatnonzero(best.serves), np.flatnonzero(~best.serves)
        for inside in off:
            gain = walk[:, on] - walk[:, [inside]]
            order = np.argsort(-(best.share[:, on] * gain).sum(axis=0), kind="stable")[:2]
            for outside in on[order]:
                tried += 1
                serving = np.sort(np.append(on[on != outside], inside))
                found = _shared(weight, walk, serving, limits)
                if _value(found) < _value(best) - 1e-6:
                    best, better = found, True
                    break
            if better or tried >= SWAPS:
                break
    return best


def _value(staffing: Staffing) -> float:
    return staffing.cost_m + FAR_M * float(staffing.short.sum() + staffing.over.sum())


def _shared(weight: Ints, walk: Floats, serving: Ints, limits: Ints) -> Staffing:
    """Solve the transportation problem: client -> server -> out, at most the floor at a bonus."""
    n, m = walk.shape
    share = np.zeros((n, m), np.int64)
    nobody = np.zeros(m, np.int64)
    total, k = int(weight.sum()), len(serving)
    if total == 0 or k == 0:
        return Staffing(share, np.zeros(m, bool), 0.0, nobody, nobody.copy())
    least, most = np.minimum(limits[:, serving], total)
    # Columns: shares, then what each server holds up to the floor, up to the ceiling, and beyond. Up to
    # the floor a place is worth more than any walk, beyond the ceiling it costs more.
    room = np.concatenate([least, np.maximum(most - least, 0), np.full(k, total)]).astype(float)
    price = np.array([-FAR_M, 0.0, FAR_M])
    cost = np.concatenate([walk[:, serving].ravel(), np.repeat(price, k)])
    upper = np.concatenate([np.repeat(weight, k).astype(float), room])
    pair = np.arange(n * k, dtype=np.int32)
    held = n * k + np.arange(3 * k, dtype=np.int32)
    rows = np.concatenate([pair // k, n + pair % k, n + (held - n * k) % k])
    columns = np.concatenate([pair, pair, held])
    ones = np.concatenate([np.ones(2 * n * k), np.full(3 * k, -1.0)])
    matrix = csc_array((ones, (rows, columns)), shape=(n + k, len(cost)))
    right = np.concatenate([weight, np.zeros(k)]).astype(float)
    values = cheapest(cost, upper, matrix, right)
    share[:, serving] = np.rint(values[: n * k]).astype(np.int64).reshape(n, k)
    serves = np.zeros(m, bool)
    serves[serving] = True
    held = share.sum(axis=0)
    short = np.where(serves, np.maximum(limits[0] - held, 0), 0)
    over = np.where(serves, np.maximum(held - limits[1], 0), 0)
    return Staffing(share, serves, float((share * walk).sum()), short, over)
