"""What a project says of ties, wishes and talents: the section ``[affinity]``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from planner.errors import ConfigError

__all__ = ["MOVE_PRICE_M", "TIE_KINDS", "Affinity"]

MOVE_PRICE_M = 200.0
"""Metres that a home changing hands is charged for, unless the project says otherwise."""
TIE_KINDS = ("kin", "workmates", "helper", "next_door", "apart")
"""Kinds of ties that a project may call for without fail."""


@dataclass(frozen=True, slots=True)
class Affinity:
    """人文相亲: prices of ties and of homes that change hands; talents that each zone should have.

    Parameters
    ----------
    tie_m : float
        Metres of walking that it is worth to keep two homes that belong together in one zone, and a home
        with the member who helps it; for rows of the sheet of ties that state no price.
    apart_m : float
        The same for two homes that are to be kept apart.
    compound_m : float
        So that zones look whole: each home is charged this, times the share of its neighbours on foot in
        the compound that come into another zone; stairwells of its own building count five times.  0 for
        none.
    street_m : float
        The same for homes outside of compounds and their neighbours on one street.
    talents : tuple of str
        Strengths (特长) of which each zone should have at least one member.
    talent_price : float
        Metres charged for each talent that a zone is without.
    must : tuple of str
        Kinds of ties that must hold: kin, workmates, helper, next_door, apart.  No plan breaks one, and where
        none can keep them all that is an error with the tie, what it clashes with and the cheapest way out.
        A row of the sheet that states a price is elastic all the same.
    next_door : int
        Homes next door (same floor, then same stairwell, then the nearest house) that each serving member is
        tied to and looks after, found from addresses; 0 for none.
    must_m : float
        What such a tie is said to cost in a plan on which a meeting insists although it breaks one.
    wishes : Path or None
        A sheet of wishes of homes and members for a centre, see `planner.intake.wish_sheet`.
    wish_m : float
        Metres of walking that it is worth to meet somebody's dearest wish rather than none; the second is
        worth two thirds of that, the third one third.
    committee : tuple of str
        Words of the roles (角色) whose members fill what no zone covers.
    move_price_m : float
        Metres of walking that one home changing hands must be worth, where there is a plan before.

    Raises
    ------
    ConfigError
        A price is negative, or a talent is no plain word.
    """

    tie_m: float = 200.0
    apart_m: float = 2000.0
    compound_m: float = 3.0
    street_m: float = 0.0
    talents: tuple[str, ...] = ()
    talent_price: float = 1000.0
    move_price_m: float = MOVE_PRICE_M
    must: tuple[str, ...] = ()
    next_door: int = 0
    must_m: float = 100_000.0
    wishes: Path | None = None
    wish_m: float = 200.0
    committee: tuple[str, ...] = ("两委", "居委", "村委", "社区干部", "网格", "committee", "grid")

    def __post_init__(self) -> None:
        for name in (n for n in self.__slots__ if n.endswith("_m") or n == "talent_price"):
            # TOML knows nan and inf, and neither is a price.
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError.of("affinity-not-a-price", name=name, value=value)
        if self.next_door < 0:
            raise ConfigError.of("affinity-not-a-price", name="next_door", value=self.next_door)
        for kind in self.must:
            if kind not in TIE_KINDS:
                raise ConfigError.of("must-no-kind", kind=kind, names=", ".join(TIE_KINDS))
        object.__setattr__(self, "talents", tuple(talent.strip() for talent in self.talents))
        for talent in self.talents:
            # A comma parts the strengths in a cell: a talent with one would never be found.
            if not talent or "," in talent:
                raise ConfigError.of("bad-talent", talent=talent)
        if len(set(self.talents)) < len(self.talents):
            raise ConfigError.of("talent-twice")
