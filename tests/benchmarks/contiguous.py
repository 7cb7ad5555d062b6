"""Published capacitated service areas that must hang together, each held against its best known plan.

    python -m tests.benchmarks.contiguous FOLDER [--limit 60] [--only NAME ...] [--json FILE]

The folder holds the instances, the list of neighbours and ``best_known.csv``.  Sites are chosen by the
programme in which areas may share a unit, among the nearest sites of each.  The best sets of sites are then
zoned in turn, each in its share of the time: capacities hard, areas connected by the planner's own rule,
which asks for a neighbour that is nearer.  An area's capacity is written as what its own home takes up of the
largest one.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from planner.errors import InfeasibleError
from planner.model.audit import check
from planner.model.problem import Problem, ZoneRule
from planner.solve.zones.search import Stop, solve
from tests.benchmarks.table import machine, show

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CHOOSING = 0.5
"""Share of the time for choosing sites."""
NEAR = 8
"""Sites of each unit among which they are chosen."""
SETS = 3


@dataclass(frozen=True, eq=False)
class Area:
    """An instance: units, candidate sites, and what a plan costs.

    Parameters
    ----------
    demand : ndarray of float, shape (n_units,)
    site : ndarray of int, shape (n_sites,)
        Unit of each candidate.
    fee, capacity : ndarray of float, shape (n_sites,)
    distance : ndarray of float, shape (n_units, n_sites)
        Straight, metres.
    near : ndarray of int, shape (n_edges, 2)
    """

    demand: FloatArray
    site: IntArray
    fee: FloatArray
    capacity: FloatArray
    distance: FloatArray
    near: IntArray

    @property
    def cost(self) -> FloatArray:
        """Cost of giving each unit to each site, in the unit of the published values."""
        return self.demand[:, None] * self.distance / 1000.0

    @classmethod
    def read(cls, path: Path, links: Path) -> Area:
        """Read a file of units and the list of neighbours."""
        # Files name their columns differently; their order is the same.
        table = pd.read_csv(path, sep="\t").to_numpy(float)
        pairs = pd.read_csv(links)[["IN_FID", "NEAR_FID"]].to_numpy(np.int64)
        site = np.flatnonzero(table[:, 6] > 0)
        xy = table[:, 2:4]
        away = np.hypot(*(xy[:, None, :] - xy[site][None, :, :]).transpose(2, 0, 1))
        position = pd.Series(np.arange(len(table)), index=table[:, 0].astype(np.int64))
        near = np.sort(np.column_stack([position[pairs[:, 0]], position[pairs[:, 1]]]), axis=1)
        near = np.unique(near[near[:, 0] < near[:, 1]], axis=0)
        return cls(table[:, 1], site, table[site, 5], table[site, 6], away, near)


def choose(area: Area, seconds: float, cut: list[IntArray]) -> tuple[float, IntArray | None]:
    """Choose sites where areas may share units; none of the sets in `cut` again.

    Returns
    -------
    least : float
        Proven of plans that use near sites alone.
    sites : ndarray of int or None
        The best set.
    """
    n, m = area.distance.shape
    k = min(NEAR, m)
    unit, site = np.repeat(np.arange(n), k), np.argsort(area.distance, axis=1)[:, :k].ravel()
    pairs = n * k
    each, chosen = np.arange(pairs), pairs + np.arange(m)
    once = csr_array((np.ones(pairs), (unit, each)), shape=(n, pairs + m))
    linked = _sparse(
        (np.ones(pairs), each, each),
        (-np.ones(pairs), each, chosen[site]),
        shape=(pairs, pairs + m),
    )
    full = _sparse(
        (area.demand[unit], site, each),
        (-area.capacity, np.arange(m), chosen),
        shape=(m, pairs + m),
    )
    most: Any = np.zeros(pairs + m)
    rows = [
        LinearConstraint(once, 1.0, 1.0),
        LinearConstraint(csr_array(vstack([linked, full])), -np.inf, most),
    ]
    for known in cut:
        other = np.zeros(pairs + m)
        other[chosen] = np.where(np.isin(np.arange(m), known), -1.0, 1.0)
        rows.append(LinearConstraint(other[None, :], 1.0 - len(known), np.inf))
    whole = np.zeros(pairs + m)
    whole[chosen] = 1
    found = milp(
        np.concatenate([area.cost[unit, site], area.fee]),
        integrality=whole,
        bounds=Bounds(0.0, 1.0),
        constraints=rows,
        options={"time_limit": max(seconds, 1.0), "mip_rel_gap": 2e-4},
    )
    if found.x is None:
        return -np.inf, None
    bound = getattr(found, "mip_dual_bound", None)
    return float(-np.inf if bound is None else bound), np.flatnonzero(found.x[chosen] > 0.5)


def _sparse(*parts: tuple[FloatArray, IntArray, IntArray], shape: tuple[int, int]) -> coo_array:
    """Put values, rows and columns of several blocks into one matrix."""
    value, row, column = (np.concatenate(each) for each in zip(*parts, strict=True))
    return coo_array((value, (row, column)), shape=shape)


def posed(area: Area, sites: IntArray) -> Problem:
    """State the zones of some sites as a problem of the planner."""
    n, m, home = len(area.demand), len(sites), area.site[sites]
    filled = area.demand.copy()
    filled[home] += area.capacity[sites].max() - area.capacity[sites]
    rule = ZoneRule("capacity", filled, None, float(area.capacity[sites].max()), None, True)
    return Problem(
        load=area.demand / 1000.0,
        households=np.ones(n, np.int64),
        home=home,
        pair_start=np.arange(n + 1) * m,
        pair_centre=np.tile(np.arange(m), n),
        walk_m=area.distance[:, sites].ravel(),
        adjacency=area.near,
        rules=(rule,),
    )


def solved(area: Area, seconds: float, seed: int) -> dict[str, Any]:
    """Choose sites and zone them, within a time."""
    began = time.perf_counter()
    best, tried = np.inf, []
    for k in range(SETS):
        left = seconds - (time.perf_counter() - began)
        if left <= 0.05 * seconds:
            break
        bound, sites = choose(area, CHOOSING * left, tried)
        # No plan of the sets that are left is likely to be better.
        if sites is None or bound >= best:
            break
        tried.append(sites)
        left = seconds - (time.perf_counter() - began)
        problem = posed(area, sites)
        try:
            result = solve(
                problem, stop=Stop(1e-4, max(left * (0.6 if k == 0 else 1.0), 1.0)), seed=seed
            )
        except InfeasibleError:
            continue
        found = check(problem, result)
        assert found.zones_connected, "an area is not connected"
        if not found.violations and not found.unserved:
            best = min(best, found.value_m + float(area.fee[sites].sum()))
    return {
        "plan": best,
        "sets": len(tried),
        "seconds": round(time.perf_counter() - began, 1),
    }


def main() -> int:
    """Solve every instance once; fail where one is not solved."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one instance")
    parser.add_argument("--only", nargs="+", default=[], help="names of files")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    (links,) = options.folder.glob("*connectivity*")
    rows = []
    for known in pd.read_csv(options.folder / "best_known.csv").itertuples():
        name = str(known.file)
        if options.only and name not in options.only:
            continue
        area = Area.read(options.folder / name, links)
        row = solved(area, options.limit, options.seed)
        least = float(known.cplex_lower_bound)  # type: ignore[arg-type]
        plan = min(float(known.cplex_plan_2h), float(known.matheuristic_plan))  # type: ignore[arg-type]
        rows.append({
            "file": name, "units": len(area.demand), "candidates": len(area.site),
            "plan": round(row["plan"]) if np.isfinite(row["plan"]) else None,
            "best known": round(plan),
            "above it %": round(100 * (row["plan"] / plan - 1), 3),
            "above the bound %": round(100 * (row["plan"] / least - 1), 3),
            "sets": row["sets"], "seconds": row["seconds"],
        })  # fmt: skip
        print(rows[-1], flush=True)
    show(rows)
    gaps = [row["above the bound %"] for row in rows]
    print(f"mean above the bound {np.mean(gaps):.3f} %, {sum(r['above it %'] <= 1e-3 for r in rows)} "
          f"of {len(rows)} no worse than the best known")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "machine": machine()}, indent=1), "utf-8")
    return 0 if rows and np.isfinite(gaps).all() else 1


if __name__ == "__main__":
    raise SystemExit(main())
