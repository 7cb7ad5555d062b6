"""The visit plan of a finished plan: helpers, load against hours, the week's rounds, patrols, and the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.api.progress import Clock, Listener
from planner.api.standing import Answer, about_of, open_standing, save_internal
from planner.errors import ConfigError
from planner.files import mark_as_read
from planner.intake.service_log import SERVICES, read_log
from planner.intake.sheets.read import read_table
from planner.model.arrays import Ints
from planner.model.caring import care_kinds
from planner.model.project import Project
from planner.model.schema import LOG
from planner.model.tables import PlanTables
from planner.network import WalkingNetwork
from planner.network.legs import turn_line, way_through
from planner.plan.care.onstreets import OnStreets
from planner.plan.care.patrol import patrols
from planner.plan.care.served import Served, served
from planner.plan.care.visits import WEEKS, Kept, helping, load_table, rounds, visit_table
from planner.render.books.visits_book import (
    FIRST,
    HOME,
    SECOND,
    visits_bytes,
    visits_figures,
    visits_lines,
)
from planner.render.text.gpx import Track, gpx_bytes

__all__ = ["VisitPlan", "helpers_in", "visit_plan"]

BOOK, GPX = "visits.internal.xlsx", "rounds.internal.gpx"


@dataclass(frozen=True, eq=False)
class VisitPlan(Answer):
    """Who visits whom, what it takes, and which way to go.

    Parameters
    ----------
    visits : DataFrame
        See `planner.plan.care.visits.visit_table`.
    load : DataFrame
        See `planner.plan.care.visits.load_table`.
    rounds : DataFrame
        See `planner.plan.care.visits.rounds`.
    patrols : DataFrame
        See `planner.plan.care.patrol.patrols`.
    served : Served or None
        The log held against the plan; None where the project names none.
    about : mapping
        ``title, created, synthetic, network, detour_factor, smallest, week, hours, room, needed_hours`` (with
        which nobody has more than can be done).
    ground : OnStreets
        Where the ways are drawn on.
    ways : mapping of int to ndarray
        Units in turn, by position of the member.
    streets : mapping of str to ndarray
        Crossings in turn, by zone.
    """

    visits: pd.DataFrame
    load: pd.DataFrame
    rounds: pd.DataFrame
    patrols: pd.DataFrame
    served: Served | None
    about: Mapping[str, Any]
    ground: OnStreets = field(repr=False)
    ways: Mapping[int, Ints] = field(default_factory=dict, repr=False)
    streets: Mapping[str, Ints] = field(default_factory=dict, repr=False)

    def figures(self) -> dict[str, Any]:
        """Give plain values, without an id; counts of care households below the threshold are hidden."""
        return visits_figures(self)

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same lines, each as Chinese and English."""
        return tuple(visits_lines(self))

    def tracks(self, zones: Sequence[int] = ()) -> list[Track]:
        """Draw the rounds and patrols of some zones, of all if none is named, along the streets.

        Parameters
        ----------
        zones : sequence of int
            Their numbers.
        """
        plan, network = self.ground.plan, self.ground.network
        numbers = dict(zip(plan.centres["centre_id"], plan.centres["number"], strict=True))
        wanted = {str(c) for c, n in numbers.items() if not zones or int(n) in zones}
        x, y = (np.asarray(v, float) for v in (plan.units.geometry.x, plan.units.geometry.y))
        labels = plan.units["label"].to_numpy(str)
        made = []
        for zone, nodes in self.streets.items():
            if zone in wanted and isinstance(network, WalkingNetwork):
                line = network.projection.to_lon_lat(turn_line(network, nodes))
                made.append(Track(f"巡查 patrol {numbers[zone]}", line))
        zone_of = plan.members["zone"].to_numpy(str)
        for member, turn in self.ways.items():
            if zone_of[member] not in wanted:
                continue
            line = network.projection.to_lon_lat(way_through(network, self.ground.snaps, turn))
            doors = dict.fromkeys(turn[1:-1].tolist())
            stops = tuple((str(labels[d]), float(x[d]), float(y[d])) for d in doors)
            name = f"{numbers[zone_of[member]]} · {plan.members['member_id'].iloc[member]}"
            made.append(Track(name, line, stops))
        return made

    def save(
        self,
        folder: str | Path,
        *,
        gpx: bool = False,
        zones: Sequence[int] = (),
        replacing: bool = False,
    ) -> dict[str, Path]:
        """Write ``visits.internal.xlsx``, and ``rounds.internal.gpx`` if it is asked for.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        gpx : bool
            Rounds and patrols as tracks.
        zones : sequence of int
            Numbers of the zones whose tracks are written; all if none is named.
        replacing : bool
            Files that were edited since may be lost.

        Returns
        -------
        dict of str to Path
            The office's own files, readable by their owner alone.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        files = {BOOK: visits_bytes(self)}
        if gpx:
            files[GPX] = gpx_bytes(self.tracks(zones))
        return save_internal(folder, files, replacing=replacing)


def visit_plan(
    plan: PlanTables,
    project: Project | str | Path,
    *,
    week: int = 1,
    previous: str | Path | None = None,
    solutions: int = 0,
    kept: Kept | None = None,
    listener: Listener | None = None,
) -> VisitPlan:
    """Plan the visits of a plan.

    Parameters
    ----------
    plan : Plan
    project : Project or path
        The project that it was made from: streets, marks of care, and what it says under ``[care]``.
    week : int
        Whose rounds are made, 1 to 4.
    previous : path, optional
        An earlier ``visits.internal.xlsx``: helpers stay where that costs no more than a short walk.
    solutions : int
        Of OR-Tools (extra ``routing``) that are looked at for each round of more than ten stops.
    kept : RoundsKept, optional
        Where rounds that a killed run had made are taken from, and each zone's are kept.
    listener : callable, optional
        Told of every `planner.api.progress.Event`.

    Returns
    -------
    VisitPlan

    Raises
    ------
    ConfigError
        There is no such week.
    MissingExtraError
        OR-Tools is asked for and not installed.
    InputError, NetworkError
        A file cannot be used, or the streets are others than the plan's.
    """
    if not 1 <= week <= WEEKS:
        raise ConfigError.of("no-such-week", week=week, weeks=WEEKS)
    task, clock = Project.of(project), Clock.of(listener)
    standing, kinds = open_standing(plan, task, clock), care_kinds(task.care.kinds)
    needs, ground = standing.needs, standing.ground
    before = None if previous is None else helpers_in(Path(previous))
    with clock.stage("visits"):
        told = helping(ground, needs, kinds, task.care, before)
        listed = visit_table(ground, needs, told, kinds)
        ways, turns = rounds(
            ground, told, task.care, task.pace, week, kept=kept, solutions=solutions
        )
        streets, crossings = patrols(ground, task.pace)
    done = None
    if task.care.log is not None:
        log = read_log(task.care.log, told=task.inputs.told(LOG))
        done = served(plan, log.rows, told, list(SERVICES), task.care.unseen_days)
        done = replace(done, unread=log.left_out)
    each = float((told.visits * told.minutes).mean()) if len(told.home) else 0.0
    about = {
        **about_of(plan),
        "week": week,
        "hours": task.care.hours_a_month,
        "room": told.room,
        "needed_hours": float(np.ceil(told.needed * each / 6.0) / 10.0),
        "walk_m": round(float(np.nanmean(told.first_m)), 1) if (told.first >= 0).any() else None,
    }
    load = load_table(ground, told, task.care)
    return VisitPlan(listed, load, ways, streets, done, about, ground, turns, crossings)


def helpers_in(path: Path) -> dict[str, tuple[str, str]]:
    """Read who helped whom from an earlier visit plan."""
    mark_as_read(path)
    for table in read_table(path, table=None):
        # each heading stands in both languages
        heads = [(header.split() or [""])[0] for header in table.headers]
        if {HOME, FIRST, SECOND} <= set(heads):
            at = [heads.index(name) for name in (HOME, FIRST, SECOND)]
            rows = table.cells.tolist()
            return {str(r[at[0]]): (str(r[at[1]]), str(r[at[2]])) for r in rows}
    raise ConfigError.of("no-helpers", name=path.name)
