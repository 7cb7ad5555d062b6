"""Small street worlds for the network tests."""

from __future__ import annotations

import geopandas
import numpy as np
from shapely import LineString

from planner.model.plane import LocalProjection
from planner.network import Snaps, WalkingNetwork

PLANE = LocalProjection(117.0, 32.6)


def layer(*lines, crs=None):
    """Lines given in metres of the plane, as a layer."""
    return geopandas.GeoDataFrame(
        {"kind": ["water"] * len(lines)},
        geometry=[LineString(line) for line in lines],
        crs=crs or PLANE.crs,
    )


def network(*lines, barriers=None):
    """Make a network of lines given in metres of the plane."""
    return WalkingNetwork.from_lines(layer(*lines), projection=PLANE, barriers=barriers)


def grid(columns, rows, step=100.0):
    """Make a square grid of streets: full of equally long walks."""
    across = [
        [(step * i, step * j), (step * (i + 1), step * j)]
        for i in range(columns)
        for j in range(rows + 1)
    ]
    up = [
        [(step * i, step * j), (step * i, step * (j + 1))]
        for i in range(columns + 1)
        for j in range(rows)
    ]
    return network(*across, *up)


def at(net, *points):
    """Snap homes given in metres of the plane."""
    lon, lat = PLANE.to_lon_lat(np.asarray(points, float).reshape(-1, 2)).T
    return net.snap(lon, lat)


def on_edges(net, edge, along_share, access_m):
    """Homes put on edges exactly; homes that agree in all three are one home."""
    edge = np.asarray(edge, np.int32)
    unit = 2.0**-10
    along = np.round(np.asarray(along_share) * net.length_m[edge] / unit) * unit
    along = np.minimum(along, net.length_m[edge])
    access = np.round(np.asarray(access_m, float) / unit) * unit
    home = np.column_stack([edge * 1e6 + along, access])
    n = len(edge)
    return Snaps(edge, along, access, home, home, np.zeros(n, bool))


def unsupported(net, snaps, links, group=None):
    """Pairs (u, c) without an adjacent unit that comes before u on the way to c."""
    n = len(snaps)
    group = np.zeros(n, int) if group is None else np.asarray(group)
    walk = np.full((n, n), np.inf)
    pairs = net.walks(snaps, snaps, limit_m=None)
    walk[pairs.source, pairs.target] = pairs.walk_m
    neighbours = [[] for _ in range(n)]
    for u, v in links.tolist():
        neighbours[u].append(v)
        neighbours[v].append(u)
    bad = []
    for u in range(n):
        for c in range(n):
            if u == c or group[u] != group[c] or not np.isfinite(walk[u, c]):
                continue
            own = (walk[u, c], True, u)
            if not any((walk[v, c], v != c, v) < own for v in neighbours[u]):
                bad.append((u, c))
    return bad
