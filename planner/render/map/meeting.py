"""What a meeting may see of a plan, as the plain values that the page draws.

Homes are told by block (`planner.privacy.blocks`), and what is said of a zone is the sum of its blocks;
members, loads and other small counts are told as "fewer than", or not at all.  No household, member, phone
or room is in it.  The only id of a person is the centre's, who is named on the zone.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from planner.model.arrays import Ints
from planner.model.palette import ZONE_COLOURS, ink
from planner.model.plane import SCALE
from planner.model.problem import RuleOutcome
from planner.model.rules import is_of_care
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.frames import buildings_of
from planner.privacy.blocks import FEW
from planner.render.map.backdrop import MARGIN_DEG, base_lines, building_rings, covered, widened
from planner.render.map.encoding import Grid
from planner.render.text.level_words import level_numbers, plan_levels
from planner.render.text.organisation_words import centre_kind, organisation_words
from planner.render.text.shown import Told, meeting_terms
from planner.render.text.words import (
    broken_rules,
    insisted_words,
    limit_text,
    network_words,
    proof_words,
    rule_words,
)

__all__ = ["label_point", "meeting_payload", "plan_words", "taken_names", "taken_shapes"]


def meeting_payload(
    tables: PlanTables, *, title: str | None = None, told: Told | None = None
) -> dict[str, Any]:
    """Gather what the page of a meeting draws and says.

    `title`: heading; the plan's own by default.
    `told`: the plan as its audience may know it; as a meeting may by default.
    Gives: plain JSON values; lengths in metres, coordinates in steps of 1e-6 degrees from ``origin``.
    """
    layers = (tables.units.geometry.to_numpy(), tables.zones.geometry.to_numpy())
    view = covered(np.concatenate(layers))
    grid = Grid(widened(view, MARGIN_DEG * 2), tolerance=0.000004)
    # The base map may lose what nobody sees; zones and homes keep every vertex.
    fine = Grid(grid.bounds)
    told = told or Told(tables, meeting_terms(tables))
    return {
        "scale": SCALE,
        "origin": list(grid.origin),
        "view": view,
        "meta": plan_words(tables, title) | _counting(told),
        "figures": told.figures(),
        "rules": [
            _rule(r, told) for r in tables.certificate.rules if told.whole or not is_of_care(r.name)
        ],
        "colours": [[c, ink(c)] for c in ZONE_COLOURS],
        "zones": _zones(tables, fine, told),
        "centres": _centres(tables, fine, told),
        "units": _units(tables, fine, told),
        "blocks": {
            "homes": told.blocks.homes.tolist(),
            "walk": [_number(w) for w in told.block_walks()],
        },
        "gaps": told.gaps(),
        "causes": {c.code: [c.title_zh, c.title] for c in GAP_CAUSES.values()},
        "base": base_lines(tables, grid) | building_rings(tables, grid),
    }


def taken_shapes(payload: dict[str, Any]) -> dict[str, Any]:
    """Take the lines of the base map out of a payload: the page carries them packed.

    `payload`: from `meeting_payload`; its shapes are removed, its names stay.
    Gives: ``water, green, rails, streets, buildings``, and ``zones``: the rings of each zone.
    """
    base = payload["base"]
    shapes = {name: base.pop(name) for name in ("water", "green", "rails")}
    shapes["streets"] = base["streets"].pop("classes")
    if "buildings" in base:
        shapes["buildings"] = base["buildings"].pop("rings")
    return shapes | {"zones": [zone.pop("rings") for zone in payload["zones"]]}


def taken_names(payload: dict[str, Any]) -> dict[str, Any]:
    """Take the labels of units and buildings out of a payload: there are as many as of those.

    `payload`: from `meeting_payload`; what is taken is removed.
    Gives: ``units.label, units.name, units.building``, and ``base.buildings``: what each building of the
    base map is called, or "".
    """
    labels = payload["base"].pop("buildings")["labels"]
    units = {name: payload["units"].pop(name) for name in ("label", "name", "building")}
    return {"units": units, "base": {"buildings": labels}}


def plan_words(tables: PlanTables, title: str | None) -> dict[str, Any]:
    """Say what the plan is, of when, on what map and how well proven."""
    note, book = tables.provenance, tables.rules
    return {
        "title": title or str(note.get("title") or ""),
        "created": str(note.get("created") or ""),
        "data_date": str(note.get("data_date") or ""),
        "attribution": str(note.get("attribution") or ""),
        "network": network_words(note),
        "insisted": insisted_words(tables),
        "synthetic": bool(note.get("synthetic", False)),
        "rule_book": [book.title_zh or book.title or book.name, book.title or book.name],
        "source": book.source,
        "proof": proof_words(tables.certificate),
        "connected": tables.certificate.zones_connected,
        "disconnected": len(tables.certificate.disconnected),
        # where nothing is stated of either, the page holds what it always did
        **({} if (told := organisation_words(tables)) is None else {"organisation": told}),
    }


def _number(value: Any, digits: int = 0) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _counting(told: Told) -> dict[str, Any]:
    """Say how homes are counted on the page, and how many change hands."""
    return {
        "ledger": [[line.code, line.zh, line.en, line.lost] for line in told.ledger()],
        "moved": told.moved(),
        "equity": told.equity(),
        "smallest": told.terms.smallest,
        "rounded": told.terms.rounded,
        # members may live where no home is listed: then no reader can count on one home a place
        "empty": bool((told.tables.units["households"] == 0).any()),
    }


def _rule(rule: RuleOutcome, told: Told) -> dict[str, Any]:
    worst, broken = told.rule(rule)
    return {
        "name": rule.name,
        "words": rule_words(rule.name),
        "limit": limit_text(rule),
        "low": rule.low,
        "high": rule.high,
        "worst": _number(worst, 1),
        "broken": broken,
        "of": "homes" if rule.name == "walk_m" else "zones",
        **_own_limits(rule, told.tables),
    }


def _own_limits(rule: RuleOutcome, tables: PlanTables) -> dict[str, Any]:
    """Give what zones whose centre has limits of its own may have, by the place of the zone."""
    stated = next((r for r in tables.problem.rules if r.name == rule.name), None)
    if stated is None or stated.own is None:
        return {}
    own = stated.own[:, tables.problem.home]
    found = {}
    for zone in np.flatnonzero(own.any(axis=0)).tolist():
        low, high = (
            None if limit is None else float(limit + own[k, zone])
            for k, limit in enumerate((rule.low, rule.high))
        )
        limit = limit_text(replace(rule, low=low, high=high))
        found[str(zone)] = {"low": low, "high": high, "limit": limit}
    return {"own": found}


def _zones(tables: PlanTables, grid: Grid, told: Told) -> list[dict[str, Any]]:
    shapes, broken = tables.zones.geometry.to_numpy(), broken_rules(tables, whole=told.whole)
    rows = zip(tables.zones.to_dict("records"), told.zones, grid.lines(shapes), shapes, strict=True)
    made: list[dict[str, Any]] = [
        {
            "n": int(z["number"]),
            "colour": int(z["colour"]) % len(ZONE_COLOURS),
            "fence": str(z["fence"]),
            "homes": counts["homes"],
            "members": counts["members"],
            "gaps": counts["gaps"],
            "mean": _number(counts["mean"]),
            "max": _number(counts["max"]),
            "broken": broken[z["centre_id"]],
            "moved": counts["moved"],
            "at": label_point(shape, grid),
            "rings": rings,
        }
        for z, counts, rings, shape in rows
    ]
    for level in plan_levels(tables):
        for zone, nth in zip(made, level_numbers(tables, level["name"]), strict=True):
            zone.setdefault("guides", []).append([[level["title_zh"], level["title"]], nth])
    return made


def _centres(tables: PlanTables, grid: Grid, told: Told) -> list[dict[str, Any]]:
    xs, ys = grid.points(tables.centres.geometry.to_numpy())
    walks = dict(zip(tables.zones["centre_id"], (z["p90"] for z in told.zones), strict=True))
    rows = zip(tables.centres["centre_id"], tables.centres["label"], xs, ys, strict=True)
    return [
        {"id": str(c), "label": str(label), "x": x, "y": y, "p90": _number(walks.get(c))}
        | ({} if (kind := centre_kind(tables, str(c))) is None else {"kind": kind})
        for c, label, x, y in rows
    ]


def _units(tables: PlanTables, grid: Grid, told: Told) -> dict[str, Any]:
    """Give the demand units column by column: where, whose, of which block and building; zone -1 is none.

    ``building`` is given as steps, which pack well.  ``name`` is by building: what it is called, ""
    where its one unit is called the same.
    """
    units, blocks = tables.units, told.blocks
    building = buildings_of(tables)
    xs, ys = grid.points(units.geometry.to_numpy())
    moved = units["moved"].to_numpy(np.int64)
    return {
        "x": xs,
        "y": ys,
        "zone": blocks.zone[blocks.of].tolist(),
        "block": blocks.of.tolist(),
        "building": np.diff(building, prepend=0).tolist(),
        # that some homes of a unit change hands may be seen, never how many
        "moved": (moved if told.whole else np.where(moved > 0, FEW, 0)).tolist(),
        "label": [str(label) for label in units["label"]],
        "name": _names(units, building),
    }


def _names(units: Any, building: Ints) -> list[str]:
    if "building" not in units:
        return [""] * (int(building.max(initial=-1)) + 1)
    many = np.bincount(building)
    _, first = np.unique(building, return_index=True)
    words = units["building"].to_numpy(object)[first]
    # one unit tells its stairwell and floors as well
    return [str(w) if n > 1 else "" for w, n in zip(words, many, strict=True)]


def label_point(shape: Any, grid: Grid) -> list[int] | None:
    """Give the middle of the largest circle that fits into a zone, and its radius."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return None
    largest = max(parts, key=lambda p: p.area)
    # The centroid of a bent zone lies outside of it; the middle of the largest circle never does.
    radius = shapely.maximum_inscribed_circle(largest, tolerance=0.00002)
    x, y = grid.steps(shapely.get_coordinates(radius)[:1])[0].tolist()
    return [x, y, round(float(shapely.length(radius) * SCALE))]
