"""Catalogue, parts C, D and E: ids, numbers, addresses, coordinates."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tests.acceptance.corpus import HEAD, Row, World, case, homes, plain, table_case, workbook

TEXTUAL = ("csv", "xlsx")
GOOD = [HEAD, *plain(300)]


def with_id(*ids: object) -> list[Row]:
    """Give a table of good rows and, behind them, rows of these ids."""
    return [*GOOD, *[[v, "合成", f"乙路{i}号", 2] for i, v in enumerate(ids)]]


def with_load(*loads: object) -> list[Row]:
    """Give a table of good rows and, behind them, rows of these household sizes."""
    return [*GOOD, *[[f"L{i}", "合成", f"乙路{i}号", v] for i, v in enumerate(loads)]]


table_case(
    "029-C-ID-FLOAT", "fix", "id-float", with_id("12.0", None, "13.0"), column="编号", rows=303
)
table_case("030-C-ID-ZERO", "ok", "", with_id("007", "0008"), rows=302, held=0)


@case("030-C-ID-ZERO-two-files", "fix", "id-zeros", column="编号", rows=31, held=0, count=1)
def _(folder: Path) -> list[Path]:
    head = ["编号", "地址"]
    one = [head, *[[f"{i:03d}", f"甲路{i}号"] for i in range(1, 31)]]
    two = [head, [7, "甲路7号"]]
    paths = [folder / "a.xlsx", folder / "b.xlsx"]
    for path, rows in zip(paths, (one, two), strict=True):
        path.write_bytes(workbook({"居民": rows}))
    return paths


table_case(
    "030-C-ID-ZERO-differs",
    "warn",
    "id-zeros",
    with_id("007", "7"),
    column="编号",
    rows=302,
    held=0,
)


@case("031-C-ID-18", "stop", "long-number", row=302, column="编号")
def _(folder: Path) -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(workbook({"居民": with_id(110101199003078515)}))
    return path


@case("031-C-ID-18-unused", "ok", rows=1, tags=frozenset({"personal"}))
def _(folder: Path) -> Path:
    path = folder / "a.xlsx"
    rows = [["编号", "身份证号", "地址"], ["1", 110101199003078515, "甲路1号"]]
    path.write_bytes(workbook({"居民": rows}))
    return path


table_case(
    "032-C-ID-CHECK", "ok", "",
    [["编号", "身份证号", "地址"], ["1", "11010119900307851X", "甲路1号"], ["2", "110101900307851", "甲路2号"]],
    rows=2, held=0, tags=frozenset({"personal"}),
)  # fmt: skip
table_case("033-C-ID-DUP", "fix", "repeated-row", [*GOOD, GOOD[7]], row=302, rows=301, held=0)
table_case(
    "034-C-ID-DUP2",
    "hold",
    "duplicate-id",
    with_id("H0007"),
    row=302,
    column="编号",
    rows=301,
    held=2,
)
table_case(
    "034-C-ID-DUP2-many", "stop", "duplicate-id", [HEAD, *plain(20), *[["H0007", "合成", "乙路1号", 1]]],
    row=8, column="编号",
)  # fmt: skip
table_case(
    "035-C-ID-NULL", "fix", "missing-id", with_id(None, None), column="编号", rows=302, held=0
)
table_case(
    "036-C-ID-ORDER", "ok", "", with_id("-3", "9" * 25, "甲/乙-3", "A-1", "2"), rows=305, held=0
)
table_case("037-C-ID-CASE", "warn", "id-case", with_id("A01", "a01"), column="编号", rows=302)
table_case("037-C-ID-CASE-space", "fix", "repeated-row",
           [*GOOD, ["A01", "合成", "乙路1号", 2], ["Ａ０１ ", "合成", "乙路1号", 2]], row=303, rows=302, held=0,
           formats=("csv", "xlsx"))  # fmt: skip
table_case("037-C-ID-CASE-width", "fix", "id-width", with_id("Ｂ０１"), column="编号", rows=301)
table_case(
    "038-C-NUM-FW", "fix", "number-text", with_load("１２", "三人", "3人", "1,234分", "１２．５户"),
    column="服务户数", row=302,
)  # fmt: skip
table_case(
    "038-C-NUM-FW-guess",
    "hold",
    "bad-load",
    with_load("约3", "3-4"),
    column="服务户数",
    row=302,
    held=2,
)
table_case(
    "039-C-NUM-NEG", "hold", "bad-load", with_load(-1, 0.5, 9999, "#N/A", "NaN"), column="服务户数",
    row=302, rows=305, held=5,
)  # fmt: skip


@case("039-C-NUM-NEG-error-cell", "hold", "formula-error", row=2, column="服务户数", rows=2, held=1)
def _(folder: Path) -> Path:
    import xlsxwriter

    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("居民")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["1", "合成", "甲路1号"])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["2", "合成", "甲路2号", 2])
    return path


table_case("040-C-NUM-ZERO", "ok", "", with_load(0, 0), rows=302, held=0)


@case("041-C-FORMULA", "hold", "formula-error", row=2, column="地址", rows=2, held=1)
def _(folder: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["编号", "地址"], ["1", '="甲路"&1'], ["2", "甲路2号"]):
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


table_case(
    "042-C-DATE", "ok", "",
    [["编号", "出生日期", "地址"], ["1", "2024年1月1日", "甲路1号"], ["2", "45292", "甲路2号"], ["3", "31/02", "甲路3号"]],
    rows=3, held=0, tags=frozenset({"personal"}),
)  # fmt: skip


@case("042-C-DATE-kinds", "ok", rows=4, held=0, tags=frozenset({"personal"}))
def _(folder: Path) -> Path:
    import datetime

    days = ["2024-01-01", 20240101, datetime.date(2024, 1, 1), "31/02"]
    rows = [
        ["编号", "出生日期", "地址"],
        *[[f"H{i}", day, f"甲路{i}号"] for i, day in enumerate(days)],
    ]
    (folder / "a.xlsx").write_bytes(workbook({"居民": rows}))
    return folder / "a.xlsx"


@case("042-C-DATE-building", "hold", "date-cell", row=3, column="楼栋", rows=3, held=1)
def _(folder: Path) -> Path:
    import datetime

    rows = [
        ["编号", "社区", "楼栋"],
        ["1", "甲社区", "3-2"],
        ["2", "甲社区", datetime.date(2024, 3, 1)],
        ["3", "甲社区", "5"],
    ]
    (folder / "a.xlsx").write_bytes(workbook({"居民": rows}))
    return folder / "a.xlsx"


@case("042-C-DATE-1904", "warn", "date-cell", row=2, column="单元", rows=2, held=0)
def _(folder: Path) -> Path:
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    book.epoch = datetime.datetime(1904, 1, 1)
    assert book.active is not None
    for row in (
        ["编号", "地址", "单元"],
        ["1", "甲路1号", datetime.date(2024, 2, 1)],
        ["2", "甲路2号", "2"],
    ):
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


@case("042-C-DATE-text", "hold", "date-cell", row=2, column="楼栋", rows=2, held=1)
def _(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("编号,社区,楼栋\n1,甲社区,3月1日\n2,甲社区,3\n", "utf-8")
    return path


table_case(
    "043-C-NA-NAME", "fix", "same-as-above",
    [["编号", "户主姓名", "地址", "社区"], ["1", "NA", "甲路1号", "无"], ["2", "null", "同上", "NA社区"]],
    row=3, column="地址", rows=2, held=0,
)  # fmt: skip
table_case(
    "044-C-CTRL", "fix", "control-characters",
    [HEAD, ["1", "合\u200b成", "甲路\u202e1号", 2], ["2", "合成", "甲\u00a0路2号", 2]], row=2, column="地址",
    rows=2, held=0,
)  # fmt: skip


@case("044-C-CTRL-raw", "fix", "control-characters", row=2, column="地址", rows=1)
def _(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_bytes("编号,地址\n1,甲\x0b路\x001\x1b[31m号\n".encode())
    return path


def addressed(world: World, *addresses: object) -> list[Row]:
    """Give good homes of the town and, behind them, rows of these addresses."""
    good = [[f"H{i:04d}", "合成", a, 2] for i, a in enumerate(world.addresses[:100])]
    return [HEAD, *good, *[[f"X{i}", "合成", a, 2] for i, a in enumerate(addresses)]]


table_case("045-D-ADDR-NULL", "hold", "no-address", [*GOOD, ["X", "合成", None, 2], ["Y", "合成", "不详", 2]],
           row=302, column="地址", rows=302, held=2)  # fmt: skip


def _variants(world: World) -> list[Row]:
    name = world.addresses[0].split("小区")[0] + "小区"
    number = world.addresses[0].removeprefix(name).removesuffix("栋")
    forms = (f"{name}{number}栋2单元501", f"{name}{number}号楼2-501", f"{name}{number}幢２单元５０１室",
             f" {name} {number}#楼2单元501", f"八公山区{name}{number}号楼2单元501")  # fmt: skip
    return addressed(world, *forms)


table_case(
    "046-D-ADDR-VAR", "fix", "full-width", _variants, rows=105, held=0, world=True, formats=TEXTUAL
)


def _split(world: World) -> list[Row]:
    """Give homes of the town whose address stands in several columns."""
    parts = [re.fullmatch(r"(.+?)(\d+)栋", a) for a in world.addresses]
    rows = [[f"H{i:04d}", m[1], int(m[2]), 2, 501] for i, m in enumerate(parts) if m]
    return [["编号", "小区名称", "楼栋号", "单元号", "房号"], *rows[:100]]


table_case(
    "018-B-HDR-SYN-split", "ok", "", _split, rows=100, held=0, world=True,
    took=(("小区名称", "compound"), ("楼栋号", "building")),
)  # fmt: skip
table_case(
    "047-D-ADDR-ALIAS", "hold", "resembles", lambda w: addressed(w, "向阳新小区3栋2单元501"), row=102,
    column="地址", rows=101, held=1, world=True, formats=TEXTUAL, words=(" %)", "planner review"),
)  # fmt: skip
table_case(
    "048-D-ADDR-NONUM", "hold", "", lambda w: addressed(w, "和平路", "学校对面", "建设路中段"), row=102,
    column="地址", rows=103, held=3, world=True, formats=TEXTUAL,
)  # fmt: skip
table_case(
    "049-D-ADDR-2IN1", "hold", "two-addresses",
    lambda w: addressed(w, f"{w.addresses[0]};{w.addresses[40]}"), row=102, column="地址", held=1,
    world=True, formats=TEXTUAL,
)  # fmt: skip
table_case(
    "049-D-ADDR-2IN1-phone", "fix", "contact-in-address",
    lambda w: addressed(w, f"{w.addresses[0]} 13800000000", f"{w.addresses[1]}13800000000",
                        f"{w.addresses[2]}(电话:138-0000-0000)", f"{w.addresses[3]}2单元30113800000000",
                        f"{w.addresses[4]} 0554-5600000"),
    held=0, row=102, column="地址", count=5, rows=105, world=True, formats=TEXTUAL,
)  # fmt: skip
table_case(
    "051-D-ADDR-OUT", "hold", "", lambda w: addressed(w, "北京市朝阳区建国路88号"), row=102, column="地址",
    held=1, world=True, formats=TEXTUAL,
)  # fmt: skip


def _one_point(world: World) -> list[Row]:
    rows = [["编号", "地址", "经度", "纬度"]]
    rows += [[f"H{i}", a, *world.places[i]] for i, a in enumerate(world.addresses[:60])]
    x, y = world.places[70]
    return [*rows, *[[f"S{i}", f"{i + 100}栋东环花园", x, y] for i in range(30)]]


table_case("053-D-GEO-SAME", "hold", "same-point", _one_point, row=62, column="经度", held=30, world=True,
           formats=TEXTUAL)  # fmt: skip


def _conflict(world: World, metres: float) -> list[Row]:
    rows: list[Row] = [["编号", "地址", "经度", "纬度"]]
    rows += [[f"H{i}", a, *world.places[i]] for i, a in enumerate(world.addresses[:60])]
    rows[5][3] += metres / 111_195
    return rows


table_case("058-D-CONFLICT-far", "hold", "conflict", lambda w: _conflict(w, 4000), row=6, column="经度", held=1,
           world=True, formats=TEXTUAL)  # fmt: skip
table_case("058-D-CONFLICT-near", "warn", "conflict", lambda w: _conflict(w, 600), row=6, column="经度", held=0,
           world=True, formats=TEXTUAL)  # fmt: skip


def _swapped(rows: list[Row], *which: int) -> list[Row]:
    return [[r[0], r[2], r[1]] if i in which else r for i, r in enumerate(rows)]


table_case("059-E-SWAP-whole", "fix", "swapped", lambda w: _swapped(homes(w, 60), *range(1, 61)), count=1, held=0,
           column="经度", world=True, formats=TEXTUAL)  # fmt: skip
table_case("059-E-SWAP-rows", "fix", "swapped", lambda w: _swapped(homes(w, 60), 7, 9), row=8, count=2, held=0,
           column="经度", world=True, formats=TEXTUAL)  # fmt: skip
table_case(
    "060-E-GCJ", "stop", "datum", lambda w: homes(w, 200, datum="gcj02"), column="经度", world=True
)
table_case(
    "060-E-GCJ-bd09",
    "stop",
    "datum",
    lambda w: homes(w, 200, datum="bd09"),
    column="经度",
    world=True,
)
table_case("060-E-GCJ-half", "stop", "datum",
           lambda w: [*homes(w, 100), *[[f"G{r[0]}", *r[1:]] for r in homes(w, 100, datum="gcj02")[1:]]],
           column="经度", world=True)  # fmt: skip
table_case("060-E-GCJ-declared", "fix", "converted", lambda w: homes(w, 200, datum="gcj02"), datum="gcj02",
           column="经度", held=0, world=True)  # fmt: skip
table_case("060-E-GCJ-declared-wrongly", "warn", "datum-declared", lambda w: homes(w, 200), datum="gcj02", column="经度",
           world=True, formats=TEXTUAL)  # fmt: skip
table_case("061-E-PROJ", "stop", "metres", [["编号", "经度", "纬度"], *[[i, 39500123 + i, 3601055 + i] for i in range(9)]],
           row=2, column="经度")  # fmt: skip
table_case("062-E-DMS-comma", "fix", "degrees-text",
           [["编号", "经度", "纬度"], *[[i, f"116,{812345 + i}", f"32,{612345 + i}"] for i in range(9)]], column="经度",
           rows=9, held=0)  # fmt: skip
DMS = [["编号", "经度", "纬度"], ["1", "116°23′50″E", "39°54′20″N"], ["2", "116.300001,39.900001", None],
       ["3", "东经116度23分50秒", "北纬39度54分20秒"], ["4", "116.3970011", "39.9060011"]]  # fmt: skip
table_case("062-E-DMS", "fix", "degrees-text", DMS, column="经度", rows=4, held=0)
ZERO = [
    [0, 0],
    [-1, -1],
    [999, 999],
    [117, 91],
    ["inf", 32],
    ["NaN", "NaN"],
    ["null", "null"],
    [117, None],
]
table_case(
    "063-E-ZERO", "hold", "bad-coordinates",
    [["编号", "经度", "纬度"], *[[f"H{i}", 116.8 + i / 997, 32.6 + i / 991] for i in range(30)],
     *[[f"Z{i}", *z] for i, z in enumerate(ZERO)]], row=32, column="经度", rows=38, held=len(ZERO),
)  # fmt: skip
table_case("064-E-OUTLIER", "hold", "outside", lambda w: [*homes(w, 60), ["X", 121.4, 39.2]], row=62, column="经度",
           held=1, world=True)  # fmt: skip
table_case(
    "065-E-PREC",
    "warn",
    "coarse-coordinates",
    lambda w: homes(w, 60, places=3),
    column="经度",
    world=True,
)


def _points(folder: Path, world: World, crs: str | None, n: int = 40, missing: int = 0) -> Path:
    import warnings

    import geopandas as gpd
    import shapely

    at = world.places[:n]
    shapes = [*shapely.points(at[: n - missing]), *[None] * missing]
    layer = gpd.GeoDataFrame(
        {"编号": [f"H{i}" for i in range(n)]}, geometry=shapes, crs="EPSG:4326"
    )
    if crs not in (None, "EPSG:4326"):
        layer = layer.to_crs(crs)
    if crs is None:
        layer = layer.set_crs(None, allow_override=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer.to_file(folder / "a.gpkg", layer="居民", driver="GPKG", engine="pyogrio")
    return folder / "a.gpkg"


@case("068-E-NANGEOM-null", "hold", "no-address", row=40, rows=40, held=2, world=True)
def _(folder: Path, world: World) -> Path:
    return _points(folder, world, "EPSG:4326", missing=2)


@case("069-E-CRS-none", "stop", "no-crs", world=True)
def _(folder: Path, world: World) -> Path:
    return _points(folder, world, None)


@case("069-E-CRS-other", "ok", rows=40, held=0, world=True)
def _(folder: Path, world: World) -> Path:
    return _points(folder, world, "EPSG:4547")


@case("069-E-CRS-lie", "stop", "", world=True)
def _(folder: Path, world: World) -> Path:
    import geopandas as gpd
    import shapely

    at = world.places[:40] * 100_000
    layer = gpd.GeoDataFrame(
        {"编号": np.arange(40).astype(str)}, geometry=shapely.points(at), crs="EPSG:4326"
    )
    layer.to_file(folder / "a.gpkg", layer="居民", driver="GPKG", engine="pyogrio")
    return folder / "a.gpkg"
