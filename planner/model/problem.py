"""The waist of the hourglass: a problem of plain numbers, and what was made of it.

No names and no geometry live here.  Units and centres are positions ``0..n-1``; lengths are metres.
Arrays are copied and frozen on construction, so a value can be shared without fear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import InputError
from planner.model.arrays import AnyInts, Bools, Floats, Frozen, Ints, Ints32, freeze
from planner.model.certificate import Certificate, RuleOutcome, TieOutcome, Violation
from planner.model.result import Part, Result
from planner.model.tabular import Columns, linked, numbers_of, places_of, rules_of
from planner.model.ties import MUST_TIES, Ties

__all__ = [
    "Certificate",
    "Part",
    "Problem",
    "Result",
    "RuleOutcome",
    "TieOutcome",
    "Ties",
    "Violation",
    "ZoneRule",
]


@dataclass(frozen=True, eq=False)
class ZoneRule(Frozen):
    """A floor and a ceiling on what one zone adds up to.

    For each centre c, with the sums over the units of its zone::

        low * sum(per) <= sum(amount) <= high * sum(per)     when `per` is given
        low            <= sum(amount) <= high                when it is not

    Parameters
    ----------
    name : str
        ``households_per_zone``, ``members_per_zone``, ``households_per_member``, ...
    amount : array_like of float, shape (n_units,)
        What each unit adds.
    low, high : float or None
        Limits; None where that side is free.
    per : array_like of float, shape (n_units,), optional
        What the limits are counted for, such as the members of each unit.
    hard : bool
        A hard rule must hold; an elastic one may be broken at `price_m`.
    price_m : float
        Metres charged for each unit of `amount` that a zone is short or over.
    fences : tuple of int, optional
        It is for the zones whose centre lives in one of these fences, and for no other; for all if None.
    own : array_like of float, shape (2, n_units), optional
        By how much floor and ceiling of a zone differ from those of all, at the unit in which its centre
        lives: a centre may have limits of its own.  What stands at other units is not read.
    """

    name: str
    amount: Floats
    low: float | None
    high: float | None
    per: Floats | None = None
    hard: bool = False
    price_m: float = 1000.0
    fences: tuple[int, ...] | None = None
    own: Floats | None = None

    def __post_init__(self) -> None:
        freeze(self, amount=np.float64)
        if self.per is not None:
            freeze(self, per=np.float64)
            if self.per.shape != self.amount.shape:
                raise ValueError(f"rule {self.name}: per and amount differ in shape")
        if self.own is not None:
            freeze(self, own=np.float64)
            if self.own.shape != (2, len(self.amount)):
                raise ValueError(f"rule {self.name}: own needs two values for each unit")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"rule {self.name}: low {self.low} is above high {self.high}")
        if not self.price_m >= 0:
            raise ValueError(f"rule {self.name}: price_m must not be negative")

    def is_for(self, fence: AnyInts) -> Bools:
        """Tell for which centres it is, by the fences that they live in."""
        every = np.ones(len(fence), bool)
        return every if self.fences is None else np.isin(fence, self.fences)

    def take(self, units: AnyInts) -> ZoneRule:
        """Restrict the rule to some units, in the order given."""
        per = None if self.per is None else self.per[units]
        own = None if self.own is None else self.own[:, units]
        return replace(self, amount=self.amount[units], per=per, own=own)


@dataclass(frozen=True, eq=False)
class Problem(Frozen):
    """Units to be served, centres to serve them, walks between the two, and rules.

    A pair is a unit and a centre that may serve it.  The pairs of unit u are
    ``pair_start[u]:pair_start[u + 1]``, sorted by centre.  Pairs and adjacency never cross a fence, so
    a district falls into independent parts by itself.

    Parameters
    ----------
    load : array_like of float, shape (n_units,)
        What each unit weighs in the cost: its households, or visit minutes.
    households : array_like of int, shape (n_units,)
        Households of each unit.
    home : array_like of int, shape (n_centres,)
        The unit in which each centre lives; no unit is the home of two.
    pair_start : array_like of int, shape (n_units + 1,)
        Offsets of each unit's pairs.
    pair_centre : array_like of int, shape (n_pairs,)
        Centre of each pair.
    walk_m : array_like of float, shape (n_pairs,)
        Walk from the unit to the centre, metres.
    penalty_m : array_like of float, shape (n_pairs,), optional
        Price of the pair for a broken elastic walk limit (already times load); zeros by default.
    change_m : array_like of float, shape (n_pairs,), optional
        Price of the homes that change hands if the pair is taken; zeros by default.
    adjacency : array_like of int, shape (n_edges, 2)
        Walk-adjacent units, each pair once, first below second.
    fence : array_like of int, shape (n_units,), optional
        Fence of each unit; zeros by default.
    rules : sequence of ZoneRule
        Floors and ceilings of the zones.
    unserved_m : float
        Metres charged for each unit of load that is left without a centre.  High: only units that
        cannot be connected to any centre are left out.
    ties : Ties, optional
        Units that belong together or are to be kept apart, at a price.

    Raises
    ------
    ValueError
        Shapes, positions or signs do not fit together.
    """

    load: Floats
    households: Ints
    home: Ints32
    pair_start: Ints
    pair_centre: Ints32
    walk_m: Floats
    adjacency: Ints32
    rules: tuple[ZoneRule, ...] = ()
    penalty_m: Floats = field(default_factory=lambda: np.zeros(0))
    change_m: Floats = field(default_factory=lambda: np.zeros(0))
    fence: Ints32 = field(default_factory=lambda: np.zeros(0, np.int32))
    unserved_m: float = (
        1e6  # a thousand kilometres of walking: never worth it where a centre is in reach
    )
    ties: Ties | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "rules", tuple(self.rules))
        put(self, "adjacency", np.reshape(self.adjacency, (-1, 2)))
        freeze(self, load=np.float64, households=np.int64, home=np.int32, adjacency=np.int32)
        freeze(self, pair_start=np.int64, pair_centre=np.int32, walk_m=np.float64)
        for name, n in (
            ("penalty_m", self.n_pairs),
            ("change_m", self.n_pairs),
            ("fence", self.n_units),
        ):
            if not np.size(getattr(self, name)):
                put(self, name, np.zeros(n))
        freeze(self, penalty_m=np.float64, change_m=np.float64, fence=np.int32)
        self._check()

    def _check(self) -> None:
        faults: list[str] = []
        if self.households.shape != (self.n_units,) or self.fence.shape != (self.n_units,):
            faults.append("households, fence and load differ in length")
        start = self.pair_start
        if start.shape != (self.n_units + 1,) or start[0] != 0 or start[-1] != self.n_pairs:
            faults.append("pair_start does not span the pairs")
        elif (np.diff(start) < 0).any():
            faults.append("pair_start is not increasing")
        if self.walk_m.shape != (self.n_pairs,) or not np.isfinite(self.walk_m).all():
            faults.append("walk_m must be finite, one for each pair")
        for name in ("walk_m", "penalty_m", "change_m", "load"):
            if (getattr(self, name) < 0).any():
                faults.append(f"{name} must not be negative")
        if self.penalty_m.shape != (self.n_pairs,) or self.change_m.shape != (self.n_pairs,):
            faults.append("penalty_m and change_m need one value for each pair")
        if self.n_pairs and not (
            0 <= self.pair_centre.min() <= self.pair_centre.max() < self.n_centres
        ):
            faults.append("pair_centre is out of range")
        if self.n_centres and not (0 <= self.home.min() <= self.home.max() < self.n_units):
            faults.append("home is out of range")
        if len(np.unique(self.home)) != self.n_centres:
            faults.append("two centres share one home unit")
        edges = self.adjacency
        if len(edges) and not (
            0 <= edges.min() <= edges.max() < self.n_units and (edges[:, 0] < edges[:, 1]).all()
        ):
            faults.append("adjacency must hold u < v, both units")
        faults += [
            f"rule {r.name} has {len(r.amount)} amounts"
            for r in self.rules
            if len(r.amount) != self.n_units
        ]
        faults += [] if faults else self._across()
        # Ties were checked when they were made, but not against the units of this problem.
        if self.ties is not None and len(self.ties) and self.ties.b.max() >= self.n_units:
            faults.append("ties are out of range")
        if faults:
            raise ValueError("not a problem: " + "; ".join(faults))

    def _across(self) -> list[str]:
        """Tell of pairs across a fence where some rule is for single fences: a part has one fence then."""
        if all(rule.fences is None for rule in self.rules):
            return []
        across = self.fence[self.pair_unit] != self.fence[self.home[self.pair_centre]]
        return ["rules of single fences need pairs that cross none"] if across.any() else []

    @classmethod
    def from_frames(
        cls,
        units: Columns,
        pairs: Columns,
        centres: Columns,
        *,
        adjacency: Columns | None = None,
        rules: Mapping[str, tuple[float | None, float | None]] | Sequence[ZoneRule] = (),
        unserved_m: float = 1e6,
    ) -> Self:
        """Build a problem from tables: DataFrames, or mappings of column names to values.

        Parameters
        ----------
        units : table
            One row a unit: ``unit`` (id), ``households``; if wanted ``load`` (the households by default),
            ``fence`` and what rules add up, such as ``members``.
        pairs : table
            Who may serve whom: ``unit, centre, walk_m``; if wanted ``penalty_m, change_m``.
        centres : table
            ``centre`` (id) and ``unit``, in which it lives.
        adjacency : table, optional
            ``unit, neighbour``: walk-adjacent units.  Without it any two units of a fence count as
            neighbours: no zone need hang together.
        rules : mapping or sequence of ZoneRule
            ``{"households_per_zone": (45, 74), "households_per_member": (15, 25)}``: what is added up, what
            it is counted for, low and high; elastic.
        unserved_m : float
            See the class.

        Returns
        -------
        Problem
            Units and centres in the order of their rows.

        Raises
        ------
        InputError
            A column is missing, an id is unknown or stands twice, or the numbers make no problem.

        Examples
        --------
        >>> units = {"unit": ["a", "b"], "households": [3, 4]}
        >>> pairs = {"unit": ["a", "b"], "centre": ["c", "c"], "walk_m": [0, 80]}
        >>> problem = planner.Problem.from_frames(units, pairs, {"centre": ["c"], "unit": ["a"]})
        >>> planner.Plan.from_assignment(problem, [0, 0]).certificate.cost_m
        320.0
        """
        ids, names = places_of(units, "unit", "units"), places_of(centres, "centre", "centres")
        at = {"unit": ids, "centre": names}
        unit, centre, values = linked(pairs, at, ("walk_m", "penalty_m", "change_m"))
        return cls.told(
            load=numbers_of(units, "load" if "load" in units else "households", "units"),
            households=numbers_of(units, "households", "units"),
            home=ids.of(centres, "unit", "centres"),
            pair_start=np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=len(ids)))]),
            pair_centre=centre,
            adjacency=ids.neighbours(adjacency, units),
            fence=ids.fences(units),
            rules=tuple(
                rule if isinstance(rule, ZoneRule) else ZoneRule(**rule)
                for rule in rules_of(rules, units)
            ),
            unserved_m=unserved_m,
            **values,
        )

    @classmethod
    def told(cls, **fields: Any) -> Self:
        """Build one; what makes no problem is told as an `InputError`."""
        try:
            return cls(**fields)
        except (ValueError, TypeError) as error:
            raise InputError.of("no-problem", error=error) from None

    @property
    def n_units(self) -> int:
        """Number of demand units."""
        return len(self.load)

    @property
    def n_centres(self) -> int:
        """Number of centres."""
        return len(self.home)

    @property
    def hard(self) -> frozenset[str]:
        """Names of the rules that no plan may break, ties that must hold among them."""
        must = self.ties is not None and self.ties.hard.any()
        return frozenset(r.name for r in self.rules if r.hard) | ({MUST_TIES} if must else set())

    def softened(self) -> Self:
        """Give the same with a price on every rule and tie: there is a plan, whatever it breaks."""
        ties = None if self.ties is None else self.ties.softened()
        return self.replace(rules=tuple(replace(r, hard=False) for r in self.rules), ties=ties)

    @property
    def n_pairs(self) -> int:
        """Number of unit-centre pairs."""
        return len(self.pair_centre)

    @property
    def pair_unit(self) -> Ints32:
        """Unit of each pair, shape (n_pairs,)."""
        return np.repeat(np.arange(self.n_units, dtype=np.int32), np.diff(self.pair_start))

    @property
    def pair_cost_m(self) -> Floats:
        """Load x walk + penalty + change of each pair, shape (n_pairs,): what is minimised."""
        return self.load[self.pair_unit] * self.walk_m + self.penalty_m + self.change_m

    def pairs_of(self, assignment: ArrayLike) -> Ints:
        """Find the pair that each unit's assignment uses.

        Parameters
        ----------
        assignment : array_like of int, shape (n_units,)
            Centre of each unit, -1 for none.

        Returns
        -------
        ndarray of int64, shape (n_units,)
            Position among the pairs, -1 where the unit has no centre.

        Raises
        ------
        ValueError
            A unit is given a centre that may not serve it.
        """
        chosen = np.asarray(assignment, np.int64)
        # Pairs are sorted by unit, then centre, so that unit and centre make one sorted key.
        keys = self.pair_unit.astype(np.int64) * max(self.n_centres, 1) + self.pair_centre
        wanted = np.arange(self.n_units) * max(self.n_centres, 1) + chosen
        at = np.searchsorted(keys, wanted)
        served = chosen >= 0
        found = served & (at < len(keys))
        found[found] = keys[at[found]] == wanted[found]
        if (served & ~found).any():
            unit = int(np.flatnonzero(served & ~found)[0])
            raise ValueError(f"unit {unit} is given centre {chosen[unit]}, which may not serve it")
        return np.where(found, at, -1)

    def replace(self, **changes: Any) -> Self:
        """Derive a variant: the same problem with some fields changed."""
        return replace(self, **changes)

    def fingerprint(self) -> str:
        """Digest of all the numbers, the price of changes left out: equal problems, equal digests."""
        digest = hashlib.sha256()
        # In this order for good: plan files carry the digest of the problem that they solve.
        arrays: list[NDArray[Any]] = [self.load, self.households, self.home, self.pair_start]
        arrays += [self.pair_centre, self.walk_m, self.penalty_m, self.adjacency, self.fence]
        for rule in self.rules:
            digest.update(repr((rule.name, rule.low, rule.high, rule.hard, rule.price_m)).encode())
            digest.update(b"" if rule.fences is None else repr(rule.fences).encode())
            arrays += [rule.amount] if rule.per is None else [rule.amount, rule.per]
            arrays += [] if rule.own is None else [rule.own]
        if self.ties is not None:
            arrays += self.ties.arrays
        for array in arrays:
            digest.update(repr((array.shape, array.dtype.str)).encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()
