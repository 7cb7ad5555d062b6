"""A first project file: what a folder has stands in it with its reason, and it can be used at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from planner.api.init.new_project import new_project, write_project
from planner.errors import ConfigError
from planner.intake.coordinates.datum import Datum, convert
from planner.model.project import TEMPLATE, Project
from planner.model.schema import HOUSEHOLDS, MEMBERS
from tests.api.init.test_surmise import csv


def read(folder: Path) -> Project:
    """Write the project of a folder and read it."""
    file, _ = write_project(folder)
    return Project.read(file)


def test_an_empty_folder_gets_the_template(tmp_path: Path) -> None:
    """There is nothing to say; a folder that is not there yet is made."""
    file, made = write_project(tmp_path / "new" / "planner.toml")
    assert file.read_text("utf-8") == TEMPLATE.rstrip("\n") + "\n"
    assert made.missing == ()
    with pytest.raises(ConfigError, match="exists"):
        write_project(tmp_path / "new")
    write_project(tmp_path / "new", replacing=True)


def test_what_is_found_stands_in_it(tmp_path: Path) -> None:
    """Paths relative to the file, several households in one list, and what lacks is said."""
    csv(tmp_path / "居民" / "甲.csv", "编号,住址", "1,甲路1号")
    csv(tmp_path / "居民" / "乙.csv", "编号,住址", "2,乙路1号")
    csv(tmp_path / "党员.csv", "编号,住址,是否中心户", "1,甲路1号,是")
    csv(tmp_path / "党员-旧.csv", "编号,住址", "1,甲路1号")
    made = new_project(tmp_path)
    assert made.missing == ("streets",)
    assert "识别的列 columns: 编号 = 编号, 住址 = 地址" in made.text
    assert "1人为是" in made.text
    project = read(tmp_path)
    assert [p.name for p in project.inputs.household_files] == ["乙.csv", "甲.csv"]
    assert project.inputs.members == tmp_path / "党员.csv"
    assert project.inputs.streets is None


def test_a_workbook_with_everything(tmp_path: Path) -> None:
    """Sheets are chosen for each table, and those that are none are left out."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, head, row in (
        ("居民(1)", ["编号", "哪里"], ["1", "甲路1号2栋"]),
        ("党员", ["编号", "地址", "是否中心户"], ["1", "甲路1号", "是"]),
        ("汇总", ["社区", "户数"], ["甲", 3]),
    ):
        sheet = book.create_sheet(name)
        sheet.append(head)
        sheet.append(row)
    book.save(tmp_path / "all.xlsx")
    inputs = read(tmp_path).inputs
    homes, members = inputs.told(HOUSEHOLDS), inputs.told(MEMBERS)
    names = ("居民(1)", "党员", "汇总")
    assert [homes.means(n) for n in names] == [True, False, False]
    assert [members.means(n) for n in names] == [False, True, False]
    assert homes.stated == {"哪里": "address"}


def test_headings_that_compete_are_a_question(tmp_path: Path) -> None:
    """The choice stands there as a comment: nothing is chosen for the office."""
    csv(tmp_path / "a.csv", "编号,住址,居住地", "1,甲路1号,甲路2号")
    made = new_project(tmp_path)
    assert '# households = { "住址" = "地址", "居住地" = "" }' in made.text
    assert read(tmp_path).inputs.told(HOUSEHOLDS).stated == {}


def test_a_hostile_heading_stays_a_comment(tmp_path: Path) -> None:
    """A line break, a quote or a phone in a heading neither breaks the file nor stands in it."""
    csv(tmp_path / "a.csv", '"编号","住""址\n[inputs]","13800138000 地址"', "1,甲路1号,甲路2号")
    made = new_project(tmp_path)
    assert "13800138000" not in made.text
    assert read(tmp_path).inputs.households == tmp_path / "a.csv"


def test_the_datum_is_asked_of_the_streets(tmp_path: Path) -> None:
    """Homes that fit as GCJ-02 alone get the datum, with the shares that speak for it."""
    rng = np.random.default_rng(3)
    at = np.column_stack([rng.uniform(116.80, 116.82, 60), rng.uniform(32.60, 32.62, 60)])
    parts, n = [], 0
    for x, y in at:
        corners = []
        for dx, dy in ((0, 0), (1e-4, 0), (1e-4, 1e-4), (0, 1e-4)):
            n += 1
            corners.append(n)
            parts.append(f'<node id="{n}" lon="{x + dx:.7f}" lat="{y + dy:.7f}"/>')
        refs = "".join(f'<nd ref="{c}"/>' for c in [*corners, corners[0]])
        parts.append(f'<way id="{n}">{refs}<tag k="building" v="yes"/></way>')
    nodes = [p for p in parts if p.startswith("<node")]
    ways = [p for p in parts if p.startswith("<way")]
    (tmp_path / "town.osm").write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>', "utf-8")
    shifted = convert(at[:, 0] + 5e-5, at[:, 1] + 5e-5, Datum.WGS84, Datum.GCJ02)
    rows = [f"{i},{lon:.7f},{lat:.7f}" for i, (lon, lat) in enumerate(shifted)]
    csv(tmp_path / "homes.csv", "编号,经度,纬度", *rows)
    made = new_project(tmp_path)
    assert "GCJ02 100 %" in made.text
    assert read(tmp_path).inputs.datum == "gcj02"


def test_members_of_every_community_are_members(tmp_path: Path) -> None:
    """A sheet a community: all of them; with a list of the centres, all members and the list."""
    for name in ("东社区党员", "西社区党员"):
        (tmp_path / f"{name}.csv").write_text("编号,地址,是否中心户\nM1,幸福路1号,是\n", "utf-8")
    made = tomllib.loads(new_project(tmp_path).text)
    assert made["inputs"]["members"] == ["东社区党员.csv", "西社区党员.csv"]
    for name in ("东社区党员", "西社区党员", "中心户名单"):
        (tmp_path / f"{name}.csv").write_text("编号,地址\nM1,幸福路1号\n", "utf-8")
    made = tomllib.loads(new_project(tmp_path).text)
    assert made["inputs"]["members"] == ["东社区党员.csv", "中心户名单.csv", "西社区党员.csv"]
