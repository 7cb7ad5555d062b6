"""Care households shared out evenly, or tied to a kind of member: rules of a project about each zone.

"Two or three care households for each member", "every elder living alone in the zone of a volunteer": both
are care households counted for each member of some kind, between a floor and a ceiling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.errors import ConfigError
from planner.model.rules import Bound
from planner.model.section import made, read_section

__all__ = ["Share", "read_shares"]


@dataclass(frozen=True, slots=True)
class Share:
    """Care households for each member of a zone.

    Parameters
    ----------
    care : tuple of str
        Words of the kinds of care that count (独居老人); every kind if empty.
    talents : tuple of str
        Words of the strengths (特长) of the members that count; every member if empty.  Where none of them
        lives in a zone it may have no such household: that is how homes are linked to a kind of member.
    low, high : float or None
        The fewest and the most for each member that counts.
    hard : bool
        Rather no plan than one that breaks it.
    price_m : float
        Metres charged for each household too many or too few.

    Raises
    ------
    ConfigError
        Neither limit is given, they cross, or a number is negative.
    """

    care: tuple[str, ...] = ()
    talents: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    hard: bool = False
    price_m: float = 1000.0

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ConfigError.of("share-without-limit")
        # a bound refuses what cannot be meant
        Bound(self.low, self.high, self.hard, self.price_m)
        for word in (*self.care, *self.talents):
            if not word.strip() or set("/:|@") & set(word):
                raise ConfigError.of("share-word", word=word)

    @property
    def name(self) -> str:
        """Name of its rule; see `planner.model.rules.rule_words`."""
        return f"care_per_member:{'|'.join(self.talents)}/{'|'.join(self.care)}".removesuffix(":/")


def read_shares(listed: object, where: str) -> tuple[Share, ...]:
    """Read the tables ``[[shares]]`` of a project file.

    Raises
    ------
    ConfigError
        A key is unknown, a value is wrong, or two are of the same households and members.
    """
    at = f"{where}, [[shares]]"
    if not isinstance(listed, Sequence) or not all(isinstance(one, Mapping) for one in listed):
        raise ConfigError.of("shares-not-tables", where=where)
    found = tuple(made(Share, read_section(Share, one, at), at) for one in listed)
    if len({one.name for one in found}) < len(found):
        raise ConfigError.of("shares-twice", where=at)
    return found
