"""One office on any extract, written in several hands: what in the plan depends on the handwriting.

    python -m tests.benchmarks.offices EXTRACT.osm.pbf [EXTRACT ...] [--hands NAME ...] [--keep FOLDER]

An office is made up on the ground of each extract: estates of some buildings with a few stairwells each,
households and members behind its doors, central households spread among them.  The same people are then
written in each hand, with a building table, with coordinates, and with both, and planned.  Each plan is held
against the one of the uniform hand; what is missed of the goals is marked, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.api.demo import spread_centres
from planner.api.plan import Plan
from planner.api.zone import run
from planner.errors import PlannerError
from planner.model.project import Project
from planner.network import Extract, WalkingNetwork, read_extract
from tests.benchmarks.table import show

__all__ = ["HANDS", "VARIANTS", "Door", "Office", "main", "make_office", "write_hand"]

FloatArray = NDArray[np.float64]
ESTATES = (
    "青云里",
    "安康苑",
    "东风新村",
    "向阳花园",
    "百花小区",
    "柳溪家园",
    "金桥嘉苑",
    "翠湖佳苑",
)
ROADS = ("文心路", "长乐街", "明德路", "望月街", "松涛路", "广益街", "清泉路", "育才街")
VILLAGES = ("李家庄", "王庄", "小河沿", "上塘", "周家湾", "石桥", "杨树林", "高坡")
COMMUNITIES = ("和平社区", "团结社区")
HOMES_A_CENTRE, MEMBERS_A_CENTRE = 85, 8
NEAR_STREET_M, APART_M, WRONG_M, AROUND_M = 60.0, 24.0, 30.0, 900.0
NUMERALS = "零一二三四五六七八九十"
VARIANTS = {"table": (True, False), "coords": (False, True), "both": (True, True)}
GOALS = {"placed": 99.0, "wrong": 0, "split": 0, "joined": 0, "away": 0, "lost": 0, "cost": 1.0}


@dataclass(frozen=True, slots=True)
class Door:
    """One stairwell: its estate, its building there, its number in the building and in the estate.

    Parameters
    ----------
    estate : int
        Position among the estates.
    building : str
        As painted: ``3``, or ``甲3``.
    stairwell, group, number : int
        In the building; the building's place in the estate; the door's among all of the estate.
    lon, lat : float
        Of the building.
    """

    estate: int
    building: str
    stairwell: int
    group: int
    number: int
    lon: float
    lat: float

    @property
    def community(self) -> str:
        """Where the estate belongs."""
        return COMMUNITIES[self.estate * len(COMMUNITIES) // len(ESTATES)]


@dataclass(frozen=True, eq=False)
class Office:
    """Who lives where: the truth that all hands write.

    Parameters
    ----------
    doors : tuple of Door
    homes, members : tuple of (int, str)
        The door of each, a position, and the room.
    centres : frozenset of int
        Positions among the members.
    """

    doors: tuple[Door, ...]
    homes: tuple[tuple[int, str], ...]
    members: tuple[tuple[int, str], ...]
    centres: frozenset[int]


def make_office(extract: Extract, *, seed: int = 0, buildings: int = 6) -> Office:
    """Make an office up on the ground of an extract.

    Parameters
    ----------
    extract : Extract
        Buildings near a street are lived in; where there are few of them, spots along streets.
    seed : int
        Same seed, same office.
    buildings : int
        Of each estate.
    """
    rng, network = random.Random(seed), WalkingNetwork.from_osm(extract)
    doors: list[Door] = []
    for estate, spots in enumerate(_estates(extract, network, seed, buildings)):
        number = 0
        for group, (lon, lat) in enumerate(
            network.projection.to_lon_lat(spots).round(6).tolist(), 1
        ):
            # The last building was put up later, beside the first: 甲1 is not 1.
            name = "甲1" if group == len(spots) and estate % 3 == 0 else str(group)
            for stairwell in range(1, rng.randint(1, 3) + 1):
                number += 1
                doors.append(Door(estate, name, stairwell, group, number, lon, lat))
    floors = [rng.randint(3, 6) for _ in doors]
    homes = [
        (d, f"{floor}{flat:02d}")
        for d in range(len(doors))
        for floor in range(1, floors[d] + 1)
        for flat in (1, 2)
        if rng.random() < 0.95
    ]
    count = max(round(len(homes) / HOMES_A_CENTRE), 2)
    members = sorted(rng.sample(homes, MEMBERS_A_CENTRE * count))
    xy = network.projection.to_xy([d.lon for d in doors], [d.lat for d in doors])
    at, folk = (np.array([d for d, _ in people]) for people in (homes, members))
    chosen = spread_centres(
        xy[at], np.ones(len(at)), xy[folk], folk.tolist(), count, np.random.default_rng(seed)
    )
    return Office(tuple(doors), tuple(homes), tuple(members), frozenset(chosen))


def _estates(
    extract: Extract, network: WalkingNetwork, seed: int, buildings: int
) -> Iterator[FloatArray]:
    """Give the spots of each estate's buildings, metres: close together, and apart from one another."""
    from scipy.spatial import KDTree
    from sklearn.cluster import KMeans

    xy = _spots(extract, network)
    tree = KDTree(xy)
    crowd = np.array([len(near) for near in tree.query_ball_point(xy, AROUND_M)])
    here = xy[tree.query_ball_point(xy[int(crowd.argmax())], AROUND_M)]
    means = KMeans(len(ESTATES), n_init="auto", random_state=seed).fit(here)
    order = np.lexsort(means.cluster_centers_.T.round(3))
    for estate in order:
        mine, kept = here[means.labels_ == estate], []
        away = np.hypot(*(mine - means.cluster_centers_[estate]).T)
        for spot in mine[np.lexsort((mine[:, 0], away.round(3)))]:
            if all(np.hypot(*(spot - other)) >= APART_M for other in kept):
                kept.append(spot)
            if len(kept) == buildings:
                break
        yield np.array(kept)


def _spots(extract: Extract, network: WalkingNetwork) -> FloatArray:
    """Give places to live: buildings near a street, and spots along streets where there are few."""
    crs = network.projection.crs
    spots = extract.buildings.to_crs(crs).geometry.representative_point()
    xy = np.column_stack([spots.x, spots.y])
    if len(xy) < 12 * len(ESTATES) * 6:
        lines = extract.streets.to_crs(crs).geometry
        along = [line.interpolate(m) for line in lines for m in np.arange(15.0, line.length, 40.0)]
        xy = np.concatenate([xy, [(p.x + 8.0, p.y + 8.0) for p in along]])
    lon_lat = network.projection.to_lon_lat(xy)
    near = network.snap(lon_lat[:, 0], lon_lat[:, 1], max_m=NEAR_STREET_M).edge >= 0
    return np.unique(xy[near].round(2), axis=0)


# Hands: each writes a door with a room for a sheet, and the rows of its own building table.

Row = dict[str, str]
Writer = Callable[[Door, str, random.Random], Row]


def _estate(door: Door) -> str:
    return ESTATES[door.estate]


def _yard(door: Door) -> str:
    return f"{ROADS[door.estate]}{12 + 7 * door.estate}号院"


def _lane(door: Door) -> str:
    return f"{ROADS[door.estate]}{112 + 30 * door.estate}弄"


def _one_line(text: str) -> Row:
    return {"地址": text}


def _uniform(door: Door, room: str, _: random.Random) -> Row:
    return _one_line(f"{_estate(door)}{door.building}号楼{door.stairwell}单元{room}室")


def _columns(door: Door, room: str, _: random.Random) -> Row:
    return {
        "小区": _estate(door),
        "楼栋": f"{door.building}号楼",
        "单元": f"{door.stairwell}单元",
        "楼层": room[:-2],
        "房号": room,
    }


def _loose_columns(door: Door, room: str, rng: random.Random) -> Row:
    """Columns filled by several clerks, none of whom writes units as the others do."""
    b, s = door.building, door.stairwell
    return {
        "小区": _estate(door),
        "楼栋": rng.choice([b, f"{b}号楼", f"{b}栋", f"{b}#", f"{b}幢", f"{b}楼"]),
        "单元": rng.choice([f"{s}", f"{s}单元", f"{NUMERALS[s]}单元", f"{s}门", f"第{s}单元"]),
        "房号": rng.choice([room, f"{room}室", f"{room} "]),
    }


def _lines(door: Door, room: str, rng: random.Random) -> Row:
    """One line in a dozen ways that all mean the same."""
    e, b, s = _estate(door), door.building, door.stairwell
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
    plain = f"{e}{b}号楼{s}单元{room}"
    return _one_line(
        rng.choice(
            [
                f"{plain}室",
                plain,
                f"{e}{b}栋{s}单元{room}室",
                f"{e}{b}幢{s}单元{room}",
                f"{e}{b}-{s}-{room}",
                f"{e} {b}号楼 {s}单元 {room}室",
                f"{e}{b}#{s}单元{room}",
                f"{e}{b}号楼{NUMERALS[s]}单元{room}室",
                f"{e}（{b}号楼）{s}单元{room}室",
                f"{door.community}{plain}",
                f"{e}{e}{b}号楼{s}单元{room}",
                plain.translate(wide),
            ]
        )
    )


def _beijing(door: Door, room: str, rng: random.Random) -> Row:
    y, b, s = _yard(door), door.building, door.stairwell
    return _one_line(
        rng.choice(
            [
                f"{y}{b}号楼{s}门{room}室",
                f"{y}{b}楼{s}门{room}",
                f"{y} {b}楼 {s}门 {room}室",
                f"{y}{b}号楼{s}单元{room}",
                f"{y}{b}-{s}-{room}",
                f"{y}{b}楼{s}门{room[:-2]}层{room}号",
            ]
        )
    )


def _shanghai(door: Door, room: str, rng: random.Random) -> Row:
    at = _shanghai_door(door)
    ways = [f"{at}{room}室", f"{at}{room}", f"{at} {room}室", f"{at}{room[:-2]}楼{room}室"]
    return _one_line(rng.choice(ways))


def _shanghai_door(door: Door) -> str:
    """Numbers run through the lane; every other lane has side lanes, with numbers of their own."""
    if door.estate % 2:
        return f"{_lane(door)}{door.group}支弄{door.stairwell}号"
    return f"{_lane(door)}{door.number}号"


def _village(door: Door, _: str, rng: random.Random) -> Row:
    v, g, k = VILLAGES[door.estate], door.group, door.number
    ways = [
        f"{v}村{g}组{k}号",
        f"{v}村第{g}组{k}号",
        f"{v}村{NUMERALS[g]}组{k}号",
        f"{v}村{g}组 {k}号",
    ]
    return _one_line(rng.choice(ways))


def _by_building(name: Callable[[Door], str]) -> Callable[[Door], Row]:
    return lambda door: {"小区": name(door), "楼栋": f"{door.building}号楼"}


@dataclass(frozen=True, slots=True)
class Hand:
    """How an office writes its households, its members, and its building table."""

    homes: Writer
    members: Writer
    table: Callable[[Door], Row]


HANDS = {
    "uniform": Hand(_uniform, _uniform, _by_building(_estate)),
    "columns": Hand(_columns, _columns, _by_building(_estate)),
    "one line": Hand(_lines, _lines, _by_building(_estate)),
    "mixed": Hand(_loose_columns, _lines, _by_building(_estate)),
    "beijing": Hand(_beijing, _beijing, _by_building(_yard)),
    "shanghai": Hand(_shanghai, _shanghai, lambda door: _one_line(_shanghai_door(door))),
    "village": Hand(
        _village,
        _village,
        lambda door: _one_line(f"{VILLAGES[door.estate]}村{door.group}组{door.number}号"),
    ),
}
"""The first is what the others are held against."""


def write_hand(
    office: Office, hand: Hand, folder: Path, streets: Path, *, table: bool, coords: bool
) -> Path:
    """Write the sheets of an office in one hand, and a project file for them.

    Parameters
    ----------
    office : Office
    hand : Hand
    folder : Path
        Made if it is absent.
    streets : Path
        The extract.
    table, coords : bool
        Whether there is a building table, and whether the rows have coordinates.

    Returns
    -------
    Path
        The project file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)

    def sheet(people: Sequence[tuple[int, str]], write: Writer, prefix: str) -> pd.DataFrame:
        rows: list[Row] = []
        for n, (d, room) in enumerate(people, 1):
            door = office.doors[d]
            place = {"经度": f"{door.lon:.6f}", "纬度": f"{door.lat:.6f}"} if coords else {}
            rows.append(
                {"编号": f"{prefix}{n}", "社区": door.community, **write(door, room, rng), **place}
            )
        return pd.DataFrame(rows)

    sheet(office.homes, hand.homes, "H").to_csv(folder / "households.csv", index=False)
    members = sheet(office.members, hand.members, "M")
    marks = ["是" if m in office.centres else "否" for m in range(len(members))]
    members.assign(是否中心户=marks).to_csv(folder / "members.csv", index=False)
    lines = ["[inputs]", 'households = "households.csv"', 'members = "members.csv"']
    lines.append(f'streets = "{streets.resolve().as_posix()}"')
    if table:
        rows = [
            {**hand.table(d), "经度": f"{d.lon:.6f}", "纬度": f"{d.lat:.6f}"} for d in office.doors
        ]
        pd.DataFrame(rows).drop_duplicates().to_csv(folder / "buildings.csv", index=False)
        lines.append('buildings = "buildings.csv"')
    lines += ["[search]", "gap = 0.002", "seconds = 20", "advice_seconds = 0"]
    file = folder / "planner.toml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan made of the office; `value_m` is infinite where there is no plan."""

    placed: float
    wrong: int
    split: int
    joined: int
    away: int
    lost: int
    value_m: float
    error: str = ""


def judge(office: Office, plan: Plan) -> Told:
    """Hold a plan against the truth.

    Parameters
    ----------
    office : Office
    plan : Plan

    Returns
    -------
    Told
        Per cent of the homes placed; homes more than 30 m from their building; doors whose homes lie in
        several units, and doors that share one; members in a unit other than that of the homes behind their
        own door; centres without a zone; what the plan comes to.
    """
    homes = plan.households.set_index("household_id")
    unit = [str(homes["unit_id"].get(f"H{n}", "") or "") for n in range(1, len(office.homes) + 1)]
    at = homes.geometry.reindex([f"H{n}" for n in range(1, len(office.homes) + 1)])
    true = np.array([(office.doors[d].lon, office.doors[d].lat) for d, _ in office.homes])
    scale = np.array([111_320.0 * np.cos(np.radians(true[0, 1])), 110_950.0])
    off = np.hypot(*((np.column_stack([at.x, at.y]) - true) * scale).T)
    door_of = [d for d, _ in office.homes]
    of_door = pd.Series(unit).groupby(door_of).agg(lambda u: frozenset(u) - {""})
    of_unit = pd.Series(door_of).groupby(unit).agg(frozenset).drop("", errors="ignore")
    folk = plan.members.set_index("member_id")["unit_id"]
    away = [
        m
        for m, (d, _) in enumerate(office.members, 1)
        if str(folk.get(f"M{m}", "")) not in of_door.get(d, frozenset())
    ]
    centres = {f"M{m + 1}" for m in office.centres} - set(plan.centres["centre_id"])
    return Told(
        placed=100.0 * sum(u != "" for u in unit) / len(unit),
        wrong=int((off > WRONG_M).sum()),
        split=int((of_door.map(len) > 1).sum()),
        joined=int((of_unit.map(len) > 1).sum()),
        away=len(away),
        lost=len(centres),
        value_m=plan.certificate.cost_m + plan.certificate.penalty_m,
    )


def missed(told: Told, uniform: Told) -> list[str]:
    """Name the goals that a hand misses."""
    cost = (
        100.0 * abs(told.value_m / uniform.value_m - 1.0) if np.isfinite(told.value_m) else np.inf
    )
    found = [name for name in ("wrong", "split", "joined", "away", "lost") if getattr(told, name)]
    found += ["placed"] if told.placed < GOALS["placed"] else []
    return found + (["cost"] if not cost <= GOALS["cost"] else [])


def planned(office: Office, project: Path) -> Told:
    """Plan and judge; an office that cannot be planned has nobody placed."""
    try:
        return judge(office, run(Project.read(project)))
    except PlannerError as error:
        text = str(error).splitlines()[0]
        return Told(0.0, 0, 0, 0, len(office.members), len(office.centres), np.inf, text)


def _row(hand: str, variant: str, told: Told, uniform: Told, seconds: float) -> dict[str, Any]:
    cost = (
        "none" if np.isinf(told.value_m) else f"{100 * (told.value_m / uniform.value_m - 1):+.2f} %"
    )
    bad = missed(told, uniform)
    return {
        "hand": hand,
        "with": variant,
        "placed": f"{told.placed:.1f} %",
        "wrong": told.wrong,
        "doors split": told.split,
        "joined": told.joined,
        "members away": told.away,
        "centres lost": told.lost,
        "cost": cost,
        "s": f"{seconds:.1f}",
        "missed": " ".join(bad) or "-",
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Plan every hand on every extract; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("extracts", nargs="+", type=Path, metavar="EXTRACT")
    parser.add_argument("--hands", nargs="+", choices=list(HANDS), default=list(HANDS))
    parser.add_argument(
        "--with", nargs="+", dest="variants", choices=list(VARIANTS), default=list(VARIANTS)
    )
    parser.add_argument("--buildings", type=int, default=6, help="of each estate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the sheets that were written")
    given = parser.parse_args(argv)
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for extract in given.extracts:
            name = extract.name.split(".")[0]
            office = make_office(read_extract(extract), seed=given.seed, buildings=given.buildings)
            print(
                f"{name}: {len(office.homes)} homes, {len(office.members)} members, "
                f"{len(office.centres)} centres behind {len(office.doors)} doors"
            )
            rows = []
            for variant in given.variants:
                table, coords = VARIANTS[variant]
                uniform: Told | None = None
                for hand in dict.fromkeys(["uniform", *given.hands]):
                    folder = (given.keep or Path(scratch)) / name / variant / hand.replace(" ", "_")
                    file = write_hand(
                        office, HANDS[hand], folder, extract, table=table, coords=coords
                    )
                    began = time.perf_counter()
                    told = planned(office, file)
                    uniform = uniform or told
                    row = _row(hand, variant, told, uniform, time.perf_counter() - began)
                    rows.append(row)
                    failed |= row["missed"] != "-"
                    if told.error:
                        print(f"  {hand}, {variant}: {told.error}")
            show(rows)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
