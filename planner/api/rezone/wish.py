"""What is asked of a re-zoning, and what of the previous plan it leaves standing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import Finding, SchemaError
from planner.model.arrays import Ints
from planner.model.events import Event
from planner.model.tables import PlanTables
from planner.plan.frames import positions
from planner.plan.previous import Placed
from planner.plan.provenance import locks_of
from planner.plan.undisturbed import undisturbed
from planner.solve.keeping import Keeping, Standing

__all__ = ["Kept", "RezoneWish", "kept_from"]


@dataclass(frozen=True, eq=False)
class RezoneWish:
    """What is asked of a re-zoning.

    Parameters
    ----------
    keeping : Keeping
        How much may change hands.
    events : tuple of Event
        What happened since the sheets were written, oldest first.
    earlier : int
        How many of them an earlier plan has taken already.
    everywhere : bool
        Solve all parts again, also those that nothing happened to.
    by : str
        The office that decided; never a person.
    when : datetime or None
        Time of recording; now by default.
    """

    keeping: Keeping
    events: tuple[Event, ...] = ()
    earlier: int = 0
    everywhere: bool = False
    by: str = ""
    when: datetime | None = None

    @property
    def new(self) -> tuple[Event, ...]:
        """Events that no plan has taken yet."""
        return self.events[self.earlier :]


@dataclass(frozen=True, eq=False)
class Kept:
    """What stands whatever is found.

    `locks`: ids of the units that are locked from now on.
    """

    standing: Standing
    locks: tuple[str, ...]
    findings: tuple[Finding, ...]


def kept_from(wish: RezoneWish, before: Placed, located: Located, demand: Demand) -> Kept:
    """Find what nothing happened to, what is locked, and what a meeting has given to somebody.

    Raises `SchemaError`: events name a building or a zone that there is not, or that several have.
    """
    tables = before.tables
    assert tables is not None
    same = undisturbed(tables, located, demand)
    same = same.opened(np.arange(demand.problem.n_units)) if wish.everywhere else same
    was = _zones_before(tables, same.origin, demand)
    old = {u: i for i, u in enumerate(tables.units["unit_id"])}
    locked = set(np.flatnonzero(np.isin(same.origin, [old[u] for u in locks_of(tables)])).tolist())
    given, faults = np.full(demand.problem.n_units, -1), list[Finding]()
    desk = _Targets(demand, _numbers(tables, demand), was)
    for event in wish.new:
        if event.kind not in ("lock", "unlock", "give"):
            continue
        try:
            units = desk.units(event)
            if event.kind == "give":
                given[units] = desk.centre(event, units)
            else:
                locked = locked - set(units) if event.kind == "unlock" else locked | set(units)
        except _NotThereError as fault:
            faults.append(fault.told)
    if faults:
        told = {"file": faults[0].file, "n": len(faults)}
        raise SchemaError.of("changes-not-in-plan", {"findings": faults}, **told)
    # whose centre is gone cannot stay with it, and says so
    lost = [u for u in sorted(locked) if given[u] < 0 and was[u] < 0]
    stays = np.setdiff1d(sorted(locked), lost).astype(np.int64)
    held = given.copy()
    held[stays] = np.where(given[stays] >= 0, given[stays], was[stays])
    same = same.opened(np.flatnonzero((given >= 0) & (given != was)))
    ids = demand.units["unit_id"].to_numpy(object)
    said = (Finding.of("lock-lost", n=len(lost)),) if lost else ()
    return Kept(Standing(same.zone, same.parts, same.change_m, held), tuple(ids[stays]), said)


def _zones_before(tables: PlanTables, origin: Ints, demand: Demand) -> Ints:
    """Centre, by its position now, of the unit that most people of each unit come from; -1 for none."""
    now = positions(demand.centres["centre_id"], tables.units["zone"])
    return np.append(now, -1)[origin]


def _numbers(tables: PlanTables, demand: Demand) -> dict[str, int]:
    """Give the position now of each centre by its number, and by its id."""
    now = positions(demand.centres["centre_id"], tables.centres["centre_id"])
    pairs = zip(tables.centres["number"], now.tolist(), strict=True)
    named = {str(c): i for i, c in enumerate(demand.centres["centre_id"])}
    return {**{str(n): i for n, i in pairs if i >= 0}, **named}


class _NotThereError(Exception):
    def __init__(self, told: Finding) -> None:
        super().__init__(told.code)
        self.told = told


@dataclass(eq=False)
class _Targets:
    """Buildings, stairwells and zones by the names that people give them."""

    demand: Demand
    centres: Mapping[str, int]
    was: Ints

    def units(self, event: Event) -> list[int]:
        """Give the units that an event names: a zone, a unit, a stairwell or a whole building."""
        units, key = self.demand.units, _key(event.target)
        zone = _ZONE.fullmatch(key)
        if zone and zone["n"] in self.centres and event.kind != "give":
            return np.flatnonzero(self.was == self.centres[zone["n"]]).tolist()
        for column in ("unit_id", "label", "building"):
            at = np.flatnonzero([_key(text) == key for text in units[column]])
            if not len(at):
                continue
            if units["fence"].iloc[at].nunique() > 1:
                raise self._not("target-several", event, "对象")
            return at.tolist()
        raise self._not("target-unknown", event, "对象")

    def centre(self, event: Event, units: list[int]) -> int:
        """Give the position of the centre that units are given to, by its id or number."""
        zone = _ZONE.fullmatch(_key(event.centre))
        at = self.centres.get(event.centre, self.centres.get(zone["n"] if zone else "", -1))
        if at < 0:
            raise self._not("centre-unknown", event, "中心户编号")
        problem = self.demand.problem
        for u in units:
            may = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
            if at not in may or u in problem.home:
                raise self._not("give-not-served", event, "中心户编号")
        return at

    def _not(self, code: str, event: Event, column: str) -> _NotThereError:
        place = {"file": event.file, "sheet": event.sheet, "row": event.row, "column": column}
        return _NotThereError(Finding.of(code, place))


_ZONE = re.compile(r"(?:责任区|zone)?(?P<n>\w+?)(?:号?责任区|号)?")


def _key(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
