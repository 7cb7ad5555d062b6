"""Rules by community, members and centres with limits of their own: the best of all plans, found and proven.

The oracle tries every plan of each community by itself, under that community's rules alone, and shares no
code with the product.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.model.audit import check
from planner.model.problem import Problem, Result, ZoneRule
from planner.model.proof.verify import verify
from planner.solve.zones.search import Stop, solve
from tests.strategies import best_plan

CASES = 300


def community(rng: np.random.Generator) -> Problem:
    """Make a community of a few units, with rules of its own."""
    n, m = int(rng.integers(2, 6)), int(rng.integers(1, 3))
    m = min(m, n - 1)
    tree = np.array([[int(rng.integers(i)), i] for i in range(1, n)]).reshape(-1, 2)
    length = rng.integers(1, 12, len(tree)) * 10.0
    graph = coo_array((length, (tree[:, 0], tree[:, 1])), shape=(n, n)).tocsr()
    home = np.sort(rng.choice(n, m, replace=False))
    walk = dijkstra(graph, directed=False)[:, home]
    homes, members = rng.integers(1, 9, n), rng.integers(0, 3, n)
    # what each member can take on is the member's own: few, because frail, or more, because willing
    room = np.array([rng.choice([2, 5, 9], k).sum() for k in members], float)
    low, high = sorted((float(rng.integers(1, 12)), float(rng.integers(4, 25))))
    price = float(rng.choice([50.0, 1000.0]))
    # some centres have a floor or a ceiling of their own; what stands where no centre lives is nobody's
    own = np.zeros((2, n))
    if rng.random() < 0.5:
        own[1] = rng.integers(0, 8, n)
        own[:, rng.integers(n)] = -rng.uniform(0.0, low)
    rules = [
        ZoneRule("households_per_zone", homes, low, high, None, False, price, own=own)
        if own.any()
        else ZoneRule("households_per_zone", homes, low, high, None, False, price)
    ]
    if rng.random() < 0.7:
        rules.append(ZoneRule("households_per_member", homes, None, 1.0, room, False, price))
    if rng.random() < 0.4:
        rules.append(ZoneRule("members_per_zone", members, 1.0, 3.0, None, False, price))
    return Problem(
        load=homes,
        households=homes,
        home=home,
        pair_start=np.arange(n + 1) * m,
        pair_centre=np.tile(np.arange(m), n),
        walk_m=walk.ravel(),
        adjacency=tree,
        rules=tuple(rules),
    )


def joined(parts: list[Problem]) -> Problem:
    """Make one problem of communities: each rule is for its own, and counts over all units."""
    first = np.cumsum([0, *(p.n_units for p in parts)])
    below = np.cumsum([0, *(p.n_centres for p in parts)])
    rules = []
    for k, part in enumerate(parts):
        for rule in part.rules:
            # of the units elsewhere it counts something too: it is the fence that keeps it from them
            amount = np.concatenate(
                [rule.amount if i == k else p.load * 7.0 for i, p in enumerate(parts)]
            )
            per = None
            if rule.per is not None:
                per = np.concatenate([rule.per if i == k else p.load for i, p in enumerate(parts)])
            own = None
            if rule.own is not None:
                own = np.ones((2, first[-1])) * 3.0
                own[:, first[k] : first[k + 1]] = rule.own
            rules.append(
                replace(rule, name=f"{rule.name}@{k}", amount=amount, per=per, fences=(k,), own=own)
            )
    return Problem(
        load=np.concatenate([p.load for p in parts]),
        households=np.concatenate([p.households for p in parts]),
        home=np.concatenate([p.home + first[k] for k, p in enumerate(parts)]),
        pair_start=np.concatenate(
            [[0], np.cumsum(np.concatenate([np.diff(p.pair_start) for p in parts]))]
        ),
        pair_centre=np.concatenate([p.pair_centre + below[k] for k, p in enumerate(parts)]),
        walk_m=np.concatenate([p.walk_m for p in parts]),
        adjacency=np.concatenate([p.adjacency + first[k] for k, p in enumerate(parts)]),
        fence=np.repeat(np.arange(len(parts)), [p.n_units for p in parts]),
        rules=tuple(rules),
    )


@pytest.mark.parametrize("batch", range(3))
def test_the_best_of_all_plans(batch: int) -> None:
    """Value, bound, certificate and the second proof, in every case."""
    for seed in range(batch * CASES // 3, (batch + 1) * CASES // 3):
        rng = np.random.default_rng(seed)
        parts = [community(rng) for _ in range(2)]
        best = sum(best_plan(part)[0] for part in parts)
        problem = joined(parts)
        result = solve(problem, stop=Stop(0.0, 60.0), seed=0)
        told = check(problem, result)
        assert told.value_m == pytest.approx(best, rel=1e-6, abs=1e-3), seed
        assert told.bound_m == pytest.approx(best, rel=1e-6, abs=1e-2), seed
        prizes = {u: x for p in result.parts for u, x in zip(p.unit, p.prize, strict=True)}
        proven = verify(problem, result.assignment, told, prizes)
        assert proven.holds, seed
        assert proven.proven_m <= best * (1 + 1e-6) + 1e-3, seed


def test_the_checker_reads_the_rules_of_each_community() -> None:
    """A breach is told of the zones of its own community alone, and so are the extremes."""
    parts = [community(np.random.default_rng(seed)) for seed in (1, 2)]
    strict = [
        replace(p, rules=(ZoneRule("households_per_zone", p.load, low, None, None, False, 10.0),))
        for p, low in zip(parts, (1.0, 1000.0), strict=True)
    ]
    problem = joined(strict)
    plan = solve(problem, stop=Stop(0.0, 60.0), seed=0).assignment
    told = check(problem, Result(plan, -np.inf))
    assert {v.rule for v in told.violations} == {"households_per_zone@1"}
    assert {problem.fence[problem.home[v.centre]] for v in told.violations} == {1}
    homes = {k: problem.load[problem.fence == k].sum() for k in (0, 1)}
    for k, outcome in enumerate(told.rules):
        assert outcome.highest <= homes[k]


def test_pairs_across_a_fence_are_refused() -> None:
    """A rule of one community needs zones that lie in one."""
    part = community(np.random.default_rng(3))
    fence = np.zeros(part.n_units, int)
    away = int(np.setdiff1d(np.arange(part.n_units), part.home)[0])
    fence[away] = 1
    rules = tuple(replace(rule, fences=(0,)) for rule in part.rules)
    with pytest.raises(ValueError, match="cross"):
        part.replace(fence=fence, rules=rules)
    part.replace(fence=fence)
