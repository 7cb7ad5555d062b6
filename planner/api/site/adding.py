"""One more, and where: candidates beside the centres or members that a plan has, and gates to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from planner.api.progress import Clock, Listener
from planner.api.standing import BookAnswer, about_of, open_standing
from planner.errors import ConfigError
from planner.files import mark_as_read
from planner.intake.drawn import read_drawn
from planner.intake.nominations import read_nominations, strengths_of
from planner.intake.residents import Residents
from planner.model.duties import duties, is_able
from planner.model.project import Project
from planner.model.tables import PlanTables
from planner.plan.care.adding.more import WHAT, Candidates, ranked, sets_table
from planner.plan.care.adding.opening_gates import Gates, gates_table
from planner.render.books.adding_book import adding_bytes, adding_figures, adding_lines

__all__ = ["Addition", "add_to"]


@dataclass(frozen=True, eq=False)
class Addition(BookAnswer):
    """Where one more helps most.

    Parameters
    ----------
    candidates : DataFrame
        See `planner.plan.care.adding.more.ranked`; of members ``best`` (rank within the community),
        ``score, strengths, training, training_zh`` (duties for which a talent is wanting) besides.
    sets : DataFrame
        The best sets of 1, 2, ... with what is proven; see `planner.plan.care.adding.more.sets_table`.
    gates : DataFrame or None
        See `planner.plan.care.adding.opening_gates.gates_table`.
    gate_sets : DataFrame or None
        The best sets of 1, 2, ... gates, ways through several of them included; as `sets`.
    about : mapping
        ``what, limit_m, homes`` (that count)``, uncovered`` (of them)``, care_counts`` (whether care
        households alone count)``, title, created, synthetic, network, detour_factor, smallest``.
    """

    book: ClassVar[str] = "adding.internal.xlsx"
    candidates: pd.DataFrame
    sets: pd.DataFrame
    gates: pd.DataFrame | None
    gate_sets: pd.DataFrame | None
    about: Mapping[str, Any]

    def figures(self) -> dict[str, Any]:
        """Give plain values; where care households alone count no door is named, and few are hidden."""
        return adding_figures(self)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same lines, each as Chinese and English."""
        return tuple(adding_lines(self))

    def book_bytes(self) -> bytes:
        """Make the workbook."""
        return adding_bytes(self)


def add_to(
    plan: PlanTables,
    project: Project | str | Path,
    most: int,
    *,
    what: str = "centre",
    gates: str | Path | None = None,
    seconds: float = 60.0,
    listener: Listener | None = None,
) -> Addition:
    """Find where one more would help most, alone and as the best set of 1 up to `most`.

    Parameters
    ----------
    plan : Plan
        Its centres and members stay.
    project : Project or path
        The project that it was made from.
    most : int
        How many at most.
    what : {"centre", "member"}
        A centre among the members, for all homes; or a serving member to be won among the neighbours, for the
        care households (for all homes where no sheet marks any).
    gates : path, optional
        Gates that could be opened, each alone and the best sets of up to `most`: a layer, or a sheet with
        起点经度/lon and 起点纬度/lat.
    seconds : float
        Longest search; where it is not enough, the bounds say so.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    Addition

    Raises
    ------
    ConfigError
        `what` is neither, or `most` is below 1.
    InputError, NetworkError
        A file of the project cannot be used, or its streets are others than the plan's.
    """
    if what not in WHAT or most < 1:
        raise ConfigError.of("add-what", what=what, most=most, names=", ".join(WHAT))
    task, clock = Project.of(project), Clock.of(listener)
    standing = open_standing(plan, task, clock)
    needs, ground = standing.needs, standing.ground
    walk = plan.rules.walk.limit_m
    limit = walk if what == "centre" or task.care.limit_m is None else task.care.limit_m
    with clock.stage("site"):
        asked = (
            Candidates.centres(ground, limit)
            if what == "centre"
            else Candidates.members(ground, needs, limit)
        )
        listed = ranked(ground, needs, asked)
        if what == "centre":
            listed = _with_potential(listed, task, standing.opened.members)
    with clock.stage("choose"):
        sets = sets_table(asked, most, seconds=seconds, seed=task.search.seed)
    opening = together = None
    if gates is not None:
        mark_as_read(Path(gates))
        layer, _ = read_drawn(Path(gates), links=False, datum=task.inputs.homes_datum)
        with clock.stage("choose"):
            asked_gates = Gates.of(ground, layer, walk)
            opening = gates_table(asked_gates, needs)
            together = sets_table(asked_gates, most, seconds=seconds, seed=task.search.seed)
    about = {
        **about_of(plan),
        "what": what,
        "limit_m": limit,
        "homes": int(asked.weight.sum()),
        "uncovered": int(asked.weight[asked.now_m > limit].sum()),
        "care_counts": what == "member" and bool(needs.care.any()),
    }
    return Addition(listed, sets, opening, together, about)


def _with_potential(listed: pd.DataFrame, task: Project, members: Residents) -> pd.DataFrame:
    """Say of each candidate what it is good at, and for which duties it wants a training (潜力股)."""
    known = read_nominations(task.inputs.member_files, members, task.siting.criteria).frame
    frame = known.assign(id=members.kept["id"].to_numpy()).drop_duplicates("id").set_index("id")
    own = frame.reindex(listed["candidate"])
    strengths = own["strengths"].fillna("").tolist()
    # a duty for which any member will do wants no training
    wanting = [
        [d for d in duties(task.care.duties) if not is_able(strengths_of(text), d.talents)]
        for text in strengths
    ]
    return listed.assign(
        best=listed.groupby("fence").cumcount() + 1,
        score=own["score"].to_numpy(float),
        strengths=strengths,
        training=[", ".join(d.en for d in some) for some in wanting],
        training_zh=["、".join(d.zh for d in some) for some in wanting],
    )
