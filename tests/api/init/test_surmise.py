"""What a file seems to be is told by its columns first, then by its name; what is not known is said."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import Workbook
from shapely.geometry import LineString, Point, Polygon

from planner.api.init.surmise import surmise


def csv(path: Path, *lines: str) -> Path:
    """Write a CSV of these lines."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def kinds(folder: Path) -> dict[str, str]:
    """Give what each file or sheet seems to be."""
    return {f"{s.path.name} {s.sheet}".strip(): s.kind for s in surmise(folder)}


@pytest.mark.parametrize(
    ("name", "lines", "kind"),
    [
        ("a.csv", ["编号,住址", "1,幸福路1号"], "households"),
        ("党员名单.csv", ["编号,住址", "1,幸福路1号"], "members"),
        ("a.csv", ["编号,住址,是否中心户", "1,幸福路1号,是", "2,幸福路2号,否"], "members"),
        ("a.csv", ["姓名,住址,入党时间", "甲,幸福路1号,2001-01-01"], "members"),
        ("a.csv", ["小区,楼栋,经度,纬度", "甲苑,1,116.1,32.1"], "buildings"),
        ("楼栋.csv", ["编号,小区,楼栋,经度,纬度", "1,甲苑,1,116.1,32.1"], "buildings"),
        ("a.csv", ["编号,小区,楼栋,室,经度,纬度", "1,甲苑,1,101,116.1,32.1"], "households"),
        ("a.csv", ["甲,乙,关系", "1,2,亲属"], "ties"),
        ("a.csv", ["旧名,现名", "老街,新街"], "aliases"),
        ("指导员.csv", ["编号,住址", "1,幸福路1号"], "mentors"),
        ("a.csv", ["编号,中心户", "1,9"], "previous"),
        ("a.csv", ["日期,类型,编号,中心户", "2026-05-18,走访,1,9"], "log"),
        ("中心户名单.csv", ["编号,住址", "1,幸福路1号"], "members"),
        ("a.csv", ["科目,金额", "水费,3"], ""),
    ],
)
def test_sheets(tmp_path: Path, name: str, lines: list[str], kind: str) -> None:
    """Each kind by what tells it apart; the reason is given in both languages."""
    csv(tmp_path / name, *lines)
    (found,) = surmise(tmp_path)
    assert found.kind == kind
    assert found.why
    assert found.why_zh


def test_layers_by_their_shapes(tmp_path: Path) -> None:
    """Areas are fences, lines are streets, points with columns are a sheet."""
    square = Polygon([(0, 0), (1, 0), (1, 1)])
    for name, shape in (("f", square), ("s", LineString([(0, 0), (1, 1)])), ("h", Point(0, 0))):
        frame = gpd.GeoDataFrame({"编号": ["1"]}, geometry=[shape], crs="EPSG:4326")
        frame.to_file(tmp_path / f"{name}.gpkg", driver="GPKG")
    (tmp_path / "town.osm").write_text("<osm/>", "utf-8")
    assert kinds(tmp_path) == {
        "f.gpkg": "fences", "s.gpkg": "streets", "h.gpkg h": "households", "town.osm": "streets",
    }  # fmt: skip


def test_a_folder_below_is_looked_at_and_own_files_are_not(tmp_path: Path) -> None:
    """Offices sort sheets by community; what the planner wrote, and lock files, are passed over."""
    csv(tmp_path / "居民" / "甲.csv", "编号,地址", "1,甲路1号")
    csv(tmp_path / ".planner" / "x.csv", "编号,地址", "1,甲路1号")
    csv(tmp_path / "accepted.csv", "地址,社区,经度,纬度")
    (tmp_path / "~$甲.xlsx").write_bytes(b"x")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    assert kinds(tmp_path) == {"甲.csv": "households"}


def test_sheets_of_one_workbook(tmp_path: Path) -> None:
    """Each is told for itself."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, head, row in (
        ("居民", ["编号", "地址"], ["1", "甲路1号"]),
        ("党员", ["编号", "地址", "是否中心户"], ["1", "甲路1号", "是"]),
        ("汇总", ["社区", "户数"], ["甲", 3]),
    ):
        sheet = book.create_sheet(name)
        sheet.append(head)
        sheet.append(row)
    book.save(tmp_path / "all.xlsx")
    assert kinds(tmp_path) == {
        "all.xlsx 居民": "households", "all.xlsx 党员": "members", "all.xlsx 汇总": "",
    }  # fmt: skip


def test_an_address_by_what_stands_below(tmp_path: Path) -> None:
    """An unknown heading above addresses is guessed; personal columns and dates never are."""
    csv(
        tmp_path / "a.csv",
        "编号,哪里,联系电话,日期",
        "1,幸福路12号3栋,5500001号,2001年1月1号",
        "2,甲苑2号楼1单元,,",
    )
    (found,) = surmise(tmp_path)
    assert (found.kind, found.guessed) == ("households", (("哪里", "address"),))


def test_headings_that_compete(tmp_path: Path) -> None:
    """They are told for a person to choose; the household register is no rival."""
    csv(tmp_path / "a.csv", "编号,住址,居住地,户籍地址", "1,甲路1号,甲路2号,乙路3号")
    (found,) = surmise(tmp_path)
    assert found.open == (("address", ("住址", "居住地")),)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """It is not passed over in silence."""
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 cut")
    (found,) = surmise(tmp_path)
    assert found.kind == ""
    assert "a.xlsx" in found.why
