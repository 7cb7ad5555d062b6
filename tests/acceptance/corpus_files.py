"""Catalogue, parts A, B and H: files, containers, table structure, hostile content."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from tests.acceptance.corpus import HEAD, case, plain, table_case, workbook, write_as
from tests.acceptance.corpus_old import OLD_WORKBOOK

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def text_of(rows: list[list[object]], separator: str = ",") -> str:
    """Give delimited text."""
    return "".join(separator.join("" if v is None else str(v) for v in row) + "\n" for row in rows)


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


GOOD = [HEAD, *plain(30)]


@case("001-A-ENC-GBK", "fix", "encoding", rows=30, held=0)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode("gb18030"))


@case("002-A-ENC-BOM", "ok", rows=30, held=0, took=(("编号", "id"),))
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode("utf-8-sig"))


@case("003-A-ENC-U16", "fix", "encoding", rows=30, held=0)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD, "\t").encode("utf-16"))


@case("004-A-ENC-MOJI", "stop", "missing-column", words=("'编号'", "in UTF-8 the headers read"))
def _(folder: Path) -> Path:
    garbled = text_of(GOOD).encode().decode("gb18030", "ignore")
    return put(folder, "a.csv", garbled.encode())


@case("004-A-ENC-MOJI-never-gbk", "ok", rows=30, took=(("地址", "address"),))
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode())


@case("005-A-ENC-MIX", "stop", "mixed-encoding", row=32)
def _(folder: Path) -> Path:
    more = text_of(plain(20, 100)).encode("gb18030")
    return put(folder, "a.csv", text_of(GOOD).encode() + more)


@case("006-A-ENC-4B", "fix", "encoding", rows=31, held=0)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of([*GOOD, ["x", "合成𠮷", "㐂祥路1号", 2]]).encode("gb18030"))


@case("007-A-XLS-OLD-html", "stop", "html")
def _(folder: Path) -> Path:
    return put(folder, "a.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>")


@case("007-A-XLS-OLD-xml", "stop", "xml")
def _(folder: Path) -> Path:
    return put(folder, "a.xls", b"<?xml version='1.0'?><Workbook/>")


@case("007-A-XLS-OLD-binary", "hold", "bad-load", row=32, column="服务户数", rows=31, held=1)
def _(folder: Path) -> Path:
    return put(folder, "a.xls", OLD_WORKBOOK)


@case("007-A-XLS-OLD-renamed", "hold", "bad-load", sheet="居民", row=32, rows=31, held=1)
def _(folder: Path) -> Path:
    return put(folder, "a.xlsx", OLD_WORKBOOK)


@case("007-A-XLS-OLD-cut", "stop", "damaged")
def _(folder: Path) -> Path:
    return put(folder, "a.xls", OLD_WORKBOOK[:3000])


@case("008-A-XLS-PWD", "stop", "encrypted")
def _(folder: Path) -> Path:
    return put(folder, "a.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


@case("009-A-XLS-LOCK", "stop", "lock-file")
def _(folder: Path) -> Path:
    return put(folder, "~$名单.xlsx", b"\x05owner" + bytes(100))


@case("009-A-XLS-LOCK-beside", "warn", "lock-file", rows=30)
def _(folder: Path) -> list[Path]:
    whole = write_as(folder / "名单.xlsx", GOOD)
    return [whole, put(folder, "~$名单.xlsx", b"\x05owner" + bytes(100))]


@case("010-A-XLS-TRUNC", "stop", "damaged")
def _(folder: Path) -> Path:
    whole = workbook({"居民": [HEAD, *plain(400)]})
    return put(folder, "a.xlsx", whole[: len(whole) * 6 // 10])


@case("010-A-XLS-TRUNC-csv", "stop", "damaged", row=31, words=("bytes",))
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode()[: -len("幸福路30号,3\n".encode())])


@case("010-A-XLS-TRUNC-character", "stop", "damaged", row=31)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode()[: -len("号,3\n".encode()) + 1])


@case("010-A-XLS-TRUNC-no-last-line-end", "ok", rows=30, held=0)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode().rstrip())


@case("010-A-XLS-TRUNC-footer", "fix", "totals-row", row=32, rows=30, held=0)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD).encode() + "合计,30".encode())


@case("011-A-XLS-SPARSE", "fix", "stray-cell", sheet="居民", rows=30, held=0)
def _(folder: Path) -> Path:
    import xlsxwriter

    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("居民")
        for r, row in enumerate(GOOD):
            sheet.write_row(r, 0, row)
        sheet.write(1048575, 16383, "x")
    return path


@case("012-A-EMPTY-zero", "stop", "no-rows")
def _(folder: Path) -> Path:
    return put(folder, "a.csv", b"")


table_case("012-A-EMPTY-header", "stop", "no-rows", [HEAD])
table_case(
    "012-A-EMPTY-blank", "stop", "no-rows", [HEAD, [None] * 4, [None] * 4], formats=("csv", "xlsx")
)


@case("012-A-EMPTY-sheets", "stop", "no-rows")
def _(folder: Path) -> Path:
    return put(folder, "a.xlsx", workbook({"一": [], "二": []}))


@case("013-A-PATH-missing", "stop", "missing-file")
def _(folder: Path) -> Path:
    return folder / "none.xlsx"


@case("013-A-PATH-folder", "stop", "folder")
def _(folder: Path) -> Path:
    (folder / "名单").mkdir(exist_ok=True)
    return folder / "名单"


@case("013-A-PATH-odd", "ok", rows=30)
def _(folder: Path) -> Path:
    deep = folder.joinpath(*["很长的文件夹名字" * 4] * 4, "a b #%")
    deep.mkdir(parents=True, exist_ok=True)
    return write_as(deep / "居民 #1%20(终稿).csv", GOOD)


@case("014-A-DUPFILE", "warn", "same-file", rows=30)
def _(folder: Path) -> list[Path]:
    return [write_as(folder / "a.csv", GOOD), write_as(folder / "b.csv", GOOD)]


@case("014-A-DUPFILE-exports", "fix", "repeated-row", rows=61)
def _(folder: Path) -> list[Path]:
    return [write_as(folder / "a.csv", GOOD), write_as(folder / "b.csv", [*GOOD, *plain(1, 90)])]


@case("015-B-TITLE", "fix", "header-row", row=3, rows=30)
def _(folder: Path) -> Path:
    rows = [["居民信息表"], ["填报单位:某街道"], *GOOD]
    return put(folder, "a.xlsx", workbook({"居民": rows}, merges=["A1:D1"]))


@case("016-B-HDR-MERGE", "fix", "header-row", rows=2, took=(("住址/楼栋", "building"),))
def _(folder: Path) -> Path:
    rows = [["编号", "住址", None, None], [None, "详细地址", "楼栋", "单元"], ["1", "甲路1号", "3栋", "2"],
            ["2", "甲路1号", "4栋", "1"]]  # fmt: skip
    return put(folder, "a.xlsx", workbook({"居民": rows}, merges=["A1:A2", "B1:D1"]))


@case("017-B-CELL-MERGE", "fix", "merged-cells", row=2, rows=4, held=0)
def _(folder: Path) -> Path:
    rows = [
        ["编号", "地址", "楼栋"],
        ["1", "甲路1号", "1栋"],
        ["2", "甲路1号"],
        ["3", "甲路1号"],
        ["4", "甲路2号"],
    ]
    return put(folder, "a.xlsx", workbook({"居民": rows}, merges=["C2:C4"]))


SYNONYMS = [
    ["户 编 号", "家庭住址(必填)", "经 度", "ＬＡＴ"],
    ["1", "甲路1号", "117.5123456", "32.5123456"],
]
table_case(
    "018-B-HDR-SYN", "ok", "", SYNONYMS, rows=1,
    took=(("户 编 号", "id"), ("家庭住址(必填)", "address"), ("经 度", "lon"), ("ＬＡＴ", "lat")),
    formats=("csv", "xlsx"),
)  # fmt: skip
table_case("019-B-HDR-MISS", "stop", "missing-column", [["编号", "家庭地止"], ["1", "甲路1号"]])
table_case(
    "020-B-HDR-DUP", "stop", "ambiguous-header", [["编号", "编号", "地址"], ["1", "2", "甲路1号"]],
    column="编号", formats=("csv", "xlsx"),
)  # fmt: skip
table_case(
    "020-B-HDR-DUP-equal", "warn", "duplicate-header",
    [["编号", "编 号", "名", "地址"], ["1", "1", "x", "甲路1号"], ["2", "2", "y", "甲路2号"]], column="编 号", rows=2,
    held=0,
)  # fmt: skip
table_case(
    "021-B-HDR-AMB", "stop", "ambiguous-header", [["编号", "家庭住址", "现居住地址"], ["1", "甲路1号", "乙路2号"]],
    column="家庭住址",
)  # fmt: skip


@case("022-B-SHEET-HID", "warn", "hidden-sheet", rows=30)
def _(folder: Path) -> Path:
    book = workbook({"旧表": [HEAD, *plain(5, 500)], "居民": GOOD}, hidden=["旧表"])
    return put(folder, "a.xlsx", book)


@case("023-B-ROW-HID", "warn", "hidden-rows", sheet="居民", rows=30)
def _(folder: Path) -> Path:
    return put(folder, "a.xlsx", workbook({"居民": GOOD}, hidden_rows=[4, 5]))


TOTALS = [HEAD, *plain(5), ["小计", None, None, 15], [None] * 4, *plain(5, 6), ["合计", None, None, 30],
          ["填表人:", None, None, None]]  # fmt: skip
table_case(
    "024-B-TOTALS", "fix", "totals-row", TOTALS, row=7, rows=10, count=3, formats=("csv", "xlsx")
)


table_case(
    "024-B-TOTALS-blank", "fix", "blank-rows", TOTALS, row=8, count=1, formats=("csv", "xlsx")
)


@case("025-B-RAGGED", "hold", "ragged-row", row=32, rows=31, held=1)
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of([*GOOD, ["x", "合成", "甲路", "1号", 3]]).encode())


@case("025-B-RAGGED-many", "stop", "wrong-separator")
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of([HEAD, *[["x", "合成", "甲路", "1号", 3]] * 9]).encode())


for word, mark in (("semicolon", ";"), ("tab", "\t"), ("bar", "|"), ("wide", "，")):

    @case(f"026-B-SEP-{word}", "fix", "separator", rows=30, held=0)
    def _(folder: Path, mark: str = mark) -> Path:
        return put(folder, "a.csv", text_of(GOOD, mark).encode())


@case("026-B-SEP-none", "stop", "missing-column")
def _(folder: Path) -> Path:
    return put(folder, "a.csv", text_of(GOOD, "^").encode())


@case("027-B-QUOTE", "stop", "open-quote", row=32)
def _(folder: Path) -> Path:
    rows = [*GOOD, ["x", "合成", '"甲路1号', 3], *plain(3, 50)]
    return put(folder, "a.csv", text_of(rows).encode())


@case("027-B-QUOTE-inner-break", "ok", "stray-blanks", rows=31, held=0)
def _(folder: Path) -> Path:
    return write_as(folder / "a.csv", [*GOOD, ["x", "合成", "甲路\n1号", 3]])


@case("028-B-STACK", "fix", "repeated-header", row=5, rows=9)
def _(folder: Path) -> Path:
    one = [HEAD, *plain(3), HEAD, *plain(3, 10)]
    two = [HEAD[::-1], *[row[::-1] for row in plain(3, 20)]]
    return put(folder, "a.xlsx", workbook({"一": one, "二": two}))


@case("028-B-STACK-lacking", "stop", "missing-column", sheet="二")
def _(folder: Path) -> Path:
    lacking = [["编号", "楼层", "服务户数"], ["1", "2", 3]]
    return put(folder, "a.xlsx", workbook({"一": GOOD, "二": lacking}))


RISKY = [
    '=HYPERLINK("http://x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "=cmd|' /C calc'!A0",
    "{=1+1}",
]
table_case(
    "093-H-FORMULA", "ok", "", [HEAD, *[[f"H{i}", r, f"甲路{i}号", 3] for i, r in enumerate(RISKY)]],
    rows=9, held=0, tags=frozenset({"formula"}),
)  # fmt: skip
table_case(
    "093-H-FORMULA-address", "ok", "",
    [HEAD, *[[f"H{i}", "合成", f"{r}路{i}号", 3] for i, r in enumerate("=+-@")]],
    rows=4, held=0, tags=frozenset({"formula"}),
)  # fmt: skip


@case("095-H-BOMB", "stop", "too-large")
def _(folder: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 108_000_000)
    return put(folder, "a.xlsx", buffer.getvalue())


@case("095-H-BOMB-nested", "stop", "not-a-table")
def _(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bin", b" " * 1_000_000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("b.zip", inner.getvalue())
    return put(folder, "a.xlsx", outer.getvalue())


@case("095-H-BOMB-geojson", "stop", "damaged")
def _(folder: Path) -> Path:
    return put(folder, "a.geojson", b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}")


@case("096-H-PATH", "ok", rows=30, tags=frozenset({"path"}))
def _(folder: Path) -> Path:
    import pandas as pd
    import pyogrio

    path = folder / "a.gpkg"
    frame = pd.DataFrame([[str(v) for v in row] for row in plain(30)], columns=HEAD)
    pyogrio.write_dataframe(frame, path, layer="x", driver="GPKG")
    with closing(sqlite3.connect(path)) as book:
        book.execute('ALTER TABLE x RENAME TO "../../etc/x"')
        for table in ("gpkg_contents", "gpkg_ogr_contents"):
            book.execute(f"UPDATE {table} SET table_name = '../../etc/x'")
        book.commit()
    return path


@case("097-H-SQL", "ok", rows=30, tags=frozenset({"path"}))
def _(folder: Path) -> Path:
    return put(folder, "a.xlsx", workbook({"a'; DROP 'x\"--": GOOD}))
