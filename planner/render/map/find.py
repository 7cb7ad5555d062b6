"""What the page needs to find an estate, a building or a centre, and to draw the walk to its centre.

Names are searched where they already lie in the page; what is added is the first letter of each Chinese
character among them.  Walks are found in the page itself, on the pieces of street that the plan keeps:
their crossings are told by place alone, so no two crossings may share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.measures import METRES_A_MINUTE
from planner.model.plane import SCALE, LocalProjection
from planner.model.tables import PlanTables
from planner.render.map.initials import first_letters

__all__ = ["finding_payload"]

TOLERANCE = 2.0
"""Steps by which a bend may be left out of a piece of street: 0.2 m."""
_CHINESE = re.compile("[\u3400-\u9fff]")


def finding_payload(
    tables: PlanTables, payload: Mapping[str, Any], *, walks: bool = True
) -> dict[str, Any]:
    """Gather what the page needs to find places and walks.

    Parameters
    ----------
    payload : mapping
        What the page tells already: no other text is looked at, so nothing more is told.
    walks : bool
        Whether walks from buildings may be drawn; not where buildings are not shown.

    Returns
    -------
    dict
        Plain JSON values: ``letters`` (characters, then the first letter of each), ``also`` (characters
        with a second reading, and that letter), ``pace`` (metres a minute), and ``ways``: None, or
        ``n`` (points of each piece of street), ``xy`` (all points, each as the step from the one before),
        ``metres`` (of one step east and north) and ``joins`` (unit and piece, for units that do not join
        the nearest one).
    """
    known = first_letters(t for t in _texts(payload) if _CHINESE.search(t))
    several = {char: letters[1:] for char, letters in known.items() if len(letters) > 1}
    return {
        "letters": ["".join(known), "".join(letters[0] for letters in known.values())],
        "also": several,
        "pace": METRES_A_MINUTE,
        "ways": _ways(tables, payload["origin"]) if walks else None,
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list) and value and not isinstance(value[0], int | float):
        for inner in value:
            yield from _texts(inner)


def _ways(tables: PlanTables, origin: list[int]) -> dict[str, Any] | None:
    ways, joins = tables.ways, tables.joins
    if ways is None or joins is None or not len(ways):
        return None
    points, start = _steps(ways.geometry.to_numpy(), np.array(origin))
    ends = np.column_stack([ways["start"].to_numpy(np.int64), ways["end"].to_numpy(np.int64)])
    _tell_crossings_apart(points, start, ends)
    metres = _metres_a_step(points, origin)
    homes = np.rint(shapely.get_coordinates(tables.units.geometry.to_numpy()) * SCALE) - origin
    return {
        "n": np.diff(start).tolist(),
        "xy": np.diff(points, axis=0, prepend=0).ravel().tolist(),
        "metres": [round(float(m), 6) for m in metres],
        "joins": _odd_joins(
            points * metres, start, homes * metres, joins["way"].to_numpy(np.int64)
        ),
    }


def _steps(
    lines: NDArray[Any], origin: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points of all lines in whole steps, and where each line starts among them."""
    flat = shapely.transform(lines, lambda xy: xy * SCALE - origin)
    thin = shapely.simplify(flat, TOLERANCE)
    xy, which = shapely.get_coordinates(thin, return_index=True)
    start = np.searchsorted(which, np.arange(len(lines) + 1))
    return np.rint(xy).astype(np.int64), start


def _tell_crossings_apart(
    points: NDArray[np.int64], start: NDArray[np.int64], ends: NDArray[np.int64]
) -> None:
    """Move crossings that would share a place with another one by a step or more, in place."""
    at = np.column_stack([start[:-1], start[1:] - 1])
    _, first = np.unique(ends, return_index=True)
    spots = points[at.ravel()[first]]
    taken: set[tuple[int, int]] = set()
    for i, (x, y) in enumerate(spots.tolist()):
        while (x, y) in taken:
            x += 1
        taken.add((x, y))
        spots[i] = x, y
    points[at.ravel()] = spots[np.unique(ends, return_inverse=True)[1].ravel()]


def _metres_a_step(points: NDArray[np.int64], origin: list[int]) -> NDArray[np.float64]:
    lon, lat = (np.median(points, axis=0) + origin) / SCALE
    plane = LocalProjection.around([lon], [lat])
    xy = plane.to_xy([lon, lon + 0.01, lon], [lat, lat, lat + 0.01])
    return np.array([np.hypot(*(xy[1] - xy[0])), np.hypot(*(xy[2] - xy[0]))]) / (0.01 * SCALE)


def _odd_joins(
    points: NDArray[np.float64],
    start: NDArray[np.int64],
    homes: NDArray[np.float64],
    way: NDArray[np.int64],
) -> list[int]:
    """Units that do not join the piece of street nearest to them, each with the piece that it joins."""
    which = np.repeat(np.arange(len(start) - 1), np.diff(start))
    lines = np.asarray(shapely.linestrings(points, indices=which), object)
    on = np.flatnonzero(way >= 0)
    spots = np.asarray(shapely.points(homes), object)
    unit, near = shapely.STRtree(lines).query_nearest(spots[on])
    usual = np.zeros(len(way), bool)
    usual[on[unit[near == way[on][unit]]]] = True
    odd = on[~usual[on]]
    return np.column_stack([odd, way[odd]]).ravel().tolist()
