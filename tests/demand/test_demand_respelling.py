"""Any respelling of any cell that means the same leaves the problem as it is, to the last digit."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.demand.demand import build_demand
from planner.demand.ground import Ground
from planner.demand.locate import locate
from planner.demand.trust import trusted
from planner.intake.residents import read_households, read_members
from planner.model.rules import Bound, RuleBook
from planner.network.straight import StraightNetwork
from tests.office import PLANE

RULES = RuleBook(members_per_zone=Bound(1, 9), households_per_zone=Bound(1, 40))
NUMERALS = "零一二三四五六七八九"


def wide(text: str) -> str:
    """Write digits and brackets in full width."""
    return text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})


SPELLINGS: dict[str, list[Callable[[str], str]]] = {
    "小区": [str, "{}小区".format, " {} ".format],
    "楼栋": [
        *(str, "{}号楼".format, "{}栋".format, "{}幢".format, "{}#".format, "第{}栋".format),
        *(" {} 号楼".format, "{}座".format, lambda n: wide(f"{n}栋")),
        lambda n: f"{NUMERALS[int(n)]}号楼",
    ],
    "单元": [
        *(str, "{}单元".format, "第{}单元".format, " {}单元 ".format, wide),
        lambda n: f"{NUMERALS[int(n)]}单元",
    ],
    "楼层": [str, "{}层".format, wide, lambda n: f"{NUMERALS[int(n)]}层"],
    "社区": [str, " {}".format, "{} ".format],
    "经度": [str, "{}00".format, wide, " {}".format],
    "纬度": [str, "{}00".format, wide, "{} ".format],
    "是否中心户": [
        *(str, {"是": "yes", "否": "no"}.__getitem__, {"是": "√", "否": ""}.__getitem__),
        {"是": "1", "否": "0"}.__getitem__,
    ],
    "编号": [str, " {}".format, "{} ".format],
}
LINES: list[Callable[..., str]] = [
    "{e}{b}号楼{s}单元{f}01".format,
    "{e}小区{b}栋{s}单元{f}01室".format,
    "{e}{b}-{s}-{f}01".format,
    "{e} {b}号楼 {s}单元 {f}01室".format,
    "{e}{e}{b}号楼{s}单元{f}01".format,
    lambda e, b, s, f: wide(f"{e}{b}号楼{s}单元{f}01"),
    lambda e, b, s, f: f"{e}{NUMERALS[int(b)]}号楼{NUMERALS[int(s)]}单元{f}01室",
]
ESTATES = "松竹梅兰荷桂柳枫桃李杏榆槐桐柏椿荔莲菊蓉薇棠茶葵枣橘橙柚栗桑"
"""One office each, in a community of its own, a mile from the next: each is respelled by itself."""
DOORS = [(b, s) for b in "3458" for s in "12"]
Pick = Callable[[int], int]
Rows = list[dict[str, str]]


def place(office: int, building: str) -> dict[str, str]:
    """Give community and coordinates of a building."""
    east = 117.0 + 0.02 * office + 0.001 * "3458".index(building)
    return {"社区": f"{ESTATES[office]}园社区", "经度": f"{east:.4f}", "纬度": "32.6"}


def homes() -> list[dict[str, str]]:
    """Two homes at each of eight stairwells of each office, by columns."""
    return [
        {"编号": f"H{k:02d}{n:02d}", "小区": f"{ESTATES[k]}苑", "楼栋": b, "单元": s,
         "楼层": str(n % 5 + 1), **place(k, b)}
        for k in range(len(ESTATES))
        for n, (b, s) in enumerate(door for door in DOORS for _ in "xy")
    ]  # fmt: skip


def members() -> list[dict[str, Any]]:
    """A member in every other stairwell, two of each office centres, by one line each."""
    return [
        {"编号": f"M{k:02d}{n}", "住址": {"e": f"{ESTATES[k]}苑", "b": b, "s": s, "f": str(n + 1)},
         **place(k, b), "是否中心户": "是" if n in (0, 3) else "否"}
        for k in range(len(ESTATES))
        for n, (b, s) in enumerate(DOORS[::2])
    ]  # fmt: skip


def fingerprint(folder: Path, picks: Sequence[Pick], rows: Rows | None = None) -> str:
    """Write both sheets with spellings chosen by the pick of each office, and state their problem."""
    for name, sheet in (("homes.csv", rows or homes()), ("members.csv", members())):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(sheet[0]))
            out.writeheader()
            for row in sheet:
                pick = picks[int(row["编号"][1:3])]
                out.writerow({c: spelled(c, value, pick) for c, value in row.items()})
    ground = Ground(StraightNetwork(PLANE, 1.3))
    read = (read_households(folder / "homes.csv"), read_members(folder / "members.csv"))
    located = locate(*(trusted(r, ground).residents for r in read), ground, None)
    return build_demand(
        located.households, located.members, ground.network, RULES
    ).problem.fingerprint()


def spelled(column: str, value: object, pick: Pick) -> str:
    """Choose a spelling of one cell."""
    if isinstance(value, dict):
        return LINES[pick(len(LINES))](**value)
    ways = SPELLINGS[column]
    return ways[pick(len(ways))](str(value))


def first(n: int) -> int:
    """Choose the plain spelling."""
    del n
    return 0


def from_seed(seed: int) -> Pick:
    """Choose by a seed, differently for each cell."""
    state = [seed]

    def pick(n: int) -> int:
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state[0] >> 33) % n

    return pick


@pytest.fixture(scope="module")
def plainly(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder, and the fingerprint of the sheets as they are written first."""
    folder = tmp_path_factory.mktemp("respelled")
    return folder, fingerprint(folder, [first] * len(ESTATES))


@settings(
    # ten examples of thirty offices each: three hundred respelled offices
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(0, 2**63), min_size=len(ESTATES), max_size=len(ESTATES)))
def test_wording_is_no_identity(plainly: tuple[Path, str], seeds: list[int]) -> None:
    """Every cell of both sheets in a spelling of its own: the same units, walks, rules and order."""
    folder, own = plainly
    assert fingerprint(folder, [from_seed(seed) for seed in seeds]) == own


def test_another_meaning_is_another_problem(plainly: tuple[Path, str]) -> None:
    """The property can fail: a home at another stairwell makes another problem."""
    folder, own = plainly
    moved = homes()
    moved[0]["单元"] = "2"
    assert fingerprint(folder, [first] * len(ESTATES), moved) != own
