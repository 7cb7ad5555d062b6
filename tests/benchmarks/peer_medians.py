"""The capacitated p-median problem, by our search and by spopt: the same distances and capacities."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEDIAN_GAP = 1e-4
"""Gap at which both may stop: what HiGHS takes by itself."""


def apart(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances between all points."""
    return np.sqrt(((x[:, None] - x[None]) ** 2).sum(2))


def our_median(
    x: NDArray[np.float64], count: int, most: int, seed: int, limit: float
) -> dict[str, Any]:
    """Solve it by our search; compiled code is loaded by a tiny problem before the clock starts."""
    from planner.solve.sites import Sites, solve
    from planner.solve.stop import Stop

    def stated(points: NDArray[np.float64], centres: int, room: int) -> Sites:
        n = len(points)
        return Sites(apart(points), np.ones(n), np.full(n, room), np.arange(n), centres)

    began = time.perf_counter()
    solve(stated(x[:48], 3, 20), stop=Stop(0.0, 2.0), cycles=1)
    loading = time.perf_counter() - began
    sites = stated(x, count, most)
    began = time.perf_counter()
    seen: list[tuple[float, float]] = []
    answer = solve(
        sites,
        stop=Stop(MEDIAN_GAP, limit),
        seed=seed,
        listener=lambda now: seen.append((now.value_m, now.seconds)),
    )
    seconds = time.perf_counter() - began
    reached = [at for value, at in seen if value <= answer.value_m * (1 + 1e-9)]
    return {
        "seconds": seconds,
        "found": min(reached, default=seconds),
        "loading": loading,
        "bound": answer.bound_m,
        "proven": answer.gap <= MEDIAN_GAP,
        "centre": answer.serves,
        "cost": answer.cost_m,
    }


def spopt_median(
    x: NDArray[np.float64], count: int, most: int, seed: int, limit: float
) -> dict[str, Any]:
    """Solve spopt's model with HiGHS; building the model is part of its time."""
    import pulp
    from spopt.locate import PMedian

    away = apart(x)
    began = time.perf_counter()
    model = PMedian.from_cost_matrix(
        away, np.ones(len(x)), count, facility_capacities=np.full(len(x), most)
    )
    solver = pulp.HiGHS(msg=False, timeLimit=limit, gapRel=MEDIAN_GAP)
    model = model.solve(solver, results=True)
    seconds = time.perf_counter() - began
    centre = np.full(len(x), -1)
    for j, some in enumerate(model.fac2cli):
        centre[some] = j
    return {
        "seconds": seconds,
        "status": pulp.LpStatus[model.problem.status],
        "proven": seconds < limit,
        "unserved": int((centre < 0).sum()),
        "centre": centre,
        "cost": float(away[np.arange(len(x)), centre].sum()),
    }
