"""The verb: a plan, what happened since, and how much may change hands become the next plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from planner.api.checkpoint import Checkpoint
from planner.api.opening import alone
from planner.api.plan import AUDIENCE_OF, Plan
from planner.api.progress import Clock, Listener
from planner.api.rezone.asked import Asked, Changed, Options, Readied
from planner.api.rezone.why import moved_without
from planner.api.task import Case, Task
from planner.api.zone import demand, draw, judge, place, tell, zoned
from planner.errors import OutputError
from planner.files import free_file, probe, write_files
from planner.model import audit
from planner.model.problem import Problem
from planner.model.project import Project
from planner.render.books.change_book import change_bytes, is_change_book
from planner.solve.keeping import Keeping, Recut
from planner.solve.recut import curve
from planner.solve.stop import Stop

__all__ = [
    "Changed",
    "CurvePoint",
    "Keeping",
    "Options",
    "problem_of",
    "rezone",
    "rezone_and_save",
    "rezone_curve",
    "write_template",
]


def rezone(
    plan: Plan | str | Path,
    project: Project | str | Path,
    changed: Changed | None = None,
    keeping: Keeping | None = None,
    *,
    options: Options | None = None,
    when: datetime | None = None,
    listener: Listener | None = None,
) -> Plan:
    """Re-cut a plan where something happened.

    Parameters
    ----------
    plan : Plan or path
        The plan that stands; a path may be that of its folder.
    project : Project or path
        What it was made from.
    changed : Changed, optional
        What happened since; without it only the files of the project may have changed.
    keeping : Keeping, optional
        A price for each home that changes hands (by default the project's), a number of homes, or the fewest.
    options : Options, optional
        How it is run; ``replacing`` and ``take`` are for what is written.
    when : datetime, optional
        Time of recording; now by default.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    Plan
        Zones of parts that nothing happened to are those of `plan`; ``provenance["rezone"]`` has ``moved,
        forced, least, price_m, budget, fewest, bound_m, open_units``.

    Raises
    ------
    InputError
        A file cannot be used as it is, or events name nobody.
    InfeasibleError
        Hard rules cannot hold, or more homes must change hands than the budget allows.
    """
    clock = Clock.of(listener)
    wish = Asked(plan, project, changed or Changed(), keeping, options or Options(), when)
    return zoned(_task(wish.read(clock)), clock)


def rezone_and_save(
    plan: str | Path,
    project: Project,
    folder: str | Path,
    changed: Changed,
    keeping: Keeping | None = None,
    *,
    options: Options | None = None,
    listener: Listener | None = None,
) -> tuple[Plan, dict[str, Path]]:
    """Do what `rezone` does, and write the plan: `Plan.save`, whose gate knows the sheets' people."""
    options, clock = options or Options(), Clock.of(listener)
    probe(folder, AUDIENCE_OF, replacing=options.replacing)
    wish = Asked(plan, project, changed, keeping, options)
    with alone(folder, plan):
        saved = Checkpoint.of(folder, options.resume)
        task = replace(_task(wish.read(clock)), checkpoint=saved)
        if options.take is None:
            made = zoned(task, clock)
        else:
            case = _case(task, clock)
            made = _taken(case, options.chosen(_curve(case, options.take)), clock)
        written = made.save(folder, people=task.opened.people, replacing=options.replacing)
        saved.drop(made.provenance["stopped"])
        return made, written


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One plan of the curve.

    Parameters
    ----------
    number : int
        From 1; what `Options.take` asks for.
    homes_moved, forced : int
        Homes that change hands, and those that do so in every plan.
    price_m : float
        Metres that one home changing hands had to be worth.
    value_m, bound_m : float
        Walks, rules and ties of the plan, metres; the least that plans with as few homes moved come to.
    """

    number: int
    homes_moved: int
    forced: int
    price_m: float
    value_m: float
    bound_m: float


def rezone_curve(
    plan: Plan | str | Path,
    project: Project | str | Path,
    changed: Changed | None = None,
    *,
    options: Options | None = None,
    listener: Listener | None = None,
) -> list[CurvePoint]:
    """Give the plans between "nothing moves that need not" and "best walks".

    Returns
    -------
    list of CurvePoint
        From the fewest homes that change hands to the shortest walks; each beats all before it in walks and
        rules.
    """
    options, clock = options or Options(), Clock.of(listener)
    wish = Asked(plan, project, changed or Changed(), None, options)
    case = _case(wish.read(clock).task(), clock)
    with clock.stage("zones"):
        return [
            CurvePoint(
                number,
                point.moved,
                point.forced,
                point.price_m,
                audit.audit(point.unpriced, point.result.assignment, 0.0).value_m,
                point.bound_m,
            )
            for number, point in enumerate(_curve(case), 1)
        ]


def problem_of(
    plan: Plan, project: Project | str | Path, options: Options, clock: Clock
) -> tuple[Problem, tuple[tuple[str, str], ...]]:
    """Make the problem of a plan anew: from its project, and the events that the plan keeps.

    Gives also the bare name and SHA-256 of each file of people that was read.
    """
    task = Asked(plan, project, Changed(), None, options).read(clock).task()
    return _case(task, clock).demand.problem, task.opened.sources


def _task(read: Readied) -> Task:
    """Give the task, and with it, where that is asked for, the way to do without one of its events."""
    task = read.task()
    if not read.asked.options.why or task.rezone is None:
        return task
    return replace(task, rezone=replace(task.rezone, without=partial(moved_without, read.task)))


def _case(task: Task, clock: Clock) -> Case:
    task, located = place(task, clock)
    return demand(task, located, clock)


def _curve(case: Case, most: int | None = None) -> list[Recut]:
    """Give the first points of the curve; all that there were by then, where it is looked at and ended."""
    assert case.kept is not None
    assert case.before is not None
    search, saved = case.opened.project.search, case.task.checkpoint
    stop = Stop(search.gap, 5 * search.seconds)
    problem, people = case.demand.problem, case.people_unit
    begun = [] if saved is None else saved.begin_curve(case)
    keep = None if saved is None else saved.point
    points: list[Recut] = []
    told = {"stop": stop, "seed": search.seed, "begun": begun, "keep": keep}
    try:
        # a point is that of its number whatever comes behind it
        for point in islice(curve(problem, people, case.before, case.kept.standing, **told), most):
            points.append(point)
    except KeyboardInterrupt:
        if saved is not None:
            saved.halt()
        if most is not None or not points:
            raise
    return points


def _taken(case: Case, point: Recut, clock: Clock) -> Plan:
    judged, solved = judge(case, point, clock)
    return tell(judged, solved, draw(judged, solved, clock), clock)


def write_template(path: str | Path, *, replacing: bool = False) -> Path:
    """Write the workbook in which an office tells what happened since its plan.

    Parameters
    ----------
    path : str or Path
        The file.
    replacing : bool
        Whether one that is there may be overwritten.

    Raises
    ------
    ConfigError
        There is one, and it is not to be replaced.
    OutputError
        It cannot be written, the name is not that of a workbook, or what stands there is no such workbook.
    """
    if Path(path).suffix.lower() != ".xlsx":
        raise OutputError.of("workbook-name", name=Path(path).name)
    file = free_file(Path(path), replacing=replacing)
    if file.exists() and not is_change_book(
        file
    ):  # whatever was asked for: somebody's register, say
        raise OutputError.of("not-our-file", target=file)
    return write_files(file.parent, {file.name: change_bytes()}, replacing=True)[file.name]
