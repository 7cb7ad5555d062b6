"""The map of a review: each open address with its candidates, and a place to be clicked; needs no network.

Building level, like the workbook that it lies beside; the page downloads a sheet that `planner review --read`
takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.render.books.review_book import CANDIDATES, Line, Option

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["review_page"]

MOST: Final = 60_000
"""Shapes of one layer: a page of more is slow to open."""


def review_page(
    lines: Sequence[Line],
    base: Mapping[str, gpd.GeoDataFrame],
    area: tuple[float, float, float, float] | None,
) -> bytes:
    """Draw up the page.

    Parameters
    ----------
    base : mapping of str to GeoDataFrame
        Of its layers ``streets`` and ``buildings`` are drawn, EPSG:4326.
    area : (west, south, east, north) or None
        Where the streets are, degrees: the page opens there.
    """
    spots = [(o.lon, o.lat) for line in lines for o in line.options]
    west, south, east, north = area or (
        (*np.min(spots, axis=0), *np.max(spots, axis=0)) if spots else (0.0, 0.0, 0.0, 0.0)
    )
    at = round((west + east) / 2, 6), round((south + north) / 2, 6)
    data = {
        "at": at,
        "streets": _runs(base.get("streets"), at),
        "buildings": _runs(base.get("buildings"), at),
        "lines": [_line(line) for line in lines],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # nothing that is written in a sheet may end the script that holds it
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    page = resources.files("planner.render.map").joinpath("page", "review.html").read_text("utf-8")
    return page.replace("{{data}}", safe).encode("utf-8", "replace")


def _line(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "text": line.text,
        "community": line.community,
        "homes": line.homes,
        "cause": f"{line.cause_zh} {line.cause}",
        "written": list(line.written),
        "options": [_option(o) for o in line.options[:CANDIDATES]],
    }


def _option(o: Option) -> dict[str, Any]:
    at = {"lon": round(o.lon, 7), "lat": round(o.lat, 7)}
    return {"label": o.label, "apart": round(o.apart_m, 1), **at}


def _runs(layer: gpd.GeoDataFrame | None, at: tuple[float, float]) -> list[list[int]]:
    """Pack lines and outlines as steps of a millionth of a degree from the middle of the page."""
    import shapely

    if layer is None or not len(layer):
        return []
    parts = shapely.get_parts(layer.geometry.to_numpy()[:MOST])
    rings = np.where(shapely.get_dimensions(parts) == 2, shapely.get_exterior_ring(parts), parts)
    found: list[list[int]] = []
    for ring in rings[shapely.get_dimensions(rings) == 1]:
        xy = np.rint((shapely.get_coordinates(ring) - at) * 1e6).astype(np.int64)
        found.append(np.vstack([xy[:1], np.diff(xy, axis=0)]).ravel().tolist())
    return found
