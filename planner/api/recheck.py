"""The verb: a plan file is held against itself, against its history, and against what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.api.plan import Plan
from planner.api.progress import Clock
from planner.api.rezone.run import Options, problem_of
from planner.model.problem import Problem
from planner.model.project import Project
from planner.model.proof.verify import Verification
from planner.plan.store.past import broken_past
from planner.plan.store.plans import plan_file
from planner.plan.store.seal import edited

__all__ = ["Inputs", "Recheck", "recheck"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """A plan beside the files that it was made from.

    Parameters
    ----------
    other : tuple of str
        Files that have changed since, are missing, or that the plan does not know.
    figures : tuple of str
        What comes out otherwise when the problem is made anew: ``units, homes, load, centres, walks``;
        nothing of it is tried while files are others.
    """

    other: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recheck:
    """What was found when a plan file was checked again.

    Parameters
    ----------
    edited : tuple of str or None
        Tables that are not as they were written; None for a file of a version that kept no digests.
    past : tuple of int
        Numbers of changes that cannot be undone although the file keeps what is needed.
    inputs : Inputs or None
        Beside the project, if one was given.
    proof : Verification
    """

    edited: tuple[str, ...] | None
    past: tuple[int, ...]
    inputs: Inputs | None
    proof: Verification

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        clean = self.inputs is None or not (self.inputs.other or self.inputs.figures)
        return not self.edited and not self.past and clean and self.proof.holds

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """What holds, a line each, in Chinese and English."""
        proof, share = self.proof, f"{100 * self.proof.certificate.optimality_gap:.2f}"
        proven = (
            f"已复核（{proof.seconds:.1f}秒）：与理论最优相差不超过{share}%",
            f"verified ({proof.seconds:.1f} s): within {share} % of the best possible",
        )
        if proof.certificate.disconnected:
            proven = (
                "各项数据属实；会议坚持的方案不连通，不作证明",
                "the figures hold; of a plan in parts, on which the meeting insists, nothing is proven",
            )
        if self.edited is not None:
            return (proven,)
        unknown = (
            "该文件由旧版写出，无逐表摘要：改动无从核对",
            "the file is of a version that kept no digests: edits cannot be told",
        )
        return unknown, proven


def recheck(
    path: str | Path, project: Project | str | Path | None = None, *, seconds: float = 120.0
) -> Recheck:
    """Check a plan file again.

    Parameters
    ----------
    path : str or Path
        The plan file, or its folder.
    project : Project or path, optional
        What it was made from.
    seconds : float
        Time after which no more is proven.

    Raises
    ------
    InputError
        The file is missing, damaged, contradicts itself, or is no plan; a file of the project cannot be read.
    """
    file = plan_file(path)
    plan = Plan.load(file)
    found = None if project is None else _inputs(plan, project)
    return Recheck(edited(file), broken_past(plan), found, plan.verify(seconds=seconds))


def _inputs(plan: Plan, project: Project | str | Path) -> Inputs:
    problem, sources = problem_of(plan, project, Options(offline=True), Clock.of(None))
    known, now = dict(plan.provenance.get("inputs") or {}), dict(sources)
    other = tuple(sorted(n for n in known.keys() | now.keys() if known.get(n) != now.get(n)))
    return Inputs(other, () if other else _other_figures(plan.problem, problem))


def _other_figures(told: Problem, made: Problem) -> tuple[str, ...]:
    """Name what is different between two problems, rules and prices left out."""
    if told.n_units != made.n_units or told.n_centres != made.n_centres:
        return ("units",) if told.n_units != made.n_units else ("centres",)
    found = {
        "homes": np.array_equal(told.households, made.households),
        "load": np.allclose(told.load, made.load),
        "centres": np.array_equal(told.home, made.home),
        "walks": np.array_equal(told.pair_start, made.pair_start)
        and np.array_equal(told.pair_centre, made.pair_centre)
        # a plan stores what it was solved with, to the last digit but for another machine's rounding
        and np.allclose(told.walk_m, made.walk_m, rtol=0, atol=0.01),
    }
    return tuple(name for name, same in found.items() if not same)
