"""The search for zones, as a table of contents.

The problem falls apart into independent parts; each gets a first plan and a quick bound, and then, part
by part, plan and bound are brought together: annealing for plans; prices on rules, prizes on units and
whole zones as columns for bounds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from planner.model.problem import Part, Problem, Result
from planner.solve.stop import Clock, Progress, Stop
from planner.solve.zones.improve import quick_bound, refusal
from planner.solve.zones.instance import Instance
from planner.solve.zones.parts import split
from planner.solve.zones.start import must_serve, nearest_plan, repaired
from planner.solve.zones.ties.cost import with_ties
from planner.solve.zones.together.desk import Desk
from planner.solve.zones.track import Track

__all__ = ["Progress", "Stop", "solve"]


def solve(
    problem: Problem,
    *,
    stop: Stop | None = None,
    start: ArrayLike | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Find connected zones of least cost, and prove how good they are.

    Minimised is load x walk + penalties + changes, over plans in which each unit that can be served
    is in one zone, each home in its own, and a unit joins a centre only if a neighbour that is nearer
    to it joins too.  Units that nothing connects to a centre stay without.  Broken ties are charged for
    where the problem has any, see `planner.solve.zones.ties.cost`.

    Parameters
    ----------
    stop : Stop, optional
        When to stop: ``Stop()`` if None.
    start : array_like of int, shape (n_units,), optional
        A plan to begin with; what does not hold is repaired.  A plan that stands and is within the gap
        comes back unchanged.
    seed : int
        Same problem, start and seed, same plan; unless the time limit strikes.
    progress : callable, optional
        Told of every better plan or bound.

    Returns
    -------
    Result
        Also after Ctrl-C or at the time limit: the best plan so far, and a bound that is true.

    Raises
    ------
    InfeasibleError
        It is proven that hard rules cannot hold.
    PlannerError
        A centre may not serve its own home.
    """
    stop = Stop() if stop is None else stop
    if problem.ties is not None:
        return with_ties(problem, solve, stop=stop, start=start, seed=seed, progress=progress)
    parts = split(problem)
    desk = Desk(parts, problem.n_units, Clock(stop.seconds), progress, seed)
    for instance in parts.instances:
        desk.open(_first(problem, must_serve(instance), start, stop))
    stopped = "gap"
    try:
        # All parts first: before each has a bound nothing can be told of the whole.
        for track in desk.tracks:
            quick_bound(track)
        hopeless = desk.work()
        if hopeless is not None:
            raise refusal(problem, hopeless)
    except KeyboardInterrupt:
        stopped = "interrupt"
    return _result(desk, stop, stopped)


def _first(problem: Problem, instance: Instance, start: ArrayLike | None, stop: Stop) -> Track:
    """Open a part with the plan that was given, or with the nearest centres."""
    if start is None:
        return Track(instance, nearest_plan(instance), stop.gap, Clock(stop.seconds))
    given = np.asarray(start, np.int64)
    if given.shape != (problem.n_units,):
        raise ValueError(f"start has {given.size} entries, but the problem has {problem.n_units}")
    wanted = instance.local(given)
    pair = repaired(instance, wanted)
    stands = bool((np.where(pair >= 0, instance.centre[pair], -1) == wanted).all())
    return Track(instance, pair, stop.gap, Clock(stop.seconds), given=stands)


def _result(desk: Desk, stop: Stop, stopped: str) -> Result:
    for track in desk.tracks:
        track.settle()
    if stopped == "gap" and not all(t.optimality_gap <= stop.gap for t in desk.tracks):
        stopped = "time" if desk.clock.left <= 0 else "exhausted"
    bound = min(desk.bound_m, desk.value_m)
    parts = tuple(_part(t, desk.seconds.get(i, 0.0)) for i, t in enumerate(desk.tracks))
    return Result(desk.assignment(), bound, parts, tuple(desk.curve), stopped)


def _part(track: Track, seconds: float) -> Part:
    one = track.instance
    return Part(
        units=one.n_units,
        centres=one.n_centres,
        value_m=track.value_m,
        bound_m=min(track.bound_m, track.value_m),
        cost_m=track.cost_m,
        optimality_gap=track.optimality_gap,
        method=track.method,
        seconds=seconds,
        unit=tuple(one.unit_ids.tolist()),
        # Any prizes prove something: rounded they prove next to nothing less, and take half the room.
        prize=tuple(np.round(track.prize, 4).tolist()),
    )
