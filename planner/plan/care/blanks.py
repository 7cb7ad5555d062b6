"""Blank spots: buildings where nobody is registered, and homes registered where no building stands.

A list to be checked on foot.  A map does not tell a school from a block of flats, so what is listed is not
yet missing; and where the map draws no buildings at all, a home without one is no sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planner.model.arrays import Bools, Floats, Geometries, Ints
from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables

__all__ = ["KINDS_OF_BLANK", "blank_spots"]

KINDS_OF_BLANK = {
    "building": ("地图上的楼栋，无登记户", "a building of the map without a registered home"),
    "row": ("楼栋表中的楼栋，无登记户", "a row of the building table without a registered home"),
    "address": ("登记住户处无楼栋", "homes registered where no building stands"),
}
"""What a blank spot is, in words."""
LEAST_M2 = 25.0  # smaller is a shed or a kiosk
AT_M = 12.0  # a door's point lies so near its building
ROW_M = 20.0  # a building table's point may lie at the gate
BARE_M = 40.0  # no building so near a home: it stands in the open
DRAWN_M = 150.0  # and yet the map draws buildings hereabouts
OUT_M = 60.0  # a building so far outside every zone is no business of the office


def blank_spots(plan: PlanTables, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the blank spots of a plan.

    Parameters
    ----------
    table : DataFrame or None
        The office's building table, WGS-84: ``name, address, building, stairwell, lon, lat``.

    Returns
    -------
    DataFrame
        ``number`` (of the zone, 0 for none)``, zone, fence, kind`` (a key of `KINDS_OF_BLANK`)``, place,
        homes`` (registered there; of addresses only)``, area_m2`` (NaN but of buildings)``, lon, lat``; by
        zone, then from west to east.
    """
    plane = _plane(plan)
    homes = _Registered.of(plan, plane)
    shapes = _polygons(plan, plane)
    spots = _spots(table, plane)
    rows = [*_buildings(plan, shapes, homes, spots), *_rows(table, shapes, homes, spots)]
    rows += _addresses(plan, shapes, homes)
    columns = ["kind", "place", "homes", "area_m2", "x", "y"]
    found = pd.DataFrame(rows, columns=columns)
    return _zoned(plan, plane, found)


class _Registered:
    """Where people are registered, in the plane: households, then members."""

    def __init__(self, xy: Floats, household: Ints) -> None:
        self.xy, self.household = xy, household
        self.points: Geometries = np.asarray(shapely.points(xy), object)

    @classmethod
    def of(cls, plan: PlanTables, plane: LocalProjection) -> _Registered:
        points = plan.households.geometry.to_numpy()
        live = np.flatnonzero(~(shapely.is_missing(points) | shapely.is_empty(points)))
        homes = plane.to_xy(shapely.get_x(points[live]), shapely.get_y(points[live]))
        # A member's own home is lived in, whether or not it stands among the households.
        units = plan.units[plan.units["members"] > 0].geometry.to_numpy()
        seats = plane.to_xy(shapely.get_x(units), shapely.get_y(units))
        return cls(np.concatenate([homes, seats]), np.append(live, np.full(len(seats), -1)))


def _plane(plan: PlanTables) -> LocalProjection:
    points = plan.units.geometry.to_numpy()
    return LocalProjection.around(shapely.get_x(points), shapely.get_y(points))


def _polygons(plan: PlanTables, plane: LocalProjection) -> Geometries:
    shapes = plan.base["buildings"].geometry.to_numpy()
    return np.asarray(shapely.transform(shapes, lambda c: plane.to_xy(c[:, 0], c[:, 1])), object)


def _lived(shapes: Geometries, points: Geometries, within_m: float) -> Bools:
    """Tell which shapes have a point in them or at them; a point counts for the nearest shape alone."""
    lived = np.zeros(len(shapes), bool)
    if not (len(shapes) and len(points)):
        return lived
    tree = shapely.STRtree(shapes)
    if within_m <= 0:
        lived[tree.query(points, predicate="within")[1]] = True
    else:
        lived[tree.query_nearest(points, max_distance=within_m, all_matches=True)[1]] = True
    return lived


def _spots(table: pd.DataFrame | None, plane: LocalProjection) -> Floats:
    if table is None:
        return np.zeros((0, 2))
    return plane.to_xy(table["lon"].to_numpy(float), table["lat"].to_numpy(float)).reshape(-1, 2)


def _buildings(
    plan: PlanTables, shapes: Geometries, homes: _Registered, spots: Floats
) -> Iterator[Any]:
    area, blank = shapely.area(shapes), ~_lived(shapes, homes.points, AT_M)
    # What the office's own table knows is told as its row, by the name that it has there.
    blank &= (area >= LEAST_M2) & ~_lived(shapes, np.asarray(shapely.points(spots), object), 0.0)
    blank = np.flatnonzero(blank)
    layer, middle = (
        plan.base["buildings"],
        shapely.get_coordinates(shapely.point_on_surface(shapes[blank])),
    )
    names = zip(
        *(layer[c].iloc[blank].astype(str) for c in ("name", "street", "number")), strict=True
    )
    for (name, street, number), at, (x, y) in zip(
        names, blank.tolist(), middle.tolist(), strict=True
    ):
        yield "building", name or f"{street}{number}", 0, round(float(area[at]), 1), x, y


def _rows(
    table: pd.DataFrame | None, shapes: Geometries, homes: _Registered, spots: Floats
) -> Iterator[Any]:
    """List rows of the building table at which nobody lives: in their building of the map, else near by."""
    if table is None or not len(table):
        return
    points = np.asarray(shapely.points(spots), object)
    near = np.zeros(len(table), bool)
    if len(homes.points):
        tree = shapely.STRtree(homes.points)
        near[np.unique(tree.query(points, predicate="dwithin", distance=ROW_M)[0])] = True
    if len(shapes):
        lived = _lived(shapes, homes.points, AT_M)
        row, shape = shapely.STRtree(shapes).query(points, predicate="within")
        # A row within a drawn building is lived in if that one is, whoever lives next door.
        near[row] = lived[shape]
    names = table["name"].where(table["name"] != "", table["address"]).astype(str)
    told = [
        "".join(parts)
        for parts in zip(
            names, table["building"].astype(str), table["stairwell"].astype(str), strict=True
        )
    ]
    for at in np.flatnonzero(~near).tolist():
        yield "row", told[at], 0, np.nan, *spots[at].tolist()


def _addresses(plan: PlanTables, shapes: Geometries, homes: _Registered) -> Iterator[Any]:
    """List the spots where homes are registered and no building stands, though the map draws some around."""
    own = np.flatnonzero(homes.household >= 0)
    if not len(own) or not len(shapes):
        return
    tree, points = shapely.STRtree(shapes), homes.points[own]
    bare, drawn = np.ones(len(own), bool), np.zeros(len(own), bool)
    bare[np.unique(tree.query(points, predicate="dwithin", distance=BARE_M)[0])] = False
    drawn[np.unique(tree.query(points, predicate="dwithin", distance=DRAWN_M)[0])] = True
    lost = np.flatnonzero(bare & drawn)
    if not len(lost):
        return
    spots, first, at = np.unique(
        np.round(homes.xy[own[lost]], 1), axis=0, return_index=True, return_inverse=True
    )
    count = np.bincount(at.ravel(), minlength=len(spots))
    labels = plan.households["matched"].to_numpy(str)[homes.household[own[lost[first]]]]
    for label, n, (x, y) in zip(labels.tolist(), count.tolist(), spots.tolist(), strict=True):
        yield "address", label, n, np.nan, x, y


def _zoned(plan: PlanTables, plane: LocalProjection, found: pd.DataFrame) -> pd.DataFrame:
    """Say in or beside which zone each spot lies; who lies far outside all is left out."""
    shapes = plan.zones.geometry.to_numpy()
    flat = np.asarray(shapely.transform(shapes, lambda c: plane.to_xy(c[:, 0], c[:, 1])), object)
    live = np.flatnonzero(~shapely.is_empty(flat))
    zone, points = (
        np.full(len(found), -1, np.int64),
        shapely.points(found[["x", "y"]].to_numpy(float)),
    )
    if len(live) and len(found):
        spot, near = shapely.STRtree(flat[live]).query_nearest(
            points, max_distance=OUT_M, all_matches=False
        )
        zone[spot] = live[near]
    # A registered home is always the office's business, wherever it stands.
    kept = (zone >= 0) | (found["kind"] == "address").to_numpy()
    found, zone = found[kept], zone[kept]
    degrees = plane.to_lon_lat(found[["x", "y"]].to_numpy(float)).reshape(-1, 2)
    columns = {
        "number": np.append(plan.zones["number"].to_numpy(np.int64), 0)[zone],
        "zone": np.append(plan.zones["centre_id"].to_numpy(object), "")[zone],
        "fence": np.append(plan.zones["fence"].to_numpy(object), "")[zone],
        **{name: found[name].to_numpy() for name in ("kind", "place", "homes", "area_m2")},
        "lon": np.round(degrees[:, 0], 6),
        "lat": np.round(degrees[:, 1], 6),
    }
    made = pd.DataFrame(columns)
    last = made["number"].mask(made["number"] == 0, np.inf)
    order = np.lexsort((made["lat"], made["lon"], made["kind"], last))
    return made.iloc[order].reset_index(drop=True)
