"""What it is worth that people who belong together share a zone: the section ``[affinity]``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from planner.errors import ConfigError

__all__ = ["Affinity", "read_affinity"]


@dataclass(frozen=True, slots=True)
class Affinity:
    """Prices of ties, and the talents that each zone should have.

    Parameters
    ----------
    tie_m : float
        Metres of walking that it is worth to keep two homes that belong together in one zone, and a home
        with the member who helps it; for rows of the sheet of ties that state no price.
    apart_m : float
        The same for two homes that are to be kept apart.
    compound_m : float
        Price when two neighbouring stairwells of one compound come into two zones, for each home of
        the smaller one; 0 for none.
    talents : tuple of str
        Strengths (特长) of which each zone should have at least one member.
    talent_price : float
        Metres charged for each talent that a zone is without.

    Raises
    ------
    ConfigError
        A price is negative, or a talent is no plain word.
    """

    tie_m: float = 200.0
    apart_m: float = 2000.0
    compound_m: float = 0.0
    talents: tuple[str, ...] = ()
    talent_price: float = 1000.0

    def __post_init__(self) -> None:
        for name in ("tie_m", "apart_m", "compound_m", "talent_price"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"affinity.{name} = {value:g} must be 0 or more")
        for talent in self.talents:
            if not talent.strip() or "," in talent:
                raise ConfigError(
                    f"affinity.talents: {talent!r} is no talent",
                    remedy='write each by itself: talents = ["矛盾调解员", "政策宣讲员"]',
                )
        if len(set(self.talents)) < len(self.talents):
            raise ConfigError("affinity.talents names one twice", remedy="drop one of the two")


def read_affinity(values: Mapping[str, Any], where: str) -> Affinity:
    """Read the section.

    Parameters
    ----------
    values : mapping
        TOML values.
    where : str
        For messages.

    Raises
    ------
    ConfigError
        A key is unknown or has a wrong value.
    """
    known = tuple(f.name for f in fields(Affinity))
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(
            f"{where}: unknown key {unknown[0]!r}", remedy="known keys: " + ", ".join(known)
        )
    taken: dict[str, Any] = {}
    for name, value in values.items():
        if name == "talents":
            if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise ConfigError(
                    f'{where}.{name} must be a list such as ["a", "b"], not {value!r}'
                )
            taken[name] = tuple(v.strip() for v in value)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{where}.{name} must be a number, not {value!r}")
        else:
            taken[name] = float(value)
    return Affinity(**taken)
