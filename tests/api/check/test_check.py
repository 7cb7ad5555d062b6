"""The data check: one report of all files, safe to show, saved beside marked copies."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from shapely import LineString

from planner.api.check.check import CheckReport, check
from planner.api.progress import Event
from planner.errors import Severity
from planner.model.project import Project


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A small office without streets: a household workbook with faults, a member CSV, a project file."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "居民"
    rows = [["居民信息表"], ["编号", "户主姓名", "家庭住址", "工作量", "经度", "纬度"]]
    rows += [
        [f"H{i}", f"秘密{i}", f"甲路{i}号", 3, 116.8 + i / 997, 32.6 + i / 991] for i in range(30)
    ]
    rows[6][3] = "约3"
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    sheet.column_dimensions["C"].width = 33
    book.save(tmp_path / "homes.xlsx")
    lines = [
        "编号,姓名,地址,经度,纬度,是否中心户",
        *[f"M{i},秘密M{i},甲路{i}号,{116.8 + i / 997},{32.6 + i / 991},是" for i in range(3)],
    ]
    (tmp_path / "members.csv").write_bytes("\n".join(lines).encode("gb18030"))
    project = '[inputs]\nhouseholds = "homes.xlsx"\nmembers = "members.csv"\ndetour_factor = 1.3\n'
    (tmp_path / "planner.toml").write_text(project, "utf-8")
    return tmp_path


@pytest.fixture
def report(office: Path) -> CheckReport:
    """The report of that office."""
    return check(office / "planner.toml")


def test_a_project_is_checked_as_a_whole(report: CheckReport) -> None:
    """Both files, their columns and encoding, and rows = placed + held + repeated."""
    homes, people = report.files
    assert dict(homes.columns) == {
        "编号": "id",
        "家庭住址": "address",
        "工作量": "load",
        "经度": "lon",
        "纬度": "lat",
    }
    assert homes.unread == ("户主姓名",)
    assert (people.encoding, people.separator) == ("gb18030", "comma")
    assert (homes.rows, homes.placed, homes.held, homes.repeated) == (30, 29, 1, 0)
    assert (people.rows, people.placed) == (3, 3)
    assert report.precision == {"given": 32}
    assert report.worst is Severity.HOLD
    assert report.exit_code == 0


def test_a_project_and_its_path_are_one(office: Path, report: CheckReport) -> None:
    """`check` takes the project or the path of its file."""
    assert check(Project.read(office / "planner.toml")).findings == report.findings
    assert check(office / "homes.xlsx", members=office / "members.csv").counts["rows"] == 33


def test_findings_stand_where_the_office_sees_them(report: CheckReport) -> None:
    """Row and header are those of the sheet; every finding speaks both languages and says what to do."""
    (held,) = [f for f in report.findings if f.severity is Severity.HOLD]
    assert (held.file, held.sheet, held.row, held.column) == ("homes.xlsx", "居民", 7, "工作量")
    assert all(f.what and f.what_zh and f.remedy and f.remedy_zh for f in report.findings)


def test_nothing_personal_is_said(report: CheckReport, tmp_path: Path) -> None:
    """Names stand in no text of the report, whatever its form."""
    texts = [
        str(report),
        report._repr_html_(),
        report.table().to_csv(),
        json.dumps(report.figures()),
    ]
    written = report.save(tmp_path / "out")
    texts += [written[name].read_text("utf-8") for name in ("check.json", "check.md")]
    assert not any("秘密" in text for text in texts)


def test_the_report_is_frozen(report: CheckReport) -> None:
    """A report cannot be changed."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.files = ()  # type: ignore[misc]


def test_saving_leaves_the_sheets_alone(office: Path, report: CheckReport) -> None:
    """Four files appear, whole and the same each time; the office's own do not change."""
    before = (office / "homes.xlsx").read_bytes()
    first = report.save(office / "out")
    assert sorted(first) == ["check.json", "check.md", "homes.checked.xlsx", "members.checked.xlsx"]
    contents = {
        name: path.read_bytes() for name, path in first.items() if not name.endswith("xlsx")
    }
    again = report.save(office / "out")
    assert {name: again[name].read_bytes() for name in contents} == contents
    assert (office / "homes.xlsx").read_bytes() == before
    marked = openpyxl.load_workbook(first["homes.checked.xlsx"])["居民"]
    assert marked.column_dimensions["C"].width == 33
    assert marked["D7"].comment is not None
    assert "A1:F1" in {str(area) for area in marked.merged_cells.ranges}


def test_hostile_headers_are_shown_literally(tmp_path: Path) -> None:
    """H-HTML: what a file calls itself or its columns never becomes markup."""
    evil = "<img src=x onerror=alert(1)>"
    path = tmp_path / "a.csv"
    path.write_text(f"编号,地址,{evil}\n1,甲路1号,x\n", "utf-8")
    found = check(path)
    assert evil not in found._repr_html_()
    assert "&lt;img" in found._repr_html_()
    page = found.save(tmp_path / "out")["check.md"].read_text("utf-8")
    assert "<img" not in page


def test_every_stage_is_told(office: Path) -> None:
    """A listener hears each stage begin and end."""
    heard: list[Event] = []
    check(office / "planner.toml", listener=heard.append)
    assert [(e.stage, e.done) for e in heard] == [
        (stage, done) for stage in ("read", "ground", "geocode", "check") for done in (0.0, 1.0)
    ]


def test_streets_that_cannot_be_used_are_a_finding(office: Path) -> None:
    """The sheets are checked all the same."""
    text = (
        (office / "planner.toml")
        .read_text("utf-8")
        .replace("detour_factor = 1.3", 'streets = "none.osm.pbf"')
    )
    (office / "planner.toml").write_text(text, "utf-8")
    found = check(office / "planner.toml")
    assert found.exit_code == 2
    assert any(f.file == "none.osm.pbf" and f.severity is Severity.STOP for f in found.findings)
    assert found.counts["rows"] == 33


def test_a_kind_is_one_line_and_all_are_listed(tmp_path: Path) -> None:
    """The terminal gets each kind with its count, the table and the page get every finding."""
    path = tmp_path / "a.csv"
    path.write_text(
        "编号,地址\n" + "\n".join(f"H{i},不详" for i in range(50)) + "\n99,甲路1号\n", "utf-8"
    )
    found = check(path)
    assert str(found).count("[held") == 1
    assert "×50" in str(found)
    assert "(+47)" in str(found)
    assert len(found.table()) == 50
    assert found.save(tmp_path / "out")["check.md"].read_text("utf-8").count("已搁置 held") == 50


def test_without_streets_nothing_is_said_to_be_found(tmp_path: Path) -> None:
    """Addresses that were not looked up are counted as such, in both languages."""
    path = tmp_path / "a.csv"
    path.write_text("编号,地址,经度,纬度\n1,甲路1号,,\n2,乙路1号,116.8,32.6\n", "utf-8")
    found = check(path)
    assert "2 rows = 1 placed + 1 not looked up (without streets" in str(found)
    assert "共2行 = 定位1 + 未作匹配1（" in found._repr_html_()
    assert "not looked up" in found.save(tmp_path / "out")["check.md"].read_text("utf-8")


def test_a_file_to_be_corrected_says_how_its_columns_were_read(tmp_path: Path) -> None:
    """Clashing ids stop the file; its columns are named in both languages all the same."""
    path = tmp_path / "a.csv"
    path.write_text("编号,住 址,姓名\n1,甲路1号,合成\n1,乙路1号,合成\n", "utf-8")
    found = check(path)
    assert found.files[0].refused
    assert "住 址 = 地址 address" in str(found)
    assert "须先改正" in str(found)
    assert "第2行、第3行" in str(found)
    assert "row 2" in found._repr_html_()


@pytest.mark.parametrize(
    ("head", "row", "header"),
    [
        ("编号,小区,楼栋", ",,", "小区"),
        ("编号,门牌号,道路", "1,１２号,幸福路", "门牌号"),
    ],
)
def test_findings_of_split_addresses_stand_in_their_columns(
    head: str, row: str, header: str, tmp_path: Path
) -> None:
    """A role that no column is called by is told by the office's own header."""
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n{row.replace(',,', '1,,') if row == ',,' else row}\n", "utf-8")
    told = [f for f in check(path).findings if f.row == 2]
    assert {f.column for f in told} == {header}


def test_equal_sheets_give_equal_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The marked copy has neither the hour of the day nor a trace in the folder of temporary files."""
    import tempfile
    import time

    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (["编号", "地址"], [1, "甲路1号"], [2, None]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    first = check(tmp_path / "a.xlsx").marked(tmp_path / "a.xlsx")
    time.sleep(2.1)
    assert check(tmp_path / "a.xlsx").marked(tmp_path / "a.xlsx") == first
    assert not list((tmp_path / "temporary").iterdir())


def test_the_table_of_buildings_comes_back_marked(tmp_path: Path) -> None:
    """A building without coordinates is told by its row, and marked in a copy of the table."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "楼栋"
    for line in (
        ["小区", "楼栋", "经度", "纬度"],
        ["甲苑", "1栋", 116.8, 32.6],
        ["甲苑", "2栋", None, None],
    ):
        book.active.append(line)
    book.save(tmp_path / "b.xlsx")
    people = "编号,地址,经度,纬度,是否中心户\n1,甲苑1栋,116.8,32.6,是\n"
    for name in ("h.csv", "m.csv"):
        (tmp_path / name).write_text(people, "utf-8")
    lines = [
        LineString([(116.79, 32.6), (116.81, 32.6)]),
        LineString([(116.8, 32.59), (116.8, 32.61)]),
    ]
    gpd.GeoDataFrame(geometry=lines, crs=4326).to_file(tmp_path / "s.gpkg")
    (tmp_path / "planner.toml").write_text(
        "[inputs]\nhouseholds='h.csv'\nmembers='m.csv'\nstreets='s.gpkg'\nbuildings='b.xlsx'\n",
        "utf-8",
    )
    before = (tmp_path / "b.xlsx").read_bytes()
    found = check(tmp_path / "planner.toml")
    (told,) = [f for f in found.findings if f.file == "b.xlsx"]
    assert (told.code, told.sheet, told.row, told.column) == (
        "building-without-place", "楼栋", 3, "经度",
    )  # fmt: skip
    written = found.save(tmp_path / "out")
    copy = openpyxl.load_workbook(written["b.checked.xlsx"])
    assert copy.sheetnames == ["体检结果", "楼栋"]
    assert copy["楼栋"]["C3"].comment is not None
    assert (tmp_path / "b.xlsx").read_bytes() == before
    assert found.counts["rows"] == 2
