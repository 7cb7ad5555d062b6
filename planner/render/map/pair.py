"""Two plans in one page, for a meeting: what changes hands, small counts hidden."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from planner.model.arrays import Ints
from planner.model.tables import PlanTables
from planner.plan.compare import Comparison
from planner.privacy import Secrets
from planner.privacy.audience import Audience, Terms
from planner.privacy.blocks import FEW, HIDDEN, bounds_of, shown_counts
from planner.privacy.marks import folded
from planner.render.map.meeting import meeting_payload, taken_names, taken_shapes
from planner.render.map.page import MapPage, finished_page
from planner.render.text.shown import Told, meeting_terms

__all__ = ["compare_page", "compare_payload"]

_BESIDE = 0.0002  # degrees within which zones are taken for neighbours


def compare_page(comparison: Comparison, *, title: str | None = None) -> MapPage:
    """Draw two plans in one page: a switch, a slider across the map, and what changes hands.

    `title`: heading; that of the plan after by default.
    Raises `PrivacyError`: the finished page holds what a meeting must not see of either plan.
    """
    payload, heavy = compare_payload(comparison, title=title)
    return finished_page(payload, heavy, Audience.MEETING, _secrets(comparison))


def compare_payload(
    comparison: Comparison, *, title: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gather what the page of a comparison draws and says.

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
    terms = meeting_terms(after)  # of the plan after, for both
    payload = meeting_payload(after, title=title)
    # one base map serves both plans
    bare = {name: frame.iloc[:0] for name, frame in before.base.items()}
    old = meeting_payload(replace(before, base=bare), told=Told(before, terms))
    told = _hands(comparison, terms)
    rows = {name: comparison.rows[name].to_numpy(np.int64) for name in comparison.rows}
    for page, unit in ((payload, rows["after_unit"]), (old, rows["before_unit"])):
        moved = np.zeros(len(page["units"]["x"]), np.int64)
        moved[unit[unit >= 0]] = FEW
        page["units"]["moved"] = moved.tolist()
        page["figures"]["homes_moved"] = told["moved"]
        page["meta"]["moved"] = None
        for zone in page["zones"]:
            zone["moved"] = 0
    told["figures"] = _figures(comparison, old, payload)
    _same_colours(old, payload, comparison)
    _same_origin(old, payload)
    now, was = payload["view"], old["view"]
    payload["view"] = [*map(min, now[:2], was[:2]), *map(max, now[2:], was[2:])]
    shapes = taken_shapes(payload)
    names = taken_names(payload)
    told["rings"] = taken_shapes(old)["zones"]
    for name in ("base", "colours", "causes", "scale", "origin", "view"):
        old.pop(name)
    return payload, {"shapes": shapes, **names, "before": old, "compare": told}


def _hands(comparison: Comparison, terms: Terms) -> dict[str, Any]:
    """Tell what changes hands: each total is rounded so that it tells nothing of its parts."""
    rows = {name: comparison.rows[name].to_numpy(np.int64) for name in comparison.rows}
    ways = ["before_unit", "after_unit", "from_centre", "to_centre"]
    old, new, homes = rows["from_centre"], rows["to_centre"], rows["households"]
    counts = shown_counts(homes, terms.smallest, terms.rounded)
    for tables, name in ((comparison.before, "before_unit"), (comparison.after, "after_unit")):
        unit = rows[name]
        held = np.append(tables.units["households"].to_numpy(np.int64), 0)
        # What stays of a unit is its homes less those that go: it must not be small either.
        rest = held - np.bincount(unit % len(held), homes, len(held)).astype(np.int64)
        few = (unit >= 0) & (rest[unit] > 0) & (rest[unit] < terms.smallest)
        counts[few & (counts > 0)] = HIDDEN  # what stays behind would be told by what goes
    pairs, at = np.unique(np.column_stack([old, new]), axis=0, return_inverse=True)
    at, n = at.reshape(-1), len(pairs)
    total = np.bincount(at, homes, n).astype(np.int64)
    flows, bounds = _sums(total, at, bounds_of(counts, terms.smallest, terms.rounded), terms)
    had = pairs[:, 0] >= 0
    everything = np.zeros(had.sum(), np.int64)
    inside = (bounds[0][had], bounds[1][had])
    moved, _ = _sums(np.array([comparison.moved]), everything, inside, terms)
    made = np.column_stack([pairs, flows, np.bincount(at, minlength=n)])
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -np.maximum(flows, 0)))
    changed = [_count(n, terms) for n in (comparison.joined, comparison.left)]
    if FEW in changed:
        changed = [HIDDEN, HIDDEN]  # the totals of both plans would tell one by the other
    return {
        "centre": comparison.centre.tolist(),
        "rows": [rows[name].tolist() for name in ways],
        "counts": counts.tolist(),
        "flows": made[order].tolist(),
        "moved": int(moved[0]),
        "joined": changed[0],
        "left": changed[1],
        "matched": comparison.matched,
    }


def _count(n: int, terms: Terms) -> int:
    return int(shown_counts(np.array([n]), terms.smallest, terms.rounded)[0])


def _sums(
    total: Ints, at: Ints, parts: tuple[Ints, Ints], terms: Terms
) -> tuple[Ints, tuple[Ints, Ints]]:
    """Tell sums of which the reader knows the bounds of each part; give their own bounds, too."""
    n = len(total)
    least, most = (np.bincount(at, bound, n).astype(np.int64) for bound in parts)
    told = shown_counts(total, terms.smallest, terms.rounded, least=least, most=most)
    low, high = bounds_of(told, terms.smallest, terms.rounded)
    return told, (np.maximum(low, least), np.minimum(high, most))


def _figures(comparison: Comparison, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Give what each plan comes to, as the pages of both tell it."""
    return {
        name: [_figure(name, value, page) for value, page in zip(values, (old, new), strict=True)]
        for name, values in comparison.figures().items()
    }


def _figure(name: str, value: Any, page: dict[str, Any]) -> Any:
    figures = page["figures"]
    if name in ("mean_m", "p90_m", "max_m"):
        return figures["walk_m"][name.removesuffix("_m")]
    told = {
        "households": figures["households"],
        "served": figures["households"]
        if figures["located"] == figures["households"] and not figures["zoneless"]
        else HIDDEN,
        "gaps": sum(figures["gaps"].values()) if min(figures["gaps"].values()) >= 0 else HIDDEN,
        "broken_homes": sum(r["broken"] for r in page["rules"] if r["of"] == "homes"),
    }.get(name, _finite(value))
    return None if told is None or told < 0 else told


def _finite(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return round(float(value), 5) if math.isfinite(value) else None


def _same_colours(old: dict[str, Any], new: dict[str, Any], comparison: Comparison) -> None:
    """Give each zone before the colour of its centre after; zones of no centre now, one of their own."""
    shapes = comparison.before.zones.geometry.to_numpy()
    centre = comparison.centre.tolist()
    for zone, to in zip(old["zones"], centre, strict=True):
        if to >= 0:
            zone["colour"] = new["zones"][to]["colour"]
    # A dissolved zone must not look like one that goes on, nor like its neighbours or heirs.
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
    units = old["units"]
    units["x"], units["y"] = [x + dx for x in units["x"]], [y + dy for y in units["y"]]
    for centre in old["centres"]:
        centre["x"] += dx
        centre["y"] += dy
    for zone in old["zones"]:
        if zone["at"]:
            zone["at"] = [zone["at"][0] + dx, zone["at"][1] + dy, zone["at"][2]]
        zone["rings"] = [[r[0] + dx, r[1] + dy, *r[2:]] for r in zone["rings"]]


def _secrets(comparison: Comparison) -> Secrets:
    """Gather what neither plan may tell; whoever is a centre in one of them is named there."""
    both: tuple[PlanTables, ...] = (comparison.before, comparison.after)
    # who is a centre in one of the plans is named on the page by right
    named = {folded(c).strip().lower() for t in both for c in t.centres["centre_id"]}
    kinds: dict[str, frozenset[str]] = {}
    known = [Secrets.of(tables) for tables in both]
    for secrets in known:
        for what, strings in secrets.kinds.items():
            kinds[what] = kinds.get(what, frozenset()) | (strings - named)
    spared = frozenset.union(*(secrets.spared for secrets in known))
    seals = tuple(seal for one in known for seal in one.seals)
    # what one plan knows says nothing of the people of the other
    blind = any(secrets.blind for secrets in known)
    return Secrets(kinds, seals=seals, spared=spared, blind=blind)
