"""An extract cut while it is read: what lies in a box, each way and area that reaches into it whole."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import osmium
import osmium.filter
import osmium.osm
import shapely

from planner.errors import ConfigError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Bounds", "box_of", "filter_within", "lines_within"]

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


def filter_within(path: Path, bounds: Bounds) -> Any:
    """Give a filter that lets through what lies in a box, and all that this is made of.

    Areas of several ways (a lake, a courtyard) keep all of their ways; other relations are not followed.
    """
    inside, kept = osmium.IdTracker(), osmium.IdTracker()
    west, south, east, north = (round(v * _UNITS) for v in bounds)
    thing: Any
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE):
        place = thing.location
        if west <= place.x <= east and south <= place.y <= north:
            inside.add_node(thing.id)
            kept.add_node(thing.id)
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
