"""Any respelling of any cell that means the same leaves the problem as it is, to the last digit."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

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
    lambda e, b, s, f: wide(f"{e}{b}号楼{s}单元{f}01"),
    lambda e, b, s, f: f"{e}{NUMERALS[int(b)]}号楼{NUMERALS[int(s)]}单元{f}01室",
]
DOORS = [("甲苑", b, s) for b in "3458" for s in "12"]
PLACE = {b: (round(117.0 + 0.001 * i, 4), 32.6) for i, b in enumerate("3458")}


def homes() -> list[dict[str, str]]:
    """Two homes at each of eight stairwells, by columns."""
    rows = []
    for n, (estate, b, s) in enumerate(door for door in DOORS for _ in "xy"):
        lon, lat = PLACE[b]
        rows.append({"编号": f"H{n:02d}", "小区": estate, "楼栋": b, "单元": s, "楼层": str(n % 5 + 1),
                     "社区": "甲社区", "经度": str(lon), "纬度": str(lat)})  # fmt: skip
    return rows


def members() -> list[dict[str, str]]:
    """A member in every other stairwell, two of them centres, by one line each."""
    rows = []
    for n, (estate, b, s) in enumerate(DOORS[::2]):
        lon, lat = PLACE[b]
        line = {"e": estate, "b": b, "s": s, "f": str(n + 1)}
        rows.append({"编号": f"M{n}", "住址": line, "社区": "甲社区", "经度": str(lon), "纬度": str(lat),
                     "是否中心户": "是" if n in (0, 3) else "否"})  # fmt: skip
    return rows  # type: ignore[return-value]


def fingerprint(folder: Path, pick: Callable[[int], int]) -> str:
    """Write both sheets with spellings chosen by `pick`, and state their problem."""
    for name, rows in (("homes.csv", homes()), ("members.csv", members())):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            for row in rows:
                out.writerow(
                    {column: spelled(column, value, pick) for column, value in row.items()}
                )
    ground = Ground(StraightNetwork(PLANE, 1.3))
    read = (read_households(folder / "homes.csv"), read_members(folder / "members.csv"))
    located = locate(*(trusted(r, ground).residents for r in read), ground, None)
    return build_demand(
        located.households, located.members, ground.network, RULES
    ).problem.fingerprint()


def spelled(column: str, value: object, pick: Callable[[int], int]) -> str:
    """Choose a spelling of one cell."""
    if isinstance(value, dict):
        return LINES[pick(len(LINES))](**value)
    ways = SPELLINGS[column]
    return ways[pick(len(ways))](str(value))


@pytest.fixture(scope="module")
def plainly(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder, and the fingerprint of the sheets as they are written first."""
    folder = tmp_path_factory.mktemp("respelled")
    return folder, fingerprint(folder, lambda n: 0)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**63))
def test_wording_is_no_identity(plainly: tuple[Path, str], seed: int) -> None:
    """Every cell of both sheets in a spelling of its own: the same units, walks, rules and order."""
    folder, own = plainly
    state = [seed]

    def pick(n: int) -> int:
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state[0] >> 33) % n

    assert fingerprint(folder, pick) == own


def test_another_meaning_is_another_problem(plainly: tuple[Path, str]) -> None:
    """The property can fail: a home at another stairwell makes another problem."""
    folder, own = plainly
    moved = homes()
    moved[0]["单元"] = "2"
    with (folder / "homes.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(moved[0]))
        out.writeheader()
        out.writerows(moved)
    ground = Ground(StraightNetwork(PLANE, 1.3))
    read = (read_households(folder / "homes.csv"), read_members(folder / "members.csv"))
    located = locate(*read, ground, None)
    problem = build_demand(located.households, located.members, ground.network, RULES).problem
    assert problem.fingerprint() != own
