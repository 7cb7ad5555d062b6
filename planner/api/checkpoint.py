"""The best plan so far of a long search, kept beside its output: a run that was ended goes on from it.

It holds positions alone, no id and no address; who may read the plan may read it, and nobody else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import ConfigError, InputError, OutputError
from planner.files import atomic_write, withdraw
from planner.model.arrays import Ints
from planner.model.problem import Result
from planner.solve.stop import Progress

if TYPE_CHECKING:
    from planner.api.task import Case

__all__ = ["CHECKPOINT", "Checkpoint"]

CHECKPOINT = "checkpoint.internal.json"
FIRST_S = 5.0  # shorter searches are as soon made anew
EVERY_S = 15.0
_FORMAT = 1
_LOG = logging.getLogger(__name__)
# in the order in which a difference is told: what people do first, what follows from it last
_TOLD = ("inputs", "before", "rules", "seed", "asked", "problem")


@dataclass(eq=False)
class Checkpoint:
    """What a run keeps of its search, and what it goes on from.

    Parameters
    ----------
    folder : Path
        Of the plan that is made.
    earlier : Path, optional
        Folder of the run that is gone on from.
    found : mapping
        What that run had kept.
    """

    folder: Path
    earlier: Path | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    _of: dict[str, Any] = field(default_factory=dict, init=False)
    _curve: list[ArrayLike] = field(default_factory=list, init=False)
    _due: float = field(default=0.0, init=False)
    _kept: bool = field(default=False, init=False)
    _best: Progress | None = field(default=None, init=False)
    _timer: threading.Timer | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @classmethod
    def of(cls, folder: str | Path, earlier: str | Path | None = None) -> Self:
        """Make ready to keep, and read what an earlier run has kept.

        Raises `ConfigError`: there is nothing to go on from; `InputError`: what there is is damaged.
        """
        if earlier is None:
            return cls(Path(folder))
        path = Path(earlier) / CHECKPOINT
        if not path.is_file():
            raise ConfigError.of("resume-nothing", folder=Path(earlier))
        try:
            found = json.loads(path.read_text("utf-8"))
            if found["zone_planner_checkpoint"] != _FORMAT or set(_TOLD) - set(found["of"]):
                raise ValueError("another format")
            np.asarray(found["assignment"], np.int64)
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            raise InputError.of("resume-damaged", file=path) from None
        return cls(Path(folder), Path(earlier), found)

    def begin(self, case: Case, *, curve: bool = False) -> Ints | None:
        """Give the plan to go on from, centre of each unit; None where the search begins anew.

        `curve`: whether it is a curve of plans that is searched for.
        Raises `ConfigError`: it is of other inputs, rules or wishes; `InputError`: it is damaged.
        """
        self._of, self._due = _what(case, curve=curve), time.monotonic() + FIRST_S
        if self.earlier is None:
            return None
        was = self.found["of"]
        for name in _TOLD:
            if was[name] != self._of[name]:
                raise _other(name, self.earlier, was["inputs"], self._of["inputs"])
        return self._plan(self.found["assignment"], case)

    def begin_curve(self, case: Case) -> list[Ints]:
        """Give the plans of the curve that an earlier run had found, in their order; see `begin`."""
        if self.begin(case, curve=True) is None:
            return []
        return [self._plan(plan, case) for plan in self.found.get("curve") or ()]

    def _plan(self, told: Any, case: Case) -> Ints:
        damaged = InputError.of("resume-damaged", file=(self.earlier or self.folder) / CHECKPOINT)
        problem = case.demand.problem
        try:
            plan = np.asarray(told, np.int64)
        except (ValueError, TypeError, OverflowError):
            raise damaged from None
        if plan.shape != (problem.n_units,) or not _within(plan, problem.n_centres):
            raise damaged
        return plan

    def point(self, plan: ArrayLike) -> None:
        """Keep the next plan of a curve."""
        self._curve.append(plan)
        if time.monotonic() >= self._due:
            self.halt()

    def halt(self) -> None:
        """Keep what there is of a curve."""
        if self._curve:
            self._write(self._curve[-1], None, -np.inf)

    def offer(self, now: Progress) -> None:
        """Keep the best plan so far, now and then."""
        if now.plan is None:
            return
        with self._lock:
            self._best = now
            wait = self._due - time.monotonic()
            # one step of a search may take an hour, in which nothing better is offered
            if wait > 0 and self._timer is None:
                self._timer = threading.Timer(wait, self._write_best)
                self._timer.daemon = True
                self._timer.start()
        if wait <= 0:
            self._write_best()

    def end(self, result: Result) -> None:
        """Keep what the search ended with: drawing it may fail, and whoever ended it may go on."""
        self._wait_no_more()
        if self._kept or result.stopped == "interrupt":
            self._write(result.assignment, None, result.bound_m)

    def drop(self, stopped: str) -> None:
        """Remove what was kept, the plan being written; after a search that was ended by hand it stays."""
        self._wait_no_more()
        for folder in {self.folder, self.earlier or self.folder}:
            if stopped != "interrupt" or folder != self.folder:
                withdraw(folder / CHECKPOINT)

    def _write_best(self) -> None:
        with self._lock:
            self._timer = None
            best, self._best = self._best, None
            if best is not None and best.plan is not None:
                # put together now: by then it may be better than what was told, and never worse
                self._write(best.plan(), best.value_m, best.bound_m)

    def _wait_no_more(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._best = None

    def _write(self, plan: ArrayLike, value_m: float | None, bound_m: float) -> None:
        began = time.monotonic()
        told = {
            "zone_planner_checkpoint": _FORMAT,
            "of": self._of,
            "value_m": value_m if value_m is not None and np.isfinite(value_m) else None,
            "bound_m": bound_m if np.isfinite(bound_m) else None,
            "assignment": np.asarray(plan).tolist(),
        }
        if self._curve:
            told["curve"] = [np.asarray(plan).tolist() for plan in self._curve]
        try:
            data = json.dumps(told, ensure_ascii=False).encode()
            atomic_write(self.folder / CHECKPOINT, data, private=True, replacing=True)
            self._kept = True
        except OutputError as refused:
            # a full disk now may be free when the plan is written: the search goes on
            _LOG.warning("no checkpoint: %s", refused.message)
        # on a slow disk rarely: no run is a twentieth slower for it
        took = time.monotonic() - began
        self._due = time.monotonic() + max(EVERY_S, 20.0 * took)


def _what(case: Case, *, curve: bool = False) -> dict[str, Any]:
    """Give what a search is of: equal only where it would be the same search."""
    task, opened = case.task, case.opened
    wish, before = task.rezone, task.previous
    asked: list[Any] = [task.move_price_m, task.wishes.fit_rules]
    if wish is not None and case.kept is not None:
        standing = case.kept.standing
        asked += [asdict(wish.keeping), [e.to_mapping() for e in wish.events]]
        asked += [standing.held.tolist(), standing.zone.tolist()]
        asked += ["curve"] if curve else []
    zones = None if before is None else [before.fingerprint, sorted(before.zone.items())]
    return {
        "inputs": dict(opened.sources),
        "before": _digest(zones),
        "rules": _digest(opened.project.rules.to_mapping()),
        "seed": opened.project.search.seed,
        "asked": _digest(asked),
        "problem": case.demand.problem.fingerprint(),
    }


def _digest(told: Any) -> str:
    text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _other(name: str, folder: Path, was: Mapping[str, str], now: Mapping[str, str]) -> ConfigError:
    """Say what is not as it was."""
    if name == "inputs":
        files = sorted(n for n in was.keys() | now.keys() if was.get(n) != now.get(n))
        return ConfigError.of("resume-inputs", folder=folder, files=", ".join(files))
    told = {
        "before": ConfigError.of("resume-before", folder=folder),
        "rules": ConfigError.of("resume-rules", folder=folder),
        "seed": ConfigError.of("resume-seed", folder=folder),
        "asked": ConfigError.of("resume-asked", folder=folder),
        "problem": ConfigError.of("resume-problem", folder=folder),
    }
    return told[name]


def _within(plan: Ints, centres: int) -> bool:
    return bool(((plan >= -1) & (plan < centres)).all())
