"""Negotiation: what the counts rule out is said, and every repair offered really works."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.audit import audit, check
from planner.model.excerpt import with_limit, without_centre
from planner.model.problem import Problem, ZoneRule
from planner.plan.advice import Around, Candidate, repairs
from planner.solve.zones.search import Stop, solve
from tests.strategies import problems


def solved(problem: Problem) -> np.ndarray:
    """Solve to the optimum."""
    return np.asarray(solve(problem, stop=Stop(0.0, 20.0)).assignment, np.int64)


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


def test_repairs_are_sought_around_the_breaches_that_are_told() -> None:
    """Two fences break a rule each: whoever asks of one is told nothing of the other."""
    n = 8
    place = np.arange(n) * 100.0
    home = np.array([0, 4])
    centre = np.repeat([0, 1], 4)
    homes = np.full(n, 10.0)
    apart = np.array([[0, 1], [1, 2], [2, 3], [4, 5], [5, 6], [6, 7]])
    problem = Problem(
        load=homes,
        households=homes.astype(int),
        home=home,
        pair_start=np.arange(n + 1),
        pair_centre=centre,
        walk_m=np.abs(place - place[home[centre]]),
        adjacency=apart,
        rules=(ZoneRule("households_per_zone", homes, 10.0, 30.0),),
    )
    around = Around(("A", "B"), ("a", "b"))
    plan = solved(problem)
    every = audit(problem, plan, -np.inf).violations
    assert [r.where for r in repairs(problem, plan, around)] == ["a", "b"]
    (last,) = (v for v in every if v.centre == 1)
    assert [r.where for r in repairs(problem, plan, around, breaches=(last,))] == ["b"]
    assert not repairs(problem, plan, around, breaches=())
