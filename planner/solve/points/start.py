"""Where to begin: centres spread over the points, and the zones that each point may choose from."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from planner.model.arrays import Floats, Ints32
from planner.solve.compiled import compiled, draw
from planner.solve.points.kernels import squared

__all__ = ["halved_centres", "nearest_zones", "spread_centres"]

TREE_FEATURES = 12  # beyond, a tree looks at nearly everything, and a table is quicker
BLOCK = 4_000_000  # squared distances at a time: 32 MB
TILT = 0.4  # cuts that are all straight leave all starts alike


@compiled
def spread_centres(x, weight, zones, random):
    """Choose centres among the points, each with a chance that grows with its cost so far.

    Of a few that are offered the best is taken: greedy k-means++ (D. Arthur and S. Vassilvitskii,
    SODA 2007, section 5).
    """
    n, tries = len(x), 2 + int(np.log(zones))
    centre = np.empty((zones, x.shape[1]))
    cost = weight.copy()
    offered, best = np.empty(n), np.empty(n)
    for z in range(zones):
        running = np.cumsum(cost)
        least = np.inf
        for _ in range(1 if z == 0 else tries):
            i = min(np.searchsorted(running, draw(random) * running[-1], "right"), n - 1)
            total = 0.0
            for j in range(n):
                away = weight[j] * squared(x, j, x[i])
                offered[j] = away if z == 0 else min(cost[j], away)
                total += offered[j]
            if total < least:
                least = total
                best, offered = offered, best
                centre[z] = x[i]
        cost[:] = best
    return centre


def halved_centres(x: Floats, unit: Floats, zones: int, rng: np.random.Generator) -> Floats:
    """Cut the points in two, and the halves in two, until each piece is worth one zone.

    Each cut goes roughly across the longest extent and shares out size as it shares out zones, so
    that the pieces are of one size: the better start where the bounds leave little room.

    Parameters
    ----------
    x : ndarray of float, shape (n_points, n_features)
    unit : ndarray of float, shape (n_points,)
        What a point counts.

    Returns
    -------
    ndarray of float, shape (n_zones, n_features)
        The mean of each piece.
    """
    centre = np.empty((zones, x.shape[1]))
    waiting = [(np.arange(len(x)), 0, zones)]
    while waiting:
        some, first, count = waiting.pop()
        if count == 1 or len(some) <= 1:
            centre[first : first + count] = x[some].mean(0) if len(some) else x.mean(0)
            continue
        away = x[some] - x[some].mean(0)
        across = np.linalg.eigh(away.T @ away)[1][:, -1]
        # An eigenvector has no sign of its own: without one the same points would be cut otherwise.
        across = across * np.sign(across[np.abs(across).argmax()])
        across = across + rng.normal(0, TILT, x.shape[1]) / np.sqrt(x.shape[1])
        some = some[np.argsort(away @ across, kind="stable")]
        running, half = np.cumsum(unit[some]), count // 2
        cut = int(np.searchsorted(running, running[-1] * half / count, "right"))
        cut = min(max(cut, half), len(some) - (count - half))
        waiting += [(some[:cut], first, half), (some[cut:], first + half, count - half)]
    return centre


def nearest_zones(x: Floats, centre: Floats, count: int) -> tuple[Ints32, Floats]:
    """List the nearest centres of each point, nearest first, with squared distances.

    Parameters
    ----------
    x : ndarray of float, shape (n_points, n_features)
    centre : ndarray of float, shape (n_zones, n_features)
    count : int
        How many; all of them if there are fewer.

    Returns
    -------
    near : ndarray of int32, shape (n_points, count)
    squares : ndarray of float, shape (n_points, count)
    """
    count = min(count, len(centre))
    if x.shape[1] <= TREE_FEATURES and count < len(centre):
        away, tree_near = KDTree(centre).query(x, k=count)
        shape = (len(x), count)
        return np.reshape(tree_near, shape).astype(np.int32), np.reshape(away, shape) ** 2
    near = np.empty((len(x), count), np.int32)
    squares = np.empty((len(x), count))
    norm = (centre**2).sum(1)
    rows = max(BLOCK // len(centre), 1)
    for at in range(0, len(x), rows):
        part = x[at : at + rows]
        table = np.maximum((part**2).sum(1)[:, None] - 2 * part @ centre.T + norm, 0.0)
        order = np.argsort(table, axis=1, kind="stable")[:, :count]
        near[at : at + rows] = order
        squares[at : at + rows] = np.take_along_axis(table, order, 1)
    return near, squares
