"""Events meet the residents: whoever joins, leaves or moves is put into the tables, row by row.

The sheets themselves are never changed.  An event that names nobody is a fault, never a guess; one of an
earlier re-zoning that the sheets know by now is passed over and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import ConfigError, Finding, SchemaError
from planner.intake.events.read import WHERE
from planner.intake.identity import match_ids
from planner.intake.residents import Residents
from planner.model.events import Event
from planner.model.rules import Bound, RuleBook

__all__ = ["OF_ZONES", "Register", "registered", "with_rules"]

OF_ZONES: Final = frozenset(("rule", "lock", "unlock", "give"))
"""Kinds that change nobody's row."""
_JOINS: Final = frozenset(("home-in", "member-in"))
"""Kinds whose id is to be nobody's yet."""


@dataclass(frozen=True, eq=False)
class Register:
    """Residents after some events.

    `findings`: events of earlier re-zonings that the sheets know by now.
    `events`: all of them, each with the id that the sheets have: 7 may be 007 there.
    `resting`: ids of members who serve nobody for now.
    """

    households: Residents
    members: Residents
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    resting: frozenset[str] = frozenset()


def registered(
    households: Residents, members: Residents, events: Iterable[Event], earlier: int = 0
) -> Register:
    """Put events into the tables of residents.

    Parameters
    ----------
    households, members : Residents
        As the sheets have them.
    events : iterable of Event
        Oldest first.
    earlier : int
        How many of them were taken by an earlier plan: the sheets may have followed since.

    Raises
    ------
    SchemaError
        Events name nobody, or somebody who is there already; all of them.
    """
    desk = _Desk(_Rows(households), _Rows(members))
    said: list[Finding] = []
    faults: list[Finding] = []
    named: list[Event] = []
    left: set[tuple[_Rows, str]] = set()
    for number, given in enumerate(events):
        event = desk.named(given)
        named.append(event)
        code = desk.take(event)
        who = _rows_of(desk, event), event.id
        if code == "" and _ACTS.get(event.kind) is _leave:
            left.add(who)
        elif code == "event-nobody" and who in left:
            code = "event-left-already"
        if code == "" or event.kind in OF_ZONES:
            continue
        # the id is the office's own, and stands in its sheet: it is not repeated
        place = {"file": event.file, "sheet": event.sheet, "row": event.row, "column": "编号"}
        if number < earlier:
            said.append(Finding.of("event-known", place))
        else:
            faults.append(Finding.of(code, place))
    if faults:
        told = {"file": faults[0].file, "n": len(faults)}
        raise SchemaError.of("changes-not-in-register", {"findings": faults}, **told)
    return Register(
        desk.homes.residents(),
        desk.members.residents(),
        tuple(said),
        tuple(named),
        frozenset(desk.members.rest),
    )


def with_rules(rules: RuleBook, events: Sequence[Event]) -> RuleBook:
    """Give the rule book after the events that change it.

    Raises `ConfigError`: a floor is above its ceiling, or a number is none that a rule takes.
    """
    for event in events:
        if event.kind != "rule":
            continue
        try:
            rules = _with_limit(rules, event)
        except ConfigError as wrong:
            raise ConfigError(
                f"{event.file}, row {event.row}: {wrong.message}",
                remedy=wrong.remedy,
                zh=f"{event.file} 第{event.row}行：{wrong.zh}",
                remedy_zh=wrong.remedy_zh,
            ) from None
    return rules


def _with_limit(rules: RuleBook, event: Event) -> RuleBook:
    if event.rule == "walk_m":
        limit = event.low if event.high is None else event.high
        assert limit is not None
        return replace(rules, walk=replace(rules.walk, limit_m=limit, reach_m=None))
    bound = rules.bounds[event.rule]
    low = bound.low if event.low is None else event.low
    high = bound.high if event.high is None else event.high
    changed = {event.rule: replace(bound, low=low, high=high)}
    if event.rule in ("members_per_zone", "households_per_member"):
        changed["households_per_zone"] = _following(rules)
    return replace(rules, **changed)


def _following(rules: RuleBook) -> Bound:
    """Leave open what follows from the members of a zone and their homes; what was set otherwise stays."""
    zone = rules.households_per_zone
    open_ = replace(zone, low=None, high=None)
    follows = replace(rules, households_per_zone=open_).households_per_zone
    return replace(
        zone,
        low=None if zone.low == follows.low else zone.low,
        high=None if zone.high == follows.high else zone.high,
    )


class _Rows:
    """A table of residents by id, in the order of the sheets; `rest` holds who is away for now."""

    def __init__(self, residents: Residents) -> None:
        self._of = residents
        self.kept: dict[str, dict[str, Any]] = {
            str(row["id"]): {str(k): v for k, v in row.items()}
            for row in residents.kept.to_dict("records")
        }
        self.held = {str(i) for i in residents.held["id"]}
        self.rest: dict[str, dict[str, Any]] = {}
        self._numbered: dict[str, set[str]] = {}
        for name in (*self.kept, *self.held):
            self._number(name)

    def _number(self, name: str) -> None:
        """Know an id by its number, too; one that leaves may stay listed."""
        if name.isdecimal():
            self._numbered.setdefault(name.lstrip("0"), set()).add(name)

    def find(self, name: str) -> str | None:
        """Give the id as the sheet has it: 007 may be the number 7."""
        if name in self.kept or name in self.held:
            return name
        if not name.isdecimal():
            return None
        fitting = [
            known
            for known in self._numbered.get(name.lstrip("0"), ())
            if known in self.kept or known in self.held
        ]
        # two of one number are nobody's, as in `match_ids`
        return fitting[0] if len(fitting) == 1 else None

    def placed(self, name: str) -> str | None:
        """Give the id of who is there and was not set aside, likewise."""
        found = self.find(name)
        return found if found in self.kept else None

    def resting(self, name: str) -> str | None:
        """Give the id of who rests, likewise."""
        return match_ids([name], self.rest).get(name)

    def add(self, event: Event, name: str, **more: Any) -> None:
        blank: dict[str, Any] = dict.fromkeys(WHERE, "") | {"lon": np.nan, "lat": np.nan}
        place = {"file": event.file, "sheet": event.sheet, "row": event.row}
        self._number(name)
        self.kept[name] = {"id": name, **blank, **event.where, **place, **more}
        self.held.discard(name)

    def split(self, name: str, new: str, more: dict[str, Any]) -> None:
        """Put a second one in at the same place."""
        self._number(new)
        self.kept[new] = {**self.kept[name], **more, "id": new}

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)
        self.held.discard(name)

    def residents(self) -> Residents:
        columns = list(self._of.kept.columns)
        kept = pd.DataFrame(list(self.kept.values()), columns=columns)
        for column in ("lon", "lat"):
            kept[column] = kept[column].astype(float)
        held = self._of.held[self._of.held["id"].astype(str).isin(self.held)]
        return replace(self._of, kept=kept, held=held.reset_index(drop=True))


@dataclass(eq=False)
class _Desk:
    homes: _Rows
    members: _Rows

    def named(self, event: Event) -> Event:
        """Give an event the id that the sheet has."""
        if event.kind in OF_ZONES or event.kind in _JOINS:
            return event
        rows = _rows_of(self, event)
        name = rows.find(event.id) or rows.resting(event.id)
        return event if name is None else replace(event, id=name)

    def take(self, event: Event) -> str:
        """Carry one event out; the code of what is wrong with it, "" if nothing is."""
        act = _ACTS.get(event.kind)
        return "" if act is None else act(self, event)


def _rows_of(desk: _Desk, event: Event) -> _Rows:
    return desk.homes if event.kind.startswith("home") else desk.members


def _join(desk: _Desk, event: Event) -> str:
    rows = _rows_of(desk, event)
    if rows.find(event.id) is not None or rows.resting(event.id) is not None:
        return "event-there-already"
    home = event.kind.startswith("home")
    weight = 1.0 if event.load is None else event.load
    rows.add(event, event.id, **({"load": weight} if home else {"is_centre": False}))
    return ""


def _leave(desk: _Desk, event: Event) -> str:
    rows = _rows_of(desk, event)
    name = event.id if event.id in rows.rest else rows.find(event.id)
    if name is None:
        return "event-nobody"
    rows.rest.pop(name, None)
    rows.drop(name)
    return ""


def _move(desk: _Desk, event: Event) -> str:
    rows = _rows_of(desk, event)
    name = rows.find(event.id)
    if name is None:
        return "event-nobody"
    home = event.kind.startswith("home")
    was = rows.kept.get(name, {"load": 1.0, "is_centre": False})
    weight = was.get("load", 1.0) if event.load is None else event.load
    rows.add(event, name, **({"load": weight} if home else {"is_centre": was["is_centre"]}))
    return ""


def _split(desk: _Desk, event: Event) -> str:
    rows = desk.homes
    name = rows.placed(event.id)
    if name is None:
        return "event-nobody"
    if rows.find(event.new_id) is not None:
        return "event-there-already"
    place = {"file": event.file, "sheet": event.sheet, "row": event.row}
    weight = 1.0 if event.load is None else event.load
    rows.split(name, event.new_id, {**place, "load": weight})
    return ""


def _weigh(desk: _Desk, event: Event) -> str:
    name = desk.homes.placed(event.id)
    if name is None:
        return "event-nobody"
    desk.homes.kept[name] = {**desk.homes.kept[name], "load": event.load}
    return ""


def _rest(desk: _Desk, event: Event) -> str:
    rows = desk.members
    name = rows.placed(event.id)
    if name is None:
        return "event-nobody"
    if rows.kept[name]["is_centre"]:
        return "event-centre-rests"
    rows.rest[name] = rows.kept.pop(name)
    return ""


def _serve(desk: _Desk, event: Event) -> str:
    rows = desk.members
    name = rows.resting(event.id)
    if name is None:
        return "event-not-resting"
    rows.kept[name] = rows.rest.pop(name)
    return ""


def _centre(desk: _Desk, event: Event) -> str:
    rows, becomes = desk.members, event.kind == "centre-new"
    name = rows.placed(event.id)
    if name is None:
        return "event-nobody"
    if bool(rows.kept[name]["is_centre"]) == becomes:
        return "event-centre-already" if becomes else "event-no-centre"
    rows.kept[name] = {**rows.kept[name], "is_centre": becomes}
    return ""


def _objected(desk: _Desk, event: Event) -> str:
    """Whoever is no centre stays what they are: that nobody is chosen so is seen to elsewhere."""
    name = desk.members.placed(event.id)
    if name is None:
        return "event-nobody"
    desk.members.kept[name] = {**desk.members.kept[name], "is_centre": False}
    return ""


_ACTS: Final[dict[str, Callable[[_Desk, Event], str]]] = {
    "home-in": _join,
    "home-out": _leave,
    "home-move": _move,
    "home-split": _split,
    "home-minutes": _weigh,
    "member-in": _join,
    "member-out": _leave,
    "member-move": _move,
    "member-rest": _rest,
    "member-serve": _serve,
    "centre-out": _centre,
    "centre-new": _centre,
    "objection": _objected,
}
