"""What lies beneath a plan on the page: water, green, rails, fences, streets and buildings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.tables import PlanTables
from planner.render.map.encoding import Grid

__all__ = ["MARGIN_DEG", "base_lines", "building_rings", "covered", "widened"]

MARGIN_DEG = 0.004
"""So far beyond the plan its surroundings are drawn, degrees."""
_ROAD_CLASS = {
    **dict.fromkeys(("motorway", "trunk", "primary", "secondary"), 2),
    **dict.fromkeys(("tertiary", "residential", "unclassified", "living_street", "road"), 1),
}


def covered(shapes: NDArray[Any], step: float | None = None) -> list[float]:
    """Bound shapes: west, south, east, north; outward to multiples of `step` degrees, if there is one."""
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return [0.0, 0.0, 0.01, 0.01]  # a plan of nobody still has a page
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    if step is not None:
        low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return [round(float(v), 6) for v in (*low, *high)]


def widened(box: Sequence[float], by: float) -> list[float]:
    """Widen west, south, east, north by degrees, half as much in latitude."""
    # a page is wider than high, and at these latitudes a degree of longitude is the shorter one
    return [box[0] - by, box[1] - by / 2, box[2] + by, box[3] + by / 2]


def building_rings(tables: PlanTables, grid: Grid) -> dict[str, Any]:
    """Give the outlines and labels of the buildings: ``buildings``."""
    frame = _inside(tables.base["buildings"], grid)
    rings = grid.lines(frame.geometry.to_numpy())
    labels = [
        _word(number) or _word(name)
        for name, number in zip(frame["name"], frame["number"], strict=True)
    ]
    # what lies outside the bounds was cut away, with its label
    kept = [(r, label) for r, label in zip(rings, labels, strict=True) if r]
    return {"buildings": {"rings": [r for r, _ in kept], "labels": [label for _, label in kept]}}


def base_lines(tables: PlanTables, grid: Grid) -> dict[str, Any]:
    """Give the base map without its buildings: ``water, green, rails, fences, streets``."""
    names = ("water", "green", "rails", "fences", "streets")
    base = {name: _inside(tables.base[name], grid) for name in names}
    made: dict[str, Any] = {
        name: [line for lines in grid.lines(base[name].geometry.to_numpy()) for line in lines]
        for name in ("water", "green", "rails")
    }
    made["fences"] = [
        {"name": str(name), "rings": rings}
        for name, rings in zip(
            base["fences"]["fence"], grid.lines(base["fences"].geometry.to_numpy()), strict=True
        )
    ]
    made["streets"] = _streets(base["streets"], grid)
    return made


def _inside(frame: Any, grid: Grid) -> Any:
    if not len(frame):
        return frame
    west, south, east, north = grid.bounds
    return frame[
        shapely.intersects(frame.geometry.to_numpy(), shapely.box(west, south, east, north))
    ]


def _streets(frame: Any, grid: Grid) -> dict[str, Any]:
    """Give lines in three classes (path, street, road), each with its name's position or -1."""
    names = sorted({_word(n) for n in frame["name"]} - {""})
    place = {name: i for i, name in enumerate(names)} | {"": -1}
    classes: list[list[Any]] = [[], [], []]
    coded = grid.lines(frame.geometry.to_numpy())
    for lines, name, kind in zip(coded, frame["name"], frame["highway"], strict=True):
        rank = _ROAD_CLASS.get(str(kind).removesuffix("_link"), 0)
        classes[rank] += [[place[_word(name)], line] for line in lines]
    return {"names": names, "classes": classes}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
