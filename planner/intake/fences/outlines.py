"""Outlines as people draw them: open, crossing themselves, in the wrong plane; mended where that is sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, Severity
from planner.intake.coordinates.pairs import likely_crs
from planner.model.plane import LocalProjection

__all__ = ["REMEDY", "LayerNotes", "in_degrees", "mended", "plane_of", "sound"]

REMEDY: Final = ("correct it in QGIS and save it again", "请在QGIS中改正后重新保存")
MOST_CHANGE: Final = 0.01
"""A self-crossing outline whose mending changes its area by more is asked about."""
SLIVER_M2, SLIVER_M = 1.0, 0.5
"""A part smaller than the one, or narrower than the other, is no land."""
SMALLEST_M2: Final = 100.0
POLAR_DEG: Final = 85.0


@dataclass(eq=False)
class LayerNotes:
    """What is noticed of a layer while it is mended.

    Parameters
    ----------
    file, layer : str
    names : list of str
        Of the features; empty where no column names them.
    said : list of Finding
        Is added to.
    """

    file: str
    layer: str
    names: list[str] = field(default_factory=list)
    said: list[Finding] = field(default_factory=list)

    def note(
        self, code: str, severity: Severity, what: str, zh: str, at: int | None = None,
        remedy: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        """Write down what was noticed, of one feature or of the layer."""
        if at is not None:
            own = f" ({self.names[at]})" if at < len(self.names) and self.names[at] else ""
            what, zh = f"feature {at + 1}{own} {what}", f"第{at + 1}个要素{own}{zh}"
        if severity is Severity.STOP and not any(remedy):
            remedy = REMEDY
        self.said.append(
            Finding(code, severity, what, zh, *remedy, file=self.file, sheet=self.layer)
        )

    def settle(self) -> None:
        """Refuse the file if anything that was noticed must be mended first.

        Raises
        ------
        SchemaError
            With all faults, not only the first.
        """
        stops = [f for f in self.said if f.severity is Severity.STOP]
        if stops:
            raise SchemaError(f"{self.file} cannot be used as fences", findings=stops)


def plane_of(shapes: NDArray[Any]) -> LocalProjection:
    """Give the metric plane around shapes.

    Parameters
    ----------
    shapes : ndarray of geometries
        EPSG:4326.
    """
    at = shapely.get_coordinates(shapes)
    return LocalProjection.around(at[:, 0], at[:, 1])


def sound(shapes: NDArray[Any], notes: LayerNotes) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Keep the features that are polygons with numbers for vertices; hold empty ones, refuse others.

    Parameters
    ----------
    shapes : ndarray of geometries or None, shape (n,)
    notes : LayerNotes

    Returns
    -------
    shapes : ndarray of geometries, shape (k,)
        Flat, without repeated vertices.
    there : ndarray of int, shape (k,)
        Which of the n features they are.

    Raises
    ------
    SchemaError
        Other shapes are among them, vertices are no numbers, or nothing is left.
    """
    kept: list[int] = []
    for at, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            notes.note(
                "no-geometry",
                Severity.HOLD,
                "has no outline and was left out",
                "没有图形,已略去",
                at,
            )
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            kind = {"GeometryCollection": "a mixture of shapes"}.get(
                shape.geom_type, f"a {shape.geom_type}"
            )
            notes.note("not-a-polygon", Severity.STOP, f"is {kind}, not a polygon", "不是面", at)
        elif not np.isfinite(vertices := shapely.get_coordinates(shape)).all():
            worst = int(np.flatnonzero(~np.isfinite(vertices).all(axis=1))[0])
            notes.note("bad-vertex", Severity.STOP, f"has a vertex without numbers: vertex {worst + 1}",
                      f"第{worst + 1}个顶点不是数字", at)  # fmt: skip
        else:
            kept.append(at)
    if not kept and not any(f.severity is Severity.STOP for f in notes.said):
        notes.note("no-polygons", Severity.STOP, "the layer holds no polygons", "图层中没有面")
    notes.settle()
    flat = shapely.force_2d(shapes[kept])
    if shapely.has_z(shapes[kept]).any():
        notes.note("heights", Severity.FIX, "heights of vertices were left out", "已略去高程")
    thin = np.array([_thinned(shape) for shape in flat], object)
    repeated = int(
        shapely.get_num_coordinates(flat).sum() - shapely.get_num_coordinates(thin).sum()
    )
    if repeated:
        notes.note("repeated-vertices", Severity.FIX, f"{repeated} repeated vertices were taken out",
                  f"已去除{repeated}个重复顶点")  # fmt: skip
    return thin, np.array(kept)


def _thinned(shape: Any) -> Any:
    """Take repeated vertices out; an outline that is nothing else stays, to be refused by its area."""
    try:
        return shapely.remove_repeated_points(shape, 0.0)
    except shapely.GEOSException:
        return shape


def in_degrees(shapes: NDArray[Any], crs: Any, notes: LayerNotes) -> NDArray[Any]:
    """Turn shapes into WGS-84.

    Parameters
    ----------
    shapes : ndarray of geometries
    crs : pyproj.CRS
        What the layer says it is in.
    notes : LayerNotes

    Raises
    ------
    SchemaError
        The values contradict the CRS, cross the 180th meridian, or lie at a pole.
    """
    import geopandas as gpd

    west, south, east, north = shapely.total_bounds(shapes)
    large = max(abs(west), abs(east), abs(south), abs(north))
    within = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if crs.is_geographic and not within:
        notes.note("crs-contradicted", Severity.STOP,
                  f"the layer says degrees ({crs.name}), but its values reach {large:,.0f}; likely "
                  + likely_crs(max(abs(east), abs(north)), min(abs(east), abs(north))),
                  "图层声明为经纬度,数值却是米")  # fmt: skip
    elif not crs.is_geographic and within:
        what = f"the layer says metres ({crs.name}), but its values are degrees"
        notes.note("crs-contradicted", Severity.STOP, what, "图层声明为米制,数值却是经纬度")
    notes.settle()
    turned = gpd.GeoSeries(shapes, crs=crs).to_crs("EPSG:4326")
    if crs.to_epsg() != 4326:
        notes.note(
            "reprojected",
            Severity.FIX,
            f"converted from {crs.name} to WGS-84",
            f"已由{crs.name}转换为WGS-84",
        )
    west, south, east, north = turned.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        notes.note(
            "crs-contradicted",
            Severity.STOP,
            f"values lie where {crs.name} does not reach",
            "数值超出坐标系范围",
        )
    elif east - west > 180 or max(abs(south), abs(north)) > POLAR_DEG:
        notes.note("not-supported", Severity.STOP,
                  "the fences cross the 180th meridian or lie at a pole, which is not supported",
                  "边界跨越180度经线或位于极地,不支持")  # fmt: skip
    notes.settle()
    return np.asarray(turned.to_numpy())


def mended(
    shapes: NDArray[Any], there: NDArray[np.intp], notes: LayerNotes
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Make every outline valid, with its area before and after; drop slivers.

    Parameters
    ----------
    shapes : ndarray of polygons, shape (k,)
        EPSG:4326; left as they are.
    there : ndarray of int, shape (k,)
        Which features of the layer they are.
    notes : LayerNotes

    Raises
    ------
    SchemaError
        An outline crosses itself so that its area is not clear, or nothing of area is left of it.
    """
    plane, shapes = plane_of(shapes), shapes.copy()

    def flat(shape: Any) -> Any:
        return shapely.transform(shape, lambda c: plane.to_xy(c[:, 0], c[:, 1]))

    def area(shape: Any) -> float:
        return float(shapely.area(flat(shape)))

    def wide(part: Any) -> bool:
        at = flat(part)
        return bool(at.area >= SLIVER_M2 and 2 * at.area >= SLIVER_M * at.length)

    for k in np.flatnonzero(~shapely.is_valid(shapes)):
        shapes[k] = _valid(shapes[k], int(there[k]), area, notes)
    for k, at in enumerate(there):
        parts = [p for p in shapely.get_parts(shapes[k]) if p.geom_type == "Polygon"]
        large = [p for p in parts if wide(p)]
        if 0 < len(large) < len(parts):
            notes.note("sliver", Severity.FIX, f"had {len(parts) - len(large)} part(s) of no area, left out",
                      f"有{len(parts) - len(large)}个无面积的碎片,已略去", int(at))  # fmt: skip
        shapes[k] = large[0] if len(large) == 1 else shapely.MultiPolygon(large)
        if (whole := area(shapes[k])) < SMALLEST_M2:
            notes.note("no-area", Severity.STOP, f"has an area of {whole:,.1f} m2: less than a house",
                      f"面积仅{whole:,.1f}平方米", int(at))  # fmt: skip
    notes.settle()
    return shapes, there


def _valid(shape: Any, at: int, area: Callable[[Any], float], notes: LayerNotes) -> Any:
    """Mend one outline; ask where mending changes what it encloses."""
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0]
    whole = shape
    try:
        if reason == "Hole lies outside shell":
            whole = shapely.union_all([_holes_inside(p) for p in shapely.get_parts(shape)])
        made = _repaired(whole)
    except shapely.GEOSException:
        what = f"cannot be mended ({reason.lower()})"
        notes.note("outline-broken", Severity.STOP, what, "的边界无法修复", at)
        return shape
    before, after = area(whole), area(made)
    changed = f"{before:,.0f} m2 before, {after:,.0f} m2 after"
    zh = f"修复前{before:,.0f}平方米,修复后{after:,.0f}平方米"
    crossing = "self-intersection" in reason.lower() and after >= SMALLEST_M2
    if crossing and abs(after - before) > MOST_CHANGE * after:
        notes.note("self-crossing", Severity.STOP, f"crosses itself, so its area is not clear: {changed}",
                  f"的边界自相交,面积不明:{zh}", at)  # fmt: skip
    else:
        notes.note(
            "outline-mended",
            Severity.FIX,
            f"was mended ({reason.lower()}): {changed}",
            f"已修复:{zh}",
            at,
        )
    return made


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
