"""Rows of workbooks, put together again, and positions: what single cells and numbers do not tell."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np

from planner.model.plane import SCALE

__all__ = ["finest_step", "row_lines", "shared_strings"]

_SI = re.compile(r"<(?:\w+:)?si>(.*?)</(?:\w+:)?si>|<(?:\w+:)?si/>", re.DOTALL)
_RUN = re.compile(r"<(?:\w+:)?t(?: [^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_ROW = re.compile(r"<(?:\w+:)?row\b[^>]*>(.*?)</(?:\w+:)?row>", re.DOTALL)
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)
_ODS_ROW = re.compile(r"<table:table-row\b[^>]*>(.*?)</table:table-row>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def shared_strings(text: str) -> list[str]:
    """Give the texts that the cells of an xlsx point to, runs joined."""
    return [html.unescape("".join(_RUN.findall(body))) for body in _SI.findall(text)]


def row_lines(sheet: str, shared: list[str]) -> Iterator[str]:
    """Give each row of a sheet of an xlsx or ods as one line, cells apart by tabs.

    Parameters
    ----------
    sheet : str
        Markup of the sheet.
    shared : list of str
        From `shared_strings`.
    """
    for row in _ROW.findall(sheet):
        yield "\t".join(_cell(attributes, body, shared) for attributes, body in _CELL.findall(row))
    for row in _ODS_ROW.findall(sheet):
        cells = re.split(r"</table:table-cell>", row)
        yield "\t".join(html.unescape(_TAG.sub("", cell)) for cell in cells)


def _cell(attributes: str, body: str, shared: list[str]) -> str:
    value = _VALUE.search(body)
    if 't="s"' in attributes and value and value[1].isdigit() and int(value[1]) < len(shared):
        return shared[int(value[1])]
    return html.unescape(" ".join([*_RUN.findall(body), value[1] if value else ""]).strip())


def finest_step(data: bytes) -> int | None:
    """Give the largest number of steps of which every position in a GeoJSON or GeoPackage is a multiple.

    Parameters
    ----------
    data : bytes
        The file; longitudes and latitudes in degrees.

    Returns
    -------
    int or None
        In steps of 1e-6 degrees, 0 where positions are finer than one; None where there is none.
    """
    if data.startswith(b"SQLite format 3\x00"):
        values = _stored(data)
    else:
        try:
            values = np.array(list(_listed(json.loads(data))), float)
        except (ValueError, UnicodeDecodeError):
            return None
    if not len(values):
        return None
    steps = values * SCALE
    whole = np.rint(steps)
    if np.abs(steps - whole).max() > 1e-3:
        return 0
    return int(np.gcd.reduce(whole.astype(np.int64)))


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
    offsets = (8, 40, 56, 56, 72)  # after the header of a GeoPackage blob, by its envelope
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(data)
        db.execute("PRAGMA trusted_schema=OFF")
        try:
            sql = "SELECT table_name, column_name FROM gpkg_geometry_columns"
            listed = db.execute(sql).fetchall()
        except sqlite3.Error:
            listed = []  # no layers; what else the file holds is read elsewhere
        for table, column in listed:
            names = [n.replace('"', '""') for n in (column, table)]
            rows = db.execute('SELECT "{}" FROM "{}"'.format(*names)).fetchall()  # noqa: S608
            blobs = [b[offsets[(b[3] >> 1) & 7] :] for (b,) in rows if isinstance(b, bytes)]
            found.append(shapely.get_coordinates(shapely.from_wkb(blobs)).ravel())
    return np.concatenate(found)
