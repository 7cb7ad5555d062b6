"""What the office's sheets say of people, read once more at the last door; and the command that draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from planner.api.people import people_behind, people_of
from planner.api.plan import Plan
from planner.errors import InputError
from planner.files import write_files
from planner.intake.residents import read_households, read_members
from planner.model.levels import Level
from planner.model.project import Inputs, Project
from planner.model.tables import PlanTables
from planner.plan.store import store_plan
from planner.privacy.audience import Audience
from planner.privacy.person import People
from tests.commanded import planner as run
from tests.plans import make_plan_tables

HOMES = {
    "户编号": ["H1", "H2", "H3", ""],
    "户主姓名": ["甲乙丙", "丁戊、己庚", "无", "辛壬癸"],
    "联系电话": ["13900000001", "0554-6600001", "", "139 0000 0002"],
    "身份证号": ["990101195001010010", "", "", ""],
    "家庭住址": ["新村路1号1栋101室", "新村路2号", "新村路3号", "新村路4号"],
    "房号": ["101", "", "", "202"],
    "独居": ["是", "否", "独居老人", ""],
    "备注": ["每周探望两次的老人", "", "", ""],
}
MEMBERS = {
    "编号": ["M1", "M2"],
    "姓名": ["子丑寅", "卯辰巳"],
    "办公电话": ["0554-6601234转8", "13900000003"],
    "手机": ["13900000004", "13900000005"],
    "地址": ["新村路1号", "新村路2号"],
    "是否中心户": ["是", "否"],
}


def read_people(homes: Path, members: Path, plan: PlanTables | None = None) -> People:
    """Read the people of a project that names these two sheets."""
    return people_of(Project(Inputs(homes, members)), plan)


@pytest.fixture
def sheets(tmp_path: Path) -> tuple[Path, Path]:
    """Give the two sheets as files."""
    paths = tmp_path / "homes.csv", tmp_path / "members.csv"
    pd.DataFrame(HOMES).to_csv(paths[0], index=False)
    pd.DataFrame(MEMBERS).to_csv(paths[1], index=False)
    return paths


def test_each_person_comes_to_the_right_id(sheets: tuple[Path, Path]) -> None:
    """Name, room and care flag by the id of the plan, one made for a home without."""
    people = read_people(*sheets)
    assert people.households["H1"].name == "甲乙丙"
    assert people.households["H1"].room == "101"
    assert people.households["H1"].care == ("独居",)
    assert people.households["H2"].care == ()
    assert people.households["H2"].room == "新村路2号"
    assert people.households["H3"].care == ("独居老人",)
    (made,) = set(people.households) - {"H1", "H2", "H3"}
    assert people.households[made].name == "辛壬癸"


def test_only_an_office_phone_is_one(sheets: tuple[Path, Path]) -> None:
    """A landline under 办公电话 is kept as written; a mobile phone is not, whatever its header says."""
    members = read_people(*sheets).members
    assert members["M1"].office_phone == "0554-6601234转8"
    assert members["M2"].office_phone == ""


def test_what_must_not_show_is_known(sheets: tuple[Path, Path]) -> None:
    """Names, each of several in a cell; phones, id numbers, addresses with rooms, long remarks."""
    private = read_people(*sheets).private
    assert {"甲乙丙", "丁戊", "己庚", "辛壬癸", "子丑寅", "卯辰巳"} <= private["a resident's name"]
    assert "无" not in private["a resident's name"]
    assert "13900000002" in private["a resident's phone number"]
    assert "13900000003" not in private["a resident's phone number"]  # found by its form, as any is
    assert private["a resident's id number"] == {"990101195001010010"}
    assert private["a resident's address with its room"] == {"新村路1号1栋101室"}
    assert private["what a sheet says of a resident"] == {"每周探望两次的老人"}


def test_other_sheets_are_refused(sheets: tuple[Path, Path]) -> None:
    """A plan names the digests of its sheets: names from others would come to wrong doors."""
    tables = make_plan_tables()
    with pytest.raises(InputError, match="not those"):
        read_people(*sheets, plan=tables)
    assert read_people(*sheets, plan=replace(tables, provenance={}))


def test_equal_rows_of_two_files_are_two_homes(tmp_path: Path) -> None:
    """Row 2 of one community's sheet is not row 2 of the next one's: names come to their own doors."""
    for name, who in (("a", "甲乙丙"), ("b", "丁戊己")):
        rows = {"编号": [f"{name}1"], "户主": [who], "地址": ["新村路1号"]}
        pd.DataFrame(rows).to_csv(tmp_path / f"{name}.csv", index=False)
    pd.DataFrame(MEMBERS).to_csv(tmp_path / "m.csv", index=False)
    files = tmp_path / "a.csv", tmp_path / "b.csv"
    people = people_of(Project(Inputs(files, tmp_path / "m.csv")))
    assert {i: p.name for i, p in people.households.items()} == {"a1": "甲乙丙", "b1": "丁戊己"}


def test_whoever_stands_in_another_table_is_known_too(
    sheets: tuple[Path, Path], tmp_path: Path
) -> None:
    """Mentors' sheets, ties, old names, buildings, what is drawn, fences: their people are secrets alike."""
    rows = {
        "ties": ({"甲": "H1", "乙": "H2", "关系": "亲属", "甲姓名": "申酉甲"}, "申酉甲"),
        "aliases": ({"旧名": "老街", "现名": "新街", "联系人": "申酉乙"}, "申酉乙"),
        "buildings": ({"小区": "煤校", "楼栋": "1", "楼长姓名": "申酉丙", "经度": 117, "纬度": 32}, "申酉丙"),
        "links": ({"名称": "天桥", "经度": 117.0, "纬度": 32.6, "负责人姓名": "申酉丁"}, "申酉丁"),
        "barriers": ({"名称": "铁门", "经度": 117.0, "纬度": 32.6, "紧急联系人": "申酉戊"}, "申酉戊"),
    }  # fmt: skip
    paths = {}
    for name, (row, _) in rows.items():
        paths[name] = tmp_path / f"{name}.csv"
        pd.DataFrame([row]).to_csv(paths[name], index=False)
    fence = {"名称": ["东社区"], "网格员姓名": ["申酉己"]}
    shape = [shapely.box(116.9, 32.5, 117.1, 32.7)]
    paths["fences"] = tmp_path / "fences.geojson"
    gpd.GeoDataFrame(fence, geometry=shape, crs=4326).to_file(paths["fences"])
    pd.DataFrame({"编号": ["L1"], "姓名": ["申酉庚"]}).to_csv(tmp_path / "l.csv", index=False)
    level = Level("leader", "leader", "组长", sheet=tmp_path / "l.csv")
    project = Project(Inputs(*sheets, **paths), levels=(level,))
    names = people_of(project).private["a resident's name"]
    assert {name for _, name in rows.values()} | {"申酉己", "申酉庚"} <= names
    assert not names & {
        "东社区",
        "煤校",
        "新街",
        "天桥",
        "铁门",
    }  # names of places are none of people


def test_files_that_are_not_what_they_were_tell_nothing(sheets: tuple[Path, Path]) -> None:
    """Residents that were read in Python: their files still name everyone, or nobody knows whom."""
    homes, members = read_households(sheets[0]), read_members(sheets[1])
    project = Project(Inputs(*sheets))
    people = people_behind(project, (homes, members))
    assert people is not None
    assert people.private == read_people(*sheets).private
    bare = replace(homes, sources=(), files=()), replace(members, sources=(), files=())
    known = people_behind(project, bare)  # rows of no file hold what they hold
    assert known is not None
    assert known.private["a resident's address with its room"] == {"新村路1号1栋101室"}
    sheets[0].write_text(sheets[0].read_text("utf-8") + "H9,新来的,,,新村路9号,,,\n", "utf-8")
    assert people_behind(project, (homes, members)) is None
    sheets[0].unlink()
    assert people_behind(project, (homes, members)) is None


def test_the_command_draws_and_never_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each audience has a file of its own; an unknown one, or a file in the way, is exit code 2."""
    monkeypatch.chdir(tmp_path)
    tables = make_plan_tables()
    write_files(tmp_path, {"plan.gpkg": lambda path: store_plan(tables, path)})
    assert run(monkeypatch, "map", "plan.gpkg") == 0
    for audience in ("public", "internal"):
        assert (
            run(monkeypatch, "map", "plan.gpkg", "--audience", audience, "--title", "另一个") == 0
        )
        assert "另一个" in (tmp_path / f"map.{audience}.html").read_text("utf-8")
    assert (tmp_path / "map.internal.html").stat().st_mode & 0o077 == 0
    before = (tmp_path / "map.html").read_bytes()
    assert run(monkeypatch, "map", "plan.gpkg", "--title", "新") == 2
    assert (tmp_path / "map.html").read_bytes() == before
    assert run(monkeypatch, "map", "plan.gpkg", "--title", "新", "--force") == 0
    assert (tmp_path / "map.html").read_bytes() != before
    assert run(monkeypatch, "map", "plan.gpkg", "--audience", "everyone", "-o", "x.html") == 2
    assert "public" in capfd.readouterr().err
    phone = "139" + "00000001"
    assert run(monkeypatch, "map", "plan.gpkg", "--title", f"电话{phone}", "-o", "x.html") == 5
    told = capfd.readouterr()
    assert phone not in told.err + told.out
    assert not (tmp_path / "x.html").exists()


def test_a_plan_draws_itself_for_each_audience() -> None:
    """The same from Python; the audience may be named by a word."""
    plan = Plan.of(make_plan_tables())
    assert plan.map().html == plan.map(audience="meeting").html
    assert plan.map(audience="public").audience is Audience.PUBLIC
    assert "M000" not in plan.map(audience=Audience.PUBLIC).html


def test_a_relative_is_nobody_s_name(tmp_path: Path) -> None:
    """Wherever their columns stand, relatives name no centre; their names and phones are secrets."""
    members = {
        "编号": ["M1"], "紧急联系人": ["儿辈甲"], "配偶姓名": ["妻辈乙"], "紧急联系人电话": ["13900000007"],
        "配偶办公电话": ["0554-6600009"], "姓名": ["子丑寅"], "办公电话": ["0554-6601234"],
        "地址": ["新村路1号"], "是否中心户": ["是"],
    }  # fmt: skip
    paths = tmp_path / "homes.csv", tmp_path / "members.csv"
    pd.DataFrame(HOMES).to_csv(paths[0], index=False)
    pd.DataFrame(members).to_csv(paths[1], index=False)
    people = read_people(*paths)
    one = people.members["M1"]
    assert (one.name, one.phone, one.office_phone) == ("子丑寅", "", "0554-6601234")
    known = {text for strings in people.secrets().values() for text in strings}
    assert {"儿辈甲", "妻辈乙", "13900000007", "05546600009"} <= known
