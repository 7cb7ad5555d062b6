"""Two plans in one page, for a meeting: what changes hands, small counts hidden."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.tables import PlanTables
from planner.plan.compare import Comparison
from planner.privacy import Secrets
from planner.privacy.audience import Audience
from planner.privacy.marks import folded
from planner.render.map.meeting import (
    FEW,
    HIDDEN,
    masked_counts,
    meeting_payload,
    taken_names,
    taken_shapes,
)
from planner.render.map.page import MapPage, finished_page

__all__ = ["compare_page", "compare_payload"]

_BESIDE = 0.0002
"""Degrees within which zones are taken for neighbours."""
Ints = NDArray[np.int64]


def compare_page(comparison: Comparison, *, title: str | None = None) -> MapPage:
    """Draw two plans in one page: a switch, a slider across the map, and what changes hands.

    Parameters
    ----------
    comparison : Comparison
        From `planner.plan.compare.compared`.
    title : str, optional
        Heading; that of the plan after by default.

    Returns
    -------
    MapPage
        For a meeting.

    Raises
    ------
    PrivacyError
        The finished page holds what a meeting must not see of either plan.
    """
    payload, heavy = compare_payload(comparison, title=title)
    return finished_page(payload, heavy, Audience.MEETING, _secrets(comparison))


def compare_payload(
    comparison: Comparison, *, title: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gather what the page of a comparison draws and says.

    Parameters
    ----------
    comparison : Comparison
        Two plans.
    title : str, optional
        Heading.

    Returns
    -------
    payload : dict
        The plan after, as `meeting_payload` gives it; what the page calls moved is the comparison's.
    heavy : dict
        ``shapes, base, units``; ``before``, the plan before without its base map, in steps from the
        same origin; ``compare``: ``centre`` (by centre before, the same one after or -1), ``rows``
        (columns ``before, after, from, to``), ``counts`` (homes of each row), ``flows`` (from, to, row
        counts), ``moved, joined, left``, ``figures`` (name -> before and after)``, matched``.
    """
    before, after = comparison.before, comparison.after
    smallest = Audience.MEETING.terms.smallest
    payload = meeting_payload(after, title=title, smallest=smallest)
    bare = {name: frame.iloc[:0] for name, frame in before.base.items()}
    old = meeting_payload(replace(before, base=bare), smallest=smallest)
    counts = _row_counts(comparison, smallest)
    rows = {name: comparison.rows[name].to_numpy(np.int64) for name in comparison.rows}
    for told, unit in ((payload, rows["after_unit"]), (old, rows["before_unit"])):
        told["units"]["moved"] = _by_unit(unit, counts, len(told["units"]["x"]))
        told["figures"]["homes_moved"] = _told(comparison.moved, smallest)
        told["meta"]["moved"] = None
        for zone in told["zones"]:
            zone["moved"] = 0
    _same_colours(old, payload, comparison)
    _same_origin(old, payload)
    payload["view"] = _joint(payload["view"], old["view"])
    shapes = taken_shapes(payload)
    names = taken_names(payload)
    rings = taken_shapes(old)["zones"]
    for name in ("base", "colours", "causes", "scale", "origin", "view"):
        old.pop(name)
    compare = {
        "centre": comparison.centre.tolist(),
        "rows": [rows[name].tolist() for name in ("before_unit", "after_unit", "from_centre", "to_centre")],
        "counts": counts.tolist(),
        "flows": _flows(rows["from_centre"], rows["to_centre"], rows["households"], smallest),
        "moved": _told(comparison.moved, smallest),
        "joined": _told(comparison.joined, smallest),
        "left": _told(comparison.left, smallest),
        "matched": comparison.matched,
        "figures": {k: [_finite(a), _finite(b)] for k, (a, b) in comparison.figures().items()},
        "rings": rings,
    }  # fmt: skip
    return payload, {"shapes": shapes, **names, "before": old, "compare": compare}


def _told(count: int, smallest: int) -> int:
    return FEW if 0 < count < smallest else count


def _finite(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return round(float(value), 5) if math.isfinite(value) else None


def _row_counts(comparison: Comparison, smallest: int) -> Ints:
    """Hide small counts of rows, and those from which a small one could be had."""
    rows = comparison.rows
    homes = rows["households"].to_numpy(np.int64)
    if not len(rows):
        return homes
    old, new = rows["from_centre"].to_numpy(np.int64), rows["to_centre"].to_numpy(np.int64)
    width = len(comparison.after.centres) + 1
    groups = [np.zeros(len(rows), np.int64), old + 1, new + 1, (old + 1) * width + new + 1]
    groups += [
        rows["after_unit"].to_numpy(np.int64) + 1,
        rows["before_unit"].to_numpy(np.int64) + 1,
    ]
    shown = masked_counts(homes, smallest, *groups)
    for tables, name in ((comparison.before, "before_unit"), (comparison.after, "after_unit")):
        unit = rows[name].to_numpy(np.int64)
        held = np.append(tables.units["households"].to_numpy(np.int64), 0)
        rest = held - np.bincount(unit % len(held), homes, len(held)).astype(np.int64)
        telling = (unit >= 0) & (rest[unit] > 0) & (rest[unit] < smallest)
        shown[telling & (shown > 0)] = HIDDEN
    return shown


def _by_unit(unit: Ints, counts: Ints, n: int) -> list[int]:
    """Homes of each unit that change hands, as its rows tell it."""
    total = np.zeros(n, np.int64)
    known = unit >= 0
    np.add.at(total, unit[known], np.maximum(counts[known], 0))
    for u, count in zip(unit[known].tolist(), counts[known].tolist(), strict=True):
        if count < 0:
            total[u] = count if (unit == u).sum() == 1 else HIDDEN
    return total.tolist()


def _flows(old: Ints, new: Ints, homes: Ints, smallest: int) -> list[list[int]]:
    """Homes that go from one centre to another: from, to, homes, rows; most first."""
    pairs, at = np.unique(np.column_stack([old, new]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    total = np.bincount(at, homes, len(pairs)).astype(np.int64)
    shown = masked_counts(total, smallest, *(_group(pairs, k) for k in (None, 0, 1)))
    made = np.column_stack([pairs, shown, np.bincount(at, minlength=len(pairs))])
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -np.maximum(shown, 0)))
    return made[order].tolist()


def _group(pairs: Ints, column: int | None) -> Ints:
    return np.zeros(len(pairs), np.int64) if column is None else pairs[:, column]


def _same_colours(old: dict[str, Any], new: dict[str, Any], comparison: Comparison) -> None:
    """Give each zone before the colour of its centre after; zones of no centre now, one of their own."""
    shapes = comparison.before.zones.geometry.to_numpy()
    centre = comparison.centre.tolist()
    for zone, to in zip(old["zones"], centre, strict=True):
        if to >= 0:
            zone["colour"] = new["zones"][to]["colour"]
    for z in np.flatnonzero(comparison.centre < 0).tolist():
        near = np.flatnonzero(shapely.dwithin(shapes, shapes[z], _BESIDE)).tolist()
        taken = {old["zones"][k]["colour"] for k in near if k != z}
        rows = comparison.rows
        taken |= {
            new["zones"][t]["colour"] for t in rows["to_centre"][rows["from_centre"] == z] if t >= 0
        }
        free = [k for k in range(len(old["colours"])) if k not in taken]
        old["zones"][z]["colour"] = free[0] if free else old["zones"][z]["colour"]


def _same_origin(old: dict[str, Any], new: dict[str, Any]) -> None:
    dx, dy = (a - b for a, b in zip(old["origin"], new["origin"], strict=True))
    for part in (old["units"],):
        part["x"] = [x + dx for x in part["x"]]
        part["y"] = [y + dy for y in part["y"]]
    for centre in old["centres"]:
        centre["x"] += dx
        centre["y"] += dy
    for zone in old["zones"]:
        if zone["at"]:
            zone["at"] = [zone["at"][0] + dx, zone["at"][1] + dy, zone["at"][2]]
        zone["rings"] = [[r[0] + dx, r[1] + dy, *r[2:]] for r in zone["rings"]]


def _joint(one: list[float], other: list[float]) -> list[float]:
    low = [min(a, b) for a, b in zip(one[:2], other[:2], strict=True)]
    return low + [max(a, b) for a, b in zip(one[2:], other[2:], strict=True)]


def _secrets(comparison: Comparison) -> Secrets:
    """Gather what neither plan may tell; whoever is a centre in one of them is named there."""
    both: tuple[PlanTables, ...] = (comparison.before, comparison.after)
    named = {folded(c).strip().lower() for t in both for c in t.centres["centre_id"]}
    kinds: dict[str, frozenset[str]] = {}
    for tables in both:
        for what, strings in Secrets.of(tables).kinds.items():
            kinds[what] = kinds.get(what, frozenset()) | (strings - named)
    return Secrets(kinds)
