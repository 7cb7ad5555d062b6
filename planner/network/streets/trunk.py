"""Trunk roads that are a town's main street: houses or ordinary streets touch them.

OpenStreetMap lets people walk on ``highway=trunk`` unless it is tagged otherwise, and county towns live
along theirs.  But the tag is also that of fast roads on which nobody walks and no house stands.
"""

from __future__ import annotations

import numpy as np
import shapely

from planner.model.arrays import Bools, Geometries, Ints
from planner.model.plane import DEGREE_M
from planner.network.streets.scan import Scan
from planner.network.streets.tags import is_level, may_be_main_street

__all__ = ["main_streets"]

BESIDE_M = 50.0  # A house this near stands along the road


def main_streets(raw: Scan, ordinary: Bools, houses: Geometries) -> Bools:
    """Tell which trunk roads are walked beside the ways that are walked anyway.

    Parameters
    ----------
    ordinary : ndarray of bool, shape (w,)
        Ways that are walked.
    houses : ndarray of Polygon or Point
        Where people live, degrees, EPSG:4326.

    Returns
    -------
    ndarray of bool, shape (w,)
        Trunk roads with houses or streets along them, and what lies between two such stretches.
    """
    walked = np.zeros(len(raw.way_tags), bool)
    roads = [i for i, t in enumerate(raw.way_tags) if may_be_main_street(t) and not ordinary[i]]
    if not roads:
        return walked
    nodes = {i: _nodes(raw, i) for i in roads}
    street = np.zeros(len(raw.node_id), bool)
    for i in np.flatnonzero(ordinary).tolist():
        street[_nodes(raw, i)] = True
    links = {i for i in roads if raw.way_tags[i]["highway"] == "trunk_link"}
    trunks = [i for i in roads if i not in links and len(nodes[i]) > 1]
    housed = _housed(raw, [i for i in trunks if is_level(raw.way_tags[i])], houses)
    lived = np.zeros(len(raw.node_id), bool)
    for i in trunks:
        walked[i] = i in housed or street[nodes[i]].any()
        lived[nodes[i]] |= walked[i]
    # A stretch without houses between two that have them is still the same street.
    grows = True
    while grows:
        between = [i for i in trunks if not walked[i] and lived[nodes[i][[0, -1]]].all()]
        for i in between:
            walked[i] = lived[nodes[i]] = True
        grows = bool(between)
    for i in links:
        walked[i] = len(nodes[i]) > 1 and (lived | street)[nodes[i][[0, -1]]].all()
    return walked


def _nodes(raw: Scan, way: int) -> Ints:
    at = raw.refs[raw.offset[way] : raw.offset[way + 1]]
    return at[at >= 0]


def _housed(raw: Scan, ways: list[int], houses: Geometries) -> set[int]:
    """Ways with a house beside them."""
    if not ways or not len(houses):
        return set()
    # Degrees of longitude shrunk to those of latitude: at 50 m no projection is worth its time.
    scale = np.array([np.cos(np.radians(raw.node_lon_lat[:, 1].mean())), 1.0])
    spots = [raw.node_lon_lat[_nodes(raw, i)] * scale for i in ways]
    which = np.repeat(np.arange(len(ways)), [len(s) for s in spots])
    lines = np.asarray(shapely.linestrings(np.concatenate(spots), indices=which), object)
    flat = shapely.transform(houses, lambda xy: xy * scale)
    hit = shapely.STRtree(flat).query(lines, predicate="dwithin", distance=BESIDE_M / DEGREE_M)[0]
    return {ways[k] for k in np.unique(hit).tolist()}
