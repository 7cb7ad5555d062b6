"""Who lives in the made-up town: synthetic households and members, with addresses as people write them.

Every tenth address or so carries the damage that people do: another unit word, full-width or Chinese
numerals, dashes, a dropped part, a typing error.  Names are "合成居民00001" and the like.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from planner.town import Block, Building, Town, town_lon_lat

__all__ = ["Townsfolk", "make_townsfolk", "spread_centres"]

PREFIXES = (
    "",
    "",
    "",
    "八公山区",
    "新庄孜街道",
    "淮南市八公山区新庄孜街道",
    "安徽省淮南市八公山区新庄孜街道",
)
NUMERALS = "零一二三四五六七八九十"
ROLES = ("社区干部", "网格员", "楼栋长", "退役军人党员", "在职党员", "离退休党员")
STRENGTHS = ("政策宣讲员", "学习组织员", "纠纷调解员", "志愿服务员")
TYPING_ERRORS = str.maketrans({"园": "圆", "苑": "院", "新": "心", "里": "理", "区": "曲"})
MEMBERS, HOUSEHOLDS_A_CENTRE = 304, 88


@dataclass(frozen=True, slots=True)
class _Door:
    """One flat."""

    block: Block
    building: Building
    stairwell: int
    floor: int
    flat: int

    @property
    def room(self) -> str:
        return f"{self.floor}{self.flat:02d}"


@dataclass(frozen=True, eq=False)
class Townsfolk:
    """The sheets of the made-up office.

    Parameters
    ----------
    households, members, buildings : DataFrame
        With the Chinese headers of an office; all text.  `buildings` is the office's building table, in
        WGS-84.
    """

    households: pd.DataFrame
    members: pd.DataFrame
    buildings: pd.DataFrame


def make_townsfolk(town: Town, *, seed: int = 0) -> Townsfolk:
    """Let people move in.

    Parameters
    ----------
    town : Town
        From `planner.town.build_town`.
    seed : int
        Same seed, same people.
    """
    rng = np.random.default_rng(seed)
    doors = list(_doors(town))
    return Townsfolk(
        _household_sheet(doors, rng), _member_sheet(doors, town, rng), _building_table(town)
    )


def _doors(town: Town) -> list[_Door]:
    return [
        _Door(block, b, stairwell + 1, floor + 1, flat + 1)
        for block in town.blocks
        for b in block.buildings
        for stairwell in range(b.stairwells)
        for floor in range(b.floors)
        for flat in range(b.flats)
    ]


def _household_sheet(doors: Sequence[_Door], rng: np.random.Generator) -> pd.DataFrame:
    n = len(doors)
    return pd.DataFrame(
        {
            "序号": [str(i + 1) for i in range(n)],
            "户编号": [f"JM{i + 1:05d}" for i in range(n)],
            "户主姓名": [f"合成居民{i + 1:05d}" for i in range(n)],
            "联系电话": [f"000-0000-{i % 10000:04d}" for i in range(n)],
            "所属社区": [d.block.community for d in doors],
            "家庭住址": [_written(d, rng) for d in doors],
            "独居老人": np.where(rng.random(n) < 0.03, "是", ""),
            "备注": "",
        }
    )


def _written(door: _Door, rng: np.random.Generator) -> str:
    """Write one address as one of the many hands would."""
    block, b = door.block, door.building
    prefix = PREFIXES[int(rng.integers(len(PREFIXES)))]
    if rng.random() < 0.25:
        prefix += block.community
    if not block.name:
        return f"{prefix}老井巷{_numeral(b.number, rng)}号"
    street = f"{block.road}{block.number}号" if rng.random() < 0.35 else ""
    name = block.name.translate(TYPING_ERRORS) if rng.random() < 0.02 else block.name
    hand = rng.random()
    if hand < 0.12:
        tail = f"{b.number}-{door.stairwell}-{door.room}"
    elif hand < 0.14:
        tail = f"{door.room}室"
    else:
        word = ("栋", "幢", "号楼", "#")[int(rng.choice(4, p=[0.5, 0.15, 0.3, 0.05]))]
        room = door.room + ("室" if rng.random() < 0.6 else "")
        tail = f"{_numeral(b.number, rng)}{word}{_numeral(door.stairwell, rng)}单元{room}"
    text = f"{prefix}{street}{name}{tail}"
    if rng.random() < 0.05:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-#"})
    return text if rng.random() > 0.03 else f" {text} "


def _numeral(number: int, rng: np.random.Generator) -> str:
    return NUMERALS[number] if number <= 10 and rng.random() < 0.06 else str(number)


def _member_sheet(doors: Sequence[_Door], town: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Let members live evenly among the doors, and spread the centres of each block."""
    flats = np.array([i for i, d in enumerate(doors) if d.block.name])
    at = flats[(len(flats) / MEMBERS * (np.arange(MEMBERS) + rng.random())).astype(np.int64)]
    homes = [doors[i] for i in at]
    centre = np.zeros(MEMBERS, bool)
    for block in town.blocks:
        lived = np.array([(d.building.x, d.building.y) for d in doors if d.block is block])
        number = round(len(lived) / HOUSEHOLDS_A_CENTRE)
        if number:
            here = np.array([i for i, d in enumerate(homes) if d.block is block])
            place = np.array([(homes[i].building.x, homes[i].building.y) for i in here])
            stairs = [(homes[i].building.number, homes[i].stairwell) for i in here]
            chosen = spread_centres(lived, np.ones(len(lived)), place, stairs, number, rng)
            centre[here[chosen]] = True
    strength = rng.random((MEMBERS, len(STRENGTHS))) < 0.3
    return pd.DataFrame(
        {
            "编号": [f"DY{i + 1:04d}" for i in range(MEMBERS)],
            "姓名": [f"合成党员{i + 1:04d}" for i in range(MEMBERS)],
            "社区": [d.block.community for d in homes],
            "地址": [_written(d, rng) for d in homes],
            "身份": [ROLES[int(r)] for r in rng.integers(len(ROLES), size=MEMBERS)],
            "特长": [
                "、".join(s for s, has in zip(STRENGTHS, row, strict=True) if has)
                for row in strength
            ],
            "是否中心户": np.where(centre, "是", "否"),
        }
    )


def spread_centres(
    homes_xy: NDArray[np.float64],
    weight: ArrayLike,
    members_xy: NDArray[np.float64],
    unit: Sequence[Hashable],
    number: int,
    rng: np.random.Generator,
) -> list[int]:
    """Choose centres where homes are: the member nearest to each mean, one of a unit at most.

    Parameters
    ----------
    homes_xy : ndarray of float, shape (n_homes, 2)
        Metres.
    weight : array_like of float, shape (n_homes,)
        Households of each.
    members_xy : ndarray of float, shape (n_members, 2)
        Metres.
    unit : sequence, length n_members
        What each member lives in.
    number : int
        Centres wanted.
    rng : Generator
        Seeds the means.

    Returns
    -------
    list of int
        Positions among the members.
    """
    from sklearn.cluster import KMeans

    means = KMeans(number, n_init="auto", random_state=int(rng.integers(2**31)))
    means.fit(homes_xy, sample_weight=np.asarray(weight, float))
    chosen: list[int] = []
    taken: set[Hashable] = set()
    for middle in means.cluster_centers_[np.lexsort(means.cluster_centers_.T)]:
        near = np.argsort(((members_xy - middle) ** 2).sum(axis=1), kind="stable")
        pick = next(int(m) for m in near if unit[int(m)] not in taken)
        chosen.append(pick)
        taken.add(unit[pick])
    return chosen


def _building_table(town: Town) -> pd.DataFrame:
    rows = [(block, b) for block in town.blocks for b in block.buildings]
    place = town_lon_lat(np.array([(b.x, b.y) for _, b in rows]))
    return pd.DataFrame(
        {
            "社区": [block.community for block, _ in rows],
            "小区": [block.name for block, _ in rows],
            "地址": ["" if block.name else f"老井巷{b.number}号" for block, b in rows],
            "楼栋": [f"{b.number}栋" if block.name else "" for block, b in rows],
            "单元数": [str(b.stairwells) for _, b in rows],
            "经度": [f"{lon:.7f}" for lon in place[:, 0]],
            "纬度": [f"{lat:.7f}" for lat in place[:, 1]],
        }
    )
