"""Shapefiles: text in an encoding that nobody states, headings cut in a character, parts that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import SheetError
from planner.intake.sheets.formats.layers.shapefiles import (
    shapefile_of,
    shapefiles_in_zip,
    table_of,
)
from tests.layouts.layers import write_dbf, write_shapefile

ROWS = [
    ["编号", "家庭住址", "社区名称"],
    ["A1", "幸福路12号", "东社区"],
    ["A2", "幸福路14号", "西社区"],
]
HOMES = [["A1", "幸福路12号", "东社区"], ["A2", "幸福路14号", "西社区"]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK", "936", "ISO-8859-1", "nonsense"])
def test_text_is_tested_whatever_is_stated(tmp_path: Path, encoding: str, cpg: str | None) -> None:
    """A .cpg file that is wrong, or none, changes nothing."""
    layer = shapefile_of(write_shapefile(tmp_path, ROWS, encoding, cpg=cpg), None)
    assert layer.rows == HOMES
    assert layer.headers == ("编号", "家庭住址", "社区名称" if encoding == "gb18030" else "社区名")
    assert layer.encoding == encoding
    assert ("encoding" in {f.code for f in layer.findings}) == (encoding != "utf-8")
    assert layer.shapes is not None
    assert layer.shapes[1].x == pytest.approx(116.801)


def test_big5_of_another_place(tmp_path: Path) -> None:
    """Traditional text in its own encoding."""
    rows = [["地址"], ["臺北市信義區松仁路100號"], ["新竹縣竹北市光明六路"]]
    assert shapefile_of(write_shapefile(tmp_path, rows, "big5"), None).rows == rows[1:]


def test_headings_cut_within_a_character(tmp_path: Path) -> None:
    """Ten bytes hold three characters and a piece of one: the heading is known by its beginning."""
    layer = shapefile_of(write_shapefile(tmp_path, ROWS, "utf-8", cpg="UTF-8"), None)
    cut = [f for f in layer.findings if f.code == "heading-cut"]
    assert [f.column for f in cut] == ["家庭住"]  # 社区名 is a heading of its own


def test_texts_cut_within_a_character_are_told() -> None:
    """The width of a column is counted in bytes."""
    data = write_dbf([["地址"], ["幸福路12号向阳小区"], ["短"]], "utf-8", width=10)
    layer = table_of(data, Path("h.dbf"), None)
    assert layer.rows == [["幸福路1"], ["短"]]
    assert [f.code for f in layer.findings] == []
    layer = table_of(
        write_dbf([["地址"], ["幸福路向阳小区"]], "utf-8", width=10), Path("h.dbf"), None
    )
    assert layer.rows == [["幸福路"]]
    assert [f.code for f in layer.findings] == ["text-cut"]


def test_what_is_stated_decides_between_likely_ones() -> None:
    """Two readings are words: the file says which; without it nothing is guessed."""
    data = write_dbf([["n"], ["垃圾"]], "gb18030")
    with pytest.raises(SheetError, match="not clear"):
        table_of(data, Path("h.dbf"), None)
    assert table_of(data, Path("h.dbf"), None, "GBK").rows == [["垃圾"]]
    assert table_of(data, Path("h.dbf"), "gb18030").rows == [["垃圾"]]
    assert table_of(
        write_dbf([["n"], ["垃圾"]], "gb18030", page=0x4D), Path("h.dbf"), None
    ).rows == [["垃圾"]]


def test_an_archive_of_parts(tmp_path: Path) -> None:
    """In a folder of a Chinese name, whatever the archive calls it."""
    path = write_shapefile(tmp_path, ROWS, "gb18030", packed=True)
    (layer,) = shapefiles_in_zip(path, path.read_bytes(), None)
    assert (layer.name, layer.rows) == ("h", HOMES)
    assert layer.shapes is not None
    assert len(layer.shapes) == 2


def test_missing_and_foreign_parts(tmp_path: Path) -> None:
    """Without its index a shapefile cannot be read; a table of another file is damage."""
    path = write_shapefile(tmp_path, ROWS)
    path.with_suffix(".dbf").write_bytes(write_dbf(ROWS[:2]))
    with pytest.raises(SheetError, match="damaged"):
        shapefile_of(path, None)
    path.with_suffix(".dbf").unlink()
    assert shapefile_of(path, None).headers == ()
    path.with_suffix(".shx").unlink()
    with pytest.raises(SheetError, match="shx"):
        shapefile_of(path, None)


def test_a_damaged_table() -> None:
    """Cut short."""
    with pytest.raises(SheetError, match="damaged"):
        table_of(write_dbf(ROWS)[:100], Path("h.dbf"), None)
