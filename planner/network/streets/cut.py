"""An extract cut while it is read: what lies in a box, each way and area that reaches into it whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import osmium
import osmium.filter
import osmium.io
import osmium.osm
import shapely
from numpy.typing import ArrayLike

from planner.errors import ConfigError
from planner.model.arrays import Ints

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Bounds", "Nodes", "around", "box_of", "cut_to", "filter_within", "lines_within"]

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees WGS-84."""
_UNITS = 10_000_000


def box_of(value: Any) -> Bounds:
    """Take a box as four numbers, or from a layer, whose own bounds count.

    Raises
    ------
    ConfigError
        It is no box: west, south, east, north in degrees.
    """
    given = value
    if hasattr(given, "to_crs") and getattr(given, "crs", None) is not None:
        given = given.to_crs("EPSG:4326")
    given = getattr(given, "total_bounds", getattr(given, "bounds", given))
    try:
        west, south, east, north = (float(v) for v in given)
    except (TypeError, ValueError):
        raise ConfigError.of("bad-bounds", bounds=type(value).__name__) from None
    ordered = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not (ordered and all(map(math.isfinite, (west, south, east, north)))):
        raise ConfigError.of("bad-bounds", bounds=f"{west:g}, {south:g}, {east:g}, {north:g}")
    return west, south, east, north


def lines_within(frame: gpd.GeoDataFrame, bounds: Any) -> gpd.GeoDataFrame:
    """Take the lines of a layer of one's own that reach into a box; all where there is none."""
    if bounds is None or frame.crs is None:
        return frame  # a layer without a CRS is refused by whoever builds on it
    kept = frame[frame.geometry.to_crs("EPSG:4326").intersects(shapely.box(*box_of(bounds)))]
    return cast("gpd.GeoDataFrame", kept)


@dataclass(frozen=True, eq=False)
class Nodes:
    """Where the nodes of an extract lie: read once, asked for each box that is cut out of it.

    Parameters
    ----------
    number : ndarray of int64, shape (n,)
    x, y : ndarray of int64, shape (n,)
        Ten-millionths of a degree.
    """

    number: Ints
    x: Ints
    y: Ints

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read the nodes of an extract."""
        things: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
        rows = [(thing.id, thing.location.x, thing.location.y) for thing in things]
        return cls(*np.array(rows, np.int64).reshape(-1, 3).T)

    def within(self, bounds: Bounds) -> list[int]:
        """Give the numbers of those in a box."""
        west, south, east, north = (round(v * _UNITS) for v in bounds)
        inside = (self.x >= west) & (self.x <= east) & (self.y >= south) & (self.y <= north)
        return self.number[inside].tolist()


def around(lon: ArrayLike, lat: ArrayLike, margin_m: float) -> Bounds:
    """Give the box of some places, degrees WGS-84, with a margin of so many metres."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    up = margin_m / 111_000.0
    side = up / max(math.cos(math.radians(float(np.abs(y).max()) + up)), 0.01)
    return float(x.min()) - side, float(y.min()) - up, float(x.max()) + side, float(y.max()) + up


def cut_to(path: Path, bounds: Bounds, nodes: Nodes) -> Callable[[Path], None]:
    """Give a function that writes what lies in a box as an extract of its own.

    What `planner.network.read_extract` reads of it is what it reads of the whole with these bounds.
    """

    def write(to: Path) -> None:
        with osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
            header = reader.header()
        within = filter_within(path, bounds, nodes)
        # the temporary name says nothing of its kind
        file = osmium.io.File(str(to), "pbf")
        with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
            for thing in osmium.FileProcessor(str(path)).with_filter(within):
                writer.add(thing)

    return write


def filter_within(path: Path, bounds: Bounds, nodes: Nodes | None = None) -> Any:
    """Give a filter that lets through what lies in a box, and all that this is made of.

    Areas of several ways (a lake, a courtyard) keep all of their ways; other relations are not followed.
    `nodes`: those of the file, where more than one box is cut out of it.
    """
    inside, kept = osmium.IdTracker(), osmium.IdTracker()
    thing: Any
    for number in (nodes or Nodes.of(path)).within(bounds):
        inside.add_node(number)
        kept.add_node(number)
    reaching = inside.contains_filter()
    for thing in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(reaching):
        kept.add_way(thing.id)
        inside.add_way(thing.id)
    areas = osmium.filter.TagFilter(("type", "multipolygon"))
    for thing in osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(areas):
        if inside.contains_any_references(thing):
            kept.add_relation(thing.id)
    kept.complete_backward_references(str(path), relation_depth=1)
    return kept.id_filter()
