"""What a meeting may see of a plan, as the plain values that the page draws.

Homes are counted by demand unit, and small counts are hidden; no household, member, phone or room is
in it.  The only id of a person is the centre's, who is named on the zone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.plane import SCALE
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.privacy.audience import Audience
from planner.render.map.editing import blocks_of
from planner.render.map.encoding import Grid
from planner.render.map.palette import ZONE_COLOURS, ink
from planner.render.text.level_words import level_numbers, plan_levels
from planner.render.text.summary import summary
from planner.render.text.words import (
    Both,
    limit_text,
    moved_words,
    network_words,
    proof_words,
    rule_words,
)

__all__ = [
    "FEW",
    "HIDDEN",
    "MARGIN_DEG",
    "SMALLEST_SHOWN",
    "base_lines",
    "label_point",
    "masked_counts",
    "meeting_payload",
    "plan_words",
    "taken_names",
    "taken_shapes",
    "widened",
]

SMALLEST_SHOWN = Audience.MEETING.terms.smallest
"""A count below this is shown as "<3"."""
FEW, HIDDEN = -1, -2
MARGIN_DEG = 0.004
_ROAD_CLASS = {
    **dict.fromkeys(("motorway", "trunk", "primary", "secondary"), 2),
    **dict.fromkeys(("tertiary", "residential", "unclassified", "living_street", "road"), 1),
}


def meeting_payload(
    tables: PlanTables, *, title: str | None = None, smallest: int = SMALLEST_SHOWN
) -> dict[str, Any]:
    """Gather what the page of a meeting draws and says.

    Parameters
    ----------
    tables : PlanTables
        The plan.
    title : str, optional
        Heading; the plan's own by default.
    smallest : int
        Counts below this are hidden; 1 shows all, for the office itself.

    Returns
    -------
    dict
        Plain JSON values; lengths in metres, coordinates in steps of 1e-6 degrees from ``origin``.
    """
    view = _view(tables)
    grid = Grid(widened(view, MARGIN_DEG * 2), tolerance=0.000004)
    fine = Grid(grid.bounds)
    return {
        "scale": SCALE,
        "origin": list(grid.origin),
        "view": view,
        "meta": plan_words(tables, title),
        "figures": _figures(tables),
        "rules": [_rule(r) for r in tables.certificate.rules],
        "colours": [[c, ink(c)] for c in ZONE_COLOURS],
        "zones": _zones(tables, fine, smallest),
        "centres": _centres(tables, fine),
        "units": _units(tables, fine, smallest),
        "gaps": _gaps(tables, smallest),
        "causes": {c.code: [c.title_zh, c.title] for c in GAP_CAUSES.values()},
        "base": _base(tables, grid),
    }


def taken_shapes(payload: dict[str, Any]) -> dict[str, Any]:
    """Take the lines of the base map out of a payload: the page carries them packed.

    Parameters
    ----------
    payload : dict
        From `meeting_payload`; its shapes are removed, its names stay.

    Returns
    -------
    dict
        ``water, green, rails, streets, buildings``, and ``zones``: the rings of each zone.
    """
    base = payload["base"]
    shapes = {name: base.pop(name) for name in ("water", "green", "rails")}
    shapes["streets"] = base["streets"].pop("classes")
    if "buildings" in base:
        shapes["buildings"] = base["buildings"].pop("rings")
    return shapes | {"zones": [zone.pop("rings") for zone in payload["zones"]]}


def taken_names(payload: dict[str, Any]) -> dict[str, Any]:
    """Take the labels of units and buildings out of a payload: there are as many as of those.

    Parameters
    ----------
    payload : dict
        From `meeting_payload`; what is taken is removed.

    Returns
    -------
    dict
        ``units.label``, and ``base.buildings``: the label of each building of the base map, or "".
    """
    labels = payload["base"].pop("buildings")["labels"]
    return {"units": {"label": payload["units"].pop("label")}, "base": {"buildings": labels}}


def _view(tables: PlanTables) -> list[float]:
    """Bound what the plan covers: west, south, east, north."""
    shapes = [tables.units.geometry.to_numpy(), tables.zones.geometry.to_numpy()]
    bounds = shapely.bounds(np.concatenate(shapes))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return [0.0, 0.0, 0.01, 0.01]
    box = [*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)]
    return [round(float(v), 6) for v in box]


def widened(box: Sequence[float], by: float) -> list[float]:
    """Widen west, south, east, north by degrees, half as much in latitude."""
    return [box[0] - by, box[1] - by / 2, box[2] + by, box[3] + by / 2]


def plan_words(tables: PlanTables, title: str | None) -> dict[str, Any]:
    """Say what the plan is, of when, on what map and how well proven."""
    note, book = tables.provenance, tables.rules
    return {
        "title": title or str(note.get("title") or ""),
        "created": str(note.get("created") or ""),
        "data_date": str(note.get("data_date") or ""),
        "attribution": str(note.get("attribution") or ""),
        "network": network_words(str(note.get("network") or "")),
        "synthetic": bool(note.get("synthetic", False)),
        "rule_book": [book.title_zh or book.title or book.name, book.title or book.name],
        "source": book.source,
        "proof": proof_words(tables.certificate),
        "connected": tables.certificate.zones_connected,
        "disconnected": len(tables.certificate.disconnected),
        "moved": moved_words(tables),
    }


def _figures(tables: PlanTables) -> dict[str, Any]:
    figures = summary(tables)
    kept = ("households", "located", "zones", "unassigned", "walk_m", "homes_moved")
    gaps = figures["gaps"]  # of the whole plan: too many homes to tell one
    return {name: figures[name] for name in kept} | {"gaps": gaps}


def _rule(rule: Any) -> dict[str, Any]:
    homes = rule.name.startswith("walk")
    return {
        "name": rule.name,
        "words": rule_words(rule.name),
        "limit": limit_text(rule),
        "low": rule.low,
        "high": rule.high,
        "worst": _number(rule.worst, 1),
        "broken": rule.broken,
        "of": "homes" if homes else "zones",
    }


def _number(value: Any, digits: int = 0) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _small(count: Any, smallest: int) -> int:
    return FEW if 0 < count < smallest else int(count)


def masked_counts(
    counts: NDArray[np.int64], smallest: int, *groups: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Hide small counts; where one alone is hidden in a group, the next smallest goes with it.

    Otherwise the total of its zone, or of the block that it moves with, would give it away by
    subtraction.

    Parameters
    ----------
    counts : ndarray of int, shape (n,)
    smallest : int
        Counts from 1 up to this are hidden.
    *groups : ndarray of int, shape (n,)
        What each count is added up into, where sums are told.

    Returns
    -------
    ndarray of int, shape (n,)
        -1 for a small count, -2 for one that is hidden with it.
    """
    shown = np.where((counts > 0) & (counts < smallest), FEW, counts)
    for group in groups:
        order = np.argsort(group, kind="stable")
        for inside in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
            if (shown[inside] < 0).sum() == 1:
                rest = inside[shown[inside] > 0]
                if len(rest):
                    shown[rest[counts[rest].argmin()]] = HIDDEN
    return shown


def _shared_walks(
    walk_m: NDArray[np.float64], homes: NDArray[np.int64], block: NDArray[np.int64]
) -> list[Any]:
    """Give units that move as one their mean walk: from single walks and sums, homes could be told."""
    n = int(block.max(initial=-1)) + 1
    mean = np.bincount(block, homes * np.nan_to_num(walk_m), n)
    mean /= np.maximum(np.bincount(block, homes, n), 1)
    joined = np.bincount(block, minlength=n) > 1
    shown = np.where(joined[block] & np.isfinite(walk_m), mean[block], walk_m)
    return [_number(w) for w in shown]


def _zone_index(tables: PlanTables) -> dict[str, int]:
    return {c: i for i, c in enumerate(tables.zones["centre_id"])}


def _zones(tables: PlanTables, grid: Grid, smallest: int) -> list[dict[str, Any]]:
    shapes = tables.zones.geometry.to_numpy()
    came = tables.households.loc[tables.households["moved"].astype(bool), "zone"].value_counts()
    lines = grid.lines(shapes)
    labels = [label_point(shape, grid) for shape in shapes]
    made: list[dict[str, Any]] = []
    rows = zip(tables.zones.to_dict("records"), lines, labels, strict=True)
    for z, rings, at in rows:
        made.append(
            {
                "n": int(z["number"]),
                "colour": int(z["colour"]) % len(ZONE_COLOURS),
                "fence": str(z["fence"]),
                "homes": int(z["households"]),
                "members": int(z["members"]),
                "gaps": _small(z["gaps"], smallest),
                "mean": _number(z["walk_mean_m"]),
                "max": _number(z["walk_max_m"]),
                "broken": _broken(z["broken"]),
                "moved": _small(came.get(z["centre_id"], 0), smallest),
                "at": at,
                "rings": rings,
            }
        )
    for level in plan_levels(tables):
        for zone, nth in zip(made, level_numbers(tables, level["name"]), strict=True):
            zone.setdefault("guides", []).append([[level["title_zh"], level["title"]], nth])
    return made


def _broken(names: Any) -> list[Both]:
    return [rule_words(name) for name in str(names).split(",") if name]


def label_point(shape: Any, grid: Grid) -> list[int] | None:
    """Give the middle of the largest circle that fits into a zone, and its radius."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return None
    largest = max(parts, key=lambda p: p.area)
    radius = shapely.maximum_inscribed_circle(largest, tolerance=0.00002)
    x, y = grid.steps(shapely.get_coordinates(radius)[:1])[0].tolist()
    return [x, y, round(float(shapely.length(radius) * SCALE))]


def _centres(tables: PlanTables, grid: Grid) -> list[dict[str, Any]]:
    xs, ys = grid.points(tables.centres.geometry.to_numpy())
    rows = tables.centres.to_dict("records")
    return [
        {
            "id": str(c["centre_id"]),
            "label": str(c["label"]),
            "x": x,
            "y": y,
            "p90": _number(c["walk_p90_m"]),
        }
        for c, x, y in zip(rows, xs, ys, strict=True)
    ]


def _units(tables: PlanTables, grid: Grid, smallest: int) -> dict[str, Any]:
    """Give the demand units column by column; zone -1 is none."""
    units = tables.units
    index = _zone_index(tables)
    zone = np.array([index.get(z, -1) for z in units["zone"]], np.int64)
    xs, ys = grid.points(units.geometry.to_numpy())
    moved, homes = units["moved"].to_numpy(np.int64), units["households"].to_numpy(np.int64)
    block, _ = blocks_of(tables.problem, zone, smallest)
    return {
        "x": xs,
        "y": ys,
        "zone": zone.tolist(),
        "homes": masked_counts(homes, smallest, block, zone).tolist(),
        "walk": _shared_walks(units["walk_m"].to_numpy(float), homes, block),
        "moved": np.where((moved > 0) & (moved < smallest), FEW, moved).tolist(),
        "label": [str(label) for label in units["label"]],
    }


def _gaps(tables: PlanTables, smallest: int) -> list[list[int]]:
    """Count the gaps of each unit and cause: unit, cause, homes."""
    place = {u: i for i, u in enumerate(tables.units["unit_id"])}
    codes = list(GAP_CAUSES)
    counts: dict[tuple[int, int], int] = {}
    for unit, cause in zip(tables.gaps["unit_id"], tables.gaps["cause"], strict=True):
        if unit in place and cause in codes:
            key = (place[unit], codes.index(cause))
            counts[key] = counts.get(key, 0) + 1
    return [[unit, cause, _small(n, smallest)] for (unit, cause), n in sorted(counts.items())]


def _base(tables: PlanTables, grid: Grid) -> dict[str, Any]:
    made = base_lines(tables, grid)
    made["buildings"] = _buildings(_inside(tables.base["buildings"], grid), grid)
    return made


def base_lines(tables: PlanTables, grid: Grid) -> dict[str, Any]:
    """Give the base map without its buildings: ``water, green, rails, fences, streets``."""
    names = ("water", "green", "rails", "fences", "streets")
    base = {name: _inside(tables.base[name], grid) for name in names}
    made: dict[str, Any] = {
        name: [line for lines in grid.lines(base[name].geometry.to_numpy()) for line in lines]
        for name in ("water", "green", "rails")
    }
    made["fences"] = [
        {"name": str(name), "rings": rings}
        for name, rings in zip(
            base["fences"]["fence"], grid.lines(base["fences"].geometry.to_numpy()), strict=True
        )
    ]
    made["streets"] = _streets(base["streets"], grid)
    return made


def _inside(frame: Any, grid: Grid) -> Any:
    if not len(frame):
        return frame
    west, south, east, north = grid.bounds
    return frame[
        shapely.intersects(frame.geometry.to_numpy(), shapely.box(west, south, east, north))
    ]


def _streets(frame: Any, grid: Grid) -> dict[str, Any]:
    """Give lines in three classes (path, street, road), each with its name's position or -1."""
    names = sorted({_word(n) for n in frame["name"]} - {""})
    place = {name: i for i, name in enumerate(names)} | {"": -1}
    classes: list[list[Any]] = [[], [], []]
    coded = grid.lines(frame.geometry.to_numpy())
    for lines, name, kind in zip(coded, frame["name"], frame["highway"], strict=True):
        rank = _ROAD_CLASS.get(str(kind).removesuffix("_link"), 0)
        classes[rank] += [[place[_word(name)], line] for line in lines]
    return {"names": names, "classes": classes}


def _buildings(frame: Any, grid: Grid) -> dict[str, Any]:
    rings = grid.lines(frame.geometry.to_numpy())
    labels = [
        _word(number) or _word(name)
        for name, number in zip(frame["name"], frame["number"], strict=True)
    ]
    kept = [(r, label) for r, label in zip(rings, labels, strict=True) if r]
    return {"rings": [r for r, _ in kept], "labels": [label for _, label in kept]}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
