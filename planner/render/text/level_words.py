"""The levels above the centres (指导员与上级), as the roster, the summary and the map tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.model.tables import PlanTables
from planner.render.books.look import Column, Sheet
from planner.render.text.words import number

__all__ = ["level_columns", "level_numbers", "level_sheets", "level_words", "plan_levels"]


def plan_levels(tables: PlanTables) -> list[Mapping[str, Any]]:
    """Give the figures of each level of a plan, lowest first; see `planner.model.levels.LevelOutcome`."""
    return [
        level
        for level in tables.provenance.get("levels") or []
        if level["name"] in tables.zones.columns
    ]


def level_numbers(tables: PlanTables, name: str) -> list[int]:
    """Give the number of who looks after each zone: the people of a level, counted in the order of ids.

    On a page for a meeting the number stands for the person.
    """
    _, at = np.unique(tables.zones[name].astype(str).to_numpy(), return_inverse=True)
    # from 1 on, as people count
    return [int(k) + 1 for k in at]


def level_words(tables: PlanTables) -> tuple[tuple[str, str], ...]:
    """Say what each level comes to."""
    return tuple(_sentence(level, plan_levels(tables)) for level in plan_levels(tables))


def _sentence(level: Mapping[str, Any], every: list[Mapping[str, Any]]) -> tuple[str, str]:
    below = next(
        ((one["title_zh"], one["title"] + "s") for one in every if one["name"] == level["below"]),
        ("中心户", "centres"),
    )
    few, many = number(level["load_min"]), number(level["load_max"])
    load = few if few == many else f"{few}–{many}"
    mean, far = number(level["walk_mean_m"]), number(level["walk_max_m"])
    zh = (
        f"{level['title_zh']}：{number(level['serving'])} 名联系 {number(level['clients'])} 名{below[0]}，"
        f"每名 {load} 名，平均步行 {mean} 米，最远 {far} 米"
    )
    en = (
        f"{level['title']}s: {number(level['serving'])} for {number(level['clients'])} {below[1]}, "
        f"{load} each, mean walk {mean} m, farthest {far} m"
    )
    off_zh = [f"{level['over']} 名超出上限"] * bool(level["over"])
    off_zh += [f"{level['short']} 名低于下限"] * bool(level["short"])
    off_en = [f"{level['over']} above the limit"] * bool(level["over"])
    off_en += [f"{level['short']} below the limit"] * bool(level["short"])
    return "，".join([zh, *off_zh]), ", ".join([en, *off_en])


def level_columns(tables: PlanTables) -> tuple[dict[str, Any], tuple[Column, ...]]:
    """Give what the roster's sheet of centres has beside: who looks after each, and how far away."""
    cells: dict[str, Any] = {}
    columns: list[Column] = []
    zones = tables.zones.set_index("centre_id").reindex(tables.centres["centre_id"])
    for level in plan_levels(tables):
        name = level["name"]
        cells[name] = zones[name].fillna("").to_numpy(object)
        columns.append(Column(name, level["title_zh"], level["title"].capitalize(), 12, "id"))
        if level["below"] == "centre":
            walk = f"{name}_walk_m"
            cells[walk] = zones[walk].to_numpy(float)
            heads = (f"到{level['title_zh']}（米）", f"To {level['title']} m")
            columns.append(Column(walk, *heads, 11, "metres"))
    return cells, tuple(columns)


def level_sheets(tables: PlanTables) -> Iterator[Sheet]:
    """Give one sheet a level: each person, whom he or she looks after, and the walks."""
    every = plan_levels(tables)
    for level in every:
        yield Sheet(
            f"{level['title_zh']} {level['name']}s"[:31],
            _people(tables, level),
            (
                Column("number", "序号", "No.", 7, "count"),
                Column("id", level["title_zh"], level["title"].capitalize(), 14, "id"),
                Column("count", "联系人数", "Looks after", 11, "count"),
                Column("zones", "责任区", "Zones", 11, "count"),
                Column("which", "责任区编号", "Numbers of the zones", 44),
                Column("households", "居民户", "Households", 11, "count"),
                Column("walk_mean_m", "平均步行（米）", "Mean walk m", 12, "metres"),
                Column("walk_max_m", "最远（米）", "Max walk m", 11, "metres"),
            ),
        )


def _people(tables: PlanTables, level: Mapping[str, Any]) -> pd.DataFrame:
    name, walk = level["name"], f"{level['name']}_walk_m"
    below = "centre_id" if level["below"] == "centre" else level["below"]
    zones = tables.zones.drop(columns="geometry").assign(_n=level_numbers(tables, name))
    rows = []
    for k, group in zones.groupby("_n", sort=True):
        walks = group.drop_duplicates(below)[walk].to_numpy(float)
        known = walks[np.isfinite(walks)]
        rows.append(
            {
                "number": k,
                "id": group[name].iloc[0],
                "count": len(walks),
                "zones": len(group),
                "which": "、".join(str(n) for n in sorted(group["number"])),
                "households": int(group["households"].sum()),
                "walk_mean_m": float(known.mean()) if len(known) else np.nan,
                "walk_max_m": float(known.max()) if len(known) else np.nan,
            }
        )
    return pd.DataFrame(rows)
