"""The catalogue of bad inputs as files: made-up people in a made-up town, one builder a case."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from planner.demand.ground import Ground
from planner.intake.coordinates.datum import convert

__all__ = [
    "CASES",
    "FORMATS",
    "Case",
    "World",
    "case",
    "plain",
    "table_case",
    "workbook",
    "write_as",
]

HEAD = ["编号", "户主姓名", "地址", "服务户数"]
FORMATS = ("csv", "xlsx", "gpkg")
Row = list[Any]


@dataclass(frozen=True, eq=False)
class World:
    """The made-up town that addresses and coordinates are held against.

    Parameters
    ----------
    ground : Ground
    addresses : list of str
        Of real buildings of the town, such as ``向阳小区3栋``.
    places : ndarray, shape (n, 2)
        Longitude and latitude of those buildings, WGS-84.
    """

    ground: Ground
    addresses: list[str]
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Case:
    """One entry of the catalogue, or one form of it.

    Parameters
    ----------
    name : str
        Number and code, such as ``011-A-XLS-SPARSE``.
    make : callable
        Writes the files into a folder, given the world, and names them.
    klass : str
        ``stop, hold, fix, warn`` or ``ok``.
    code : str
        Code of the finding that must be there; "" for ``ok``.
    row, column, sheet : where it must stand; None where that is not asked
    rows, held : int or None
        What the report must count, where it is said.
    count : int or None
        How many findings of that code.
    world : bool
        Whether streets and addresses are needed.
    datum : str or None
        What is declared.
    took : tuple of (str, str)
        Header and role that the report must name.
    words : tuple of str
        What the report must say.
    """

    name: str
    make: Callable[[Path, World | None], list[Path]]
    klass: str
    code: str = ""
    row: int | None = None
    column: str | None = None
    sheet: str | None = None
    rows: int | None = None
    held: int | None = None
    count: int | None = None
    world: bool = False
    datum: str | None = None
    took: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)


CASES: list[Case] = []


def case(name: str, klass: str, code: str = "", **more: Any) -> Callable[[Callable[..., Any]], Any]:
    """Enter a builder of one file (bytes and name) or of several into the catalogue."""

    def enter(make: Callable[..., Any]) -> Callable[..., Any]:
        def files(folder: Path, world: World | None) -> list[Path]:
            made = make(folder, world) if more.get("world") else make(folder)
            return [made] if isinstance(made, Path) else list(made)

        CASES.append(Case(name, files, klass, code, **more))
        return make

    return enter


def table_case(
    name: str,
    klass: str,
    code: str,
    cells: Sequence[Row] | Callable[[World], Sequence[Row]],
    *,
    formats: Sequence[str] = FORMATS,
    **more: Any,
) -> None:
    """Enter a table, header first, in each format that it applies to."""
    for kind in formats:

        def make(folder: Path, world: World | None, kind: str = kind) -> list[Path]:
            made = cells(world) if callable(cells) else cells  # type: ignore[arg-type]
            return [write_as(folder / f"居民.{kind}", made)]

        CASES.append(Case(f"{name}-{kind}", make, klass, code, **more))


def plain(n: int, start: int = 1) -> list[Row]:
    """Give n faultless rows of made-up people under `HEAD`."""
    return [[f"H{i:04d}", f"合成居民{i:04d}", f"幸福路{i}号", 3] for i in range(start, start + n)]


def write_as(path: Path, rows: Sequence[Row]) -> Path:
    """Write a table, header first, as the ending of its path says."""
    if path.suffix == ".csv":
        lines = [",".join(_quoted(v) for v in row) for row in rows]
        path.write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
    elif path.suffix == ".xlsx":
        path.write_bytes(workbook({"居民": rows}))
    else:
        _layer(path, rows)
    return path


def _quoted(value: Any) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text


def _layer(path: Path, rows: Sequence[Row]) -> None:
    """Write an attribute layer without geometry."""
    import pandas as pd
    import pyogrio

    texts = [["" if v is None else str(v) for v in row] for row in rows[1:]]
    frame = pd.DataFrame(texts, columns=list(rows[0]))
    pyogrio.write_dataframe(frame, path, layer="居民", driver="GPKG")


def workbook(
    sheets: dict[str, Sequence[Row]],
    *,
    merges: Sequence[str] = (),
    hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
) -> bytes:
    """Write a workbook with openpyxl; merges and hidden rows are of the last sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row, start=1):
                if value is None:
                    continue
                cell = sheet.cell(r, c)
                if isinstance(value, str):
                    cell._value, cell.data_type = value, "s"
                else:
                    cell.value = value
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    last = book.worksheets[-1]
    for area in merges:
        last.merge_cells(area)
    for row in hidden_rows:
        last.row_dimensions[row].hidden = True
    book.active = next(i for i, s in enumerate(book.worksheets) if s.title not in hidden)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def homes(world: World, n: int, *, datum: str = "wgs84", places: int = 7) -> list[Row]:
    """Give a table of homes by coordinates only, on the buildings of the town."""
    pick = world.places[np.arange(n) % len(world.places)]
    at = convert(pick[:, 0], pick[:, 1], "wgs84", datum)
    rows = [[f"H{i:04d}", f"{x:.{places}f}", f"{y:.{places}f}"] for i, (x, y) in enumerate(at)]
    return [["编号", "经度", "纬度"], *rows]
