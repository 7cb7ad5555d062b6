"""What is known of one part so far: the best plan, the best bound, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.model.arrays import Floats, Ints
from planner.solve.stop import Clock
from planner.solve.zones.instance import Instance

__all__ = ["Track"]


@dataclass(eq=False)
class Track:
    """Best plan and best bound of one part.

    Parameters
    ----------
    instance : Instance
        The part.
    pair : ndarray of int, shape (n_units,)
        A connected plan.
    gap : float
        Optimality gap that is enough.
    clock : Clock
        Time for this part.
    given : bool
        Whether `pair` is a plan that stands, to be kept unchanged if it turns out good enough.
    told : callable, optional
        Called after every improvement.

    Attributes
    ----------
    value_m : float
        Of the plan; infinite if it breaks a hard rule.
    aim_m : float
        The same with a finite price on hard rules.
    doing, limit : str
        See `planner.solve.stop.PartProgress`.
    prize : ndarray of float, shape (n_units,)
        What each unit is worth by the best bound that prices prove: anyone can prove it again from these.
    """

    instance: Instance
    pair: Ints
    gap: float
    clock: Clock
    given: bool = False
    told: Callable[[], None] | None = None
    bound_m: float = -np.inf
    method: str = "nearest"
    doing: str = ""
    limit: str = ""
    value_m: float = field(init=False)
    aim_m: float = field(init=False)

    def __post_init__(self) -> None:
        self.value_m = self.instance.value(self.pair)
        self.aim_m = self.instance.value(self.pair, forgiving=True)
        self.prize, self._priced_m = np.zeros(self.instance.n_units), -np.inf
        self._mark = self.aim_m, self.bound_m
        self._previous = self.pair if self.given and np.isfinite(self.value_m) else None

    @property
    def cost_m(self) -> float:
        """Load x walk of the plan."""
        return self._cost(self.pair)

    @property
    def optimality_gap(self) -> float:
        """``(value - bound) / cost``."""
        return self._gap_of(self.pair, self.value_m)

    @property
    def hopeless(self) -> bool:
        """Whether it is proven that hard rules cannot hold."""
        return bool(self.bound_m == np.inf)

    @property
    def done(self) -> bool:
        """Whether plan and bound are close enough."""
        return self.hopeless or self.settle() or self.optimality_gap <= self.gap

    @property
    def over(self) -> bool:
        """Whether there is nothing more to do, or no time to do it in."""
        return self.done or self.clock.left <= 0

    def plan(self, pair: Ints, method: str) -> bool:
        """Offer a plan; tell whether it is the best so far."""
        aim, value = self.instance.value(pair, forgiving=True), self.instance.value(pair)
        # A plan that keeps the hard rules is better than any that does not, whatever it costs.
        if np.isfinite(value) == np.isfinite(self.value_m):
            # By more than rounding, or a plan could take turns with itself.
            if not aim < self.aim_m - 1e-9 * max(abs(aim), 1.0):
                return False
        elif np.isinf(value):
            return False
        self.pair, self.aim_m, self.method = pair.copy(), aim, method
        self.value_m = value
        self._tell()
        return True

    def bound(self, bound_m: float, prize: Floats | None = None) -> bool:
        """Offer a bound, and the prizes that prove it, if any; tell whether it is the best so far."""
        if prize is not None and self._priced_m < bound_m < np.inf:
            self.prize, self._priced_m = prize.copy(), bound_m
        if not bound_m > self.bound_m:
            return False
        self.bound_m = float(bound_m)
        self._tell()
        return True

    def turn(self, doing: str) -> None:
        """Begin another turn, and note which half closed more of the gap in the last one."""
        if self.doing:
            fell, rose = self._mark[0] - self.aim_m, self.bound_m - self._mark[1]
            still = 1e-9 * max(abs(self.aim_m), 1.0)
            self.limit = "neither" if max(fell, rose) <= still else ("plan", "bound")[rose > fell]
        self.doing, self._mark = doing, (self.aim_m, self.bound_m)
        self._tell()

    def settle(self) -> bool:
        """Go back to the previous plan if it is good enough; tell whether it is."""
        if self._previous is None:
            return False
        value = self.instance.value(self._previous)
        if self._gap_of(self._previous, value) > self.gap:
            return False
        # A better plan may be known: no home changes hands for less than the gap that was asked for.
        self.pair, self.value_m, self.method = self._previous, value, "as it stood"
        self.aim_m = value
        return True

    def _cost(self, pair: Ints) -> float:
        return float(self.instance.walk_cost[pair[pair >= 0]].sum())

    def _gap_of(self, pair: Ints, value: float) -> float:
        if not np.isfinite(value):
            return np.inf
        excess = value - self.bound_m
        # Rounding of sums, not a gap.
        if excess <= 1e-9 * max(abs(value), 1.0):
            return 0.0
        cost = self._cost(pair)
        return excess / cost if cost > 0 else np.inf

    def _tell(self) -> None:
        if self.told is not None:
            self.told()
