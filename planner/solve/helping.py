"""Who helps whom, by a flow of least cost: each home one helper, each helper so many homes.

The matrix of such a flow has whole vertices, so that the linear programme's answer is the best of all
sharings.  What does not fit is not refused: a home beyond a helper's room costs more than any walk, a home
without any helper within reach more still, and both are told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from planner.model.arrays import Floats, Ints
from planner.solve.highs import cheapest

__all__ = ["Sharing", "least_room", "share_homes"]

OVER_M, NONE_M = 1e5, 1e7


@dataclass(frozen=True, eq=False)
class Sharing:
    """Which helper each home has.

    Parameters
    ----------
    pair : ndarray of int64, shape (n_homes,)
        Position of its pair, -1 for none.
    over : ndarray of int64, shape (n_helpers,)
        Homes beyond each helper's room.
    cost : float
        Of the pairs that were taken.
    """

    pair: Ints
    over: Ints
    cost: float


def share_homes(
    home: Ints, helper: Ints, cost: Floats, n_homes: int, room: Ints, *, strict: bool = False
) -> Sharing:
    """Give each home one of its helpers, cheapest in all.

    Parameters
    ----------
    home, helper : ndarray of int64, shape (n_pairs,)
        Who could help whom.
    cost : ndarray of float, shape (n_pairs,)
        Metres.
    room : ndarray of int64, shape (n_helpers,)
        Homes that each has room for.
    strict : bool
        Nobody gets more: who finds no room is left without a helper.
    """
    p, m = len(home), len(room)
    if not p:
        return Sharing(np.full(n_homes, -1, np.int64), np.zeros(m, np.int64), 0.0)
    # Columns: pairs, a home without anyone, what a helper has room for, what is beyond it.
    at = np.arange(p)
    rows = np.concatenate(
        [home, np.arange(n_homes), n_homes + helper, *[n_homes + np.arange(m)] * 2]
    )
    columns = np.concatenate([at, p + np.arange(n_homes), at, p + n_homes + np.arange(2 * m)])
    ones = np.concatenate([np.ones(2 * p + n_homes), -np.ones(2 * m)])
    size = p + n_homes + 2 * m
    matrix = csc_array((ones, (rows, columns)), shape=(n_homes + m, size))
    price = [np.full(n_homes, NONE_M), np.zeros(m), np.full(m, OVER_M)]
    beyond = 0.0 if strict else float(n_homes)
    upper = [np.ones(p + n_homes), room.astype(float), np.full(m, beyond)]
    right = np.append(np.ones(n_homes), np.zeros(m))
    values = cheapest(np.concatenate([cost, *price]), np.concatenate(upper), matrix, right)
    taken = np.flatnonzero(values[:p] > 0.5)
    pair = np.full(n_homes, -1, np.int64)
    pair[home[taken]] = taken
    held = np.bincount(helper[taken], minlength=m)
    return Sharing(pair, np.maximum(held - room, 0), float(cost[taken].sum()))


def least_room(home: Ints, helper: Ints, n_homes: int, n_helpers: int) -> int:
    """Give the fewest homes that each helper must have room for so that every home within reach has one."""
    if not len(home):
        return 0
    low, high = 1, int(np.bincount(helper, minlength=n_helpers).max())
    nothing = np.zeros(len(home))
    while low < high:
        middle = (low + high) // 2
        room = np.full(n_helpers, middle, np.int64)
        if share_homes(home, helper, nothing, n_homes, room).over.any():
            low = middle + 1
        else:
            high = middle
    return low
