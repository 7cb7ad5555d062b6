"""Wishes as prices of pairs: the best of all plans by brute force, who is met, and ids that nobody has."""

from __future__ import annotations

import numpy as np
import pytest

from planner.demand.ties.wishes import Wished, wish_shares, wished
from planner.intake.wish_sheet import WishSheet
from planner.model.audit import check
from planner.model.problem import Problem, ZoneRule
from planner.model.proof.verify import verify
from planner.solve.zones.search import Stop, solve
from tests.solve.zones.test_search_fences import community
from tests.strategies import best_plan


def random_wishes(rng: np.random.Generator, problem: Problem) -> Wished:
    """Some people of random units wish for one to three centres."""
    n = int(rng.integers(1, 6))
    centre = np.full((n, 3), -1)
    for row in centre:
        some = rng.permutation(problem.n_centres)[: int(rng.integers(1, 4))]
        row[: len(some)] = some
    unit = rng.integers(-1, problem.n_units, n)
    return Wished(tuple(f"P{i}" for i in range(n)), rng.random(n) < 0.5, unit, centre)


def price(wishes: Wished, plan: np.ndarray, worth: float) -> float:
    """What a plan is charged, person by person."""
    total = 0.0
    for unit, some in zip(wishes.unit.tolist(), wishes.centre.tolist(), strict=True):
        zone = plan[unit] if unit >= 0 else -1
        if unit >= 0 and zone >= 0:
            total += worth * (some.index(zone) / 3 if zone in some else 1.0)
    return total


def with_shares(rng: np.random.Generator, problem: Problem) -> Problem:
    """Add care households for each member of a kind; where none of these lives there may be none."""
    n = problem.n_units
    care, able = rng.integers(0, 3, n).astype(float), rng.integers(0, 2, n).astype(float)
    low, high = float(rng.integers(0, 2)), float(rng.integers(1, 4))
    share = ZoneRule("care_per_member", care, low, max(low, high), able, False, 150.0)
    return problem.replace(rules=(*problem.rules, share))


@pytest.mark.parametrize("batch", range(3))
def test_the_best_of_all_plans(batch: int) -> None:
    """Value, bound and second proof, with wishes, shares and own limits, in 300 small communities."""
    for seed in range(100 * batch, 100 * batch + 100):
        rng = np.random.default_rng(seed)
        bare = with_shares(rng, community(rng))
        wishes, worth = random_wishes(rng, bare), float(rng.choice([20.0, 300.0]))
        problem = bare.replace(penalty_m=bare.penalty_m + worth * wish_shares(bare, wishes))
        best, _ = best_plan(problem)
        result = solve(problem, stop=Stop(0.0, 60.0), seed=0)
        told = check(problem, result)
        assert told.value_m == pytest.approx(best, rel=1e-6, abs=1e-3), seed
        assert told.bound_m == pytest.approx(best, rel=1e-6, abs=1e-2), seed
        plain = check(bare, solve(bare, stop=Stop(0.0, 60.0), start=result.assignment))
        assert told.value_m >= plain.value_m - 1e-6
        prizes = {u: x for p in result.parts for u, x in zip(p.unit, p.prize, strict=True)}
        assert verify(problem, result.assignment, told, prizes).holds, seed
        paid = bare.penalty_m[bare.pairs_of(result.assignment)[result.assignment >= 0]].sum()
        spent = problem.penalty_m[problem.pairs_of(result.assignment)[result.assignment >= 0]].sum()
        assert spent - paid == pytest.approx(price(wishes, result.assignment, worth), abs=1e-6)


def test_which_wish_is_met() -> None:
    """First to third, none, and nobody where there is no place."""
    wishes = Wished(
        ("A", "B", "C", "D"),
        np.zeros(4, bool),
        np.array([0, 1, 2, -1]),
        np.array([[0, 1, -1], [1, 0, -1], [1, -1, -1], [0, -1, -1]]),
    )
    plan = [0, 0, 0]
    assert wishes.met(plan).tolist() == [1, 2, 0, 0]
    assert wishes.counts(plan) == {"wishes": 4, "first": 1, "second": 1, "third": 0, "unmet": 2}
    assert wishes.met([-1, -1, -1]).tolist() == [0, 0, 0, 0]


def test_ids_that_nobody_has() -> None:
    """Counted, not named; a wish of which one centre is known keeps that one."""
    sheet = WishSheet((("H1", ("C1", "X")), ("M1", ("C2",)), ("Z", ("C1",)), ("H2", ("X",))))
    found, said = wished(sheet, ["H1", "H2"], np.array([3, 4]), ["M1"], np.array([5]), ["C1", "C2"])
    assert found.name == ("H1", "M1")
    assert found.unit.tolist() == [3, 5]
    assert found.member.tolist() == [False, True]
    assert found.centre.tolist() == [[0, -1, -1], [1, -1, -1]]
    assert {f.code: f.what.split()[0] for f in said} == {"wish-nobody": "1", "wish-no-centre": "2"}
