"""The levels above the centres as data: mentors of centres, leaders of mentors, and so on.

A level says who is looked after, who looks after them, and how many each may have.  The levels of a
project stand in its file; the machinery that fills them is one for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.errors import ConfigError

__all__ = ["CENTRES", "MENTOR", "Level", "read_levels"]

CENTRES = "centre"
"""What the lowest level looks after."""
MENTOR = "mentor"
_KEYS = ("name", "title", "title_zh", "from", "sheet", "low", "high")
_RESERVED = frozenset(
    {"centre_id", "number", "fence", "colour", "households", "members", "gaps", "broken", "geometry",
     "unit_id", "label", "load", "zone"}
)  # fmt: skip


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
        How many of the level below each may have; None shares them out evenly.

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
            raise ConfigError(
                f"levels: {self.name!r} cannot be the name of a level",
                remedy="use a short English word of its own, such as mentor",
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ConfigError(f"level {self.name}: low = {self.low} is above high = {self.high}")
        if self.high is not None and self.high < 1:
            raise ConfigError(f"level {self.name}: high = {self.high} lets nobody have anyone")


def read_levels(
    listed: Sequence[Any], mentors: Mapping[str, Any], sheet: Path | None, folder: Path, where: str
) -> tuple[Level, ...]:
    """Read the levels of a project file, lowest first.

    Parameters
    ----------
    listed : sequence of mapping
        The tables ``[[levels]]``: ``name, title, title_zh, from, sheet, low, high``.
    mentors : mapping
        The section ``[mentors]``: the same keys but for name and from; a level of mentors in short.
    sheet : Path or None
        ``[inputs] mentors``.
    folder : Path
        Of the project file.
    where : str
        For messages.

    Raises
    ------
    ConfigError
        A key is unknown or a value wrong, two levels share a name, or a level has nothing below it.
    """
    made = [_level(values, folder, f"{where}, [[levels]]") for values in listed]
    if mentors or sheet is not None:
        own = _level({"name": MENTOR, **mentors}, folder, f"{where}, [mentors]", sheet)
        made = [own, *made]
    known = {CENTRES}
    for level in made:
        if level.name in known:
            raise ConfigError(f"{where}: two levels are called {level.name!r}")
        if level.below not in known:
            raise ConfigError(
                f"{where}: level {level.name!r} is for {level.below!r}, which no level before it is called",
                remedy="list the levels from below; the first is for: " + CENTRES,
            )
        known.add(level.name)
    return tuple(made)


def _level(values: Any, folder: Path, where: str, sheet: Path | None = None) -> Level:
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} must be tables, not {values!r}")
    unknown = sorted(set(values) - set(_KEYS))
    if unknown:
        raise ConfigError(
            f"{where}: unknown key {unknown[0]!r}", remedy="known keys: " + ", ".join(_KEYS)
        )
    taken: dict[str, Any] = {}
    for key, value in values.items():
        if key in ("low", "high"):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ConfigError(
                    f"{where}.{key} must be a whole number of 0 or more, not {value!r}"
                )
        elif not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{where}.{key} must be a text in quotes, not {value!r}")
        taken["below" if key == "from" else key] = folder / str(value) if key == "sheet" else value
    if "name" not in taken:
        raise ConfigError(f"{where}: name is missing", remedy='add a line such as: name = "mentor"')
    if sheet is not None:
        taken["sheet"] = sheet
    title = {} if taken["name"] == MENTOR else {"title": taken["name"], "title_zh": taken["name"]}
    return Level(**{**title, **taken})
