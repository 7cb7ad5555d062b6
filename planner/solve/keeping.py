"""What is asked of a re-cut, what of the previous plan stands, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import ConfigError
from planner.model.arrays import AnyInts, Bools, Floats, Ints
from planner.model.problem import Part, Problem, Result

__all__ = ["Fresh", "Keeping", "Point", "Recut", "Standing"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much may change hands; one of the three is meant.

    Parameters
    ----------
    price_m : float
        Metres that one home changing hands must be worth.
    budget : int, optional
        Homes that may change hands at most.
    fewest : bool
        As few as possible, and only then short walks.
    zone_budget : int, optional
        Homes that any one zone may lose at most, at the price or with the fewest; those that it loses
        whatever is done are counted too.
    member_budget : int, optional
        Of the homes that any one member serves, how many may change their centre at most, likewise; how many
        may go to somebody else within the zone is then limited, too, as far as floors and ceilings allow.
    mend : bool
        With `fewest`: as few as rules take that a cut for their sake alone would keep.

    Raises
    ------
    ConfigError
        The price or a budget is negative, or both a budget and the fewest, or both budgets are asked for.
    """

    price_m: float = 200.0
    budget: int | None = None
    fewest: bool = False
    zone_budget: int | None = None
    mend: bool = False
    member_budget: int | None = None

    @property
    def by_group(self) -> bool:
        """Whether what single zones or members may lose is limited."""
        return self.zone_budget is not None or self.member_budget is not None

    def __post_init__(self) -> None:
        limits = (self.budget, self.zone_budget, self.member_budget)
        if not self.price_m >= 0 or min(limit or 0 for limit in limits) < 0:
            raise ConfigError.of("keeping-negative")
        if self.budget is not None and self.by_group:
            raise ConfigError.of("keeping-two-budgets")
        if self.fewest and self.budget is not None:
            raise ConfigError.of("keeping-two")


@dataclass(frozen=True, eq=False)
class Standing:
    """What of the previous plan stands whatever is found.

    Parameters
    ----------
    zone : ndarray of int, shape (n_units,)
        Centre of each unit in parts that nothing happened to, -1 elsewhere.
    parts : tuple of Part
        What was proven of those parts, in the units of now.
    change_m : ndarray of float, shape (n_pairs,)
        Price of changes at which those parts were proven; it is theirs for as long as they stand.
    held : ndarray of int, shape (n_units,)
        Centre that a unit must have, -1 where it may have any: locks, and what was given by hand.
    begun : ndarray of int, shape (n_units,), optional
        Centre of each unit in a plan that an earlier run had found by the time it ended.
    """

    zone: Ints
    parts: tuple[Part, ...]
    change_m: Floats
    held: Ints
    begun: AnyInts | None = None

    @property
    def closed(self) -> Bools:
        """Units of parts that nothing happened to."""
        return self.zone >= 0


@dataclass(frozen=True, eq=False)
class Point:
    """One plan of the curve.

    Parameters
    ----------
    price_m : float
        Metres that one home changing hands had to be worth.
    moved : int
        Homes that change hands.
    value_m, bound_m : float
        Walks, rules and ties of the plan, without the price; the least that plans with as few moves come to.
    result : Result
    charged_m : ndarray of float, shape (n_pairs,)
        What each pair of the whole problem was charged for the homes that it moves.
    """

    price_m: float
    moved: int
    value_m: float
    bound_m: float
    result: Result
    charged_m: Floats


@dataclass(frozen=True, eq=False)
class Fresh:
    """What one open part would come to if it cost nothing to change hands.

    Parameters
    ----------
    unit : ndarray of int
        Its units, by their positions in the whole.
    fresh_m, bound_m : float
        Walks, rules and ties of a plan that was found for the part alone; the least that any comes to.
    """

    unit: Ints
    fresh_m: float
    bound_m: float


@dataclass(frozen=True, eq=False)
class Recut:
    """A re-cut plan, and what is known of the homes that change hands.

    Parameters
    ----------
    problem : Problem
        With the price of changes.
    result : Result
    price_m : float
        Price that was charged for each home.
    moved : int
        Homes that change hands.
    forced : int
        Those that do so in every plan: their centre is gone, or may not serve them any more.
    least : int
        Fewest homes that any plan moves, as far as it is proven; at least `forced`.
    bound_m : float
        Least that walks, rules and ties come to in plans that move as few homes, or what the budget allows.
    open_units : int
        Units that were solved again.
    most_lost, most_lost_member : int
        Homes that the zone loses which loses most; and of one member the most that change their centre.
    fresh : tuple of Fresh
        Of each part that was open, what a fresh cut would come to; empty where that was not asked.
    """

    problem: Problem
    result: Result
    price_m: float
    moved: int
    forced: int
    least: int
    bound_m: float
    open_units: int
    most_lost: int = 0
    most_lost_member: int = 0
    fresh: tuple[Fresh, ...] = ()

    @property
    def unpriced(self) -> Problem:
        """The problem without what is charged for changes."""
        return self.problem.replace(change_m=self.problem.change_m * 0.0)
