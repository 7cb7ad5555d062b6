"""All communities of a batch on one page for a meeting, read by the gate once for each of their plans."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from planner.api.plan import Plan
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.render.overview import Line, Ring, overview_page

__all__ = ["OVERVIEW", "drawn", "outline_of", "pass_gate"]

OVERVIEW: Final = "overview.html"
COARSE: Final = 2e-4  # degrees, some 20 m: the outline of a community follows no single door
MOST_RINGS: Final = 8


def outline_of(zones: gpd.GeoDataFrame) -> list[list[list[float]]]:
    """Give the outline of a plan's zones: rings of longitude and latitude, on a grid of some 20 m."""
    shapes = zones.geometry.to_crs("EPSG:4326").to_numpy()
    whole = shapely.union_all(shapely.buffer(shapes[~shapely.is_missing(shapes)], COARSE))
    coarse = shapely.set_precision(shapely.simplify(whole, COARSE), COARSE)
    parts = shapely.get_parts(coarse)
    largest = np.argsort(-shapely.area(parts), kind="stable")[:MOST_RINGS]
    rings = [shapely.get_exterior_ring(parts[k]) for k in largest]
    return [shapely.get_coordinates(ring).round(4).tolist() for ring in rings if ring is not None]


def drawn(outcomes: Sequence[Any], figures: Mapping[str, Any]) -> bytes:
    """Draw up the page of what became of a batch.

    Parameters
    ----------
    outcomes : sequence of planner.api.batch.work.Outcome
    figures : mapping
        Over all of them, see `planner.api.batch.report.BatchReport.figures`.
    """
    lines = [_line(outcome) for outcome in outcomes]
    lost = sum(not line.planned for line in lines)
    zones, gap = figures["zones"], 100 * figures["gap"]
    told = [
        (
            f"社区{len(lines)}个，没有方案的{lost}个；责任区{zones:,}个",
            f"{len(lines)} communities, {lost} of them without a plan; {zones:,} zones",
        ),
        (
            f"全部相加，与最优方案相差不超过{gap:.2f}%",
            f"all together within {gap:.2f} % of the best possible",
        ),
    ]
    return overview_page(lines, told)


def _line(outcome: Any) -> Line:
    f = outcome.figures
    if outcome.error or not f.get("zones"):
        return Line(outcome.name, planned=False)
    gap = f.get("gap_objective")
    return Line(
        outcome.name,
        f["households"],
        f["zones"],
        f["broken"],
        f["walk_m"],
        math.nan if gap is None else gap,
        tuple(_ring(ring) for ring in outcome.outline),
    )


def _ring(corners: Sequence[Sequence[float]]) -> Ring:
    return tuple((float(x), float(y)) for x, y in corners)


def pass_gate(page: bytes, folder: str | Path) -> None:
    """Hold the page against the people of one plan.

    Raises
    ------
    PrivacyError
        It tells what a meeting must not see of them.
    """
    released(page, OVERVIEW, Audience.MEETING, Secrets.of(Plan.load(folder)))
