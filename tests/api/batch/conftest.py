"""Three small offices on straight lines, each a project of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = """
[inputs]
households = "homes.csv"
members = "members.csv"
detour_factor = 1.3
[rules]
members_per_zone = { low = 1, high = 6 }
households_per_member = { low = 2, high = 20 }
households_per_zone = { low = 4, high = 30 }
[search]
seconds = 5
advice_seconds = 0
"""


def write_project(folder: Path, n: int, *, lat: float = 32.6) -> Path:
    """Write an office of `n` homes (synthetic) along a lane, with two centres."""
    folder.mkdir(parents=True)
    homes = [f"H{i},{117 + 0.0002 * i:.6f},{lat}" for i in range(n)]
    members = [
        f"M{i},{117 + 0.0002 * i:.6f},{lat},{'是' if i in (2, n - 3) else '否'}" for i in range(n)
    ]
    (folder / "homes.csv").write_text("编号,经度,纬度\n" + "\n".join(homes), "utf-8")
    (folder / "members.csv").write_text("编号,经度,纬度,是否中心户\n" + "\n".join(members), "utf-8")
    (folder / "planner.toml").write_text(PROJECT, "utf-8")
    return folder / "planner.toml"


def write_district(folder: Path) -> Path:
    """Write the projects of three communities into a folder."""
    for name, n in (("东社区", 20), ("西社区", 24), ("南社区", 16)):
        write_project(folder / name, n)
    return folder


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A folder with the projects of three communities."""
    return write_district(tmp_path / "in")
