"""An office of twelve homes on straight lines, in files as a clerk would hand them in."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_small_office"]


def write_small_office(folder: Path, more: str = "", *, households: str = "") -> Path:
    """Write two sheets and a project file; `more` goes behind the inputs, `households` below the rows."""
    homes = [f"H{i},甲路{i}号,{117 + i / 5000:.6f},32.600000" for i in range(1, 13)]
    people = [
        f"M{i},甲路{i}号,{117 + i / 5000:.6f},32.600000,{'是' if i in (2, 9) else '否'}"
        for i in (2, 5, 9)
    ]
    (folder / "homes.csv").write_text(
        "\n".join(["编号,地址,经度,纬度", *homes]) + "\n" + households, "utf-8"
    )
    head = "编号,地址,经度,纬度,是否中心户"
    (folder / "members.csv").write_text("\n".join([head, *people]) + "\n", "utf-8")
    project = folder / "planner.toml"
    inputs = '[inputs]\nhouseholds = "homes.csv"\nmembers = "members.csv"\ndetour_factor = 1.3\n'
    project.write_text(f"{inputs}{more}", "utf-8")
    return project
