"""A small made-up town with a finished plan, for tests of what is drawn, told and stored."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields, replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.testing import assert_frame_equal

from planner.errors import Finding, Severity
from planner.model.audit import check
from planner.model.certificate import Certificate
from planner.model.plane import LocalProjection
from planner.model.problem import Part, Problem, Result, ZoneRule
from planner.model.rules import RuleBook
from planner.model.tables import BASE_LAYERS, PlanTables
from planner.plan.build import assemble
from planner.plan.frames import WGS84, geo_frame
from planner.plan.staffing import Walks
from planner.privacy import SEAL, Secrets

HOSTILE = (
    "<img src=x onerror=\"window.__pwned='img'\">",
    "</script><script>window.__pwned='script'</script>",
    "${window.__pwned='dollar'}",
    "`+(window.__pwned='tick')+`",
    "trailing backslash \\",
    "{{7*7}} {% raw %} {#x#}",
    "line\u2028and\u2029paragraph",
    "'\"&amp;<b>bold</b>",
    '<svg/onload="window.__pwned=1">',
    '=HYPERLINK("http://x.invalid","x")',
    "<!--<script>",
    "[link](javascript:alert(1)) | pipe **bold** # head",
)
LON, LAT, STEP_X, STEP_Y = 117.0200, 32.6200, 0.00107, 0.0009


def make_plan_tables(
    *,
    nx: int = 12,
    ny: int = 8,
    nc: int = 12,
    seed: int = 0,
    moved: bool = True,
    hostile: bool = False,
    provenance: dict[str, Any] | None = None,
) -> PlanTables:
    """Lay `nx` x `ny` blocks with two units each, `nc` centres, and a plan of nearest centres.

    Parameters
    ----------
    nx, ny, nc : int
        Blocks east and north; centres.
    seed : int
        Same seed, same town.
    moved : bool
        Whether the plan is a re-cut in which some homes change hands.
    hostile : bool
        Whether every text field carries a text that tries to run as script or formula.
    provenance : dict, optional
        Overrides.
    """
    asked = (nx, ny, nc, seed, moved, hostile)
    return pickle.loads(_kept(asked, json.dumps(provenance, sort_keys=True)))


@cache
def _kept(asked: tuple[int, int, int, int, bool, bool], provenance: str) -> bytes:
    """Lay each town once: whoever asks is given a copy of their own, to change as they like."""
    return pickle.dumps(_laid(*asked, json.loads(provenance)))


def _laid(
    nx: int, ny: int, nc: int, seed: int, moved: bool, hostile: bool, provenance: Any
) -> PlanTables:
    rng = np.random.default_rng(seed)
    text = _Texts(hostile)
    cells = [(i, j) for j in range(ny) for i in range(nx)]
    boxes = shapely.box(*_corners(cells, 0, 0, 1, 1))
    xy = np.array([(i + d, j + 0.5) for i, j in cells for d in (0.27, 0.73)])
    n = len(xy)
    homes_of = rng.integers(2, 16, n)
    homes_of[::17] = 1
    members_of = rng.multinomial(nc * 7, np.full(n, 1 / n))
    fence = np.where(xy[:, 0] < nx / 2, 0, 1)
    home = np.sort(rng.choice(n, nc, replace=False))
    members_of[home] = np.maximum(members_of[home], 1)
    metre = np.array([100.0, 100.0])
    walk = np.abs((xy[:, None, :] - xy[home][None, :, :]) * metre).sum(axis=2) + 12.5
    walk[home, np.arange(nc)] = 0.0
    allowed = fence[:, None] == fence[home][None, :]
    zone = np.where(allowed, walk, np.inf).argmin(axis=1)
    zone[n - 1] = -1
    problem = _problem(walk, allowed, homes_of, members_of, fence, home, xy)
    fence_names = np.array([text("幸福社区"), text("矿工社区")], object)
    ids = np.array([text(f"M{c:03d}") for c in range(nc)], object)
    lon, lat = LON + xy[:, 0] * STEP_X, LAT + xy[:, 1] * STEP_Y
    unit_id = np.array([text(f"u{u:04d}") for u in range(n)], object)
    label = np.array([text(f"新村路{u // 2 + 1}号{u % 2 + 1}单元") for u in range(n)], object)
    moved_units = (rng.random(n) < 0.08) & (zone >= 0) & moved
    units = geo_frame(
        {
            "unit_id": unit_id,
            "label": label,
            "building": np.array([text(f"新村路{u // 2 + 1}号") for u in range(n)], object),
            "building_id": np.array([f"B{u // 2 + 1:05d}" for u in range(n)], object),
            "fence": fence_names[fence],
            "households": homes_of,
            "members": members_of,
            "load": homes_of.astype(float),
            "zone": np.full(n, "", object),
            "walk_m": np.full(n, np.nan),
            "access_m": np.full(n, 12.5),
            "moved": np.zeros(n, int),
        },
        shapely.points(lon, lat),
    )
    before = np.where(moved_units, ids[0], np.append(ids, "")[zone])
    homes = _homes(units, homes_of, before, text)
    centres = _centres(units, home, ids, fence_names[fence[home]])
    given = {
        "title": text("示例街道 · 党员中心户责任区"),
        "created": "2026-05-18",
        "data_date": "2026-04-02",
        "attribution": text("© OpenStreetMap contributors, ODbL"),
        "network": text("streets") if hostile else "streets",
        "seed": 0,
        "versions": {"zone-planner": "0.1.0", "python": "3.11"},
        "inputs": {"households.xlsx": "ab" * 32},
        "seconds": {"read": 0.4, "zones": 12.5},
        "stopped": "gap",
        "previous": "cd" * 32 if moved else None,
        "move_price_m": 200.0 if moved else None,
        "homes_moved": 0 if moved else None,
        "pieces": [],
        "synthetic": True,
        # nobody lives here, and the plan knows it
        SEAL: Secrets({}).seal(),
    }
    draft = PlanTables(
        units=units,
        households=homes,
        members=_members(units, members_of, home, ids, text),
        centres=centres,
        zones=_blank_zones(centres),
        gaps=_unfound(homes, text),
        base=_base(boxes, nx, ny, fence_names, text),
        problem=problem,
        certificate=check(problem, Result(zone, 0.0)),
        parts=(),
        rules=RuleBook.profile(),
        findings=_findings(text),
        provenance={**given, **(provenance or {})},
    )
    certificate = check(problem, Result(zone, 0.0))
    bound = certificate.value_m - 0.0041 * certificate.cost_m
    certificate = replace(certificate, bound_m=bound)
    part = Part(n, nc, certificate.value_m, bound, certificate.cost_m, 0.0041, "zones", 12.25)
    made = assemble(draft, Result(zone, bound, (part,)), certificate, _Blocks(cells, xy, walk))
    return made if not hostile else _with_hostile_details(made, text)


class _Blocks:
    """The terrain of the town: walks along blocks, and zones made of whole halves of blocks."""

    floors = None

    def __init__(self, cells: Any, xy: Any, walk: Any) -> None:
        self.cells, self.xy, self.walk = cells, xy, walk
        self.plane = LocalProjection.around(LON + xy[:, 0] * STEP_X, LAT + xy[:, 1] * STEP_Y)

    def walks(self, assignment: Any) -> Walks:
        """Measure along the blocks."""
        at = np.arange(len(assignment))
        own = np.where(assignment >= 0, self.walk[at, assignment], np.nan)
        apart = 100.0 * np.abs(self.xy[:, None] - self.xy[None]).sum(axis=2)
        return Walks(own, lambda units, homes: apart[np.ix_(units, homes)])

    def shapes(self, assignment: Any, touched: Any) -> Any:
        """Join the halves of blocks."""
        half = [(i + d, j) for i, j in self.cells for d in (0, 0.5)]
        boxes = shapely.box(*_corners(half, 0, 0, 0.5, 1))
        joined = [shapely.union_all(boxes[assignment == c]) for c in touched]
        return gpd.GeoSeries(joined, crs=WGS84).to_crs(self.plane.crs).to_numpy()


def _findings(text: _Texts) -> tuple[Finding, ...]:
    twice = ("id appears twice", "编号重复", "keep one", "保留一行", "homes.xlsx", "居民户")
    wide = ("full-width digits", "全角数字")
    return (
        Finding("duplicate-id", Severity.HOLD, *map(text, twice), 417, text("编号")),
        Finding("full-width", Severity.FIX, *map(text, wide), file="homes.xlsx"),
    )


def _unfound(homes: gpd.GeoDataFrame, text: _Texts) -> gpd.GeoDataFrame:
    lost = homes[homes["gap"] != ""]
    names = ("household_id", "unit_id", "fence", "zone")
    columns = {name: lost[name].to_numpy(object) for name in names}
    columns["cause"] = lost["gap"].to_numpy(object)
    columns["detail"] = np.array([text("距最近中心户 812 米")] * len(lost), object)
    return geo_frame(columns, lost.geometry.to_numpy())


def _with_hostile_details(made: PlanTables, text: _Texts) -> PlanTables:
    detail = np.array([text(d) for d in made.gaps["detail"]], object)
    return replace(made, gaps=made.gaps.assign(detail=detail))


def _blank_zones(centres: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = ("centre_id", "number", "fence", "households", "members", "walk_mean_m", "walk_max_m")
    columns: dict[str, Any] = {name: centres[name].to_numpy() for name in (*names, "broken")}
    columns |= {"colour": -1, "gaps": 0, "area_m2": 0.0}
    return geo_frame(columns, np.full(len(centres), shapely.MultiPolygon(), dtype=object))


class _Texts:
    """Hand out each plain text, or the same with a hostile one behind it."""

    def __init__(self, hostile: bool) -> None:
        self.hostile, self.count = hostile, 0

    def __call__(self, plain: str) -> str:
        self.count += 1
        return f"{plain}{HOSTILE[self.count % len(HOSTILE)]}" if self.hostile else plain


def _corners(cells: Any, x0: float, y0: float, x1: float, y1: float) -> tuple[Any, ...]:
    i, j = np.array(cells, float).reshape(-1, 2).T
    return (
        LON + (i + x0) * STEP_X,
        LAT + (j + y0) * STEP_Y,
        LON + (i + x1) * STEP_X,
        LAT + (j + y1) * STEP_Y,
    )


def _problem(
    walk: Any, allowed: Any, homes_of: Any, members_of: Any, fence: Any, home: Any, xy: Any
) -> Problem:
    near = np.abs(xy[:, None] - xy[None]).max(axis=2) <= 1.0
    edges = np.argwhere(np.triu(near & (fence[:, None] == fence[None]), 1))
    unit, centre = np.nonzero(allowed)
    over = np.maximum(walk[unit, centre] - 500, 0) * 2 * homes_of[unit]
    return Problem(
        load=homes_of.astype(float),
        households=homes_of,
        home=home,
        pair_start=np.append(0, np.cumsum(allowed.sum(axis=1))),
        pair_centre=centre,
        walk_m=walk[unit, centre],
        adjacency=edges,
        penalty_m=over,
        change_m=np.where(centre % 3 == 0, 0.0, 200.0 / 3),
        rules=(
            ZoneRule("members_per_zone", members_of, 5, 10, price_m=5000),
            ZoneRule("households_per_member", homes_of, 15, 25, per=members_of),
            ZoneRule("households_per_zone", homes_of, 75, 250),
        ),
        fence=fence,
    )


def _homes(units: gpd.GeoDataFrame, homes_of: Any, before: Any, text: _Texts) -> gpd.GeoDataFrame:
    at = np.repeat(np.arange(len(units)), homes_of)
    n = len(at) + 2
    unit = np.append(at, [-1, -1])
    columns = {
        "household_id": np.array([f"H{k:05d}" for k in range(n)], object),
        "unit_id": np.append(units["unit_id"].to_numpy(object), "")[unit],
        "fence": np.append(units["fence"].to_numpy(object), "")[unit],
        "zone": np.full(n, "", object),
        "walk_m": np.full(n, np.nan),
        "load": np.ones(n),
        "precision": np.array([text("doorplate") if u >= 0 else "none" for u in unit], object),
        "confidence": np.where(unit >= 0, 0.97, 0.0),
        "matched": np.append(units["label"].to_numpy(object), "")[unit],
        "gap": np.where(unit >= 0, "", "address_not_found").astype(object),
        "previous_zone": np.append(before, "").astype(object)[unit],
        "moved": np.zeros(n, bool),
        "member": np.full(n, "", object),
        "member_walk_m": np.full(n, np.nan),
    }
    points = np.append(units.geometry.to_numpy(), shapely.Point())[unit]
    return geo_frame(columns, points)


def _members(
    units: gpd.GeoDataFrame, members_of: Any, home: Any, ids: Any, text: _Texts
) -> pd.DataFrame:
    unit = np.repeat(np.arange(len(units)), members_of)
    first = np.append(True, unit[1:] != unit[:-1])
    centre_of = dict(zip(home, ids, strict=True))
    is_centre = np.array([f and u in centre_of for f, u in zip(first, unit, strict=True)])
    member = [
        centre_of[u] if c else f"P{k:04d}"
        for k, (u, c) in enumerate(zip(unit, is_centre, strict=True))
    ]
    return pd.DataFrame(
        {
            "member_id": np.array(member, object),
            "unit_id": units["unit_id"].to_numpy(object)[unit],
            "fence": units["fence"].to_numpy(object)[unit],
            "zone": np.full(len(unit), "", object),
            "is_centre": is_centre,
            "precision": np.array([text("doorplate")] * len(unit), object),
            "matched": units["label"].to_numpy(object)[unit],
            "households": np.zeros(len(unit), int),
        }
    )


def _centres(units: gpd.GeoDataFrame, home: Any, ids: Any, fence: Any) -> gpd.GeoDataFrame:
    nc = len(home)
    blank = ("walk_mean_m", "walk_p90_m", "walk_max_m")
    columns = {
        "centre_id": ids,
        "number": np.arange(1, nc + 1),
        "unit_id": units["unit_id"].to_numpy(object)[home],
        "fence": fence,
        "label": units["label"].to_numpy(object)[home],
        "households": np.zeros(nc, int),
        "members": np.zeros(nc, int),
        "load": np.zeros(nc),
        **{name: np.zeros(nc) for name in blank},
        "broken": np.full(nc, "", object),
    }
    return geo_frame(columns, units.geometry.to_numpy()[home])


def _base(boxes: Any, nx: int, ny: int, fences: Any, text: _Texts) -> dict[str, gpd.GeoDataFrame]:
    def line(x0: float, y0: float, x1: float, y1: float) -> Any:
        return shapely.LineString(
            [(LON + x0 * STEP_X, LAT + y0 * STEP_Y), (LON + x1 * STEP_X, LAT + y1 * STEP_Y)]
        )

    streets = [line(i, 0, i, ny) for i in range(nx + 1)] + [
        line(0, j, nx, j) for j in range(ny + 1)
    ]
    centre = [shapely.centroid(b) for b in boxes]
    half = [shapely.box(*_corners([(s, 0)], 0, 0, nx / 2, ny)) for s in (0, nx / 2)]
    layers: dict[str, gpd.GeoDataFrame] = {
        "fences": geo_frame({"fence": fences}, [h[0] for h in half]),
        "water": geo_frame(
            {"name": [text("瓦埠湖")]},
            [
                shapely.box(
                    LON - 3 * STEP_X, LAT - 3 * STEP_Y, LON + nx * STEP_X, LAT - 0.4 * STEP_Y
                )
            ],
        ),
        "green": geo_frame({"name": [text("人民公园")]}, [centre[nx + 2].buffer(0.0004)]),
        "rails": geo_frame({"name": [text("淮南线")]}, [line(-2, ny + 0.6, nx + 2, ny + 1.2)]),
        "streets": geo_frame(
            {
                "name": np.array([text(f"新村{k + 1}路") for k in range(len(streets))], object),
                "highway": np.array(
                    ["primary" if k % 5 == 0 else "residential" for k in range(len(streets))],
                    object,
                ),
                "walkable": np.ones(len(streets), bool),
            },
            streets,
        ),
        "buildings": geo_frame(
            {
                "name": np.full(len(boxes), "", object),
                "street": np.array([text("新村路")] * len(boxes), object),
                "number": np.array([str(k + 1) for k in range(len(boxes))], object),
            },
            [c.buffer(0.00028, cap_style="square") for c in centre],
        ),
    }
    return {name: layers[name] for name in BASE_LAYERS}


def plans_equal(one: PlanTables, other: PlanTables) -> None:
    """Fail with the difference unless two plans are equal in every table, number and note."""
    for name in ("units", "households", "members", "centres", "zones", "gaps"):
        _frames_equal(getattr(one, name), getattr(other, name))
    assert list(one.base) == list(other.base)
    for name in one.base:
        _frames_equal(one.base[name], other.base[name])
    assert one.problem.fingerprint() == other.problem.fingerprint()
    np.testing.assert_array_equal(one.problem.change_m, other.problem.change_m)
    assert one.problem.unserved_m == other.problem.unserved_m
    for f in fields(Certificate):
        assert getattr(one.certificate, f.name) == getattr(other.certificate, f.name), f.name
    assert one.parts == other.parts
    assert one.rules == other.rules
    assert one.findings == other.findings
    assert dict(one.provenance) == dict(other.provenance)


def _frames_equal(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, gpd.GeoDataFrame):
        assert one.crs == other.crs
        assert (
            shapely.to_wkb(one.geometry.to_numpy()).tolist()
            == shapely.to_wkb(other.geometry.to_numpy()).tolist()
        )
        assert list(one.columns) == list(other.columns)
        one, other = (
            pd.DataFrame(one.drop(columns="geometry")),
            pd.DataFrame(other.drop(columns="geometry")),
        )
    assert_frame_equal(one, other)


def without_gaps(tables: PlanTables) -> PlanTables:
    """Give the same plan with no gap and nothing moved: tables may be empty."""
    zones = tables.zones.assign(gaps=0)
    return replace(tables, gaps=tables.gaps.iloc[:0].copy(), zones=zones, findings=())


def unproven(tables: PlanTables) -> PlanTables:
    """Give the same plan with nothing proven of it: its bound of old is made up."""
    return replace(tables, certificate=replace(tables.certificate, bound_m=0.0))
