"""Points, and nothing but points, into compact zones of bounded size: arrays in, arrays out."""

from __future__ import annotations

from planner.solve.points.cutting import Effort, Partition, Points, partition

__all__ = ["Effort", "Partition", "Points", "partition"]
