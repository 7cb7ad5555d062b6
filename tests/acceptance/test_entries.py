"""Catalogue entries that need more than one file and one report: each test names its number."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from planner.api.check.check import check
from planner.demand.ground import Ground
from planner.errors import SchemaError, Severity, SheetError
from planner.intake.address.parse import parse_address
from planner.intake.residents import read_buildings, read_households
from tests.acceptance.corpus import HEAD, plain, workbook, write_as
from tests.acceptance.test_streets import EAST_M, LAT, LON, MAIN, NORTH_M, STREET, osm
from tests.town.town import build_town, street_plan, town_lon_lat

GOOD = [HEAD, *plain(30)]


def test_004_a_forced_encoding_that_is_wrong_shows_both_readings(tmp_path: Path) -> None:
    """004 A-ENC-MOJI: UTF-8 read as GBK by order is refused, with what was read and what it should be."""
    path = tmp_path / "a.csv"
    rows = ["编号,家庭住址,经度,纬度", *[f"{i},甲路{i}号院,116.8,32.6" for i in range(10, 40)]]
    path.write_text("\n".join(rows), "utf-8")
    with pytest.raises(SchemaError) as caught:
        read_households(path, encoding="gb18030")
    said = str(caught.value)
    assert "'编号'" in said
    assert "缂栧彿" in said
    assert len(read_households(path).kept) == 30


def test_004_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    """004 A-ENC-MOJI: a misspelt encoding is named, with the usual ones."""
    path = write_as(tmp_path / "a.csv", GOOD)
    with pytest.raises(SheetError, match="no encoding 'gb1803O'"):
        read_households(path, encoding="gb1803O")


@pytest.mark.parametrize(
    ("number", "error"), [("009-A-XLS-LOCK", 13), ("013-A-PATH", 13), ("013-A-PATH-io", 5)]
)
def test_files_that_cannot_be_read(
    number: str, error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """009, 013: a file that another program holds, or that one may not read, is said to be so, with its path."""
    path = write_as(tmp_path / "名单 #1.xlsx", GOOD)
    kept = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self == path:
            raise (
                PermissionError(error, "Permission denied")
                if error == 13
                else OSError(error, "I/O error")
            )
        return kept(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    report = check(path)
    assert report.exit_code == 2
    (said,) = report.findings
    assert said.code == "unreadable"
    assert str(path.absolute()) in said.what
    assert "another program" in said.remedy


def test_014_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """014 A-DUPFILE: what is wrong with one homes.xlsx is not said of the other, nor marked in it."""
    for folder, load in (("甲社区", "约3"), ("乙社区", 3)):
        (tmp_path / folder).mkdir()
        rows = [[f"{folder}{r[0]}", *r[1:3], load] for r in plain(3)]
        write_as(tmp_path / folder / "homes.xlsx", [HEAD, *rows])
    files = [tmp_path / "甲社区" / "homes.xlsx", tmp_path / "乙社区" / "homes.xlsx"]
    report = check(files)
    assert {f.file for f in report.findings if f.severity is Severity.HOLD} == {"甲社区/homes.xlsx"}
    assert [(f.name, f.rows, f.held) for f in report.files] == [
        ("甲社区/homes.xlsx", 3, 3),
        ("乙社区/homes.xlsx", 3, 0),
    ]
    written = report.save(tmp_path / "out")
    marks = [
        sum(cell.comment is not None for row in openpyxl.load_workbook(p)["居民"].iter_rows() for cell in row)
        for name, p in written.items() if name.endswith(".xlsx")
    ]  # fmt: skip
    assert sorted(marks) == [0, 3]


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("11010519491231002X", ""),
        ("11010519491231002x", "lower-case"),
        ("110105194912310021", "check digit"),
        ("110105491231002", "old form"),
        ("1101051949123100", "16 characters"),
        ("1101051949123100AX", "no digits"),
        ("１１０１０５１９４９１２３１００２Ｘ", ""),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg"])
def test_032_identity_numbers_are_checked_if_asked(
    number: str, what: str, ending: str, tmp_path: Path
) -> None:
    """032 C-ID-CHECK: by row, never showing the number; unasked they are not even read."""
    path = write_as(
        tmp_path / f"a.{ending}",
        [["编号", "身份证号", "地址"], ["1", "", "甲路1号"], ["2", number, "甲路2号"]],
    )
    said = [f for f in check(path, id_numbers=True).findings if f.code == "id-number"]
    assert [(f.row, f.column, f.severity) for f in said] == (
        [(3, "身份证号", Severity.WARN)] if what else []
    )
    assert all(what in f.what for f in said)
    everything = str(check(path, id_numbers=True)) + "".join(f.what_zh + f.remedy_zh for f in said)
    assert number not in everything
    assert not any(f.code == "id-number" for f in check(path).findings)


FIVE = ("幸福路12号3栋2单元501", "幸福路１２号3号楼2-501", "幸福路十二号院3幢2单元501室", " 幸福路 12 号 3#楼2单元501",
        "八公山区幸福路12号三号楼2单元501")  # fmt: skip


def test_046_five_spellings_are_one_building() -> None:
    """046 D-ADDR-VAR: five ways of writing one building give one key, and the stairwell is kept."""
    parsed = [parse_address(text) for text in FIVE]
    shared = set.intersection(*(set(p.building_keys) for p in parsed))
    assert len(shared) >= 1
    assert {p.canonical("stairwell") for p in parsed} == {"2"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Two communities that each have a road of the same name."""
    folder = tmp_path_factory.mktemp("town")
    rows = [("小区", "楼栋", "地址", "社区", "经度", "纬度")]
    for i in range(1, 13):
        for community, y in (("甲社区", 10), ("乙社区", 480)):
            at = LON + i * 60 / EAST_M, LAT + y / NORTH_M
            rows.append(("幸福路", f"{2 * i}号", f"幸福路{2 * i}号", community, *at))  # type: ignore[arg-type]
    pd.DataFrame(rows[1:], columns=list(rows[0])).to_csv(folder / "b.csv", index=False)
    table, _ = read_buildings(folder / "b.csv")
    streets = osm(folder / "a.osm", [*MAIN, ([(0, 500), (500, 500), (1000, 500)], STREET)])
    return Ground.from_streets(streets, buildings=table)


def test_050_a_road_of_both_districts_is_held_with_candidates(tmp_path: Path, town: Ground) -> None:
    """050 D-ADDR-HOMO: without a district both are named and neither is taken; with one it is found."""
    rows = [
        ["编号", "地址", "社区"],
        ["1", "幸福路8号", ""],
        ["2", "幸福路8号", "乙社区"],
        ["3", "乙社区幸福路8号", ""],
    ]
    report = check(write_as(tmp_path / "h.csv", rows), ground=town)
    (held,) = [f for f in report.findings if f.severity is Severity.HOLD]
    assert (held.code, held.row) == ("ambiguous", 2)
    assert "甲社区" in held.what
    assert "乙社区" in held.what
    assert report.counts["placed"] == 2


def test_051_a_home_outside_is_held_with_its_distance(tmp_path: Path, town: Ground) -> None:
    """051 D-ADDR-OUT: kilometres outside are said, and the home is not drawn to the nearest zone."""
    rows = [["编号", "经度", "纬度"], *[[f"H{i}", LON + i * 20 / EAST_M, LAT] for i in range(30)],
            ["X", LON + 12_000 / EAST_M, LAT]]  # fmt: skip
    report = check(write_as(tmp_path / "h.csv", rows), ground=town)
    (held,) = [f for f in report.findings if f.severity is Severity.HOLD]
    assert (held.code, held.row) == ("outside", 32)
    assert "10.0 km" in held.what


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def office_workbook(path: Path) -> None:
    """Write a workbook as an office keeps it: layout, a second sheet, formats, a remark, a filter."""
    import datetime

    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "居民"
    sheet.append(["居民信息表"])
    sheet.append(["编号", "地址", "服务户数", "登记日期"])
    for i in range(1, 21):
        sheet.append([f"H{i:03d}", f"甲路{i}号", 3, datetime.date(2024, 1, i)])
    sheet["C5"] = "约3"
    sheet["B8"] = None
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = "A2:D22"
    sheet.column_dimensions["B"].width = 41
    sheet.row_dimensions[1].height = 33
    sheet["B6"].comment = Comment("门牌已换", "office")
    for row in sheet.iter_rows(min_row=3, min_col=4, max_col=4):
        row[0].number_format = 'yyyy"年"m"月"d"日"'
    other = book.create_sheet("说明")
    other["A1"] = "此表由街道办填写"
    other.column_dimensions["A"].width = 60
    book.save(path)


def test_the_marked_copy_is_the_offices_own_sheet(tmp_path: Path) -> None:
    """Layout, formats, other sheets and remarks stay; each fault is coloured and explained; 体检结果 lists all."""
    path = tmp_path / "名单.xlsx"
    office_workbook(path)
    before = digest(path)
    report = check(path)
    copy = openpyxl.load_workbook(report.save(tmp_path / "out")["名单.checked.xlsx"])
    assert digest(path) == before
    sheet, own = copy["居民"], openpyxl.load_workbook(path)["居民"]
    assert copy.sheetnames == ["体检结果", "居民", "说明"]
    assert copy["说明"]["A1"].value == "此表由街道办填写"
    assert copy["说明"].column_dimensions["A"].width == 60
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:D1"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:D22")
    assert (sheet.column_dimensions["B"].width, sheet.row_dimensions[1].height) == (41, 33)
    assert sheet["A1"].font.b
    assert sheet["A1"].font.sz == 16
    for row in own.iter_rows():
        for cell in row:
            assert sheet[cell.coordinate].value == cell.value
            assert sheet[cell.coordinate].number_format == cell.number_format
    marked = {c.coordinate for row in sheet.iter_rows() for c in row if c.fill.fill_type == "solid"}
    assert {"C5", "B8"} <= marked
    assert all(sheet[at].comment for at in marked)
    assert sheet["B6"].comment is not None
    assert sheet["B6"].comment.text == "门牌已换"
    listed = " ".join(str(c.value) for row in copy["体检结果"].iter_rows() for c in row if c.value)
    assert all(f.what_zh in listed for f in report.findings)


def _csv(folder: Path) -> Path:
    return write_as(folder / "a.csv", [*GOOD, ["x", "合成", "甲路1号", "约3"]])


def _ods(folder: Path) -> Path:
    from tests.benchmarks.fuzz_readers import _ods as packed

    path = folder / "a.ods"
    path.write_bytes(packed([*GOOD, ["x", "合成", "甲路1号", "约3"]]))
    return path


def _xls(folder: Path) -> Path:
    from tests.acceptance.corpus_old import OLD_WORKBOOK

    (folder / "a.xls").write_bytes(OLD_WORKBOOK)
    return folder / "a.xls"


@pytest.mark.parametrize("make", [_csv, _ods, _xls], ids=["csv", "ods", "xls"])
def test_other_kinds_of_file_are_copied_into_a_workbook(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    """A CSV, an OpenDocument sheet and an old workbook come back as .xlsx, every cell in its place, marked."""
    path = make(tmp_path)
    before = digest(path)
    report = check(path)
    (held,) = [f for f in report.findings if f.severity is Severity.HOLD]
    assert (held.row, held.column) == (32, "服务户数")
    copy = openpyxl.load_workbook(report.save(tmp_path / "out")["a.checked.xlsx"])
    sheet = copy.worksheets[1]
    assert digest(path) == before
    assert copy.sheetnames[0] == "体检结果"
    assert [c.value for c in sheet[1]] == HEAD
    assert sheet["A2"].value == "H0001"
    assert sheet["D32"].value == "约3"
    assert sheet["D32"].comment is not None
    assert sheet["D32"].fill.fgColor.rgb == "FFFBD08B"


def test_094_a_report_in_a_notebook_is_a_table_and_no_markup(tmp_path: Path) -> None:
    """094 H-HTML: in Jupyter the report is a table; hostile headers, sheets and files stay letters."""
    evil = "<script>alert(1)</script>${x}`{{7*7}}"
    path = tmp_path / "a<img src=x>.xlsx"
    path.write_bytes(workbook({"居<b>民": [["编号", "地址", evil], ["1", "不详", "x"]]}))
    page = check(path)._repr_html_()
    assert page.count("<table>") == 1
    assert page.count("<tr>") >= 3
    for text in ("<script", "<img", "<b>民", "${", "`"):
        assert text not in page
    assert "&lt;script&gt;" in page
    assert "不详" not in page


def test_051_a_place_far_off_in_the_table_of_buildings(tmp_path: Path) -> None:
    """051 D-ADDR-OUT: a building that the office's table puts 435 km away places nobody, and is told by row."""
    town = build_town()
    (tmp_path / "s.osm").write_text(street_plan(town), "utf-8")
    own = [(b.name + f"{k.number}栋", k) for b in town.blocks if b.name for k in b.buildings][:30]
    at = town_lon_lat(np.array([(k.x, k.y) for _, k in own]))
    table = [[name, *place] for (name, _), place in zip(own, at.tolist(), strict=True)]
    table += [["河东新村1栋", 121.0, 31.0], ["河东新村2栋", at[0][0] + 0.03, at[0][1]]]
    write_as(tmp_path / "b.xlsx", [["地址", "经度", "纬度"], *table])
    homes = [[f"H{i}", f"{row[0]}1单元101"] for i, row in enumerate(table)]
    write_as(tmp_path / "h.xlsx", [["编号", "地址"], *homes])
    members = [[f"M{i}", row[1], "是"] for i, row in enumerate(homes[:3])]
    write_as(tmp_path / "m.xlsx", [["编号", "地址", "是否中心户"], *members])
    (tmp_path / "planner.toml").write_text(
        "[inputs]\nhouseholds='h.xlsx'\nmembers='m.xlsx'\nstreets='s.osm'\nbuildings='b.xlsx'\n",
        "utf-8",
    )
    report = check(tmp_path / "planner.toml")
    told = {f.row: f for f in report.findings if f.file == "h.xlsx" and (f.row or 0) > 31}
    assert {row: (f.code, f.severity) for row, f in told.items()} == {
        32: ("outside", Severity.HOLD),
        33: ("outside", Severity.WARN),
    }
    assert "km outside the streets" in told[32].what
    assert "路网范围外" in told[32].what_zh
    assert (report.counts["held"], report.counts["placed"]) == (1, 34)
