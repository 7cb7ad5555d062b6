"""Plans with ties, against trying all plans, and in what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model.audit import audit, check
from planner.model.problem import Problem, Ties
from planner.model.proof.verify import verify
from planner.solve.stop import Clock, Progress
from planner.solve.zones.parts import split
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.ties.cost import better
from planner.solve.zones.ties.part import TiedPart
from tests.solve.towns import SLOW, town
from tests.strategies import best_plan, problems


def some_ties(problem: Problem, seed: int, n: int = 6) -> Ties:
    """Draw pairs of units: some tied, some to be kept apart, some twice, some within one unit."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, problem.n_units, (n, 2)), axis=1)
    price = rng.integers(1, 8, n) * 40.0
    return Ties(ends[:, 0], ends[:, 1], price, rng.random(n) < 0.4, np.ones(n, int))


def local_pairs(problem: Problem, assignment: np.ndarray) -> tuple[TiedPart, np.ndarray]:
    """Give the one part of a town with its ties, and a plan as its pairs."""
    (one,) = split(problem.replace(ties=None)).instances
    assert problem.ties is not None
    keys = one.unit.astype(int) * one.n_centres + one.centre
    wanted = np.arange(one.n_units) * one.n_centres + assignment
    return TiedPart.of(one, problem.ties), np.searchsorted(keys, wanted)


@SLOW
@given(problems(most_units=7), st.integers(0, 2**31))
def test_the_bound_is_true_and_the_plan_is_a_plan(problem: Problem, seed: int) -> None:
    """Bound <= best of all plans with ties <= plan found; and on so few units nearly always the best."""
    tied = problem.replace(ties=some_ties(problem, seed))
    best, _ = best_plan(tied)
    result = solve(tied, stop=Stop(0.0, 300.0))
    found = check(tied, result)
    assert result.bound_m <= best * (1 + 1e-9) + 1e-6
    assert found.value_m >= best - 1e-6
    assert found.value_m <= 1.02 * best + 1e-6
    assert found.ties is not None
    assert sum(p.value_m for p in result.parts) <= found.value_m + 1e-3


@SLOW
@given(problems(all_pairs=False, most_units=7), st.integers(0, 2**31))
def test_the_bound_is_true_where_units_are_out_of_reach(problem: Problem, seed: int) -> None:
    """Ties that no plan can keep are part of the bound, and it stays below the best plan."""
    tied = problem.replace(ties=some_ties(problem, seed))
    best, _ = best_plan(tied)
    result = solve(tied, stop=Stop(0.0, 300.0))
    assert result.bound_m <= best * (1 + 1e-9) + 1e-6
    assert best - 1e-3 <= check(tied, result).value_m


@SLOW
@given(problems(), st.integers(0, 2**31))
def test_the_plan_without_ties_is_never_better(problem: Problem, seed: int) -> None:
    """At the price with ties, the plan that counted them beats the one that did not."""
    ties = some_ties(problem, seed)
    tied = problem.replace(ties=ties)
    counted = audit(tied, solve(tied, stop=Stop(0.0, 300.0)).assignment, 0.0).value_m
    blind = audit(tied, solve(problem, stop=Stop(0.0, 300.0)).assignment, 0.0).value_m
    assert counted <= blind + 1e-6 * max(blind, 1.0)


def test_ties_draw_and_aparts_drive() -> None:
    """A dear tie over a border brings two units into one zone, a dear apart drives two out of one."""
    problem = town()
    blind = solve(problem, seed=1).assignment
    free = ~np.isin(problem.adjacency, problem.home).any(axis=1)
    a, b = problem.adjacency[free].T
    border = np.flatnonzero(blind[a] != blind[b])[0]
    inside = np.flatnonzero(blind[a] == blind[b])[-1]
    at = [border, inside]
    tied = problem.replace(ties=Ties(a[at], b[at], [1e5, 1e5], [False, True], [1, 1]))
    found = check(tied, solve(tied, seed=1))
    assert found.ties is not None
    assert (found.ties.kept, found.ties.parted, found.ties.broken_m) == (1, 1, 0.0)


def test_ties_that_cost_nothing_change_nothing() -> None:
    """With prices of 0, or people of one stairwell alone, the plan is that without ties."""
    problem = town()
    ties = Ties([1, 3], [5, 3], [0.0, 200.0], [False, True], [2, 1])
    assert not ties.priced
    first = solve(problem, seed=3).assignment
    assert (solve(problem.replace(ties=ties), seed=3).assignment == first).all()


def test_the_same_seed_gives_the_same_plan_with_ties() -> None:
    """Nothing but problem, ties and seed decides the plan."""
    problem = town()
    tied = problem.replace(ties=some_ties(problem, 4, 15))
    first, second = (solve(tied, seed=3).assignment for _ in range(2))
    assert (first == second).all()


def test_a_plan_that_stands_and_is_good_enough_stays_with_ties() -> None:
    """No home changes hands for a gain within the gap, ties counted."""
    problem = town()
    tied = problem.replace(ties=some_ties(problem, 4, 5))
    standing = solve(tied, stop=Stop(0.05, 300.0), seed=1)
    assert standing.stopped == "gap"
    again = solve(tied, stop=Stop(0.05, 300.0), seed=2, start=standing.assignment)
    assert (again.assignment == standing.assignment).all()


def rows_of(problem: Problem, price_m: float) -> Ties:
    """Hold all neighbours of a town together, as those of one compound are: no people, only a price."""
    a, b = problem.adjacency.T
    n = len(a)
    return Ties(a, b, np.full(n, price_m), np.zeros(n, bool), np.zeros(n, int))


def test_neighbours_in_a_row_are_proven_without_ties() -> None:
    """Zones become more whole at their mild price, and prizes on units alone prove the plan again."""
    problem = town(low=60.0, high=75.0)
    tied = problem.replace(ties=rows_of(problem, 20.0))
    result = solve(tied, stop=Stop(0.05, 300.0))
    plain = solve(problem, stop=Stop(0.03, 300.0))
    found, blind = check(tied, result), audit(tied, plain.assignment, 0.0)
    assert found.ties is not None
    assert blind.ties is not None
    assert found.ties.broken_m < blind.ties.broken_m
    assert found.value_m < blind.value_m
    # two homes of centres side by side are parted in every plan
    a, b = problem.adjacency.T
    parted = 20.0 * (np.isin(a, problem.home) & np.isin(b, problem.home)).sum()
    assert result.bound_m == pytest.approx(plain.bound_m + parted)
    assert parted > 0
    prizes = {u: x for part in result.parts for u, x in zip(part.unit, part.prize, strict=True)}
    assert verify(tied, result.assignment, found, prizes).holds


def test_bettering_never_worsens() -> None:
    """Whatever time there is, the true price falls or stays, and the zones stay connected."""
    problem = town()
    tied = problem.replace(ties=some_ties(problem, 9, 80))
    part, pair = local_pairs(tied, solve(problem, seed=1).assignment)
    for seconds in (0.0, 3.0):
        found = better(part, pair, bound_m=0.0, gap=0.0, clock=Clock(seconds), seed=0)
        assert part.value(found) <= part.value(pair)
        assert part.instance.connected(found).all()
    assert part.value(found) < part.value(pair)


def test_the_surcharge_prices_one_step_exactly() -> None:
    """At its full price on both sides, the surcharge of one unit's move is what the move costs in ties."""
    problem = town(5, 3)
    part, pair = local_pairs(
        problem.replace(ties=some_ties(problem, 2, 30)), solve(problem, seed=0).assignment
    )
    extra, one = part.surcharge(pair, 1.0), part.instance
    now = part.price_m[part.broken(pair)].sum()
    for p in range(one.n_pairs):
        moved = pair.copy()
        moved[one.unit[p]] = p
        then = part.price_m[part.broken(moved)].sum()
        assert then - now == pytest.approx(extra[p] - extra[pair[one.unit[p]]])


def test_whoever_ends_it_has_the_plan() -> None:
    """Ctrl-C at every word of the search, the last one too: a plan with its honest bound all the same."""
    problem = town(6, 4)
    tied = problem.replace(ties=some_ties(problem, 3))

    def tired(_: Progress) -> None:
        raise KeyboardInterrupt

    found = solve(tied, stop=Stop(0.0, 60.0), progress=tired)
    assert found.stopped == "interrupt"
    assert found.bound_m <= check(tied, found).value_m + 1e-6
