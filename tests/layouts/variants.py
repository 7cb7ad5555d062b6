"""A made-up table, and the same table as another office, program or place would have handed it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from planner.intake.residents import Residents
from planner.model.schema import HOUSEHOLDS
from tests.layouts.binary import write_xlsb
from tests.layouts.books import Cell, Error, Sheet, write_ods, write_xls, write_xlsx
from tests.layouts.layers import (
    layer_of,
    write_dbf,
    write_geojson,
    write_kml,
    write_shapefile,
)

__all__ = ["FORMATS", "Table", "made_up", "said_by", "written"]

BOOKS: Final = {
    "xlsx": write_xlsx,
    "ods": write_ods,
    "xls": write_xls,
    "et": write_xls,
    "xlsm": write_xlsx,
    "xlsb": write_xlsb,
}
LAYERS: Final = ("gpkg", "fgb", "geojson", "kml", "kmz", "shp", "shp.zip")
FORMATS: Final = ("csv", "csv", "txt", *BOOKS, "xlsx", *LAYERS, "dbf")
ROLES: Final = ("id", "compound", "building", "stairwell", "community")
OWN: Final = ("编号", "小区", "楼栋", "单元", "社区")
PERSONAL: Final = (("姓名", "合成居民"), ("联系电话", "000-0"), ("备注", "略"))
NOTES: Final = (
    "共12户",
    "注：本表由各网格员填写",
    "填表说明：编号不得重复",
    "制表人：",
    "2026年3月2日",
)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be")


@dataclass(frozen=True)
class Table:
    """Homes as they are meant.

    Parameters
    ----------
    rows : tuple of rows
        Texts under `ROLES`; communities stand in runs.
    fault : int
        A row whose building is an error in a workbook, -1 if none.
    """

    rows: tuple[tuple[str, ...], ...]
    fault: int = -1


def made_up(rng: np.random.Generator) -> Table:
    """Make up some homes."""
    n = int(rng.integers(5, 14))
    start = int(rng.integers(1, 900))
    names = ("甲社区", "乙社区", "丙社区")
    rows = []
    for i in range(n):
        building = ("3", "12", "5栋", "7号楼", "A2", "3月2日")[
            int(rng.choice(6, p=[0.3, 0.3, 0.15, 0.1, 0.1, 0.05]))
        ]
        name = (f"H{start + i:04d}", f"{start + i:05d}", f"{start + i}")[start % 3]
        rows.append(
            (
                name,
                ("向阳小区", "光明新村", "𠮷祥里")[i % 3],
                building,
                str(i % 4 + 1),
                names[i * 3 // n],
            )
        )
    return Table(tuple(rows))


def said_by(read: Residents) -> tuple[list[list[str]], list[list[str]]]:
    """Give what was read: homes by id, and those held with the reason."""
    columns = ["id", "address", "building", "stairwell", "community"]
    kept = sorted(map(list, read.kept[columns].astype(str).to_numpy().tolist()))
    return kept, sorted(map(list, read.held[["id", "code"]].astype(str).to_numpy().tolist()))


def written(table: Table, kind: str, folder: Path, rng: np.random.Generator) -> tuple[Path, Table]:
    """Write the homes in a format, in any layout that it allows.

    Returns
    -------
    path, table
        The homes again, with the fault that a workbook got.
    """
    order = rng.permutation(len(ROLES))
    headers = [
        _heading(ROLES[k], OWN[k], rng, short=kind in ("shp", "shp.zip", "dbf")) for k in order
    ]
    rows = [[row[k] for k in order] for row in table.rows]
    for name, value in PERSONAL:
        if rng.random() < 0.4:
            at = int(rng.integers(len(headers) + 1))
            headers.insert(at, name)
            for i, row in enumerate(rows):
                row.insert(at, f"{value}{i}")
    if kind in ("csv", "txt"):
        path = folder / f"h.{kind}"
        path.write_bytes(_delimited(headers, rows, rng))
        return path, table
    if kind in BOOKS:
        return _book(table, kind, folder, (headers, rows), rng)
    return _layer([headers, *rows], kind, folder, rng), table


def _heading(role: str, own: str, rng: np.random.Generator, *, short: bool) -> str:
    if rng.random() < 0.3:
        return own
    known = [h for h in HOUSEHOLDS[role].headers if h.isascii() is False or len(h) > 3]
    heading = str(rng.choice(known))
    if short:
        return heading if len(heading.encode()) <= 10 and " " not in heading else own
    way = int(rng.integers(6))
    if way == 0:
        return f"{heading}(必填)"
    if way == 1:
        return f" ＊{heading}："
    return " ".join(heading) if way == 2 and not heading.isascii() else heading


def _above(rng: np.random.Generator) -> list[str]:
    return ["居民户信息表（合成数据）", "填报单位：某街道"][: int(rng.integers(3))]


def _delimited(headers: list[str], rows: list[list[str]], rng: np.random.Generator) -> bytes:
    """Write text: any separator, quotes, guards, decimals, notes, ends of lines and encoding."""
    separator = ",;\t|"[int(rng.integers(4))]
    quoted, guarded, decimals = rng.random() < 0.3, rng.random() < 0.3, rng.random() < 0.3

    def field(text: str, own: bool) -> str:
        if guarded and own:
            return f'"=""{text}"""' if quoted else f'="{text}"'
        if decimals and text.isdigit() and not text.startswith("0"):
            text = f"{text}.0"
        return f'"{text}"' if quoted or separator in text else text

    blank = separator * (len(headers) - 1)
    lines = [f"{t}{blank}" for t in _above(rng)]
    lines.append(separator.join(field(h, False) for h in headers))
    for row in rows:
        lines.append(separator.join(field(v, k % 2 == 0) for k, v in enumerate(row)))
        if rng.random() < 0.03:
            lines.append(blank)
    lines += [f"{rng.choice(NOTES)}{blank}" for _ in range(int(rng.integers(3)))]
    end = ("\n", "\r\n", "\r")[int(rng.integers(3))]
    text = end.join(lines) + (end if rng.random() < 0.8 else "")
    encoding = ENCODINGS[int(rng.integers(len(ENCODINGS)))]
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return mark + text.encode(encoding)


def _book(
    table: Table,
    kind: str,
    folder: Path,
    cells: tuple[list[str], list[list[str]]],
    rng: np.random.Generator,
) -> tuple[Path, Table]:
    """Write a workbook: titles, margins, numbers for texts, merged communities, an error, what is hidden."""
    headers, rows = cells
    community = next(k for k, v in enumerate(rows[0]) if v == table.rows[0][4])
    building = next(k for k, h in enumerate(headers) if _is(h, "building"))
    grid: list[list[Cell | Error]] = [[_typed(v, rng) for v in row] for row in rows]
    if rng.random() < 0.5:
        table = replace(table, fault=int(rng.integers(len(rows))))
        grid[table.fault][building] = Error(
            "formula" if kind in ("xlsx", "ods") and rng.random() < 0.5 else "error"
        )
    top: list[list[Cell | Error]] = [[t] for t in _above(rng)]
    top += [[] for _ in range(int(rng.integers(3)) if top else 0)]
    down, left = len(top) + 1, int(rng.integers(3))
    merges = [(0, left, 0, left + len(headers) - 1)] if top and rng.random() < 0.5 else []
    if rng.random() < 0.5:
        names = [row[4] for row in table.rows]
        for first in (i for i, n in enumerate(names) if not i or n != names[i - 1]):
            last = first + names.count(names[first]) - 1
            if last > first:
                merges.append((first + down, community + left, last + down, community + left))
                for i in range(first + 1, last + 1):
                    grid[i][community] = None
    notes: list[list[Cell | Error]] = [
        [str(rng.choice(NOTES))] for _ in range(int(rng.integers(3)))
    ]
    whole = [*top, list(headers), *grid, *notes]
    margin: list[Cell | Error] = [None] * left
    hidden = [down + 1] if rng.random() < 0.3 else []
    sheet = Sheet(
        [[*margin, *row] for row in whole], merges, hidden, [left] if rng.random() < 0.3 else []
    )
    path = folder / f"h.{kind}"
    path.write_bytes(BOOKS[kind](sheet, rng))
    return path, table


def _is(header: str, role: str) -> bool:
    from planner.model.schema import header_key

    return HOUSEHOLDS.roles.get(header_key(header)) == role


def _typed(text: str, rng: np.random.Generator) -> Cell | Error:
    """Write a number as a number, or as the text that it is."""
    number = text.isdigit() and not text.startswith("0") and rng.random() < 0.5
    return float(text) if number else text


def _layer(
    rows: Sequence[Sequence[str]], kind: str, folder: Path, rng: np.random.Generator
) -> Path:
    encoding = ("utf-8", "gb18030")[int(rng.integers(2))]
    if kind in ("shp", "shp.zip"):
        cpg = (None, "UTF-8", "GBK")[int(rng.integers(3))]
        return write_shapefile(folder, rows, encoding, cpg=cpg, packed=kind == "shp.zip")
    path = folder / f"h.{kind}"
    if kind == "dbf":
        path.write_bytes(write_dbf(rows, encoding))
    elif kind == "geojson":
        path.write_bytes(write_geojson(rows, encoding))
    elif kind in ("kml", "kmz"):
        path.write_bytes(write_kml(rows, encoding, packed=kind == "kmz"))
    else:
        frame = layer_of(rows)
        for header in frame.columns.drop("geometry"):
            plain = frame[header].str.fullmatch("[1-9][0-9]*").all()
            if plain and rng.random() < 0.5:
                frame[header] = pd.to_numeric(frame[header])
        frame.to_file(path, engine="pyogrio")
    return path
