"""A synthetic office of two communities on straight walks: small enough to be planned in a second."""

from __future__ import annotations

from pathlib import Path

from planner.model.project import Project

__all__ = ["write_office"]

LON, LAT, STEP = 117.02, 32.62, 0.0006
HOMES, BUILDINGS, CENTRES = 12, 9, 3
"""Homes of a building, buildings of a community, and every how many buildings a centre lives in one."""


def write_office(folder: Path) -> Project:
    """Write 216 homes, 36 members and 6 centres in two communities a kilometre apart."""
    homes, members = ["编号,地址,社区,经度,纬度"], ["编号,地址,社区,经度,纬度,是否中心户"]
    for c, name in enumerate(("东社区", "西社区")):
        estate = f"{name[0]}里小区"
        for b in range(BUILDINGS):
            at = f"{estate}{b + 1}号楼,{name},{LON + b * STEP:.6f},{LAT + c * 0.012:.6f}"
            homes += [f"H{c}{b}{h:02d},{at}" for h in range(HOMES)]
            centre = "是" if b % CENTRES == 1 else "否"
            members += [f"M{c}{b}0,{at},{centre}", f"M{c}{b}1,{at},否"]
    (folder / "homes.csv").write_text("\n".join(homes), encoding="utf-8")
    (folder / "members.csv").write_text("\n".join(members), encoding="utf-8")
    text = """[inputs]
households = "homes.csv"
members = "members.csv"
detour_factor = 1.3

[rules]
households_per_zone = { low = 12, high = 60 }
members_per_zone = { low = 2, high = 12 }
households_per_member = { low = 2, high = 20 }

[search]
gap = 0.0
seconds = 20
advice_seconds = 0
"""
    (folder / "planner.toml").write_text(text, encoding="utf-8")
    return Project.read(folder)
