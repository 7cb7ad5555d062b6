"""Two-way choice of a finished plan: whose wishes are met, the trade-off, and committee members for gaps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.api.standing import BookAnswer, about_of, open_standing
from planner.demand.ties.wishes import wished
from planner.errors import ConfigError, Finding
from planner.intake.nominations import read_nominations
from planner.model.project import Project
from planner.model.small_tables import folded
from planner.plan.service.two_way import committee_fill, trade_off, wish_table
from planner.render.service.wishes_book import (
    WishesTold,
    wishes_bytes,
    wishes_figures,
    wishes_lines,
)

__all__ = ["TwoWay", "two_way"]

_GAP = 0.0005


@dataclass(frozen=True, eq=False)
class TwoWay(BookAnswer):
    """Whose wishes are met, and what more of them would cost.

    Parameters
    ----------
    told : WishesTold
        ``told.wishes``, ``told.curve`` and ``told.filled``; see `planner.plan.service.two_way`.
    findings : tuple of Finding
        Wishes that could not be counted.
    """

    book: ClassVar[str] = "wishes.internal.xlsx"
    told: WishesTold
    findings: tuple[Finding, ...] = ()

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id; small counts of wishes are None."""
        return wishes_figures(self.told)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in lines, each as Chinese and English."""
        return tuple(wishes_lines(self.told))

    def book_bytes(self) -> bytes:
        """Make the workbook."""
        return wishes_bytes(self.told)


def two_way(
    plan: Plan,
    project: Project | str | Path,
    *,
    curve: bool = False,
    seconds: float = 60.0,
    listener: Listener | None = None,
) -> TwoWay:
    """Tell whose wishes a plan meets.

    Parameters
    ----------
    plan : Plan
    project : Project or path
        The project that it was made from, with ``wishes`` under ``[affinity]``; members whose role holds one
        of the words ``committee`` there fill what no zone covers.
    curve : bool
        Nine plans at nine prices of a wish, each with its proven gap.
    seconds : float
        For all of them.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    TwoWay

    Raises
    ------
    ConfigError
        The project names no sheet of wishes.
    InputError, NetworkError
        A file cannot be used, or the streets are others than the plan's.
    """
    task, clock = Project.of(project), Clock.of(listener)
    if task.affinity.wishes is None:
        raise ConfigError.of("no-wishes")
    standing = open_standing(plan, task, clock)
    sheet, ground = standing.opened.wishes, standing.ground
    assert sheet is not None
    found, said = wished(
        sheet,
        plan.households["household_id"].astype(str).tolist(),
        ground.home_unit,
        plan.members["member_id"].astype(str).tolist(),
        ground.member_unit,
        plan.centres["centre_id"].astype(str),
    )
    members = standing.opened.members
    roles = read_nominations(task.inputs.member_files, members).frame["role"].tolist()
    words = tuple(map(folded, task.affinity.committee))
    committee = [
        str(who)
        for who, role in zip(members.kept["id"], roles, strict=True)
        if any(word in folded(role) for word in words)
    ]
    points = pd.DataFrame()
    with clock.stage("zones"):
        if curve:
            search = task.search
            # a plan within the project's own gap would stand, whatever a wish is worth
            gap = min(search.gap, _GAP)
            points = trade_off(plan, found, gap=gap, seconds=seconds, seed=search.seed)
        filled = committee_fill(ground, committee)
    told = WishesTold(wish_table(plan, found), points, filled, about_of(plan))
    return TwoWay(told, (*sheet.findings, *said))
