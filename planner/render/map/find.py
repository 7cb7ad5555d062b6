"""What the page needs to find an estate, a building or a centre, and to draw the walk to its centre.

Names are searched where they already lie in the page; what is added is the first letter of each Chinese
character among them.  Walks are found in the page itself, on the pieces of street that the plan keeps:
their crossings are told by place alone, so no two crossings may share one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.model.arrays import Floats, Ints
from planner.model.measures import METRES_A_MINUTE
from planner.model.plane import SCALE, LocalProjection
from planner.model.tables import PlanTables

__all__ = ["SEVERAL", "finding_payload", "first_letters"]

TOLERANCE = 2.0  # steps by which a bend may be left out of a piece of street: 0.2 m
_CHINESE = re.compile("[\u3400-\u9fff]")


def finding_payload(
    tables: PlanTables, payload: Mapping[str, Any], *, walks: bool = True
) -> dict[str, Any]:
    """Gather what the page needs to find places and walks.

    `payload`: what the page tells already: no other text is looked at, so nothing more is told.
    `walks`: whether walks from buildings may be drawn; not where buildings are not shown.
    Gives: plain JSON values: ``letters`` (characters, then the first letter of each), ``also``
    (characters with a second reading, and that letter), ``pace`` (metres a minute), and ``ways``: None,
    or ``n`` (points of each piece of street), ``xy`` (all points, each as the step from the one
    before), ``metres`` (of one step east and north) and ``joins`` (unit and piece, for units that do
    not join the nearest one).
    """
    known = first_letters(t for t in _texts(payload) if _CHINESE.search(t))
    several = {char: letters[1:] for char, letters in known.items() if len(letters) > 1}
    return {
        "letters": ["".join(known), "".join(letters[0] for letters in known.values())],
        "also": several,
        "pace": METRES_A_MINUTE,
        "ways": _ways(tables, payload["origin"]) if walks else None,
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list) and value and not isinstance(value[0], int | float):
        for inner in value:
            yield from _texts(inner)


def _ways(tables: PlanTables, origin: list[int]) -> dict[str, Any] | None:
    ways, joins = tables.ways, tables.joins
    if ways is None or joins is None or not len(ways):
        return None
    points, start = _steps(ways.geometry.to_numpy(), np.array(origin))
    ends = np.column_stack([ways["start"].to_numpy(np.int64), ways["end"].to_numpy(np.int64)])
    _tell_crossings_apart(points, start, ends)
    metres = _metres_a_step(points, origin)
    homes = np.rint(shapely.get_coordinates(tables.units.geometry.to_numpy()) * SCALE) - origin
    return {
        "n": np.diff(start).tolist(),
        "xy": np.diff(points, axis=0, prepend=0).ravel().tolist(),
        "metres": [round(float(m), 6) for m in metres],
        "joins": _odd_joins(
            points * metres, start, homes * metres, joins["way"].to_numpy(np.int64)
        ),
    }


def _steps(lines: NDArray[Any], origin: NDArray[Any]) -> tuple[Ints, Ints]:
    """Points of all lines in whole steps, and where each line starts among them."""
    flat = shapely.transform(lines, lambda xy: xy * SCALE - origin)
    thin = shapely.simplify(flat, TOLERANCE)
    xy, which = shapely.get_coordinates(thin, return_index=True)
    start = np.searchsorted(which, np.arange(len(lines) + 1))
    return np.rint(xy).astype(np.int64), start


def _tell_crossings_apart(points: Ints, start: Ints, ends: Ints) -> None:
    """Move crossings that would share a place with another one by a step or more, in place."""
    at = np.column_stack([start[:-1], start[1:] - 1])
    _, first = np.unique(ends, return_index=True)
    spots = points[at.ravel()[first]]
    taken: set[tuple[int, int]] = set()
    for i, (x, y) in enumerate(spots.tolist()):
        # A step is 0.1 m: nobody sees it, and the page tells crossings by their place alone.
        while (x, y) in taken:
            x += 1
        taken.add((x, y))
        spots[i] = x, y
    points[at.ravel()] = spots[np.unique(ends, return_inverse=True)[1].ravel()]


def _metres_a_step(points: Ints, origin: list[int]) -> Floats:
    lon, lat = (np.median(points, axis=0) + origin) / SCALE
    plane = LocalProjection.around([lon], [lat])
    xy = plane.to_xy([lon, lon + 0.01, lon], [lat, lat, lat + 0.01])
    return np.array([np.hypot(*(xy[1] - xy[0])), np.hypot(*(xy[2] - xy[0]))]) / (0.01 * SCALE)


def _odd_joins(points: Floats, start: Ints, homes: Floats, way: Ints) -> list[int]:
    """Units that do not join the piece of street nearest to them, each with the piece that it joins."""
    which = np.repeat(np.arange(len(start) - 1), np.diff(start))
    lines = np.asarray(shapely.linestrings(points, indices=which), object)
    on = np.flatnonzero(way >= 0)
    spots = np.asarray(shapely.points(homes), object)
    # Most units join the nearest piece, which the page finds by itself: only the others are written
    # down.
    unit, near = shapely.STRtree(lines).query_nearest(spots[on])
    usual = np.zeros(len(way), bool)
    usual[on[unit[near == way[on][unit]]]] = True
    odd = on[~usual[on]]
    return np.column_stack([odd, way[odd]]).ravel().tolist()


# GB 2312 lists its 3,755 common characters in the order of their readings, so the first character of
# each letter is all that is needed; for the 3,008 rarer ones, which it lists by their shape, a letter
# each is kept (readings after the Unihan database).
# no word begins with i, u or v as it is read aloud
_LETTERS: Final = "abcdefghjklmnopqrstwxyz"
_FIRSTS: Final = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
_STARTS: Final = tuple(int.from_bytes(c.encode("gb2312"), "big") for c in _FIRSTS)
# rows of GB 2312 in EUC: level 1 from B0, level 2 from D8, 94 characters a row from A1
_LEVEL_1_ROW, _LEVEL_2_ROW, _COLUMN, _WIDE = 0xB0, 0xD8, 0xA1, 94
_LEVEL_2: Final = "".join(Path(__file__).with_name("initials.txt").read_text("ascii").split())
SEVERAL: Final = MappingProxyType(
    dict(
        zip(
            "长厦重曾行乐朝单藏泊堡番圩埔会解校盛车尉浒弄巷贾仇查种传调降合壳宿盖召峒莘涡蔚枞",
            "zscchyzszpppxbkxjcjyxlhgqzcztxgqxgstxgyz",
            strict=True,
        )
    )
)
"""Characters of place names that are read in two ways, and the letter of the other one."""


def first_letters(texts: Iterable[str]) -> dict[str, str]:
    """Give the first letters of all Chinese characters of some texts.

    Gives: each character and the letters that it may be called by, the likelier first; others than GB
    2312's (traditional ones, say) are left out.
    """
    found: dict[str, str] = {}
    for char in sorted(set().union(*texts)):
        letter = _letter(char)
        if letter:
            found[char] = letter + SEVERAL.get(char, "")
    return found


def _letter(char: str) -> str:
    code = char.encode("gb2312", "ignore")
    if len(code) != 2 or code[0] < _LEVEL_1_ROW:
        return ""
    if code[0] >= _LEVEL_2_ROW:
        return _LEVEL_2[(code[0] - _LEVEL_2_ROW) * _WIDE + code[1] - _COLUMN]
    return _LETTERS[bisect_right(_STARTS, int.from_bytes(code, "big")) - 1]
