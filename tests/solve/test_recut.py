"""A price, a number, or the fewest: each against every plan there is, on problems small enough to try all."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from planner.errors import InfeasibleError
from planner.model import audit
from planner.model.problem import Part, Problem
from planner.solve.keeping import Keeping, Standing
from planner.solve.openpart import FEWEST_M
from planner.solve.recut import curve, recut
from planner.solve.rezone import Previous
from planner.solve.zones.search import Stop, solve
from tests.strategies import best_plan, connected, problems

STOP = Stop(gap=0.0, seconds=60)
MANY = settings(max_examples=25, deadline=None)


def town(problem: Problem, seed: int) -> tuple[Problem, np.ndarray, Previous]:
    """The problem without a price of changes, a home a person, and zones of before at random."""
    bare = problem.replace(change_m=np.zeros(problem.n_pairs))
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(problem.n_units), problem.households)
    # most people of a unit had one centre; some are new, and a few had another
    had = rng.integers(0, problem.n_centres, problem.n_units)
    had[problem.home] = np.arange(problem.n_centres)
    zone = had[unit]
    other = rng.random(len(unit)) < 0.15
    zone[other] = rng.integers(-1, problem.n_centres, int(other.sum()))
    lost = int(rng.integers(0, 4))
    return bare, unit, Previous(zone.astype(np.int32), np.ones(len(unit)), "", 0.0, lost)


def open_town(problem: Problem) -> Standing:
    """Let everything change."""
    n = problem.n_units
    return Standing(np.full(n, -1), (), np.zeros(problem.n_pairs), np.full(n, -1))


def moved(assignment: np.ndarray, unit: np.ndarray, previous: Previous) -> int:
    """Count by person: who had a centre and has another one, or none."""
    now = np.append(assignment, -1)[unit]
    return previous.lost + int(((previous.zone >= 0) & (now != previous.zone)).sum())


def every_plan(problem: Problem) -> list[tuple[np.ndarray, float]]:
    """All plans that serve everybody who can be served, each with its value."""
    best, _ = best_plan(problem)
    found = []
    options = [problem.pair_centre[a:b] for a, b in itertools.pairwise(problem.pair_start)]
    for plan in itertools.product(*options):
        chosen = np.array(plan)
        if (chosen[problem.home] != np.arange(problem.n_centres)).any():
            continue
        told = audit.audit(problem, chosen, 0.0)
        hard = problem.hard & {v.rule for v in told.violations}
        if connected(problem, plan) and not hard:
            found.append((chosen, told.value_m))
    assert not found or min(v for _, v in found) == pytest.approx(best)
    return found


@MANY
@given(problems(most_units=6), st.integers(0, 2**31), st.sampled_from([0.0, 25.0, 200.0]))
def test_a_price_is_the_best_plan_at_that_price(problem: Problem, seed: int, price: float) -> None:
    """No plan is better by walks, rules and the price of each home that changes hands."""
    bare, unit, previous = town(problem, seed)
    got = recut(bare, unit, previous, open_town(bare), Keeping(price), stop=STOP, seed=0)
    value = audit.audit(bare, got.result.assignment, 0.0).value_m
    assert got.moved == moved(got.result.assignment, unit, previous)
    least = min(v + price * moved(p, unit, previous) for p, v in every_plan(bare))
    assert value + price * got.moved == pytest.approx(least)
    told = audit.audit(got.problem, got.result.assignment, 0.0).value_m
    assert got.result.bound_m <= told + 1e-6


@MANY
@given(problems(most_units=6), st.integers(0, 2**31))
def test_the_fewest_are_the_fewest(problem: Problem, seed: int) -> None:
    """First the fewest homes of all plans, proven; among those the shortest walks."""
    bare, unit, previous = town(problem, seed)
    got = recut(bare, unit, previous, open_town(bare), Keeping(fewest=True), stop=STOP, seed=0)
    plans = [(moved(p, unit, previous), v) for p, v in every_plan(bare)]
    fewest = min(n for n, _ in plans)
    assert got.moved == fewest
    assert got.forced <= got.least == fewest
    value = audit.audit(bare, got.result.assignment, 0.0).value_m
    best = min(v for n, v in plans if n == fewest)
    assert value == pytest.approx(best)
    assert got.bound_m <= best + 1e-6


@MANY
@given(problems(most_units=6), st.integers(0, 2**31), st.integers(0, 12))
def test_a_budget_is_kept_and_its_bound_is_true(problem: Problem, seed: int, more: int) -> None:
    """No more homes than allowed; the bound is below every plan within the budget, the plan above it."""
    bare, unit, previous = town(problem, seed)
    plans = [(moved(p, unit, previous), v) for p, v in every_plan(bare)]
    budget = min(n for n, _ in plans) + more
    got = recut(bare, unit, previous, open_town(bare), Keeping(budget=budget), stop=STOP, seed=0)
    assert got.moved <= budget
    best = min(v for n, v in plans if n <= budget)
    value = audit.audit(bare, got.result.assignment, 0.0).value_m
    assert got.bound_m <= best + 1e-6
    assert value >= best - 1e-6


@MANY
@given(problems(most_units=6), st.integers(0, 2**31))
def test_too_small_a_budget_is_refused_with_the_number(problem: Problem, seed: int) -> None:
    """The least number is proven, and named."""
    bare, unit, previous = town(problem, seed)
    fewest = min(moved(p, unit, previous) for p, _ in every_plan(bare))
    if fewest == 0:
        return
    wish = Keeping(budget=fewest - 1)
    with pytest.raises(InfeasibleError) as raised:
        recut(bare, unit, previous, open_town(bare), wish, stop=STOP, seed=0)
    assert f"at least {fewest} homes" in str(raised.value)
    assert raised.value.zh


def lost(assignment: np.ndarray, unit: np.ndarray, previous: Previous, whose: np.ndarray) -> int:
    """Count by person what the zone, or the member, loses that loses most."""
    now = np.append(assignment, -1)[unit]
    gone = (previous.zone >= 0) & (now != previous.zone) & (whose >= 0)
    return int(np.bincount(whose[gone], minlength=1).max())


@MANY
@given(
    problems(most_units=6),
    st.integers(0, 2**31),
    st.integers(0, 6),
    st.sampled_from([0.0, 25.0, 200.0]),
    st.booleans(),
    st.sampled_from(["zone", "member"]),
)
def test_no_zone_and_no_member_loses_more_than_allowed(
    problem: Problem, seed: int, more: int, price: float, few: bool, kind: str
) -> None:
    """The limit is kept by every one, and the bound is below every plan that keeps it."""
    bare, unit, previous = town(problem, seed)
    member = np.random.default_rng(seed).integers(-1, 3, len(unit)).astype(np.int32)
    previous = replace(previous, member=member)
    whose = previous.zone if kind == "zone" else member
    plans = [
        (lost(p, unit, previous, whose), moved(p, unit, previous), v) for p, v in every_plan(bare)
    ]
    limit = min(n for n, _, _ in plans) + more
    limits: dict[str, Any] = {f"{kind}_budget": limit}
    wish = Keeping(price, fewest=few, **limits)
    # prices need not have a plan at the limit itself; on towns so small they always had
    got = recut(bare, unit, previous, open_town(bare), wish, stop=STOP, seed=0)
    most = got.most_lost if kind == "zone" else got.most_lost_member
    assert most == lost(got.result.assignment, unit, previous, whose) <= limit
    value = audit.audit(bare, got.result.assignment, 0.0).value_m
    charge = FEWEST_M if few else price
    worth = [(n, v + charge * n) for w, n, v in plans if w <= limit]
    assert value + charge * got.moved >= min(v for _, v in worth) - 1e-3
    assert got.bound_m <= min(v - charge * got.moved for _, v in worth) + 1e-3
    event("best" if got.bound_m >= value - 1e-3 else "within its gap")
    told = audit.audit(got.problem, got.result.assignment, 0.0).value_m
    assert got.result.bound_m <= told + 1e-6


def test_a_zone_that_would_lose_too_much_keeps_what_it_must() -> None:
    """Of twenty homes that would walk less elsewhere ten may go; where more must go it is told."""
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    free = recut(problem, unit, previous, open_town(problem), Keeping(0.0), stop=STOP, seed=0)
    assert (free.moved, free.most_lost) == (20, 20)
    wish = Keeping(0.0, zone_budget=19)
    got = recut(problem, unit, previous, open_town(problem), wish, stop=STOP, seed=0)
    assert (got.moved, got.most_lost) == (10, 10)
    assert got.result.assignment.tolist() == [0, 0, 0, 0, 1, 1]
    assert free.bound_m <= got.bound_m <= 10 * (0 + 100 + 200 + 300 + 100)
    # a unit that its centre may not serve any more leaves it, whatever is allowed
    keep = ~((problem.pair_unit == 4) & (problem.pair_centre == 0))
    start = np.searchsorted(problem.pair_unit[keep], np.arange(7))
    out = problem.replace(
        pair_start=start,
        pair_centre=problem.pair_centre[keep],
        walk_m=problem.walk_m[keep],
        penalty_m=np.zeros(keep.sum()),
        change_m=np.zeros(keep.sum()),
    )
    none = Keeping(0.0, zone_budget=9)
    with pytest.raises(InfeasibleError, match="loses 10") as raised:
        recut(out, unit, previous, open_town(out), none, stop=STOP, seed=0)
    assert raised.value.zh
    served = replace(previous, member=np.repeat([0, 1], 30).astype(np.int32))
    nobody = Keeping(0.0, member_budget=9)
    with pytest.raises(InfeasibleError, match="the best has 10") as raised:
        recut(out, unit, served, open_town(out), nobody, stop=STOP, seed=0)
    assert raised.value.zh
    ten = Keeping(0.0, zone_budget=10)
    assert recut(out, unit, previous, open_town(out), ten, stop=STOP, seed=0).most_lost == 10


@MANY
@given(problems(most_units=6), st.integers(0, 2**31))
def test_the_curve_falls(problem: Problem, seed: int) -> None:
    """From the fewest homes to the best walks, each point better than all before it; its bound is true."""
    bare, unit, previous = town(problem, seed)
    points = list(curve(bare, unit, previous, open_town(bare), stop=STOP, seed=0))
    values = [audit.audit(bare, p.result.assignment, 0.0).value_m for p in points]
    counts = [p.moved for p in points]
    assert counts == sorted(counts)
    assert all(b < a for a, b in itertools.pairwise(values))
    plans = [(moved(p, unit, previous), v) for p, v in every_plan(bare)]
    assert counts[0] == min(n for n, _ in plans)
    assert values[-1] == pytest.approx(min(v for _, v in plans))
    for point in points:
        assert point.bound_m <= min(v for n, v in plans if n <= point.moved) + 1e-6


def street(n: int = 6) -> Problem:
    """A street of units 100 m apart, centres at both ends."""
    at = np.arange(n) * 100.0
    return Problem(
        load=np.full(n, 10.0),
        households=np.full(n, 10),
        home=[0, n - 1],
        pair_start=np.arange(0, 2 * n + 1, 2),
        pair_centre=[0, 1] * n,
        walk_m=np.stack([at, at[-1] - at], axis=1).ravel(),
        adjacency=[[i, i + 1] for i in range(n - 1)],
    )


def test_what_stands_is_not_solved_again() -> None:
    """Its zones, its price and what was proven of it are taken over; the rest is solved."""
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    stands = np.array([0, 0, 0, 0, 0, 1])
    part = Part(6, 2, 123.0, 100.0, 120.0, 0.1, "before", 0.0, tuple(range(6)))
    price = np.arange(problem.n_pairs, dtype=float)
    standing = Standing(stands, (part,), price, np.full(6, -1))
    got = recut(problem, unit, previous, standing, Keeping(0.0), stop=STOP, seed=0)
    assert got.result.assignment.tolist() == stands.tolist()
    assert got.result.parts == (part,)
    assert got.result.stopped == "unchanged"
    assert (got.open_units, got.moved) == (0, 0)
    assert got.problem.change_m.tolist() == price.tolist()


def test_what_is_held_stays_and_the_bound_is_of_all_plans() -> None:
    """A lock is kept at any walk; what it costs is seen in the gap, for the problem holds no lock."""
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    held = np.array([-1, -1, -1, -1, 0, -1])
    standing = Standing(np.full(6, -1), (), np.zeros(problem.n_pairs), held)
    got = recut(problem, unit, previous, standing, Keeping(0.0), stop=STOP, seed=0)
    assert got.result.assignment.tolist() == [0, 0, 0, 0, 0, 1]
    free = recut(problem, unit, previous, open_town(problem), Keeping(0.0), stop=STOP, seed=0)
    assert free.result.assignment.tolist() == [0, 0, 0, 1, 1, 1]
    assert got.result.bound_m == pytest.approx(free.result.bound_m)
    assert got.problem.n_pairs == problem.n_pairs


def test_only_parts_in_which_something_is_held_are_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two streets side by side, one with a lock: the bound of all plans is asked for that one alone."""
    one = street()
    shift = one.n_units
    problem = one.replace(
        load=np.tile(one.load, 2),
        households=np.tile(one.households, 2),
        home=np.append(one.home, one.home + shift),
        pair_start=np.append(one.pair_start, one.pair_start[1:] + one.n_pairs),
        pair_centre=np.append(one.pair_centre, one.pair_centre + one.n_centres),
        **{name: np.tile(getattr(one, name), 2) for name in ("walk_m", "penalty_m", "change_m")},
        adjacency=np.concatenate([one.adjacency, one.adjacency + shift]),
        fence=np.repeat([0, 1], shift),
        rules=tuple(replace(r, amount=np.tile(r.amount, 2)) for r in one.rules),
    )
    unit = np.repeat(np.arange(12), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 3], 10)
    previous = Previous(zone.astype(np.int32), np.ones(120), "", 0.0)
    held = np.full(12, -1)
    held[10] = 2
    asked: list[int] = []

    def counted(problem: Any, **more: Any) -> Any:
        asked.append(problem.n_units)
        return solve(problem, **more)

    monkeypatch.setattr("planner.solve.openpart.solve", counted)
    standing = replace(open_town(problem), held=held)
    got = recut(problem, unit, previous, standing, Keeping(0.0), stop=STOP, seed=0)
    assert asked == [12, 6]
    free = recut(problem, unit, previous, open_town(problem), Keeping(0.0), stop=STOP, seed=0)
    assert got.result.assignment.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3]
    assert got.result.bound_m == pytest.approx(free.result.bound_m)
    parts = sorted(got.result.parts, key=lambda p: p.unit)
    assert [p.unit for p in parts] == [tuple(range(6)), tuple(range(6, 12))]


@pytest.mark.parametrize(
    ("wish", "moved"),
    [(Keeping(0.0), 20), (Keeping(budget=10), None), (Keeping(0.0, zone_budget=10), None)],
)
def test_a_search_that_is_ended_by_hand_begins_nothing_more(
    monkeypatch: pytest.MonkeyPatch, wish: Keeping, moved: int | None
) -> None:
    """The plan so far is taken where it is allowed; where it is not there is none."""
    calls = []

    def halted(*args: Any, **more: Any) -> Any:
        calls.append(1)
        return replace(solve(*args, **more), stopped="interrupt")

    monkeypatch.setattr("planner.solve.openpart.solve", halted)
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    if moved is None:
        with pytest.raises(KeyboardInterrupt):
            recut(problem, unit, previous, open_town(problem), wish, stop=STOP, seed=0)
    else:
        got = recut(problem, unit, previous, open_town(problem), wish, stop=STOP, seed=0)
        assert (got.moved, got.result.stopped) == (moved, "interrupt")
    assert len(calls) == 1


def test_a_price_search_that_is_ended_keeps_what_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third search is cut short: the fewest stand, and it is said that more was to come."""
    calls = []

    def third(*args: Any, **more: Any) -> Any:
        calls.append(1)
        found = solve(*args, **more)
        return replace(found, stopped="interrupt") if len(calls) == 3 else found

    monkeypatch.setattr("planner.solve.openpart.solve", third)
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    wish = Keeping(budget=10)
    got = recut(problem, unit, previous, open_town(problem), wish, stop=STOP, seed=0)
    assert got.moved <= 10
    assert got.result.stopped == "interrupt"
    assert len(calls) == 3


@MANY
@given(problems(most_units=6), st.integers(0, 2**31))
def test_mending_takes_the_homes_that_its_rules_take(problem: Problem, seed: int) -> None:
    """Rules hold as in a cut that is free to move; no plan in which those hold moves fewer than is proven."""
    bare, unit, previous = town(problem, seed)
    soft = bare.replace(rules=tuple(replace(r, hard=False) for r in bare.rules))
    wish = Keeping(fewest=True, mend=True)
    got = recut(soft, unit, previous, open_town(soft), wish, stop=STOP, seed=0)
    free = recut(soft, unit, previous, open_town(soft), Keeping(0.0), stop=STOP, seed=0)

    def broken(plan: np.ndarray) -> tuple[float, set[str]]:
        told = audit.audit(soft, plan, 0.0).violations
        price = {r.name: r.price_m for r in soft.rules}
        return sum(price[v.rule] * v.excess for v in told), {v.rule for v in told}

    mended, breaks = broken(got.result.assignment)
    assert mended <= broken(free.result.assignment)[0] + 1e-6
    assert got.least <= got.moved <= free.moved
    plans = [p for p, _ in every_plan(soft)]
    fitting = [moved(p, unit, previous) for p in plans if broken(p)[1] <= breaks]
    assert got.least <= min(fitting)


def test_a_curve_goes_on_from_its_first_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier run had found is where each price begins; ended by hand it gives no more."""
    problem = street()
    unit = np.repeat(np.arange(6), 10)
    zone = np.repeat([0, 0, 0, 0, 0, 1], 10)
    previous = Previous(zone.astype(np.int32), np.ones(60), "", 0.0)
    town = open_town(problem)
    kept: list[Any] = []
    points = list(curve(problem, unit, previous, town, stop=STOP, seed=0, keep=kept.append))
    assert len(points) > 1
    calls: list[Any] = []

    def counted(*args: Any, **more: Any) -> Any:
        calls.append(np.asarray(more["start"]).tolist())
        found = solve(*args, **more)
        return replace(found, stopped="interrupt") if len(calls) == 3 else found

    monkeypatch.setattr("planner.solve.openpart.solve", counted)
    last = [plan.tolist() for plan in kept][-1]
    again = curve(problem, unit, previous, town, stop=STOP, seed=0, begun=[kept[-1]] * 2)
    got = [next(again)]
    with pytest.raises(KeyboardInterrupt):
        got += list(again)
    assert calls[:2] == [last, last]
    assert got[0].moved <= points[-1].moved
