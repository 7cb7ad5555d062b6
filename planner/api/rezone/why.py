"""Which event made a home change hands, where several share a community: the month without it is cut again.

An event is the cause of a move if the home would have stayed but for it, all else being as it was.  That is
tried, and never surmised: one event is taken out, people are placed and the community is cut once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from planner.api.progress import Clock
from planner.api.task import Case, Task
from planner.api.zone import demand, place
from planner.errors import PlannerError
from planner.model.arrays import Ints
from planner.plan.frames import taken
from planner.solve.keeping import Keeping, Standing
from planner.solve.recut import recut
from planner.solve.rezone import majority
from planner.solve.stop import Stop

__all__ = ["moved_without"]


def moved_without(
    task_of: Callable[[int], Task], number: int, price_m: float, fences: Collection[str]
) -> frozenset[str] | None:
    """Give the homes of some communities that change hands if one event had not been.

    Parameters
    ----------
    task_of : callable
        Gives the task without the new event of a position.
    number : int
        That position.
    price_m : float
        What each home that changes hands is worth.
    fences : collection of str
        Communities that are looked at; no others are cut again.

    Returns
    -------
    frozenset of str or None
        Their ids; None where the other events say nothing without this one, as when who joined moves on.
    """
    clock = Clock.of(None)
    try:
        task = task_of(number)
        # what was answered is kept: nothing more is asked for the sake of a question
        online = task.online and task.online.offline()
        task, located = place(replace(task, online=online), clock)
        case = demand(task, located, clock)
        now = _cut(case, price_m, fences)
    except PlannerError:
        return None
    assert case.before is not None
    homes = case.located.households
    centre = np.append(now, -1)[case.demand.household_unit]
    served = taken(case.demand.centres["centre_id"], centre)
    was = case.before.was[: len(homes)]
    moved = (was != "") & (was != served) & homes["fence"].isin(list(fences)).to_numpy()
    return frozenset(homes["id"][moved])


def _cut(case: Case, price_m: float, fences: Collection[str]) -> Ints:
    """Cut the parts of some communities; all others stand, if need be where most of their homes were."""
    assert case.kept is not None
    assert case.before is not None
    standing, search = case.kept.standing, case.opened.project.search
    problem, people = case.demand.problem, case.people_unit
    near = case.demand.units["fence"].isin(list(fences)).to_numpy()
    asked = np.isin(case.kept.island, case.kept.island[near])
    was = np.maximum(majority(problem, people, case.before), 0)
    zone = np.where(asked | (standing.zone >= 0), standing.zone, was)
    rest = Standing(zone, (), standing.change_m, standing.held)
    stop = Stop(search.gap, max(search.seconds / 10, 1.0))
    wish = Keeping(price_m)
    found = recut(problem, people, case.before, rest, wish, stop=stop, seed=search.seed)
    return np.asarray(found.result.assignment, np.int64)
