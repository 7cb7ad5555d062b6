"""What stores of rows say: databases to their last byte, layers with their positions, sheets row by row."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np

from planner.errors import PrivacyError
from planner.model.plane import SCALE

__all__ = ["database_parts", "finest_step", "row_lines", "shared_strings"]

_SI = re.compile(r"<(?:\w+:)?si>(.*?)</(?:\w+:)?si>|<(?:\w+:)?si/>", re.DOTALL)
_RUN = re.compile(r"<(?:\w+:)?t(?: [^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_ROW = re.compile(r"<(?:\w+:)?row\b[^>]*>(.*?)</(?:\w+:)?row>", re.DOTALL)
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)
_ODS_ROW = re.compile(r"<table:table-row\b[^>]*>(.*?)</table:table-row>", re.DOTALL)
_PLACES = re.compile(r"<coordinates>([^<]*)</coordinates>")
_TAG = re.compile(r"<[^>]*>")
# Where the geometry of a GeoPackage blob begins, by the kind of its envelope.
_OFFSETS = (8, 40, 56, 56, 72)


def database_parts(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the text of a SQLite file: its schema, every table, and its bytes as they lie there.

    Gives: the part and its text; deleted rows that still lie in the file are in the last part.
    Raises `PrivacyError`: it cannot be read.
    """
    try:
        with _opened(data) as db:
            listed = db.execute("SELECT name, sql, type FROM sqlite_schema").fetchall()
            yield "schema", "\n".join(f"{name}\n{sql or ''}" for name, sql, _ in listed)
            for name in [name for name, _, kind in listed if kind == "table"]:
                quoted = '"' + name.replace('"', '""') + '"'
                rows = db.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - quoted
                yield f"table {name}", "\n".join("\t".join(map(_cell, r)) for r in rows)
    except sqlite3.Error:
        raise PrivacyError.of("gate-database") from None
    yield "free space", data.decode("utf-8", "replace")


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def finest_step(data: bytes) -> int | None:
    """Give the largest number of steps of which every position in a GeoJSON, KML or GeoPackage is a multiple.

    `data`: the file; longitudes and latitudes in degrees.
    Gives: in steps of 1e-6 degrees, 0 where positions are finer than one; None where there is none.
    """
    if data.startswith(b"SQLite format 3\x00"):
        values = _stored(data)
    elif data.lstrip().startswith(b"<"):
        texts = _PLACES.findall(data.decode("utf-8", "replace"))
        pairs = (place.split(",")[:2] for text in texts for place in text.split())
        values = np.array([float(v) for pair in pairs for v in pair], float)
    else:
        try:
            values = np.array(list(_listed(json.loads(data))), float)
        except (ValueError, UnicodeDecodeError):
            return None
    if not len(values):
        return None
    steps = values * SCALE
    whole = np.rint(steps)
    # positions were stored as degrees: a thousandth of a step is rounding
    if np.abs(steps - whole).max() > 1e-3:
        return 0
    return int(np.gcd.reduce(whole.astype(np.int64)))


@contextmanager
def _opened(data: bytes) -> Iterator[sqlite3.Connection]:
    """Open a database in memory; what its schema calls is not trusted."""
    with closing(sqlite3.connect(":memory:")) as db:
        # in memory: no file beside it is opened, and nothing is written
        db.deserialize(data)
        db.execute("PRAGMA trusted_schema=OFF")
        yield db


def _listed(value: Any, inside: bool = False) -> Iterator[float]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _listed(inner, key == "coordinates")
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, int | float):
                if inside:
                    yield float(inner)
            else:
                yield from _listed(inner, inside)


def _stored(data: bytes) -> np.ndarray:
    import shapely

    found: list[np.ndarray] = [np.zeros(0)]
    with _opened(data) as db:
        try:
            sql = "SELECT table_name, column_name FROM gpkg_geometry_columns"
            listed = db.execute(sql).fetchall()
        except sqlite3.Error:
            listed = []  # no layers; what else the file holds is read elsewhere
        for table, column in listed:
            names = [n.replace('"', '""') for n in (column, table)]
            rows = db.execute('SELECT "{}" FROM "{}"'.format(*names)).fetchall()  # noqa: S608
            blobs = [b[_OFFSETS[(b[3] >> 1) & 7] :] for (b,) in rows if isinstance(b, bytes)]
            found.append(shapely.get_coordinates(shapely.from_wkb(blobs)).ravel())
    return np.concatenate(found)


def shared_strings(text: str) -> list[str]:
    """Give the texts that the cells of an xlsx point to, runs joined."""
    return [html.unescape("".join(_RUN.findall(body))) for body in _SI.findall(text)]


def row_lines(sheet: str, shared: list[str]) -> Iterator[str]:
    """Give each row of a sheet of an xlsx or ods as one line, cells apart by tabs."""
    for row in _ROW.findall(sheet):
        yield "\t".join(
            _cell_of(attributes, body, shared) for attributes, body in _CELL.findall(row)
        )
    for row in _ODS_ROW.findall(sheet):
        cells = re.split(r"</table:table-cell>", row)
        yield "\t".join(html.unescape(_TAG.sub("", cell)) for cell in cells)


def _cell_of(attributes: str, body: str, shared: list[str]) -> str:
    value = _VALUE.search(body)
    if 't="s"' in attributes and value and value[1].isdigit() and int(value[1]) < len(shared):
        return shared[int(value[1])]
    return html.unescape(" ".join([*_RUN.findall(body), value[1] if value else ""]).strip())
