"""The invented ground of the made-up town: its streets, river, railway, and what each lot is used for.

The plan is drawn on squared paper and then bent, as no town is square: `bend` moves every point of the
paper to where it lies, in metres.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.model.plane import LocalProjection

__all__ = [
    "AREAS",
    "COMMUNITIES",
    "LANES",
    "LOTS",
    "MIDDLE",
    "RAIL_Y",
    "RIVER_X",
    "ROADS",
    "Lane",
    "Lot",
    "Road",
    "bend",
    "bent_line",
]

Box = tuple[float, float, float, float]

MIDDLE = LocalProjection(116.83, 32.64)
RAIL_Y, RIVER_X = 425.0, 820.0
STEP_M = 30.0


@dataclass(frozen=True, slots=True)
class Road:
    """A straight street of the paper.

    Parameters
    ----------
    name, kind : str
        Name and ``highway`` tag.
    across : bool
        Whether it runs west to east.
    at : float
        Its y (or x, if it runs south to north).
    start, end : float
        Where it begins and ends.
    """

    name: str
    kind: str
    across: bool
    at: float
    start: float
    end: float


ROADS = (
    Road("南环路", "secondary", True, 0.0, 0.0, 1180.0),
    Road("建设路", "residential", True, 200.0, 0.0, 780.0),
    Road("铁南路", "residential", True, 390.0, 0.0, 780.0),
    Road("铁北路", "residential", True, 460.0, 0.0, 780.0),
    Road("文化路", "tertiary", True, 660.0, 0.0, 1180.0),
    Road("北环路", "residential", True, 860.0, 0.0, 780.0),
    Road("胜利路", "residential", True, 200.0, 860.0, 1180.0),
    Road("胜利北路", "residential", True, 390.0, 860.0, 1180.0),
    Road("新河路", "residential", True, 460.0, 860.0, 1180.0),
    Road("西环路", "residential", False, 0.0, 0.0, 390.0),
    Road("矿前路", "residential", False, 0.0, 460.0, 860.0),
    Road("矿工路", "secondary", False, 255.0, 0.0, 860.0),
    Road("和平路", "residential", False, 520.0, 0.0, 390.0),
    Road("和平北路", "residential", False, 520.0, 460.0, 860.0),
    Road("滨河西路", "tertiary", False, 780.0, 0.0, 860.0),
    Road("滨河东路", "tertiary", False, 860.0, 0.0, 660.0),
    Road("东环路", "residential", False, 1180.0, 0.0, 660.0),
    Road("河湾路", "residential", False, 860.0, 660.0, 960.0),
)


@dataclass(frozen=True, slots=True)
class Lot:
    """Ground for one walled compound.

    Parameters
    ----------
    name, community, road : str
        Of the compound; where it belongs; the street of its first gate.
    box : tuple of float
        West, south, east, north of its wall, on the paper.
    south, north : float
        y of the streets to both sides; a gate opens to each that is not NaN.
    slabs : tuple of int
        Stairwells of the slabs of a row; its path leads in behind the first slab.
    rows, slots : int
        Rows of slabs, and rows that the lot has room for: the others are green.
    """

    name: str
    community: str
    road: str
    box: Box
    south: float
    north: float
    slabs: tuple[int, ...] = (2, 2)
    rows: int = 4
    slots: int = 5


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of low houses.

    Parameters
    ----------
    name, community : str
    across : bool
        Whether it runs west to east.
    at, start, end : float
        As for `Road`.
    first, last : float
        Between these stand the houses.
    """

    name: str
    community: str
    across: bool
    at: float
    start: float
    end: float
    first: float
    last: float


UNITED, CHEMICAL, VICTORY = COMMUNITIES = ("团结社区", "化工社区", "胜利社区")


def _lot(
    name: str, community: str, road: str, west: float, east: float, south: float, north: float,
    **more: object,
) -> Lot:  # fmt: skip
    gate = float("nan") if more.pop("one_gate", False) else north
    box = (west, south + 11.0, east, north - 11.0)
    return Lot(name, community, road, box, south, gate, **more)  # type: ignore[arg-type]


_WIDE = {"slabs": (3, 3, 2), "rows": 3, "slots": 4}
LOTS = (
    _lot("向阳小区", UNITED, "南环路", 11, 124, 0, 200),
    _lot("东岗新村", UNITED, "南环路", 131, 244, 0, 200),
    _lot("安康苑", UNITED, "南环路", 266, 509, 0, 200, **_WIDE),
    _lot("曙光里", UNITED, "南环路", 655, 769, 0, 200),
    _lot("惠民家园", UNITED, "建设路", 266, 382, 200, 390),
    _lot("光明新村", UNITED, "建设路", 389, 509, 200, 390),
    _lot("育才小区", UNITED, "建设路", 652, 769, 200, 390, one_gate=True),
    _lot("春晖苑", CHEMICAL, "铁北路", 266, 382, 460, 660),
    _lot("前锋新村", CHEMICAL, "铁北路", 389, 509, 460, 660, one_gate=True),
    _lot("友谊里", CHEMICAL, "铁北路", 531, 769, 460, 660, **_WIDE),
    _lot("青松园", CHEMICAL, "文化路", 131, 244, 660, 860),
    _lot("银河小区", CHEMICAL, "文化路", 392, 509, 660, 860),
    _lot("兴隆里", CHEMICAL, "文化路", 531, 645, 660, 860),
    _lot("河东花园", VICTORY, "南环路", 871, 1120, 0, 200, **_WIDE),
    _lot("翠湖苑", VICTORY, "胜利路", 871, 986, 200, 390),
    _lot("新星家园", VICTORY, "新河路", 871, 986, 460, 660, rows=2, one_gate=True),
)
LANES = (
    Lane("老井巷", UNITED, True, 245.0, 0.0, 255.0, 24.0, 236.0),
    Lane("石榴巷", UNITED, True, 295.0, 0.0, 255.0, 24.0, 236.0),
    Lane("马家巷", UNITED, True, 345.0, 0.0, 255.0, 24.0, 236.0),
    Lane("石榴巷", CHEMICAL, True, 790.0, 0.0, 118.0, 30.0, 88.0),
    Lane("河湾路", VICTORY, False, 860.0, 660.0, 960.0, 915.0, 955.0),
)
AREAS: tuple[tuple[Box, dict[str, str], tuple[Box, ...]], ...] = (
    ((531, 12, 644, 188), {"leisure": "park", "name": "矿工公园(示例)"}, ()),
    (
        (531, 212, 642, 378), {"amenity": "school", "name": "建设路小学(示例)"},
        ((545, 335, 628, 351), (545, 290, 600, 304)),
    ),
    ((540, 222, 632, 276), {"leisure": "recreation_ground"}, ()),
    (
        (12, 472, 243, 648), {"landuse": "industrial", "name": "示例煤矿工业广场"},
        ((40, 590, 120, 622), (140, 580, 170, 625), (60, 500, 170, 528), (190, 540, 214, 564)),
    ),
    ((12, 672, 122, 848), {"leisure": "garden", "name": "矿前绿地"}, ()),
    (
        (266, 672, 384, 848), {"amenity": "hospital", "name": "矿工医院(示例)"},
        ((285, 790, 365, 812), (285, 730, 330, 750)),
    ),
    (
        (655, 672, 769, 848), {"amenity": "marketplace", "name": "文化路菜市场(示例)"},
        ((672, 695, 752, 722), (672, 745, 752, 772)),
    ),
    ((672, 790, 752, 840), {"leisure": "recreation_ground"}, ()),
    (
        (1000, 212, 1168, 378), {"amenity": "school", "name": "胜利中学(示例)"},
        ((1030, 330, 1120, 348), (1030, 290, 1090, 306)),
    ),
    ((1020, 222, 1140, 276), {"leisure": "recreation_ground"}, ()),
    (
        (1000, 472, 1168, 648), {"landuse": "residential", "name": "望河雅苑(示例，尚未入住)"},
        ((1030, 600, 1098, 613), (1030, 555, 1098, 568), (1030, 510, 1098, 523)),
    ),
    ((790, -60, 799, 900), {"landuse": "grass"}, ()),
    ((841, -60, 850, 900), {"landuse": "grass"}, ()),
    ((-330, 480, -45, 1010), {"natural": "wood", "name": "后山(示例)"}, ()),
    ((-45, 905, 640, 1010), {"natural": "wood"}, ()),
    ((1215, -90, 1480, 640), {"landuse": "meadow"}, ()),
    ((-330, -90, -45, 380), {"landuse": "meadow"}, ()),
)  # fmt: skip
"""What the other lots are used for: box, tags, and the boxes of its buildings."""


def bend(paper: ArrayLike) -> NDArray[np.float64]:
    """Move points of the squared paper to where they lie.

    Parameters
    ----------
    paper : array_like of float, shape (n, 2)
        x and y on the paper.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Metres in the plane of `MIDDLE`.
    """
    x, y = np.asarray(paper, float).reshape(-1, 2).T
    east = x + 26.0 * np.sin(y / 150.0 + 0.4) + 0.05 * y
    north = y + 17.0 * np.sin(x / 230.0 + 0.3) - 0.05 * x + 6.0 * np.sin((x + y) / 190.0)
    return np.column_stack([east - 590.0, north - 430.0])


def bent_line(paper: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Bend a line, with points enough to be smooth.

    Parameters
    ----------
    paper : sequence of (float, float)
        Corners on the paper; they stay corners.

    Returns
    -------
    list of (float, float)
        Metres in the plane of `MIDDLE`.
    """
    return [(float(x), float(y)) for x, y in bend(list(_dense(paper)))]


def _dense(line: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for (ax, ay), (bx, by) in pairwise(line):
        parts = max(1, round(max(abs(bx - ax), abs(by - ay)) / STEP_M))
        for i in range(parts):
            yield ax + (bx - ax) * i / parts, ay + (by - ay) * i / parts
    yield line[-1]
