"""What is asked of a re-zoning, and what of the previous plan it leaves standing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from planner.api.rezone.broken_rules import broken_units
from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import Finding, SchemaError
from planner.intake.identity import match_ids
from planner.model.arrays import Ints
from planner.model.events import ZONE_WORDS, Event, place_key
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
    resting : frozenset of str
        Ids of members who serve nobody for now; where they live is still kept.
    everywhere : bool
        Solve all parts again, also those that nothing happened to.
    mend : bool
        Solve also those again whose zones broke a rule in the plan before.
    by : str
        The office that decided; never a person.
    when : datetime or None
        Time of recording; now by default.
    without : callable or None
        Tells which homes of some communities change hands without one of the new events, by its position, at
        a price; see `planner.api.rezone.why`. None where that is not asked.
    """

    keeping: Keeping
    events: tuple[Event, ...] = ()
    earlier: int = 0
    resting: frozenset[str] = frozenset()
    everywhere: bool = False
    mend: bool = False
    by: str = ""
    when: datetime | None = None
    without: Callable[[int, float, Collection[str]], frozenset[str] | None] | None = None

    @property
    def new(self) -> tuple[Event, ...]:
        """Events that no plan has taken yet."""
        return self.events[self.earlier :]


@dataclass(frozen=True, eq=False)
class Kept:
    """What stands whatever is found.

    `locks`: ids of the units that are locked from now on.
    `island`: number of the part that each unit is in, shape (n_units,).
    """

    standing: Standing
    locks: tuple[str, ...]
    findings: tuple[Finding, ...]
    island: Ints


def kept_from(wish: RezoneWish, before: Placed, located: Located, demand: Demand) -> Kept:
    """Find what nothing happened to, what is locked, and what a meeting has given to somebody.

    Raises `SchemaError`: events name a building or a zone that there is not, or that several have.
    """
    tables = before.tables
    assert tables is not None
    same = undisturbed(tables, located, demand)
    same = same.opened(np.arange(demand.problem.n_units)) if wish.everywhere else same
    same = same.opened(broken_units(tables, demand)) if wish.mend else same
    stood = _stood(tables, same.origin, demand)
    was = _zones_before(tables, stood, demand)
    named = np.append(tables.units["unit_id"].to_numpy(object), "")[stood]
    locked = set(np.flatnonzero(np.isin(named, locks_of(tables))).tolist())
    given, faults = np.full(demand.problem.n_units, -1), list[Finding]()
    desk = _Targets(demand, _Centres.of(tables, demand), was, named)
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
    # whose centre is gone, or lives out of reach by now, cannot stay with it, and says so
    problem = demand.problem
    pairs = problem.pair_unit.astype(np.int64) * problem.n_centres + problem.pair_centre
    wanted = np.arange(problem.n_units) * problem.n_centres + was
    served = (was >= 0) & np.isin(wanted, pairs)
    lost = [u for u in sorted(locked) if given[u] < 0 and not served[u]]
    stays = np.setdiff1d(sorted(locked), lost).astype(np.int64)
    held = given.copy()
    held[stays] = np.where(given[stays] >= 0, given[stays], was[stays])
    same = same.opened(np.flatnonzero((given >= 0) & (given != was)))
    ids = demand.units["unit_id"].to_numpy(object)
    said = (Finding.of("lock-lost", n=len(lost)),) if lost else ()
    return Kept(
        Standing(same.zone, same.parts, same.change_m, held), tuple(ids[stays]), said, same.island
    )


def _stood(tables: PlanTables, origin: Ints, demand: Demand) -> Ints:
    """Find the unit of the previous plan at the place of each unit of now, -1 for none.

    Where its people come from does not tell: whoever moves takes neither a lock nor a zone along.
    """
    old, new = tables.units, demand.units
    place = [old["fence"] + "\n" + old["label"], new["fence"] + "\n" + new["label"]]
    was, now = (p.to_numpy(object) for p in place)
    point = old.geometry
    lon, lat = (np.append(v.to_numpy(float), np.nan)[origin] for v in (point.x, point.y))
    north = (new["lat"].to_numpy(float) - lat) * 111_000
    east = (new["lon"].to_numpy(float) - lon) * 111_000 * np.cos(np.radians(lat))
    nameless = (new["label"] == "").to_numpy() & (np.hypot(east, north) < _NEAR_M)
    stayed = (origin >= 0) & ((np.append(was, "")[origin] == now) | nameless)
    # where all are others now, a name that there is once is the same place
    twice = place[0].duplicated(keep=False).to_numpy()
    once = {p: i for i, p in enumerate(was) if not twice[i]}
    alone = ~place[1].duplicated(keep=False).to_numpy() & (new["label"] != "").to_numpy()
    again = [once.get(p, -1) if a else -1 for p, a in zip(now, alone, strict=True)]
    return np.where(stayed, origin, np.array(again, np.int64))


def _zones_before(tables: PlanTables, stood: Ints, demand: Demand) -> Ints:
    """Centre, by its position now, that the place of each unit had; -1 for none."""
    now = positions(demand.centres["centre_id"], tables.units["zone"])
    return np.append(now, -1)[stood]


@dataclass(frozen=True, eq=False)
class _Centres:
    """The position now of each centre by the number of its zone, and by its id; -1 of one that is gone."""

    by_number: Mapping[str, int]
    by_id: Mapping[str, int]

    @classmethod
    def of(cls, tables: PlanTables, demand: Demand) -> _Centres:
        now = positions(demand.centres["centre_id"], tables.centres["centre_id"])
        numbers = (str(n) for n in tables.centres["number"])
        ids = {str(c): i for i, c in enumerate(demand.centres["centre_id"])}
        return cls(
            dict(zip(numbers, now.tolist(), strict=True)),
            dict.fromkeys(map(str, tables.centres["centre_id"]), -1) | ids,
        )

    def dissolved(self, text: str) -> bool:
        """Tell whether a text can only mean a zone whose centre is one no more."""
        zone = ZONE_WORDS.fullmatch(place_key(text))
        named = zone is not None and zone["n"] in self.by_number
        return (named or text in self.by_id) and not self.called(text)

    def called(self, text: str) -> set[int]:
        """Give the centres that a text may mean; two where an id is the number of another's zone."""
        zone = ZONE_WORDS.fullmatch(place_key(text))
        number = self.by_number.get(zone["n"], -1) if zone else -1
        if zone and (zone["before"] or zone["behind"]):
            return {number} - {-1}
        # a spreadsheet makes 7 of an id 007
        called = match_ids([text], self.by_id).get(text)
        return {number, -1 if called is None else self.by_id[called]} - {-1}


class _NotThereError(Exception):
    def __init__(self, told: Finding) -> None:
        super().__init__(told.code)
        self.told = told


@dataclass(eq=False)
class _Targets:
    """Buildings, stairwells and zones by the names that people give them."""

    demand: Demand
    centres: _Centres
    was: Ints
    named: npt.NDArray[np.object_]

    def units(self, event: Event) -> list[int]:
        """Give the units that an event names: a zone, a unit, a stairwell or a whole building."""
        units, key = self.demand.units, place_key(event.target)
        zones = set[int]() if event.kind == "give" else self.centres.called(event.target)
        if len(zones) > 1:
            raise self._not("centre-or-number", event, "对象")
        if zones:
            return np.flatnonzero(self.was == zones.pop()).tolist()
        # ids of units are those of the plan that the sheet was written for: a new building shifts them
        known = [
            np.array([place_key(text) == key for text in names])
            for names in (self.named, units["label"], units["building"])
        ]
        # a building is all its stairwells, also where some homes are on none
        for found in (known[0], known[1] | known[2]):
            at = np.flatnonzero(found)
            if not len(at):
                continue
            if units["fence"].iloc[at].nunique() > 1:
                raise self._not("target-several", event, "对象")
            return at.tolist()
        gone = event.kind != "give" and self.centres.dissolved(event.target)
        raise self._not("zone-dissolved" if gone else "target-unknown", event, "对象")

    def centre(self, event: Event, units: list[int]) -> int:
        """Give the position of the centre that units are given to, by its id or number."""
        called = self.centres.called(event.centre)
        if len(called) != 1:
            gone = self.centres.dissolved(event.centre)
            code = "zone-dissolved" if gone else "centre-unknown"
            code = "centre-or-number" if called else code
            raise self._not(code, event, "中心户编号")
        at = called.pop()
        problem = self.demand.problem
        for u in units:
            may = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
            if at not in may or u in problem.home:
                raise self._not("give-not-served", event, "中心户编号")
        return at

    def _not(self, code: str, event: Event, column: str) -> _NotThereError:
        place = {"file": event.file, "sheet": event.sheet, "row": event.row, "column": column}
        return _NotThereError(Finding.of(code, place))


# a place without a name is the middle of its homes, which moves with who comes and goes
_NEAR_M = 30.0
