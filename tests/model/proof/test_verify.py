"""The second proof: true whatever the prizes, as high as the claim, and never fooled."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import PlannerError
from planner.model.audit import check
from planner.model.problem import Problem, Result, Ties
from planner.model.proof import verify as room
from planner.model.proof.verify import Verification, verify
from planner.solve.zones.search import Stop, solve
from tests.solve.towns import row, street, town
from tests.strategies import best_plan, problems

SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def prizes_of(result: Result) -> dict[int, float]:
    """Give the prizes that a search leaves with its parts."""
    return {u: x for p in result.parts for u, x in zip(p.unit, p.prize, strict=True)}


def verified(problem: Problem, result: Result, **options: float) -> Verification:
    """Prove a search's bound again."""
    claimed = check(problem, result)
    return verify(problem, result.assignment, claimed, prizes_of(result), **options)


@SLOW
@given(st.booleans().flatmap(lambda b: problems(all_pairs=b, most_units=7)))
def test_what_the_search_proves_is_proven_again(problem: Problem) -> None:
    """The claim holds, and what is proven is never above the best of all plans."""
    best, _ = best_plan(problem)
    found = verified(problem, solve(problem, stop=Stop(0.0, 300.0)))
    assert found.holds
    assert found.differs == ()
    assert found.proven_m <= best * (1 + 1e-6) + 1e-3


@SLOW
@given(problems(all_pairs=False, most_units=7), st.integers(0, 2**31), st.booleans())
def test_no_prizes_prove_anything_false(problem: Problem, seed: int, whole: bool) -> None:
    """Random, huge, missing, not a number: the bound stays below the best plan."""
    rng = np.random.default_rng(seed)
    best, plan = best_plan(problem)
    claimed = check(problem, Result(plan, -np.inf))
    drawn = rng.choice([-1e6, 0.0, 50.0, 900.0, 1e9, np.nan, np.inf], problem.n_units)
    prizes = {int(u): float(x) for u, x in enumerate(drawn) if rng.random() < 0.9}
    claim = best if whole else -np.inf
    found = verify(problem, plan, replace(claimed, bound_m=claim), {**prizes, 99: 5.0, -3: 5.0})
    assert found.proven_m <= best + 1e-6 * max(best, 1.0)
    if whole:
        assert found.holds


@SLOW
@given(problems(most_units=7), st.floats(1e-5, 0.2))
def test_a_claim_above_the_truth_is_refused(problem: Problem, more: float) -> None:
    """Whether it lies above the value of the plan or only above the best one."""
    best, _ = best_plan(problem)
    if best <= 0:
        return
    worse = solve(problem.replace(rules=()), stop=Stop(0.5, 300.0))
    value = check(problem, Result(worse.assignment, -np.inf)).value_m
    claim = best * (1 + more)
    claimed = replace(check(problem, Result(worse.assignment, -np.inf)), bound_m=claim)
    if claim > value * (1 + 1e-6) + 1e-6:
        with pytest.raises(PlannerError, match="above the value"):
            verify(problem, worse.assignment, claimed, {})
        return
    assert not verify(problem, worse.assignment, claimed, {}).holds


@pytest.mark.parametrize("name", ["cost_m", "penalty_m", "change_m", "unserved"])
def test_a_wrong_figure_is_named(name: str) -> None:
    """Whatever was written into the file is held against the plan itself."""
    problem = street(12, 2)
    result = solve(problem, stop=Stop(0.0, 300.0))
    true = check(problem, result)
    wrong = replace(true, **{name: getattr(true, name) + 7})
    found = verify(problem, result.assignment, wrong, prizes_of(result))
    assert name in found.differs
    assert not found.holds
    nothing = replace(true, cost_m=float("nan"))
    assert "cost_m" in verify(problem, result.assignment, nothing, {}).differs


def test_a_plan_that_is_none_is_refused() -> None:
    """A zone torn apart, a home away from its own, a length that does not fit."""
    problem = town(4, 2)
    result = solve(problem, stop=Stop(0.0, 300.0))
    claimed = check(problem, result)
    for wrong in (1 - result.assignment, result.assignment[:-1]):
        with pytest.raises(PlannerError):
            verify(problem, wrong, claimed, {})


def test_prizes_alone_prove_most() -> None:
    """Where a part is too large to be solved as a whole, the prizes carry the claim or nearly."""
    problem = town(low=60.0, high=80.0)
    result = solve(problem, stop=Stop(0.01, 300.0))
    claimed = check(problem, result)
    prizes = prizes_of(result)
    model = room._Model(problem, prizes)
    (part,) = model.parts()
    proven = model.by_prizes(*part, np.inf)
    assert proven >= 0.98 * claimed.bound_m
    assert proven <= claimed.value_m
    empty = room._Model(problem, {}).by_prizes(*part, np.inf)
    assert empty < proven


def test_out_of_time_proves_nothing_and_claims_nothing() -> None:
    """With no time the claim is not confirmed, and is not called false either: nothing was proven."""
    problem = town(4, 2)
    found = verified(problem, solve(problem, stop=Stop(0.0, 300.0)), seconds=0.0)
    assert not found.holds
    assert found.proven_m == -np.inf
    assert found.differs == ()


def test_units_that_nobody_reaches_are_part_of_the_proof() -> None:
    """Every plan pays for them."""
    nan = np.nan
    problem = row([[0.0], [10.0], [nan], [30.0]], [0], unserved_m=1000.0)
    found = verified(problem, solve(problem, stop=Stop(0.0, 300.0)))
    assert found.holds
    assert found.proven_m == pytest.approx(2010.0)


def test_ties_only_add() -> None:
    """What is proven without ties is true with them; a claim that counts them may be more than that."""
    problem = town(4, 2)
    free = np.setdiff1d(np.arange(16), problem.home)
    tied = problem.replace(ties=Ties([free[0]], [free[-1]], [50.0], [False], [1]))
    result = solve(tied, stop=Stop(0.0, 300.0))
    found = verified(tied, result)
    assert found.proven_m <= check(tied, result).value_m + 1e-6
    assert found.proven_m >= check(tied, result).value_m - 50.0 - 1e-3


def test_it_shares_nothing_with_the_search() -> None:
    """Neither code of the solver nor the interface that it uses is imported, here or by what is used here."""
    for path in Path(room.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [n for n in names if n.startswith(("planner.solve", "highspy", "numba"))]
