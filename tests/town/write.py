"""The made-up town as an office hands it over.

It lies in ``data/bagongshan``, and this writes it again, byte for byte::


    python -m tests.town.write --to town --seed 0
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from planner.api.demo import office_workbook
from planner.files import write_files
from planner.intake.coordinates.datum import convert
from planner.model.project import TEMPLATE
from tests.town.care import candidate_gates, care_column, service_log
from tests.town.folk import make_townsfolk
from tests.town.service import (
    ORGANISATION,
    needs,
    objections,
    venues,
    wishes,
    with_nominations,
)
from tests.town.text import town_readme
from tests.town.town import borders, build_town, street_plan


def write_town(folder: str | Path, *, seed: int = 0) -> Path:
    """Write the office of the made-up town: sheets, building table, communities, streets, project file.

    Parameters
    ----------
    folder : str or Path
        Made if it is absent.
    seed : int
        Same seed, same bytes.

    Returns
    -------
    Path
        The project file.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    town = build_town(seed)
    folk = make_townsfolk(town, seed=seed)
    homes = folk.households
    homes.insert(list(homes).index("独居老人") + 1, "关爱对象", care_column(homes, seed=seed))
    members = with_nominations(folk.members, seed=seed)
    written = write_files(
        Path(folder),
        {
            "households.xlsx": office_workbook("居民信息表", homes),
            "members.xlsx": office_workbook("党员信息表", members),
            "buildings.xlsx": office_workbook("楼栋表", _as_on_amap(folk.buildings)),
            "log.xlsx": office_workbook("走访记录", service_log(homes, members, seed=seed)),
            "gates.xlsx": office_workbook("可开放的门", candidate_gates()),
            "needs.xlsx": office_workbook("居民需求", needs(homes, seed=seed)),
            "wishes.xlsx": office_workbook("双向选择意愿", wishes(homes, members, seed=seed)),
            "objections.xlsx": office_workbook("公示异议", objections(members, seed=seed)),
            "venues.xlsx": office_workbook("阵地", venues()),
            "communities.geojson": borders(town).encode(),
            "streets.osm": street_plan(town).encode(),
            "planner.toml": _town_project(seed).encode(),
            "README.md": town_readme(
                seed=seed, households=len(folk.households), members=len(folk.members),
                centres=int((folk.members["是否中心户"] == "是").sum()),
            ).encode(),
        },
        replacing=True,  # the data folder is this script's own
    )  # fmt: skip
    return written["planner.toml"]


def _town_project(seed: int) -> str:
    project = TEMPLATE.replace("town.osm.pbf", "streets.osm").replace("seed = 0", f"seed = {seed}")
    for old, new in (
        ('# fences = "communities.gpkg"', 'fences = "communities.geojson"'),
        ('# buildings = "buildings.xlsx"', 'buildings = "buildings.xlsx"'),
        ('# buildings_datum = "wgs84"', 'buildings_datum = "gcj02"'),
        ("gap = 0.005\nseconds = 300\n", "gap = 0.01\nseconds = 20\nadvice_seconds = 5\n"),
        ("# [care]\n", "[care]\n"),
        ('# needs = "needs.xlsx"', 'needs = "needs.xlsx"'),
        ('# venues = "venues.xlsx"', 'venues = "venues.xlsx"'),
        # wishes are counted and charged nothing for: the plan is that of walks and rules
        ("# [affinity]\n", "[affinity]\nwish_m = 0\n"),
        ('# wishes = "wishes.xlsx"', 'wishes = "wishes.xlsx"'),
        ("# [siting]\n", "[siting]\n"),
        ("# criteria = {", "criteria = {"),
        ('# objections = "objections.xlsx"', 'objections = "objections.xlsx"'),
        ("# [mentors]\n", "[mentors]\nlow = 9\nhigh = 14\n"),
        ("# What stands above the centres;", f"{ORGANISATION}\n# What stands above the centres;"),
        ('# log = "log.xlsx"', 'log = "log.xlsx"'),
        ('# title = "..."', 'title = "八公山区新庄孜街道 · 党员中心户责任区（合成示例）"'),
    ):
        project = project.replace(old, new)
    return project


def _as_on_amap(buildings: pd.DataFrame) -> pd.DataFrame:
    """Give the building table as an office has it: picked on a map in GCJ-02, six decimals."""
    at = convert(buildings["经度"].astype(float), buildings["纬度"].astype(float), "wgs84", "gcj02")
    return buildings.assign(
        **{name: [f"{v:.6f}" for v in at[:, k]] for k, name in enumerate(("经度", "纬度"))}
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the made-up town into a folder.

    Parameters
    ----------
    arguments : list of str, optional
        Of the command line: ``--to FOLDER`` and, if wanted, ``--seed N``.
    """
    parser = argparse.ArgumentParser("python -m tests.town.write", description=main.__doc__)
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    write_town(chosen.to, seed=chosen.seed)


if __name__ == "__main__":
    main()
