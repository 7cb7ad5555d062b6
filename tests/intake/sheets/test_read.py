"""Any file becomes text tables that know where each row stands, or a message that says what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SheetError
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.schema import HOUSEHOLDS

HEAD = "编号,地址,社区\n"
ROWS = "1,幸福路12号3栋,甲社区\n2,幸福路14号,乙社区\n"


def book(path: Path, *sheets: list[list[object]], **merges: str) -> Path:
    """Write a workbook of sheets, with merged ranges as openpyxl names them."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for k, rows in enumerate(sheets):
        sheet = made.create_sheet(f"表{k + 1}")
        for row in rows:
            sheet.append(row)
        for area in merges.get(f"s{k + 1}", "").split():
            sheet.merge_cells(area)
    made.save(path)
    return path


def one(path: Path) -> SheetTable:
    """Read a file that holds one table."""
    (table,) = read_table(path)
    return table


def codes(table: SheetTable) -> list[str]:
    """Give the codes of what was noticed."""
    return [f.code for f in table.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "\uff0c"])
def test_csv_of_any_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    """A-ENC, B-SEP: the same text comes out, and row numbers are those of the spreadsheet."""
    path = tmp_path / "名 单#%.csv"
    path.write_bytes((HEAD + ROWS).replace(",", separator).encode(encoding))
    table = one(path)
    assert table.headers == ("编号", "地址", "社区")
    assert table.cells.tolist()[1] == ["2", "幸福路14号", "乙社区"]
    assert table.row.tolist() == [2, 3]
    assert ("separator" in codes(table)) == (separator != ",")
    assert ("encoding" in codes(table)) == (not encoding.startswith("utf-8"))


def test_four_byte_characters_survive(tmp_path: Path) -> None:
    """A-ENC-4B: GB18030 holds more than GBK."""
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + "1,𠮷祥路㐂1号,甲\n").encode("gb18030"))
    assert one(path).cells[0, 1] == "𠮷祥路㐂1号"


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    """A-ENC-MIX: either reading would garble half of it; the row is named."""
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + ROWS).encode() + "3,解放路8号甲栋,丙社区\n".encode("gb18030"))
    with pytest.raises(SheetError, match="row 4"):
        read_table(path)


def test_quotes(tmp_path: Path) -> None:
    """B-QUOTE: a line break inside quotes is text; a quote that never closes is named by its row."""
    path = tmp_path / "a.csv"
    path.write_text(HEAD + '1,"幸福路12号\n3栋",甲\n2,解放路1号,乙\n', "utf-8")
    table = one(path)
    assert table.cells[0, 1] == "幸福路12号\n3栋"
    assert table.row.tolist() == [2, 3]
    path.write_text(HEAD + '1,幸福路12号,甲\n2,"解放路1号,乙\n3,解放路2号,乙\n', "utf-8")
    with pytest.raises(SheetError, match=r"row 3.*quotation"):
        read_table(path)


def test_ragged_rows_are_held_and_many_are_refused(tmp_path: Path) -> None:
    """B-RAGGED: a row with an unquoted comma is set aside by number; a file of them is refused."""
    path = tmp_path / "a.csv"
    path.write_text(HEAD + ROWS * 20 + "41,幸福路,12号,甲\n", "utf-8")
    assert one(path).ragged == (42,)
    path.write_text(HEAD + ROWS + "3,幸福路,12号,甲\n4,幸福路,13号,甲\n", "utf-8")
    with pytest.raises(SheetError, match="more fields"):
        read_table(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no data rows"),
        (HEAD.encode(), "no data rows"),
        ((HEAD + ",,\n,,\n").encode(), "no data rows"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"%PDF-1.4 what", "not a table"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "damaged"),
        (b"PK\x03\x04 cut", "damaged"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    """A-XLS, A-EMPTY: content decides, not the ending, and the message says what the file is."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetError, match=said) as error:
        read_table(path)
    assert "a.xlsx" in str(error.value)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    """A-PATH, A-XLS-LOCK: missing, a folder, a lock file."""
    with pytest.raises(SheetError, match="there is no file"):
        read_table(tmp_path / "none.xlsx")
    with pytest.raises(SheetError, match="folder"):
        read_table(tmp_path)
    with pytest.raises(SheetError, match="lock file"):
        read_table(tmp_path / "~$名单.xlsx")


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    """A-XLS-TRUNC: a bad copy is called damaged."""
    whole = book(
        tmp_path / "b.xlsx", [["编号", "地址"], *([i, f"路{i}号"] for i in range(500))]
    ).read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(SheetError, match="damaged or incomplete"):
        read_table(path)


def test_a_stray_cell_is_left_out(tmp_path: Path) -> None:
    """A-XLS-SPARSE: one cell at the far corner does not bring the process down."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("居民")
        sheet.write_row(0, 0, ["编号", "地址"])
        sheet.write_row(1, 0, ["1", "幸福路1号"])
        sheet.write(1048575, 16383, "x")
    table = one(path)
    assert table.cells.tolist() == [["1", "幸福路1号"]]
    assert "stray-cell" in codes(table)
    assert "XFD1048576" in table.findings[0].what


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    """H-BOMB: nothing is unpacked."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 108_000_000)
    with pytest.raises(SheetError, match="would unpack"):
        read_table(path)


def test_a_directory_that_lies_is_refused(tmp_path: Path) -> None:
    """H-BOMB: a zip directory that states a smaller size than the member has is called damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" + b" " * 5000)
    data = buffer.getvalue().replace(struct.pack("<L", 5011), struct.pack("<L", 20))
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(SheetError):
        read_table(path)


def test_header_below_titles(tmp_path: Path) -> None:
    """B-TITLE: the header is found among known names, and rows keep their number."""
    rows = [
        ["居民信息表", None, None],
        ["填报单位:某街道", None, None],
        ["编号", "地址", "经度"],
        ["1", "甲路1号", 117.5],
    ]
    table = one(book(tmp_path / "a.xlsx", rows, s1="A1:C1"))
    assert table.headers == ("编号", "地址", "经度")
    assert table.row.tolist() == [4]
    assert table.cells.tolist() == [["1", "甲路1号", "117.5"]]
    assert codes(table) == ["header-row"]
    assert "居民信息表" in table.title


def test_two_row_header(tmp_path: Path) -> None:
    """B-HDR-MERGE: a group over its parts is joined to them."""
    rows = [
        ["编号", "住址", None, None],
        [None, "小区地址", "楼栋", "单元"],
        ["1", "甲路1号", "3栋", "2单元"],
    ]
    table = one(book(tmp_path / "a.xlsx", rows, s1="A1:A2 B1:D1"))
    assert "住址/楼栋" in table.headers
    assert table.row.tolist() == [3]


def test_merged_cells_fill_only_their_range(tmp_path: Path) -> None:
    """B-CELL-MERGE: three merged rows get the value, the empty cell below does not."""
    rows = [
        ["编号", "地址", "楼栋"],
        ["1", "甲路1号", "1栋"],
        ["2", "甲路1号"],
        ["3", "甲路1号"],
        ["4", "甲路1号"],
    ]
    table = one(book(tmp_path / "a.xlsx", rows, s1="C2:C4"))
    assert table.cells[:, 2].tolist() == ["1栋", "1栋", "1栋", ""]
    assert codes(table) == ["merged-cells"]


def test_totals_footers_and_repeated_headers_are_dropped_and_listed(tmp_path: Path) -> None:
    """B-TOTALS, B-STACK: each row that is no resident is named."""
    head = ["编号", "地址", "户数"]
    rows = [head, ["1", "甲路1号", 2], ["小计", None, 2], [None, None, None], head, ["2", "乙路1号", 3],
            ["合计", None, 5], ["填表人:", "某某", None]]  # fmt: skip
    table = one(book(tmp_path / "a.xlsx", rows))
    assert table.cells[:, 0].tolist() == ["1", "2"]
    assert table.row.tolist() == [2, 6]
    assert [f.row for f in table.findings] == [4, 3, 5, 7, 8]
    assert table.findings[0].code == "blank-rows"


def test_hidden_sheets_are_skipped(tmp_path: Path) -> None:
    """B-SHEET-HID: the visible sheet is read, the hidden one is told of."""
    path = book(
        tmp_path / "a.xlsx",
        [["编号", "地址"], ["9", "旧路9号"]],
        [["编号", "地址"], ["1", "新路1号"]],
    )
    made = openpyxl.load_workbook(path)
    made["表1"].sheet_state = "hidden"
    made.active = 1
    made["表2"].row_dimensions[2].hidden = True
    made.save(path)
    table = one(path)
    assert table.cells.tolist() == [["1", "新路1号"]]
    assert codes(table) == ["hidden-sheet", "hidden-rows"]
    (asked,) = read_table(path, sheet="表1")
    assert asked.cells[0, 1] == "旧路9号"
    with pytest.raises(SheetError, match="no sheet"):
        read_table(path, sheet="表3")


def test_text_is_kept_exactly(tmp_path: Path) -> None:
    """C-ID-FLOAT, C-NA-NAME: whole numbers have no point, zeros stay, NA is a name."""
    rows = [
        ["编号", "地址", "楼栋"],
        [12.0, "NA", "007"],
        ["007", "null", 0.5],
        [True, "None", None],
    ]
    table = one(book(tmp_path / "a.xlsx", rows))
    assert table.cells.tolist() == [
        ["12", "NA", "007"],
        ["007", "null", "0.5"],
        ["TRUE", "None", ""],
    ]


def test_long_numbers_formula_errors_and_unstored_formulas_are_marked(tmp_path: Path) -> None:
    """C-ID-18, C-NUM-NEG, C-FORMULA: what a reader would return as blank or rounded is marked."""
    rows = [["编号", "地址", "户数"], [110101199003078515, "甲路1号", 1], ["2", "=NA()", "=1+1"]]
    path = book(tmp_path / "a.xlsx", rows)
    table = one(path)
    assert table.faults[0, 0] == "long"
    assert table.faults[1, 2] == "formula"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["编号", "地址"])
        sheet.write_row(1, 0, ["1"])
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    assert one(path).faults == {(0, 1): "error"}


def test_personal_columns_are_not_read(tmp_path: Path) -> None:
    """Names, numbers and phones never leave the file."""
    rows = [
        ["编号", "户主姓名", "身份证号", "联系电话", "地址"],
        ["1", "某甲", "110", "138", "甲路1号"],
    ]
    table = one(book(tmp_path / "a.xlsx", rows))
    assert table.headers == ("编号", "地址")
    assert table.unread == ("户主姓名", "身份证号", "联系电话")
    assert "某甲" not in str(table)
    (every,) = read_table(tmp_path / "a.xlsx", table=None)
    assert every.frame["户主姓名"].tolist() == ["某甲"]


@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON"])
def test_layers_of_points(tmp_path: Path, driver: str) -> None:
    """A layer in any CRS is a table with lon and lat."""
    import geopandas as gpd

    layer = gpd.GeoDataFrame(
        {"编号": ["1", "2"]},
        geometry=gpd.points_from_xy([117.0, 117.1], [32.6, 32.7]),
        crs="EPSG:4326",
    )
    path = tmp_path / f"a.{driver.lower()}"
    layer.to_file(path, driver=driver, engine="pyogrio")
    table = one(path)
    assert table.headers == ("编号", "lon", "lat")
    assert [float(v) for v in table.cells[1, 1:]] == pytest.approx([117.1, 32.7])


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"'), max_size=12),
                 min_size=3, max_size=3),
        min_size=1, max_size=8,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_workbook_text_round_trips(rows: list[list[str]]) -> None:
    """Whatever text stands in the cells comes back, row by row, with its row number."""
    import tempfile

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["编号", "地址", "楼栋"])
        for r, row in enumerate(rows, start=1):
            for c, text in enumerate(row):
                sheet.write_string(r, c, f"v{text}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(buffer.getvalue())
        (table,) = read_table(path, table=HOUSEHOLDS)
    assert table.cells.tolist() == [[f"v{t}" for t in row] for row in rows]
    assert table.row.tolist() == list(range(2, len(rows) + 2))
