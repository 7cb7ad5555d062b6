"""人文相亲: who belongs together and who does not, as prices between units.

Numbers only: which people a row stands for, and what they are to each other, stays outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.model.arrays import Bools, Floats, Frozen, Ints, Ints32, freeze, frozen

__all__ = ["MUST_TIES", "Helpers", "Ties"]

MUST_TIES = "must_ties"
"""Name of the rule that ties which must hold come to."""


@dataclass(frozen=True, eq=False)
class Ties(Frozen):
    """Pairs of units with a price: a tie costs it when they come into two zones, an apart when into one.

    Parameters
    ----------
    a, b : array_like of int, shape (n,)
        The two units of each row, ``a <= b``; equal where both people live in one.
    price_m : array_like of float, shape (n,)
        Metres charged for a broken row; taken as 0 where both people live in one unit, which no plan can
        change.
    apart : array_like of bool, shape (n,)
        Whether the two are to be kept apart.
    people : array_like of int, shape (n,)
        Pairs of people that a row stands for; 0 for neighbouring units of one compound.
    hard : array_like of bool, shape (n,), optional
        Whether it must hold: no plan breaks it, and `price_m` is only what one that does is said to cost.

    Raises
    ------
    ValueError
        Lengths, positions or signs do not fit together.
    """

    a: Ints32
    b: Ints32
    price_m: Floats
    apart: Bools
    people: Ints
    hard: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        if not np.size(self.hard):
            object.__setattr__(self, "hard", np.zeros(np.size(self.a), np.bool_))
        freeze(self, hard=np.bool_)
        freeze(self, a=np.int32, b=np.int32, price_m=np.float64, apart=np.bool_, people=np.int64)
        for one in fields(self):
            values = getattr(self, one.name)
            if values.shape != self.a.shape or values.ndim != 1:
                raise ValueError(f"not ties: {one.name} differs in length")
        # Whoever shares a unit cannot be parted, so that no plan is charged for it.
        priced = np.where(self.a == self.b, 0.0, self.price_m)
        object.__setattr__(self, "price_m", frozen(priced, np.float64))
        if (self.a < 0).any() or (self.a > self.b).any():
            raise ValueError("not ties: a and b must be units, a no greater than b")
        if not (np.isfinite(self.price_m).all() and (self.price_m >= 0).all()):
            raise ValueError("not ties: prices must be finite and not negative")

    def __len__(self) -> int:
        return len(self.a)

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """All columns, in order: for digests and files; without the last where no tie must hold."""
        names = [one.name for one in fields(self)]
        # most plans have none, and keep the digest that they always had
        return [getattr(self, name) for name in (names if self.hard.any() else names[:-1])]

    @property
    def priced(self) -> bool:
        """Whether any plan could be better or worse for these ties."""
        two = self.a != self.b
        return bool(((self.price_m > 0) & two | self.hard & (two | self.apart)).any())

    def take(self, which: Bools) -> Ties:
        """Give some of the rows."""
        return Ties(*(getattr(self, one.name)[which] for one in fields(self)))

    def softened(self) -> Ties:
        """Give the same at their prices: none must hold."""
        return replace(self, hard=np.zeros(len(self), np.bool_))

    def broken(self, assignment: ArrayLike) -> Bools:
        """Tell which rows a plan breaks.

        Parameters
        ----------
        assignment : array_like of int, shape (n_units,)
            Centre of each unit, -1 for none: a unit without a centre is with nobody.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        zone = np.asarray(assignment)
        # Not only equal: two units that are both left out would otherwise be together.
        together = (zone[self.a] == zone[self.b]) & (zone[self.a] >= 0)
        return np.where(self.apart, together, ~together)

    def cost_m(self, assignment: ArrayLike) -> float:
        """Price of the rows that a plan breaks, metres."""
        return float(self.price_m[self.broken(assignment)].sum())


@dataclass(frozen=True, eq=False)
class Helpers(Frozen):
    """Households that a member looks after already, outside of any plan.

    Parameters
    ----------
    household, member : array_like of int, shape (n,)
        Positions of the two.
    price_m : array_like of float, shape (n,)
        Metres of walking that it is worth to leave it so.
    """

    household: Ints
    member: Ints
    price_m: Floats

    def __post_init__(self) -> None:
        freeze(self, household=np.int64, member=np.int64, price_m=np.float64)

    def __len__(self) -> int:
        return len(self.household)

    def kept(self, member: ArrayLike) -> int:
        """Count the households that stay with a member who helps them.

        Parameters
        ----------
        member : array_like of int, shape (n_households,)
            Position of the member who looks after each household, -1 for none.
        """
        return int((np.asarray(member)[self.household] == self.member).sum())
