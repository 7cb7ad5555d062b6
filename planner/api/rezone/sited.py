"""A new centre whose home the office leaves open: of the members at a place the one with whom zones do best.

It is chosen on the plan that stands, from that plan alone: the zones of the place and those that touch them
are cut again with each of the likeliest, and what walks and rules then come to decides.  From then on the
event names the member, in the plan's history too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from planner.errors import Finding, InfeasibleError, SchemaError
from planner.intake.identity import match_ids
from planner.model.arrays import Floats, Ints
from planner.model.audit import audit
from planner.model.events import CENTRE_HERE, ZONE_WORDS, Event, place_key
from planner.model.excerpt import Excerpt, excerpt, with_centre, without_centre
from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.plan.frames import assignment_of, unit_positions
from planner.plan.kept import Kept
from planner.solve.stop import Stop
from planner.solve.zones.search import solve

__all__ = ["with_sited"]

MOST_ZONES = 12  # as many zones around are cut again, as for repairs
MOST_TRIED = 6
STOP = Stop(gap=0.005, seconds=20.0)


def with_sited(
    before: PlanTables, events: Sequence[Event], known: Collection[str], seed: int
) -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """Name the member in each event that asks for a centre at a place.

    Parameters
    ----------
    before : PlanTables
        The plan that stands.
    events : sequence of Event
        What happened since.
    known : collection of str
        Ids of the members of today: whoever is none of them is not chosen.
    seed : int
        Of the searches.

    Raises
    ------
    SchemaError
        The plan has no such place, or nobody lives there who could be one; all such rows.
    """
    desk = _Desk(before, events, known, seed)
    named: list[Event] = []
    said: list[Finding] = []
    faults: list[Finding] = []
    for event in events:
        if event.kind != CENTRE_HERE:
            named.append(event)
            continue
        place = {"file": event.file, "sheet": event.sheet, "row": event.row, "column": "对象"}
        units, code = desk.units(event.target)
        people = desk.people(units)
        if not people:
            faults.append(Finding.of(code or "centre-here-nobody", place))
            continue
        member, saved = desk.best(units, people)
        named.append(replace(event, kind="centre-new", id=member))
        said.append(Finding.of("centre-chosen", place, n=len(people), saved=round(saved)))
    if faults:
        told = {"file": faults[0].file, "n": len(faults)}
        raise SchemaError.of("changes-not-in-plan", {"findings": faults}, **told)
    return tuple(named), tuple(said)


_GONE = ("centre-out", "member-out", "member-move", "objection")


@dataclass(eq=False)
class _Desk:
    tables: PlanTables
    events: Sequence[Event]
    known: Collection[str]
    seed: int
    chosen: list[int] = field(default_factory=list)  # units of those chosen already

    @cached_property
    def plan(self) -> Ints:
        return assignment_of(self.tables)

    @cached_property
    def problem(self) -> Problem:
        # what the plan was charged for changes when it was made says nothing of the next one
        problem = self.tables.problem
        return problem.replace(change_m=np.zeros(problem.n_pairs), ties=None)

    @cached_property
    def ground(self) -> Kept:
        return Kept(self.tables)

    @cached_property
    def retiring(self) -> frozenset[int]:
        """Centres that retire or leave by the same sheet."""
        ids = {str(c): i for i, c in enumerate(self.tables.centres["centre_id"])}
        gone = [e.id for e in self.events if e.kind in _GONE]
        found = match_ids(gone, ids)
        return frozenset(ids[found[name]] for name in gone if found.get(name) is not None)

    @cached_property
    def objected(self) -> frozenset[str]:
        """Members against whom an objection was upheld in an earlier re-zoning."""
        told = self.tables.provenance.get("events") or ()
        ids = self.tables.members["member_id"].astype(str)
        gone = [str(e["id"]) for e in told if e["kind"] == "objection"]
        return frozenset(match_ids(gone, ids).values())

    def units(self, target: str) -> tuple[Ints, str]:
        """Give the units of a zone, by its number or its centre, of a building, or of a community.

        Gives also the code of what is wrong with the name, "" if nothing is.
        """
        units, centres, key = self.tables.units, self.tables.centres, place_key(target)
        told = ZONE_WORDS.fullmatch(key)
        number = centres["number"].astype(str) == (told["n"] if told else "")
        zones = np.flatnonzero((number | (centres["centre_id"] == target)).to_numpy())
        if len(zones) > 1:
            return zones[:0], "centre-or-number"
        if len(zones):
            return np.flatnonzero(self.plan == zones[0]), ""
        for names in ("unit_id", "label", "building", "fence"):
            if names in units:
                at = np.flatnonzero([place_key(str(text)) == key for text in units[names]])
                if len(np.unique(self.problem.fence[at])) > 1:
                    return at[:0], "target-several"
                if len(at):
                    return at, ""
        return np.zeros(0, np.int64), "target-unknown"

    def people(self, units: Ints) -> dict[int, str]:
        """Give the members who live there and could be a centre, one a unit; of several the first by id."""
        members = self.tables.members
        # of whom the same sheet says something else nobody can know here where they will be
        busy = {event.id for event in self.events} | self.objected
        free = ~members["is_centre"].to_numpy(bool)
        stays = [i for i in range(self.problem.n_centres) if i not in self.retiring]
        taken = {*self.problem.home[stays].tolist(), *self.chosen, -1}
        found: dict[int, str] = {}
        at = unit_positions(self.tables, members["unit_id"])
        ids = members["member_id"].to_numpy(object)
        for row in sorted(np.flatnonzero(free & np.isin(at, units)), key=lambda r: str(ids[r])):
            unit, name = int(at[row]), str(ids[row])
            if unit not in taken and name not in busy and name in self.known:
                found.setdefault(unit, name)
        return found

    def best(self, units: Ints, people: dict[int, str]) -> tuple[str, float]:
        """Choose one; gives also the metres that the homes around then walk less, all together."""
        around = self._around(units)
        now = self._with_others(around)
        offers = sorted(self._offers(around, now, people))[:MOST_TRIED]
        worth: list[tuple[float, float, float, str]] = []
        for rough, unit in offers:
            at = int(np.searchsorted(around.units, unit))
            made = with_centre(now, at, *self._walks(around.units, unit))
            try:
                found = solve(made, stop=STOP, seed=self.seed).assignment
                told = audit(made, found, -np.inf)
                worth.append((told.value_m, rough, told.cost_m, people[unit]))
            except InfeasibleError:
                # hard rules forbid it here; others may do, and else the re-zoning itself says why
                worth.append((np.inf, rough, np.nan, people[unit]))
        _, _, cost, member = min(worth, key=lambda w: (*w[:2], w[3]))
        self.chosen += [unit for unit, name in people.items() if name == member]
        before = audit(around.problem, around.assignment, -np.inf).cost_m
        return member, before - cost if np.isfinite(cost) else 0.0

    def _around(self, units: Ints) -> Excerpt:
        """Take the zones of a place and those that touch them."""
        a, b = self.plan[self.problem.adjacency].T
        group = np.unique(self.plan[units][self.plan[units] >= 0]).tolist()
        if not group:  # nobody serves this place: the centres of its community are who could
            fences = self.problem.fence[self.problem.home]
            group = np.flatnonzero(np.isin(fences, self.problem.fence[units])).tolist()
        ring = np.unique(np.concatenate([b[np.isin(a, group)], a[np.isin(b, group)]]))
        near = [int(c) for c in ring if c >= 0 and c not in group]
        group += near[: max(MOST_ZONES - len(group), 0)]
        return excerpt(self.problem, self.plan, np.array(group))

    def _with_others(self, around: Excerpt) -> Problem:
        """Leave out who retires there, and put in whom this sheet has chosen there already."""
        made = around.problem
        for centre in sorted(self.retiring & set(around.centres.tolist()), reverse=True):
            made = without_centre(made, int(np.searchsorted(around.centres, centre)))
        for unit in self.chosen:
            at = int(np.searchsorted(around.units, unit))
            if at < len(around.units) and around.units[at] == unit:
                made = with_centre(made, at, *self._walks(around.units, unit))
        return made

    def _offers(
        self, around: Excerpt, now: Problem, people: dict[int, str]
    ) -> Iterator[tuple[float, int]]:
        """Give what each would come to if every home went to the nearest, and rules were none."""
        reach = self.tables.rules.walk.reach
        least = np.full(now.n_units, reach)
        np.minimum.at(least, now.pair_unit, now.walk_m)
        for unit in sorted(people):
            if unit in around.units:
                walk, _ = self._walks(around.units, unit)
                nearest = np.fmin(least, walk)
                yield float((now.load * nearest).sum()), unit

    def _walks(self, units: Ints, home: int) -> tuple[Floats, Floats]:
        """Measure walks to a new centre on the plan's own streets, and price them; NaN: it may not serve."""
        walk, fence = self.tables.rules.walk, self.problem.fence
        found = self.ground.apart(units, np.array([home]))[:, 0]
        limit = walk.limit_m if walk.hard else walk.reach
        found[~(found <= limit) | (fence[units] != fence[home])] = np.nan
        found[units == home] = 0.0
        return found, np.nan_to_num(self.problem.load[units] * walk.charge_m(found))
