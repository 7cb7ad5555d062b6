"""The levels above the centres as data: mentors of centres, leaders of mentors, and so on.

A level says who is looked after, who looks after them, and how many each may have.  The levels of a
project stand in its file; the machinery that fills them is one for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from planner.errors import ConfigError, PlannerError
from planner.model.section import made, read_section, refuse_unknown

__all__ = ["CENTRES", "MENTOR", "Level", "LevelOutcome", "audit_level", "read_levels"]

CENTRES = "centre"
"""What the lowest level looks after."""
MENTOR = "mentor"
_TOLD = {"from": "below"}
_KEYS = ("name", "title", "title_zh", "from", "sheet", "low", "high")
# Columns that the zones' table has already; a level's name becomes one.
_RESERVED = (
    *("centre_id", "number", "fence", "colour", "households", "members", "gaps", "broken"),
    *("geometry", "unit_id", "label", "load", "zone"),
)


@dataclass(frozen=True, slots=True)
class Level:
    """One level: who looks after whom, and how many.

    Parameters
    ----------
    name : str
        Short, in lower case: a column of the zones' table is called so.
    title, title_zh : str
        What one of them is called, in English and Chinese.
    below : str
        Name of the level that is looked after: ``centre``, or another level.
    sheet : Path or None
        Their sheet: 编号/id, an address or 经度/lon and 纬度/lat, and if wanted 可联系数/capacity.  None
        takes the members that are marked in the column 是否指导员/mentor.
    low, high : int or None
        How many of the level below each may have.  With neither they are shared out evenly, within what
        the sheet says of each; a side that is left out has no limit.

    Raises
    ------
    ConfigError
        Low is above high, or the name cannot be used.
    """

    name: str = MENTOR
    title: str = "mentor"
    title_zh: str = "指导员"
    below: str = CENTRES
    sheet: Path | None = None
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if not (self.name.isascii() and self.name.isidentifier()) or self.name in _RESERVED:
            raise ConfigError.of("level-bad-name", name=self.name)
        if min(self.low or 0, self.high or 0) < 0:
            raise ConfigError.of("level-limits-negative", name=self.name)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ConfigError.of(
                "level-limits-crossed", name=self.name, low=self.low, high=self.high
            )
        if self.high is not None and self.high < 1:
            raise ConfigError.of("level-high-zero", name=self.name, high=self.high)


@dataclass(frozen=True, slots=True)
class LevelOutcome:
    """What a filled level comes to: counted again from who has whom.

    Parameters
    ----------
    name, title, title_zh, below : str
        Of the level.
    clients, people, serving : int
        How many are looked after; how many could; how many do.
    low, high : int or None
        How many each may have.
    load_min, load_max : int
        Fewest and most that one who serves has.
    walk_mean_m, walk_max_m : float or None
        Walks between the two homes; None where none is known.
    short, over : int
        People below the floor, and above their ceiling.
    unreached : int
        Clients without a path to who looks after them.
    """

    name: str
    title: str
    title_zh: str
    below: str
    clients: int
    people: int
    serving: int
    low: int | None
    high: int | None
    load_min: int
    load_max: int
    walk_mean_m: float | None
    walk_max_m: float | None
    short: int
    over: int
    unreached: int


def audit_level(
    level: Level,
    given: ArrayLike,
    walk_m: ArrayLike,
    people: int,
    *,
    low: int | None,
    high: int | None,
    ceiling: ArrayLike,
) -> LevelOutcome:
    """Count a filled level again, from who has whom alone.

    Parameters
    ----------
    given : array_like of int, shape (n_clients,)
        Who looks after each client.
    walk_m : array_like of float, shape (n_clients,)
        Walk between the two, measured again; NaN where there is no path.
    people : int
        How many could look after somebody.
    ceiling : array_like of float, shape (people,)
        Ceilings of single people; NaN for none.

    Raises
    ------
    PlannerError
        A client has nobody, or somebody who is not there.
    """
    of, walk = np.asarray(given, np.int64), np.asarray(walk_m, float)
    if len(of) and not (0 <= of.min() <= of.max() < people):
        raise PlannerError.of(
            "level-client-unknown", name=level.name, title=level.title, title_zh=level.title_zh
        )
    load = np.bincount(of, minlength=people)
    own = np.asarray(ceiling, float)
    most = np.minimum(np.where(np.isfinite(own), own, np.inf), np.inf if high is None else high)
    serves = load > 0
    known = walk[np.isfinite(walk)]
    return LevelOutcome(
        **{name: getattr(level, name) for name in ("name", "title", "title_zh", "below")},
        clients=len(of),
        people=people,
        serving=int(serves.sum()),
        low=low,
        high=high,
        load_min=int(load[serves].min(initial=len(of))),
        load_max=int(load.max(initial=0)),
        walk_mean_m=round(float(known.mean()), 1) if len(known) else None,
        walk_max_m=round(float(known.max()), 1) if len(known) else None,
        # Whose own ceiling lies below the floor is not short: more is not wanted of them.
        short=int((serves & (load < np.minimum(low or 0, most))).sum()),
        over=int((load > most).sum()),
        unreached=len(walk) - len(known),
    )


def read_levels(
    listed: object, mentors: Mapping[str, Any], folder: Path, where: str
) -> tuple[Level, ...]:
    """Read the levels of a project file, lowest first.

    Parameters
    ----------
    listed : list of mapping
        The tables ``[[levels]]``: ``name, title, title_zh, from, sheet, low, high``.
    mentors : mapping
        The section ``[mentors]``: the same keys but for name and from; a level of mentors in short.

    Raises
    ------
    ConfigError
        A key is unknown or a value wrong, two levels share a name, or a level has nothing below it.
    """
    if not isinstance(listed, list):
        raise ConfigError.of("levels-not-tables", where=where)
    found = [_level(values, folder, f"{where}, [[levels]]") for values in listed]
    if mentors:
        found.insert(0, _level({"name": MENTOR, **mentors}, folder, f"{where}, [mentors]"))
    known = {CENTRES}
    for level in found:
        if level.name in known:
            raise ConfigError.of("two-levels-one-name", where=where, name=level.name)
        if level.below not in known:
            raise ConfigError.of(
                "level-for-unknown",
                where=where,
                name=level.name,
                below=level.below,
                centres=CENTRES,
            )
        known.add(level.name)
    return tuple(found)


def _level(values: object, folder: Path, where: str) -> Level:
    # the file says "from", which is no name in Python
    given = {_TOLD.get(k, k): v for k, v in refuse_unknown(values, _KEYS, where).items()}
    taken = read_section(Level, given, where, folder=folder)
    if "name" not in taken:
        raise ConfigError.of("level-without-name", where=where)
    # Mentors have a Chinese title of their own; what an office invents is called by its name.
    title = {} if taken["name"] == MENTOR else {"title": taken["name"], "title_zh": taken["name"]}
    return made(Level, title | taken, where)
