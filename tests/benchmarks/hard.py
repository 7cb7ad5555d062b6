"""Hard rules that can just hold: the search finds a plan that keeps them, and never says there is none.

    python -m tests.benchmarks.hard [--count 200] [--seconds 10] [--json FILE]

A made-up town is zoned as evenly as can be; what its zones then hold, least and most, become hard rules.
So a plan exists, and hardly any other.  Where the search finds none in its time, HiGHS alone is asked for a
minute.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.errors import InfeasibleError
from planner.model.audit import check
from planner.model.problem import Problem
from planner.solve.stop import Clock
from planner.solve.zones.anneal import Annealer
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.parts import split
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.start import must_serve, nearest_plan
from tests.benchmarks.table import machine, show
from tests.benchmarks.zoning_arrays import Town, make

ALONE_S = 60.0
HOMES_A_UNIT, HOMES_A_MEMBER = 15, 12


def tight(seed: int) -> Problem:
    """Make a town whose rules are what an even plan of it holds, least and most."""
    rng = np.random.default_rng(seed)
    units = int(rng.integers(40, 240))
    centres = int(rng.integers(units // 10, units // 4))
    homes = HOMES_A_UNIT * units
    town = Town(
        units, centres, homes, homes // HOMES_A_MEMBER, {"households_per_zone": (None, None)}
    )
    bare = make(town, seed=seed)
    members = np.bincount(rng.integers(units, size=homes // HOMES_A_MEMBER), minlength=units)
    amounts = {
        "households_per_zone": bare.households.astype(float),
        "members_per_zone": members.astype(float),
    }
    parts = split(_with_rules(bare, amounts, None)).instances
    sums: dict[str, list[float]] = {name: [] for name in amounts}
    for one in map(must_serve, parts):
        annealer = Annealer(one, nearest_plan(one), seed)
        mean = max(float(one.cost.mean()), 1.0)
        annealer.cool(2_000 * one.n_units, 20 * mean, 0.01 * mean, Clock(60.0))
        zone = one.centre[annealer.pair]
        for name, amount in amounts.items():
            sums[name] += np.bincount(zone, amount[one.unit_ids], one.n_centres).tolist()
    limits = {name: (min(held), max(held)) for name, held in sums.items()}
    return _with_rules(bare, amounts, limits)


def _with_rules(
    bare: Problem, amounts: dict[str, Any], limits: dict[str, tuple[float, float]] | None
) -> Problem:
    """Give a problem rules on these amounts: hard ones, or as even as can be."""
    rules = []
    for name, amount in amounts.items():
        even = float(amount.sum()) / bare.n_centres
        low, high = (even, even) if limits is None else limits[name]
        rule = replace(bare.rules[0], name=name, amount=amount, low=low, high=high)
        rules.append(replace(rule, hard=limits is not None, price_m=1000.0))
    return bare.replace(rules=tuple(rules))


def one(seed: int, seconds: float) -> dict[str, Any]:
    """Try one town."""
    problem = tight(seed)
    began, cpu, words = time.perf_counter(), time.process_time(), ""
    try:
        found = check(problem, solve(problem, stop=Stop(0.5, seconds), seed=0))
        kept = not found.violations
    except InfeasibleError as refused:
        kept, words = False, str(refused).splitlines()[0]
    except KeyboardInterrupt:
        raise
    row = {
        "seed": seed, "units": problem.n_units, "centres": problem.n_centres, "found": kept,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time() - cpu, 2), "said": words, "alone": "",
    }  # fmt: skip
    return row if kept else {**row, "alone": _alone(problem)}


def _alone(problem: Problem) -> bool:
    """Tell whether HiGHS alone finds a plan of every part."""
    parts = map(must_serve, split(problem).instances)
    return all(solve_exactly(part, gap=0.5, seconds=ALONE_S).pair is not None for part in parts)


def main() -> int:
    """Try all towns; fail where one is refused, or HiGHS alone does better."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first town")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [
        one(seed, options.seconds) for seed in range(options.seed, options.seed + options.count)
    ]
    show([row for row in rows if not row["found"]], title="no plan found in time")
    late, refused = (
        [r for r in rows if r["alone"] is True],
        [r for r in rows if "cannot" in r["said"]],
    )
    spent = np.array([row["cpu_s"] for row in rows])
    figures = {
        "towns": len(rows), "found": sum(row["found"] for row in rows), "said to be impossible": len(refused),
        "HiGHS alone finds one": len(late), "median_cpu_s": float(np.median(spent)),
        "slowest_cpu_s": float(spent.max()),
    }  # fmt: skip
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(
            json.dumps({**figures, "rows": rows, "machine": machine()}), "utf-8"
        )
    return 1 if late or refused else 0


if __name__ == "__main__":
    raise SystemExit(main())
