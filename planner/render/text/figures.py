"""The figures of a plan as plain values, and ``summary.json``: the office's own record."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planner.model.measures import walk_summary
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.care.equity import equity_figures
from planner.plan.frames import broken_codes
from planner.plan.ledger import zoneless
from planner.plan.shapes.wholeness import wholeness
from planner.render.text.level_words import plan_levels
from planner.render.text.words import limit_text

__all__ = ["finding_groups", "summary", "summary_json"]


def summary(tables: PlanTables) -> dict[str, Any]:
    """Give the figures of a plan as plain values.

    Gives: ``households, located, zones, unassigned`` (households without a zone)``, cost_m, penalty_m,
    bound_m, optimality_gap, zones_connected, rules, gaps`` (each cause to its count)``, walk_m`` (mean,
    p90 and max over the served households)``, homes_moved, seconds, versions, seed``, then
    `gap_objective`, ``equity`` (see `planner.plan.care.equity.equity_figures`) and what else a reader may
    want, such as the ``levels`` above the centres and the ``shape`` of the zones
    (`planner.plan.shapes.wholeness.wholeness`); and where there are ties ``affinity``: counts, and
    `broken_m`, which is part of what is minimised.
    """
    c, note = tables.certificate, tables.provenance
    homes = tables.households
    return {
        "households": len(homes),
        "located": _located(homes),
        "zones": len(tables.zones),
        "unassigned": int((homes["zone"] == "").sum()),
        "cost_m": c.cost_m,
        "penalty_m": c.penalty_m,
        "bound_m": c.bound_m,
        "optimality_gap": c.optimality_gap,
        "zones_connected": c.zones_connected,
        "rules": [
            {"name": r.name, "limit": limit_text(r), "worst": r.worst, "broken": r.broken}
            for r in c.rules
        ],
        "gaps": _gap_counts(tables),
        "walk_m": _walks(homes),
        "homes_moved": note.get("homes_moved"),
        "seconds": dict(note.get("seconds") or {}),
        "versions": dict(note.get("versions") or {}),
        "seed": note.get("seed"),
        "peak_gb": note.get("peak_gb"),
        "gap_objective": c.gap_objective,
        "equity": equity_figures(tables),
        "drift": (note.get("rezone") or {}).get("drift"),
        "change_m": c.change_m,
        "unserved_units": c.unserved,
        "zones_disconnected": len(c.disconnected),
        "moved_by_zone": _moved_by_zone(tables),
        "findings": dict(sorted(Counter(f.code for f in tables.findings).items())),
        "zoneless": zoneless(tables),
        "stopped": note.get("stopped"),
        "previous": note.get("previous"),
        "network": note.get("network"),
        "pieces": list(note.get("pieces") or []),
        "title": note.get("title"),
        "created": note.get("created"),
        "data_date": note.get("data_date"),
        "inputs": dict(note.get("inputs") or {}),
        "synthetic": bool(note.get("synthetic", False)),
        "online": note.get("online"),
        "advice": dict(note.get("advice") or {}),
        "levels": [dict(level) for level in plan_levels(tables)],
        "shape": wholeness(tables),
        "wishes": note.get("wishes"),
        **_affinity(tables),
    }


def _affinity(tables: PlanTables) -> dict[str, Any]:
    """Give what became of ties, if there are any, and which rules ask for talents."""
    found, staffing = tables.certificate.ties, tables.provenance.get("staffing") or {}
    told: dict[str, Any] = {} if found is None else asdict(found)
    told |= {k: staffing[k] for k in ("helpers", "helpers_kept") if k in staffing}
    talents = {
        r.name.removeprefix("talent:"): _without(tables, r.name)
        for r in tables.certificate.rules
        if r.name.startswith("talent:")
    }
    if talents:
        told["zones_without"] = talents
    return {"affinity": told} if told else {}


def _without(tables: PlanTables, rule: str) -> list[int]:
    """Give the numbers of the zones that break a rule."""
    codes = broken_codes(tables.certificate, len(tables.centres))
    breaks = {
        c for c, names in zip(tables.centres["centre_id"], codes, strict=True) if rule in names
    }
    zones = zip(tables.zones["centre_id"], tables.zones["number"], strict=True)
    return [int(number) for centre, number in zones if centre in breaks]


def summary_json(tables: PlanTables) -> str:
    """Write `summary` as JSON text, UTF-8, indented; what is no number becomes null."""
    figures = summary(tables)
    return json.dumps(_finite(figures), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _gap_counts(tables: PlanTables) -> dict[str, int]:
    # every known cause is told, at nought too: whoever reads the file counts on the key
    counts = Counter(map(str, tables.gaps["cause"]))
    known = {code: counts.pop(code, 0) for code in GAP_CAUSES}
    return known | dict(sorted(counts.items()))


def _located(homes: Any) -> int:
    points = homes.geometry.to_numpy()
    return int((~(shapely.is_empty(points) | shapely.is_missing(points))).sum())


def _walks(homes: pd.DataFrame) -> dict[str, float]:
    walk = homes.loc[homes["zone"] != "", "walk_m"].to_numpy(float)
    return {name: round(v, 2) for name, v in walk_summary(walk, np.ones(len(walk))).items()}


def _moved_by_zone(tables: PlanTables) -> dict[str, int] | None:
    """Count the homes that came to each zone; None when there was no plan before."""
    if tables.provenance.get("homes_moved") is None:
        return None
    came = tables.households.loc[tables.households["moved"].astype(bool), "zone"]
    counts = came.value_counts()
    return {str(z): int(counts[z]) for z in tables.zones["centre_id"] if z in counts.index}


def finding_groups(tables: PlanTables) -> dict[tuple[str, str], int]:
    """Count the findings of a plan by code and severity."""
    return dict(sorted(Counter((f.code, str(f.severity)) for f in tables.findings).items()))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    # JSON has no word for infinity; null is what readers of tables take for "none"
    return None if isinstance(value, float) and not math.isfinite(value) else value
