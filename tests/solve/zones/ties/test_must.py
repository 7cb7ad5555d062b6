"""Ties that must hold: 300 small towns against every plan there is, and what is said where none holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.errors import InfeasibleError
from planner.model.audit import check
from planner.model.clash import RuleClash, TieClash
from planner.model.problem import Problem, Ties, ZoneRule
from planner.model.proof.verify import verify
from planner.solve.keeping import Keeping
from planner.solve.recut import recut
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.ties import exact as room
from planner.solve.zones.ties.must import narrowed
from tests.solve.test_recut import every_plan, moved, open_town
from tests.solve.test_recut import town as lived_in
from tests.solve.towns import town
from tests.solve.zones.test_search_fences import community
from tests.strategies import best_plan

CASES = 300


def tied_community(seed: int) -> Problem:
    """A community with own limits, shares of care households, and ties of which most must hold."""
    rng = np.random.default_rng(seed)
    made = community(rng)
    n = made.n_units
    count = int(rng.integers(1, 4))
    ends = np.sort(rng.integers(0, n, (count, 2)), axis=1)
    apart = rng.random(count) < 0.3
    hard = (rng.random(count) < 0.7) & ~(apart & (ends[:, 0] == ends[:, 1]))
    price = rng.integers(0, 8, count) * 40.0
    care, members = rng.integers(0, 3, n), rng.integers(0, 3, n)
    share = ZoneRule("care_per_member", care, 0.5, 2.0, members, False, 300.0)
    rules = (*made.rules, share) if rng.random() < 0.5 else made.rules
    if rng.random() < 0.3:
        rules = tuple(replace(rule, hard=True) for rule in rules)
    ties = Ties(ends[:, 0], ends[:, 1], price, apart, np.ones(count, int), hard)
    return made.replace(ties=ties, rules=rules)


@pytest.mark.parametrize("batch", range(3))
def test_the_best_of_all_plans_or_a_refusal(batch: int) -> None:
    """Value, bound and second proof where some plan keeps them all; a refusal where none does."""
    refused = 0
    for seed in range(batch * CASES // 3, (batch + 1) * CASES // 3):
        problem = tied_community(seed)
        best, plan = best_plan(problem)
        # all units can be served here, and so no tie is kept by leaving one out
        if plan is None or (plan < 0).any():
            with pytest.raises(InfeasibleError) as told:
                solve(problem, stop=Stop(0.0, 60.0))
            assert isinstance(told.value.clash, TieClash | RuleClash), seed
            refused += 1
            continue
        result = solve(problem, stop=Stop(0.0, 60.0))
        told = check(problem, result)
        assert told.value_m == pytest.approx(best, rel=1e-6, abs=1e-3), seed
        assert told.bound_m == pytest.approx(best, rel=1e-6, abs=1e-2), seed
        prizes = {u: x for p in result.parts for u, x in zip(p.unit, p.prize, strict=True)}
        proven = verify(problem, result.assignment, told, prizes)
        assert proven.proven_m <= best * (1 + 1e-6) + 1e-3, seed
        ties = problem.ties
        assert ties is not None
        if not (ties.price_m[~ties.hard] > 0).any():
            assert proven.holds, seed
    assert 10 < refused < 90


@pytest.mark.parametrize("fewest", [False, True])
def test_a_re_cut_keeps_them(fewest: bool) -> None:
    """At a price for each home, or with the fewest: the best of all plans that keep them, from any before."""
    tried = 0
    for seed in range(300, 360):
        problem = tied_community(seed)
        if not np.isfinite(best_plan(problem)[0]) or not (plans := every_plan(problem)):
            continue
        bare, unit, previous = lived_in(problem, seed)
        wish = Keeping(fewest=True) if fewest else Keeping(25.0)
        got = recut(bare, unit, previous, open_town(bare), wish, stop=Stop(0.0, 60.0), seed=0)
        told = [(moved(p, unit, previous), v) for p, v in plans]
        value = check(bare, replace(got.result, bound_m=0.0)).value_m
        if fewest:
            assert (got.moved, value) == (min(told)[0], pytest.approx(min(told)[1])), seed
        else:
            assert value + 25.0 * got.moved == pytest.approx(min(v + 25.0 * n for n, v in told)), (
                seed
            )
        tried += 1
    assert tried > 20


def _line(*ties: tuple[int, int, bool], rules: tuple[ZoneRule, ...] = ()) -> Problem:
    """Five units along a street, a centre at either end."""
    away = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    a, b, apart = np.array(ties).T
    n = len(ties)
    return Problem(
        load=np.ones(5), households=np.ones(5, int), home=[0, 4], pair_start=np.arange(6) * 2,
        pair_centre=[0, 1] * 5, walk_m=np.stack([away, away[::-1]], 1).ravel(),
        adjacency=[[0, 1], [1, 2], [2, 3], [3, 4]], rules=rules,
        ties=Ties(a, b, np.full(n, 7.0), apart, np.ones(n, int), np.ones(n, bool)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (_line((0, 2, False), (2, 4, False)), "centres"),
        (_line((1, 2, False), (1, 2, True)), "others"),
        (_line((0, 1, True), (1, 4, True)), "apart"),
    ],
)
def test_what_it_clashes_with_is_told(problem: Problem, reason: str) -> None:
    """Two centres, one another, nobody left: each by its name."""
    with pytest.raises(InfeasibleError) as told:
        solve(problem, stop=Stop(0.0, 20.0))
    assert isinstance(told.value.clash, TieClash)
    assert told.value.clash.reason == reason
    assert told.value.zh
    assert told.value.remedy_zh


def test_a_hard_rule_that_it_clashes_with_is_named() -> None:
    """At most two homes a zone, and three that must be together: without the rule they would be."""
    rule = ZoneRule("households_per_zone", np.ones(5), None, 3.0, None, True)
    problem = _line((0, 1, False), (1, 2, False), (2, 3, False), rules=(rule,))
    with pytest.raises(InfeasibleError) as told:
        solve(problem, stop=Stop(0.0, 20.0))
    assert isinstance(told.value.clash, TieClash)
    assert told.value.clash.rules == ("households_per_zone",)
    assert "households in a zone" in str(told.value)


def test_pairs_that_no_plan_can_use_go() -> None:
    """Tied to a home a unit has one centre left, and so has whoever is tied to it in turn."""
    left = narrowed(_line((0, 2, False), (2, 3, False)))
    assert np.diff(left.pair_start).tolist() == [1, 1, 1, 1, 1]
    assert left.pair_centre.tolist() == [0, 0, 0, 0, 1]


def test_large_parts_keep_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the whole model is too large, annealing and single zones put together again keep them."""
    monkeypatch.setattr(room, "MOST_COLUMNS", 10)
    monkeypatch.setattr(room, "MOST_TRIED", 10)
    problem = town()
    plain = solve(problem, stop=Stop(0.05, 20.0)).assignment
    a, b = problem.adjacency.T
    free = ~np.isin(a, problem.home) & ~np.isin(b, problem.home)
    across = np.flatnonzero(free & (plain[a] != plain[b]))[::4]
    n = len(across)
    ties = Ties(a[across], b[across], np.ones(n), np.zeros(n, bool), np.ones(n, int), np.ones(n))
    tied = problem.replace(ties=ties)
    result = solve(tied, stop=Stop(0.05, 20.0))
    assert not [v for v in check(tied, result).violations if v.rule == "must_ties"]
