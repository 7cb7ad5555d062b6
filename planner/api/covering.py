"""Coverage of a finished plan: who is not reached and what would mend it, and how near everybody is.

The plan keeps where everybody joins the streets; the project gives the streets back, and the sheets that tell
which households need more.  Neither is needed for the gaps and the walks that the plan itself keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from planner.api.opening import Opened
from planner.api.progress import Clock, Listener
from planner.api.standing import (
    Answer,
    Standing,
    about_of,
    matched_needs,
    needs_of,
    open_standing,
    save_internal,
)
from planner.demand.ground import building_table
from planner.demand.ties.bind import strengths_in
from planner.intake.service_log import SERVICES, read_log
from planner.model.caring import CareKind, Pace, care_kinds
from planner.model.duties import need_kinds
from planner.model.project import Project
from planner.model.schema import LOG
from planner.model.tables import PlanTables
from planner.plan.care.absences import absences, care_table, helped, left_alone
from planner.plan.care.adding.more import Candidates, brought, ranked
from planner.plan.care.blanks import blank_spots
from planner.plan.care.equity import equity, equity_figures
from planner.plan.care.mending import Mend, mends
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.places import mends_of_places
from planner.plan.care.served import served
from planner.plan.care.shares import Needs, bands, open_shares, own_walks, shares, walks_to
from planner.plan.care.told import mended
from planner.plan.care.visits import helping
from planner.privacy.person import People
from planner.render.books.gaps_book import gaps_bytes
from planner.render.text.coverage_words import coverage_figures, coverage_lines

__all__ = ["COVERAGE_STAGES", "Coverage", "Covers", "coverage", "without_streets"]

COVERAGE_STAGES = ("read", "ground", "repairs", "absences")
SITES = 12  # candidates for one centre more that are drawn
BOOK, BANDS = "gaps.internal.xlsx", "bands.internal.geojson"


@dataclass(frozen=True, eq=False)
class Coverage(Answer):
    """Who is reached, who is not, and what would mend it.

    Parameters
    ----------
    gaps, repairs : DataFrame
        See `planner.plan.care.told.Mended`.
    shares : DataFrame
        See `planner.plan.care.shares.shares`; without a project only the walks to the own centre and member.
    equity : DataFrame
        See `planner.plan.care.equity.equity`.
    about : mapping
        ``title, created, synthetic, network, households, limit_m, smallest, care`` (households that are
        marked, None where no sheet was read)``, helper_m`` (within which a helper counts)``,
        log_lost`` (rows of the log that cannot be read, and that no plan knows)``,
        slopes_known`` (share of the streets' length, where slopes count)``, equity`` (see
        `planner.plan.care.equity.equity_figures`).
    open_shares : DataFrame
        See `planner.plan.care.shares.open_shares`: what a public map tells of, in shares alone.
    bands : GeoDataFrame or None
        See `planner.plan.care.shares.bands`, EPSG:4326; None, as all that follows, without a project.
    care, absences, left_alone : DataFrame or None
        See `planner.plan.care.absences.care_table`, `absences` and `left_alone`.
    blanks : DataFrame or None
        See `planner.plan.care.blanks.blank_spots`.
    sites, brought : DataFrame or None
        The members who as a centre more would close or save most, and whom each would bring nearer; see
        `planner.plan.care.adding.more.ranked` and `brought`.
    unseen, heat : DataFrame or None
        Care households that were not visited for long, and what was done door by door, where the project
        names a log; see `planner.plan.care.served.Served`.
    unmet : DataFrame or None
        Needs of households that no member of their zone or the next can meet, where the sheets state needs;
        see `planner.plan.service.matching.Matched`; ``zh, en`` besides, what the need is called.
    """

    gaps: pd.DataFrame
    repairs: pd.DataFrame
    shares: pd.DataFrame
    equity: pd.DataFrame
    about: Mapping[str, Any]
    open_shares: pd.DataFrame
    bands: gpd.GeoDataFrame | None = None
    care: pd.DataFrame | None = None
    absences: pd.DataFrame | None = None
    left_alone: pd.DataFrame | None = None
    blanks: pd.DataFrame | None = None
    sites: pd.DataFrame | None = None
    brought: pd.DataFrame | None = None
    unseen: pd.DataFrame | None = None
    heat: pd.DataFrame | None = None
    unmet: pd.DataFrame | None = None

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id of a household; counts of care below the threshold are hidden."""
        return coverage_figures(self)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same lines, each as Chinese and English."""
        return tuple(coverage_lines(self))

    def save(self, folder: str | Path, *, replacing: bool = False) -> dict[str, Path]:
        """Write the workbook and, where the streets are known, the bands.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        replacing : bool
            Files that were edited since may be lost.

        Returns
        -------
        dict of str to Path
            ``gaps.internal.xlsx`` and ``bands.internal.geojson``: the office's own, readable by their owner
            alone.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        files = {BOOK: gaps_bytes(self)}
        if self.bands is not None:
            files[BANDS] = self.bands.to_json(drop_id=True).encode()
        return save_internal(folder, files, replacing=replacing)

    def __repr__(self) -> str:
        """Tell counts alone."""
        return f"<Coverage: {len(self.gaps)} gaps, {len(self.repairs)} repairs>"


def coverage(
    plan: PlanTables,
    project: Project | str | Path | None = None,
    *,
    seconds: float = 20.0,
    listener: Listener | None = None,
) -> Coverage:
    """Find out who is not reached, why, and what would mend it; see `planner.Plan.coverage`."""
    clock = Clock.of(listener)
    if project is None:
        return _of_plan(plan, Pace(), None, [])
    task = Project.of(project)
    standing = open_standing(plan, task, clock)
    opened, needs, ground = standing.opened, standing.needs, standing.ground
    with clock.stage("repairs"):
        found = _repairs(ground, opened, seconds)
    told = _of_plan(plan, task.pace, needs, found, ground)
    kinds = care_kinds(task.care.kinds)
    with clock.stage("absences"):
        layer = bands(ground, task.pace)
        near = helped(ground, needs, task.pace, task.care.limit_m)
        away = absences(ground, needs, near)
        asked = Candidates.centres(ground, plan.rules.walk.limit_m)
        best = ranked(ground, needs, asked).head(SITES)
    logged, lost = _of_log(ground, needs, task, kinds)
    return replace(
        told,
        about={
            **told.about,
            **_slopes(ground, task.pace),
            "helper_m": near.limit_m,
            "log_lost": lost,
        },
        bands=layer,
        care=care_table(ground, needs, near, kinds),
        absences=away,
        left_alone=left_alone(ground, needs, near, away),
        blanks=blank_spots(plan, building_table(task.inputs)[0]),
        sites=best,
        brought=brought(asked, best),
        unmet=_unmet(standing, task),
        **logged,
    )


def _unmet(standing: Standing, task: Project) -> pd.DataFrame | None:
    """List the needs that stay open; None where no sheet states any."""
    strengths = strengths_in(task.inputs.member_files, standing.opened.members)
    kinds = need_kinds(task.care.need_kinds)
    found, read = matched_needs(standing, task, kinds, strengths)
    if not read.rows:
        return None
    left = found.needs[~found.met].reset_index(drop=True)
    words = {k.code: (k.zh, k.en) for k in kinds}
    return left.assign(
        **{n: [words[k][i] for k in left["kind"]] for i, n in enumerate(("zh", "en"))}
    )


def without_streets(plan: PlanTables, project: Project | str | Path, people: People) -> Coverage:
    """Tell what a plan and its sheets know without the streets: gaps, equity, walks to the own centre.

    `people`: from `planner.api.people.people_of`, who says what marks each household.
    """
    task = Project.of(project)
    return _of_plan(plan, task.pace, needs_of(plan, task, people), [])


def _slopes(ground: OnStreets, pace: Pace) -> dict[str, Any]:
    """Say of how much of the streets the slope is known, where slopes count."""
    return {"slopes_known": round(ground.slopes_known, 4)} if pace.slopes else {}


def _of_log(
    ground: OnStreets, needs: Needs, task: Project, kinds: tuple[CareKind, ...]
) -> tuple[dict[str, pd.DataFrame], tuple[int, int]]:
    """Hold the log that the project names against the care households, and count it by door.

    Gives: the tables; rows that cannot be read, and rows of households or zones that no plan knows.
    """
    if task.care.log is None:
        return {}, (0, 0)
    log = read_log(task.care.log, told=task.inputs.told(LOG))
    told = helping(ground, needs, kinds, task.care)
    done = served(ground.plan, log.rows, told, list(SERVICES), task.care.unseen_days)
    return {"unseen": done.unseen, "heat": done.places}, (log.left_out, done.unknown)


def _repairs(ground: OnStreets, opened: Opened, seconds: float) -> list[Mend]:
    found = mends(ground, seconds=seconds, seed=opened.project.search.seed)
    return [
        *found,
        *mends_of_places(ground, opened.households.kept, opened.ground.gazetteer),
    ]


def _of_plan(
    plan: PlanTables,
    pace: Pace,
    needs: Needs | None,
    found: list[Mend],
    ground: OnStreets | None = None,
) -> Coverage:
    told = mended(plan, found)
    known = needs or Needs.of(plan.households["household_id"], {}, ())
    walks = own_walks(plan) if ground is None else walks_to(ground, known, pace)
    about = {
        **about_of(plan),
        "households": len(plan.households),
        "limit_m": plan.rules.walk.limit_m,
        "care": None if needs is None else int(needs.care.sum()),
        "care_doubtful": None if needs is None else needs.doubtful,
        "equity": equity_figures(plan),
    }
    near = shares(walks, known, pace), open_shares(plan, known, pace)
    return Coverage(told.gaps, told.repairs, near[0], equity(plan), about, near[1])


@dataclass(frozen=True, eq=False)
class Covers(PlanTables):
    """What a finished plan is asked about who is reached."""

    def coverage(
        self,
        project: Project | str | Path | None = None,
        *,
        seconds: float = 20.0,
        listener: Listener | None = None,
    ) -> Coverage:
        """Tell who is not reached, why, and what would mend it; and how near everybody is.

        Parameters
        ----------
        project : Project or path, optional
            The project that the plan was made from: its streets, on which repairs are tried and bands are
            drawn, and its sheets, which tell who needs more.  Without it the plan's own walks.
        seconds : float
            How long zones may be cut again to try new centres.
        listener : callable, optional
            Told of every `planner.api.progress.Event`; in a notebook bars are drawn if there is none.

        Returns
        -------
        Coverage
            Its tables; ``.save(folder)`` writes them, for the office alone.

        Raises
        ------
        InputError, NetworkError, ConfigError
            A file of the project cannot be used, or its streets are others than the plan's.
        """
        return coverage(self, project, seconds=seconds, listener=listener)
