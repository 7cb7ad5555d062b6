"""What the office draws on the streets: links that the map lacks, and barriers that nobody passes.

Runs of nodes are cut where a barrier crosses them, each side keeping its own end, and links are joined to
the nearest street at both ends.  A link over a barrier is a bridge: barriers are applied first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

import planner.network.mesh as build
from planner.errors import Finding
from planner.model.arrays import Bools, Floats, Geometries, Ints
from planner.model.plane import LocalProjection

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Redrawn", "Runs", "Strokes", "redrawn"]

GATE_M = 15.0
"""How far from a street a gate may be drawn."""
LINK_M = 30.0
"""How far from a street a link may end."""
SPOT_M = 0.01


class Runs(NamedTuple):
    """Streets as runs of nodes in the plane, as `planner.network.mesh.build_edges` takes them."""

    xy: Floats
    node: Ints
    offset: Ints
    attach: Bools


@dataclass(frozen=True, eq=False)
class Strokes:
    """Links and barriers, EPSG:4326, with ``name, file, sheet, row``; None where there are none."""

    links: gpd.GeoDataFrame | None = None
    barriers: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Streets with links and barriers in them.

    Parameters
    ----------
    runs : Runs
    bars : ndarray of LineString
        Barriers in the plane that no access leg should cross.
    findings : tuple of Finding
        How many there are, and those of no effect.
    """

    runs: Runs
    bars: Geometries
    findings: tuple[Finding, ...]


def redrawn(runs: Runs, strokes: Strokes | None, plane: LocalProjection) -> Redrawn:
    """Put what the office draws into the streets."""
    bars, said = np.zeros(0, object), []
    if strokes is None:
        return Redrawn(runs, bars, ())
    if strokes.barriers is not None and len(strokes.barriers):
        shapes = _in_plane(strokes.barriers, plane)
        runs, cuts = _barred(runs, shapes)
        bars = shapes[shapely.get_dimensions(shapes) == 1]
        said += _told_barriers(strokes.barriers, cuts)
    if strokes.links is not None and len(strokes.links):
        runs, away = _linked(runs, _in_plane(strokes.links, plane))
        said += _told_links(strokes.links, away)
    return Redrawn(runs, bars, tuple(said))


def _in_plane(frame: gpd.GeoDataFrame, plane: LocalProjection) -> Geometries:
    shapes = frame.geometry.to_numpy()
    return np.asarray(shapely.transform(shapes, lambda xy: plane.to_xy(*xy.T)), object)


def _steps(runs: Runs) -> tuple[Ints, Geometries]:
    """Positions at which the steps of all runs begin, and their lines."""
    within = np.ones(max(len(runs.node) - 1, 0), bool)
    within[runs.offset[1:-1] - 1] = False
    at = np.flatnonzero(within)
    ends = np.stack([runs.xy[runs.node[at]], runs.xy[runs.node[at + 1]]], axis=1)
    return at, np.asarray(shapely.linestrings(ends), object)


def _barred(runs: Runs, shapes: Geometries) -> tuple[Runs, Ints]:
    """Cut runs where a barrier crosses them; give how often each does."""
    at, lines = _steps(runs)
    tree = shapely.STRtree(lines)
    line = shapely.get_dimensions(shapes) == 1
    bar, step = tree.query(shapes[line], predicate="intersects")
    bar = np.flatnonzero(line)[bar]
    met = shapely.intersection(lines[step], shapes[bar])
    spots, which = shapely.get_coordinates(met, return_index=True)
    bar, step = bar[which], step[which]
    gates = np.flatnonzero(~line)
    found, near = tree.query_nearest(shapes[gates], max_distance=GATE_M, all_matches=False)
    closest = shapely.shortest_line(lines[near], shapes[gates[found]])
    spots = np.vstack([spots, shapely.get_coordinates(shapely.get_point(closest, 0))])
    bar, step = np.concatenate([bar, gates[found]]), np.concatenate([step, near])
    cuts = np.bincount(bar, minlength=len(shapes))
    if not len(step):
        return runs, cuts
    runs, node = _inserted(runs, at[step], spots)
    blocked = np.zeros(len(runs.xy), bool)
    blocked[node] = True
    parts = build.split_runs(runs.node, runs.offset, runs.attach, blocked)
    renumbered, origin = build.without_passages(parts[0], blocked, len(runs.xy))
    return Runs(runs.xy[origin], renumbered, parts[1], parts[2]), cuts


def _inserted(runs: Runs, at: Ints, spots: Floats) -> tuple[Runs, Ints]:
    """Put nodes into the steps that begin at these positions; give the node of each spot.

    A spot at an end of its step is the node that is there.
    """
    a, b = runs.node[at], runs.node[at + 1]
    from_a = np.hypot(*(spots - runs.xy[a]).T)
    from_b = np.hypot(*(spots - runs.xy[b]).T)
    node = np.where(from_a <= SPOT_M, a, np.where(from_b <= SPOT_M, b, -1))
    new = np.flatnonzero(node < 0)
    new = new[np.lexsort((from_a[new], at[new]))]
    node[new] = len(runs.xy) + np.arange(len(new))
    offset = runs.offset + np.searchsorted(at[new] + 1, runs.offset, side="right")
    made = np.insert(runs.node, at[new] + 1, node[new])
    return Runs(np.vstack([runs.xy, spots[new]]), made, offset, runs.attach), node


def _linked(runs: Runs, shapes: Geometries) -> tuple[Runs, Floats]:
    """Join links to the streets at both ends; give how far the farther end of each is from any.

    A link with an end too far off is left out.
    """
    at, lines = _steps(runs)
    tree = shapely.STRtree(lines)
    ends = np.stack([shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)])
    steps = np.stack([tree.query_nearest(end, all_matches=False)[1] for end in ends])
    away = shapely.distance(ends, lines[steps]).max(axis=0)
    kept = np.flatnonzero(away <= LINK_M)
    if not len(kept):
        return runs, away
    step = steps[:, kept].ravel()
    closest = shapely.shortest_line(lines[step], ends[:, kept].ravel())
    spots = shapely.get_coordinates(shapely.get_point(closest, 0))
    runs, node = _inserted(runs, at[step], spots)
    first, last = node.reshape(2, -1)
    xy, made, offset = [runs.xy], [runs.node], runs.offset.tolist()
    count = len(runs.xy)
    for k, a, b in zip(kept.tolist(), first.tolist(), last.tolist(), strict=True):
        drawn = shapely.get_coordinates(shapes[k])
        made.append(np.array([a, *range(count, count + len(drawn)), b], np.int64))
        xy.append(drawn)
        count += len(drawn)
        offset.append(offset[-1] + len(made[-1]))
    # Nobody's door is on a footbridge.
    attach = np.concatenate([runs.attach, np.zeros(len(kept), bool)])
    node = np.concatenate(made).astype(runs.node.dtype)
    return Runs(np.vstack(xy), node, np.array(offset, runs.offset.dtype), attach), away


def _told_barriers(frame: gpd.GeoDataFrame, cuts: Ints) -> list[Finding]:
    told = Finding.of(
        "barriers-drawn",
        {"file": str(frame["file"].iloc[0])},
        number=len(frame),
        streets=cuts.sum(),
    )
    gate = shapely.get_dimensions(frame.geometry.to_numpy()) == 0
    idle = np.flatnonzero((cuts == 0) & gate).tolist()
    return [told, *(Finding.of("barrier-idle", _place(frame, k), most=GATE_M) for k in idle)]


def _told_links(frame: gpd.GeoDataFrame, away: Floats) -> list[Finding]:
    number = int((away <= LINK_M).sum())
    told = Finding.of("links-drawn", {"file": str(frame["file"].iloc[0])}, number=number)
    far = [
        Finding.of("link-far", _place(frame, k), away=away[k], most=LINK_M)
        for k in np.flatnonzero(away > LINK_M).tolist()
    ]
    return [*([told] if number else []), *far]


def _place(frame: gpd.GeoDataFrame, k: int) -> dict[str, Any]:
    """Where a stroke stands in its file."""
    row = frame.iloc[k]
    return {"file": str(row["file"]), "sheet": str(row["sheet"]), "row": int(row["row"])}
