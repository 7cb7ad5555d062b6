"""Negotiation: what the counts rule out is said, and every repair offered really works."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.audit import audit, check
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import RuleBook
from planner.plan.advice import Around, Candidate, arithmetic, fitting_rules, repairs
from planner.plan.advice.arithmetic import Counts
from planner.plan.advice.excerpt import excerpt, with_centre, with_limit, without_centre
from planner.solve.zones.search import Stop, solve
from tests.strategies import problems


def counted(households: int, members: int, centres: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One fence with these counts."""
    units = pd.DataFrame({"fence": ["A"], "households": [households], "members": [members]})
    return units, pd.DataFrame({"fence": ["A"] * centres})


def test_the_published_figures_do_not_fit_the_rule() -> None:
    """5,600 members at 15 households need 84,000 homes; there are 35,000: it is said before solving."""
    clashes = arithmetic(*counted(35_000, 5_600, 586), RuleBook.profile())
    district = [c for c in clashes if c.fence == "" and c.rule == "households_per_member"]
    assert [(c.side, c.have, c.need) for c in district] == [("low", 35_000, 84_000)]
    assert "84,000" in district[0].what
    assert "6.25" in district[0].what
    assert "84000" in district[0].what_zh


@given(st.integers(1, 40_000), st.integers(1, 6_000), st.integers(1, 600))
def test_fitting_rules_fit(households: int, members: int, centres: int) -> None:
    """The nearest rule book has no clash of counts, and moves only what clashed."""
    counts, rules = Counts(households, members, centres), RuleBook.profile()
    fitted = fitting_rules(counts, rules)
    units, homes = counted(households, members, centres)
    assert not arithmetic(units, homes, fitted)
    clashing = {c.rule for c in arithmetic(units, homes, rules)}
    for name in ("members_per_zone", "households_per_member", "households_per_zone"):
        if name not in clashing:
            assert getattr(fitted, name) == getattr(rules, name)


def test_a_fence_without_a_centre_is_named() -> None:
    """Households of a fence in which no centre lives are counted, not forgotten."""
    units, _ = counted(50, 5, 0)
    found = arithmetic(units, pd.DataFrame({"fence": []}), RuleBook.profile())
    assert {c.fence for c in found} == {"", "A"}
    assert all(c.rule == "centres" for c in found)


def solved(problem: Problem) -> np.ndarray:
    """Solve to the optimum."""
    return np.asarray(solve(problem, stop=Stop(0.0, 20.0)).assignment, np.int64)


@settings(max_examples=25, deadline=None)
@given(problems(most_units=9))
def test_an_excerpt_is_the_plan_it_was_cut_from(problem: Problem) -> None:
    """All zones cut out together cost and break what the whole does."""
    plan = solved(problem)
    part = excerpt(problem, plan, np.arange(problem.n_centres))
    served = plan >= 0
    whole, cut = audit(problem, plan, -np.inf), audit(part.problem, part.assignment, -np.inf)
    assert np.array_equal(part.units, np.flatnonzero(served))
    assert cut.cost_m == pytest.approx(whole.cost_m)
    assert cut.violations == whole.violations


@settings(max_examples=25, deadline=None)
@given(problems(most_units=9))
def test_a_centre_added_and_dropped_again_changes_nothing(problem: Problem) -> None:
    """Adding a centre and dropping it gives the same problem."""
    free = np.setdiff1d(np.arange(problem.n_units), problem.home)
    walk = np.linspace(0, 100, problem.n_units)
    more = with_centre(problem, int(free[0]), walk, np.zeros(problem.n_units))
    assert more.n_centres == problem.n_centres + 1
    assert without_centre(more, problem.n_centres).fingerprint() == problem.fingerprint()


@settings(max_examples=60, deadline=None)
@given(problems(most_units=9), st.integers(0, 100))
def test_every_repair_is_confirmed_by_solving_again(problem: Problem, seed: int) -> None:
    """Where rules break, a widened limit that is offered lets the rule hold around there."""
    plan = solved(problem)
    before = check(problem, solve(problem, stop=Stop(0.0, 20.0)))
    names = tuple(f"C{i}" for i in range(problem.n_centres))
    found = repairs(problem, plan, Around(names, names), seconds=20.0, seed=seed)
    assert bool(before.violations) or not found
    for repair in found:
        assert repair.broken_after < repair.broken_before
        variant = _variant(problem, repair.kind, repair.change, names)
        again = solve(variant, stop=Stop(0.0, 20.0))
        assert len(check(variant, again).violations) <= len(before.violations)


def _variant(problem: Problem, kind: str, change: dict, names: tuple[str, ...]) -> Problem:
    if kind == "widen":
        return with_limit(problem, change["rule"], change["side"], change["limit"])
    return without_centre(problem, names.index(change["centre"]))


def test_a_full_quarter_is_offered_another_centre() -> None:
    """Two centres for three zones' worth of homes: a third one, where it saves most walking."""
    n = 9
    place = np.arange(n) * 100.0
    home = np.array([0, 8])
    walk = np.abs(place[:, None] - place[home][None, :])
    unit, centre = np.divmod(np.arange(n * 2), 2)
    homes = np.full(n, 10.0)
    problem = Problem(
        load=homes,
        households=homes.astype(int),
        home=home,
        pair_start=np.arange(n + 1) * 2,
        pair_centre=centre,
        walk_m=walk[unit, centre],
        adjacency=np.stack([np.arange(n - 1), np.arange(1, n)], 1),
        rules=(ZoneRule("households_per_zone", homes, 10.0, 30.0),),
    )
    candidates = tuple(Candidate(f"M{u}", u) for u in range(n))

    def walks(at: int, around: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.abs(place[around] - place[at]), np.zeros(len(around))

    found = repairs(problem, solved(problem), Around(("A", "B"), ("", ""), candidates, walks))
    added = [r for r in found if r.kind == "add_centre"]
    assert added
    assert added[0].change == {"centre": "M4"}
    assert added[0].broken_after == 0
    assert added[0].walk_change_m < 0
    widened = [r for r in found if r.kind == "widen"]
    assert widened[0].change["limit"] == 50
