"""What a search found: an assignment, and what was proven of it, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.arrays import Frozen, Ints32, freeze

__all__ = ["Part", "Result"]


@dataclass(frozen=True, slots=True)
class Part:
    """What was proven of one independent part (a fence, or an island of pairs).

    Parameters
    ----------
    units, centres : int
        Size.
    value_m, bound_m : float
        Cost + penalty + change of the plan found, and the proven lower bound of the same sum.
    cost_m : float
        Walking metres x load alone.
    optimality_gap : float
        ``(value_m - bound_m) / cost_m``.
    method : str
        How it was solved, in a word or two.
    seconds : float
        Time spent.
    unit, prize : sequence
        Units of the part, and what each is worth, metres: `planner.model.proof` proves a bound from these.
    """

    units: int
    centres: int
    value_m: float
    bound_m: float
    cost_m: float
    optimality_gap: float
    method: str
    seconds: float
    unit: tuple[int, ...] = ()
    prize: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", tuple(self.unit))
        object.__setattr__(self, "prize", tuple(self.prize))


@dataclass(frozen=True, eq=False)
class Result(Frozen):
    """What a search found.

    Parameters
    ----------
    assignment : array_like of int, shape (n_units,)
        Centre of each unit, -1 for none.
    bound_m : float
        Proven lower bound of cost + penalty + change over all plans.
    parts : sequence of Part
        One for each independent part of the problem.
    curve : sequence of (seconds, value_m, bound_m)
        How the plan and the proof came together.
    stopped : str
        ``gap``, ``time``, ``interrupt`` or ``exhausted``.
    """

    assignment: Ints32
    bound_m: float
    parts: tuple[Part, ...] = ()
    curve: tuple[tuple[float, float, float], ...] = ()
    stopped: str = "gap"

    def __post_init__(self) -> None:
        freeze(self, assignment=np.int32)
        object.__setattr__(self, "parts", tuple(self.parts))
        object.__setattr__(self, "curve", tuple(self.curve))
