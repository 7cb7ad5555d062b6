"""Who a file is for, and what that audience may see of a plan.

One plan, three audiences.  What each may see stands here and nowhere else: the payloads are made by it
and the gate of `planner.privacy` holds every finished file against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from planner.errors import ConfigError

__all__ = ["AUDIENCE_OF", "INTERNAL_WORDS", "Audience", "Terms", "audience_of"]


class Audience(StrEnum):
    """Who a file is for."""

    PUBLIC = "public"
    """Anyone 公开: zone outlines, the centre's name and office phone, rounded counts."""
    MEETING = "meeting"
    """A meeting of the office 会议: homes by block, rounded; nobody's id but the centres'."""
    INTERNAL = "internal"
    """The office itself 内部: the roster.  Asked for by name, and watermarked."""

    @property
    def terms(self) -> Terms:
        """What this audience may see."""
        return _TERMS[self]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an audience may see of a plan.

    Parameters
    ----------
    grid_steps : int
        Positions are multiples of so many steps of 1e-6 degrees.
    smallest : int
        Counts of homes from 1 up to this are hidden.
    rounded : int
        Counts are rounded to multiples of this.
    shows : frozenset of str
        Keys of the page's data that it may hold; any other stops the page.
    doors, people : bool
        Whether single buildings, and single residents, may be told.
    """

    zh: str
    en: str
    grid_steps: int
    smallest: int
    rounded: int
    shows: frozenset[str]
    doors: bool = True
    people: bool = False


_PUBLIC = frozenset(
    "audience scale origin view grid meta figures shares colours zones base basemap".split()  # noqa: SIM905
)
_MEETING = _PUBLIC - {"audience", "grid", "shares"} | {
    *("rules", "centres", "units", "blocks", "gaps", "causes", "needs")
}
# Grids in steps of 1e-6 degrees: 200 are some 20 m, so that no outline follows a single door.
# Thresholds of 10 and rounding to 3 or 5 are usual for published counts; see `blocks`.
_TERMS: Mapping[Audience, Terms] = MappingProxyType(
    {
        Audience.PUBLIC: Terms("公开", "public", 200, 10, 5, _PUBLIC, doors=False),
        Audience.MEETING: Terms("会议", "meeting", 1, 10, 3, _MEETING),
        Audience.INTERNAL: Terms("内部", "internal", 1, 1, 1, _MEETING | {"audience"}, people=True),
    }
)

INTERNAL_WORDS = "内部资料 · 注意保密"
"""The watermark of every page of an internal file."""

AUDIENCE_OF: Mapping[str, Audience] = MappingProxyType(
    {
        "map.html": Audience.MEETING,
        "summary.md": Audience.MEETING,
        "summary.json": Audience.INTERNAL,
        "roster.internal.xlsx": Audience.INTERNAL,
        "plan.gpkg": Audience.INTERNAL,
    }
)
"""The audience of each file that `Plan.save` writes; the plan file is the office's own record."""


def audience_of(name: str | Audience) -> Audience:
    """Read an audience by its name.

    Raises `ConfigError`: there is no such audience.
    """
    try:
        return Audience(str(name).strip().lower())
    except ValueError:
        raise ConfigError.of(
            "unknown-audience", name=name, names=", ".join(Audience), names_zh="、".join(Audience)
        ) from None
