"""Rules, zones that stay and a price tried on a project, with the Python that makes the same plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from planner.api.plan import Plan
from planner.api.progress import Listener
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.errors import ConfigError
from planner.intake.events.apply import with_rules
from planner.model.events import Event
from planner.model.project import Project
from planner.model.rules import Bound, RuleBook, rule_words
from planner.plan.provenance import locks_of
from planner.solve.keeping import Keeping

__all__ = ["Trial", "Wanted"]

WALK = "walk_m"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is tried.

    Parameters
    ----------
    limits : mapping of str to (float or None, float or None)
        Floor and ceiling of rules by name, of ``walk_m`` the ceiling alone; None leaves a side as it is.
    stay : tuple of int
        Numbers of zones that stay as they are; of the plan that is tried on.
    price_m : float
        Metres that one home changing hands must be worth.
    """

    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    stay: tuple[int, ...] = ()
    price_m: float = 200.0


@dataclass(eq=False)
class Trial:
    """A project on which rules, zones that stay and a price are tried.

    Each attempt begins from the plan that was accepted last: trying one thing after another adds nothing up.

    Parameters
    ----------
    project : Project
    plan : Plan, optional
        The plan that stands; without one the first attempt makes it.
    file, plan_file : str
        Where both were read from, for the Python; "" of one that was handed over.

    Attributes
    ----------
    found : Plan or None
        Of the last attempt.
    """

    project: Project
    plan: Plan | None = None
    file: str = ""
    plan_file: str = ""
    found: Plan | None = field(default=None, init=False)
    _lines: list[str] = field(default_factory=list, init=False)
    _tried: list[str] = field(default_factory=list, init=False)
    _found_on: Project = field(init=False)

    def __post_init__(self) -> None:
        read = (("project", "Project.of", self.file), ("plan", "Plan.load", self.plan_file))
        self._found_on = self.project
        self._lines = ["import planner"] + [
            f"{name} = planner.{how}({file!r})" if file else f"# {name}: the one that was given"
            for name, how, file in read[: 1 if self.plan is None else 2]
        ]

    @property
    def rules(self) -> RuleBook:
        """Rules of the plan that stands; before there is one those of the project."""
        return self.project.rules if self.plan is None else self.plan.rules

    @property
    def code(self) -> str:
        """Python that makes the plan of the last attempt, or the one that stands, from the files."""
        return "\n".join([*self._lines, *self._tried])

    def form(self) -> dict[str, Any]:
        """Say what may be set: each rule with its limits, the zones that there are, the price.

        Returns
        -------
        dict
            ``rules`` (``name, zh, en, low, high, hard``), ``zones`` (``number, stays``), ``price_m``; plain
            values, nothing of any resident.
        """
        rules = [
            {"name": name, "zh": zh, "en": en, "low": low, "high": high, "hard": hard}
            for name, (low, high, hard) in self._held().items()
            for zh, en in (rule_words(name),)
        ]
        return {"rules": rules, "zones": self._zones(), "price_m": Keeping().price_m}

    def _held(self) -> dict[str, tuple[float | None, float | None, bool]]:
        """Give floor and ceiling of each rule that may be set, and whether it is hard."""
        held = {name: (b.low, b.high, b.hard) for name, b in self.rules.bounds.items()}
        return held | {WALK: (None, self.rules.walk.limit_m, self.rules.walk.hard)}

    def _zones(self) -> list[dict[str, Any]]:
        if self.plan is None:
            return []
        units, locked = self.plan.units, set(locks_of(self.plan))
        free = set(units["zone"][~units["unit_id"].isin(locked)])
        rows = zip(self.plan.centres["number"], self.plan.centres["centre_id"], strict=True)
        return [{"number": int(n), "stays": str(c) not in free} for n, c in sorted(rows)]

    def attempt(self, wanted: Wanted, listener: Listener | None = None) -> Plan:
        """Make the plan that is wanted; what stands stays what it is until `accept`.

        Parameters
        ----------
        wanted : Wanted
        listener : callable, optional
            Told of every `planner.api.progress.Event`.

        Raises
        ------
        PlannerError
            What `planner.run` and `planner.rezone` raise.
        """
        self.found, self._tried = None, []
        rows = [*self._limits(wanted), *self._locks(wanted)]
        if self.plan is None:
            self._found_on, lines = self._first(rows)
            plan = run(self._found_on, listener=listener)
            lines.append("plan = planner.run(project)")
        else:
            changed = Changed(pd.DataFrame(rows) if rows else None)
            keeping = Keeping(wanted.price_m)
            plan = rezone(self.plan, self.project, changed, keeping, listener=listener)
            made = f"planner.Changed(pd.DataFrame({rows!r}))" if rows else "planner.Changed()"
            lines = ["import pandas as pd"] if rows else []
            price = f"planner.Keeping({_plain(wanted.price_m)})"
            lines.append(f"plan = planner.rezone(plan, project, {made}, {price})")
        self.found, self._tried = plan, lines
        return plan

    def accept(self) -> Plan:
        """Take the plan of the last attempt as the one that stands.

        Raises
        ------
        ConfigError
            Nothing was tried since.
        """
        if self.found is None:
            raise ConfigError.of("panel-nothing-tried")
        self.project, self.plan = self._found_on, self.found
        self._lines += self._tried
        self.found, self._tried = None, []
        return self.plan

    def _first(self, rows: list[dict[str, str]]) -> tuple[Project, list[str]]:
        """Put the limits into the project itself: before there is a plan, nothing has happened to one."""
        events = [
            Event("rule", rule=row["rule"], low=_given(row, "low"), high=_given(row, "high"))
            for row in rows
        ]
        rules, before = with_rules(self.project.rules, events), self.project.rules
        new = {n: b for n, b in rules.bounds.items() if b != before.bounds[n]}
        told = [f"{name}=planner.{bound!r}" for name, bound in new.items()]
        if rules.walk != before.walk:
            told.append(f"walk=planner.{rules.walk!r}")
        if not told:
            return self.project, []
        lines = [
            "from dataclasses import replace",
            f"project = replace(project, rules=replace(project.rules, {', '.join(told)}))",
        ]
        return replace(self.project, rules=rules), lines

    def _limits(self, wanted: Wanted) -> list[dict[str, str]]:
        """Give a row of a sheet of changes for each rule whose limits are others than those that hold."""
        held, rows = self._held(), []
        for name, limits in wanted.limits.items():
            if name not in held:
                raise ConfigError.of("panel-no-rule", name=name, names=", ".join(held))
            now = held[name][:2]
            sides = zip(("low", "high"), limits, now, strict=True)
            new = {side: _plain(value) for side, value, was in sides if value not in (None, was)}
            if new:
                low, high = (a if b is None else b for a, b in zip(now, limits, strict=True))
                Bound(low, high)  # refuses what is no floor and ceiling
                rows.append({"event": "rule", "rule": name} | new)
        return rows

    def _locks(self, wanted: Wanted) -> list[dict[str, str]]:
        """Give a row for each zone that shall stay and does not yet, or stays and need not any more."""
        held = {zone["number"]: zone["stays"] for zone in self._zones()}
        unknown = sorted(set(wanted.stay) - set(held))
        if unknown:
            raise ConfigError.of("panel-no-zone", number=unknown[0])
        return [
            {"event": "lock" if stays else "unlock", "target": f"zone {number}"}
            for number in sorted(held)
            if (stays := number in wanted.stay) != held[number]
        ]


def _given(row: Mapping[str, str], side: str) -> float | None:
    return float(row[side]) if side in row else None


def _plain(number: float | None) -> str:
    """Write a number as a sheet has it, and so that it is read back to the last digit."""
    return repr(number).removesuffix(".0")
