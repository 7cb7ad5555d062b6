"""Outlines as people draw them: open, crossing themselves, in the wrong plane; mended where that is sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, Severity
from planner.intake.coordinates.pairs import likely_crs
from planner.model.plane import LocalProjection

__all__ = ["REMEDY", "Layer", "in_degrees", "mended", "plane_of", "sound"]

REMEDY: Final = ("correct it in QGIS and save it again", "请在QGIS中改正后重新保存")
MOST_CHANGE: Final = 0.01
"""A self-crossing outline whose mending changes its area by more is asked about."""
SLIVER_M2, SLIVER_M = 1.0, 0.5
"""A part smaller than the one, or narrower than the other, is no land."""
SMALLEST_M2: Final = 100.0
POLAR_DEG: Final = 85.0


@dataclass(frozen=True, eq=False)
class Layer:
    """What findings about a layer name.

    Parameters
    ----------
    file, layer : str
    names : sequence of str
        Of the features; empty where no column names them.
    """

    file: str
    layer: str
    names: Sequence[str] = ()

    def told(self, key: str, at: int | None = None, **values: Any) -> Finding:
        """Word a finding of the catalogue, of feature `at` or of the layer."""
        said = Finding.of(key, {"file": self.file, "sheet": self.layer}, **values)
        if at is not None:
            own = f" ({self.names[at]})" if at < len(self.names) and self.names[at] else ""
            what, zh = f"feature {at + 1}{own} {said.what}", f"第{at + 1}个要素{own}{said.what_zh}"
            said = replace(said, what=what, what_zh=zh)
        if said.severity is Severity.STOP and not said.remedy:
            said = replace(said, remedy=REMEDY[0], remedy_zh=REMEDY[1])
        return said

    def settle(self, said: Sequence[Finding]) -> None:
        """Refuse the file if anything that was noticed must be mended first.

        Raises
        ------
        SchemaError
            With all faults, not only the first.
        """
        if stops := [f for f in said if f.severity is Severity.STOP]:
            raise SchemaError.of("fences-unusable", {"findings": stops}, file=self.file)


def plane_of(shapes: NDArray[Any]) -> LocalProjection:
    """Give the metric plane around shapes.

    Parameters
    ----------
    shapes : ndarray of geometries
        EPSG:4326.
    """
    at = shapely.get_coordinates(shapes)
    return LocalProjection.around(at[:, 0], at[:, 1])


def sound(
    shapes: NDArray[Any], layer: Layer
) -> tuple[NDArray[Any], NDArray[np.intp], list[Finding]]:
    """Keep the features that are polygons with numbers for vertices; hold empty ones, refuse others.

    Parameters
    ----------
    shapes : ndarray of geometries or None, shape (n,)
    layer : Layer

    Returns
    -------
    shapes : ndarray of geometries, shape (k,)
        Flat, without repeated vertices.
    there : ndarray of int, shape (k,)
        Which of the n features they are.
    said : list of Finding

    Raises
    ------
    SchemaError
        Other shapes are among them, vertices are no numbers, or nothing is left.
    """
    faults = [_fault(shape) for shape in shapes]
    said = [layer.told(fault[0], at, **fault[1]) for at, fault in enumerate(faults) if fault]
    kept = [at for at, fault in enumerate(faults) if not fault]
    if not kept and not any(f.severity is Severity.STOP for f in said):
        said.append(layer.told("no-polygons"))
    layer.settle(said)
    flat = shapely.force_2d(shapes[kept])
    if shapely.has_z(shapes[kept]).any():
        said.append(layer.told("heights"))
    thin = np.array([_thinned(shape) for shape in flat], object)
    repeated = int(
        shapely.get_num_coordinates(flat).sum() - shapely.get_num_coordinates(thin).sum()
    )
    if repeated:
        said.append(layer.told("repeated-vertices", n=repeated))
    return thin, np.array(kept), said


def _fault(shape: Any) -> tuple[str, dict[str, Any]] | None:
    """Say why a feature is no outline of a fence: the finding, and what its words leave open."""
    if shape is None or shape.is_empty:
        return "no-geometry", {}
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        mixed = shape.geom_type == "GeometryCollection"
        return "not-a-polygon", {"kind": "a mixture of shapes" if mixed else f"a {shape.geom_type}"}
    bad = np.flatnonzero(~np.isfinite(shapely.get_coordinates(shape)).all(axis=1))
    return ("bad-vertex", {"n": bad[0] + 1}) if len(bad) else None


def _thinned(shape: Any) -> Any:
    """Take repeated vertices out; an outline that is nothing else stays, to be refused by its area."""
    try:
        return shapely.remove_repeated_points(shape, 0.0)
    except shapely.GEOSException:
        return shape


def in_degrees(shapes: NDArray[Any], crs: Any, layer: Layer) -> tuple[NDArray[Any], list[Finding]]:
    """Turn shapes into WGS-84.

    Parameters
    ----------
    shapes : ndarray of geometries
    crs : pyproj.CRS
        What the layer says it is in.
    layer : Layer

    Raises
    ------
    SchemaError
        The values contradict the CRS, cross the 180th meridian, or lie at a pole.
    """
    import geopandas as gpd

    def refuse(key: str, **values: Any) -> None:
        layer.settle([layer.told(key, **values)])

    shapes, said = _axes_right(shapes, crs, layer)
    west, south, east, north = shapely.total_bounds(shapes)
    across, up = max(abs(west), abs(east)), max(abs(south), abs(north))
    if crs.is_geographic and (across > 180 or up > 90):
        likely = likely_crs(max(abs(east), abs(north)), min(abs(east), abs(north)))
        reach = max(across, up)
        refuse("crs-contradicted/metres", crs=crs.name, reach=reach, likely=likely)
    elif not crs.is_geographic and across <= 180 and up <= 90:
        refuse("crs-contradicted/degrees", crs=crs.name)
    middle = (west + east) / 2, (south + north) / 2
    turned = gpd.GeoSeries(shapes, crs=crs).to_crs("EPSG:4326")
    west, south, east, north = turned.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        refuse("crs-contradicted/beyond", crs=crs.name)
    elif east - west > 180 or max(abs(south), abs(north)) > POLAR_DEG:
        refuse("not-supported")
    if crs.to_epsg() == 4326:
        return np.asarray(turned.to_numpy()), said
    said.append(layer.told("reprojected", crs=crs.name))
    if _is_ballpark(crs, *middle):
        said.append(layer.told("ballpark", crs=crs.name))
    return np.asarray(turned.to_numpy()), said


def _axes_right(shapes: NDArray[Any], crs: Any, layer: Layer) -> tuple[NDArray[Any], list[Finding]]:
    """Put latitude before longitude right where only that makes the values degrees."""
    west, south, east, north = shapely.total_bounds(shapes)
    swapped = (
        crs.is_geographic and max(abs(west), abs(east)) <= 90 < max(abs(south), abs(north)) <= 180
    )
    if not swapped:
        return shapes, []
    return shapely.transform(shapes, lambda c: c[:, ::-1]), [layer.told("swapped-axes")]


def _is_ballpark(crs: Any, x: float, y: float) -> bool:
    """Whether the datum is left out at this place, though it matters there.

    CGCS2000 and WGS-84 differ by centimetres, so that there is nothing to leave out.
    """
    from pyproj import Transformer

    if crs.geodetic_crs is not None and "china geodetic" in crs.geodetic_crs.name.lower():
        return False
    turn = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    turn.transform(x, y)
    return "ballpark" in turn.get_last_used_operation().description.lower()


def mended(
    shapes: NDArray[Any], there: NDArray[np.intp], layer: Layer
) -> tuple[NDArray[Any], NDArray[np.intp], list[Finding]]:
    """Make every outline valid, with its area before and after; leave slivers out.

    Parameters
    ----------
    shapes : ndarray of polygons, shape (k,)
        EPSG:4326; left as they are.
    there : ndarray of int, shape (k,)
        Which features of the layer they are.
    layer : Layer

    Returns
    -------
    shapes : ndarray of polygons, shape (m,)
    there : ndarray of int, shape (m,)
        Which features they are: those that are no land are left out.
    said : list of Finding

    Raises
    ------
    SchemaError
        An outline crosses itself so that its area is not clear, or none of them has an area.
    """
    plane, shapes = plane_of(shapes), shapes.copy()

    def flat(shape: Any) -> Any:
        return shapely.transform(shape, lambda c: plane.to_xy(c[:, 0], c[:, 1]))

    def area(shape: Any) -> float:
        return float(shapely.area(flat(shape)))

    def wide(part: Any) -> bool:
        at = flat(part)
        return bool(at.area >= SLIVER_M2 and 2 * at.area >= SLIVER_M * at.length)

    said: list[Finding] = []
    slivers: list[int] = []
    for k in np.flatnonzero(~shapely.is_valid(shapes)):
        shapes[k], key, told = _valid(shapes[k], area)
        said.append(layer.told(key, int(there[k]), **told))
    for k, at in enumerate(map(int, there)):
        parts = [p for p in shapely.get_parts(shapes[k]) if p.geom_type == "Polygon"]
        large = [p for p in parts if wide(p)]
        drawn = flat(shapes[k])
        # Left in, a crumb would make two pieces of a fence.
        if 0 < len(large) < len(parts):
            said.append(layer.told("sliver", at, n=len(parts) - len(large)))
        shapes[k] = large[0] if len(large) == 1 else shapely.MultiPolygon(large)
        if area(shapes[k]) < SMALLEST_M2:
            slivers.append(k)
            width = 2 * drawn.area / drawn.length if drawn.length else 0.0
            said.append(layer.told("no-area", at, area=drawn.area, width=width))
    # Nothing is left to plan within.
    if len(slivers) == len(shapes):
        said = [replace(f, severity=Severity.STOP) if f.code == "no-area" else f for f in said]
    layer.settle(said)
    kept = np.setdiff1d(np.arange(len(shapes)), slivers)
    return shapes[kept], there[kept], said


def _valid(shape: Any, area: Callable[[Any], float]) -> tuple[Any, str, dict[str, Any]]:
    """Mend one outline and say so; ask where mending changes what it encloses."""
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0]
    why = reason.lower()
    whole = shape
    try:
        if reason == "Hole lies outside shell":
            whole = shapely.union_all([_holes_inside(p) for p in shapely.get_parts(shape)])
        made = _repaired(whole)
    except shapely.GEOSException:
        return shape, "outline-broken", {"why": why}
    told = {"why": why, "before": area(whole), "after": area(made)}
    crossing = "self-intersection" in why and told["after"] >= SMALLEST_M2
    asked = crossing and abs(told["after"] - told["before"]) > MOST_CHANGE * told["after"]
    return made, "self-crossing" if asked else "outline-mended", told


def _repaired(shape: Any) -> Any:
    """Make a shape valid: by its structure, or by its lines where GEOS finds no structure."""
    try:
        made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.GEOSException:
        made = shapely.make_valid(shape)
    if not shapely.is_valid(made):  # parts that share an edge come out of it side by side
        made = shapely.make_valid(shapely.union_all(shapely.get_parts(made)))
    return made


def _holes_inside(part: Any) -> Any:
    shell = shapely.make_valid(shapely.Polygon(part.exterior))
    return shapely.Polygon(
        part.exterior, [r for r in part.interiors if shapely.intersects(shell, r)]
    )
