"""A project of many communities becomes a project for each of them: what a worker needs, and no more.

Everybody is placed once, where the whole town is known.  Each community is given its own people with their
places as GeoParquet, and the extract cut to it with a margin that no walk of its people leaves.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.api.batch.joint import TIES_FILE, WISHES_FILE, joint_of, refuse_joint
from planner.api.opening import Opened, online_of, open_project
from planner.api.progress import Clock
from planner.api.task import Task, Wishes
from planner.api.zone import place
from planner.demand.locate import Located
from planner.errors import InputError
from planner.files import Content, parquet_bytes, safe_name, write_files
from planner.intake.residents import KEPT_COLUMNS, Residents
from planner.model.project import Project
from planner.network.streets.cut import Nodes, around, cut_to
from planner.network.streets.scan import SUFFIXES

__all__ = ["PARTS", "Divided", "divide"]

PARTS: Final = "parts.internal"
"""Folder of the projects of a project's communities."""
SPARE_M: Final = 150.0  # beyond half of the longest walk: the way from a door to its street
_WHOLE: Final = "whole"  # the part of a project that names no community
_COLUMNS: Final = {
    "id": "编号", "address": "地址", "building": "楼栋", "stairwell": "单元", "floor": "楼层",
    "load": "工作量", "is_centre": "是否中心户", "most": "最多联系户数", "zone_low": "责任区户数下限",
    "zone_high": "责任区户数上限", "kind": "中心户类型",
}  # fmt: skip
_SECTIONS: Final = ("search", "affinity", "coverage", "organisation")


@dataclass(frozen=True, slots=True)
class Divided:
    """The projects of a project's communities.

    Parameters
    ----------
    parts : tuple of (str, str)
        Name of each, that of its folder, and its project file.
    homes, left : int
        Homes in all, and those of no community: held back, without a place, or outside every fence.
    ties_left : int
        Ties and wishes that no part has; see `planner.api.batch.joint.Joint`.
    """

    parts: tuple[tuple[str, str], ...]
    homes: int
    left: int
    ties_left: int = 0


def divide(project: Project, folder: Path, wishes: Wishes) -> Divided:
    """Write the projects of a project's communities into a folder.

    Raises
    ------
    ConfigError
        Something holds across communities: mentors, shares, talents, a tie that must hold.
    InputError, NetworkError
        As for `planner.api.zone.run`; a centre has no place.
    MissingExtraError
        GeoParquet cannot be written.
    """
    refuse_joint(project)
    clock = Clock.of(None)
    opened = open_project(project, clock)
    online = online_of(project, None, offline=wishes.offline)
    task, located = place(Task(opened, wishes, None, online), clock)
    _refuse_lost_centres(located, wishes)
    homes, members = (
        _placed(residents, people)
        for residents, people in (
            (task.opened.households, located.households),
            (task.opened.members, located.members),
        )
    )
    members = members.assign(kind=[opened.kinds.get(str(who), "") for who in members["id"]])
    joint = joint_of(opened, located, {"homes": _fences(homes), "members": _fences(members)})
    streets = project.inputs.streets
    whole = (
        streets if isinstance(streets, Path) and streets.name.lower().endswith(SUFFIXES) else None
    )
    nodes = None if whole is None else Nodes.of(whole)
    # a walk of this length between two of them is never farther from both than half of it
    spare = project.rules.walk.reach / 2.0 + SPARE_M
    parts: list[tuple[str, str]] = []
    for fence, own in homes.groupby("fence", sort=True):
        name = _named(str(fence), parts)
        files: dict[str, Content] = {
            "homes.internal.parquet": _packed(own),
            "members.internal.parquet": _packed(members[members["fence"] == fence]),
            **joint.files.get(str(fence), {}),
        }
        if whole is not None and nodes is not None:
            box = around(own["lon"], own["lat"], spare)
            files["streets.osm.pbf"] = cut_to(whole, box, nodes)
        cut = "streets.osm.pbf" if whole is not None else None
        files["planner.toml"] = _project_text(opened, str(fence), cut, files).encode()
        written = write_files(folder / name, files, private=tuple(files), replacing=True)
        parts.append((name, str(written["planner.toml"])))
    left = len(located.households) - len(homes)
    return Divided(tuple(parts), len(located.households), left, joint.left)


def _refuse_lost_centres(located: Located, wishes: Wishes) -> None:
    people = located.members
    lost = people.loc[people["is_centre"].to_numpy(bool) & (people["cause"] != ""), "id"]
    if len(lost) and not wishes.allow_missing_centres:
        names = ", ".join(map(str, lost[:5])) + (" ..." if len(lost) > 5 else "")
        raise InputError.of("divide-lost-centres", n=len(lost), names=names)


def _placed(residents: Residents, located: pd.DataFrame) -> pd.DataFrame:
    """Give those who have a place and a community, with what their sheet says of them.

    Where no community is named at all, everybody is of one.
    """
    kept = residents.kept
    own = [c for c in KEPT_COLUMNS if c not in ("lon", "lat", "community")]
    rows = kept.set_index("id", drop=False)[[*own, *({"load", "is_centre"} & {*kept.columns})]]
    at = located[located["cause"] == ""]
    also = [c for c in ("lon", "lat", "fence", "most", "zone_low", "zone_high") if c in at.columns]
    made = rows.loc[at["id"].to_numpy()].reset_index(drop=True)
    made = made.assign(**{c: at[c].to_numpy() for c in also})
    if (located["fence"] == "").all():
        return made.assign(fence=_WHOLE)
    return made[made["fence"] != ""]


def _fences(people: pd.DataFrame) -> dict[str, str]:
    return dict(zip(people["id"].astype(str), people["fence"].astype(str), strict=True))


def _packed(people: pd.DataFrame) -> bytes:
    """Lay people out as points of GeoParquet, under the headings of a sheet."""
    told = people.rename(columns=_COLUMNS)[[h for c, h in _COLUMNS.items() if c in people]]
    if "是否中心户" in told:
        told["是否中心户"] = np.where(told["是否中心户"], "是", "否")
    told["社区"] = people["fence"].where(people["fence"] != _WHOLE, "").astype(str)
    points = gpd.points_from_xy(people["lon"], people["lat"])
    frame = gpd.GeoDataFrame(told.reset_index(drop=True), geometry=points, crs="EPSG:4326")
    return parquet_bytes(frame)


def _project_text(opened: Opened, fence: str, cut: str | None, files: Collection[str]) -> str:
    """Write the project of a part: its files, its own rules, and what else the whole one states."""
    project = opened.project
    inputs: dict[str, Any] = {
        "households": "homes.internal.parquet",
        "members": "members.internal.parquet",
    }
    for name in ("streets", "buildings", "aliases", "links", "barriers", "accepted"):
        path = getattr(project.inputs, name)
        if isinstance(path, Path) and (name != "accepted" or path.is_file()):
            inputs[name] = str(path.resolve())
    if cut is not None:
        inputs["streets"] = cut
    for name in ("detour_factor", "buildings_datum", "streets_datum"):
        if (stated := getattr(project.inputs, name)) is not None:
            inputs[name] = stated
    if TIES_FILE in files:
        inputs["ties"] = TIES_FILE
    rules = project.rules.in_fence(fence).to_mapping()
    rules.pop("by_fence", None)
    sections: dict[str, Any] = {"inputs": inputs, "rules": rules}
    file = project.file
    said = {} if file is None else tomllib.loads(file.read_text("utf-8-sig"))
    sections |= {name: said[name] for name in _SECTIONS if name in said}
    if project.affinity.wishes is not None:
        # of a community in which nobody wishes there is no sheet
        wishes = {"wishes": WISHES_FILE} if WISHES_FILE in files else {}
        own = {k: v for k, v in sections["affinity"].items() if k != "wishes"}
        sections["affinity"] = own | wishes
    title = " ".join(filter(None, (project.title, fence if fence != _WHOLE else "")))
    sections["outputs"] = {"title": title, "smallest": project.smallest}
    return "\n".join(_section(name, values) for name, values in sections.items())


def _section(name: str, values: Mapping[str, Any]) -> str:
    return "\n".join([f"[{name}]", *(f"{_key(k)} = {_value(v)}" for k, v in values.items()), ""])


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _named(fence: str, before: list[tuple[str, str]]) -> str:
    """Name the folder of a part; two that a system would take for one are told apart by a number."""
    name, taken = safe_name(fence), {n.casefold() for n, _ in before}
    numbered: Iterator[str] = (f"{name} {n}" for n in range(2, len(taken) + 3))
    return name if name.casefold() not in taken else next(n for n in numbered if n not in taken)
