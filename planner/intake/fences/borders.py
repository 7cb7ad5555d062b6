"""Where polygons that should meet overlap, or leave land between them."""

from __future__ import annotations

from typing import Any, Final

import shapely
from numpy.typing import NDArray

__all__ = ["gaps", "overlaps"]

NOTEWORTHY_M2: Final = 50.0
"""Hand-drawn borders never meet exactly: less than a small yard is not told of."""
CRACK_M: Final = 10.0
"""Neighbours this far apart are meant to meet."""
GAP_M2: Final = 200.0


def overlaps(shapes: NDArray[Any]) -> list[tuple[int, int, float]]:
    """Find the pairs of polygons that cover the same land.

    Parameters
    ----------
    shapes : ndarray of valid polygons, shape (n,)
        In a metric plane.

    Returns
    -------
    list of (int, int, float)
        Positions i < j and the area that both cover, m2; the largest first.
    """
    first, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < other
    first, other = first[once], other[once]
    area = shapely.area(shapely.intersection(shapes[first], shapes[other]))
    large = area >= NOTEWORTHY_M2
    rows = zip(first[large].tolist(), other[large].tolist(), area[large].tolist(), strict=True)
    return sorted(rows, key=lambda r: (-r[2], r[0], r[1]))


def gaps(shapes: NDArray[Any]) -> list[tuple[Any, float]]:
    """Find land that the polygons enclose, or nearly enclose, and that belongs to none of them.

    Parameters
    ----------
    shapes : ndarray of valid polygons, shape (n,)
        In a metric plane.

    Returns
    -------
    list of (polygon, float)
        Each gap and its area, m2; the largest first.  Holes in the whole, and cracks up to 10 m wide.
    """
    if len(shapes) < 2:
        return []
    whole = shapely.union_all(shapes)
    wide = shapely.buffer(whole, CRACK_M / 2, join_style="mitre")
    closed = shapely.buffer(wide, -CRACK_M / 2, join_style="mitre")
    solid = shapely.union_all([shapely.Polygon(p.exterior) for p in shapely.get_parts(closed)])
    parts = shapely.get_parts(shapely.difference(solid, whole))
    found = [(p, p.area) for p in parts if p.geom_type == "Polygon" and p.area >= GAP_M2]
    return sorted(found, key=lambda r: (-r[1], shapely.bounds(r[0]).tolist()))
