"""Problems whose rules clash: each gets a plan, an account of what it breaks, and confirmed repairs.

python -m tests.benchmarks.clashes [--count 200] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from planner.errors import InfeasibleError
from planner.model.audit import audit, check
from planner.model.excerpt import with_limit, without_centre
from planner.model.problem import Problem
from planner.plan.advice import Around, Candidate, Repair, repairs
from planner.solve.zones.search import Stop, solve
from tests.benchmarks.table import machine
from tests.strategies import problems


def main() -> None:
    """Make problems until enough of them clash; fail when a repair does not do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    began = time.perf_counter()

    @settings(
        max_examples=20 * options.count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(problems(most_units=12))
    def one(problem: Problem) -> None:
        if counts["clash"] < options.count:
            counts.update(_one(problem))

    one()
    figures: dict[str, Any] = {
        **counts,
        "seconds": round(time.perf_counter() - began, 1),
        "machine": machine(),
    }
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")
    assert counts["clash"] == options.count, "too few problems clash"
    assert counts["confirmed"] == counts["repairs"], "a repair does not do what it says"


def _one(problem: Problem) -> Counter[str]:
    result = solve(problem, stop=Stop(0.0, 20.0))
    found = check(problem, result)
    if not found.violations:
        return Counter(fits=1)
    names = tuple(f"C{i}" for i in range(problem.n_centres))
    plan = np.asarray(result.assignment, np.int64)
    around = Around(names, names, _anyone(problem))
    offered = repairs(problem, plan, around, seconds=20.0)
    confirmed = sum(_confirmed(problem, repair, names) for repair in offered)
    return Counter(
        clash=1,
        served=int(found.unserved == 0),
        accounted=len(found.violations),
        repaired=int(any(r.broken_after == 0 for r in offered)),
        with_repairs=bool(offered),
        repairs=len(offered),
        confirmed=confirmed,
    )


def _anyone(problem: Problem) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"M{u}", u) for u in range(problem.n_units))


def _confirmed(problem: Problem, repair: Repair, names: tuple[str, ...]) -> bool:
    """Solve the whole problem again with the change, and let the auditor count."""
    if repair.kind == "widen":
        change = repair.change
        variant = with_limit(problem, change["rule"], change["side"], change["limit"])
    else:
        variant = without_centre(problem, names.index(repair.change["centre"]))
    if repair.broken_after == 0:
        # "All rules hold" is a claim about what can be done, whatever breaking them costs.
        variant = variant.replace(rules=tuple(replace(rule, hard=True) for rule in variant.rules))
    try:
        again = solve(variant, stop=Stop(0.0, 20.0))
    except InfeasibleError:
        return False
    return len(audit(variant, again.assignment, -np.inf).violations) <= repair.broken_after


if __name__ == "__main__":
    main()
