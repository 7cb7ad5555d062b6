"""Zones as polygons: no overlaps, each home in its own, along streets and within rivers and fences."""

from planner.zones.cells import display_points
from planner.zones.colours import colours
from planner.zones.shapes import zone_shapes

__all__ = ["colours", "display_points", "zone_shapes"]
