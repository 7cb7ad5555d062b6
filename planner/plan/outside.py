"""Plans of other solvers: an assignment from elsewhere becomes a plan, audited as one's own.

Where the problem is that of a plan its tables are taken; one that came from tables has those of its numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.errors import InputError
from planner.model.arrays import Floats, Ints
from planner.model.audit import audit
from planner.model.plane import LocalProjection
from planner.model.problem import Problem, Result
from planner.model.rules import RuleBook, WalkLimit
from planner.model.tables import BASE_LAYERS, PlanTables
from planner.plan.build import assemble
from planner.plan.draft import LAYER_COLUMNS
from planner.plan.frames import WGS84, geo_frame, points_at
from planner.plan.kept import Kept
from planner.plan.shapes.cells import dissolve, distinct_points, voronoi_cells
from planner.plan.staffing import Walks

__all__ = ["from_outside"]

AROUND_M = 60.0


def from_outside(
    problem: Problem,
    assignment: Any,
    tables: PlanTables | None = None,
    *,
    units: pd.DataFrame | None = None,
    centres: pd.DataFrame | None = None,
    bound_m: float | None = None,
) -> PlanTables:
    """Make a plan of an assignment, whoever found it; nothing of it is believed.

    `tables`: a plan of the same problem, whose people and shapes are taken.
    `units`, `centres`: the tables of `Problem.from_frames`, for ids, and for places (``lon, lat`` or points).
    `bound_m`: what is proven of any plan of the problem; that of `tables`, else nothing.
    Raises `InputError`: it is no assignment of this problem.
    """
    if tables is not None and tables.problem.fingerprint() != problem.fingerprint():
        raise _unclear("the plan is that of another problem", "方案与问题不符")
    draft = _bare(problem, units, centres) if tables is None else tables
    chosen = _positions(draft, assignment)
    proven = 0.0 if tables is None else tables.certificate.bound_m
    proven = proven if bound_m is None else float(bound_m)
    try:
        certificate = audit(problem, chosen, proven)
    except ValueError as error:
        raise _unclear(str(error), "有单元被分给不能服务它的中心户") from None
    result = Result(chosen.astype(np.int32), proven, (), stopped="")
    terrain = Kept(tables) if tables is not None else _Points(draft)
    made = assemble(draft, result, certificate, terrain)
    note = {**made.provenance, "outside": True, "stopped": ""}
    return replace(made, provenance=note)


def _unclear(why: str, why_zh: str) -> InputError:
    return InputError.of("assignment-unclear", why=why, why_zh=why_zh)


def _positions(tables: PlanTables, assignment: Any) -> Ints:
    """Read an assignment: positions in order, or ids of centres by ids of units."""
    given: Any = assignment
    if isinstance(given, dict):
        given = pd.Series(given)
    if isinstance(given, pd.DataFrame):
        if not {"unit", "centre"} <= set(given.columns):
            raise _unclear("columns unit and centre are needed", "需要 unit、centre 两列")
        given = given.set_index("unit")["centre"]
    n, centres = len(tables.units), tables.centres["centre_id"].tolist()
    if isinstance(given, pd.Series) and given.dtype.kind not in "iu":
        by_unit = given.rename(index=str)
        if not by_unit.index.is_unique:
            raise _unclear("a unit stands twice", "有单元重复")
        at = {centre: k for k, centre in enumerate(centres)}
        told = by_unit.reindex(tables.units["unit_id"]).tolist()
        named = ["" if v is None or v != v else str(v) for v in told]
        if strangers := [v for v in named if v and v not in at]:
            n, some = len(strangers), "centres that it does not know"
            raise _unclear(f"{n} units have {some}", f"有 {n} 个单元的中心户不存在")
        return np.array([at.get(v, -1) for v in named], np.int64)
    found = np.asarray(given)
    if found.shape != (n,) or found.dtype.kind not in "iuf" or (found != np.rint(found)).any():
        raise _unclear(f"{n} whole numbers are needed", f"需要 {n} 个整数")
    chosen = found.astype(np.int64)
    if len(chosen) and not (-1 <= chosen.min() <= chosen.max() < len(centres)):
        raise _unclear("a position is out of range", "位置超出范围")
    return chosen


def _bare(problem: Problem, units: Any, centres: Any) -> PlanTables:
    """Lay out the tables of a problem that has numbers alone: each household by itself, without a name."""
    unit_id = _ids(units, "unit", problem.n_units, "u")
    centre_id = _ids(centres, "centre", problem.n_centres, "c")
    places = _places(units, problem.n_units)
    fence = np.array([str(f) for f in problem.fence], object)
    if units is not None and "fence" in units:
        fence = units["fence"].astype(str).to_numpy(object)
    members = np.bincount(problem.home, minlength=problem.n_units)
    blank = np.full(problem.n_units, "", object)
    frame = geo_frame(
        {
            "unit_id": unit_id, "label": blank, "building": blank, "fence": fence,
            "households": problem.households, "members": members, "load": problem.load,
            "zone": blank, "walk_m": np.nan, "access_m": 0.0, "moved": 0,
        },
        places,
    )  # fmt: skip
    homes = _homes(frame, problem)
    home = problem.home
    people = pd.DataFrame(
        {
            "member_id": centre_id, "unit_id": unit_id[home], "fence": fence[home], "zone": "",
            "is_centre": True, "precision": "given", "matched": "", "households": 0,
        }
    )  # fmt: skip
    own = geo_frame(
        {
            "centre_id": centre_id, "number": np.arange(1, len(home) + 1), "unit_id": unit_id[home],
            "fence": fence[home], "label": "", "households": 0, "members": 0, "load": 0.0,
            "walk_mean_m": 0.0, "walk_p90_m": 0.0, "walk_max_m": 0.0, "broken": "",
        },
        places[home],
    )  # fmt: skip
    base = {
        name: geo_frame({column: [] for column in LAYER_COLUMNS.get(name, ["name"])}, [])
        for name in BASE_LAYERS
    }
    limit = max(float(problem.walk_m.max(initial=0.0)), 1.0)
    nobody = audit(problem, np.full(problem.n_units, -1), 0.0)
    none = homes.iloc[:0].pipe(_gaps)
    return PlanTables(
        units=frame,
        households=homes,
        members=people,
        centres=own,
        zones=_undrawn(own),
        gaps=none,
        base=base,
        problem=problem,
        certificate=nobody,
        parts=(),
        # no walk of the problem is too long: what is too far for it has no pair
        rules=RuleBook(name="outside", walk=WalkLimit(limit_m=limit)),
        provenance={"title": "", "network": "given", "attribution": "", "synthetic": False},
    )


def _undrawn(centres: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a zone to each centre, without a shape."""
    names = ["centre_id", "number", "fence", "households", "members"]
    names += ["walk_mean_m", "walk_max_m", "broken"]
    columns = {name: centres[name].to_numpy() for name in names}
    shapes = np.full(len(centres), shapely.MultiPolygon(), dtype=object)
    return geo_frame(columns | {"colour": -1, "gaps": 0, "area_m2": 0.0}, shapes)


def _ids(table: Any, column: str, n: int, letter: str) -> NDArray[np.object_]:
    if table is None:
        return np.array([f"{letter}{k}" for k in range(n)], object)
    ids = np.array([str(v) for v in table[column]], object)
    if len(ids) != n or len(set(ids.tolist())) != n:
        raise _unclear(f"{n} ids are needed under {column}", f"{column} 列需有 {n} 个编号")
    return ids


def _places(units: Any, n: int) -> NDArray[Any]:
    if isinstance(units, gpd.GeoDataFrame) and units.crs is not None:
        # a point inside each: units may be outlines
        there: NDArray[Any] = units.geometry.to_crs(WGS84).representative_point().to_numpy()
        return there
    if units is not None and {"lon", "lat"} <= set(units.columns):
        return points_at(units["lon"], units["lat"])
    return np.full(n, shapely.Point(), dtype=object)


def _homes(units: gpd.GeoDataFrame, problem: Problem) -> gpd.GeoDataFrame:
    unit = np.repeat(np.arange(problem.n_units), problem.households)
    nth = np.arange(len(unit)) - np.repeat(
        np.cumsum(problem.households) - problem.households, problem.households
    )
    names = units["unit_id"].to_numpy(object)[unit]
    each = np.where(problem.households > 0, problem.load / np.maximum(problem.households, 1), 0.0)
    columns: dict[str, Any] = {
        "household_id": np.array([f"{u}-{k + 1}" for u, k in zip(names, nth, strict=True)], object),
        "unit_id": names, "fence": units["fence"].to_numpy(object)[unit], "zone": "", "walk_m": np.nan,
        "load": each[unit], "precision": "given", "confidence": 1.0, "matched": "", "gap": "",
        "previous_zone": "", "moved": False, "member": "", "member_walk_m": np.nan,
    }  # fmt: skip
    return geo_frame(columns, units.geometry.to_numpy()[unit])


def _gaps(homes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns = {n: homes[n].to_numpy(object) for n in ("household_id", "unit_id", "fence", "zone")}
    return geo_frame(columns | {"cause": [], "detail": []}, homes.geometry.to_numpy())


class _Points:
    """The terrain of units that are points: zones are the ground nearest to them."""

    floors: Floats | None = None

    def __init__(self, tables: PlanTables) -> None:
        self.problem = tables.problem
        at = tables.units.geometry
        self.placed = not bool(at.is_empty.all())
        lon, lat = at.x.to_numpy(), at.y.to_numpy()
        self.plane = LocalProjection.around(lon, lat) if self.placed else LocalProjection(0.0, 0.0)
        self.xy = self.plane.to_xy_or_nan(lon, lat)

    def walks(self, assignment: Ints) -> Walks:
        """Measure by way of the centre: nothing else was given."""
        unknown = lambda units, homes: np.full((len(units), len(homes)), np.nan)  # noqa: E731
        return Walks.of(self.problem, assignment, unknown)

    def shapes(self, assignment: Ints, touched: Ints) -> NDArray[Any]:
        """Join the cells of the units of each zone."""
        if not self.placed:
            return np.full(len(touched), shapely.MultiPolygon(), dtype=object)
        spots, zone = distinct_points(self.xy, assignment)
        cells = voronoi_cells(spots, AROUND_M)
        return dissolve(cells, zone, self.problem.n_centres)[touched]
