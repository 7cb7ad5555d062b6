"""How one part is brought to a proof, stage by stage."""

from __future__ import annotations

import numpy as np

from planner.errors import InfeasibleError
from planner.model.arrays import Ints
from planner.model.clash import RuleClash
from planner.model.problem import Problem
from planner.solve.crew import Crew
from planner.solve.zones.anneal import Annealer
from planner.solve.zones.exact import solve_exactly
from planner.solve.zones.instance import Instance
from planner.solve.zones.proof.bound import Ascent
from planner.solve.zones.proof.dual import RuleDual, climb
from planner.solve.zones.proof.generation import Pool
from planner.solve.zones.proof.pricing import countable
from planner.solve.zones.proof.relaxed import Relaxed
from planner.solve.zones.regroup import regroup
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.track import Track
from planner.solve.zones.windows import by_windows, raise_bound
from planner.solve.zones.zoning import choose_zones, list_all

__all__ = ["improve", "quick_bound", "refusal"]

TURNS = 6
LARGE, MIDDLE = 60_000, 6_000  # pairs beyond which HiGHS proves nothing in time, or is tried last
LONG = 2
# How hot annealing begins, in mean costs of a unit: hot enough to leave the plan that it is given.
HOT = 10.0
# What breaking a hard rule by one is charged on the way to a plan that keeps them, in mean costs of a pair.
HARD_PRICES = (3.0, 1.0, 6.0, 2.0)
HARD_TURNS, HARD_NODES, WARM = 3, 50, 5.0
# Units up to which branch and cut is as quick as the relaxation that windows go by.
SMALL = 200
# Units a zone above which zones as columns no longer pay: there the quick bound is tight.
LARGE_ZONE = 30.0


def quick_bound(track: Track, steps: int = 300) -> RuleDual:
    """Prove what prices on the rules prove."""
    track.turn("prices on rules")
    dual = climb(track.instance, track.aim_m, steps=steps)
    track.bound(dual.bound_m, dual.prize)
    return dual


def improve(track: Track, *, seed: int) -> None:
    """Improve plan and bound until they meet, or time is up, or hard rules are proven to clash."""
    one = track.instance
    pool = Pool(one)
    if np.isinf(track.value_m):
        _keep_hard(track, seed)
        if track.over:
            return
    by_zones = countable(one) and one.n_units <= LARGE_ZONE * one.n_centres
    if track.given and _stands(track, pool, by_zones=by_zones):
        return
    anneal(
        track,
        pool,
        sweeps=_sweeps(one) // 2,
        runs=3 if by_zones and not track.given else 1,
        seed=seed,
    )
    dual = quick_bound(track, 1500)
    if track.over:
        return
    if np.isfinite(track.value_m) or one.n_pairs > LARGE:
        if by_zones:
            _by_zones(track, pool, seed)
        elif one.n_units > SMALL:
            _by_windows(track, dual, seed)
    if not track.over and one.n_pairs <= LARGE:
        _exactly(track, seed)


def _stands(track: Track, pool: Pool, *, by_zones: bool) -> bool:
    """Try to prove that a plan that stands is good enough, before anything better is looked for."""
    dual = quick_bound(track, 1500)
    if by_zones and not track.over and np.isfinite(track.value_m):
        pool.add_plan(track.pair)
        Ascent(track, pool, dual.prize).climb(30)
    return track.over


def _keep_hard(track: Track, seed: int) -> None:
    """Find a plan that keeps the hard rules: cool again and again, longer each time, HiGHS in between."""
    one, start = track.instance, nearest_plan(track.instance)
    mean, crew = max(float(one.cost.mean()), 1.0), Crew(len(HARD_PRICES))
    sweeps = int(np.clip(6_000_000 // max(one.n_units, 1), 100, 1_000))

    for turn in range(HARD_TURNS):
        track.turn("hard rules")
        length = sweeps * 4**turn * one.n_units

        def cooled(k: int, turn: int = turn, length: int = length) -> Ints:
            hard_m = HARD_PRICES[k] * mean
            annealer = Annealer(one, start, seed + 4 * turn + k, hard_m=hard_m)
            annealer.cool(length, WARM * mean, 0.02 * mean, track.clock)
            return annealer.pair

        for pair in crew.all(cooled, range(len(HARD_PRICES))):
            track.plan(pair, "annealing")
        if np.isinf(track.value_m) and not track.over and one.n_pairs <= LARGE:
            nodes, seconds = HARD_NODES * 4**turn, 0.5 * track.clock.left
            found = solve_exactly(one, gap=0.5, nodes=nodes, seconds=seconds, seed=seed)
            if found.pair is not None:
                track.plan(found.pair, "branch and cut")
            track.bound(min(found.bound_m, track.value_m))
        if np.isfinite(track.value_m) or track.over:
            return


def _sweeps(one: Instance) -> int:
    # About 60 million steps whatever the size, but no fewer sweeps than let a large part cool.
    return int(np.clip(60_000_000 // max(one.n_units, 1), 1_000, 10_000))


def anneal(track: Track, pool: Pool, *, sweeps: int, runs: int, seed: int) -> None:
    """Anneal from the plan that is known; the zones of each run join the pool."""
    one = track.instance
    track.turn("annealing")
    # Where nearly all of a plan is homes, which cost nothing, its own mean would leave no heat.
    least = 0.05 * max(float(one.cost.mean()), 1.0)
    mean = max(float(one.cost[track.pair[track.pair >= 0]].mean()), least)
    pool.add_plan(track.pair)
    for run in range(runs):
        annealer = Annealer(one, track.pair, seed + run)
        annealer.cool(sweeps * one.n_units, HOT * mean, 0.01 * mean, track.clock)
        track.plan(annealer.pair, "annealing")
        pool.add_plan(annealer.pair)
        if track.over:
            return


def _by_windows(track: Track, dual: RuleDual, seed: int) -> None:
    """Solve the relaxation, anneal among what looks good by it, and go over the plan by windows."""
    relaxed = Relaxed(track.instance, dual.multiplier)
    raise_bound(track, relaxed, within=0.5, seed=seed)
    if track.over:
        return
    thin, pairs = relaxed.thinned(track.pair, 2.0 * relaxed.scale)
    pair = np.where(track.pair >= 0, np.searchsorted(pairs, track.pair), -1)
    inner = Track(thin, pair, 0.0, track.clock)
    anneal(inner, Pool(thin), sweeps=LONG * _sweeps(thin), runs=1, seed=seed + 100)
    track.plan(np.where(inner.pair >= 0, pairs[inner.pair], -1), "annealing")
    by_windows(track, relaxed, seed=seed)


def _by_zones(track: Track, pool: Pool, seed: int) -> None:
    """Generate zones, choose among them, take groups apart, and list all that could be better."""
    ascent = Ascent(track, pool, track.prize)
    ascent.climb(30)
    for turn in range(TURNS):
        if track.over:
            return
        # A centre without a zone that keeps the hard rules: no choice of columns can be a plan.
        if len(set(pool.centre)) < track.instance.n_centres:
            return
        track.turn("prices on units")
        met = ascent.generate(200, effort=2 + turn)
        track.turn("regrouping")
        for size in (3, 4 + turn):
            if not track.over:
                choose_zones(track, ascent, seed=seed)
            while not track.over and regroup(track, ascent, size=size, seed=seed) and size == 3:
                pass
        if track.over or (met and list_all(track, ascent, seed=seed)):
            return
        if turn == 0 and track.instance.n_pairs <= MIDDLE:
            _exactly(track, seed, share=0.5)
            if track.over:
                return
            pool.add_plan(track.pair)
        anneal(track, pool, sweeps=_sweeps(track.instance), runs=6, seed=seed + 10 + 6 * turn)


def _exactly(track: Track, seed: int, *, share: float = 1.0) -> None:
    """Leave the whole part to HiGHS, for a share of the time."""
    # HiGHS measures its gap by the value, the track by the walks alone.
    track.turn("branch and cut")
    served = track.cost_m / max(abs(track.value_m), 1e-9)
    found = solve_exactly(
        track.instance,
        start=track.pair,
        gap=track.gap * min(served, 1.0),
        seconds=share * track.clock.left,
        seed=seed,
    )
    if found.pair is not None:
        track.plan(found.pair, "branch and cut")
    hopeless = found.bound_m == np.inf
    track.bound(np.inf if hopeless else min(found.bound_m, track.value_m))


def refusal(problem: Problem, track: Track) -> InfeasibleError:
    """Word the error for a part of a problem whose hard rules cannot hold together."""
    one = track.instance
    # The plan that comes nearest may carry its excess anywhere; a last cooling gathers it.
    annealer = Annealer(one, track.pair, 0)
    mean = max(float(one.cost[track.pair[track.pair >= 0]].mean()), 1.0)
    annealer.run(200 * one.n_units, HOT * mean, 0.01 * mean)
    excess = one.excess(annealer.pair)
    excess[~np.isinf(one.rows.price)] = 0.0
    k, c = np.unravel_index(int(excess.argmax()), excess.shape)
    rule = next(r for r in problem.rules if r.name == one.rows.name[k])
    clash = RuleClash(
        rule=rule.name,
        low=rule.low,
        high=rule.high,
        per=None if rule.per is None else float(rule.per[one.unit_ids].sum()),
        total=float(rule.amount[one.unit_ids].sum()),
        missed=float(excess[k, c]),
        centre=int(one.centre_ids[c]),
        unit=int(one.unit_ids[0]),
        units=one.n_units,
        centres=one.n_centres,
    )
    fence = int(problem.fence[clash.unit])
    return clash.error(
        (f"第{clash.centre}个中心户", f"centre {clash.centre}"),
        (f"第{fence}个社区", f"fence {fence}"),
        remedy=(
            "请将该规则改为弹性、放宽上下限，或在该处增减中心户",
            "make the rule elastic, widen its limits, or add or drop a centre there",
        ),
    )
