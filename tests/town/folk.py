"""Who lives in the made-up town: synthetic households and members.

Names are "合成居民00001" and the like; how addresses are written is `tests.town.handwriting`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.town.handwriting import Place, write_address
from tests.town.town import Block, Building, Town, town_lon_lat

__all__ = ["Townsfolk", "make_townsfolk"]

ROLES = (
    ("社区委员", 8), ("网格员", 10), ("楼栋长", 22), ("退役军人", 12), ("在职党员", 20), ("退休党员", 28),
)  # fmt: skip
STRENGTHS = ("政策宣讲员", "学习组织员", "矛盾调解员", "志愿服务员")
REMARKS = (("", 90), ("租户", 5), ("长期外出务工", 3), ("门牌已换新", 2))
MEMBERS, HOMES_A_CENTRE, ONE_ZONE = 304, 86, 106
VACANT, LONE_ELDERS, LONE_ELDERS_IN_LANES = 0.04, 0.03, 0.09
VAGUE, NAMESAKES, BLANK, DOUBLED, WRONG_COMMUNITY = 2, 2, 2, 5, 0.008
NOWHERE = ("三号井家属院2栋1单元301", "原机修厂平房甲6号")


@dataclass(frozen=True, slots=True)
class _Door:
    """One home."""

    block: Block
    building: Building
    stairwell: int
    floor: int
    flat: int

    @property
    def place(self) -> Place:
        block, b = self.block, self.building
        if not block.name:
            return Place(block.community, "", block.road, b.number)
        room = f"{self.floor}{self.flat:02d}"
        return Place(
            block.community, block.name, block.road, block.number, b.number, self.stairwell, room
        )

    @property
    def spot(self) -> tuple[float, float]:
        """Where its stairwell is, on the paper."""
        b = self.building
        share = (self.stairwell - 0.5) / b.stairwells - 0.5
        return b.x + share * b.width, b.y


@dataclass(frozen=True, eq=False)
class Townsfolk:
    """The sheets of the made-up office.

    Parameters
    ----------
    households, members, buildings : DataFrame
        With the Chinese headers of an office; all text.  `buildings` is the office's building table, in
        WGS-84.
    truth : DataFrame
        ``id, community, compound, building, stairwell, lon, lat``: what the addresses of the households
        mean, for whoever wants to know how well they are read.  It is no sheet of the office.
    """

    households: pd.DataFrame
    members: pd.DataFrame
    buildings: pd.DataFrame
    truth: pd.DataFrame


def make_townsfolk(town: Town, *, seed: int = 0) -> Townsfolk:
    """Let people move in.

    Parameters
    ----------
    town : Town
        From `tests.town.town.build_town`.
    seed : int
        Same seed, same people.
    """
    rng = random.Random(seed)
    doors = [door for door in _doors(town) if rng.random() >= VACANT]
    households = _household_sheet(doors, town, rng)
    truth = _truth(doors, households["户编号"].tolist())
    table = _building_table(town)
    return Townsfolk(households, _member_sheet(doors, town, rng), table, truth)


def _doors(town: Town) -> list[_Door]:
    return [
        _Door(block, b, stairwell + 1, floor + 1, flat + 1)
        for block in town.blocks
        for b in block.buildings
        for stairwell in range(b.stairwells)
        for floor in range(b.floors)
        for flat in range(b.flats)
    ]


def _household_sheet(doors: Sequence[_Door], town: Town, rng: random.Random) -> pd.DataFrame:
    """One row a household, then the rows that were pasted twice."""
    n = len(doors)
    addresses = [write_address(d.place, rng) for d in doors]
    communities = [_stated_community(d, town, rng) for d in doors]
    for i, address in _puzzles(doors, town, rng).items():
        addresses[i] = address
        if _shared(doors[i], town):
            communities[i] = ""
    lone = [rng.random() < (LONE_ELDERS if d.block.name else LONE_ELDERS_IN_LANES) for d in doors]
    remarks = rng.choices([r for r, _ in REMARKS], [w for _, w in REMARKS], k=n)
    sheet = pd.DataFrame(
        {
            "户编号": [f"JM{i + 1:05d}" for i in range(n)],
            "户主姓名": [f"合成居民{i + 1:05d}" for i in range(n)],
            "联系电话": [f"000-0000-{i % 10000:04d}" for i in range(n)],
            "所属社区": communities,
            "家庭住址": addresses,
            "独居老人": ["是" if alone else "" for alone in lone],
            "工作量": ["2" if alone else "1" for alone in lone],
            "备注": remarks,
        }
    )
    again = sheet.iloc[sorted(rng.sample(range(n), DOUBLED))]
    sheet = pd.concat([sheet, again], ignore_index=True)
    sheet.insert(0, "序号", [str(i + 1) for i in range(len(sheet))])
    return sheet


def _stated_community(door: _Door, town: Town, rng: random.Random) -> str:
    """Give the community as the clerk entered it: now and then that of the other side of the street."""
    if rng.random() >= WRONG_COMMUNITY or _shared(door, town):
        return door.block.community
    others = [name for name, _ in town.communities if name != door.block.community]
    return others[rng.randrange(len(others))]


def _shared(door: _Door, town: Town) -> bool:
    """Tell whether two communities have a lane of that name, and this number in it."""
    numbers = [{b.number for b in o.buildings} for o in town.blocks if o.road == door.block.road]
    return not door.block.name and sum(door.building.number in n for n in numbers) > 1


def _puzzles(doors: Sequence[_Door], town: Town, rng: random.Random) -> dict[int, str]:
    """Give homes whose address is no help: one lane or the other, no building, nothing, nowhere.

    Those that leave their building out live in a compound small enough to be one zone.
    """
    size = Counter(d.block.name for d in doors)
    twice = [i for i, d in enumerate(doors) if _shared(d, town)]
    small = [i for i, d in enumerate(doors) if d.block.name and size[d.block.name] < ONE_ZONE]
    rest = sorted(set(range(len(doors))) - {*twice, *small})
    puzzles = {
        i: f"{doors[i].place.road}{doors[i].place.number}号" for i in rng.sample(twice, NAMESAKES)
    }
    for i in rng.sample(small, VAGUE):
        puzzles[i] = f"{doors[i].place.compound}{doors[i].place.room}室"
    lost = ("",) * BLANK + NOWHERE
    return puzzles | dict(zip(rng.sample(rest, len(lost)), lost, strict=True))


def _truth(doors: Sequence[_Door], ids: Sequence[str]) -> pd.DataFrame:
    at = town_lon_lat(np.array([(d.building.x, d.building.y) for d in doors]))
    return pd.DataFrame(
        {
            "id": ids[: len(doors)],
            "community": [d.block.community for d in doors],
            "compound": [d.block.name for d in doors],
            "building": [d.building.number for d in doors],
            "stairwell": [d.stairwell for d in doors],
            "lon": at[:, 0],
            "lat": at[:, 1],
        }
    )


def _member_sheet(doors: Sequence[_Door], town: Town, rng: random.Random) -> pd.DataFrame:
    """Let members live evenly among the homes, and choose the centres of each block."""
    step = len(doors) / MEMBERS
    homes = [doors[int(step * (i + rng.random()))] for i in range(MEMBERS)]
    centre = np.zeros(MEMBERS, bool)
    for group in _neighbourhoods(town):
        lived = np.array([d.spot for d in doors if d.block in group])
        here = np.array([i for i, d in enumerate(homes) if d.block in group], np.int64)
        for part in _parts(lived, round(len(lived) / HOMES_A_CENTRE)):
            centre[_nearest(part.mean(axis=0), here, homes, centre)] = True
    score = [60 + rng.randrange(25) + 12 * bool(chosen) for chosen in centre]
    named = [bool(chosen) or rng.random() < 0.25 for chosen in centre]
    roles = rng.choices([r for r, _ in ROLES], [w for _, w in ROLES], k=MEMBERS)
    return pd.DataFrame(
        {
            "编号": [f"DY{i + 1:04d}" for i in range(MEMBERS)],
            "姓名": [f"合成党员{i + 1:04d}" for i in range(MEMBERS)],
            "社区": [d.block.community for d in homes],
            "地址": [_member_address(d, bool(c), rng) for d, c in zip(homes, centre, strict=True)],
            "角色": roles,
            "特长": ["、".join(s for s in STRENGTHS if rng.random() < 0.3) for _ in homes],
            "候选户": ["是" if yes else "" for yes in named],
            "择优得分": [str(s) if yes else "" for s, yes in zip(score, named, strict=True)],
            "是否中心户": np.where(centre, "是", "否"),
        }
    )


def _neighbourhoods(town: Town) -> list[list[Block]]:
    """Give each compound by itself, and the old lanes of one community together."""
    walled = [[b] for b in town.blocks if b.name]
    lanes = [
        [b for b in town.blocks if not b.name and b.community == c] for c, _ in town.communities
    ]
    return walled + [group for group in lanes if group]


def _member_address(door: _Door, centre: bool, rng: random.Random) -> str:
    """Write a member's address; that of a centre was looked at twice."""
    if centre:
        place = door.place
        tail = f"{place.building}栋{place.stairwell}单元{place.room}室"
        return f"{place.compound}{tail}" if place.compound else f"{place.road}{place.number}号"
    return write_address(door.place, rng)


def _parts(spots: NDArray[np.float64], number: int) -> list[NDArray[np.float64]]:
    """Cut homes, in the order of the path that leads to them, into so many parts of one size."""
    return list(np.array_split(spots, number)) if number else []


def _nearest(
    middle: NDArray[np.float64],
    here: NDArray[np.int64],
    homes: Sequence[_Door],
    centre: NDArray[np.bool_],
) -> int:
    """Choose the member nearest to a spot in whose stairwell no centre lives yet."""
    taken = {homes[i].spot for i in np.flatnonzero(centre).tolist()}
    free = [int(i) for i in here if homes[int(i)].spot not in taken]
    return min(free, key=lambda i: (float(np.hypot(*(np.array(homes[i].spot) - middle))), i))


def _building_table(town: Town) -> pd.DataFrame:
    rows = [(block, b) for block in town.blocks for b in block.buildings]
    place = town_lon_lat(np.array([(b.x, b.y) for _, b in rows]))
    return pd.DataFrame(
        {
            "社区": [block.community for block, _ in rows],
            "小区": [block.name for block, _ in rows],
            "地址": ["" if block.name else f"{block.road}{b.number}号" for block, b in rows],
            "楼栋": [f"{b.number}栋" if block.name else "" for block, b in rows],
            "单元数": [str(b.stairwells) for _, b in rows],
            "经度": [f"{lon:.7f}" for lon in place[:, 0]],
            "纬度": [f"{lat:.7f}" for lat in place[:, 1]],
        }
    )
