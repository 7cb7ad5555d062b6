"""A small made-up town with a finished plan, for tests of what is drawn, told and stored."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.testing import assert_frame_equal

from planner.errors import Finding, Severity
from planner.model.problem import Certificate, Part, Problem, RuleOutcome, Violation, ZoneRule
from planner.model.rules import RuleBook
from planner.model.tables import BASE_LAYERS, PlanTables

WGS84 = "EPSG:4326"
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


def _frame(columns: dict[str, Any], geometry: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=np.asarray(geometry, object), crs=WGS84)


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
    unit_walk = np.where(zone >= 0, walk[np.arange(n), zone], np.nan)
    fence_names = np.array([text("幸福社区"), text("矿工社区")], object)
    ids = np.array([text(f"M{c:03d}") for c in range(nc)], object)
    zone_id = np.append(ids, "")[zone]
    lon, lat = LON + xy[:, 0] * STEP_X, LAT + xy[:, 1] * STEP_Y
    unit_id = np.array([text(f"u{u:04d}") for u in range(n)], object)
    label = np.array([text(f"新村路{u // 2 + 1}号{u % 2 + 1}单元") for u in range(n)], object)
    moved_units = (rng.random(n) < 0.08) & (zone >= 0) & moved
    units = _frame(
        {
            "unit_id": unit_id,
            "label": label,
            "fence": fence_names[fence],
            "households": homes_of,
            "members": members_of,
            "load": homes_of.astype(float),
            "zone": zone_id,
            "walk_m": unit_walk,
            "access_m": np.full(n, 12.5),
            "moved": np.where(moved_units, homes_of, 0),
        },
        shapely.points(lon, lat),
    )
    homes = _homes(units, homes_of, zone, ids, text)
    gap_rows = np.flatnonzero(homes["gap"].to_numpy() != "")
    gaps = _frame(
        {
            **{
                c: homes[c].to_numpy(object)[gap_rows]
                for c in ("household_id", "unit_id", "fence", "zone")
            },
            "cause": homes["gap"].to_numpy(object)[gap_rows],
            "detail": np.array([text("距最近中心户 812 米")] * len(gap_rows), object),
        },
        homes.geometry.to_numpy()[gap_rows],
    )
    centres = _centres(units, zone, home, ids, fence_names[fence[home]])
    shapes = [
        shapely.union_all(
            shapely.box(
                *_corners(
                    [
                        (i + d, j)
                        for k, (i, j) in enumerate(cells)
                        for d in (0, 0.5)
                        if zone[2 * k + (d > 0)] == c
                    ],
                    0,
                    0,
                    0.5,
                    1,
                )
            )
        )
        for c in range(nc)
    ]
    names = ("households", "members", "walk_mean_m", "walk_max_m", "broken")
    zones = _frame(
        {
            "centre_id": ids,
            "number": np.arange(1, nc + 1),
            "fence": fence_names[fence[home]],
            **{c: centres[c].to_numpy() for c in names},
            "colour": _greedy(shapes),
            "gaps": gaps["zone"].value_counts().reindex(ids, fill_value=0).to_numpy(),
            "area_m2": np.full(nc, 9000.0),
        },
        shapes,
    )
    certificate, parts = _proof(problem, zone, homes_of, members_of, ids)
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
        "homes_moved": int(units["moved"].sum()) if moved else None,
        "islands": [],
        "synthetic": True,
    }
    return PlanTables(
        units=units,
        households=homes,
        members=_members(units, zone_id, members_of, home, ids, text),
        centres=centres,
        zones=zones,
        gaps=gaps,
        base=_base(boxes, nx, ny, fence_names, text),
        problem=problem,
        certificate=certificate,
        parts=parts,
        rules=RuleBook.profile(),
        findings=(
            Finding(
                "duplicate-id",
                Severity.HOLD,
                text("id appears twice"),
                text("编号重复"),
                text("keep one"),
                text("保留一行"),
                text("homes.xlsx"),
                text("居民户"),
                417,
                text("编号"),
            ),
            Finding(
                "full-width",
                Severity.FIX,
                text("full-width digits"),
                text("全角数字"),
                file="homes.xlsx",
            ),
        ),
        provenance={**given, **(provenance or {})},
    )


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


def _homes(
    units: gpd.GeoDataFrame, homes_of: Any, zone: Any, ids: Any, text: _Texts
) -> gpd.GeoDataFrame:
    at = np.repeat(np.arange(len(units)), homes_of)
    n = len(at) + 2
    unit = np.append(at, [-1, -1])
    walk = np.append(units["walk_m"].to_numpy(), np.nan)[unit]
    gap = np.full(n, "", object)
    gap[walk > 320] = "beyond_walk_limit"
    gap[np.append(zone, 0)[unit] == -1] = "no_walking_path"
    gap[unit == -1] = "address_not_found"
    gap[np.flatnonzero((gap == "") & (np.append(zone, -1)[unit] == 2))[:5]] = "zone_over_limit"
    now = np.append(ids, "")[np.append(zone, -1)[unit]]
    moved = np.append(units["moved"].to_numpy() > 0, False)[unit]
    columns = {
        "household_id": np.array([f"H{k:05d}" for k in range(n)], object),
        "unit_id": np.append(units["unit_id"].to_numpy(object), "")[unit],
        "fence": np.append(units["fence"].to_numpy(object), "")[unit],
        "zone": now,
        "walk_m": walk,
        "load": np.ones(n),
        "precision": np.array([text("doorplate") if u >= 0 else "none" for u in unit], object),
        "confidence": np.where(unit >= 0, 0.97, 0.0),
        "matched": np.append(units["label"].to_numpy(object), "")[unit],
        "gap": gap,
        "previous_zone": np.where(moved, ids[0], now),
        "moved": moved,
        "member": np.where(now == "", "", np.array([f"P{k % 40:04d}" for k in range(n)], object)),
        "member_walk_m": np.where(now == "", np.nan, 0.5 * walk),
    }
    points = np.append(units.geometry.to_numpy(), shapely.Point())[unit]
    return _frame(columns, points)


def _members(
    units: gpd.GeoDataFrame, zone_id: Any, members_of: Any, home: Any, ids: Any, text: _Texts
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
            "zone": zone_id[unit],
            "is_centre": is_centre,
            "precision": np.array([text("doorplate")] * len(unit), object),
            "matched": units["label"].to_numpy(object)[unit],
            "households": np.full(len(unit), 12),
        }
    )


def _centres(
    units: gpd.GeoDataFrame, zone: Any, home: Any, ids: Any, fence: Any
) -> gpd.GeoDataFrame:
    nc = len(home)
    homes, walk = units["households"].to_numpy(), units["walk_m"].to_numpy()
    members = np.array([units["members"].to_numpy()[zone == c].sum() for c in range(nc)])
    return _frame(
        {
            "centre_id": ids,
            "number": np.arange(1, nc + 1),
            "unit_id": units["unit_id"].to_numpy(object)[home],
            "fence": fence,
            "label": units["label"].to_numpy(object)[home],
            "households": np.array([homes[zone == c].sum() for c in range(nc)]),
            "members": members,
            "load": np.array([float(homes[zone == c].sum()) for c in range(nc)]),
            "walk_mean_m": np.round(
                [np.average(walk[zone == c], weights=homes[zone == c]) for c in range(nc)], 1
            ),
            "walk_p90_m": np.round([np.quantile(walk[zone == c], 0.9) for c in range(nc)], 1),
            "walk_max_m": np.round([walk[zone == c].max() for c in range(nc)], 1),
            "broken": np.where((members < 5) | (members > 10), "members_per_zone", "").astype(
                object
            ),
        },
        units.geometry.to_numpy()[home],
    )


def _greedy(shapes: list[Any]) -> Any:
    colour = np.full(len(shapes), -1)
    for c, shape in enumerate(shapes):
        used = {colour[d] for d in range(c) if shapely.distance(shape, shapes[d]) < 1e-9}
        colour[c] = min(set(range(len(shapes))) - used)
    return colour


def _proof(
    problem: Problem, zone: Any, homes_of: Any, members_of: Any, ids: Any
) -> tuple[Certificate, tuple[Part, ...]]:
    pair = problem.pairs_of(zone)
    pair = pair[pair >= 0]
    cost = float((problem.load[problem.pair_unit[pair]] * problem.walk_m[pair]).sum())
    penalty, change = (
        float(problem.penalty_m[pair].sum()) + 5000.0,
        float(problem.change_m[pair].sum()),
    )
    value = cost + penalty + change
    homes = np.array([homes_of[zone == c].sum() for c in range(len(ids))], float)
    members = np.array([members_of[zone == c].sum() for c in range(len(ids))], float)
    off = [(c, m) for c, m in enumerate(members) if not 5 <= m <= 10]
    certificate = Certificate(
        cost_m=cost,
        penalty_m=penalty,
        change_m=change,
        bound_m=value - 0.0041 * cost,
        rules=(
            RuleOutcome(
                "members_per_zone", 5.0, 10.0, float(members.min()), float(members.max()), len(off)
            ),
            RuleOutcome("households_per_member", 15.0, 25.0, 9.5, 24.0, 1),
            RuleOutcome(
                "households_per_zone", 75.0, 250.0, float(homes.min()), float(homes.max()), 0
            ),
            RuleOutcome("walk_m", None, 500.0, 0.0, float(problem.walk_m[pair].max()), 3),
        ),
        violations=tuple(
            Violation(
                "members_per_zone",
                c,
                float(m),
                10.0 if m > 10 else 5.0,
                abs(float(m) - (10.0 if m > 10 else 5.0)),
            )
            for c, m in off
        ),
        disconnected=(),
        unserved=1,
    )
    part = Part(
        problem.n_units, problem.n_centres, value, certificate.bound_m, cost, 0.0041, "zones", 12.25
    )
    return certificate, (part,)


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
        "fences": _frame({"fence": fences}, [h[0] for h in half]),
        "water": _frame(
            {"name": [text("瓦埠湖")]},
            [
                shapely.box(
                    LON - 3 * STEP_X, LAT - 3 * STEP_Y, LON + nx * STEP_X, LAT - 0.4 * STEP_Y
                )
            ],
        ),
        "green": _frame({"name": [text("人民公园")]}, [centre[nx + 2].buffer(0.0004)]),
        "rails": _frame({"name": [text("淮南线")]}, [line(-2, ny + 0.6, nx + 2, ny + 1.2)]),
        "streets": _frame(
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
        "buildings": _frame(
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
    return replace(tables, gaps=tables.gaps.iloc[:0].copy(), findings=())
