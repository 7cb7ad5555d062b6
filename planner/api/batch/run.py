"""Hand jobs to workers, a few at a time, and gather what became of them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from planner.api.batch.jobs import read_jobs
from planner.api.batch.report import BatchReport
from planner.api.batch.whole_page import OVERVIEW, drawn
from planner.api.batch.work import (
    FAILED,
    Assignment,
    Outcome,
    begin,
    check_one,
    divide_one,
    plan_one,
)
from planner.api.progress import Clock, Listener
from planner.errors import ConfigError, MissingExtraError, OutputError, PlannerError
from planner.files import held, safe_name
from planner.solve.crew import cores

__all__ = ["batch", "scheduler_of"]

TRIES = 3
"""A job whose worker died so often is given up: it is the job that kills them."""

LOOK_S = 5.0
"""So often it is looked whether there is still a cluster to wait for."""


def batch(
    jobs: Any,
    out: str | Path,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    fit_rules: bool = False,
    allow_missing_centres: bool = False,
    again: bool = False,
    listener: Listener | None = None,
) -> BatchReport:
    """Plan many projects, each in a folder of its own, and add them up.

    What was planned from the same inputs before is kept, so that a batch that was killed goes on where it
    stood, and doing it twice stores it once.  A job that fails ends none of the others.  Nothing is sent to
    an online provider: use `planner zone` for a project that asks one, or answers that were kept.

    Parameters
    ----------
    jobs : path, or iterable of Job or path
        See `planner.api.batch.jobs.read_jobs`.
    out : str or Path
        Folder for all results; each job has one of its name in it.
    executor : concurrent.futures.Executor, optional
        Where the work is done; processes of this machine if None.  A Dask cluster is one too:
        ``Client("tcp://...").get_executor()``.  Paths must mean the same to its workers.
    workers : int, optional
        Jobs under way at once; as many as there are processors if None.
    fit_rules, allow_missing_centres
        See `planner.api.task.Wishes`.
    again : bool
        Plan all of them anew, whatever stands there.
    listener : callable, optional
        Told of every job that ends.

    Returns
    -------
    BatchReport

    Raises
    ------
    ConfigError
        The manifest cannot be read, or names no job.
    OutputError
        Another batch is at work in `out`, or the scheduler of the cluster is gone; what was finished stays.
    KeyboardInterrupt
        Workers are stopped; what was finished stays, and the next call goes on from it.

    Notes
    -----
    The driver holds one row a job.  Cost: that of the jobs, and some 2 s of processor for each process.
    """
    told = read_jobs(jobs)
    folder = Path(out).resolve()
    most = cores() if workers is None else workers
    if most < 1:
        raise ConfigError.of("workers-below-one", n=most)
    # who hands in an executor has shared its processors out
    hands = max(cores() // most, 1) if executor is None else 1
    asked = (fit_rules, allow_missing_centres, True, again, hands)
    tasks = [
        Assignment(job.name, str(job.project.resolve()), str(folder / safe_name(job.name)), *asked)
        for job in told
    ]
    clock, found = Clock.of(listener), list[Outcome]()
    divided = [task for task, job in zip(tasks, told, strict=True) if job.by_fence]
    with held(folder), _Desk(most, executor) as desk:
        if divided:
            wholes = desk.done(divided, divide_one, "divide", clock)
            tasks, found = _parts(tasks, {whole.name: whole for whole in wholes})
        planned = desk.done(tasks, plan_one, "batch", clock)
        # of a divided project those in no part have no place on a map; one that failed has its line
        lines = [o for o in found if o.state == FAILED] + planned
        page = drawn(lines, BatchReport((*found, *planned)).figures())
        there = [t for t, o in zip(tasks, planned, strict=True) if o.state != FAILED]
        checked = desk.done(there, partial(check_one, page=page), "gate", clock)
    refused = [replace(o, name=OVERVIEW) for o in checked if o.state == FAILED]
    return BatchReport((*found, *planned, *refused[:1]), None if refused or not there else page)


def _parts(
    tasks: list[Assignment], wholes: Mapping[str, Outcome]
) -> tuple[list[Assignment], list[Outcome]]:
    """Give jobs with their parts in their place, and what of the divided is in no part."""
    made: list[Assignment] = []
    for task in tasks:
        whole = wholes.get(task.name)
        if whole is None:
            made.append(task)
            continue
        made += [
            replace(
                task, name=f"{task.name}/{name}", project=file, folder=str(Path(task.folder) / name)
            )
            for name, file in whole.parts
        ]
    left = [
        o
        for o in wholes.values()
        if o.state == FAILED or o.figures["households"] or o.figures.get("ties_left")
    ]
    return made, left


def scheduler_of(address: str) -> Executor:
    """Give the executor of a Dask cluster.

    Raises
    ------
    MissingExtraError
        Dask is not installed.
    ConfigError
        Nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("distributed", "dask") from None
    try:
        return Client(address, timeout="10s").get_executor()
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError.of("no-scheduler", address=address, why=type(error).__name__) from None


Work = Callable[[Assignment], Outcome]


@dataclass(eq=False)
class _Desk:
    """Jobs that wait, jobs that are under way, and the workers that do them.

    No more jobs are handed out than there are workers: what a worker's death takes along are then those few,
    and each of them is tried again alone, so that the one that kills its worker takes no other with it.
    """

    most: int
    executor: Executor | None
    tried: dict[str, int] = field(default_factory=dict)
    _pool: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        own = self.executor is None
        if kind is not None and self._pool is not None:
            _stop(self._pool, own=own)
        elif own and self._pool is not None:
            self._pool.shutdown()

    def done(self, tasks: list[Assignment], work: Work, stage: str, clock: Clock) -> list[Outcome]:
        """Have all done, and give what became of them in their order."""
        found: dict[str, Outcome] = {}
        self.tried.clear()
        for outcome in self._outcomes(tasks, work):
            found[outcome.name] = outcome
            clock.tell(stage, len(found) / len(tasks), outcome.name)
        return [found[task.name] for task in tasks]

    def _outcomes(self, tasks: list[Assignment], work: Work) -> Iterator[Outcome]:
        """Give what became of each job, as they end."""
        waiting, doubted = deque(tasks), deque[Assignment]()
        under_way: dict[Future[Outcome], Assignment] = {}
        while waiting or doubted or under_way:
            while waiting and len(under_way) < self.most:
                task = waiting.popleft()
                under_way[self._submitted(work, task)] = task
            if doubted and not under_way:
                task = doubted.popleft()
                under_way[self._submitted(work, task)] = task
            ended, _ = wait(under_way, timeout=LOOK_S, return_when=FIRST_COMPLETED)
            if not ended and _is_gone(self.executor):
                raise OutputError.of("batch-scheduler-gone")
            died = False
            for future in ended:
                task = under_way.pop(future)
                outcome = _result(future, task)
                died |= outcome is None
                if outcome is None and not self._give_up(task):
                    doubted.append(task)
                else:
                    yield outcome or _lost(task)
            if died and self.executor is None and self._pool is not None:
                # a pool one of whose processes was killed takes no more work
                doubted.extend(under_way.values())
                under_way.clear()
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def _submitted(self, work: Work, task: Assignment) -> Future[Outcome]:
        try:
            return self._workers().submit(work, task)
        except Exception:
            # a client that has given its scheduler up says so in an error of no kind of its own
            if _is_gone(self.executor):
                raise OutputError.of("batch-scheduler-gone") from None
            raise

    def _workers(self) -> Executor:
        if self._pool is None:
            fresh = multiprocessing.get_context("spawn")
            self._pool = self.executor or ProcessPoolExecutor(
                self.most, mp_context=fresh, initializer=begin
            )
        return self._pool

    def _give_up(self, task: Assignment) -> bool:
        self.tried[task.name] = self.tried.get(task.name, 0) + 1
        return self.tried[task.name] >= TRIES


def _result(future: Future[Outcome], task: Assignment) -> Outcome | None:
    """Give what a worker said; None where it died before it could."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return None
    except Exception as error:  # noqa: BLE001 - a cluster has errors of its own for a lost worker
        if type(error).__module__.partition(".")[0] == "distributed":
            return None
        # the kind alone: what an error says may hold what somebody's sheet says
        failed = PlannerError.of("batch-fault", kind=type(error).__name__)
        return Outcome(task.name, FAILED, 1, failed.told(("en",)), failed.told(("zh",)))


def _is_gone(executor: Executor | None) -> bool:
    """Tell whether a cluster's client has given its scheduler up: no job of it would ever end."""
    client = getattr(executor, "_client", None)
    return getattr(client, "status", "") in ("closing", "closed")


def _lost(task: Assignment) -> Outcome:
    failed = OutputError.of("batch-worker-died", n=TRIES)
    return Outcome(task.name, FAILED, failed.exit_code, failed.told(("en",)), failed.told(("zh",)))


def _stop(pool: Executor, *, own: bool) -> None:
    """End workers that are under way; all that they write is whole or not there."""
    with suppress(Exception):
        pool.shutdown(wait=False, cancel_futures=True)
    if own:
        for process in multiprocessing.active_children():
            process.terminate()
