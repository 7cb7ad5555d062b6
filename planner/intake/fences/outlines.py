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

    def told(
        self, severity: Severity, code: str, what: str, zh: str, at: int | None = None,
        remedy: tuple[str, str] = ("", ""),
    ) -> Finding:  # fmt: skip
        """Say what was noticed, of one feature or of the layer."""
        if at is not None:
            own = f" ({self.names[at]})" if at < len(self.names) and self.names[at] else ""
            what, zh = f"feature {at + 1}{own} {what}", f"第{at + 1}个要素{own}{zh}"
        if severity is Severity.STOP and not any(remedy):
            remedy = REMEDY
        return Finding(code, severity, what, zh, *remedy, file=self.file, sheet=self.layer)

    def settle(self, said: Sequence[Finding]) -> None:
        """Refuse the file if anything that was noticed must be mended first.

        Raises
        ------
        SchemaError
            With all faults, not only the first.
        """
        if stops := [f for f in said if f.severity is Severity.STOP]:
            raise SchemaError(
                f"{self.file} cannot be used as fences",
                findings=stops,
                zh=f"{self.file} 不能用作边界",
            )


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
    said = [layer.told(*fault, at) for at, fault in enumerate(faults) if fault]
    kept = [at for at, fault in enumerate(faults) if not fault]
    if not kept and not any(f.severity is Severity.STOP for f in said):
        what, zh = "the layer holds no polygons", "图层中没有面"
        said.append(layer.told(Severity.STOP, "no-polygons", what, zh))
    layer.settle(said)
    flat = shapely.force_2d(shapes[kept])
    if shapely.has_z(shapes[kept]).any():
        what, zh = "heights of vertices were left out", "已略去高程"
        said.append(layer.told(Severity.FIX, "heights", what, zh))
    thin = np.array([_thinned(shape) for shape in flat], object)
    repeated = int(
        shapely.get_num_coordinates(flat).sum() - shapely.get_num_coordinates(thin).sum()
    )
    if repeated:
        what, zh = f"{repeated} repeated vertices were taken out", f"已去除{repeated}个重复顶点"
        said.append(layer.told(Severity.FIX, "repeated-vertices", what, zh))
    return thin, np.array(kept), said


def _fault(shape: Any) -> tuple[Severity, str, str, str] | None:
    """Say why a feature is no outline of a fence."""
    if shape is None or shape.is_empty:
        return Severity.HOLD, "no-geometry", "has no outline and was left out", "没有图形,已略去"
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        mixed = shape.geom_type == "GeometryCollection"
        kind = "a mixture of shapes" if mixed else f"a {shape.geom_type}"
        return Severity.STOP, "not-a-polygon", f"is {kind}, not a polygon", "不是面"
    bad = np.flatnonzero(~np.isfinite(shapely.get_coordinates(shape)).all(axis=1))
    if len(bad):
        n = bad[0] + 1
        what = f"has a vertex without numbers: vertex {n}"
        return Severity.STOP, "bad-vertex", what, f"第{n}个顶点不是数字"
    return None


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

    def refuse(code: str, what: str, zh: str) -> None:
        layer.settle([layer.told(Severity.STOP, code, what, zh)])

    shapes, said = _axes_right(shapes, crs, layer)
    west, south, east, north = shapely.total_bounds(shapes)
    across, up = max(abs(west), abs(east)), max(abs(south), abs(north))
    if crs.is_geographic and (across > 180 or up > 90):
        likely = likely_crs(max(abs(east), abs(north)), min(abs(east), abs(north)))
        what = (
            f"the layer says degrees ({crs.name}), but its values reach {max(across, up):,.0f}; "
            f"likely {likely}"
        )
        refuse("crs-contradicted", what, "图层声明为经纬度,数值却是米")
    elif not crs.is_geographic and across <= 180 and up <= 90:
        what = f"the layer says metres ({crs.name}), but its values are degrees"
        refuse("crs-contradicted", what, "图层声明为米制,数值却是经纬度")
    middle = (west + east) / 2, (south + north) / 2
    turned = gpd.GeoSeries(shapes, crs=crs).to_crs("EPSG:4326")
    west, south, east, north = turned.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        what = f"values lie where {crs.name} does not reach"
        refuse("crs-contradicted", what, "数值超出坐标系范围")
    elif east - west > 180 or max(abs(south), abs(north)) > POLAR_DEG:
        what = "the fences cross the 180th meridian or lie at a pole, which is not supported"
        refuse("not-supported", what, "边界跨越180度经线或位于极地,不支持")
    if crs.to_epsg() == 4326:
        return np.asarray(turned.to_numpy()), said
    what, zh = f"converted from {crs.name} to WGS-84", f"已由{crs.name}转换为WGS-84"
    said.append(layer.told(Severity.FIX, "reprojected", what, zh))
    if _is_ballpark(crs, *middle):
        what = (
            f"no transformation from {crs.name} to WGS-84 is known here: its numbers were taken as they "
            "are, and the fences may lie up to 100 m off"
        )
        zh = f"此处没有{crs.name}到WGS-84的转换参数，数值按原样采用，边界可能偏移达100米"
        remedy = (
            "convert the fences to CGCS2000 with the local parameters, and hand them in so",
            "请用本地转换参数将边界转为CGCS2000后提供",
        )
        said.append(layer.told(Severity.WARN, "ballpark", what, zh, remedy=remedy))
    return np.asarray(turned.to_numpy()), said


def _axes_right(shapes: NDArray[Any], crs: Any, layer: Layer) -> tuple[NDArray[Any], list[Finding]]:
    """Put latitude before longitude right where only that makes the values degrees."""
    west, south, east, north = shapely.total_bounds(shapes)
    swapped = (
        crs.is_geographic and max(abs(west), abs(east)) <= 90 < max(abs(south), abs(north)) <= 180
    )
    if not swapped:
        return shapes, []
    what, zh = "latitude and longitude were swapped and were put right", "经纬度颠倒，已更正"
    turned = shapely.transform(shapes, lambda c: c[:, ::-1])
    return turned, [layer.told(Severity.FIX, "swapped-axes", what, zh)]


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
        shapes[k], told = _valid(shapes[k], area)
        said.append(layer.told(*told, int(there[k])))
    for k, at in enumerate(map(int, there)):
        parts = [p for p in shapely.get_parts(shapes[k]) if p.geom_type == "Polygon"]
        large = [p for p in parts if wide(p)]
        drawn = flat(shapes[k])
        if 0 < len(large) < len(parts):
            n = len(parts) - len(large)
            what, zh = f"had {n} part(s) of no area, left out", f"有{n}个无面积的碎片,已略去"
            said.append(layer.told(Severity.FIX, "sliver", what, zh, at))
        shapes[k] = large[0] if len(large) == 1 else shapely.MultiPolygon(large)
        if area(shapes[k]) < SMALLEST_M2:
            slivers.append(k)
            width = 2 * drawn.area / drawn.length if drawn.length else 0.0
            what = (
                f"has an area of {drawn.area:,.1f} m2 and is {width:,.1f} m wide: no land; left out"
            )
            zh = f"面积{drawn.area:,.1f}平方米、宽约{width:,.1f}米,不成地块,已略去"
            said.append(layer.told(Severity.HOLD, "no-area", what, zh, at, remedy=REMEDY))
    if len(slivers) == len(shapes):
        said = [replace(f, severity=Severity.STOP) if f.code == "no-area" else f for f in said]
    layer.settle(said)
    kept = np.setdiff1d(np.arange(len(shapes)), slivers)
    return shapes[kept], there[kept], said


def _valid(shape: Any, area: Callable[[Any], float]) -> tuple[Any, tuple[Severity, str, str, str]]:
    """Mend one outline; ask where mending changes what it encloses."""
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0]
    why = reason.lower()
    whole = shape
    try:
        if reason == "Hole lies outside shell":
            whole = shapely.union_all([_holes_inside(p) for p in shapely.get_parts(shape)])
        made = _repaired(whole)
    except shapely.GEOSException:
        return shape, (
            Severity.STOP,
            "outline-broken",
            f"cannot be mended ({why})",
            "的边界无法修复",
        )
    before, after = area(whole), area(made)
    changed = f"{before:,.0f} m2 before, {after:,.0f} m2 after"
    zh = f"修复前{before:,.0f}平方米,修复后{after:,.0f}平方米"
    crossing = "self-intersection" in why and after >= SMALLEST_M2
    if crossing and abs(after - before) > MOST_CHANGE * after:
        what = f"crosses itself, so its area is not clear: {changed}"
        return made, (Severity.STOP, "self-crossing", what, f"的边界自相交,面积不明:{zh}")
    return made, (Severity.FIX, "outline-mended", f"was mended ({why}): {changed}", f"已修复:{zh}")


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
