"""What a finished plan comes to: its figures, its rules, its ties, and what they are worth as a proof."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Certificate", "RuleOutcome", "TieOutcome", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one zone breaks.

    Parameters
    ----------
    rule : str
        Name of the rule.
    centre : int
        Position of the centre.
    amount, limit : float
        What the zone has, and what it may have.
    excess : float
        By how much, in units of the rule's amount.
    """

    rule: str
    centre: int
    amount: float
    limit: float
    excess: float


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How one rule came out over all zones.

    Parameters
    ----------
    name : str
        Name of the rule.
    low, high : float or None
        Limits.
    lowest, highest : float
        Extremes over the zones (over the households for the walk limit).
    broken : int
        Zones that break it (households for the walk limit).
    """

    name: str
    low: float | None
    high: float | None
    lowest: float
    highest: float
    broken: int

    @property
    def worst(self) -> float:
        """The extreme that comes nearest to breaking the rule, or breaks it most."""
        if self.high is None:
            return self.lowest
        if self.low is None:
            return self.highest
        short, over = self.low - self.lowest, self.highest - self.high
        return self.lowest if short > over else self.highest


@dataclass(frozen=True, slots=True)
class TieOutcome:
    """What became of those who belong together, and of those to be kept apart.

    Parameters
    ----------
    kept, ties : int
        Pairs of people who belong together: those in one zone, and all.
    parted, aparts : int
        Pairs of people to be kept apart: those not in one zone, and all.
    joined, neighbours : int
        Neighbouring units of one compound: those in one zone, and all that are priced.
    broken_m : float
        Price of what is broken, metres.
    """

    kept: int
    ties: int
    parted: int
    aparts: int
    joined: int
    neighbours: int
    broken_m: float


@dataclass(frozen=True, eq=False)
class Certificate:
    """Every figure of a finished plan, recomputed from the plan alone.

    Parameters
    ----------
    cost_m, penalty_m, change_m : float
        Walking metres x load; prices of broken elastic rules; price of homes that change hands.
    bound_m : float
        Proven lower bound of the sum of the three, and of broken ties where there are any.
    rules : sequence of RuleOutcome
        Each rule with its worst case.
    violations : sequence of Violation
        Each zone and rule that is broken.
    disconnected : sequence of int
        Centres whose zone is not connected; empty is what one wants.
    unserved : int
        Units without a centre.
    ties : TieOutcome or None
        What became of ties; None where the problem has none.
    """

    cost_m: float
    penalty_m: float
    change_m: float
    bound_m: float
    rules: tuple[RuleOutcome, ...]
    violations: tuple[Violation, ...]
    disconnected: tuple[int, ...]
    unserved: int
    ties: TieOutcome | None = None

    @property
    def value_m(self) -> float:
        """Cost + penalty + change + broken ties: what was minimised."""
        walked = self.cost_m + self.penalty_m + self.change_m
        return walked if self.ties is None else walked + self.ties.broken_m

    @property
    def optimality_gap(self) -> float:
        """``(value - bound) / cost``: penalties cannot flatter it."""
        excess = max(self.value_m - self.bound_m, 0.0)  # rounding may put the bound a hair above
        if self.cost_m > 0:
            return excess / self.cost_m
        return 0.0 if excess == 0 else float("inf")

    @property
    def gap_objective(self) -> float:
        """``(value - bound) / value``: of all that is minimised, penalties included."""
        excess = max(self.value_m - self.bound_m, 0.0)
        return excess / self.value_m if self.value_m > 0 else 0.0

    @property
    def zones_connected(self) -> bool:
        """Whether every zone hangs together."""
        return not self.disconnected
