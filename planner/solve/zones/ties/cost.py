"""人文相亲: plans that keep together who belongs together, where that is worth the walk.

The price of a broken tie hangs on two units at once, which the exact engine does not know.  So the plan
without ties is found and proven first.  Ties cost something or nothing, never less: whatever is proven of
every plan without them holds of every plan with them, and the bound stays true; what no plan can keep is
added to it, and more by `planner.solve.zones.ties.bound`.  Small parts are then solved exactly, ties and
all (`planner.solve.zones.ties.exact`).  Then the plan is bettered at its true price: by
annealing that counts ties, and by taking a few zones around a broken tie apart and putting them together
again by the exact model, in which each of the two is drawn to one zone (a linearisation of the quadratic
term around the plan that stands; A. M. Frieze, J. Yadegar: On the quadratic assignment problem, Discrete
Applied Mathematics 5, 1983).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import InfeasibleError
from planner.model.arrays import Ints
from planner.model.problem import Part, Problem, Result
from planner.model.ties import Ties
from planner.solve.stop import Clock, Progress, Stop
from planner.solve.zones.anneal import Annealer
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import restrict
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve, nearest_plan, repaired
from planner.solve.zones.ties.bound import raise_bound
from planner.solve.zones.ties.exact import solve_tied
from planner.solve.zones.ties.must import clash_of, narrowed
from planner.solve.zones.ties.part import TiedPart

__all__ = ["better", "with_ties"]


SHARE = 0.3  # share of the time that is kept for ties
MILD_SHARE = 0.05  # where the only ties are those of neighbours in a row: annealing is short
# How hot annealing begins, in mean costs of a unit: from touching the plan up to leaving it.
HEATS = (0.1, 0.5, 2.0, 10.0)
# Of neighbours in a row: how hot, and steps a unit.
MILD, PACE = HEATS[:2], 2_000
STOOD = "as it stood"
TIGHTER = 0.6  # share of the gap that the plan without ties is proven to: mild ties fit into the rest of it
ZONES = 4  # zones that are taken apart at a time
BRANCHES = 50
REFUSED_S = 10.0  # seconds of each question why ties that must hold cannot
LOOKS = 60  # broken ties that are looked at in one part


def with_ties(
    problem: Problem,
    solve: Callable[..., Result],
    *,
    stop: Stop,
    start: ArrayLike | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Find zones of least cost, ties counted.

    Parameters
    ----------
    solve : callable
        `planner.solve.zones.search.solve`, for the problem without them.
    stop, start, seed, progress
        As for `planner.solve.zones.search.solve`; a share of the time is kept for ties.

    Returns
    -------
    Result
        The bound is true of every plan with ties: it is proven without them, or, where people are tied,
        by `planner.solve.zones.ties.bound`, and counts what every plan pays for ties that none can keep.
    """
    ties = problem.ties
    if ties is None or not ties.priced:
        bare = problem.replace(ties=None)
        return solve(bare, stop=stop, start=start, seed=seed, progress=progress)
    bare = narrowed(problem).replace(ties=None)
    clock = Clock(stop.seconds)
    mild = not ((ties.people > 0) | ties.hard).any()
    share, tighter = MILD_SHARE if mild else SHARE, TIGHTER if (ties.people == 0).any() else 1.0
    within = Stop(tighter * stop.gap, (1.0 - share) * stop.seconds)
    try:
        first = solve(bare, stop=within, start=start, seed=seed, progress=progress)
    except InfeasibleError as refused:
        if not ties.hard.any():
            raise
        raise _refused(problem, stop, seed, refused) from None
    whole = split(bare)
    parts = [TiedPart.of(must_serve(one), ties) for one in whole.instances]
    weights = [max(p.instance.n_pairs, 1) if p.open else 0 for p in parts]
    assignment = first.assignment.copy()
    done: list[Part] = []
    stopped = first.stopped
    for i, (part, proven) in enumerate(zip(parts, first.parts, strict=True)):
        pair = repaired(part.instance, part.instance.local(assignment))
        known = _Known(pair, proven.bound_m + part.lost_m, proven.method)
        began = clock.spent
        if part.open and stopped != "interrupt":
            mine = clock.share(weights[i] / sum(weights[i:]))
            try:
                known = _settled(part, known, start, gap=stop.gap, clock=mine, seed=seed, mild=mild)
                if known.bound_m == np.inf:
                    raise _refused(problem, stop, seed)
            except KeyboardInterrupt:
                stopped = "interrupt"
        ids = np.append(part.instance.centre_ids, -1)
        assignment[part.instance.unit_ids] = ids[part.zones(known.pair)]
        done.append(_told(part, known, proven, clock.spent - began))
    across = _across(parts, ties)
    value = sum(p.value_m for p in done) + whole.lost_m + across
    bound = min(sum(p.bound_m for p in done) + whole.lost_m + across, value)
    if stopped != "interrupt":
        short = any(p.optimality_gap > stop.gap for p in done)
        stopped = ("time" if clock.left <= 0 else "exhausted") if short else "gap"
    now = (clock.spent, value, bound)
    if progress is not None and np.isfinite(bound):
        try:
            progress(Progress(*now, len(done), len(done), plan=lambda: assignment))
        except KeyboardInterrupt:  # the plan is there
            stopped = "interrupt"
    return Result(assignment, bound, tuple(done), (*first.curve, now), stopped)


class _Known(NamedTuple):
    """Plan and bound of one part so far, and where the plan comes from."""

    pair: Ints
    bound_m: float
    method: str


def _settled(
    part: TiedPart,
    known: _Known,
    start: ArrayLike | None,
    *,
    gap: float,
    clock: Clock,
    seed: int,
    mild: bool,
) -> _Known:
    """Better one part, and its bound; a plan that stands and is good enough stays as it is.

    `mild`: the only ties are those of neighbours in a row.
    """
    pair, bound_m, method = known
    if start is not None:
        wanted = part.instance.local(np.asarray(start))
        given = repaired(part.instance, wanted)
        stands = bool((part.zones(given) == wanted).all())
        if stands and part.gap(given, bound_m) <= gap:
            return _Known(given, bound_m, STOOD)
        # The search knew nothing of ties, so the plan before may be better than what it found.
        if part.value(given) < part.value(pair):
            pair, method = given, STOOD
    if mild:
        # a bound that needs more than prizes on units could not be proven again from the plan file alone
        found = pair
        for run, heat in enumerate(MILD):
            found = _annealed(part, found, heat, clock, seed + run, steps=PACE)
        return _Known(found, bound_m, method if (found == pair).all() else f"{method}, rows")
    found = better(part, pair, bound_m=bound_m, gap=gap, clock=clock.share(SHARE), seed=seed)
    if part.gap(found, bound_m) > gap:
        proven, found = solve_tied(part, found, gap=gap, clock=clock.share(0.5), seed=seed)
        bound_m = max(bound_m, proven)
        if bound_m == np.inf:
            return _Known(found, bound_m, method)
    bound_m, found = raise_bound(part, found, bound_m, gap=gap, clock=clock, seed=seed)
    return _Known(found, bound_m, method if (found == pair).all() else f"{method}, ties")


def _refused(
    problem: Problem, stop: Stop, seed: int, refused: InfeasibleError | None = None
) -> InfeasibleError:
    """Find the ties that are cheapest to give up, and what they clash with.

    `refused`: what is told where hard rules clash whatever the ties.
    """
    seconds, last = min(stop.seconds, REFUSED_S), None
    ties = problem.ties
    assert ties is not None
    for one in split(problem.replace(ties=None)).instances:
        part = TiedPart.of(must_serve(one), ties)
        if not part.hard.any():
            continue
        soft = replace(part, hard=np.zeros(len(part.a), bool))
        pair = nearest_plan(part.instance)
        _, cheapest = solve_tied(soft, pair, gap=0.01, clock=Clock(seconds), seed=seed)

        def holds(other: TiedPart, pair: Ints = pair) -> bool:
            found, _ = solve_tied(other, pair, gap=1.0, clock=Clock(seconds), seed=seed)
            return bool(found < np.inf)

        if (part.broken(cheapest) & part.hard).any() and np.isfinite(part.instance.value(cheapest)):
            return clash_of(part, holds, cheapest)
        last = last or (part, holds, cheapest)
    if refused is not None or last is None:
        assert refused is not None
        return refused
    return clash_of(*last)


def better(
    part: TiedPart, pair: Ints, *, bound_m: float, gap: float, clock: Clock, seed: int
) -> Ints:
    """Better a connected plan of one part at its true price; the outcome is no worse, and connected.

    Parameters
    ----------
    pair : ndarray of int, shape (n_units,)
        The plan.
    bound_m, gap : float
        Proven lower bound, and the optimality gap that is enough.
    clock, seed : Clock, int
        Time for it; same plan and seed, same outcome, unless time strikes.
    """
    best = pair
    for turn in range(2):
        before = part.value(best)
        for run, heat in enumerate(HEATS):
            if clock.left <= 0 or part.gap(best, bound_m) <= gap:
                return best
            best = _annealed(part, best, heat, clock, seed + 100 * turn + run)
        best = _regrouped(part, best, bound_m, gap, clock, seed)
        if part.value(best) >= before - 1e-6 * max(abs(before), 1.0):
            break
    return best


def _annealed(
    part: TiedPart, pair: Ints, heat: float, clock: Clock, seed: int, steps: int = 10_000
) -> Ints:
    one = part.instance
    served = pair[pair >= 0]
    mean = max(float(one.cost[served].mean()) if len(served) else 0.0, 1.0)
    each = int(np.clip(20_000_000 // max(one.n_units, 1), 1_000, steps))
    annealer = Annealer(one, pair, seed, part.tied)
    annealer.cool(each * one.n_units, heat * mean, min(0.01, heat / 10) * mean, clock)
    found = annealer.pair
    return found if part.value(found) < part.value(pair) - 1e-9 else pair


def _regrouped(
    part: TiedPart, pair: Ints, bound_m: float, gap: float, clock: Clock, seed: int
) -> Ints:
    """Take the zones around each broken tie apart, dearest first."""
    best, value = pair, part.value(pair)
    live = part.live[part.broken(pair)[part.live]]
    for k in live[np.argsort(-part.price_m[live], kind="stable")][:LOOKS]:
        if not part.broken(best)[k]:
            continue
        for towards in np.unique(part.zones(best)[[part.a[k], part.b[k]]]):
            if clock.left <= 0 or part.gap(best, bound_m) <= gap:
                return best
            found = _drawn(part, best, int(k), int(towards), clock, seed)
            if found is not None and part.value(found) < value - 1e-6:
                best, value = found, part.value(found)
    return best


def _drawn(
    part: TiedPart, pair: Ints, tie: int, towards: int, clock: Clock, seed: int
) -> Ints | None:
    """Put a few zones together again, with both units of a tie drawn to one zone (or one driven out)."""
    one, zone = part.instance, part.zones(pair)
    group = _group(part, zone, tie)
    if towards < 0 or len(group) < 2:
        return None
    # Half of each other tie, for both of its units are charged.
    extra = part.surcharge(pair, 0.5)
    ends = np.array([part.a[tie], part.b[tie]])
    price = float(part.price_m[tie])
    rows = np.isin(one.unit, ends)
    if part.apart[tie]:
        extra[(one.unit == ends[seed % 2]) & (one.centre == towards)] += price
    else:
        extra[rows & (one.centre != towards)] += price
    units = np.flatnonzero(np.isin(zone, group))
    small, pairs = restrict(one, units, group)
    small = replace(small, cost=small.cost + extra[pairs])
    now = np.searchsorted(pairs, pair[units])
    seconds = min(clock.left, 5.0)  # one tie of many: a hard one must not eat the time of all
    found = solve_exactly(small, start=now, nodes=BRANCHES, seconds=seconds, seed=seed)
    if found.pair is None:
        return None
    made = pair.copy()
    made[units] = np.where(found.pair >= 0, pairs[found.pair], -1)
    return made


def _group(part: TiedPart, zone: Ints, tie: int) -> Ints:
    """Gather the zones of a tie's units, and those that touch them most."""
    one = part.instance
    group = [int(z) for z in np.unique(zone[[part.a[tie], part.b[tie]]]) if z >= 0]
    owner, other = np.repeat(zone, np.diff(one.near.start)), zone[one.near.to]
    while group and len(group) < ZONES:
        touching = other[np.isin(owner, group) & ~np.isin(other, [*group, -1])]
        if not len(touching):
            break
        group.append(int(np.bincount(touching).argmax()))
    return np.sort(np.array(group, np.int64))


def _told(part: TiedPart, known: _Known, proven: Part, seconds: float) -> Part:
    one, value = part.instance, part.value(known.pair)
    bound = min(known.bound_m, value)
    return replace(
        proven,
        value_m=value,
        bound_m=bound,
        cost_m=float(one.walk_cost[known.pair[known.pair >= 0]].sum()),
        optimality_gap=part.gap(known.pair, bound),
        method=known.method,
        seconds=proven.seconds + seconds,
    )


def _across(parts: list[TiedPart], ties: Ties) -> float:
    """Price of the ties between parts, or of units that no centre reaches: every plan pays it."""
    n = int(ties.b.max(initial=-1)) + 1
    label = np.full(n, -1, np.int64)
    for i, part in enumerate(parts):
        ids = part.instance.unit_ids
        label[ids[ids < n]] = i
    a, b = label[ties.a], label[ties.b]
    parted = ((a != b) | (a < 0)) & ~ties.apart & (ties.a != ties.b)
    return float(ties.price_m[parted].sum())
