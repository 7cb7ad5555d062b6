"""A town of a grid, a yard behind a gate, and a hamlet: synthetic, and small enough to walk by hand."""

from __future__ import annotations

import json
import pickle
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from planner.api.opening import Opened, open_project
from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.zone import run
from planner.model.plane import LocalProjection
from planner.model.project import Project
from planner.plan.care.onstreets import OnStreets, on_streets

__all__ = ["PLANE", "care_town", "ground_of", "write_care_town"]

PLANE = LocalProjection(117.0, 32.6)
STEP = 100.0
COLUMNS, ROWS = 9, 5
_HELD = tempfile.TemporaryDirectory(prefix="care-town-")
CARE = ("独居老人", "残疾", "", "大病", "", "留守儿童", "", "")


def write_care_town(folder: Path, more: str = "") -> Path:
    """Write sheets, streets and a project file.

    Homes stand along a grid of 900 x 500 m; ten of them in a yard whose only street meets the grid at a shut
    gate; eight in a hamlet 900 m down the road, where no member lives; one address nowhere.
    """
    streets = _streets()
    (folder / "streets.geojson").write_text(json.dumps(streets), "utf-8")
    (folder / "gates.csv").write_text(
        "名称,起点经度,起点纬度\n院门," + _degrees(450, 520) + "\n", "utf-8"
    )
    rng = np.random.default_rng(7)
    homes = ["编号,地址,经度,纬度,关爱对象"]
    spots = [(float(x), float(y)) for x in range(20, 900, 40) for y in (0, 200, 400)]
    spots += [(452.0, 530.0 + 8 * k) for k in range(10)]
    spots += [(1700.0 + 5 * k, 202.0) for k in range(8)]
    for n, spot in enumerate(spots):
        care = CARE[int(rng.integers(len(CARE)))]
        homes.append(f"H{n:03d},,{_degrees(*spot)},{care}")
    homes.append("H900,无名路9号,,,")
    (folder / "homes.csv").write_text("\n".join(homes) + "\n", "utf-8")
    people = ["编号,地址,经度,纬度,是否中心户"]
    seats = [(100.0, 3.0), (500.0, 303.0), (780.0, 403.0)]
    seats += [(float(x), 203.0) for x in (60, 220, 380, 620, 740, 860)]
    for n, seat in enumerate(seats):
        people.append(f"M{n},,{_degrees(*seat)},{'是' if n < 3 else '否'}")
    (folder / "members.csv").write_text("\n".join(people) + "\n", "utf-8")
    project = folder / "planner.toml"
    project.write_text(
        """[inputs]
households = "homes.csv"
members = "members.csv"
streets = "streets.geojson"
barriers = "gates.csv"
cache = false
[rules]
members_per_zone = { low = 1, high = 6 }
households_per_member = { low = 1, high = 25 }
households_per_zone = { low = 4, high = 60 }
walk = { limit_m = 400 }
[search]
seconds = 2
advice_seconds = 0
[outputs]
title = "合成示例镇"
"""
        + more,
        "utf-8",
    )
    return project


def _degrees(x: float, y: float) -> str:
    lon, lat = PLANE.to_lon_lat(np.array([[x, y]]))[0]
    return f"{lon:.7f},{lat:.7f}"


def _streets() -> dict[str, object]:
    lines = [[(0, STEP * j), (STEP * COLUMNS, STEP * j)] for j in range(ROWS + 1)]
    lines += [[(STEP * i, 0), (STEP * i, STEP * ROWS)] for i in range(COLUMNS + 1)]
    lines.append([(450, 500), (450, 700)])
    lines.append([(900, 200), (1800, 200)])
    features = []
    for k, line in enumerate(lines):
        lonlat = PLANE.to_lon_lat(np.array(line, float)).tolist()
        shape = {"type": "LineString", "coordinates": lonlat}
        properties = {"name": f"合成{k}路", "highway": "residential"}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


@cache
def _made() -> tuple[bytes, str]:
    project = write_care_town(Path(_HELD.name))
    return pickle.dumps(run(project)), str(project)


def care_town() -> tuple[Plan, Path]:
    """Give the plan of the town, a copy to change as one likes, and its project file."""
    data, project = _made()
    return pickle.loads(data), Path(project)


@cache
def _opened() -> Opened:
    return open_project(Project.read(_made()[1]), Clock.of(None))


def ground_of(plan: Plan) -> tuple[OnStreets, Opened]:
    """Put the plan back on its streets."""
    opened = _opened()
    return on_streets(plan, opened.ground.network), opened
