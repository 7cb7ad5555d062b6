"""Zones as polygons: no overlaps, each home in its own, along streets and within rivers and fences."""

from planner.plan.shapes.cells import display_points
from planner.plan.shapes.colours import colours
from planner.plan.shapes.draw import zone_shapes

__all__ = ["colours", "display_points", "zone_shapes"]
