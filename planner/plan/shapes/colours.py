"""Colours of zones: neighbours differ."""

from __future__ import annotations

import networkx as nx
import numpy as np
import shapely
from numpy.typing import ArrayLike

from planner.model.arrays import Ints

__all__ = ["colours"]


def colours(shapes: ArrayLike, before: ArrayLike | None = None, *, apart_m: float = 20.0) -> Ints:
    """Colour the zones so that neighbours differ, with few colours evenly used.

    Parameters
    ----------
    shapes : array_like of geometry, shape (n,)
        Zones in a metric plane.
    before : array_like of int, shape (n,), optional
        Colour that a zone has and keeps, -1 for a new one: boards and minutes go by it.

    Returns
    -------
    ndarray of int64, shape (n,)
        Colour 0, 1, ... of each zone.

    Notes
    -----
    DSATUR: D. Brelaz, "New methods to color the vertices of a graph", Communications of the ACM 22
    (1979), 251-256; then each zone in turn takes the least used colour that its neighbours leave.
    """
    zones = np.asarray(shapes, dtype=object)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(zones)))
    a, b = shapely.STRtree(zones).query(zones, predicate="dwithin", distance=apart_m)
    graph.add_edges_from(sorted((int(i), int(j)) for i, j in zip(a, b, strict=True) if i < j))
    if before is not None and (np.asarray(before) >= 0).any():
        return _added(graph, np.array(before, np.int64))
    found = nx.greedy_color(graph, strategy="saturation_largest_first")
    colour = np.array([found[i] for i in range(len(zones))], np.int64)
    used = np.bincount(colour, minlength=1)
    for i in range(len(zones)):
        taken = {int(colour[j]) for j in graph[i]}
        best = min((c for c in range(len(used)) if c not in taken), key=lambda c: (used[c], c))
        if used[best] + 1 < used[colour[i]]:
            used[colour[i]] -= 1
            used[best] += 1
            colour[i] = best
    return colour


def _added(graph: nx.Graph[int], colour: Ints) -> Ints:
    """Give new zones the least used colour that their neighbours leave; one more where they leave none."""
    for i in np.flatnonzero(colour < 0).tolist():
        used = np.bincount(colour[colour >= 0])
        near = {int(colour[j]) for j in graph[i]}
        free = [c for c in range(len(used)) if c not in near]
        colour[i] = min(free, key=lambda c: (used[c], c)) if free else len(used)
    return colour
