"""What a run starts from, what it becomes on the way, and what was found: the nouns of `planner.api.zone`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.api.checkpoint import Checkpoint
from planner.api.opening import Online, Opened
from planner.api.rezone.wish import Kept, RezoneWish
from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.demand.ties.bind import Cared
from planner.demand.ties.wishes import Wished
from planner.errors import Finding
from planner.files import mark_as_read
from planner.model.given import one_source
from planner.model.problem import Certificate, Result
from planner.model.rules import RuleBook
from planner.model.schema import PREVIOUS, Table
from planner.model.tables import PlanTables
from planner.model.ties import Helpers
from planner.plan.advice.advise import Advice, Setting
from planner.plan.previous import Placed, PreviousPlan, read_previous_plan
from planner.plan.store.plans import plan_file
from planner.solve.keeping import Recut

__all__ = ["Case", "Solved", "Task", "Wishes"]


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is asked of this run, beside what the project says.

    Parameters
    ----------
    previous : Plan, path, DataFrame or Series, optional
        The plan that stands now; homes that change hands are charged for.  A path may also be the folder of
        a plan, or a table that the office keeps, with the columns 编号/id and 中心户/centre.
    move_price_m : float, optional
        Metres charged for each home that changes hands; the project's ``[affinity] move_price_m`` if None.
    fit_rules : bool
        Where the district's counts rule out the rule book, plan under the nearest one that they allow.
    allow_missing_centres : bool
        Plan although centres have no place on the map.
    offline : bool
        Send nothing, whatever the project file says; answers that were kept are still used.
    """

    previous: Any = None
    move_price_m: float | None = None
    fit_rules: bool = False
    allow_missing_centres: bool = False
    offline: bool = False

    def previous_plan(self, told: Table = PREVIOUS) -> PreviousPlan | None:
        """Read the plan that stands; `told`: how the office heads its sheet of it."""
        if self.previous is None:
            return None
        if isinstance(self.previous, PlanTables):
            return PreviousPlan.of(self.previous)
        source = one_source(self.previous, "previous")
        if isinstance(source, Path):
            source = plan_file(source)
            # Nothing is written over it, but a plan may give way where --replace asks for that.
            mark_as_read(source, plan=source.suffix.lower() == ".gpkg")
        return read_previous_plan(source, told)


@dataclass(frozen=True, eq=False)
class Task:
    """All that a run starts from.

    `opened`: the project, and what its files hold.
    `online`: a service to ask for addresses that the ground does not know.
    `rezone`: what happened since the plan before, and how much may change hands.
    `checkpoint`: where the search keeps the best plan so far; None where no folder is written.
    """

    opened: Opened
    wishes: Wishes
    previous: PreviousPlan | None = None
    online: Online | None = None
    rezone: RezoneWish | None = None
    checkpoint: Checkpoint | None = None

    @property
    def move_price_m(self) -> float:
        """Metres charged for each home that changes hands."""
        asked = self.wishes.move_price_m
        # what is asked on the command line wins over the project file
        return self.opened.project.affinity.move_price_m if asked is None else asked


@dataclass(frozen=True, eq=False)
class Case:
    """People and streets as a problem of numbers, with the way back to their ids.

    `rules`: the project's, or the nearest that fit.
    `helpers`: households that a member looks after already.
    `before`: where people were, if the plan is a re-cut.
    `wished`: who wishes for which centre.
    `kept`: what of it stands whatever is found, if it is a re-zoning by events.
    `must`: where ties that must hold stand, by their two units.
    `cared`: who counts for which share of care households.
    """

    task: Task
    located: Located
    rules: RuleBook
    demand: Demand
    helpers: Helpers | None = None
    before: Placed | None = None
    kept: Kept | None = None
    findings: tuple[Finding, ...] = ()
    wished: Wished | None = None
    must: Mapping[tuple[int, int], str] = field(default_factory=dict)
    cared: tuple[Cared, ...] = ()

    @property
    def opened(self) -> Opened:
        """What the project's files hold."""
        return self.task.opened

    @property
    def people_unit(self) -> NDArray[np.int32]:
        """Unit of each household, then of each member; -1 for none."""
        return np.concatenate([self.demand.household_unit, self.demand.member_unit])

    @property
    def setting(self) -> Setting:
        """What repairs are sought around."""
        return Setting(self.demand, self.located.members, self.opened.ground.network, self.rules)


@dataclass(frozen=True, eq=False)
class Solved:
    """What the search found, and what an independent reading of it says.

    `recut`: what is known of the homes that change hands, of a re-zoning.
    """

    result: Result
    certificate: Certificate
    advice: Advice
    recut: Recut | None = None
