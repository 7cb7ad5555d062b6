"""One job, from its project file to its folder: what a worker does, wherever it runs.

Paths go to a worker and figures come back: names, rooms and phones stay where the sheets are.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import planner
from planner.api.batch.divide import PARTS, divide
from planner.api.batch.whole_page import outline_of, pass_gate
from planner.api.task import Wishes
from planner.api.zone import run_and_save
from planner.errors import OutputError, PlannerError
from planner.files import atomic_write
from planner.model.given import digest_of
from planner.model.project import Project
from planner.solve.crew import limited

__all__ = [
    "DONE",
    "FAILED",
    "KEPT",
    "MARK",
    "Assignment",
    "Outcome",
    "begin",
    "check_one",
    "divide_one",
    "plan_one",
]

MARK = "batch.internal.json"
"""In the folder of a job: what was planned there, from what."""
DONE, KEPT, FAILED = "done", "kept", "failed"
_BEGUN: Final = "begun"
_FIGURES = (
    "households", "located", "unassigned", "zones", "cost_m", "penalty_m", "change_m", "bound_m",
    "gap_objective", "zones_connected", "stopped", "peak_gb",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker is told: paths and settings, nothing of people.

    Parameters
    ----------
    name : str
    project, folder : str
        The project file, and where its plan goes.
    fit_rules, allow_missing_centres, offline : bool
        See `planner.api.task.Wishes`.
    again : bool
        Plan it although it was planned from the same inputs.
    hands : int
        Processors that it may use.
    """

    name: str
    project: str
    folder: str
    fit_rules: bool = False
    allow_missing_centres: bool = False
    offline: bool = False
    again: bool = False
    hands: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Parameters
    ----------
    name : str
    state : str
        ``done``, ``kept`` (it had been done, from the same inputs) or ``failed``.
    code : int
        Exit code that `planner zone` would end with.
    error, error_zh : str
        Why it failed, and what to do.
    figures : dict
        Counts and the certificate; no list of anybody.
    seconds : float
        Of wall-clock, reading and writing included.
    parts : tuple of (str, str)
        Of a project that was divided: name and project file of each part.
    outline : list
        Rings around its zones, see `planner.api.batch.whole_page.outline_of`.
    """

    name: str
    state: str
    code: int = 0
    error: str = ""
    error_zh: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    parts: tuple[tuple[str, str], ...] = ()
    outline: list[list[list[float]]] = field(default_factory=list)


def begin() -> None:
    """Make a process a worker: Ctrl-C is the driver's, and a worker ends with its driver."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    driver = parent_process()
    if driver is not None:
        # A driver that was killed must not leave workers behind that hold folders.
        threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: BaseProcess) -> None:
    driver.join()
    os._exit(1)


def plan_one(job: Assignment) -> Outcome:
    """Plan a job, unless it was planned from the same inputs already.

    Doing it twice stores it once: its folder is written whole, and its mark after it.
    """
    return _told(job, _planned)


def divide_one(job: Assignment) -> Outcome:
    """Divide a job into its communities, unless that was done from the same inputs already."""
    return _told(job, _divided)


def check_one(job: Assignment, page: bytes) -> Outcome:
    """Hold the page over all jobs against the people of this one."""

    def checked(job: Assignment, _: float) -> Outcome:
        pass_gate(page, job.folder)
        return Outcome(job.name, DONE)

    return _told(job, checked)


def _told(job: Assignment, work: Callable[[Assignment, float], Outcome]) -> Outcome:
    """Do a piece of work; whatever is wrong with it is its outcome, and no other's."""
    began = time.perf_counter()
    try:
        return work(job, began)
    except PlannerError as error:
        told = error.told(("en",)), error.told(("zh",))
        spent = round(time.perf_counter() - began, 2)
        return Outcome(job.name, FAILED, error.exit_code, *told, seconds=spent)
    except (OSError, MemoryError) as error:
        why = getattr(error, "strerror", None) or "out of memory"
        failed = OutputError.of("batch-system", why=why)
        return Outcome(job.name, FAILED, 4, failed.told(("en",)), failed.told(("zh",)))


def _planned(job: Assignment, began: float) -> Outcome:
    folder = Path(job.folder)
    project = Project.of(job.project)
    digest, mark = _fingerprint(project, job), _mark(folder)
    if not job.again:
        _spare(folder, mark)
        if mark.get("state") == DONE and mark.get("fingerprint") == digest:
            told = {name: mark[name] for name in ("figures", "seconds", "outline") if name in mark}
            return Outcome(job.name, KEPT, **told)
    # a run that is killed between its plan and its last mark finds its own beginning
    _write_mark(job, {"state": _BEGUN, "fingerprint": digest})
    wishes = Wishes(None, None, job.fit_rules, job.allow_missing_centres, job.offline)
    with limited(job.hands):
        plan, _ = run_and_save(project, folder, wishes, replacing=True)
    figures, seconds = _figures(plan.summary()), round(time.perf_counter() - began, 2)
    told = {"figures": figures, "seconds": seconds, "outline": outline_of(plan.zones)}
    known = {"fingerprint": digest, "plan": _plan_digest(folder)}
    _write_mark(job, {"state": DONE, **known, **told})
    return Outcome(job.name, DONE, **told)


def _divided(job: Assignment, began: float) -> Outcome:
    folder = Path(job.folder) / PARTS
    project = Project.of(job.project)
    digest, mark = _fingerprint(project, job), _mark(folder)
    files = [Path(file) for _, file in mark.get("parts", ())]
    if mark.get("fingerprint") == digest and all(file.is_file() for file in files):
        parts = tuple((str(name), str(file)) for name, file in mark["parts"])
        told = {"figures": mark["figures"], "seconds": mark["seconds"]}
        return Outcome(job.name, KEPT, **told, parts=parts)
    wishes = Wishes(None, None, job.fit_rules, job.allow_missing_centres, job.offline)
    # a folder for each state of the inputs: what a job has read is never written to
    found = divide(project, folder / digest[:12], wishes)
    figures = dict.fromkeys(("zones", "cost_m", "penalty_m", "change_m", "bound_m"), 0)
    figures |= {"households": found.left, "unassigned": found.left, "located": 0}
    figures |= {"beyond": 0, "broken": 0, "walk_m": 0.0, "peak_gb": 0.0}
    figures["ties_left"] = found.ties_left
    seconds = round(time.perf_counter() - began, 2)
    told = {"fingerprint": digest, "parts": found.parts, "figures": figures, "seconds": seconds}
    _write_mark(replace(job, folder=str(folder)), {"state": DONE, **told})
    return Outcome(job.name, DONE, figures=figures, seconds=seconds, parts=found.parts)


def _spare(folder: Path, mark: dict[str, Any]) -> None:
    """Refuse to plan over what a batch did not leave there: it may be the office's own."""
    stands = _plan_digest(folder)
    if stands and not mark:
        raise OutputError.of("batch-stands", folder=folder)
    if stands and mark.get("state") == DONE and mark.get("plan") != stands:
        raise OutputError.of("batch-changed-since", folder=folder)


def _figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Give the figures that a table of jobs needs."""
    found = {name: summary.get(name) for name in _FIGURES}
    found["walk_m"] = summary["walk_m"]["mean"]
    found["beyond"] = summary["gaps"].get("beyond_walk_limit", 0)
    found["broken"] = sum(int(rule["broken"]) for rule in summary["rules"])
    return found


def _fingerprint(project: Project, job: Assignment) -> str:
    """SHA-256 over all that decides a plan: each file, the settings, the version."""
    digest = hashlib.sha256(planner.__version__.encode())
    asked = asdict(job)
    told = {name: asked[name] for name in ("fit_rules", "allow_missing_centres", "offline")}
    digest.update(json.dumps(told, sort_keys=True).encode())
    for path in project.files:
        try:
            digest.update(digest_of(path).encode())
        except OSError:  # the run says which file is missing, and what to do
            digest.update(b"missing")
    return digest.hexdigest()


def _plan_digest(folder: Path) -> str:
    try:
        return digest_of(folder / "plan.gpkg")
    except OSError:
        return ""


def _mark(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):  # none, or cut by a full disk: planned anew
        return {}
    return found if isinstance(found, dict) else {}


def _write_mark(job: Assignment, told: dict[str, Any]) -> None:
    text = json.dumps(
        {"zone_planner_batch": 1, "job": job.name, **told}, ensure_ascii=False, indent=1
    )
    atomic_write(Path(job.folder) / MARK, text.encode(), private=True, replacing=True)
