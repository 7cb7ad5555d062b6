"""What is different from one plan to another, as plain values: homes, centres, members, rules, proof.

Homes that change hands are those of `planner.plan.compare`, and nothing here counts them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from planner.model.arrays import Ints
from planner.model.tables import PlanTables
from planner.plan.compare import Comparison
from planner.plan.frames import centre_positions, positions, taken
from planner.plan.provenance import history_of, locks_of, plan_fingerprint

__all__ = ["changes_between", "differences"]


def differences(comparison: Comparison) -> dict[str, Any]:
    """Tell what changes from one plan to another.

    Parameters
    ----------
    comparison : Comparison
        The two plans, held against each other.

    Returns
    -------
    dict
        Plain values: ``same`` (bool)``, homes, buildings`` (homes that change hands, by building)``, centres,
        zones`` (those with other figures)``, members, rules, locks, figures, certificate, inputs``. Of
        ``figures, certificate, locks`` and each rule a pair: before, after. No id of a home is in it,
        and of members those of centres alone.
    """
    before, after = comparison.before, comparison.after
    told = {
        "homes": _homes(comparison),
        "buildings": _plain(comparison.table()),
        "centres": _centres(comparison),
        "zones": _zones(comparison),
        "members": _members(comparison),
        "rules": _rules(before, after),
        "locks": [len(locks_of(before)), len(locks_of(after))],
        "figures": {name: list(pair) for name, pair in comparison.figures().items()},
        "certificate": _certificate(before, after),
        "inputs": _inputs(before, after),
    }
    return {"same": _same(told), **told}


def changes_between(before: PlanTables, after: PlanTables) -> int | None:
    """Give how many changes lead from one plan to another; None where its history does not say.

    They are the last ones of the history of `after`.
    """
    start, now = len(history_of(before)), history_of(after)
    if start == len(now):
        return 0 if plan_fingerprint(before) == plan_fingerprint(after) else None
    # an entry names the plan that it was made from: a history that only looks alike is another's
    known = start < len(now) and now[start]["plan"] == plan_fingerprint(before)
    return len(now) - start if known else None


def _homes(comparison: Comparison) -> dict[str, int]:
    rows = comparison.rows
    return {
        "before": len(comparison.before.households),
        "after": len(comparison.after.households),
        "joined": comparison.joined,
        "left": comparison.left,
        "moved": comparison.moved,
        "served_now": int(rows.loc[rows["from_centre"] < 0, "households"].sum()),
        "other_member": _other_member(comparison),
    }


def _other_member(comparison: Comparison) -> int:
    """Count homes whose zone stays and whose serving member is another one."""
    if comparison.matched != "homes":
        return 0
    old, new = comparison.before, comparison.after
    at = positions(old.households["household_id"], new.households["household_id"])
    now = np.flatnonzero(at >= 0)
    was, then = old.households.iloc[at[now]], new.households.iloc[now]
    before, after = centre_positions(old, was["zone"]), centre_positions(new, then["zone"])
    stays = (before >= 0) & (np.append(comparison.centre, -1)[before] == after)
    other = was["member"].to_numpy(object) != then["member"].to_numpy(object)
    return int((stays & other).sum())


def _centres(comparison: Comparison) -> dict[str, Any]:
    old, new, same = comparison.before.centres, comparison.after.centres, comparison.centre
    stayed = np.flatnonzero(same >= 0)
    numbers = old["number"].to_numpy()[stayed], new["number"].to_numpy()[same[stayed]]
    other = np.flatnonzero(numbers[0] != numbers[1])
    return {
        "stayed": len(stayed),
        "gone": _plain(_listed(old, np.flatnonzero(same < 0))),
        "new": _plain(_listed(new, np.setdiff1d(np.arange(len(new)), same))),
        "renumbered": [[int(numbers[0][i]), int(numbers[1][i])] for i in other],
    }


def _listed(centres: pd.DataFrame, at: Ints) -> pd.DataFrame:
    """Take what names some centres, and what they served."""
    names = ["number", "centre_id", "fence", "households"]
    return pd.DataFrame(centres.iloc[at][names]).rename(columns={"households": "homes"})


def _zones(comparison: Comparison) -> list[dict[str, Any]]:
    """Give the zones that have other homes, members or walks than before, by number."""
    old, new, same = comparison.before.zones, comparison.after.zones, comparison.centre
    gone = np.flatnonzero(same < 0)
    rows = np.append(np.flatnonzero(same >= 0), gone)
    fresh = np.setdiff1d(np.arange(len(new)), same)
    was = np.append(rows, np.full(len(fresh), -1))
    now = np.append(same[rows], fresh)
    told: dict[str, Any] = {
        "zone": np.where(now >= 0, taken(new["number"], now), taken(old["number"], was)),
        "centre": np.where(now >= 0, taken(new["centre_id"], now), taken(old["centre_id"], was)),
    }
    other = (was < 0) | (now < 0)
    for name in ("households", "members", "walk_mean_m"):
        blank = np.nan if name == "walk_mean_m" else 0.0
        figures = [
            np.append(frame[name].to_numpy(float), blank)[at]
            for frame, at in ((old, was), (new, now))
        ]
        # walks are stored to the centimetre
        other |= ~np.isclose(*figures, rtol=0, atol=0.011, equal_nan=True)
        told |= {f"{name}_before": figures[0], f"{name}_after": figures[1]}
    gains = comparison.rows.loc[comparison.rows["from_centre"] >= 0]
    for name, side, at in (("gained", "to_centre", now), ("lost", "from_centre", was)):
        n = max(len(new), len(old))
        hit = gains[gains[side] >= 0]
        counts = np.bincount(hit[side], hit["households"], minlength=n)
        told[name] = np.append(counts, 0)[at].astype(int)
        # a zone may give and take as many, and be the same in all other figures
        other |= told[name] > 0
    frame = pd.DataFrame(told)[other].sort_values("zone", kind="stable")
    whole = [c for c in frame.columns if c.startswith(("households", "members"))]
    return _plain(frame.astype(dict.fromkeys(whole, int)))


def _members(comparison: Comparison) -> dict[str, int]:
    old, new = comparison.before.members, comparison.after.members
    at = positions(old["member_id"], new["member_id"])
    both = np.flatnonzero(at >= 0)
    was, now = old.iloc[at[both]], new.iloc[both]
    serves = [f["households"].to_numpy(int) > 0 for f in (was, now)]
    zones = centre_positions(comparison.before, was["zone"])
    moved = np.append(comparison.centre, -1)[zones] != centre_positions(
        comparison.after, now["zone"]
    )
    return {
        "before": len(old),
        "after": len(new),
        "joined": len(new) - len(both),
        "left": len(old) - len(both),
        "other_zone": int(moved.sum()),
        "serving_no_more": int((serves[0] & ~serves[1]).sum()),
        "serving_now": int((serves[1] & ~serves[0]).sum()),
    }


def _rules(before: PlanTables, after: PlanTables) -> list[dict[str, Any]]:
    was, now = _limits(before), _limits(after)
    return [
        {"rule": rule, "what": what, "values": [was.get((rule, what)), now.get((rule, what))]}
        for rule, what in sorted(was.keys() | now.keys())
        if was.get((rule, what)) != now.get((rule, what))
    ]


def _limits(tables: PlanTables) -> dict[tuple[str, str], Any]:
    """Give every number of every rule that was solved for, the walk's included."""
    names = ("low", "high", "hard", "price_m")
    zone = {(r.name, n): getattr(r, n) for r in tables.problem.rules for n in names}
    return zone | {("walk_m", n): v for n, v in asdict(tables.rules.walk).items()}


def _certificate(before: PlanTables, after: PlanTables) -> dict[str, list[Any]]:
    names = ("cost_m", "penalty_m", "value_m", "bound_m", "optimality_gap")
    found = [
        {name: float(getattr(t.certificate, name)) for name in names}
        # what a change was charged is no walk: two plans that were re-cut at other prices compare without
        | {"unpriced_m": t.certificate.value_m - t.certificate.change_m}
        | {"broken": len(t.certificate.violations), "unserved": t.certificate.unserved}
        for t in (before, after)
    ]
    return {name: [found[0][name], found[1][name]] for name in found[0]}


def _inputs(before: PlanTables, after: PlanTables) -> dict[str, list[str]]:
    """Name the files that the plans were made from, by what became of them."""
    was, now = (dict(t.provenance.get("inputs") or {}) for t in (before, after))
    return {
        "added": sorted(now.keys() - was.keys()),
        "removed": sorted(was.keys() - now.keys()),
        "edited": sorted(n for n in was.keys() & now.keys() if was[n] != now[n]),
    }


def _same(told: Mapping[str, Any]) -> bool:
    """Tell whether nothing is different."""
    pairs: Iterable[list[Any]] = (*told["figures"].values(), *told["certificate"].values())
    homes = told["homes"]
    counts = (homes[n] for n in ("joined", "left", "moved", "served_now", "other_member"))
    people = told["members"]
    moves = (people[n] for n in people if n not in ("before", "after"))
    listed = (told["centres"][n] for n in ("gone", "new", "renumbered"))
    equal = all(a == b or (a != a and b != b) for a, b in (*pairs, told["locks"]))
    return equal and not any((*counts, *moves, *listed, told["rules"], told["zones"]))


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as plain values, with None for a number that there is not."""
    rows = frame.astype(object).to_dict("records")
    return [{str(k): _bare(v) for k, v in row.items()} for row in rows]


def _bare(value: Any) -> Any:
    bare = value.item() if isinstance(value, np.generic) else value
    return None if bare != bare else bare
