"""The siting problem as plain numbers, and what one answer to it is worth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from planner.model.arrays import Bools, Floats, Ints, freeze

__all__ = ["Answer", "Sites"]

TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Sites:
    """Units to be served, and candidates of which `count` are to be chosen.

    A chosen candidate serves the unit that it lives in.  So two candidates of one unit are never
    chosen together.

    Parameters
    ----------
    cost : array_like of float, shape (n_units, n_candidates)
        Metres for serving a unit from a candidate: load x walk; infinite: out of reach.
    demand : array_like of float, shape (n_units,)
        What each unit takes of a capacity.
    capacity : array_like of float, shape (n_candidates,)
        Most demand that a candidate may serve.
    home : array_like of int, shape (n_candidates,)
        Unit in which each candidate lives.
    count : int
        How many are to be chosen.
    floor : array_like of float, shape (n_candidates,), optional
        Least demand of each candidate if chosen; zeros by default.
    fee : array_like of float, shape (n_candidates,), optional
        Metres charged for choosing a candidate (negative: a bonus); zeros by default.
    forced, barred : array_like of bool, shape (n_candidates,), optional
        Candidates that must, and must not, be chosen.
    price : float
        Metres charged for each unit of demand over a capacity or short of a floor; infinite: hard.

    Raises
    ------
    ValueError
        Shapes, positions or signs do not fit together.
    """

    cost: Floats
    demand: Floats
    capacity: Floats
    home: Ints
    count: int
    floor: Floats = field(default_factory=lambda: np.zeros(0))
    fee: Floats = field(default_factory=lambda: np.zeros(0))
    forced: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    barred: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    price: float = np.inf

    def __post_init__(self) -> None:
        freeze(self, cost=np.float64, demand=np.float64, capacity=np.float64, home=np.int64)
        for name in ("floor", "fee", "forced", "barred"):
            if not np.size(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(len(self.capacity)))
        freeze(self, floor=np.float64, fee=np.float64, forced=np.bool_, barred=np.bool_)
        self._check()

    def _check(self) -> None:
        n, m = len(self.demand), len(self.capacity)
        faults: list[str] = []
        if self.cost.shape != (n, m):
            faults.append(f"cost has shape {self.cost.shape}, not {(n, m)}")
        elif not (self.cost >= 0).all():
            faults.append("costs must be numbers of 0 or more, or infinite")
        elif any(len(a) != m for a in (self.home, self.floor, self.fee, self.forced, self.barred)):
            faults.append("home, floor, fee, forced and barred need one value for each candidate")
        elif m and not (0 <= self.home.min() <= self.home.max() < n):
            faults.append("home is out of range")
        elif (self.forced & self.barred).any():
            faults.append("a candidate is both forced and barred")
        elif len(np.unique(self.home[self.forced])) < self.forced.sum():
            faults.append("two forced candidates live in one unit")
        elif not np.isfinite(self.cost[self.home, np.arange(m)][~self.barred]).all():
            faults.append("a candidate cannot reach its own home")
        elif not self.forced.sum() <= self.count <= len(np.unique(self.home[~self.barred])):
            faults.append(f"{self.count} cannot be chosen from these candidates")
        if not self.count >= 1:
            faults.append("count must be 1 or more")
        for name in ("demand", "capacity", "floor", "fee"):
            values = getattr(self, name)
            if not np.isfinite(values).all() or (name != "fee" and (values < 0).any()):
                faults.append(f"{name} must be finite" + " and not negative" * (name != "fee"))
        # NaN compares false and is refused too.
        if not self.price > 0:
            faults.append("price must be above 0")
        if faults:
            raise ValueError("not a siting problem: " + "; ".join(faults))

    @property
    def n_units(self) -> int:
        """Number of demand units."""
        return len(self.demand)

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return len(self.capacity)

    @cached_property
    def open(self) -> Ints:
        """Candidates that may be chosen, by home."""
        free = np.flatnonzero(~self.barred)
        # Candidates of one home side by side: at most one of them may be chosen.
        return free[np.lexsort((free, self.home[free]))]

    def replace(self, **changes: Any) -> Self:
        """Derive a variant: the same problem with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, eq=False)
class Answer:
    """One choice of candidates, and who serves whom.

    Parameters
    ----------
    sites : Sites
        The problem.
    serves : array_like of int, shape (n_units,)
        Candidate that serves each unit.
    bound_m : float
        No answer to the problem has a smaller `value_m`, as far as it is proven.
    seconds : float
        Time that it took.
    """

    sites: Sites
    serves: Ints
    bound_m: float = -np.inf
    seconds: float = 0.0

    def __post_init__(self) -> None:
        freeze(self, serves=np.int64)

    @cached_property
    def chosen(self) -> Ints:
        """Chosen candidates, increasing."""
        return np.unique(self.serves)

    @cached_property
    def load(self) -> Floats:
        """Demand that each chosen candidate serves, in the order of `chosen`."""
        every = np.zeros(self.sites.n_candidates)
        np.add.at(every, self.serves, self.sites.demand)
        return every[self.chosen]

    @cached_property
    def excess(self) -> float:
        """Demand over the capacities and short of the floors, all together."""
        one, at = self.sites, self.chosen
        over = np.maximum(self.load - one.capacity[at], 0.0)
        found = float((over + np.maximum(one.floor[at] - self.load, 0.0)).sum())
        # Sums of loads differ in their last digits with the order of the units.
        return found if found > TOLERANCE * max(float(one.demand.sum()), 1.0) else 0.0

    @cached_property
    def unreached(self) -> int:
        """How many units are given to a candidate out of their reach."""
        return int(np.isinf(self.sites.cost[np.arange(self.sites.n_units), self.serves]).sum())

    @cached_property
    def cost_m(self) -> float:
        """Cost of serving all units, metres; infinite if one is out of reach."""
        return float(self.sites.cost[np.arange(self.sites.n_units), self.serves].sum())

    @cached_property
    def value_m(self) -> float:
        """Cost, fees and the price of the excess; infinite if a hard rule is broken."""
        one = self.sites
        if self.faults or (self.excess > 0 and np.isinf(one.price)):
            return np.inf
        charge = one.price * self.excess if self.excess > 0 else 0.0
        return self.cost_m + float(one.fee[self.chosen].sum()) + charge

    @property
    def feasible(self) -> bool:
        """Whether it keeps every rule, capacities and floors too."""
        return not self.faults and self.excess == 0

    @property
    def gap(self) -> float:
        """How far the value may be above the least one, as a share of the value."""
        if not np.isfinite(self.value_m):
            return np.inf
        above = max(self.value_m - self.bound_m, 0.0)
        if not above:
            return 0.0
        return above / abs(self.value_m) if self.value_m else np.inf

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """What makes it no answer at all, apart from capacities and floors."""
        one, at = self.sites, self.chosen
        found = []
        if len(at) != one.count:
            found.append(f"{len(at)} candidates chosen, not {one.count}")
        if one.barred[at].any():
            found.append("a barred candidate is chosen")
        if not np.isin(np.flatnonzero(one.forced), at).all():
            found.append("a forced candidate is not chosen")
        if (self.serves[one.home[at]] != at).any():
            found.append("a chosen candidate does not serve its own home")
        if self.unreached:
            found.append(f"{self.unreached} units out of reach of their candidate")
        return tuple(found)

    def replace(self, **changes: Any) -> Self:
        """Derive a variant: the same answer with some fields changed."""
        return replace(self, **changes)
